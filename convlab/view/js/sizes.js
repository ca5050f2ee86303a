// How large a panel is drawn: a range for each kind, between what can be read and what is enough.

const EDGE = 3; // room around a picture for frames and outlines; view.css pulls it back

// How wide a cell must be for this many characters: a digit takes some two thirds of the height of its type.
const cellFor = (length) => Math.max(NUMBER[0], Math.ceil((TEXT * Math.max(3, length)) / 1.375));
const fontFor = (text, cell) => Math.min(15, (cell * 1.375) / Math.max(3, text.length));
const longest = ({ data, most }) =>
  Array.from(data, (value) => short(value, most)).reduce((a, b) => (a.length > b.length ? a : b), "");
const between = ([low, high], share) => low + (Math.max(low, high) - low) * share;

// A panel shows its numbers if it is small, and if the stage has room for them.
const isNumbers = (panel) => (panel.kind === "cells" && !panel.coarse) || panel.edits;

function measure(panel, share, width) {
  // from its smallest (share 0) to its largest (1): size of a cell, where each tile stands, in canvas pixels
  if (panel.ruler) return measureStrip(panel, width ?? between([120, 800], share));
  if (panel.kind in CHARTS) {
    const [widths, [low, high]] = CHART[panel.kind];
    const wide = width ?? Math.min(panel.room, between(widths, share));
    const least = low + (panel.kind === "bars" ? BAND * panel.labels.length : 0);
    return { width: wide + 2 * EDGE, height: between([least, high], share) };
  }
  const [tiles, rows, cols] = panel.shape;
  const gap = panel.gap ?? (tiles > 1 ? GAP : 0);
  const head = panel.labels.length ? LABEL : 0;
  const pitch = (cell) => Math.max(cols * cell, panel.widest) + gap;
  const across = Math.max(
    1,
    Math.min(acrossOf(panel), Math.floor((panel.room + gap) / pitch(cellOf(panel, 0)))),
  );
  const cell = cellOf(panel, share),
    wide = pitch(cell);
  const tall = panel.gap ? NUMBER[0] : cell,
    high = rows * tall + gap + head;
  const corner = (tile) => [(tile % across) * wide + EDGE, Math.floor(tile / across) * high + head + EDGE];
  const height = Math.ceil(tiles / across) * high - gap + 2 * EDGE;
  return { cell, tall, across, gap, corner, width: across * wide - gap + 2 * EDGE, height };
}

function acrossOf(panel) {
  // how many tiles stand side by side, if there is room
  const tiles = panel.shape[0];
  if (tiles <= 4 || panel.edits) return tiles;
  if (isNumbers(panel)) return 4;
  return Math.ceil(tiles / Math.ceil(tiles / Math.ceil(Math.sqrt(2 * tiles)))); // no row much shorter
}

function cellOf(panel, share) {
  const [tiles, rows, cols] = panel.shape,
    most = Math.max(rows, cols);
  if (isNumbers(panel)) return Math.floor(between([cellFor(panel.longest.length), NUMBER[1]], share));
  const range =
    tiles > 16 ? TILE[2] : tiles > 4 ? TILE[1] : tiles > 1 ? TILE[0] : most > 40 ? PHOTOGRAPH : MAP;
  const side = Math.floor(between(range, share)) / most; // the picture ends where a pixel of the page ends
  return side < 3 ? side : Math.max(Math.floor(side), Math.ceil(range[0] / most));
}

function measureStrip(panel, width) {
  // its cells lie on a ruler that several strips share
  const [left, pitch, length] = panel.ruler,
    unit = width / length;
  return {
    cell: pitch * unit,
    tall: STRIP,
    corner: () => [left * unit + EDGE, EDGE + 1],
    width: width + 2 * EDGE,
    height: STRIP + 8,
  };
}
