// The front page's moving pictures: real labs, from saved scenes, in which a pointer walks until the reader's does.

import { load } from "./state.js";

const STEP = 110; // ms
const ACROSS = 15; // steps in a line, of which there are three: what moves by itself ends after 5 s

function standIn(state) {
  // a view asks this much of a model
  const nothing = () => {};
  const lost = { get_model: () => Promise.reject(new Error("there is no kernel")) };
  const idle = { set: nothing, on: nothing, off: nothing, save_changes: nothing, send: nothing };
  return { ...idle, get: (name) => state[name], widget_manager: lost };
}

function walk(place, panel) {
  const canvas = place.querySelector(`[data-panel="${panel}"] canvas`);
  let k = 0;
  const step = () => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [((k % ACROSS) + 0.5) / ACROSS, (Math.floor(k / ACROSS) + 0.5) / 3];
    const at = { clientX: box.x + x * box.width, clientY: box.y + y * box.height };
    canvas.dispatchEvent(new PointerEvent("pointermove", at));
    k += 1;
    if (k === 3 * ACROSS) stop();
  };
  const timer = setInterval(step, STEP);
  const stop = () => clearInterval(timer);
  place.addEventListener("pointerenter", stop, { once: true });
  return stop;
}

async function start() {
  const places = [...document.querySelectorAll(".film")];
  const [about, { default: drawer }] = await Promise.all([
    load("read/films.bin"),
    import(new URL("view.js", import.meta.url).href),
  ]);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const stops = new Map();
  const seen = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) {
        stops.get(target)?.();
        const { walks } = about.state[target.dataset.name].state;
        if (isIntersecting && !still.matches) stops.set(target, walk(target, walks));
      }
    },
    { threshold: 0.6 },
  );
  for (const place of places) {
    place.replaceChildren();
    drawer.render({ model: standIn(about.state[place.dataset.name].state), el: place });
    seen.observe(place);
  }
}

start().catch((error) => console.warn(error)); // then the stored pictures stay
