// Where every panel stands. A row has columns, and a column has panels below each other. All sizes grow
// together, from what can just be read to what is enough, until the stage is full.

const sum = (list) => list.reduce((a, b) => a + b, 0);

function layRow(row, share, size) {
  const columns = row.map((names) => {
    const leaves = names.map((name) => ({ name, ...size(name, share) }));
    const gaps = sum(leaves.slice(1).map((leaf, k) => (leaf.strip && leaves[k].strip ? 0 : BELOW)));
    const width = Math.max(...leaves.map((leaf) => leaf.width)),
      flex = leaves.some((leaf) => leaf.flex);
    return { leaves, width, flex, height: sum(leaves.map((leaf) => leaf.height)) + gaps };
  });
  const head = Math.max(...columns.map(({ leaves }) => leaves[0].head)); // pictures begin on one line
  for (const column of columns) {
    const more = column.leaves[0].strip ? 0 : head - column.leaves[0].head;
    column.leaves[0].head += more;
    column.leaves[0].height += more;
    column.height += more;
  }
  const width = sum(columns.map((column) => column.width)) + BESIDE * (columns.length - 1);
  return { share, columns, width, height: Math.max(...columns.map((column) => column.height)) };
}

function fitRow(row, share, width, size) {
  // one row, as large as it may be; or several, where not even the smallest fits
  const least = layRow(row, 0, size);
  if (least.width > width && row.length > 1) return breakRow(row, share, width, size);
  const whole = layRow(row, share, size);
  if (whole.width <= width) return [whole];
  return [
    largest(
      (part) => layRow(row, part * share, size),
      (laid) => laid.width <= width,
    ),
  ];
}

function breakRow(row, share, width, size) {
  let count = row.length - 1;
  while (count > 1 && layRow(row.slice(0, count), 0, size).width > width) count--;
  return [row.slice(0, count), row.slice(count)].flatMap((part) => fitRow(part, share, width, size));
}

function largest(lay, fits) {
  // lay(0) … lay(1) grow; the largest that fits, or the smallest
  let [low, high] = [0, 1];
  for (let k = 0; k < 7; k++) {
    const middle = (low + high) / 2;
    if (fits(lay(middle))) low = middle;
    else high = middle;
  }
  return lay(low);
}

const heightOf = (lines) => sum(lines.map((line) => line.height)) + BELOW * (lines.length - 1);

function layOut(rows, { width, height, most }, size) {
  // returns the lines, and whether they fit
  const lay = (share) => rows.flatMap((row) => fitRow(row, share, width, size));
  const fits = (lines) => heightOf(lines) <= height && lines.every((line) => line.width <= width);
  const full = lay(most);
  const lines = fits(full) ? full : largest((share) => lay(share * most), fits);
  return { lines, fits: fits(lines), boxes: place(lines, width) };
}

function place(lines, width) {
  // {name: {x, y, width, height, head, share}}; strips and charts take what their line leaves
  const boxes = {};
  let y = 0;
  for (const { columns, height, share, width: used } of lines) {
    const flexible = columns.filter((column) => column.flex).length;
    const more = flexible ? Math.max(0, width - used) / flexible : 0;
    let x = 0;
    for (const column of columns) {
      let top = y;
      const wide = column.width + (column.flex ? more : 0);
      column.leaves.forEach((leaf, k) => {
        const close = k && leaf.strip && column.leaves[k - 1].strip;
        top += k && !close ? BELOW : 0;
        boxes[leaf.name] = {
          ...leaf,
          x,
          y: top,
          share,
          width: leaf.flex ? Math.min(wide, leaf.flex) : leaf.width,
        };
        top += leaf.height;
      });
      x += wide + BESIDE;
    }
    y += height + BELOW;
  }
  return boxes;
}
