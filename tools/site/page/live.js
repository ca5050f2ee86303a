// Python comes to a page that stands already. A kernel in a worker runs the notebook's code cells from the top, in
// the background. The widgets it opens have the names of those in the page, which speak with Python from then on:
// nothing is drawn again, and Python hears what the reader chose meanwhile.

import { shims } from "@jupyter-widgets/base";
import { fetchAll, keeper, keepThisPage } from "../files.js";
import { editable } from "./edit.js";
import { startKernel } from "./kernel.js";

// In Python, new widgets are named after those of the page. While the cells run for the first time, nothing shows
// what they return: it stands in the page. The library that IPython would ask for names is not in the site.
const PREPARE = `
import comm
from IPython import get_ipython

def name_widgets(names, comm=comm, make=comm.create_comm):
    names = iter(names)
    comm.create_comm = lambda *args, **given: make(*args, **given | {"comm_id": next(names, given.get("comm_id"))})

comm.name_widgets = name_widgets
get_ipython().Completer.use_jedi = False
get_ipython().display_formatter.format = lambda *args, **options: ({}, {})
del comm, name_widgets
`;
const FINISH = `del get_ipython().display_formatter.format`;

/** Make a page live; resolves when all its cells have run, and rejects with the sentence that says why not. */
export default async function start(page) {
  const broken = new Promise((_, reject) => (page.broke = reject));
  await Promise.race([broken, live(page)]);
}

async function live(page) {
  const later = await bringFiles(page);
  page.tell("Python is starting. You can read on meanwhile.");
  const kernel = await startKernel(page.root, page.broke);
  const opened = takeComms(page.manager, kernel);
  await must(kernel, PREPARE);
  for (const cell of page.cells) {
    await must(kernel, `__import__("comm").name_widgets(${JSON.stringify(cell.models)})`);
    await run(kernel, cell.code.textContent);
    await takeOver(page, opened.splice(0));
  }
  await must(kernel, FINISH);
  editable(page, kernel);
  document.body.dataset.python = "ready";
  page.tell("Python is running: every control is live, and you can change and run the code.");
  setTimeout(() => page.tell(""), 8000);
  await keepThisPage(page.root, later).catch(() => {}); // without room for it, the next visit needs the network again
}

async function bringFiles({ root, tell }) {
  tell("Python is loading. You can read on meanwhile.");
  await keeper(root).catch(() => {}); // then the network brings all, each time
  const { files, later } = await (await fetch(new URL("start.json", root))).json();
  const left = (bytes) =>
    `Python is loading: ${Math.ceil(bytes / 1e6)} MB are left. You can read on meanwhile.`;
  await fetchAll(root, files, (got, all) => tell(left(all - got)));
  return later;
}

const run = (kernel, code) => kernel.requestExecute({ code, stop_on_error: false }).done;

async function must(kernel, code) {
  // without this, controls would be dead on a page that says it is ready
  const { content } = await run(kernel, code);
  if (content.status !== "ok") throw new Error(`Python cannot take this page over (${content.evalue}).`);
}

function takeComms(manager, kernel) {
  // what Python opens and the page has, with what Python says to it; the page makes all else as Jupyter does
  const opened = [];
  kernel.registerCommTarget(manager.comm_target_name, (comm, message) => {
    const wrapped = new shims.services.Comm(comm);
    if (!manager.has_model(wrapped.comm_id)) return manager.handle_comm_open(wrapped, message);
    const heard = [];
    comm.onMsg = (one) => void heard.push(one);
    opened.push({ comm: wrapped, heard });
  });
  return opened;
}

async function takeOver(page, opened) {
  const models = await Promise.all(opened.map(({ comm }) => page.manager.get_model(comm.comm_id)));
  for (const [k, { comm, heard }] of opened.entries()) {
    models[k].comm = comm;
    models[k].comm_live = true;
    comm.on_msg(models[k]._handle_comm_msg.bind(models[k]));
    comm.on_close(models[k]._handle_comm_closed.bind(models[k]));
    for (const one of heard) models[k]._handle_comm_msg(one);
  }
  const comms = new Map(opened.map(({ comm }) => [comm.comm_id, comm]));
  for (const { id, data, buffers } of page.changes) comms.get(id)?.send(data, {}, {}, buffers);
  page.changes = page.changes.filter(({ id }) => !comms.has(id));
}
