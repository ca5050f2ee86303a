// What a value looks like: its colour, the ink that is read on it, whole maps as bitmaps.

function colour(value, panel) {
  const [a, b, c] = panel.signed ? SIGNED : GREY;
  const t = panel.plain ? 1 : Math.min(1, Math.max(0, (value - panel.low) / (panel.high - panel.low || 1)));
  const [from, to, part] = t < 0.5 ? [a, b, 2 * t] : [b, c, 2 * t - 1];
  return from.map((v, k) => Math.round(v + (to[k] - v) * part));
}
function ink([r, g, b]) {
  // black or white, whichever is easier to read on this colour
  const lin = [r, g, b].map((v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2] > 0.179 ? "#000" : "#fff";
}

const opaque = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
const shades = (panel) =>
  Uint32Array.from({ length: 256 }, (_, k) =>
    opaque(colour(panel.low + (k / 255) * (panel.high - panel.low), panel)),
  );

function bitmap(panel) {
  // one picture per tile, one pixel per cell
  const [tiles, rows, cols] = panel.shape,
    { data, low } = panel,
    size = rows * cols;
  const scale = 255 / (panel.high - low || 1),
    table = panel.kind === "rgb" ? null : shades(panel);
  return Array.from({ length: tiles }, (_, tile) => {
    const image = new ImageData(cols, rows),
      out = new Uint32Array(image.data.buffer),
      start = tile * size;
    if (panel.shades) for (let i = 0; i < size; i++) out[i] = table[data[start + i]];
    else if (table)
      for (let i = 0; i < size; i++) {
        const t = (data[start + i] - low) * scale; // compared, not Math.min and max: half the time
        out[i] = table[t <= 0 ? 0 : t >= 255 ? 255 : (t + 0.5) | 0];
      }
    else for (let i = 0; i < size; i++) out[i] = opaque([data[3 * i], data[3 * i + 1], data[3 * i + 2]]);
    const canvas = new OffscreenCanvas(cols, rows);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  });
}
