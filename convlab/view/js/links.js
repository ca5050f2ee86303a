// Which cells read which: what a chosen cell reads, and what reads it, through every link.

const sorted = (set) => [...set].sort((a, b) => a - b);
const reads = (axis, cells) =>
  sorted(
    new Set(
      cells
        .filter((i) => axis.starts[i] != null)
        .flatMap((i) => axis.taps.map((tap) => axis.starts[i] + tap)),
    ),
  );
const readers = (axis, pixels) => {
  const wanted = new Set(pixels);
  return axis.starts.flatMap((start, i) =>
    start !== null && axis.taps.some((tap) => wanted.has(start + tap)) ? [i] : [],
  );
};

const cellsOf = (layout, name) => layout.panels.find((panel) => panel.name === name).shape[2];
function below(layout, link, [rows, cols]) {
  // the cells of a link's source that cells of its target read
  if (link.op !== "row") return [reads(link.rows, rows), reads(link.cols, cols)];
  const wide = cellsOf(layout, link.source); // row r of the target belongs to one cell of the source
  return [sorted(new Set(rows.map((r) => Math.floor(r / wide)))), sorted(new Set(rows.map((r) => r % wide)))];
}
function above(layout, link, [rows, cols]) {
  // the cells of a link's target that read cells of its source
  if (link.op !== "row") return [readers(link.rows, rows), readers(link.cols, cols)];
  const wide = cellsOf(layout, link.source);
  const all = Array.from({ length: cellsOf(layout, link.target) }, (_, c) => c);
  return [rows.flatMap((r) => cols.map((c) => r * wide + c)), all];
}

function reach(layout, pick) {
  // every panel's cells that `pick` reads, and those that read it
  const found = { [pick.panel]: [[pick.row], [pick.col]] };
  for (let next = found; Object.keys(next).length; Object.assign(found, next)) {
    // by the fewest links
    const last = next;
    next = {};
    for (const link of layout.links)
      if (last[link.target] && !found[link.source])
        next[link.source] = below(layout, link, last[link.target]);
  }
  const up = { [pick.panel]: found[pick.panel] };
  for (const link of layout.links)
    if (up[link.source] && !up[link.target]) up[link.target] = above(layout, link, up[link.source]);
  return { ...up, ...found };
}
