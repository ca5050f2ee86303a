// The place for an answer: a box or a list of choices, and Check. The answer travels with the press that gives it:
// ipywidgets keeps letters back while an answer of the kernel is under way, and the press would pass them by.

let groups = 0; // one name a group: of radio buttons of one name, one is chosen

function makeBox(el) {
  const line = make("div", el, { class: "jupyter-widgets widget-inline-hbox widget-text" });
  const label = make("label", line, { class: "widget-label", text: "Your answer" });
  const input = make("input", line, { type: "text", placeholder: "a number", autocomplete: "off" });
  label.htmlFor = input.id = `convlab-answer-${groups++}`;
  return { read: () => input.value, show: (value) => (input.value = value) };
}

function makeList(el, options) {
  const group = { class: "widget-radio-box", role: "radiogroup", "aria-label": "Your answer" };
  const list = make("div", make("div", el, { class: "jupyter-widgets widget-radio" }), group);
  const name = `convlab-answer-${groups++}`;
  const inputs = options.map((value) =>
    make("input", make("label", list, { text: value }), { type: "radio", name, value }),
  );
  const read = () => inputs.find((one) => one.checked)?.value ?? "";
  return { read, show: (value) => inputs.forEach((one) => (one.checked = one.value === value)) };
}

function render({ model, el }) {
  const ending = new AbortController(),
    { signal } = ending;
  const options = model.get("options");
  el.classList.add("convlab-answer");
  const { read, show } = options.length ? makeList(el, options) : makeBox(el);
  const title = `Check the answer to: ${model.get("about")}`;
  const button = make("button", el, {
    class: "jupyter-widgets jupyter-button widget-button",
    title,
    text: "Check",
  });
  for (const part of el.querySelectorAll("input, button"))
    part.setAttribute("data-lm-suppress-shortcuts", "true"); // an arrow key is for the answer, not for the notebook
  let count = 0, // of the answers given here
    changed = false; // since the last of them
  const take = () => {
    if (!changed && model.get("seen") >= count) show(model.get("value"));
  };
  const give = () => {
    count = Math.max(count, model.get("seen")) + 1;
    changed = false;
    model.send({ value: read(), count });
  };
  const change = () => {
    changed = true;
    model.set("value", read()); // stays in this page, and in what is saved of it
  };
  take();
  follow(signal, model, "change:value", take);
  el.addEventListener("input", change, { signal });
  button.addEventListener("click", give, { signal });
  const enter = ({ key, target }) => key === "Enter" && target.type === "text" && give();
  el.addEventListener("keydown", enter, { signal });
  return () => ending.abort();
}

export default { render };
