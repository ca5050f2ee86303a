// Number boxes: type, use the arrow keys, or drag up and down.

function fillGrid(view, panel, part) {
  if (part.shape !== panel.shape.join()) buildGrid(view, panel, part);
  part.late = waits(view, panel.name);
  if (part.late) return; // what was typed last counts, not an answer to something before
  part.touched.clear();
  part.boxes.forEach((box, k) => {
    const value = panel.data[k],
      rgb = colour(value, panel);
    const typing = document.activeElement === box && !part.dragging;
    const same = !(Math.abs(parse(box.value) - value) > 1e-9);
    if (!(typing && same) && !box.hasAttribute("aria-invalid")) box.value = short(value);
    box.title = exact(value);
    box.style.background = `rgb(${rgb})`;
    box.style.color = ink(rgb);
  });
}

const waits = (view, name) => view.sent[name] > (view.model.get("seen") ?? 0);

function keepFocus(view, change) {
  // what has the focus keeps it, and a box its text, though a change makes all boxes and canvases anew
  const held = document.activeElement,
    name = view.stage.contains(held) && held.closest("[data-panel]")?.dataset.panel,
    marked = [held?.selectionStart, held?.selectionEnd];
  change();
  if (!(name in view.parts) || held.isConnected) return;
  const { canvas, boxes } = view.parts[name];
  const heir = canvas ?? boxes.find((box) => box.ariaLabel === held.ariaLabel);
  heir?.focus({ preventScroll: true });
  if (!heir || canvas) return;
  if (waits(view, name)) {
    heir.value = held.value;
    view.parts[name].touched.add(heir);
  }
  heir.setSelectionRange(...marked);
}

function buildGrid(view, panel, part) {
  const [tiles, rows, cols] = panel.shape;
  part.shape = panel.shape.join();
  part.boxes = []; // before the old ones go: one that has the focus is left, and the grid filled once more
  part.grid.replaceChildren();
  part.touched = new Set(); // the boxes whose numbers Python has not answered to
  for (let tile = 0; tile < tiles; tile++) {
    const name = panel.labels[tile] ?? "",
      group = make("div", part.grid);
    if (name) make("span", group, { text: name });
    const grid = make("div", group, { class: "convlab-boxes" });
    grid.style.gridTemplateColumns = `repeat(${cols}, var(--cell))`;
    for (let k = 0; k < rows * cols; k++) {
      const spoken = `${panel.title} ${name} row ${Math.floor(k / cols)} column ${k % cols}`;
      const box = make("input", grid, { inputmode: "decimal", "aria-label": spoken });
      box.value = short(panel.data[part.boxes.length]);
      part.boxes.push(box);
      answer(view, panel.name, box);
    }
  }
}

function sizeGrid({ grid, panel, place }) {
  const { cell, across, gap } = place;
  grid.style.cssText = `--cell: ${cell}px; --gap: ${gap}px; --across: ${across}; font-size: ${fontFor(panel.longest, cell)}px`;
}

function answer(view, name, box) {
  const { signal } = view;
  box.addEventListener("input", () => sendGrid(view, name, box), { signal });
  box.addEventListener("blur", () => fillGrid(view, view.panels[name], view.parts[name]), { signal });
  box.addEventListener("keydown", (event) => nudge(view, name, box, event), { signal });
  box.addEventListener("pointerdown", (event) => drag(view, name, box, event), { signal });
}

function sendGrid(view, name, box) {
  const { boxes, touched } = view.parts[name],
    panel = view.panels[name],
    { model } = view;
  touched.add(box);
  for (const one of boxes)
    if (Number.isFinite(parse(one.value))) one.removeAttribute("aria-invalid");
    else one.setAttribute("aria-invalid", "true");
  // A box that was not touched says nothing: it shows a shortened number, and Python may know a newer one.
  const texts = boxes.map((box) => (touched.has(box) || box.ariaInvalid ? box.value : null));
  view.sent[name] = (model.get("edit").count ?? 0) + 1;
  model.set("edit", { panel: name, shape: panel.shape, texts, count: view.sent[name] });
  model.save_changes();
  view.wake();
}

function nudge(view, name, box, event) {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key] * (event.shiftKey ? view.panels[name].step : 1);
  if (!step) return;
  event.preventDefault();
  box.value = minus(String(+((parse(box.value) || 0) + step).toFixed(3)));
  sendGrid(view, name, box);
}

function drag(view, name, box, event) {
  const start = parse(box.value) || 0;
  const y = event.clientY;
  const part = view.parts[name];
  const move = (next) => {
    if (Math.abs(next.clientY - y) < 4 && !part.dragging) return;
    part.dragging = true;
    const { step } = view.panels[name]; // whole numbers move more slowly under the pointer
    const steps = Math.round((y - next.clientY) / (step < 1 ? 4 : 12));
    box.value = minus(String(+(start + steps * step).toFixed(3)));
    sendGrid(view, name, box);
  };
  const stop = () => {
    part.dragging = false;
    for (const [kind, act] of Object.entries(acts)) box.removeEventListener(kind, act);
  };
  const acts = { pointermove: move, pointerup: stop, pointercancel: stop };
  box.setPointerCapture(event.pointerId);
  for (const [kind, act] of Object.entries(acts)) box.addEventListener(kind, act, { signal: view.signal });
}
