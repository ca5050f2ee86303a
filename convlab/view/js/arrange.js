// From the room and the rows of the lab to a box for every figure, and the figures into their boxes.

function arrange(view) {
  const { room, layout, parts } = view;
  if (!room || !layout) return;
  for (const part of Object.values(parts))
    if (part.panel) part.panel.room = room.width;
    else if (part.stale) measureSheet(part, room);
  const size = (name, share) => leaf(parts[name], share, room);
  const sizes = Object.keys(parts).map((name) => [size(name, 0), size(name, 1)]);
  const key = JSON.stringify([room, layout.rows, Object.keys(view.sheets), sizes]);
  if (key !== view.laid) settle(view, size);
  for (const part of Object.values(parts)) if (part.panel) part.panel.coarse = part.coarse;
  view.laid = key;
}

function settle(view, size) {
  const { room, layout, parts } = view,
    behind = Object.keys(view.sheets).length > 0;
  const lay = (rows, tabs) => layOut(rows, spaceOf(room, tabs), size);
  const fits = (rows) => lay(rows, behind).fits;
  const magnified = parts.loupe ? [...layout.rows, [["loupe"]]] : layout.rows;
  let front = magnified,
    back = [];
  if (!colourUntil(parts, () => fits(magnified) || fits(layout.rows)))
    [front, back] = divide(layout.rows, (rows) => lay(rows, true).fits);
  else if (!fits(magnified)) front = layout.rows;
  const tabs = behind || back.length > 0;
  view.stages = {
    [PICTURE]: lay(front, tabs),
    ...(back.length && { [naming(back, parts)]: lay(back, tabs) }),
  };
  for (const { boxes } of Object.values(view.stages))
    for (const [name, box] of Object.entries(boxes)) put(parts[name], box);
  fillTabs(view);
}

function colourUntil(parts, fits) {
  // numbers that have no room become colours, the last panel first; the pointer still reads them
  const all = Object.entries(parts).map(([name, part]) => name !== "loupe" && part.panel);
  const large = all.filter(
    (panel) => panel && !panel.edits && panel.kind === "cells" && Math.max(...panel.shape.slice(1)) > 5,
  );
  for (const panel of large) panel.coarse = false;
  while (!fits()) {
    const panel = large.pop();
    if (!panel) return false;
    panel.coarse = true;
  }
  return true;
}

const spaceOf = ({ width, tall, wide, most }, tabs) => {
  const height = wide ? Math.max(240, tall - FOOT - (tabs ? TABS : 0) - 12) : Infinity;
  return { width, height, most };
};

function divide(rows, fits) {
  // what does not fit stands behind the picture, the last first
  const front = rows.map((row) => [...row]),
    back = [];
  while (!fits(front) && front.flat().length > 1) {
    back.unshift(front.at(-1).pop());
    if (!front.at(-1).length) front.pop();
  }
  return [front, back.length ? [back] : []];
}

const naming = (rows, parts) =>
  rows
    .flat(2)
    .map((name) => parts[name].panel?.title ?? name)
    .slice(0, 2)
    .join(", ");

function leaf(part, share, room) {
  const { panel } = part;
  if (part.table) {
    const height = LINE_HIGH + part.high;
    return { width: Math.min(part.wide, room.width), height, head: LINE_HIGH };
  }
  const { width, height } = measure(panel, share),
    inner = width - 2 * EDGE;
  if (panel.ruler) return { width: inner + NAME, height: height - 2, head: 0, strip: true, flex: 1000 };
  const wide = Math.max(inner, Math.min(part.said, NARROWEST));
  const head = part.said ? LINE_HIGH * (part.said <= wide ? 1 : Math.ceil((1.08 * part.said) / wide)) : 0;
  const foot = part.legend && !part.legend.hidden ? LEGEND : 0;
  return {
    width: wide,
    height: head + height - 2 * EDGE + foot,
    head,
    flex: CHART[panel.kind]?.[0][1] ?? 0,
  };
}

function put(part, box) {
  const { figure, panel } = part;
  figure.style.cssText = `left: ${box.x}px; top: ${box.y}px; width: ${box.width}px; --head: ${box.head}px`;
  if (part.table) return void (part.table.style.height = `${box.height - box.head}px`);
  part.coarse = panel.coarse;
  const free = panel.ruler ? box.width - NAME : panel.kind in CHARTS ? box.width : undefined;
  part.place = measure(panel, box.share, free);
  if (part.grid) sizeGrid(part);
  if (part.legend) part.legend.style.maxWidth = `${Math.max(110, Math.min(190, part.place.width))}px`;
}

function measureSheet(part, room) {
  // as wide as it likes to be; what stands on a page behind has its size only while it is turned to
  const { figure, table } = part,
    { hidden } = figure;
  figure.hidden = false;
  figure.style.width = `${room.width}px`;
  const { offsetWidth: wide = 0, offsetHeight: high = 0 } = table.firstElementChild ?? {};
  figure.hidden = hidden;
  part.stale = !wide;
  // They are rounded, and a table too narrow breaks its lines.
  if (wide || !part.wide) [part.wide, part.high] = [wide + 1, high + 1];
}
