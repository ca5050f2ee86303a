// Panels on the page: a figure for each, dressed anew when its data change, each in its box of the stage.

// What the figures depend on: which there are, which can be edited, whether a loupe is of use.
const builtOf = ({ layout, panels }) =>
  JSON.stringify([
    layout.rows,
    layout.panels.map(({ edits, ruler }) => [edits, !ruler]),
    !findLoupe({ layout, panels }),
  ]);

function dressAll(view) {
  const { panels } = view;
  if (builtOf(view) !== view.built) build(view);
  for (const panel of Object.values(panels)) if (view.parts[panel.name].panel !== panel) dress(view, panel);
  for (const [name, part] of Object.entries(view.parts))
    if (part.late && !waits(view, name)) fillGrid(view, panels[name], part);
}

function build(view) {
  view.built = builtOf(view);
  view.stage.replaceChildren();
  view.parts = {};
  for (const name of view.layout.rows.flat(2)) {
    const panel = view.panels[name];
    const figure = make("figure", view.stage, { class: "convlab-panel", "data-panel": name });
    const part = { figure, caption: make("figcaption", figure) };
    view.parts[name] = part;
    if (!panel) {
      part.caption.textContent = name;
      part.table = makeSheet(figure, name);
      continue;
    }
    figure.classList.toggle("convlab-strip", Boolean(panel.ruler));
    if (panel.edits) part.grid = make("div", figure, { class: "convlab-grid" });
    else {
      part.canvas = make("canvas", figure, { tabindex: "0", role: "application" });
      listen(view, name, part.canvas);
    }
    part.legend = make("div", figure, { class: "convlab-legend" });
  }
  if (findLoupe(view)) addLoupe(view);
}

function addLoupe(view) {
  const figure = make("figure", view.stage, { class: "convlab-panel", "data-panel": "loupe" });
  const spoken = "the window, its weights and their products";
  const canvas = make("canvas", figure, { role: "img", "aria-label": spoken });
  view.parts.loupe = { figure, canvas, said: 0 };
}

function dress(view, panel) {
  // everything about a panel that changes only with its data
  const part = view.parts[panel.name],
    size = sizeOf(panel);
  if (!part.panel || coloursOf(part.panel) !== coloursOf(panel) || part.panel.sent !== panel.sent)
    part.tiles = null;
  part.panel = panel;
  panel.longest = panel.kind === "cells" || panel.edits ? longest(panel) : "";
  panel.widest = Math.max(0, ...(panel.labels ?? []).map((label) => textWidth(label, "12px sans-serif")));
  const sized = !(panel.kind in CHARTS || panel.plain || size === "1 × 1");
  part.caption.textContent = sized ? `${panel.title} (${size.replaceAll(" ", "\u00a0")})` : panel.title;
  part.said = textWidth(part.caption.textContent, "600 14px sans-serif");
  fillLegend(part.legend, panel);
  if (panel.edits) return fillGrid(view, panel, part);
  if (panel.kind in CHARTS) return dressChart(panel, part);
  const spoken = `${panel.title}, ${size.replaceAll("×", "by")}. Arrow keys choose a cell.`;
  part.canvas.setAttribute("aria-label", spoken);
}

// What its colours depend on, beside its numbers.
const coloursOf = ({ kind, shape, dtype, low, high, signed, plain }) =>
  String([kind, shape, dtype, low, high, signed, plain]);

const ruler = new OffscreenCanvas(1, 1).getContext("2d");
function textWidth(text, font) {
  ruler.font = font;
  return Math.ceil(ruler.measureText(text).width);
}

function sizeOf(panel) {
  // without the padding
  const [tiles, rows, cols] = panel.shape,
    [top, bottom, left, right] = panel.inset ?? [0, 0, 0, 0];
  const high = panel.ruler ? "" : `${rows - top - bottom} × `;
  return `${tiles > 1 ? `${tiles} × ` : ""}${high}${cols - left - right}`;
}

function fillLegend(legend, panel) {
  const told = panel.kind === "rgb" || panel.kind in CHARTS || panel.ruler || panel.plain;
  legend.hidden = told || (panel.kind === "cells" && !panel.edits);
  if (legend.hidden) return;
  const tint = (t) => `rgb(${colour(panel.low + t * (panel.high - panel.low), panel)})`;
  legend.replaceChildren();
  make("span", legend, { text: short(panel.low) });
  make("i", legend).style.background = `linear-gradient(90deg, ${[0, 0.5, 1].map(tint)})`;
  make("span", legend, { text: short(panel.high) });
}
