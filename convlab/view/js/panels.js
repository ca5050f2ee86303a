// A panel on its canvas: its numbers, margins and outlines.

const at = (panel, tile, row, col) => {
  const [, rows, cols] = panel.shape;
  if (row < 0 || col < 0 || row >= rows || col >= cols) return 0;
  if (panel.shades) return panel.worth(tile, row, col);
  if (panel.kind === "rgb") return panel.data[3 * (row * cols + col)];
  return panel.data[(tile * rows + row) * cols + col];
};

function drawNumbers(pen, panel, tile, [x, y], { cell, tall }, hidden) {
  const [, rows, cols] = panel.shape;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.strokeStyle = LINE;
  pen.lineWidth = 1;
  pen.font = `${fontFor(panel.longest, cell)}px sans-serif`;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++) {
      if (hidden && hidden(tile, r, c)) continue;
      const value = at(panel, tile, r, c),
        rgb = colour(value, panel),
        text = short(value, panel.most);
      pen.fillStyle = `rgb(${rgb})`;
      pen.fillRect(x + c * cell, y + r * tall, cell, tall);
      pen.strokeRect(x + c * cell + 0.5, y + r * tall + 0.5, cell - 1, tall - 1);
      pen.fillStyle = ink(rgb);
      pen.fillText(text, x + (c + 0.5) * cell, y + (r + 0.5) * tall);
    }
}

function drawImage(pen, tile, [x, y], width, height) {
  // with a frame: a white map ends where a white page begins
  pen.drawImage(tile, x, y, width, height);
  pen.strokeStyle = LINE;
  pen.lineWidth = 1;
  pen.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

function hatch(pen, x, y, width, height, style) {
  // padding and unread cells: stripes, not only a shade
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.strokeStyle = style;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (let k = -height; k < width; k += 7) {
    pen.moveTo(x + k, y + height);
    pen.lineTo(x + k + height, y);
  }
  pen.stroke();
  pen.restore();
}

function drawMargins(pen, panel, [x, y], { cell, tall }) {
  const [, rows, cols] = panel.shape,
    [top, bottom, left, right] = panel.inset;
  const strip = (r, c, h, w, style) =>
    h > 0 && w > 0 && hatch(pen, x + c * cell, y + r * tall, w * cell, h * tall, style);
  const middle = rows - top - bottom;
  strip(0, 0, top, cols, PADDING);
  strip(rows - bottom, 0, bottom, cols, PADDING);
  strip(top, 0, middle, left, PADDING);
  strip(top, cols - right, middle, right, PADDING);
  for (const r of panel.unread[0]) strip(r, 0, 1, cols, UNREAD);
  for (const c of panel.unread[1]) strip(0, c, rows, 1, UNREAD);
}

function rule(pen, [x, y], { cell, tall }, cols) {
  // lines between the cells of a strip
  pen.strokeStyle = LINE;
  pen.lineWidth = 1;
  for (let c = 0; c < cols; c++) pen.strokeRect(x + c * cell, y, cell, tall);
}

const runs = (list) => list.every((v, k) => k === 0 || v === list[k - 1] + 1);
function frameOf(panel, [x, y], { cell, tall }, [rows, cols]) {
  // what an outline goes around, in pixels of the canvas
  const [, H, W] = panel.shape;
  const inside = (list, n) => list.filter((v) => v >= 0 && v < n);
  const [r, c] = [inside(rows, H), inside(cols, W)];
  if (!r.length || !c.length) return null;
  const holes = (panel.ruler || !(runs(r) && runs(c))) && r.length * c.length <= 4000;
  return { xs: c.map((j) => x + j * cell), ys: r.map((i) => y + i * tall), cell, tall, holes };
}

function outline(pen, { xs, ys, cell, tall, holes }, strong) {
  const away = cell < 8 ? 3 : 0; // on photographs the frame stands off, so that it hides no pixel
  const box = [
    xs[0] - away,
    ys[0] - away,
    xs.at(-1) - xs[0] + cell + 2 * away,
    ys.at(-1) - ys[0] + tall + 2 * away,
  ];
  if (holes) {
    // mark the cells it reads
    pen.fillStyle = ACCENT + "66";
    for (const y of ys) for (const x of xs) pen.fillRect(x, y, cell, tall);
  }
  pen.lineWidth = strong ? 5 : 4;
  pen.strokeStyle = HALO;
  pen.strokeRect(...box);
  pen.lineWidth = strong ? 3 : 2;
  pen.strokeStyle = ACCENT;
  if (!strong) pen.setLineDash([6, 3]); // solid: the chosen cell; dashed: its windows
  pen.strokeRect(...box);
  pen.setLineDash([]);
}
