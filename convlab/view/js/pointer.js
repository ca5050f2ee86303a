// Pointer and keyboard choose a cell. Hovering never asks Python.

function listen(view, name, canvas) {
  const { signal } = view;
  const hover = (pick) => {
    if (String(pick && Object.values(pick)) === String(view.hovered && Object.values(view.hovered))) return;
    view.hovered = pick;
    view.departed = -Infinity; // the pointer itself moves
    repaint(view);
  };
  const speak = ({ type }) => view.sums.setAttribute("aria-live", type === "focus" ? "polite" : "off");
  for (const kind of ["focus", "blur"]) canvas.addEventListener(kind, speak, { signal }); // keys are heard
  canvas.addEventListener("pointermove", (event) => hover(locate(view, name, event)), { signal });
  canvas.addEventListener("pointerleave", () => hover(null), { signal });
  canvas.addEventListener("pointerdown", (event) => pin(view, locate(view, name, event)), { signal });
  canvas.addEventListener("keydown", (event) => steer(view, name, event), { signal });
}

function locate(view, name, event) {
  const { canvas, place, at } = view.parts[name],
    panel = view.panels[name],
    [tiles, rows, cols] = panel.shape;
  const box = canvas.getBoundingClientRect(),
    scale = place.width / box.width;
  const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  if (at) {
    const found = CHARTS[panel.kind].find(at, x, y);
    return found && { panel: name, tile: 0, ...found };
  }
  for (let tile = 0; tile < tiles; tile++) {
    const [left, top] = place.corner(tile);
    const [row, col] = [Math.floor((y - top) / place.tall), Math.floor((x - left) / place.cell)];
    if (row >= 0 && col >= 0 && row < rows && col < cols) return { panel: name, tile, row, col };
  }
  return null;
}

const toPick = (pick) => pick && { panel: pick[0], tile: pick[1], row: pick[2], col: pick[3] };
const clamp = (v, n) => Math.min(n - 1, Math.max(0, v));

function choose(view, pick) {
  const shape = pick && view.panels[pick.panel].shape;
  const inside = ([tiles, rows, cols]) => ({
    panel: pick.panel,
    tile: clamp(pick.tile, tiles),
    row: clamp(pick.row, rows),
    col: clamp(pick.col, cols),
  });
  view.chosen = shape ? inside(shape) : null;
}

function pin(view, pick) {
  // from now on the reader's choice stays, and the lab's own is not followed
  if (!pick) return;
  [view.hovered, view.own] = [null, true];
  choose(view, pick);
  view.model.set("pick", { ...view.chosen });
  view.model.save_changes();
  repaint(view);
  view.wake();
}

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const TURNS = { PageUp: -1, PageDown: 1 };

function steer(view, name, event) {
  const [down, right] = MOVES[event.key] ?? [0, 0],
    turn = TURNS[event.key] ?? 0;
  if (!down && !right && !turn) return;
  event.preventDefault();
  if (view.panels[name].kind in CHARTS) return pin(view, stepChart(view, name, down, right));
  depart(view);
  const from = view.chosen?.panel === name ? view.chosen : { panel: name, tile: 0, row: -down, col: -right };
  pin(view, { ...from, tile: from.tile + turn, row: from.row + down, col: from.col + right });
}
