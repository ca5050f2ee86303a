// Categories as bars: a row of them for each series, one below the other, on one scale.

const TOP = 24; // for the name of the y axis
const TALL = 14; // a line of text

function placeBars(panel, width, height, pen) {
  const ys = panel.labels.map((_, s) => seriesOf(panel, s));
  const high = Math.max(1e-9, ...ys.flatMap((y) => Array.from(y)));
  const left = 12 + widest(pen, steps(0, high, 4).map(textOf));
  const slot = (width - 8 - left) / panel.bars.length;
  const turned = widest(pen, panel.bars) > slot - 4;
  const bottom = height - (turned ? widest(pen, panel.bars) + 26 : 40);
  const band = (bottom - TOP) / ys.length;
  const room = band - TALL; // the name of a row stands above it
  const ticks = steps(0, high, Math.min(4, Math.max(2, Math.floor(room / TALL))));
  const py = (v, row) => TOP + (row + 1) * band - (v / high) * room;
  return { ys, ticks, left, right: left + slot * panel.bars.length, slot, turned, band, bottom, height, py };
}

function drawBars(pen, panel, at, text, pick) {
  const { ys, ticks, left, right, slot, band, bottom, py } = at;
  if (panel.mark !== null) {
    pen.fillStyle = `${ACCENT}26`;
    pen.fillRect(left + panel.mark * slot, TOP, slot, bottom - TOP);
  }
  ys.forEach((y, row) => {
    const base = py(0, row);
    drawRules(pen, ticks, (v) => py(v, row), left, right, text);
    across(pen, left, right, base, text);
    if (ys.length > 1) write(pen, panel.labels[row], left + 4, base - band + 10);
    y.forEach((v, col) => {
      pen.fillStyle = col === panel.mark ? ACCENT : SERIES[row % 4];
      pen.fillRect(left + (col + 0.1) * slot, py(v, row), 0.8 * slot, base - py(v, row));
    });
  });
  nameBars(pen, panel, at, text);
  nameAxes(pen, panel.axes, right, at.height - 10, text);
  if (pick) frameBar(pen, at, pick);
}

function nameBars(pen, panel, { left, slot, turned, bottom }, text) {
  const every = turned ? Math.ceil(12 / slot) : 1; // as many names as there is room for, and the marked one
  pen.fillStyle = text;
  panel.bars.forEach((name, col) => {
    const away = panel.mark === null ? Infinity : Math.abs(col - panel.mark);
    if (away && (col % every || away < every)) return;
    pen.save();
    pen.translate(left + (col + 0.5) * slot, bottom + (turned ? 6 : 12));
    if (turned) pen.rotate(-Math.PI / 2);
    write(pen, name, 0, 0, turned ? "right" : "center");
    pen.restore();
  });
}

function frameBar(pen, { ys, left, slot, py }, { row, col }) {
  const [x0, x1] = [left + col * slot, left + (col + 1) * slot];
  const [y0, y1] = [py(ys[row][col], row) - 2, py(0, row) + 2];
  const frame = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]; // prettier-ignore
  stroke(pen, frame, HALO, 5);
  stroke(pen, frame, ACCENT, 3);
}

function findBar({ ys, left, slot, band, bottom }, x, y) {
  const [row, col] = [Math.floor((y - TOP) / band), Math.floor((x - left) / slot)];
  return y < bottom && ys[row] && col >= 0 && col < ys[row].length ? { row, col } : null;
}

function sayBar(panel, { row, col }) {
  const [below, up] = panel.axes;
  return `${panel.labels[row]}: ${up} = ${exact(seriesOf(panel, row)[col])} at ${below} ${panel.bars[col]}`;
}

const bars = {
  place: placeBars,
  draw: drawBars,
  find: findBar,
  step: (at, { row, col }, down, right) => ({ row: row + down, col: col + right }),
  start: (panel) => ({ row: 0, col: panel.mark ?? 0 }),
  say: sayBar,
};
