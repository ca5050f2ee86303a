// Beside the front page and beside the notebooks: fetches Python's files ahead of their use, says how far that is,
// and says in a sentence what is wrong when something is. It never stands in the way: without it, notebooks still run.
// It is bundled into a function of its own: the kernel's script calls any global `start` it finds.
import { fetchAll, keeper, keepThisPage } from "./files.js";

const BASE = new URL(".", document.currentScript.src).href;
// Python loads its libraries while the reader reads. No cell is counted for it.
// IPython completes names by itself: the library that it would ask for them is not in the site.
const WARM_UP = '__import__("convlab.labs"); __import__("matplotlib.figure"); ' +
  "get_ipython().Completer.use_jedi = False; get_ipython().execution_count = 0;";
const LOST = "This browser has no room left for this page. You can work, but after a reload your changes will be gone. " +
  "Download what you want to keep (File, then Download), or free some room and reload.";
const BLOCKED = "This browser lets this page keep nothing: cookies and site data are blocked, and the notebooks " +
  "cannot start without. Allow them for this page and reload.";

const make = (tag, parent, attributes = {}) => {
  const { text = "", ...rest } = attributes, made = parent.appendChild(document.createElement(tag));
  made.textContent = text;
  for (const [name, value] of Object.entries(rest)) made.setAttribute(name, value);
  return made;
};
const inNotebooks = document.body.dataset.notebook === "lab";
const box = document.getElementById("convlab-loading") ?? make("div", document.body, { id: "convlab-loading" });
const says = make("p", box, { role: "status" }), bar = make("progress", box, { "aria-label": "Python's files", hidden: "" });
let facts = { files: {}, later: [], binder: null };

function tell(text) {
  says.textContent = text;
  box.classList.toggle("quiet", !text);
}

function problem(text, wayOut = true) {
  if ([...box.querySelectorAll("[role=alert]")].some((one) => one.dataset.text === text)) return;
  const alert = make("p", box, { role: "alert", text: `${text} `, "data-text": text });
  if (!wayOut) return;
  alert.append("Two other ways to the same notebooks: ");
  if (facts.binder) make("a", alert, { href: facts.binder, text: "open them on Binder" });
  else alert.append("open them on Binder (mybinder.org) from the project's repository");
  alert.append(", where Python runs on a server; or on a computer of your own, fetch the project and run make lab.");
}

// ---- Python's files
const hasWebAssembly = () => {
  try { return Boolean(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))); } catch { return false; }
};

async function bringFiles() {
  const MB = 1e6;
  bar.hidden = false;
  await fetchAll(BASE, facts.files, (got, all) => {
    bar.max = all;
    bar.value = got;
    if (document.body.dataset.python !== "ready")
      tell(`Python is loading: ${Math.floor(got / MB)} of ${Math.ceil(all / MB)} MB. You can read on meanwhile.`);
  });
  bar.hidden = true;
  if (!inNotebooks) tell("Python is loaded. Open any notebook: it starts in a few seconds.");
  else if (document.body.dataset.python !== "ready") tell("Python is starting.");
}

// ---- what the learner changes
function storage() {                          // write a megabyte and take it away again: "works", "full" or "blocked"
  return new Promise((resolve) => {
    localStorage.getItem("convlab-last");     // raises where site data are blocked
    const name = "convlab-probe", opening = indexedDB.open(name);
    const end = (found) => { opening.result.close(); indexedDB.deleteDatabase(name); resolve(found); };
    opening.onupgradeneeded = () => opening.result.createObjectStore("probe");
    opening.onerror = () => resolve(opening.error?.name === "QuotaExceededError" ? "full" : "blocked");
    opening.onsuccess = () => {
      const writing = opening.result.transaction("probe", "readwrite");
      writing.oncomplete = () => end("works");
      writing.onabort = () => end("full");
      writing.objectStore("probe").put(new Uint8Array(1e6).map((_, k) => (k * 2654435761) >> 8), 0);  // packs badly
    };
  }).catch(() => "blocked");
}

async function checkStorage() {
  const found = await storage();
  if (found === "blocked") problem(BLOCKED);
  if (found === "full") problem(LOST, false);
  const promise = document.getElementById("convlab-keeping");
  if (promise && found !== "works") promise.textContent = "Your changes are not kept: see above.";
}

// ---- beside the notebooks
const known = new WeakSet();

async function startPython(kernel) {
  // JupyterLite never answers this request, and labs saved with a notebook would wait for it and not come back.
  kernel.requestCommInfo = async () => ({ content: { status: "ok", comms: {} } });
  document.body.dataset.python = "starting";
  if (bar.hidden) tell("Python is starting.");
  const slow = setTimeout(() => problem("Python is still not running. On a small device it can take minutes, or not fit."), 120000);
  // Asked at once, so it comes before any cell: there, Matplotlib would write of its font cache into the notebook.
  await kernel.requestExecute({ code: WARM_UP, silent: true, store_history: false }).done;
  clearTimeout(slow);
  document.body.dataset.python = "ready";
  tell("Python is ready. Run a cell with Shift + Enter, or all of them from the menu Run.");
  setTimeout(() => tell(""), 8000);
}

async function follow(panel) {
  if (!panel?.sessionContext) return;
  try { localStorage.setItem("convlab-last", panel.context.path); } catch { /* then a reload opens the first notebook */ }
  if (known.has(panel)) return;
  known.add(panel);
  panel.context.saveState.connect((_, state) => { if (state === "failed") problem(LOST, false); });
  await panel.sessionContext.ready;
  if (window.innerWidth < 700) window.jupyterapp.shell.collapseLeft();   // opening a notebook brought the list of files
  const begin = () => { if (panel.sessionContext.session?.kernel) startPython(panel.sessionContext.session.kernel); };
  panel.sessionContext.statusChanged.connect((_, status) => { if (status.endsWith("restarting")) begin(); });
  begin();
}

async function besideNotebooks() {
  while (!window.jupyterapp?.shell) await new Promise((done) => setTimeout(done, 100));
  const app = window.jupyterapp;
  await app.restored;
  app.shell.currentChanged.connect(() => follow(app.shell.currentWidget));
  follow(app.shell.currentWidget);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const one of app.shell.widgets("main")) if (one.context?.model?.dirty) one.context.save();
  });
}

async function start() {
  tell("Python is loading.");
  if (inNotebooks) besideNotebooks();
  checkStorage();
  await keeper(BASE).catch(() => {});         // then the network brings all, each time
  try {
    facts = await (await fetch(new URL("start.json", BASE))).json();
    if (!hasWebAssembly()) return problem("This browser cannot run Python: WebAssembly is missing or switched off.");
    await bringFiles();
  } catch (error) {
    tell("");
    return problem(error.message);
  }
  await keepThisPage(BASE, facts.later).catch(() => {});
  document.body.dataset.files = "kept";
}
start();
