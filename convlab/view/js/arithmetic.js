// The arithmetic of one cell, with its real numbers.

function terms(link, panels, { tile, row, col }) {
  // [[input, weight], …] of one output cell
  const source = panels[link.source],
    target = panels[link.target],
    kernel = panels[link.kernel];
  const perGroup = source.shape[0] / link.groups,
    group = Math.floor((tile * link.groups) / target.shape[0]);
  const list = [];
  for (let c = 0; c < perGroup; c++)
    link.rows.taps.forEach((u, a) =>
      link.cols.taps.forEach((v, b) =>
        list.push([
          at(source, group * perGroup + c, link.rows.starts[row] + u, link.cols.starts[col] + v),
          kernel ? at(kernel, tile * perGroup + c, a, b) : (link.weights[b] ?? 1),
        ]),
      ),
    );
  return list;
}

function formula(view, pick) {
  const { layout, panels } = view,
    target = panels[pick.panel];
  if (target.kind in CHARTS) return CHARTS[target.kind].say(target, pick);
  const name = nameCell(target, pick);
  if (target.kind === "rgb") {
    const i = 3 * (pick.row * target.shape[2] + pick.col);
    return `${name} = red ${target.data[i]}, green ${target.data[i + 1]}, blue ${target.data[i + 2]}`;
  }
  const into = layout.links.filter((link) => link.target === pick.panel);
  const said = `${name} = ${exact(at(target, pick.tile, pick.row, pick.col))}`;
  if (into[0]?.op === "row") return `${said}: a weight of row ${pick.row}, for pixel ${pick.col}`;
  if (into[0]?.op === "stamp") return `${said} is stamped on ${span(panels, into[0], pick)}`;
  if (into[0]?.op === "window") return `${said} reads ${span(panels, into[0], pick)}`;
  if (into.length) return `${name} = ${working(view, pick)}`;
  const link = layout.links.find((one) => one.source === pick.panel);
  if (!link) return said;
  if (link.op === "stamp" && link.kernel) return `${name} = ${stamps(link, panels, pick)}`;
  const count = readers(link.rows, [pick.row]).length * readers(link.cols, [pick.col]).length;
  return `${said} is ${link.op === "stamp" ? "stamped" : "read"} by ${count} ${count === 1 ? "cell" : "cells"} of ${panels[link.target].title}`;
}

function stamps(link, panels, pick) {
  // what each stamp leaves on one cell: the number stamped, times the weight that lies there
  const { rows, cols } = link,
    [source, kernel] = [panels[link.target], panels[link.kernel]];
  const list = readers(rows, [pick.row]).flatMap((i) =>
    readers(cols, [pick.col]).map((j) => {
      const [u, v] = [
        rows.taps.indexOf(pick.row - rows.starts[i]),
        cols.taps.indexOf(pick.col - cols.starts[j]),
      ];
      return `${exact(at(source, pick.tile, i, j))}·${factor(at(kernel, 0, u, v))}`;
    }),
  );
  const value = exact(at(panels[pick.panel], pick.tile, pick.row, pick.col));
  return list.length ? `${few(list, " + ")} = ${value}` : `${value}: no stamp lies here`;
}

function nameCell(target, pick) {
  const tile = target.shape[0] > 1 ? ` ${target.labels[pick.tile] ?? pick.tile}` : "";
  const row = target.ruler ? "" : `${minus(String(pick.row - target.inset[0]))}, `;
  return `${target.title}${tile} [${row}${minus(String(pick.col - target.inset[2]))}]`;
}

const POSTS = { "": (v) => v, ReLU: (v) => Math.max(0, v), "absolute value": Math.abs };
const DUST = 1e-13; // a sum this small beside its terms is rounding, and zero

function workOut({ layout, panels }, name, pick) {
  // what the links into a panel give for one of its cells
  const into = layout.links.filter((link) => link.target === name && link.op !== "window"),
    [{ op, post }] = into;
  const all = into.flatMap((link) => terms(link, panels, pick));
  if (op === "max") return { op, post, all, value: Math.max(...all.map(([x]) => x)) };
  const bias = [].concat(into[0].bias),
    b = op === "mean" ? 0 : bias[Math.min(pick.tile, bias.length - 1)];
  const products = [...all.map(([x, w]) => x * w), b],
    size = products.reduce((s, v) => s + Math.abs(v), 0);
  let sum = products.reduce((s, v) => s + v, 0) / (op === "mean" ? all.length : 1);
  if (Math.abs(sum) < DUST * size) sum = 0;
  return { op, post, all, b, sum, value: (POSTS[post] ?? POSTS[""])(sum) };
}

function working(view, pick) {
  const { op, post, all, b, sum } = workOut(view, pick.panel, pick),
    value = exact(at(view.panels[pick.panel], pick.tile, pick.row, pick.col));
  const list = (say, sign) => few(all.map(say), sign);
  if (op === "max") return `max(${list(([x]) => exact(x), ", ")}) = ${value}`;
  if (op === "mean") return `(${list(([x]) => factor(x), " + ")}) / ${all.length} = ${value}`;
  const shown = list(([x, w]) => (op === "sum" ? factor(x * w) : `${exact(x)}·${factor(w)}`), " + ");
  const after = post ? ` → ${post} → ${value}` : "";
  return `${shown}${b ? ` + bias ${factor(b)}` : ""} = ${after ? exact(sum) : value}${after}`;
}

function few(list, sign) {
  if (list.length <= 12) return list.join(sign);
  return [...list.slice(0, 4), `… (${list.length - 5} more)`, list.at(-1)].join(sign);
}

function span(panels, link, pick) {
  const source = panels[link.source],
    r = reads(link.rows, [pick.row]),
    c = reads(link.cols, [pick.col]);
  const say = (word, list, off) => {
    const [first, last] = [list[0], list.at(-1)].map((at) => minus(String(at - off)));
    return first === last ? `${word} ${first}` : `${word}s ${first} … ${last}`;
  };
  if (!r.length || !c.length) return "nothing: it is padding";
  const rows = source.ruler ? "" : `${say("row", r, source.inset[0])}, `;
  return `${rows}${say("column", c, source.inset[2])} of ${source.title}`;
}
