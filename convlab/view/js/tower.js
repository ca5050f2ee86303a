// The maps of a network as boxes: sides to one scale, the square roots of the channels to another.

const BETWEEN = 4;
const HEAD = 22; // for the names of the colours
const ROW = 14; // for the names of the shapes

const shapeOf = ({ data }, k) => [...data.subarray(3 * k, 3 * k + 3)];

function placeTower(panel, width, height) {
  const shapes = panel.labels.map((_, k) => shapeOf(panel, k));
  const bottom = height - ROWS * ROW;
  const [, high, deep] = shapes.reduce((most, shape) => most.map((side, k) => Math.max(side, shape[k])));
  const unit = Math.min((bottom - HEAD) / (high + DEPTH[1] * deep), (0.2 * width) / (DEPTH[0] * deep));
  const roots = shapes.map(([channels]) => Math.sqrt(channels));
  const [start, end] = [shapes[0], shapes.at(-1)].map((shape) => (DEPTH[0] * unit * shape[2]) / 2);
  const room = width - start - end - BETWEEN * roots.length;
  const scale = room / roots.reduce((sum, root) => sum + root, 0);
  let right = start;
  const boxes = shapes.map(([, high, deep], k) => {
    const left = right + BETWEEN;
    right = left + scale * roots[k];
    return boxOf(left, right, (HEAD + bottom) / 2, Math.max(4, unit * high) / 2, (unit * deep) / 2);
  });
  return { boxes, width, bottom };
}

function boxOf(left, right, middle, half, deep) {
  const [back, up] = DEPTH.map((part) => part * deep);
  const corners = [[left, half], [right, half], [right, -half], [left, -half]]; // prettier-ignore
  const near = corners.map(([x, y]) => [x - back, middle + y + up]);
  const far = near.map(([x, y]) => [x + 2 * back, y - 2 * up]);
  const top = [near[3], near[2], far[2], far[3]];
  const side = [near[1], far[1], far[2], near[2]];
  return { faces: [near, top, side], rim: [near[0], near[1], far[1], far[2], far[3], near[3]] };
}

function drawTower(pen, panel, at, text, pick) {
  const kinds = [...new Set(panel.kinds)];
  const tints = Object.fromEntries(kinds.map((kind, k) => [kind, [LINE, ...SERIES][k % 5]]));
  at.boxes.forEach(({ faces }, k) => {
    const tint = k === panel.mark ? ACCENT : tints[panel.kinds[k]];
    faces.forEach((face, f) => {
      stroke(pen, [...face, face[0]], HALO, 0.7);
      pen.fillStyle = mix(tint, SHADES[f]);
      pen.fill();
    });
  });
  nameShapes(pen, panel, at, text);
  if (panel.mark !== null)
    tints[`${panel.labels[panel.mark]}: ${shapeOf(panel, panel.mark).join("×")}`] = ACCENT;
  nameKinds(pen, tints, at.width, text);
  if (!pick) return;
  const { rim } = at.boxes[pick.col];
  stroke(pen, [...rim, rim[0]], HALO, 5);
  stroke(pen, [...rim, rim[0]], ACCENT, 3);
}

function mix(tint, light) {
  const parts = [1, 3, 5].map((k) => parseInt(tint.slice(k, k + 2), 16));
  return `rgb(${parts.map((v) => Math.round(light > 0 ? v + light * (255 - v) : v * (1 + light)))})`;
}

function nameShapes(pen, panel, { boxes, width, bottom }, text) {
  // like flags: each shape once a run of equal ones, as low as its pole can go without crossing another
  const ends = Array(ROWS).fill(-Infinity);
  for (const [first, last, name] of panel.captions) {
    const x = (boxes[first].rim[0][0] + boxes[last].rim[1][0]) / 2;
    const wide = widest(pen, [name]);
    const left = x + 3 + wide > width ? x - 3 - wide : x + 3;
    const taken = ends.findIndex((other) => other > left - 7);
    const row = (taken < 0 ? ROWS : taken) - 1;
    if (row < 0) continue;
    ends[row] = left + wide;
    upright(pen, x, boxes[first].rim[0][1] + 1, bottom + (row + 1) * ROW, LINE, 0.7);
    pen.fillStyle = text;
    write(pen, name, left, bottom + (row + 0.5) * ROW);
  }
}

function nameKinds(pen, tints, width, text) {
  // from the right, where the tower is low; in several lines if there is little room
  let [right, y] = [width, 9];
  for (const [name, tint] of Object.entries(tints).reverse()) {
    const wide = widest(pen, [name]);
    if (right < width && right - wide < 15) [right, y] = [width, y + ROW];
    pen.fillStyle = text;
    write(pen, name, right - wide, y);
    pen.fillStyle = tint;
    pen.fillRect(right - wide - 15, y - 5, 10, 10);
    right -= wide + 28;
  }
}

// a rim is convex: a point inside has every edge on the same side
const within = (rim, x, y) =>
  rim.every(([x0, y0], k) => {
    const [x1, y1] = rim[(k + 1) % rim.length];
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) <= 0;
  });

function findBox({ boxes }, x, y) {
  // the last that lies under the pointer is in front; beside all of them, the one below or above it
  const hit = boxes.findLastIndex(({ rim }) => within(rim, x, y));
  const col = hit >= 0 ? hit : boxes.findIndex(({ rim }) => x >= rim[0][0] && x <= rim[1][0] + BETWEEN);
  return col < 0 ? null : { row: 0, col };
}

function sayBox(panel, { col }) {
  const shape = shapeOf(panel, col);
  const count = shape.reduce((product, side) => product * side).toLocaleString("en");
  return `${panel.labels[col]} (${panel.kinds[col]}): a map of ${shape.join("×")} = ${count} numbers`;
}

const tower = {
  place: placeTower,
  draw: drawTower,
  find: findBox,
  step: (at, { row, col }, down, right) => ({ row, col: col + right }),
  start: (panel) => ({ row: 0, col: panel.mark ?? 0 }),
  say: sayBox,
};
