// What Python sends: the layout, an array for each panel, and words.

const SLOTS = Array.from({ length: 16 }, (_, k) => `change:array${k}`).join(" ");
const SENT = `change:layout_ change:words change:problem change:seen change:whole ${SLOTS}`;

function load(view) {
  const { model } = view,
    sent = model.get("layout_");
  if (!sent?.panels) return;
  const before = view.stands;
  view.said = undefined; // what is under the pointer may be another number now
  view.layout = { ...sent, links: sent.links.map(unroll) };
  view.panels = Object.fromEntries(
    sent.panels.map((panel, slot) => [
      panel.name,
      unpack(panel, model.get(`array${slot}`), view.panels[panel.name]),
    ]),
  );
  for (const panel of Object.values(view.panels))
    if (panel.shades) panel.worth = (tile, row, col) => workOut(view, panel.name, { tile, row, col }).value;
  keepFocus(view, () => arrange(view));
  choose(view, view.own && view.chosen?.panel in view.panels && !led(view) ? view.chosen : toPick(sent.pick));
  view.bar.hidden = !sent.play;
  view.stands = standing(view);
  if (before.key && before.key !== view.stands.key)
    depart(view, movedFrom(before.places, view.stands.places));
  paint(view);
}

function led({ layout, panels, stage }) {
  // a slider chooses the box of a tower too: the tower follows, unless the reader's hand is on a picture
  return panels[layout.pick?.[0]]?.kind === "tower" && !stage.contains(document.activeElement);
}

function unpack(panel, sent, old) {
  // the same object as before if nothing about it has changed
  const about = JSON.stringify(panel);
  if (old?.sent === sent && old.about === about) return old;
  const bytes = sent.buffer.slice(sent.byteOffset, sent.byteOffset + sent.byteLength);
  return { ...panel, data: numbers(panel, bytes), sent, about };
}

function say({ model, stage, status, tables, notice }) {
  const words = model.get("words"),
    problem = model.get("problem");
  status.textContent = words.says ?? "";
  fillTables(tables, words.tables);
  notice.hidden = !problem;
  notice.textContent = problem ? `⚠ ${problem} The picture still shows the last good state.` : "";
  stage.classList.toggle("convlab-stale", Boolean(problem));
}
