// The live view of convlab: draws panels on canvases and answers the pointer and the keyboard.
// Python joins these files in the order that `live.py` states; they share one scope.
// Python sends a layout (panels and links), the arrays as bytes, and words. Hovering never asks Python.

function lay(el) {
  // the places on the page, in the order they are read
  const root = make("div", el, { class: "convlab-view" });
  const notice = make("p", root, { class: "convlab-problem", role: "alert", hidden: "" });
  const stage = make("div", root, { class: "convlab-panels" });
  const bar = make("div", root, { class: "convlab-play", hidden: "" });
  const sums = make("p", root, { class: "convlab-arithmetic" });
  const spoken = "the window, its weights and their products";
  const loupe = make("canvas", root, { class: "convlab-loupe", role: "img", "aria-label": spoken });
  const tables = make("div", root, { class: "convlab-tables" });
  const status = make("p", root, { class: "convlab-status", role: "status" });
  return { root, notice, stage, bar, sums, loupe, tables, status };
}

function render({ model, el }) {
  const ending = new AbortController(),
    { signal } = ending;
  const view = {
    ...lay(el),
    model,
    signal,
    layout: null,
    panels: {}, // name → what Python sent, with its numbers
    sent: {}, // name → the count of the last edit of its boxes
    parts: {}, // name → what stands on the page for it
    chosen: null,
    hovered: null,
    own: false, // the cell picked, pointed at; whether the reader picked it
    played: null,
    frame: 0,
    stands: { key: "", places: {} }, // where windows and cells stand
    departed: -Infinity, // since when they glide there
    gap: false, // whether something that Python sent is missing
  };
  const { hear, wake } = addHeartbeat(view);
  view.wake = wake;
  addPlayer(view);
  connect(view, hear);
  load(view);
  say(view);
  after(signal, 0, () => attach(view, el)); // the lab's sliders appear beside the view, a moment later
  return () => ending.abort();
}

function connect(view, hear) {
  // many traits change at once: draw once
  const { signal } = view;
  let queued = false;
  const change = () => {
    queued = false;
    if (signal.aborted) return;
    hear();
    if (view.gap) return;
    load(view);
    say(view);
  };
  const soon = () => {
    if (!queued) queueMicrotask(change);
    queued = true;
  };
  countTurns(view);
  follow(signal, view.model, SENT, soon);
  const theme = { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] };
  watch(signal, document.body, theme, () => repaint(view));
  signal.addEventListener("abort", () => cancelAnimationFrame(view.frame), { once: true });
}

function attach(view, el) {
  const { signal } = view,
    lab = el.closest(".convlab-lab");
  repaint(view); // now that the theme's colours are known
  if (!lab) return;
  addPresent(view, lab, () => repaint(view));
  nameControls(lab);
  steady(view, lab);
  watch(signal, lab, { childList: true, subtree: true }, () => nameControls(lab));
  for (const kind of ["pointerdown", "keydown"]) lab.addEventListener(kind, view.wake, { signal });
  view.wake();
}

export default { render };
