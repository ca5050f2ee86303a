// Numbers as they travel, unpacked: packing.py says how each kind is packed.

const TYPES = { u1: Uint8Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };

function numbers(panel, bytes) {
  const [tiles, rows, cols] = panel.shape,
    [top, bottom, left, right] = panel.core ? panel.inset : [0, 0, 0, 0],
    [high, wide] = [rows - top - bottom, cols - left - right];
  const Kind = TYPES[panel.dtype];
  let data = panel.levels ? pickLevels(panel, Kind, bytes) : new Kind(bytes);
  if (panel.outer) data = Kind.from({ length: high * wide }, products(data));
  if (!panel.core) return data;
  const full = new Kind(tiles * rows * cols);
  for (let line = 0; line < tiles * high; line++) {
    const row = Math.floor(line / high) * rows + top + (line % high);
    full.set(data.subarray(line * wide, (line + 1) * wide), row * cols + left);
  }
  return full;
}

const products = (line) => (_, k) => line[Math.floor(k / line.length)] * line[k % line.length];

function pickLevels({ levels }, Kind, bytes) {
  const table = new Kind(bytes, 0, levels);
  return Kind.from(new Uint8Array(bytes, table.byteLength), (k) => table[k]);
}

function unroll(link) {
  // runs of [first, step, count], back to lists
  const list = (runs) =>
    runs.flatMap(([first, step, count]) =>
      Array.from({ length: count }, (_, k) => (first === null ? null : first + k * step)),
    );
  const axis = ([starts, taps]) => ({ starts: list(starts), taps: list(taps) });
  return { ...link, rows: axis(link.rows), cols: axis(link.cols) };
}
