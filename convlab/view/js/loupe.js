// Window, kernel and products in numbers, where the source is too large to show its numbers.

const MAGNIFIED = ["window", "kernel", "products"];
const SIGNS = ["×", "="];
const WIDEST = 7; // taps along an axis
const roomFor = (taps) => (taps > 5 ? 5 : 6); // characters of a number, in type that can be read

const magnifies = (link, panels) =>
  link.kernel &&
  panels[link.source].kind !== "cells" &&
  panels[link.source].shape[0] === link.groups &&
  link.rows.taps.length > 1 &&
  link.rows.taps.length <= WIDEST;

function findLoupe({ layout, panels }) {
  // what stands for the loupe in the layout: room for three grids of numbers
  const link = layout.links.find((one) => magnifies(one, panels));
  if (!link) return null;
  const shape = [3, link.rows.taps.length, link.cols.taps.length];
  const longest = "0".repeat(roomFor(shape[2]));
  return { kind: "cells", shape, labels: MAGNIFIED, longest, widest: 56, gap: 34 };
}

function paintLoupe({ parts, panels, layout, root }, pick) {
  const { canvas, place } = parts.loupe ?? {};
  if (!place) return;
  const link = pick && layout.links.find((one) => one.target === pick.panel && magnifies(one, panels));
  canvas.hidden = !link; // a sum of maps has no window in numbers
  if (!link) return;
  const pen = sheet(canvas, place.width, place.height),
    text = getComputedStyle(root).color;
  magnify(link, panels, pick).forEach((panel, k) => {
    const [x, y] = place.corner(k);
    drawNumbers(pen, panel, 0, [x, y], place);
    drawLabel(pen, MAGNIFIED[k], [x, y], text);
    pen.font = "20px sans-serif";
    pen.textBaseline = "middle";
    if (k < 2)
      pen.fillText(SIGNS[k], x + panel.shape[2] * place.cell + 10, y + (panel.shape[1] * place.tall) / 2);
  });
}

function magnify(link, panels, pick) {
  const [h, w] = [link.rows.taps.length, link.cols.taps.length];
  const list = terms(link, panels, pick).slice(0, h * w),
    weights = panels[link.kernel];
  const products = list.map(([x, k]) => x * k),
    high = Math.max(...products.map(Math.abs), 1e-9),
    most = roomFor(w);
  const grid = (data, like) => ({
    ...like,
    kind: "cells",
    shape: [1, h, w],
    data,
    most,
    longest: longest({ data, most }),
  });
  return [
    grid(
      list.map(([x]) => x),
      panels[link.source],
    ),
    grid(
      list.map(([, k]) => k),
      weights,
    ),
    grid(products, { ...weights, signed: true, low: -high, high }),
  ];
}
