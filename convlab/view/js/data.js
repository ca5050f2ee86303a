// What Python sends: the layout, an array for each panel, and words.

const SLOTS = Array.from({ length: 16 }, (_, k) => `change:array${k}`).join(" ");
const SENT = `change:layout_ change:words change:problem change:seen change:whole ${SLOTS}`;

function load(view) {
  const { model } = view,
    sent = model.get("layout_"),
    old = view.panels;
  if (!sent?.panels) return;
  view.said = undefined; // what is under the pointer may be another number now
  view.layout = { ...sent, links: sent.links.map(unroll) };
  view.panels = Object.fromEntries(
    sent.panels.map((panel, slot) => [panel.name, unpack(panel, model.get(`array${slot}`), old[panel.name])]),
  );
  for (const panel of Object.values(view.panels))
    if (panel.shades) panel.worth = (tile, row, col) => workOut(view, panel.name, { tile, row, col }).value;
  view.bar.hidden = !sent.play;
  keepFocus(view, () => dressAll(view));
  if (view.parts.loupe) view.parts.loupe.panel = findLoupe(view);
  choose(view, view.own && view.chosen?.panel in view.panels && !led(view) ? view.chosen : toPick(sent.pick));
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
