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

function reach(layout, pick) {
  // every panel's cells that `pick` reads, and those that read it
  const found = { [pick.panel]: [[pick.row], [pick.col]] };
  for (let next = found; Object.keys(next).length; Object.assign(found, next)) {
    // by the fewest links
    const last = next;
    next = {};
    for (const link of layout.links)
      if (last[link.target] && !found[link.source])
        next[link.source] = [reads(link.rows, last[link.target][0]), reads(link.cols, last[link.target][1])];
  }
  const above = { [pick.panel]: found[pick.panel] };
  for (const link of layout.links)
    if (above[link.source] && !above[link.target])
      above[link.target] = [
        readers(link.rows, above[link.source][0]),
        readers(link.cols, above[link.source][1]),
      ];
  return { ...above, ...found };
}
