// Is anyone there? A restored view has no kernel, and a culled one does not answer.

const PAUSE = 5000; // ms between two questions
const PATIENCE = 4000; // ms until no answer counts as none

function addHeartbeat(view) {
  const { model, signal, root, notice } = view;
  const sleeping = make("p", root, { class: "convlab-problem convlab-asleep", role: "alert", hidden: "" });
  notice.after(sleeping);
  let answered = true,
    asked = 0,
    later = null;
  const asleep = (yes) => {
    sleeping.hidden = !yes;
    sleeping.textContent = yes
      ? "This lab is not running: restart the kernel and run all cells to move the sliders. Hovering works meanwhile. (If the kernel is busy, wait for it.)"
      : "";
  };
  const hear = () => {
    answered = true;
    asleep(false);
  };
  const wake = () => {
    const early = asked + PAUSE - Date.now();
    if (early > 0) return (later ??= after(signal, early, () => ((later = null), wake())));
    asked = Date.now();
    answered = false;
    try {
      model.send("here?");
    } catch {
      // a restored view has no kernel to send to
    }
    after(signal, PATIENCE, () => answered || asleep(true));
  };
  follow(signal, model, "msg:custom", (answer) => {
    hear();
    if (answer.stands) compare(view, answer);
  });
  return { hear, wake };
}
