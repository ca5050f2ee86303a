// The live view of convlab: draws panels on canvases and answers the pointer and the keyboard.
// Python joins these files in the order that `live.py` states; they share one scope.
// Python sends a layout (panels and links), the arrays as bytes, and words. Hovering never asks Python.

function lay(el) {
  // the places on the page, in the order they are read
  const root = make("div", el, { class: "convlab-view" });
  const bar = make("div", root, { class: "convlab-play", hidden: "" });
  const notice = make("p", root, { class: "convlab-problem", role: "alert", hidden: "" });
  const status = make("p", root, { class: "convlab-status", role: "status" });
  const picture = make("div", root, { class: "convlab-picture" });
  const tabs = make("div", picture, { class: "convlab-tabs", hidden: "" });
  const stage = make("div", picture, { class: "convlab-panels" });
  const page = make("div", picture, { class: "convlab-page", hidden: "" });
  const foot = make("div", picture, { class: "convlab-foot" });
  const sums = make("p", foot, { class: "convlab-arithmetic" });
  return { root, bar, notice, status, picture, tabs, stage, page, foot, sums };
}

function render({ model, el }) {
  const ending = new AbortController();
  const view = {
    ...lay(el),
    model,
    signal: ending.signal,
    layout: null,
    panels: {}, // name → what Python sent, with its numbers
    sent: {}, // name → the count of the last edit of its boxes
    parts: {}, // name → what stands on the page for it
    sheets: {}, // name → a table or text that stands behind the picture
    stages: {}, // "picture", and "more" where not all fits → where its figures stand
    room: null, // how much there is
    chosen: null,
    hovered: null, // the cell picked, and pointed at
    own: false, // whether the reader picked it
    played: null,
    frame: 0,
    stands: { key: "", places: {} }, // where windows and cells stand
    departed: -Infinity, // since when they glide there
    controls: {}, // model → a control of the lab, or the view
    gap: false, // whether something that Python sent is missing
  };
  const { hear, wake } = addHeartbeat(view);
  view.wake = wake;
  addPlayer(view);
  connect(view, hear);
  update(view);
  after(view.signal, 0, () => attach(view, el)); // the lab's sliders appear beside the view, a moment later
  return () => ending.abort();
}

function update(view) {
  load(view);
  say(view);
  arrange(view);
  setOff(view);
  paint(view);
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
    update(view);
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
  watchRoom(view, el);
  repaint(view); // now that the theme's colours are known
  if (!lab) return;
  addPresent(view, lab, () => repaint(view));
  nameControls(lab);
  steady(view, lab).then(view.wake);
  watch(signal, lab, { childList: true, subtree: true }, () => nameControls(lab));
  for (const kind of ["pointerdown", "keydown"]) lab.addEventListener(kind, view.wake, { signal });
}

export default { render };
