"""How the numbers of a panel travel: in as few bytes as a simple rule finds, and still exact in the page.

A cell that the page can work out itself, from the panels a link reads, needs a byte: enough for its colour.
"""

from itertools import pairwise

import numpy as np

POSTS = ("", "ReLU", "absolute value")  # what the page can do after a sum
_DTYPES = {"|u1": "u1", "<i4": "i4", "<f4": "f4", "<f8": "f8"}
_SMALL = 2000  # bytes; below it nothing is gained


def pack(panel, links):
    """Choose how a panel travels.

    Parameters
    ----------
    panel : Grid, Curve or Tower
    links : list of Link
        Those that make this panel.

    Returns
    -------
    about : dict
        What the page needs to unpack it: "dtype"; "shades" if a byte a cell says only its colour; "core" if
        the padding, all zeros, is left out; "levels", how many different cells there are, if they come first
        and then an index for each cell; "outer" if a line comes whose products with itself are the cells.
    packed : bytes

    Examples
    --------
    >>> from convlab.view.scene import Grid
    >>> bell = np.hanning(90)
    >>> about, packed = pack(Grid(np.outer(bell, bell), "bell"), [])
    >>> about, len(packed)
    ({'dtype': 'f8', 'outer': True}, 720)
    """
    array = panel.array if panel.array.dtype.str in _DTYPES else _portable(panel.array)
    if array.dtype.kind == "f" and workable(links) and panel.drawn_as() == "image":
        return {"dtype": "u1", "shades": True}, _shades(array, *panel.limits())
    about = {"dtype": _DTYPES[array.dtype.str]}
    if any(getattr(panel, "inset", ())):
        top, bottom, left, right = panel.inset
        core = array[..., top : array.shape[-2] - bottom, left : array.shape[-1] - right]
        if np.count_nonzero(core) == np.count_nonzero(array):
            about, array = about | {"core": True}, core
    if array.nbytes > _SMALL and (found := _outer(array)):
        return about | {"outer": True}, found
    if array.nbytes > _SMALL and array.itemsize > 1:
        levels, found = _levels(array.reshape(-1))
        if found:
            return about | {"levels": levels}, found
    return about, array.tobytes()


def workable(links):
    """Tell whether the page can work out the cells that these links make."""
    shown = ("window", "stamp", "row")
    return bool(links) and all(link.op not in shown and link.post in POSTS for link in links)


def _portable(array):
    return array.astype("<i4" if array.dtype.kind in "biu" else "<f8")


def _shades(array, low, high):
    """Give each cell its place on the colour scale, 0 to 255."""
    return np.clip((array - low) * (255 / (high - low or 1)) + 0.5, 0, 255).astype(np.uint8).tobytes()


def _outer(array):
    """Give a line, if every cell is exactly the product of two of its numbers."""
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.dtype.kind != "f" or array.min() < 0:
        return b""
    line = np.sqrt(array.diagonal())  # of a square, the root is exact
    return line.tobytes() if np.array_equal(np.outer(line, line), array) else b""


def _levels(cells):
    """Give how many different cells there are, up to 256, and their table with an index for each cell."""
    if len(np.unique(cells[:: 1 + cells.size // 1000])) > 256:  # most maps leave here
        return 0, b""
    table, index = np.unique(cells, return_inverse=True)
    return (len(table), table.tobytes() + index.astype(np.uint8).tobytes()) if len(table) <= 256 else (0, b"")


def runs(numbers):
    """Write whole numbers, or None, as runs [first, step, count]: one if evenly spaced, else one each.

    >>> runs([0, 2, 4]), runs([None, 0, 2])
    ([[0, 2, 3]], [[None, 0, 1], [0, 0, 1], [2, 0, 1]])
    """
    numbers = [number if number is None else int(number) for number in numbers]
    steps = {b - a for a, b in pairwise(numbers)} if None not in numbers else ()
    if len(steps) == 1:
        return [[numbers[0], *steps, len(numbers)]]
    return [[number, 0, 1] for number in numbers]
