// Present: a lab fills the screen, or the window where full screen is refused. Escape returns.

const LAPTOP = [1280, 660]; // room that every lab fits into; on a larger screen all of it grows
const WORDS = ["Present (F)", "Leave (Esc)"];
const TYPED = "textarea, select, [contenteditable=true], input:not([type=checkbox])";
const presented = (lab) => document.fullscreenElement === lab || lab.hasAttribute("popover");

function addPresent({ foot, signal }, lab, changed) {
  const button = make("button", foot, { type: "button", class: "convlab-present", text: WORDS[0] });
  let before = null; // where the focus was
  const fit = () => {
    lab.style.zoom = presented(lab) ? grown() : "";
    changed();
  };
  const settle = () => {
    const on = presented(lab);
    if (on === lab.classList.contains("convlab-presented")) return;
    lab.classList.toggle("convlab-presented", on);
    button.textContent = WORDS[Number(on)];
    fit();
    lab.scrollTop = 0;
    if (on) return;
    before?.focus({ preventScroll: true });
    lab.scrollIntoView({ block: "nearest" });
  };
  const toggle = async () => {
    if (!presented(lab)) before = document.activeElement;
    await (presented(lab) ? leave(lab) : enter(lab));
    settle();
  };
  button.addEventListener("click", toggle, { signal });
  lab.addEventListener("keydown", (event) => asksFor(event, lab) && toggle(), { signal });
  document.addEventListener("fullscreenchange", settle, { signal });
  window.addEventListener("resize", () => presented(lab) && fit(), { signal });
  signal.addEventListener("abort", () => presented(lab) && leave(lab), { once: true });
}

const grown = () => Math.max(1, Math.min(window.innerWidth / LAPTOP[0], window.innerHeight / LAPTOP[1]));

async function enter(lab) {
  try {
    await lab.requestFullscreen();
  } catch {
    lab.setAttribute("popover", "manual"); // on top of everything, whatever stands around it
    lab.showPopover();
  }
}

async function leave(lab) {
  if (document.fullscreenElement === lab) await document.exitFullscreen();
  lab.removeAttribute("popover");
}

function asksFor(event, lab) {
  const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPED));
  const wanted = event.key === "Escape" ? presented(lab) : plain && event.key.toLowerCase() === "f";
  if (wanted) event.preventDefault();
  if (wanted) event.stopPropagation();
  return wanted;
}
