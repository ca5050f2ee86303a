// Panels on the page: a figure for each, dressed anew when its data change.

function arrange(view) {
  const { parts, panels } = view;
  if (Object.keys(parts).join() !== Object.keys(panels).join()) build(view);
  for (const panel of Object.values(panels)) if (view.parts[panel.name].panel !== panel) dress(view, panel);
  for (const [name, part] of Object.entries(view.parts))
    if (part.late && !waits(view, name)) fillGrid(view, panels[name], part);
}

function build(view) {
  view.stage.replaceChildren();
  view.parts = {};
  for (const panel of Object.values(view.panels)) {
    const figure = make("figure", view.stage, { class: "convlab-panel", "data-panel": panel.name });
    figure.classList.toggle("convlab-strip", Boolean(panel.ruler));
    const part = { caption: make("figcaption", figure) };
    if (panel.edits) part.grid = make("div", figure, { class: "convlab-grid" });
    else {
      part.canvas = make("canvas", figure, { tabindex: "0", role: "application" });
      listen(view, panel.name, part.canvas);
    }
    part.legend = make("div", figure, { class: "convlab-legend" });
    view.parts[panel.name] = part;
  }
}

function dress(view, panel) {
  // everything about a panel that changes only with its data
  const part = view.parts[panel.name],
    size = sizeOf(panel);
  part.panel = panel;
  part.caption.textContent = panel.kind in CHARTS || panel.plain ? panel.title : `${panel.title} (${size})`;
  fillLegend(part.legend, panel, view.layout);
  if (panel.edits) return fillGrid(view, panel, part);
  if (panel.kind in CHARTS) return dressChart(panel, part);
  const spoken = `${panel.title}, ${size.replaceAll("×", "by")}. Arrow keys choose a cell.`;
  part.canvas.setAttribute("aria-label", spoken);
  part.place = measure(panel);
  if (panel.kind !== "cells") part.tiles = bitmap(panel, view.layout);
}

function sizeOf(panel) {
  // without the padding
  const [tiles, rows, cols] = panel.shape,
    [top, bottom, left, right] = panel.inset ?? [0, 0, 0, 0];
  const high = panel.ruler ? "" : `${rows - top - bottom} × `;
  return `${tiles > 1 ? `${tiles} × ` : ""}${high}${cols - left - right}`;
}

function fillLegend(legend, panel, maps) {
  const told = ["cells", "rgb"].includes(panel.kind) && !panel.edits;
  legend.hidden = told || panel.kind in CHARTS || panel.ruler || panel.plain;
  if (legend.hidden) return;
  const tint = (t) => `rgb(${colour(panel.low + t * (panel.high - panel.low), panel, maps)})`;
  legend.replaceChildren();
  make("span", legend, { text: short(panel.low) });
  make("i", legend).style.background = `linear-gradient(90deg, ${[0, 0.5, 1].map(tint)})`;
  make("span", legend, { text: short(panel.high) });
}
