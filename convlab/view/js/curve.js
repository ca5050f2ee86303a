// Lines over a common x axis.

const CURVES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

function drawCurve(pen, panel, width, height, text) {
  const scales = scaleCurve(panel, width, height);
  drawFrame(pen, panel, scales, text);
  scales.ys.forEach((y, s) => drawLine(pen, panel, scales, y, s, height - 10, text));
  if (panel.mark === null) return;
  const { box, px } = scales;
  pen.strokeStyle = ACCENT;
  stroke(pen, [px(panel.mark), box[1]], [px(panel.mark), box[1] + box[3]]);
}

function scaleCurve(panel, width, height) {
  const [, lines, n] = panel.shape,
    x = panel.data.subarray(0, n),
    box = [58, 10, width - 70, height - 48];
  const ys = Array.from({ length: lines - 1 }, (_, s) => panel.data.subarray((s + 1) * n, (s + 2) * n));
  const bend = panel.log ? (v) => Math.log10(Math.max(v, 1e-16)) : (v) => v;
  const all = ys.flatMap((y) => Array.from(y, bend)),
    [x0, x1] = [Math.min(...x), Math.max(...x)];
  const [y0, y1] = [Math.min(...all, ...(panel.log ? [] : [0])), Math.max(...all)];
  const px = (v) => box[0] + ((v - x0) / (x1 - x0 || 1)) * box[2];
  const py = (v) => box[1] + box[3] - ((bend(v) - y0) / (y1 - y0 || 1)) * box[3];
  return { box, x, ys, px, py, ends: { x: [x0, x1], y: [y0, y1] } };
}

function drawFrame(pen, panel, { box, px, py, ends }, text) {
  const back = panel.log ? (v) => 10 ** v : (v) => v;
  pen.strokeStyle = pen.fillStyle = text;
  pen.lineWidth = 1;
  pen.font = "12px sans-serif";
  pen.strokeRect(...box);
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const v of ends.y) pen.fillText(short(+back(v).toPrecision(3)), box[0] - 5, py(back(v)));
  pen.textAlign = "center";
  for (const v of ends.x) pen.fillText(short(v), px(v), box[1] + box[3] + 12);
}

function drawLine(pen, panel, { box, x, ys, px, py }, y, s, low, text) {
  const left = box[0] + s * (box[2] / Math.max(1, ys.length));
  pen.strokeStyle = CURVES[s % 4];
  pen.setLineDash(DASHES[s % 4]);
  pen.lineWidth = 2.5;
  stroke(pen, ...Array.from(y, (v, k) => [px(x[k]), py(v)]));
  stroke(pen, [left, low], [left + 24, low]);
  pen.setLineDash([]);
  pen.textAlign = "left";
  pen.fillStyle = text;
  pen.fillText(panel.labels[s] ?? "", left + 28, low);
}

function stroke(pen, ...points) {
  pen.beginPath();
  points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}
