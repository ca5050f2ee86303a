// Elements, and names for readers who hear the page.

const make = (tag, parent, attributes = {}) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes))
    key === "text" ? (node.textContent = value) : node.setAttribute(key, value);
  parent.append(node);
  return node;
};
function nameControls(lab) {
  // ipywidgets' sliders have no accessible name: give them their label's
  // Jupyter's single-key shortcuts stay away only from the very element that has this attribute and the focus.
  for (const part of lab.querySelectorAll("[tabindex], [role=slider], input, select, button, canvas"))
    part.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const widget of lab.querySelectorAll(".jupyter-widgets")) {
    const label = widget.querySelector(":scope > label, :scope > .widget-label");
    if (label && label.style.display !== "none")
      // a check box has an empty one, and its text inside the other
      for (const part of widget.querySelectorAll("[role=slider], input, select, .widget-readout"))
        if (!part.getAttribute("aria-label")) part.setAttribute("aria-label", label.textContent);
  }
  // A name needs a role to stand on, and the buttons of a player have pictures only.
  for (const number of lab.querySelectorAll(".widget-readout[contenteditable]"))
    number.setAttribute("role", "textbox");
  for (const player of lab.querySelectorAll(".widget-play"))
    player
      .querySelectorAll("button")
      .forEach((button, k) => button.setAttribute("aria-label", ["play or pause", "stop", "repeat"][k]));
}
