// Numbers as text, and text as numbers.

const minus = (text) => text.replace("-", "−");
function short(value, most = Infinity) {
  // for a cell; where few characters have room, without the zero before the point
  const text = rounded(value);
  if (text.length <= most) return text;
  return text.includes(".") ? text.replace(/^(−?)0\./, "$1.") : minus(value.toExponential(0));
}
function rounded(value) {
  // at most about six characters
  const size = Math.abs(value);
  if (size < 1e-9) return "0"; // rounding dust
  if (Number.isInteger(value) && size < 1e6) return minus(String(value));
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return minus(value.toExponential(0));
  return minus(String(+value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)));
}
function exact(value) {
  // for sentences: up to six significant digits
  return minus(String(+value.toPrecision(6)));
}
const factor = (value) => (value < 0 ? `(${exact(value)})` : exact(value));
const parse = (text) => {
  const clean = text.trim().replace("−", "-").replace(",", ".");
  return clean === "" ? NaN : Number(clean);
};
