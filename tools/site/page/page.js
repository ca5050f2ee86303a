// A notebook as a page to read. Its labs are drawn from saved scenes; Python may come later and take over.
//
// What `live.js` finds, as `window.convlab.page` and as the argument of its `start(page)`:
//   root      address of the site's folder, with / at its end
//   name      "01_kernels"
//   manager   the manager of widgets (`@jupyter-widgets/base-manager`), with the saved models:
//             manager.saved is {id: {model_name, model_module, model_module_version, state}}, those that a view of
//             the page can lead to; `await manager.get_model(id)` makes a model when it is first asked for.
//             `_esm` in saved states is the address of a script of the site, and `_css` is left out: keep them so.
//   cells     code cells in order: {id, code: its <code> element, output: the element of its results,
//             models: ids of all that it opens, in the order of a kernel's `comm_open`,
//             shown: the ids whose views stand in `output`}
//   changes   what the reader did so far, in order: [{id, data, buffers}], `data` as a widget's comm sends it
//             ({method: "update", state, buffer_paths} or {method: "custom", content}); live.js replays it.
//   tell      tell(text): the quiet line at the foot of the page; "" takes it away
//   warn      warn(text): a sentence that stays, for what is wrong
//
// `live.js` is asked for at the first touch of a control or by the button above the text, so that reading costs
// nobody Python's 34 MB: it exports `default async function start(page)`. Each model has a stand-in for `model.comm`
// ({comm_id, send, on_msg, on_close, close}), which answers the view's "here?" and writes into `changes`. To take
// a model over, set `model.comm` to a real comm and hang `model._handle_comm_msg` on its messages.
// Both are bundled together: `import … from "@jupyter-widgets/base"` in live.js is the same as the page's.

import "@jupyter-widgets/controls/css/widgets-base.css";
import "@lumino/widgets/style/widget.css";
import "./style.css";
import { answering } from "./cards.js";
import { Manager } from "./manager.js";
import { load } from "./state.js";

const { name } = document.body.dataset;
const NEAR = "1200px"; // how far from what is seen a lab is drawn already
const WAITS =
  "Controls need Python, which is not running on this page. Pointing, clicking, Play and Step work without it. ";
const line = document.querySelector("#tell p");
const run = document.querySelector("header .run");
const begin = document.getElementById("start"); // none where Python in a browser lacks a library

function tell(text, link) {
  line.textContent = text;
  if (link) line.append(link);
  line.parentElement.classList.toggle("told", Boolean(text));
}

function warn(text) {
  if ([...line.parentElement.querySelectorAll("[role=alert]")].some((one) => one.textContent === text))
    return;
  const alert = document.createElement("p");
  alert.setAttribute("role", "alert");
  alert.textContent = text;
  line.parentElement.append(alert);
}

function themed() {
  // a lab draws again when the colours change, as it does in JupyterLab
  document.body.dataset.jpThemeLight = !matchMedia("(prefers-color-scheme: dark)").matches;
}

function listen(page, acts) {
  // what was done waits for Python; whether a reader is told depends on what it was
  let anyone = false; // a slider may round its own value while it is set up
  for (const kind of ["pointerdown", "keydown"])
    addEventListener(kind, () => (anyone = true), { capture: true, once: true });
  page.manager.heard = (change) => {
    if (!anyone) return;
    page.changes.push(change);
    const touched = Object.keys(change.data.state ?? { custom: 0 });
    if (change.id in acts) acts[change.id](change.data);
    else if (touched.every((trait) => ["pick", "stamp"].includes(trait))) return;
    else bringPython(page);
  };
}

function wayOut() {
  const link = document.createElement("a");
  link.href = run.href;
  link.textContent = run.textContent;
  return link;
}

function display(manager, place) {
  // the saved picture gives way once the widget stands
  if (place.dataset.stands) return;
  place.dataset.stands = "soon";
  return manager
    .show(place.dataset.model, place)
    .then(() => (place.dataset.stands = "yes"))
    .catch((error) => {
      place.dataset.stands = "no";
      console.warn(error);
    });
}

function bringPython(page) {
  if (!begin) return tell(WAITS, wayOut());
  begin.disabled = true;
  page.live ??= import(new URL("live.js", import.meta.url).href)
    .then(({ default: take }) => take(page))
    .catch((error) => {
      console.warn(error);
      warn(error.message);
      tell(WAITS, wayOut());
    });
}

const frame = () =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done)); // once what is there is drawn, and heard
    setTimeout(done, 200); // a page behind another draws nothing
  });

async function displayAll(manager, places) {
  // what is near as soon as it is near, and all, the labs first
  const labs = (place) => Number(Boolean(place.querySelector("img")));
  places.sort((one, other) => labs(other) - labs(one));
  const near = new IntersectionObserver(
    (seen) => {
      for (const one of seen) if (one.isIntersecting) display(manager, one.target);
    },
    { rootMargin: NEAR },
  );
  for (const place of places) near.observe(place);
  for (const place of places) {
    await frame();
    await display(manager, place);
  }
  near.disconnect();
}

async function start() {
  themed();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themed);
  const about = await load(`${name}.bin`);
  for (const { state } of Object.values(about.state))
    if ("_esm" in state) state._esm = new URL(state._esm, document.baseURI).href;
  await import(new URL("view.js", document.baseURI).href); // without it, the labs' pictures stay
  const manager = new Manager(about.state);
  const page = { root: new URL("..", document.baseURI).href, name, manager, changes: [], tell, warn };
  page.cells = about.cells.map((cell) => {
    const section = document.querySelector(`[data-cell="${cell.id}"]`);
    return { ...cell, code: section.querySelector("code"), output: section.querySelector(".output") };
  });
  listen(page, answering(manager, about.known));
  begin?.addEventListener("click", () => bringPython(page));
  window.convlab = { page };
  await displayAll(manager, [...document.querySelectorAll(".widget[data-model]")]);
  document.body.dataset.labs = "stand";
  if (begin) begin.hidden = false;
}

start().catch((error) => {
  console.warn(error);
  document.getElementById("lost").hidden = false;
});
