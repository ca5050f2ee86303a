"""Where everything stands in the still picture: what `js/layout.js` does on the page, for one width.

All boxes grow together, from what can just be read to what is enough, until the picture is full.
"""

import math
import textwrap
from typing import NamedTuple

from convlab.errors import minus
from convlab.view import look

WIDTH, HEIGHT = 988, 600  # of all boxes, in pixels; higher only where the smallest are
LINE = 17  # the height of a line of text
_LETTER = 8  # the width of a letter of a title
_PHOTO = 330  # the longer side of a map, at most: the file stays small
_STEPS = 20


class Box(NamedTuple):
    """Where a panel or a table stands, in pixels; the lines of its title are above."""

    width: float
    height: float
    title: list[str]
    most: float = 0  # how wide it may become where its line leaves room
    cell: float = 0  # the side of a cell
    corners: tuple = ()  # (x, y) of its tiles
    numbers: bool = False  # whether its cells show them
    x: float = 0
    y: float = 0


def arrange(scene):
    """Give every panel and table of a scene its box, in the rows that the scene asks for.

    Parameters
    ----------
    scene : Scene

    Returns
    -------
    dict of str to Box

    Examples
    --------
    >>> import numpy as np
    >>> from convlab.view.scene import Grid, Scene
    >>> boxes = arrange(Scene({"x": Grid(np.eye(3), "x"), "y": Grid(np.eye(3), "y")}, rows=[["y", "x"]]))
    >>> boxes["x"].y == boxes["y"].y, boxes["x"].x > boxes["y"].x
    (True, True)
    """
    parts = scene.panels | {name: rows for name, rows in scene.tables.items() if not isinstance(rows, str)}
    rows = scene.arrangement(parts)
    cells = {name: panel for name, panel in scene.panels.items() if panel.drawn_as() == "cells"}
    large = [name for name, panel in cells.items() if max(panel.shape()[1:]) > 5 and not panel.edits]
    for kept in range(len(large), -1, -1):  # numbers that have no room become colours, the last panel first
        boxes, bottom = _grown(rows, parts, large[kept:])
        if bottom <= HEIGHT:
            break
    return boxes


def _grown(rows, parts, coarse):
    """Place the smallest boxes, in rows broken where these do not fit; and then larger ones, all alike."""
    lines = best = None
    for step in range(_STEPS + 1):
        sizes = {name: _box(name, part, step / _STEPS, name in coarse) for name, part in parts.items()}
        lines = lines or [line for row in rows for line in _broken(row, sizes)]
        boxes, bottom = _place(lines, sizes)
        if best and (bottom > HEIGHT or max(_width(line, sizes) for line in lines) > WIDTH):
            break
        best = boxes, bottom
    return best


def _box(name, part, share, coarse):
    if isinstance(part, list):
        return Box(sum(widths(part)[0]), LINE * len(part) + 4, [name])
    box = measure(part, share, coarse)
    title = textwrap.wrap(box.title, int(max(box.width, look.NARROWEST) / _LETTER))
    return box._replace(title=title, width=max(box.width, _LETTER * max(map(len, title), default=0)))


def _broken(row, sizes):
    lines = []
    for column in row:
        if not lines or _width([*lines[-1], column], sizes) > WIDTH:
            lines.append([])
        lines[-1].append(column)
    return lines


def _width(row, boxes):
    return sum(max(boxes[name].width for name in column) + look.BESIDE for column in row) - look.BESIDE


def _place(rows, sizes):
    """Give every box its place, flexible ones what their row leaves; return them and their lower end."""
    boxes, top, bottom = {}, 0, 0
    for row in rows:
        flexible = [max(sizes[name].most for name in column) for column in row]
        more, x = max(0, WIDTH - _width(row, sizes)) / max(1, sum(map(bool, flexible))), 0
        head = max(len(sizes[column[0]].title) for column in row)  # pictures begin on one line
        for column, grows in zip(row, flexible, strict=True):
            wide, y = max(sizes[name].width for name in column) + more * bool(grows), top
            for name in column:
                box, high = sizes[name], head if name == column[0] else len(sizes[name].title)
                y += LINE * high
                boxes[name] = box._replace(x=x, y=y, width=max(box.width, min(wide, box.most)))
                bottom, y = max(bottom, y + box.height), y + box.height + look.BELOW
            x += wide + look.BESIDE
        top = bottom + look.BELOW
    return boxes, bottom


def measure(panel, share, coarse=False):
    """Return the box of a panel, from its smallest (share 0) to its largest (1), without a place.

    Parameters
    ----------
    panel : Grid, Curve or Tower
    share : float
    coarse : bool
        In colours, where it would show numbers.

    Returns
    -------
    Box

    Examples
    --------
    >>> import numpy as np
    >>> from convlab.view.scene import Grid
    >>> measure(Grid(np.eye(3), "x"), 1).cell == look.NUMBER[1]
    True
    """
    kind = panel.drawn_as()
    if kind in look.CHART:
        (narrow, wide), (low, high) = look.CHART[kind]
        low += look.BAND * len(panel.series) if kind == "bars" else 0
        sides = (least + share * (most - least) for least, most in ((narrow, wide), (low, high)))
        return Box(*sides, panel.title, wide)
    if panel.ruler:
        return Box(look.NAME + 300, look.STRIP, "", WIDTH)
    tiles, rows, cols = panel.shape()
    numbers = kind == "cells" and not coarse
    cell, label = _cell(panel, share, numbers), look.LABEL if panel.labels else 0
    wide = max(cols * cell, *(7 * len(one) for one in (*panel.labels, ""))) + look.GAP
    high = rows * cell + look.GAP + label
    across = tiles if tiles <= 4 or panel.edits else 4 if numbers else math.ceil(math.sqrt(2 * tiles))
    across = max(1, min(across, int((WIDTH + look.GAP) / wide)))
    corners = tuple((tile % across * wide, tile // across * high + label) for tile in range(tiles))
    legend = 0 if numbers or kind == "rgb" or panel.plain else look.LEGEND
    height = math.ceil(tiles / across) * high - look.GAP + legend
    return Box(across * wide - look.GAP, height, panel.title, 0, cell, corners, numbers)


def _cell(panel, share, numbers):
    tiles, rows, cols = panel.shape()
    if numbers:
        longest = max(map(len, map(short, panel.array.flat)))
        low, high = max(look.NUMBER[0], look.TEXT * longest / 1.375), look.NUMBER[1]
        return round(low + share * max(0, high - low))
    most = max(rows, cols)
    small = look.PHOTOGRAPH if most > 40 else look.TILE[0] if panel.kind == "rgb" else look.MAP
    low, high = look.TILE[(tiles > 4) + (tiles > 16)] if tiles > 1 else small
    cell = min(_PHOTO, low + share * (high - low)) / most
    return cell if cell < 3 else math.floor(cell)


def short(value):
    """Write a number into a cell.

    Examples
    --------
    >>> short(-3.0), short(1 / 9), short(123.45)
    ('−3', '0.111', '123.5')
    """
    return minus(f"{round(float(value), 3 if abs(value) < 10 else 1) + 0.0:g}")


def widths(table):
    """Return how wide the columns of a table are, in pixels, and the size of its type."""
    wide = [6.8 * max(map(len, column)) + 16 for column in zip(*table, strict=True)]
    small = min(1, WIDTH / sum(wide))
    return [small * one for one in wide], small * look.TEXT
