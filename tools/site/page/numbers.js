// Reads the numbers that a reader types, as `convlab.checks.expressions.numbers` does; a test compares the two.

const LONGEST = 80; // characters of an answer that are read
const SCALES = { "%": 0.01, percent: 0.01, thousand: 1e3, k: 1e3, million: 1e6, M: 1e6 };
const SIGNS = { "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "⁄": "/", ":": "/" };
const POWERS = { "^": "**", "²": "**2", "³": "**3" };
const SHAPE = new RegExp(
  `^([-+*/().,\\s\\d]+(?:e[+-]?\\d+)?\\s*)(?:(${Object.keys(SCALES).join("|")})(?![\\p{L}\\p{N}_]))?\\s*\\p{L}*\\.?$`,
  "u",
);
const THOUSANDS = [/\b\d{1,3}(?:,\d{3})+\b/g, /(?!)/g, /\b[1-9]\d{0,2}(?:\.\d{3})+\b/g];

export function numbers(text) {
  if (text.length > LONGEST) return [];
  const match = SHAPE.exec(plain(text));
  if (!match || /[-+]\s*[-+]/.test(match[1])) return [];
  const body = match[1].trim().replace(/\.$/, "");
  const found = new Set();
  for (const between of THOUSANDS) {
    const value = evaluate(
      body
        .replace(between, (run) => run.replace(/[.,]/g, ""))
        .replaceAll(",", ".")
        .replace(/(?<![\d.])0+(?=\d)/g, ""),
    );
    if (Number.isFinite(value)) found.add(value * (SCALES[match[2]] ?? 1));
  }
  return [...found];
}

function plain(text) {
  const last = text.slice(text.lastIndexOf("=") + 1).replace(/^[ ≈~]+|[ ≈~]+$/g, "");
  return last
    .replace(/(\d*)\s?([¼-¾⅐-⅞])/g, (_, whole, part) => `(${whole || 0}+${part.normalize("NFKC")})`)
    .replace(/[−–×·⋅÷⁄:^²³]/g, (sign) => SIGNS[sign] ?? POWERS[sign])
    .normalize("NFKC")
    .replaceAll("⁄", "/")
    .replace(/(?<=[\d)])\s*[xX]\s*(?=[\d(])/g, "*")
    .replace(/(?<=\d)[\s_'’](?=\d{3}(?!\d))/g, "");
}

function evaluate(text) {
  // a sum of products of powers; NaN for anything else
  const parts = text.match(/\*\*|\/\/|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[-+*/()]|\S/g) ?? [];
  const value = sum(parts);
  return parts.length ? NaN : value;
}

function sum(parts) {
  let value = product(parts);
  while (parts[0] === "+" || parts[0] === "-") value += (parts.shift() === "+" ? 1 : -1) * product(parts);
  return value;
}

function product(parts) {
  let value = signed(parts);
  while (["*", "/", "//"].includes(parts[0])) {
    const sign = parts.shift(),
      by = signed(parts);
    value = sign === "*" ? value * by : by === 0 ? NaN : sign === "/" ? value / by : Math.floor(value / by);
  }
  return value;
}

function signed(parts) {
  if (parts[0] !== "-" && parts[0] !== "+") return power(parts);
  return (parts.shift() === "-" ? -1 : 1) * signed(parts);
}

function power(parts) {
  const base = atom(parts);
  if (parts[0] !== "**") return base;
  parts.shift();
  const times = signed(parts);
  return Number.isInteger(times) && times >= 0 && times <= 16 && Math.abs(base) <= 1e9 ? base ** times : NaN;
}

function atom(parts) {
  const first = parts.shift();
  if (first !== "(") return /^[\d.]/.test(first ?? "") ? Number(first) : NaN;
  const value = sum(parts);
  return parts.shift() === ")" ? value : NaN;
}
