// Lines over a common x axis, with their names at their ends.

const seriesOf = ({ data, shape: [, , n] }, s) => data.subarray((s + 1) * n, (s + 2) * n); // -1: the x axis

function placeCurve(panel, width, height, pen) {
  const x = seriesOf(panel, -1);
  const ys = panel.labels.map((_, s) => seriesOf(panel, s));
  const bend = panel.log ? (v) => Math.log10(Math.max(v, 1e-16)) : (v) => v;
  const [low, high] = endsOf(ys.flatMap((y) => Array.from(y, bend)), panel.log); // prettier-ignore
  const powers = () => steps(low, high, 8, true).map(([k]) => [10 ** k, decade(k)]);
  const ticks = panel.log ? powers() : steps(low, high, 5);
  const left = 12 + widest(pen, ticks.map(textOf));
  const right = width - (ys.length > 1 ? 30 + widest(pen, panel.labels) : 12);
  const [top, base] = [28, height - 40];
  const [x0, x1] = [Math.min(...x), Math.max(...x)];
  const px = (v) => left + ((v - x0) / (x1 - x0 || 1)) * (right - left);
  const py = (v) => base - ((bend(v) - low) / (high - low)) * (base - top);
  return { x, ys, ticks, left, right, top, base, px, py };
}

function endsOf(values, log) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (log) return [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1)]; // whole decades
  return [Math.min(low, 0), high > Math.min(low, 0) ? high : 1];
}

function drawCurve(pen, panel, at, text, pick) {
  const { x, ys, left, right, top, base, px, py } = at;
  drawRules(pen, at.ticks, py, left, right, text);
  across(pen, left, right, base, text);
  for (const [value, name] of ticksBelow(pen, x, px)) write(pen, name, px(value), base + 12, "center");
  nameAxes(pen, panel.axes, right, base + 30, text);
  if (panel.mark !== null) upright(pen, px(panel.mark), top, base, ACCENT, 2.5);
  ys.forEach((y, s) => {
    const points = Array.from(y, (v, k) => [px(x[k]), py(v)]);
    stroke(pen, points, SERIES[s % 4], 2.5, DASHES[s % 4]);
    if (x.length <= FEW) for (const point of points) dot(pen, point, 3, SERIES[s % 4]);
  });
  if (ys.length > 1) nameEnds(pen, panel, at, text);
  if (!pick) return;
  const point = [px(x[pick.col]), py(ys[pick.row][pick.col])];
  dot(pen, point, 8, HALO);
  dot(pen, point, 6, ACCENT);
}

function ticksBelow(pen, x, px) {
  // at every point if these are few, from the last to the first as there is room; else in round steps
  if (x.length > FEW) return steps(Math.min(...x), Math.max(...x), 6, x.every(Number.isInteger));
  const kept = [];
  for (const value of [...x].reverse())
    if (!kept.length || px(kept.at(-1)[0]) - px(value) > widest(pen, [short(value)]) + 6)
      kept.push([value, short(value)]);
  return kept;
}

function nameEnds(pen, panel, { ys, right, top, base, py }, text) {
  const ends = ys.map((y) => py(y.at(-1)));
  apart(ends, 14, top, base).forEach((place, s) => {
    const leader = [[right, ends[s]], [right + 20, place]]; // prettier-ignore
    stroke(pen, leader, SERIES[s % 4], 1.5, DASHES[s % 4]);
    pen.fillStyle = text;
    write(pen, panel.labels[s], right + 24, place);
  });
}

function dot(pen, [x, y], radius, style) {
  pen.fillStyle = style;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
}

function findPoint({ x: xs, ys, left, right, top, base, px, py }, x, y) {
  if (x < left - 8 || x > right + 8 || y < top - 8 || y > base + 8) return null;
  const col = nearest(Array.from(xs, px), x);
  return { row: nearest(ys.map((line) => py(line[col])), y), col }; // prettier-ignore
}

function stepPoint({ ys }, { row, col }, down, right) {
  // up and down go from line to line as they lie above each other here
  const order = ys.map((_, s) => s).sort((a, b) => ys[b][col] - ys[a][col]);
  return { row: order[clamp(order.indexOf(row) + down, order.length)], col: col + right };
}

function sayPoint(panel, { row, col }) {
  const [below, up] = panel.axes;
  const line = panel.labels.length > 1 ? `${panel.labels[row]}: ` : "";
  return `${line}${up} = ${exact(seriesOf(panel, row)[col])} at ${below} = ${exact(seriesOf(panel, -1)[col])}`;
}

const curve = {
  place: placeCurve,
  draw: drawCurve,
  find: findPoint,
  step: stepPoint,
  start: (panel) => ({ row: 0, col: nearest([...seriesOf(panel, -1)], panel.mark ?? -Infinity) }),
  say: sayPoint,
};
