// Motion: windows and cells glide to where they now stand. The numbers and colours are the new ones at once.

const GLIDE = 150; // ms
const FRAME = 16; // the first picture is already a frame on its way: a hand on a slider is followed

function depart(view, was = {}) {
  // from what is on show; `was`: where the cells stood that have moved
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  view.departed = performance.now() - FRAME;
  for (const [name, part] of Object.entries(view.parts)) [part.from, part.was] = [part.shown, was[name]];
}

function wayLeft({ departed }) {
  // 1 … 0, soon slow
  const passed = Math.min(1, (performance.now() - departed) / GLIDE);
  return (1 - passed) ** 3;
}

function standing({ layout, panels, parts }) {
  // what decides where windows stand, and where the cells of every panel do
  if (!layout) return { key: "", places: {} };
  const cells = Object.values(panels).filter(
    (panel) => panel.inset && !panel.ruler && parts[panel.name]?.place,
  );
  const axes = (panel) => [
    axisOf(layout, panels, panel, "rows", 0),
    axisOf(layout, panels, panel, "cols", 2),
  ];
  const places = cells.map((panel) => [panel.name, { place: parts[panel.name].place, axes: axes(panel) }]);
  const windows = layout.links.map(({ rows, cols }) => [rows.taps, cols.taps]);
  const key = JSON.stringify([windows, places.map(([name, { axes }]) => [name, axes])]);
  return { key, places: Object.fromEntries(places) };
}

function axisOf({ links }, panels, panel, side, edge) {
  // cell k lies over first + step·k of what its window reads, padding not counted; or of its own picture
  const link = links.find((one) => one.target === panel.name);
  if (!link) return [-panel.inset[edge], 1];
  const { starts } = link[side];
  const k = starts.findIndex((start) => start != null);
  if (k < 0) return [0, 1];
  const step = (starts[k + 1] ?? starts[k] + 1) - starts[k] || 1;
  return [starts[k] - k * step - (panels[link.source].inset?.[edge] ?? 0), step];
}

function slide(pen, { was, place }, axes, tile, share) {
  // draw cells as far from their places as the way that is left
  if (!was || !share) return;
  const [y, x] = axes.map(([first, step], k) => {
    const [first0, step0] = was.axes[k];
    const [cell, cell0] = [place, was.place].map(({ cell, tall }) => (k ? cell : tall));
    const [corner, corner0] = [place, was.place].map((one) => one.corner(tile)[1 - k]);
    const scale = (cell0 / cell) * (step / step0);
    return { scale, from: corner0 + (cell0 * (first - first0)) / step0 - scale * corner };
  });
  const part = ({ scale }) => 1 + (scale - 1) * share;
  pen.transform(part(x), 0, 0, part(y), x.from * share, y.from * share);
}

function glide(from, to, share) {
  // an outline on its way
  if (!from || !to || !share) return to;
  const mix = (a, b) => b + share * (a - b);
  const along = (old, list) => {
    const at = (k) => old[0] + ((old.at(-1) - old[0]) * k) / Math.max(1, list.length - 1);
    return list.map((v, k) => mix(old.length === list.length ? old[k] : at(k), v));
  };
  const sides = { cell: mix(from.cell, to.cell), tall: mix(from.tall, to.tall) };
  return { ...to, ...sides, xs: along(from.xs, to.xs), ys: along(from.ys, to.ys) };
}

function setOff(view) {
  // where something has moved, it glides there
  const before = view.stands;
  view.stands = standing(view);
  if (before.key && before.key !== view.stands.key)
    depart(view, movedFrom(before.places, view.stands.places));
}

function movedFrom(before, now) {
  const moved = ([name, { axes }]) => now[name] && String(axes) !== String(now[name].axes);
  return Object.fromEntries(Object.entries(before).filter(moved));
}

const spots = (frames) => Object.values(frames).map((frame) => frame && [frame.xs, frame.ys]);
