// Whatever starts here ends with the view: everything listens to one signal.

function after(signal, ms, act) {
  // returns how to call it off
  const stop = () => clearTimeout(timer);
  const timer = setTimeout(() => {
    signal.removeEventListener("abort", stop);
    act();
  }, ms);
  signal.addEventListener("abort", stop, { once: true });
  return stop;
}

function measureAgain(signal, nodes, act) {
  const observer = new ResizeObserver(act);
  for (const node of nodes) observer.observe(node);
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}

function watch(signal, node, options, act) {
  const observer = new MutationObserver(act);
  observer.observe(node, options);
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}

function follow(signal, model, events, act) {
  model.on(events, act);
  signal.addEventListener("abort", () => model.off(events, act), { once: true });
}
