// Cards with a number or a choice, and what they cover, answer with no Python: `answers.py` wrote down what they say.

import { numbers } from "./numbers.js";

export function answering(manager, known) {
  // {id of a widget: what happens when the reader does something to it}
  const buttons = Object.fromEntries(known.covers.map(({ entry, button }) => [entry, button]));
  const cards = known.cards.map((card) => [
    card.entry,
    ({ content }) => content && answer(manager, card, content, buttons[card.entry]),
  ]);
  const covers = known.covers.map(({ button, stands }) => [
    button,
    ({ state }) => state && stand(manager, stands[Number(state.value)]),
  ]);
  return Object.fromEntries([...cards, ...covers]);
}

async function answer(manager, card, { value, count }, button) {
  const [html, judged] = judge(card, value);
  (await manager.get_model(card.entry)).set_state({ value, seen: count });
  (await manager.get_model(card.line)).set_state({ value: html });
  if (!judged || !button) return;
  const toggle = await manager.get_model(button);
  toggle.set("value", true);
  toggle.save_changes();
}

async function stand(manager, states) {
  for (const [id, state] of Object.entries(states)) {
    const model = await manager.get_model(id);
    model.set_state(await model.constructor._deserialize_state({ ...state }, manager));
  }
}

function judge(card, given) {
  // what the card says, and whether that is a judgement
  if (!given.trim()) return [card.empty, false];
  if (card.kind === "choice") return [card.says.find(([value]) => value === given)[1], true];
  const readings = numbers(given);
  if (!readings.length) return [card.unread.replace("abc", short(given)), false];
  const close = (one, other) =>
    Math.abs(one - other) <= Math.max(1e-6 * Math.max(Math.abs(one), Math.abs(other)), card.within + 1e-9);
  const found = card.says.find(([value]) => readings.some((one) => close(one, value)));
  return [found ? found[1] : card.other, true];
}

const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
const short = (text) =>
  (text.length > 30 ? `${text.slice(0, 29)}…` : text).replace(/[&<>"']/g, (sign) => ESCAPED[sign]);
