// Cards with a number or a choice, and what they cover, answer with no Python: `answers.py` wrote down what they say.

import { numbers } from "./numbers.js";

export async function answerByThemselves(manager, known) {
  const covers = Object.fromEntries(known.covers.map((one) => [one.entry, one]));
  for (const card of known.cards) await answer(manager, card, covers[card.entry]);
  for (const cover of known.covers) await uncover(manager, cover);
}

async function answer(manager, card, cover) {
  const [entry, button, line] = await models(manager, card.entry, card.button, card.line);
  const check = () => {
    const given = card.kind === "choice" ? card.says[entry.get("index")]?.[0] : entry.get("value");
    const [html, judged] = judge(card, given ?? "");
    line.set_state({ value: html });
    if (judged && cover) manager.get_model(cover.button).then((toggle) => toggle.set({ value: true }));
  };
  for (const model of [entry, button]) listen(model, check);
}

function listen(model, act) {
  // until Python is there, which does the same
  const send = model.send;
  model.send = function (content, ...rest) {
    if (model.comm?.standsIn && ["click", "submit"].includes(content?.event)) act();
    return send.call(model, content, ...rest);
  };
}

export function judge(card, given) {
  // what the card says, and whether that is a judgement
  if (!given.trim()) return [card.empty, false];
  if (card.kind === "choice") return [card.says.find(([value]) => value === given)[1], true];
  const readings = numbers(given);
  if (!readings.length) return [card.unread.replace("abc", short(given)), false];
  const near = (value, k) =>
    readings.some((one) => Math.abs(one - value) <= Math.max(1e-6 * Math.max(Math.abs(one), Math.abs(value)), margin(k)));
  const margin = () => card.within + 1e-9;
  const found = card.says.find(([value], k) => near(value, k));
  return [found ? found[1] : card.other, true];
}

const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
const short = (text) =>
  (text.length > 30 ? `${text.slice(0, 29)}…` : text).replace(/[&<>"']/g, (sign) => ESCAPED[sign]);

async function uncover(manager, { button, stands }) {
  const [toggle] = await models(manager, button);
  toggle.on("change:value", async () => {
    if (!toggle.comm?.standsIn) return;
    for (const [id, state] of Object.entries(stands[Number(toggle.get("value"))])) {
      const model = await manager.get_model(id);
      model.set_state(await model.constructor._deserialize_state({ ...state }, manager));
    }
  });
}

const models = (manager, ...ids) => Promise.all(ids.map((id) => manager.get_model(id)));
