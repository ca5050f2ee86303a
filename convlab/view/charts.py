"""Curves, bars and the boxes of a network in the still picture. `plots` decides where they stand."""

import math
from itertools import cycle

import numpy as np

from convlab.errors import times
from convlab.view import look

_LINES = [(tint, (0, dash) if dash else "-") for tint, dash in zip(look.SERIES, look.DASHES, strict=True)]


def curves(box, panel):
    """Draw lines with their names at their ends, and where the lab stands now.

    Parameters
    ----------
    box : matplotlib Axes
    panel : Curve
    """
    whole, few = all(float(v).is_integer() for v in panel.x), len(panel.x) <= look.FEW
    dots = {"marker": "o", "markersize": 4} if few else {}
    for row, (tint, dash) in zip(panel.series.values(), cycle(_LINES)):
        box.plot(panel.x, row, linestyle=dash, color=tint, **dots)
    if panel.log:
        box.set_yscale("log")
    else:
        low = panel.array[1:].min(initial=0)
        box.set_ylim(bottom=0 if low >= 0 else None)
        box.yaxis.set_major_locator(_round_steps())
    box.xaxis.set_major_locator(_round_steps(whole))
    if few:
        box.set_xticks(_thin(panel.x))
    if panel.mark is not None:
        box.axvline(panel.mark, color=look.ACCENT)
    _name(box.xaxis, box.yaxis, panel.axes)
    box.spines[["top", "right"]].set_visible(False)
    if len(panel.series) > 1:
        _names_at_ends(box, panel)


def _name(below, beside, names):
    """Write what the axes count: at their ends, so that nobody turns the head."""
    below.axes.set_xlabel(f"{names[0]} →", loc="right")
    beside.axes.set_ylabel(f"↑ {names[1]}", rotation=0, ha="left", va="bottom")
    beside.set_label_coords(-0.08, 1.02)


def _round_steps(whole=False):
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=whole)


def _thin(values):
    """Keep, from the last to the first, those with room for a number between them."""
    kept, room = [], 0.05 * (max(values) - min(values))
    for value in sorted(values, reverse=True):
        if not kept or kept[-1] - value >= room:
            kept.append(value)
    return kept


def _names_at_ends(box, panel):
    ends = [[panel.x[-1], row[-1]] for row in panel.series.values()]
    heights = [box.transLimits.transform(box.transScale.transform(end))[1] for end in ends]
    places = apart(heights, 16 * box.figure.dpi / 72 / box.bbox.height)
    for name, end, at, (tint, dash) in zip(panel.series, ends, places, cycle(_LINES)):
        arrow = {"arrowstyle": "-", "color": tint, "linestyle": dash, "shrinkA": 1, "shrinkB": 0}
        how = {"textcoords": "axes fraction", "va": "center", "fontsize": 11}
        box.annotate(name, end, (1.06, at), arrowprops=arrow, **how)


def apart(heights, gap):
    """Move heights up, in their order, until `gap` lies between any two; down again where they pass 1.

    Parameters
    ----------
    heights : sequence of float
        At least one.
    gap : float
        The least distance.

    Returns
    -------
    ndarray of float

    Examples
    --------
    >>> apart([0.5, 0.5, 0.9], 0.25)
    array([0.5 , 0.75, 1.  ])
    """
    order = np.argsort(heights, kind="stable")
    gaps = gap * np.arange(len(order))  # that lie below each; without them, heights need only not fall
    raised = np.maximum.accumulate(np.take(heights, order) - gaps)
    return (raised.clip(0, 1 - gaps[-1]) + gaps)[np.argsort(order)]


def bars(box, panel):
    """Draw a row of bars for each series, one below the other, on one scale.

    Parameters
    ----------
    box : matplotlib Axes
        The rows take its place.
    panel : Curve
        With `bars`.
    """
    box.remove()
    grid = box.get_subplotspec().subgridspec(len(panel.series), 1, hspace=0.08)
    bands = grid.subplots(squeeze=False).ravel()
    high, count = max(float(panel.array[1:].max(initial=0)), 1e-9), len(panel.bars)
    for band, (name, row), tint in zip(bands, panel.series.items(), cycle(look.SERIES)):
        colours = [look.ACCENT if place == panel.mark else tint for place in range(count)]
        band.bar(range(count), row, 0.8, color=colours)
        if panel.mark is not None:
            band.axvspan(panel.mark - 0.5, panel.mark + 0.5, color=look.ACCENT, alpha=0.15, linewidth=0)
        band.set(xlim=(-0.6, count - 0.4), ylim=(0, 1.05 * high), xticks=[])
        band.yaxis.set_major_locator(_round_steps())
        band.spines[["top", "right"]].set_visible(False)
        if len(panel.series) > 1:
            band.text(0.01, 0.97, name, transform=band.transAxes, va="top", fontsize=11)
    shown, turned = range(0, count, math.ceil(count / 30)), 90 if max(map(len, panel.bars)) > 2 else 0
    bands[-1].set_xticks(shown, [panel.bars[place] for place in shown], rotation=turned, fontsize=11)
    _name(bands[-1].xaxis, bands[0].yaxis, panel.axes)


def tower(box, panel):
    """Draw a network as boxes to scale, the shapes of their maps below.

    Parameters
    ----------
    box : matplotlib Axes
    panel : Tower
    """
    from matplotlib.patches import Polygon

    tints = dict(zip(dict.fromkeys(panel.kinds), cycle([look.LINE, *look.SERIES])))
    width, height = box.bbox.size * 72 / box.figure.dpi
    faces = boxes(panel.array, width, height - 16 * look.ROWS - 2)
    for place, shape in enumerate(faces):
        tint = look.ACCENT if place == panel.mark else tints[panel.kinds[place]]
        for corners, light in zip(shape, look.SHADES, strict=True):
            box.add_patch(Polygon(corners, facecolor=_mixed(tint, light), edgecolor="white", linewidth=0.6))
    if panel.mark is not None:
        tints[f"{panel.labels[panel.mark]}: {times(*panel.array[panel.mark])}"] = look.ACCENT
    for name, tint in tints.items():
        box.plot([], [], "s", color=tint, label=name)
    low, ends = faces[..., 1].min(), [-math.inf] * look.ROWS
    for first, last, text in panel.captions():  # flags, each as low as its pole can go and cross no other
        x = (faces[first, 0, 0, 0] + faces[last, 0, 1, 0]) / 2
        row = next((row for row in range(look.ROWS) if ends[row] > x - 6), look.ROWS) - 1
        if row >= 0:
            ends[row] = x + 8 * len(text)
            box.plot([x] * 2, [faces[first, 0, 0, 1], low - 16 * (row + 1)], color=look.LINE, linewidth=0.6)
            box.text(x + 4, low - 16 * (row + 0.5), text, fontsize=11, va="center")
    box.legend(ncols=len(tints), loc="upper right", frameon=False, fontsize=11, borderaxespad=0)
    box.set(xlim=(0, width), ylim=(low - 16 * look.ROWS, faces[..., 1].max() + 2))
    box.set_aspect("equal")
    box.set_axis_off()


def boxes(shapes, width, height):
    """Place a box for each map, from left to right, in a room of this size.

    The sides of a map are to one scale, and the square roots of the channels to another.

    Parameters
    ----------
    shapes : ndarray of int
        Channels, height and width, (N, 3).
    width, height : float

    Returns
    -------
    ndarray
        Front, top and right side: (N, 3, 4 corners, 2), the y axis pointing up. A front begins at its lower
        left corner, and its lower right one follows.
    """
    gap, (channels, high, deep) = 4, np.asarray(shapes, dtype=float).T
    unit = height / (high.max() + look.DEPTH[1] * deep.max())
    back = look.DEPTH[0] * unit * deep
    room = width - (back[0] + back[-1]) / 2 - gap * len(channels)
    long = np.sqrt(channels) * room / np.sqrt(channels).sum()
    right = np.cumsum(long + gap) + back[0] / 2
    left, half, back = right - long, np.maximum(unit * high, 4) / 2, back / 2
    up = look.DEPTH[1] * unit * deep / 2
    corners = (left, -half), (right, -half), (right, half), (left, half)
    near = [np.stack([x - back, y - up], -1) for x, y in corners]
    far = [corner + 2 * np.stack([back, up], -1) for corner in near]
    front, top, side = near, [near[3], near[2], far[2], far[3]], [near[1], far[1], far[2], near[2]]
    return np.stack([np.stack(face, 1) for face in (front, top, side)], 1)


def _mixed(tint, light):
    """Mix a colour with white (light above 0) or black."""
    from matplotlib.colors import to_rgb

    return tuple(v + light * (1 - v) if light > 0 else v * (1 + light) for v in to_rgb(tint))
