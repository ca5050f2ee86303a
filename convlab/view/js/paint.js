// Drawing: every canvas of the view, at most once a frame.

function repaint(view) {
  view.frame ||= requestAnimationFrame(() => {
    view.frame = 0;
    paint(view);
  });
}

function paint(view) {
  const { layout, panels, parts } = view;
  if (!view.laid) return;
  const pick = view.hovered ?? view.chosen,
    found = pick ? reach(layout, pick) : {};
  const text = getComputedStyle(view.root).color;
  const share = wayLeft(view);
  const onTheWay = share && view.said === pick; // only what moves is drawn again, and the words are there
  for (const panel of Object.values(panels)) {
    const part = parts[panel.name],
      cells = found[panel.name];
    if (!drawn(part) || (onTheWay && part.still)) continue;
    if (!stays(view, panel, cells, pick, text, share)) paintPanel(view, panel, cells, pick, text, share);
  }
  if (share) repaint(view);
  if (onTheWay) return;
  view.said = pick;
  view.sums.textContent = pick ? formula(view, pick) : "";
  paintLoupe(view, pick);
}

function stays(view, panel, cells, pick, text, share) {
  // a picture of which nothing has changed is not drawn again: without a graphics card, drawing costs most
  const part = view.parts[panel.name],
    { width, height, cell } = part.place;
  const here = pick?.panel === panel.name && pick.tile,
    played = panel.name === view.layout.play && view.played;
  const plain = !share && !isNumbers(panel) && !(panel.kind in CHARTS);
  const state =
    plain &&
    String([
      width,
      height,
      cell,
      text,
      here,
      played,
      devicePixelRatio,
      part.canvas.currentCSSZoom,
      JSON.stringify(cells),
    ]);
  const same = plain && part.painted?.panel === panel && part.painted.state === state;
  part.painted = { panel, state };
  return same;
}

const drawn = ({ canvas, figure }) => canvas && !figure.hidden; // it may stand behind the picture

function sheet(canvas, width, height) {
  // a clean canvas, sharp on every screen
  const ratio = (window.devicePixelRatio || 1) * (canvas.currentCSSZoom ?? 1);
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

function paintPanel(view, panel, cells, pick, text, share) {
  const part = view.parts[panel.name],
    { canvas, place } = part,
    [count, rows, cols] = panel.shape;
  if (panel.kind in CHARTS) return paintChart(panel, part, pick, text);
  const pen = sheet(canvas, place.width, place.height);
  const playing = panel.name === view.layout.play && view.played !== null;
  const hidden = playing ? (_, r, c) => r * cols + c > view.played : null;
  if (!isNumbers(panel)) part.tiles ??= bitmap(panel);
  pen.imageSmoothingEnabled = place.cell < 3 && !Number.isInteger(place.cell); // else some pixels are wider
  const here = pick?.panel === panel.name;
  const shown = {};
  for (let tile = 0; tile < count; tile++) {
    const corner = place.corner(tile);
    pen.save();
    slide(pen, part, view.stands.places[panel.name]?.axes, tile, share);
    if (isNumbers(panel)) drawNumbers(pen, panel, tile, corner, place, hidden);
    else drawImage(pen, part.tiles[tile], corner, cols * place.cell, rows * place.tall);
    if (panel.ruler && place.cell >= 4) rule(pen, corner, place, cols);
    drawMargins(pen, panel, corner, place);
    for (const frame of panel.frames ?? []) drawFound(pen, frame, corner, place.cell);
    if (panel.labels[tile]) drawLabel(pen, panel.labels[tile], corner, text);
    pen.restore();
    if (!cells || (here && tile !== pick.tile)) continue;
    shown[tile] = glide(part.from?.[tile], frameOf(panel, corner, place, cells), share);
    if (shown[tile]) outline(pen, shown[tile], here);
  }
  part.shown = shown;
  part.still = !part.was && String(spots(shown)) === String(spots(part.from ?? shown));
}

function drawFound(pen, [top, left, bottom, right], [x, y], cell) {
  // around what was found: one pixel black, and inside it one yellow
  pen.lineWidth = cell;
  FOUND.forEach((colour, k) => {
    const size = [right - left - 2 * k, bottom - top - 2 * k];
    pen.strokeStyle = colour;
    if (Math.min(...size) > 0)
      pen.strokeRect(x + (left + k + 0.5) * cell, y + (top + k + 0.5) * cell, size[0] * cell, size[1] * cell);
  });
}

function drawLabel(pen, label, [x, y], text) {
  pen.fillStyle = text;
  pen.font = "12px sans-serif";
  pen.textAlign = "left";
  pen.textBaseline = "bottom";
  pen.fillText(label, x, y - 2);
}
