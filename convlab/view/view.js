// The live view of convlab: draws panels on canvases and answers the pointer and the keyboard.
// Read it in this order: numbers → colours → panels → links → arithmetic → words → the view itself.
// Python sends a layout (panels and links), the arrays as bytes, and words. Hovering never asks Python.

const ACCENT = "#e0007a", HALO = "#ffffff", LINE = "#9a9a9a", PHOTO = 300, RULER = 640, STRIP = 20;
const EDGE = 3;                               // room around a picture for frames and outlines; view.css pulls it back
const roomy = (cols) => (cols <= 6 ? 42 : cols <= 10 ? 34 : 28);    // a cell with a number in it, in pixels
const TYPES = { u1: Uint8Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };

// ---------------------------------------------------------------- numbers
const minus = (text) => text.replace("-", "−");
function short(value) {                       // at most about six characters, for a cell
  const size = Math.abs(value);
  if (size < 1e-9) return "0";                // rounding dust
  if (Number.isInteger(value) && size < 1e6) return minus(String(value));
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return minus(value.toExponential(0));
  return minus(String(+value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)));
}
function exact(value) {                       // for sentences: up to six significant digits
  return minus(String(+value.toPrecision(6)));
}
const factor = (value) => (value < 0 ? `(${exact(value)})` : exact(value));
const parse = (text) => {
  const clean = text.trim().replace("−", "-").replace(",", ".");
  return clean === "" ? NaN : Number(clean);
};

// ---------------------------------------------------------------- colours
function colour(value, panel, maps) {
  const [a, b, c] = panel.signed ? maps.signed : maps.grey;
  const t = panel.plain ? 1 : Math.min(1, Math.max(0, (value - panel.low) / (panel.high - panel.low || 1)));
  const [from, to, part] = t < 0.5 ? [a, b, 2 * t] : [b, c, 2 * t - 1];
  return from.map((v, k) => Math.round(v + (to[k] - v) * part));
}
function ink([r, g, b]) {                     // black or white, whichever is easier to read on this colour
  const lin = [r, g, b].map((v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2] > 0.179 ? "#000" : "#fff";
}

// ---------------------------------------------------------------- panels
const at = (panel, tile, row, col) => {
  const [, rows, cols] = panel.shape;
  if (row < 0 || col < 0 || row >= rows || col >= cols) return 0;
  if (panel.kind === "rgb") return panel.data[3 * (row * cols + col)];
  return panel.data[(tile * rows + row) * cols + col];
};

function measure(panel) {                     // size of a cell, and where each tile stands, in canvas pixels
  const [tiles, rows, cols] = panel.shape, numbers = panel.kind === "cells";
  if (panel.ruler) {                          // a strip: its cells lie on a ruler that several strips share
    const [left, pitch, length] = panel.ruler, unit = RULER / length;
    return { cell: pitch * unit, tall: STRIP, corner: () => [left * unit, 4], width: RULER, height: STRIP + 8 };
  }
  const across = tiles <= 4 ? tiles : numbers ? 4 : Math.ceil(Math.sqrt(tiles));
  const room = (tiles > 1 ? 1.6 * PHOTO : PHOTO) / across;
  const most = Math.max(rows, cols);
  const cell = numbers ? roomy(cols) : room >= most ? Math.max(1, Math.round(room / most)) : room / most;
  const gap = tiles > 1 ? 8 : 0, head = panel.labels.length ? 16 : 0;
  const wide = cols * cell + gap, high = rows * cell + gap + head;
  const corner = (tile) => [(tile % across) * wide + EDGE, Math.floor(tile / across) * high + head + EDGE];
  const [width, height] = [across * wide - gap + 2 * EDGE, Math.ceil(tiles / across) * high - gap + 2 * EDGE];
  return { cell, tall: cell, corner, width, height };
}

function bitmap(panel, maps) {                // one picture per tile, one pixel per cell
  const [tiles, rows, cols] = panel.shape, { data, low } = panel, size = rows * cols;
  const scale = 255 / (panel.high - low || 1), table = panel.kind === "rgb" ? null : shades(panel, maps);
  return Array.from({ length: tiles }, (_, tile) => {
    const image = new ImageData(cols, rows), out = new Uint32Array(image.data.buffer), start = tile * size;
    if (table) for (let i = 0; i < size; i++) {
      const t = (data[start + i] - low) * scale;         // compared, not Math.min and max: half the time
      out[i] = table[t <= 0 ? 0 : t >= 255 ? 255 : (t + 0.5) | 0];
    } else for (let i = 0; i < size; i++) out[i] = opaque([data[3 * i], data[3 * i + 1], data[3 * i + 2]]);
    const canvas = new OffscreenCanvas(cols, rows);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  });
}
const opaque = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;
const shades = (panel, maps) => Uint32Array.from({ length: 256 },
  (_, k) => opaque(colour(panel.low + (k / 255) * (panel.high - panel.low), panel, maps)));

const longest = (panel) => Array.from(panel.data, short).reduce((a, b) => (a.length > b.length ? a : b), "");
const fontFor = (text, cell) => Math.min(15, (cell * 1.6) / Math.max(3, text.length));
function drawNumbers(pen, panel, tile, x, y, cell, maps, hidden) {
  const [, rows, cols] = panel.shape;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.strokeStyle = LINE;
  pen.lineWidth = 1;
  pen.font = `${fontFor(longest(panel), cell)}px sans-serif`;
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) {
    if (hidden && hidden(tile, r, c)) continue;
    const value = at(panel, tile, r, c), rgb = colour(value, panel, maps), text = short(value);
    pen.fillStyle = `rgb(${rgb})`;
    pen.fillRect(x + c * cell, y + r * cell, cell, cell);
    pen.strokeRect(x + c * cell + 0.5, y + r * cell + 0.5, cell - 1, cell - 1);
    pen.fillStyle = ink(rgb);
    pen.fillText(text, x + (c + 0.5) * cell, y + (r + 0.5) * cell);
  }
}

function drawImage(pen, tile, [x, y], width, height) {   // with a frame: a white map ends where a white page begins
  pen.drawImage(tile, x, y, width, height);
  pen.strokeStyle = LINE;
  pen.lineWidth = 1;
  pen.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

function hatch(pen, x, y, width, height, style) {   // padding and unread cells: stripes, not only a shade
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.strokeStyle = style;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (let k = -height; k < width; k += 7) { pen.moveTo(x + k, y + height); pen.lineTo(x + k + height, y); }
  pen.stroke();
  pen.restore();
}

function drawMargins(pen, panel, [x, y], { cell, tall }) {
  const [, rows, cols] = panel.shape, [top, bottom, left, right] = panel.inset;
  const strip = (r, c, h, w, style) => h > 0 && w > 0 && hatch(pen, x + c * cell, y + r * tall, w * cell, h * tall, style);
  const middle = rows - top - bottom;
  strip(0, 0, top, cols, "#8a8a8a");
  strip(rows - bottom, 0, bottom, cols, "#8a8a8a");
  strip(top, 0, middle, left, "#8a8a8a");
  strip(top, cols - right, middle, right, "#8a8a8a");
  for (const r of panel.unread[0]) strip(r, 0, 1, cols, "#c00000");
  for (const c of panel.unread[1]) strip(0, c, rows, 1, "#c00000");
}

function rule(pen, [x, y], { cell, tall }, cols) {   // lines between the cells of a strip
  pen.strokeStyle = LINE;
  pen.lineWidth = 1;
  for (let c = 0; c < cols; c++) pen.strokeRect(x + c * cell, y, cell, tall);
}

const runs = (list) => list.every((v, k) => k === 0 || v === list[k - 1] + 1);
function outline(pen, panel, [x, y], { cell, tall }, [rows, cols], strong) {
  const [, H, W] = panel.shape;
  const inside = (list, n) => list.filter((v) => v >= 0 && v < n);
  const [r, c] = [inside(rows, H), inside(cols, W)];
  if (!r.length || !c.length) return;
  const away = cell < 8 ? 3 : 0;              // on photographs the frame stands off, so that it hides no pixel
  const box = [x + c[0] * cell - away, y + r[0] * tall - away,
    (c.at(-1) - c[0] + 1) * cell + 2 * away, (r.at(-1) - r[0] + 1) * tall + 2 * away];
  if ((panel.ruler || !(runs(r) && runs(c))) && r.length * c.length <= 4000) {     // a window with holes: mark the cells it reads
    pen.fillStyle = ACCENT + "66";
    for (const i of r) for (const j of c) pen.fillRect(x + j * cell, y + i * tall, cell, tall);
  }
  pen.lineWidth = strong ? 5 : 4;
  pen.strokeStyle = HALO;
  pen.strokeRect(...box);
  pen.lineWidth = strong ? 3 : 2;
  pen.strokeStyle = ACCENT;
  if (!strong) pen.setLineDash([6, 3]);       // solid: the chosen cell; dashed: its windows
  pen.strokeRect(...box);
  pen.setLineDash([]);
}

const CURVES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"], DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
function drawCurve(pen, panel, width, height, text) {
  const [, lines, n] = panel.shape, x = panel.data.subarray(0, n), box = [58, 10, width - 70, height - 48];
  const ys = Array.from({ length: lines - 1 }, (_, s) => panel.data.subarray((s + 1) * n, (s + 2) * n));
  const bend = panel.log ? (v) => Math.log10(Math.max(v, 1e-16)) : (v) => v;
  const all = ys.flatMap((y) => Array.from(y, bend)), [x0, x1] = [Math.min(...x), Math.max(...x)];
  const [y0, y1] = [Math.min(...all, ...(panel.log ? [] : [0])), Math.max(...all)];
  const px = (v) => box[0] + ((v - x0) / (x1 - x0 || 1)) * box[2];
  const py = (v) => box[1] + box[3] - ((bend(v) - y0) / (y1 - y0 || 1)) * box[3];
  pen.strokeStyle = pen.fillStyle = text;
  pen.lineWidth = 1;
  pen.font = "12px sans-serif";
  pen.strokeRect(...box);
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  const back = panel.log ? (v) => 10 ** v : (v) => v;
  for (const v of [y0, y1]) pen.fillText(short(+back(v).toPrecision(3)), box[0] - 5, py(back(v)));
  pen.textAlign = "center";
  for (const v of [x0, x1]) pen.fillText(short(v), px(v), box[1] + box[3] + 12);
  ys.forEach((y, s) => {
    pen.strokeStyle = pen.fillStyle = CURVES[s % 4];
    pen.setLineDash(DASHES[s % 4]);
    pen.lineWidth = 2.5;
    pen.beginPath();
    y.forEach((v, k) => (k ? pen.lineTo(px(x[k]), py(v)) : pen.moveTo(px(x[k]), py(v))));
    pen.stroke();
    const left = box[0] + s * (box[2] / Math.max(1, ys.length)), low = height - 10;
    pen.beginPath(); pen.moveTo(left, low); pen.lineTo(left + 24, low); pen.stroke();
    pen.setLineDash([]);
    pen.textAlign = "left";
    pen.fillStyle = text;
    pen.fillText(panel.labels[s] ?? "", left + 28, low);
  });
  if (panel.mark === null) return;
  pen.strokeStyle = ACCENT;
  pen.beginPath(); pen.moveTo(px(panel.mark), box[1]); pen.lineTo(px(panel.mark), box[1] + box[3]); pen.stroke();
}

// ---------------------------------------------------------------- links
const sorted = (set) => [...set].sort((a, b) => a - b);
const reads = (axis, cells) => sorted(new Set(cells.filter((i) => axis.starts[i] != null)
  .flatMap((i) => axis.taps.map((tap) => axis.starts[i] + tap))));
const readers = (axis, pixels) => {
  const wanted = new Set(pixels);
  return axis.starts.flatMap((start, i) => (start !== null && axis.taps.some((tap) => wanted.has(start + tap)) ? [i] : []));
};

function reach(layout, pick) {                // every panel's cells that `pick` reads, and those that read it
  const found = { [pick.panel]: [[pick.row], [pick.col]] };
  for (let next = found; Object.keys(next).length; Object.assign(found, next)) {     // by the fewest links
    const last = next;
    next = {};
    for (const link of layout.links)
      if (last[link.target] && !found[link.source])
        next[link.source] = [reads(link.rows, last[link.target][0]), reads(link.cols, last[link.target][1])];
  }
  const above = { [pick.panel]: found[pick.panel] };
  for (const link of layout.links)
    if (above[link.source] && !above[link.target])
      above[link.target] = [readers(link.rows, above[link.source][0]), readers(link.cols, above[link.source][1])];
  return { ...above, ...found };
}

// ---------------------------------------------------------------- arithmetic
function terms(link, panels, { tile, row, col }) {       // [[input, weight], …] of one output cell
  const source = panels[link.source], target = panels[link.target], kernel = panels[link.kernel];
  const perGroup = source.shape[0] / link.groups, group = Math.floor((tile * link.groups) / target.shape[0]);
  const list = [];
  for (let c = 0; c < perGroup; c++)
    link.rows.taps.forEach((u, a) => link.cols.taps.forEach((v, b) => list.push([
      at(source, group * perGroup + c, link.rows.starts[row] + u, link.cols.starts[col] + v),
      kernel ? at(kernel, tile * perGroup + c, a, b) : 1,
    ])));
  return list;
}

const few = (list, sign) => (list.length <= 12 ? list : [...list.slice(0, 4), `… (${list.length - 5} more)`, list.at(-1)]).join(sign);
function formula(layout, panels, pick) {
  const target = panels[pick.panel], [top, , left] = [target.inset[0], 0, target.inset[2]];
  const value = at(target, pick.tile, pick.row, pick.col);
  const name = `${target.title}${target.shape[0] > 1 ? ` ${target.labels[pick.tile] ?? pick.tile}` : ""} [${target.ruler ? "" : `${minus(String(pick.row - top))}, `}${minus(String(pick.col - left))}]`;
  const into = layout.links.filter((link) => link.target === pick.panel);
  if (target.kind === "rgb") {
    const i = 3 * (pick.row * target.shape[2] + pick.col);
    return `${name} = red ${target.data[i]}, green ${target.data[i + 1]}, blue ${target.data[i + 2]}`;
  }
  if (!into.length || into[0].op === "window") {
    const link = into[0] ?? layout.links.find((one) => one.source === pick.panel);
    if (!link) return `${name} = ${exact(value)}`;
    if (into.length) return `${name} = ${exact(value)} reads ${span(panels, link, pick)}`;
    const count = readers(link.rows, [pick.row]).length * readers(link.cols, [pick.col]).length;
    return `${name} = ${exact(value)} is read by ${count} ${count === 1 ? "cell" : "cells"} of ${panels[link.target].title}`;
  }
  const all = into.filter((link) => link.op !== "window").flatMap((link) => terms(link, panels, pick)), op = into[0].op;
  if (op === "max") return `${name} = max(${few(all.map(([x]) => exact(x)), ", ")}) = ${exact(value)}`;
  if (op === "mean") return `${name} = (${few(all.map(([x]) => factor(x)), " + ")}) / ${all.length} = ${exact(value)}`;
  const bias = [].concat(into[0].bias), b = bias[Math.min(pick.tile, bias.length - 1)];
  const sum = all.reduce((s, [x, w]) => s + x * w, 0) + b;
  const shown = few(all.map(([x, w]) => (op === "sum" ? factor(x) : `${exact(x)}·${factor(w)}`)), " + ");
  const after = into[0].post ? ` → ${into[0].post} → ${exact(value)}` : "";
  return `${name} = ${shown}${b ? ` + bias ${factor(b)}` : ""} = ${exact(after ? sum : value)}${after}`;
}
function span(panels, link, pick) {
  const source = panels[link.source], r = reads(link.rows, [pick.row]), c = reads(link.cols, [pick.col]);
  const say = (list, off) => `${minus(String(list[0] - off))} … ${minus(String(list.at(-1) - off))}`;
  if (!r.length || !c.length) return "nothing: it is padding";
  return `${source.ruler ? "" : `rows ${say(r, source.inset[0])}, `}columns ${say(c, source.inset[2])} of ${source.title}`;
}

// ---------------------------------------------------------------- words
const make = (tag, parent, attributes = {}) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes))
    key === "text" ? (node.textContent = value) : node.setAttribute(key, value);
  parent.append(node);
  return node;
};
function fillTables(box, tables) {            // the first row of each is its header
  box.replaceChildren();
  for (const rows of tables ?? []) {
    const table = make("table", box, { class: "convlab-table" });
    rows.forEach((row, k) => {
      const line = make("tr", table);
      for (const text of row) make(!k && text ? "th" : "td", line, !k && text ? { text, scope: "col" } : { text });
    });
  }
}
function nameControls(lab) {                  // ipywidgets' sliders have no accessible name: give them their label's
  // Jupyter's single-key shortcuts stay away only from the very element that has this attribute and the focus.
  for (const part of lab.querySelectorAll("[tabindex], [role=slider], input, select, button, canvas"))
    part.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const widget of lab.querySelectorAll(".jupyter-widgets")) {
    const label = widget.querySelector(":scope > label, :scope > .widget-label");
    if (label && label.style.display !== "none")   // a check box has an empty one, and its text inside the other
      for (const part of widget.querySelectorAll("[role=slider], input, select, .widget-readout"))
        if (!part.getAttribute("aria-label")) part.setAttribute("aria-label", label.textContent);
  }
  // A name needs a role to stand on, and the buttons of a player have pictures only.
  for (const number of lab.querySelectorAll(".widget-readout[contenteditable]")) number.setAttribute("role", "textbox");
  for (const player of lab.querySelectorAll(".widget-play"))
    player.querySelectorAll("button").forEach((button, k) => button.setAttribute("aria-label", ["play or pause", "stop", "repeat"][k]));
}

// ---------------------------------------------------------------- the view itself
function render({ model, el }) {
  const root = make("div", el, { class: "convlab-view" });
  const notice = make("p", root, { class: "convlab-problem", role: "alert", hidden: "" });
  const stage = make("div", root, { class: "convlab-panels" });
  const bar = make("div", root, { class: "convlab-play", hidden: "" });
  const sums = make("p", root, { class: "convlab-arithmetic" });
  const loupe = make("canvas", root, { class: "convlab-loupe", role: "img", "aria-label": "the window, its weights and their products" });
  const tables = make("div", root, { class: "convlab-tables" });
  const status = make("p", root, { class: "convlab-status", role: "status" });
  let layout = null, panels = {}, parts = {}, chosen = null, own = false, hovered = null, played = null, timer = null, frame = 0;

  // ---- data in
  function load() {
    layout = model.get("layout_");
    if (!layout?.panels) return;
    panels = Object.fromEntries(layout.panels.map((panel, slot) => {
      const sent = model.get(`array${slot}`), about = JSON.stringify(panel), old = panels[panel.name];
      if (old?.sent === sent && old.about === about) return [panel.name, old];
      const bytes = sent.buffer.slice(sent.byteOffset, sent.byteOffset + sent.byteLength);
      return [panel.name, { ...panel, data: new TYPES[panel.dtype](bytes), sent, about }];
    }));
    if (Object.keys(parts).join() !== Object.keys(panels).join()) build();
    for (const panel of Object.values(panels)) if (parts[panel.name].panel !== panel) dress(panel);
    for (const [name, part] of Object.entries(parts)) if (part.late && !waits(part)) fillGrid(panels[name], part);
    choose(own && chosen?.panel in panels ? chosen : layout.pick && toPick(layout.pick));
    bar.hidden = !layout.play;
    paint();
  }
  const toPick = ([panel, tile, row, col]) => ({ panel, tile, row, col });
  const clamp = (v, n) => Math.min(n - 1, Math.max(0, v));
  function choose(pick) {
    if (!pick) return (chosen = null);
    const [tiles, rows, cols] = panels[pick.panel].shape;
    chosen = { panel: pick.panel, tile: clamp(pick.tile, tiles), row: clamp(pick.row, rows), col: clamp(pick.col, cols) };
    return chosen;
  }
  function say() {
    const words = model.get("words"), problem = model.get("problem");
    status.textContent = words.says ?? "";
    fillTables(tables, words.tables);
    notice.hidden = !problem;
    notice.textContent = problem ? `⚠ ${problem} The picture still shows the last good state.` : "";
    stage.classList.toggle("convlab-stale", Boolean(problem));
  }

  // ---- panels on the page
  function build() {
    stage.replaceChildren();
    parts = {};
    for (const panel of Object.values(panels)) {
      const figure = make("figure", stage, { class: "convlab-panel", "data-panel": panel.name });
      const caption = make("figcaption", figure);
      const part = { figure, caption };
      figure.classList.toggle("convlab-strip", Boolean(panel.ruler));
      if (panel.edits) part.grid = make("div", figure, { class: "convlab-grid" });
      else {
        part.canvas = make("canvas", figure, { tabindex: "0", role: "application" });
        part.canvas.addEventListener("pointermove", (event) => { hovered = locate(panel.name, event); repaint(); });
        part.canvas.addEventListener("pointerleave", () => { hovered = null; repaint(); });
        part.canvas.addEventListener("pointerdown", (event) => pin(locate(panel.name, event)));
        part.canvas.addEventListener("keydown", (event) => steer(panel.name, event));
      }
      part.legend = make("div", figure, { class: "convlab-legend" });
      parts[panel.name] = part;
    }
  }
  function dress(panel) {                     // everything about a panel that changes only with its data
    const part = parts[panel.name], [tiles, rows, cols] = panel.shape;
    part.panel = panel;
    const [top, bottom, left, right] = panel.inset ?? [0, 0, 0, 0];
    const size = `${tiles > 1 ? `${tiles} × ` : ""}${panel.ruler ? "" : `${rows - top - bottom} × `}${cols - left - right}`;
    part.caption.textContent = panel.kind === "curve" || panel.plain ? panel.title : `${panel.title} (${size})`;
    part.legend.hidden = (["cells", "rgb", "curve"].includes(panel.kind) && !panel.edits) || panel.ruler || panel.plain;
    if (!part.legend.hidden) {
      const stops = [0, 0.5, 1].map((t) => `rgb(${colour(panel.low + t * (panel.high - panel.low), panel, layout)})`);
      part.legend.replaceChildren();
      make("span", part.legend, { text: short(panel.low) });
      make("i", part.legend).style.background = `linear-gradient(90deg, ${stops})`;
      make("span", part.legend, { text: short(panel.high) });
    }
    if (panel.edits) return fillGrid(panel, part);
    part.canvas.setAttribute("aria-label", `${panel.title}, ${size.replaceAll("×", "by")}. Arrow keys choose a cell.`);
    part.place = panel.kind === "curve" ? { width: 380, height: 220 } : measure(panel);
    if (!["cells", "curve"].includes(panel.kind)) part.tiles = bitmap(panel, layout);
  }
  function fillGrid(panel, part) {            // number boxes; type, use the arrow keys, or drag up and down
    if (part.shape !== panel.shape.join()) buildGrid(panel, part);
    part.late = waits(part);
    if (part.late) return;                    // what was typed last counts, not an answer to something before
    const size = fontFor(longest(panel), roomy(panel.shape[2]));
    part.boxes.forEach((box, k) => {
      const value = panel.data[k], rgb = colour(value, panel, layout);
      const typing = document.activeElement === box && !part.dragging;
      if (!(typing && !(Math.abs(parse(box.value) - value) > 1e-9)) && !box.hasAttribute("aria-invalid")) box.value = short(value);
      box.title = exact(value);
      box.style.fontSize = `${size}px`;
      box.style.background = `rgb(${rgb})`;
      box.style.color = ink(rgb);
    });
  }
  const waits = (part) => part.sent > (model.get("seen") ?? 0);
  function buildGrid(panel, part) {
    const [tiles, rows, cols] = panel.shape;
    part.shape = panel.shape.join();
    part.grid.replaceChildren();
    part.boxes = [];
    for (let tile = 0; tile < tiles; tile++) {
      const name = panel.labels[tile] ?? "", group = make("div", part.grid);
      if (name) make("span", group, { text: name });
      const grid = make("div", group, { class: "convlab-boxes" });
      grid.style.gridTemplateColumns = `repeat(${cols}, 1fr)`;
      for (let k = 0; k < rows * cols; k++) {
        const box = make("input", grid, { inputmode: "decimal", "aria-label": `${panel.title} ${name} row ${Math.floor(k / cols)} column ${k % cols}` });
        box.addEventListener("input", () => sendGrid(panel.name));
        box.addEventListener("blur", () => fillGrid(panels[panel.name], part));
        box.addEventListener("keydown", (event) => nudge(panel.name, box, event));
        box.addEventListener("pointerdown", (event) => drag(panel.name, box, event));
        box.style.width = box.style.height = `${roomy(cols)}px`;
        part.boxes.push(box);
      }
    }
  }
  function sendGrid(name) {
    const { boxes } = parts[name], panel = panels[name];
    boxes.forEach((box) => (Number.isFinite(parse(box.value)) ? box.removeAttribute("aria-invalid") : box.setAttribute("aria-invalid", "true")));
    // A box that shows a shortened number and was not touched sends the exact number.
    const texts = boxes.map((box, k) => (box.value === short(panel.data[k]) ? String(panel.data[k]) : box.value));
    parts[name].sent = (model.get("edit").count ?? 0) + 1;
    model.set("edit", { panel: name, texts, count: parts[name].sent });
    model.save_changes();
    wake();
  }
  function nudge(name, box, event) {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key] * (event.shiftKey ? panels[name].step : 1);
    if (!step) return;
    event.preventDefault();
    box.value = minus(String(+((parse(box.value) || 0) + step).toFixed(3)));
    sendGrid(name);
  }
  function drag(name, box, event) {
    const start = parse(box.value) || 0, y = event.clientY;
    const move = (next) => {
      if (Math.abs(next.clientY - y) < 4 && !parts[name].dragging) return;
      parts[name].dragging = true;
      const { step } = panels[name];          // whole numbers move more slowly under the pointer
      box.value = minus(String(+(start + Math.round((y - next.clientY) / (step < 1 ? 4 : 12)) * step).toFixed(3)));
      sendGrid(name);
    };
    const stop = () => { parts[name].dragging = false; box.removeEventListener("pointermove", move); };
    box.setPointerCapture(event.pointerId);
    box.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, stop, { once: true });
  }

  // ---- pointer and keyboard
  function locate(name, event) {
    const { canvas, place } = parts[name], panel = panels[name], [tiles, rows, cols] = panel.shape;
    if (panel.kind === "curve") return null;
    const box = canvas.getBoundingClientRect(), scale = place.width / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    for (let tile = 0; tile < tiles; tile++) {
      const [left, top] = place.corner(tile);
      const [row, col] = [Math.floor((y - top) / place.tall), Math.floor((x - left) / place.cell)];
      if (row >= 0 && col >= 0 && row < rows && col < cols) return { panel: name, tile, row, col };
    }
    return null;
  }
  function pin(pick) {
    if (!pick) return;
    [hovered, own] = [null, true];            // from now on the reader's choice stays, and the lab's own is not followed
    model.set("pick", { ...choose(pick) });
    model.save_changes();
    repaint();
    wake();
  }
  function steer(name, event) {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const turn = { PageUp: -1, PageDown: 1 }[event.key];
    if (!move && !turn) return;
    event.preventDefault();
    const from = chosen?.panel === name ? chosen : { panel: name, tile: 0, row: -(move?.[0] ?? 0), col: -(move?.[1] ?? 0) };
    pin({ ...from, tile: from.tile + (turn ?? 0), row: from.row + (move?.[0] ?? 0), col: from.col + (move?.[1] ?? 0) });
  }

  // ---- play, step, step back
  function step(by) {
    const [, rows, cols] = panels[layout.play].shape, last = rows * cols - 1;
    played = Math.max(0, Math.min(last, (played ?? (by > 0 ? -1 : last + 1)) + by));
    choose({ panel: layout.play, tile: 0, row: Math.floor(played / cols), col: played % cols });
    [hovered, own] = [null, true];
    if (played === last) stop();
    repaint();
  }
  function stop() { clearInterval(timer); timer = null; buttons.play.textContent = "▶ Play"; }
  const acts = {
    back: () => { stop(); step(-1); },
    play: () => {
      if (timer) return stop();
      const [, rows, cols] = panels[layout.play].shape;
      if (played === rows * cols - 1) played = null;
      step(1);
      timer = setInterval(() => (root.isConnected ? step(1) : stop()), 600);
      buttons.play.textContent = "⏸ Pause";
    },
    step: () => { stop(); step(1); },
    all: () => { stop(); played = null; repaint(); },
  };
  const buttons = Object.fromEntries([["back", "◀ Step back"], ["play", "▶ Play"], ["step", "Step ▶"], ["all", "Show all"]].map(
    ([act, text]) => [act, make("button", bar, { type: "button", "data-act": act, text })]));
  for (const act in acts) buttons[act].addEventListener("click", acts[act]);

  // ---- drawing
  function repaint() { if (!frame) frame = requestAnimationFrame(() => { frame = 0; paint(); }); }
  function paint() {
    if (!layout?.panels) return;
    const pick = hovered ?? chosen, found = pick ? reach(layout, pick) : {}, text = getComputedStyle(root).color;
    for (const panel of Object.values(panels)) {
      const part = parts[panel.name];
      if (part.canvas) paintPanel(panel, part, found[panel.name], pick, text);
    }
    sums.textContent = pick ? formula(layout, panels, pick) : "";
    paintLoupe(pick);
  }
  function sheet(canvas, width, height) {     // a clean canvas, sharp on every screen
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.imageSmoothingEnabled = false;
    return pen;
  }
  function paintPanel(panel, part, cells, pick, text) {
    const { place } = part, [tiles, rows, cols] = panel.shape;
    const pen = sheet(part.canvas, place.width, place.height);
    if (panel.kind === "curve") return drawCurve(pen, panel, place.width, place.height, text);
    const hidden = panel.name === layout.play && played !== null ? (_, r, c) => r * cols + c > played : null;
    for (let tile = 0; tile < tiles; tile++) {
      const corner = place.corner(tile);
      if (panel.kind === "cells") drawNumbers(pen, panel, tile, ...corner, place.cell, layout, hidden);
      else drawImage(pen, part.tiles[tile], corner, cols * place.cell, rows * place.tall);
      if (panel.ruler && place.cell >= 4) rule(pen, corner, place, cols);
      drawMargins(pen, panel, corner, place);
      if (panel.labels[tile]) {
        pen.fillStyle = text;
        pen.font = "12px sans-serif";
        pen.textAlign = "left";
        pen.textBaseline = "bottom";
        pen.fillText(panel.labels[tile], corner[0], corner[1] - 2);
      }
      if (cells && (panel.name !== pick.panel || tile === pick.tile)) outline(pen, panel, corner, place, cells, panel.name === pick.panel);
    }
  }
  function paintLoupe(pick) {                 // patch, kernel and products in numbers, where the source is too large for numbers
    const link = pick && layout.links.find((one) => one.target === pick.panel && one.kernel && panels[one.source].kind !== "cells");
    loupe.hidden = !link || link.rows.taps.length > 11 || panels[link.source].shape[0] > link.groups;
    if (loupe.hidden) return;
    const list = terms(link, panels, pick), [h, w] = [link.rows.taps.length, link.cols.taps.length];
    const weights = panels[link.kernel], source = panels[link.source], cell = roomy(w);
    const grid = (values, like) => ({ ...like, kind: "cells", shape: [1, h, w], data: values.slice(0, h * w) });
    const products = list.map(([x, k]) => x * k), most = Math.max(...products.map(Math.abs), 1e-9);
    const three = [["window", grid(list.map(([x]) => x), source)], ["kernel", grid(list.map(([, k]) => k), weights)],
      ["products", grid(products, { ...weights, signed: true, low: -most, high: most })]];
    const wide = w * cell + 34, pen = sheet(loupe, 3 * wide, h * cell + 18), text = getComputedStyle(root).color;
    three.forEach(([name, panel], k) => {
      drawNumbers(pen, panel, 0, k * wide, 18, cell, layout);
      pen.fillStyle = text;
      pen.font = "12px sans-serif";
      pen.textAlign = "left";
      pen.textBaseline = "middle";
      pen.fillText(name, k * wide, 9);
      pen.font = "20px sans-serif";
      if (k < 2) pen.fillText(k ? "=" : "×", (k + 1) * wide - 24, 18 + (h * cell) / 2);
    });
  }

  // ---- is anyone there?
  let answered = true, asked = 0, later = null;
  function wake() {                           // ask the kernel for a sign of life, at most every five seconds
    const early = asked + 5000 - Date.now();
    if (early > 0) return (later ??= setTimeout(() => { later = null; wake(); }, early));
    asked = Date.now();
    answered = false;
    try { model.send("here?"); } catch { /* a restored view has no kernel to send to */ }
    setTimeout(() => { if (!answered) asleep(true); }, 4000);
  }
  const asleep = (yes) => {
    sleeping.hidden = !yes;
    sleeping.textContent = yes ? "This lab is not running: run its cell to move the sliders. Hovering works meanwhile. (If the kernel is busy, wait for it.)" : "";
  };
  const sleeping = make("p", root, { class: "convlab-problem convlab-asleep", role: "alert", hidden: "" });
  const hear = () => { answered = true; asleep(false); };

  // ---- wiring
  const onChange = () => { hear(); load(); say(); };
  const slots = Array.from({ length: 16 }, (_, k) => `change:array${k}`).join(" ");
  let queued = false;
  const soon = () => { if (!queued) { queued = true; queueMicrotask(() => { queued = false; onChange(); }); } };
  const events = `change:layout_ change:words change:problem change:seen ${slots}`;
  model.on(events, soon);
  model.on("msg:custom", hear);
  const theme = new MutationObserver(repaint);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  let namer = null;
  const attach = setTimeout(() => {           // the lab's sliders appear beside the view, a moment later
    repaint();                                // now that the theme's colours are known
    const lab = el.closest(".convlab-lab");
    if (!lab) return;
    nameControls(lab);
    namer = new MutationObserver(() => nameControls(lab));
    namer.observe(lab, { childList: true, subtree: true });
    for (const kind of ["pointerdown", "keydown"]) lab.addEventListener(kind, wake);
    wake();
  });
  load();
  say();
  return () => {
    clearTimeout(attach);
    clearTimeout(later);
    stop();
    theme.disconnect();
    namer?.disconnect();
    model.off(events, soon);
    model.off("msg:custom", hear);
  };
}

export default { render };
