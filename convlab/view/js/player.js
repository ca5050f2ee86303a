// Play, step, step back: walk through the cells of one panel, which fill as they are reached.

const ACTS = { back: "◀ Step back", play: "▶ Play", step: "Step ▶", all: "Show all" };
const TICK = 600; // ms

function addPlayer(view) {
  let callOff = null;
  const stop = () => {
    callOff?.();
    callOff = null;
    buttons.play.textContent = ACTS.play;
  };
  const step = (by) => {
    if (walk(view, by)) stop();
  };
  const tick = () => {
    if (!view.root.isConnected) return stop();
    callOff = after(view.signal, TICK, tick);
    step(1);
  };
  const acts = {
    back: () => (stop(), step(-1)),
    play: () => {
      if (callOff) return stop();
      if (view.played === lastCell(view)) view.played = null;
      buttons.play.textContent = "⏸ Pause";
      tick();
    },
    step: () => (stop(), step(1)),
    all: () => {
      stop();
      view.played = null;
      repaint(view);
    },
  };
  const button = (act) => make("button", view.bar, { type: "button", "data-act": act, text: ACTS[act] });
  const buttons = Object.fromEntries(Object.keys(ACTS).map((act) => [act, button(act)]));
  for (const act in acts) buttons[act].addEventListener("click", acts[act], { signal: view.signal });
}

const lastCell = ({ panels, layout }) => panels[layout.play].shape[1] * panels[layout.play].shape[2] - 1;

function walk(view, by) {
  // returns whether it has reached the end
  const last = lastCell(view);
  const cols = view.panels[view.layout.play].shape[2];
  const now = clamp((view.played ?? (by > 0 ? -1 : last + 1)) + by, last + 1);
  [view.played, view.hovered, view.own] = [now, null, true];
  depart(view);
  choose(view, { panel: view.layout.play, tile: 0, row: Math.floor(now / cols), col: now % cols });
  repaint(view);
  return now === last;
}
