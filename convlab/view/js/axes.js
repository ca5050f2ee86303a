// Axes a person would draw: round steps, names, labels that keep apart.

const TYPE = "12px sans-serif";
const SUPER = { "-": "⁻", ...[..."⁰¹²³⁴⁵⁶⁷⁸⁹"] };
const decade = (power) => `10${[...String(power)].map((sign) => SUPER[sign]).join("")}`;

function steps(low, high, most, whole) {
  // multiples of 1, 2 or 5 (times a power of ten) from low to high, at most about `most`: [value, text]
  const raw = Math.max((high - low) / most, whole ? 1 : 1e-12);
  const power = 10 ** Math.floor(Math.log10(raw) + 1e-9);
  const step = power * [1, 2, 5, 10].find((one) => one * power >= raw * (1 - 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const exactly = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const values = Array.from({ length: count }, (_, k) => (first + k) * step);
  return values.map((value) => [value, minus(value.toLocaleString("en", exactly))]);
}

function apart(heights, gap, low, high) {
  // moved on, in their order, until `gap` lies between any two; and back where the room ends
  const places = [...heights];
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]);
  let edge = low;
  for (const k of order) edge = (places[k] = Math.max(edge, heights[k])) + gap;
  edge = high;
  for (const k of order.reverse()) edge = (places[k] = Math.min(edge, places[k])) - gap;
  return places;
}

const nearest = (list, value) =>
  list.reduce((best, v, k) => (Math.abs(v - value) < Math.abs(list[best] - value) ? k : best), 0);
const textOf = ([, text]) => text;
const widest = (pen, texts) => Math.max(...texts.map((text) => pen.measureText(text).width));

function write(pen, text, x, y, align = "left") {
  [pen.textAlign, pen.textBaseline] = [align, "middle"];
  pen.fillText(text, x, y);
}

function stroke(pen, points, style, width = 1, dash = []) {
  [pen.strokeStyle, pen.lineWidth] = [style, width];
  pen.setLineDash(dash);
  pen.beginPath();
  points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
  pen.setLineDash([]);
}
const across = (pen, left, right, y, style) => stroke(pen, [[left, y], [right, y]], style); // prettier-ignore
const upright = (pen, x, top, base, style, width) => stroke(pen, [[x, top], [x, base]], style, width); // prettier-ignore

function drawRules(pen, ticks, py, left, right, text) {
  // the numbers of the y axis, each with a faint line across; the x axis itself
  pen.fillStyle = text;
  for (const [value, name] of ticks) {
    write(pen, name, left - 6, py(value), "right");
    across(pen, left, right, py(value), `${LINE}55`);
  }
}

function nameAxes(pen, [below, up], right, low, text) {
  // at their ends, so that nobody turns the head
  pen.fillStyle = text;
  write(pen, `↑ ${up}`, 2, 10);
  write(pen, `${below} →`, right, low, "right");
}
