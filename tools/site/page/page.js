// A notebook as a page to read. Its labs are drawn from saved scenes; Python may come later and take over.
//
// What `live.js` finds, as `window.convlab.page` and as the argument of its `start(page)`, once all labs stand:
//   root      address of the site's folder, with / at its end
//   name      "01_kernels"
//   manager   the manager of widgets (`@jupyter-widgets/base-manager`), with the saved models:
//             manager.saved is {id: {model_name, model_module, model_module_version, state}} in the order in
//             which a kernel that runs all code cells from the top opens them, so that the k-th `comm_open` of a
//             kernel is the k-th of these; `await manager.get_model(id)` makes a model when it is first asked for.
//             A View's `_esm` and `_css` in saved states are the site's view.js, and none: keep them so.
//   cells     code cells in order: {id, code: its <code> element, output: the element of its results,
//             models: ids of what it opens, in order, shown: the ids whose views stand in `output`}
//   changes   what the reader did so far, in order: [{id, data, buffers}], `data` as a widget's comm sends it
//             ({method: "update", state, buffer_paths} or {method: "custom", content}); live.js replays it.
//   show      async show(cell, outputs): outputs of nbformat in place of the cell's results
//   tell      tell(text): the quiet line at the foot of the page; "" takes it away
//   warn      warn(text): a sentence that stays, for what is wrong
//
// `live.js` is asked for when the page is idle, or at the first touch of a control: it exports
// `default async function start(page)`. Each model has a stand-in for `model.comm` ({comm_id, send, on_msg,
// on_close, close}), which answers the view's "here?" and writes into `changes`. To take a model over, set
// `model.comm` to a real comm and hang `model._handle_comm_msg` on its messages.
// Both are bundled together: `import … from "@jupyter-widgets/base"` in live.js is the same as the page's.
