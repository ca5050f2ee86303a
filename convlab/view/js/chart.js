// Panels that are no cells: curves, bars, a tower. Each knows how to place, draw, find and say its points.

const CHARTS = { curve, bars, tower };
const GUIDES = { curve: "up and down change the line", bars: "up and down change the row" };

function dressChart(panel, part) {
  part.at = null;
  const about = panel.axes ? `: ${panel.axes[1]} against ${panel.axes[0]}, ${panel.labels.join(", ")}` : "";
  const keys = ["Left and right arrow keys choose", GUIDES[panel.kind]].filter(Boolean).join(", ");
  part.canvas.setAttribute("aria-label", `${panel.title}${about}. ${keys}.`);
  if (panel.kind === "tower") tabulate(panel, part);
}

function tabulate(panel, part) {
  // for those who hear the page
  part.unseen ??= { table: make("div", part.canvas.parentNode, { class: "convlab-unseen" }) };
  const rows = panel.labels.map((name, k) => [name, panel.kinds[k], ...shapeOf(panel, k)]);
  fillSheet(part.unseen, [["layer", "kind", "channels", "height", "width"], ...rows]);
}

function paintChart(panel, part, pick, text) {
  // only if something about it has changed
  const { width, height } = part.place;
  const here = pick?.panel === panel.name ? pick : null;
  const state = [
    width,
    height,
    text,
    here?.row,
    here?.col,
    window.devicePixelRatio,
    part.canvas.currentCSSZoom,
  ].join();
  if (part.at && part.state === state) return;
  part.state = state;
  const pen = sheet(part.canvas, width, height);
  pen.font = TYPE;
  part.at = CHARTS[panel.kind].place(panel, width, height, pen);
  CHARTS[panel.kind].draw(pen, panel, part.at, text, here);
}

function stepChart({ panels, parts, chosen }, name, down, right) {
  // the first key press chooses where the lab stands
  const panel = panels[name];
  const { step, start } = CHARTS[panel.kind];
  const next = chosen?.panel === name ? step(parts[name].at, chosen, down, right) : start(panel);
  return { panel: name, tile: 0, ...next };
}
