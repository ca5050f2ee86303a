// A slow line: answers come late, or not at all. What the reader did last is what counts.
// ipywidgets holds a control's newest value back until the one before is answered, each control for itself.

const SILENCE = 3000; // ms without an answer, after which what is held back is sent all the same
const SETTLED = 200; // ms in which what came before an answer has been taken in

async function steady(view, lab) {
  const { model, signal } = view;
  const find = (id) => model.widget_manager.get_model(id).catch(() => null); // of a restored lab, some are gone
  const meet = async () => {
    const found = (await Promise.all(model.get("controls").map(find))).filter(Boolean);
    if (signal.aborted) return;
    const fresh = found.filter((one) => !view.controls[one.model_id]);
    for (const one of fresh) view.controls[one.model_id] = one;
    for (const one of fresh) guard(view, one);
  };
  hearAlways(await find(model.get("controls")[0]));
  await meet();
  follow(signal, model, "change:controls", meet);
  follow(signal, model, "change:edit change:pick", () => hasten(view));
  for (const kind of ["pointerdown", "focusin"])
    lab.addEventListener(kind, () => release(view), { signal, capture: true });
}

function hearAlways(own) {
  // anywidget gives a model up whose page was busy for two seconds, and then drops all that is sent to it
  const base = own && Object.getPrototypeOf(Object.getPrototypeOf(own));
  own?.comm?.on_msg((message) => base._handle_comm_msg.call(own, message));
}

const keyOf = (control) => (control.get("index") === undefined ? "value" : "index");

function guard(view, control) {
  // Python says with every value it writes the count of the last move by hand that it knew of
  let mine = control.get(keyOf(control));
  follow(view.signal, control, `change:${keyOf(control)}`, (_, now, options) => {
    if (control._state_lock) {
      if (control.get("told") < control.get("stamp")) control.set(keyOf(control), mine);
      return;
    }
    mine = control.get(keyOf(control));
    control.set("stamp", (control.get("stamp") ?? 0) + 1);
    control.trigger("change", control, options); // ipywidgets forgets it where one set is in another
    hasten(view);
  });
}

function hasten(view) {
  // once the reader rests: send what is still held back, and ask how things stand
  view.callOff?.();
  view.callOff = after(view.signal, SILENCE, () => {
    release(view, true);
    view.wake();
  });
}

function release(view, lost) {
  // in the order things were done: before another control is touched, what the last one holds back goes out
  for (const one of Object.values(view.controls)) {
    if (!one._msg_buffer) continue;
    if (lost) one._pending_msgs = 0;
    one.rememberLastUpdateFor(one.send_sync_message(one._msg_buffer, one._msg_buffer_callbacks));
    one._msg_buffer = null;
  }
}

function compare(view, { turn, problem, stands }) {
  // a sign of life says how things stand in the kernel: what was lost on the way is asked for again
  const { model } = view,
    told = model.get("problem"),
    all = Object.entries(stands).filter(([id]) => view.controls[id]);
  const seen = Object.fromEntries(all.map(([id]) => [id, view.controls[id].get(keyOf(view.controls[id]))]));
  const late = () => model.get("turn") === turn && problem !== told && model.get("problem") === told;
  after(view.signal, SETTLED, () => {
    if (model.get("turn") < turn || late()) askAgain(view);
    for (const [id, { stamp, ...value }] of all) {
      const one = view.controls[id],
        now = one.get(keyOf(one));
      if (one.get("stamp") === stamp && now === seen[id] && now !== value[keyOf(one)])
        one.set_state({ ...value, told: stamp });
    }
  });
}

function countTurns(view) {
  // every drawing has a number: after a gap, some of its arrays are old, and nothing is drawn
  const { model, signal } = view;
  let last = model.get("turn");
  follow(signal, model, "change:turn change:whole", () => {
    const turn = model.get("turn");
    view.gap = model.get("whole") !== turn && (view.gap || turn > last + 1);
    last = turn;
    if (view.gap) askAgain(view);
  });
}

function askAgain(view) {
  view.model.send("again");
  view.wake(); // and see whether it came
}
