// Window, kernel and products in numbers, where the source is too large to show its numbers.

function paintLoupe({ loupe, panels, layout, root }, pick) {
  const large = (link) => link.target === pick.panel && link.kernel && panels[link.source].kind !== "cells";
  const link = pick && layout.links.find(large);
  loupe.hidden = !link || link.rows.taps.length > 11 || panels[link.source].shape[0] > link.groups;
  if (loupe.hidden) return;
  const [h, w] = [link.rows.taps.length, link.cols.taps.length],
    cell = roomy(w),
    wide = w * cell + 34;
  const pen = sheet(loupe, 3 * wide, h * cell + 18),
    text = getComputedStyle(root).color;
  magnify(link, panels, pick, h, w).forEach(([name, panel], k) => {
    drawNumbers(pen, panel, 0, k * wide, 18, cell, layout);
    pen.fillStyle = text;
    pen.font = "12px sans-serif";
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(name, k * wide, 9);
    pen.font = "20px sans-serif";
    if (k < 2) pen.fillText(k ? "=" : "×", (k + 1) * wide - 24, 18 + (h * cell) / 2);
  });
}

function magnify(link, panels, pick, h, w) {
  const list = terms(link, panels, pick).slice(0, h * w),
    weights = panels[link.kernel];
  const products = list.map(([x, k]) => x * k),
    most = Math.max(...products.map(Math.abs), 1e-9);
  const grid = (data, like) => ({ ...like, kind: "cells", shape: [1, h, w], data });
  return [
    [
      "window",
      grid(
        list.map(([x]) => x),
        panels[link.source],
      ),
    ],
    [
      "kernel",
      grid(
        list.map(([, k]) => k),
        weights,
      ),
    ],
    ["products", grid(products, { ...weights, signed: true, low: -most, high: most })],
  ];
}
