"""What a lab shows, as plain data: panels, links between them, and words.

A *panel* is a labelled array. A *link* says which window of one panel makes a cell of another.
`view` draws a scene live in the browser, `plots` draws the same scene once, as a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from convlab.errors import ConvlabError

# Signed maps: dark blue (negative), grey (zero), pale orange (positive). Brightness grows all the way,
# so the sign can be read without colour.
SIGNED = ((8, 48, 107), (136, 136, 136), (255, 214, 140))
GREY = ((0, 0, 0), (128, 128, 128), (255, 255, 255))
SMALL = 16  # up to this many rows and columns (and as many numbers as they hold), a panel shows its numbers


@dataclass(frozen=True)
class Panel:
    """A labelled array.

    Parameters
    ----------
    array : ndarray
        ``(H, W)``, or ``(N, H, W)`` for N tiles side by side, or ``(H, W, 3)`` uint8 with ``kind="rgb"``,
        or ``(1 + S, N)`` with ``kind="curve"``: a row of x, then one row of y for each of S series.
    title : str
        What the reader sees above it.
    kind : {"", "grey", "signed", "rgb", "curve"}
        Colours: from black to white, or centred on zero; ``""`` decides by the sign of the data.
    low, high : float, optional
        Values at the two ends of the colour map; beyond them the colour stays at its end. Equal ones
        leave all that lies above in one colour, without a legend.
    inset : tuple of int
        ``(top, bottom, left, right)``: how many rows and columns of the array are padding.
    editable : bool
        Each cell becomes a number box that edits the lab's control of the same name.
    unread : tuple of two sequences of int
        Rows and columns that no window reads; they are shaded.
    labels : sequence of str
        A caption for each tile, or a name for each series of a curve.
    mark : float, optional
        Curves only: where on the x axis the lab stands now.
    log : bool
        Curves only: logarithmic y axis.
    step : float
        By how much dragging, or an arrow key with Shift, changes a number box; 1 for whole numbers.
    ruler : (float, float, float), optional
        For one row: draw it as a strip on a ruler that strips of other maps share, ``(left, pitch, length)``:
        cell j spans ``left + j*pitch`` … ``left + (j + 1)*pitch`` of a ruler of that length.
    """

    array: np.ndarray
    title: str
    kind: str = ""
    low: float | None = None
    high: float | None = None
    inset: tuple[int, int, int, int] = (0, 0, 0, 0)
    editable: bool = False
    unread: tuple[Sequence[int], Sequence[int]] = ((), ())
    labels: Sequence[str] = ()
    mark: float | None = None
    log: bool = False
    step: float = 0.1
    ruler: tuple[float, float, float] | None = None

    def shape(self):
        """Return ``(tiles, rows, columns)``."""
        if self.kind == "rgb" or self.array.ndim == 2:
            return (1, *self.array.shape[:2])
        return self.array.shape

    def drawn_as(self):
        """Return how it is drawn: "cells" with their numbers, "image", "rgb" or "curve"."""
        if self.kind in ("rgb", "curve"):
            return self.kind
        tiles, rows, cols = self.shape()
        few = max(rows, cols) <= SMALL and tiles * rows * cols <= SMALL**2
        return "cells" if self.ruler is None and few else "image"

    def signed(self):
        """Tell whether the colours are centred on zero."""
        return self.kind == "signed" or (self.kind == "" and self.array.min(initial=0) < 0)

    def limits(self):
        """Return the values at the two ends of the colour map."""
        if self.low is not None and self.high is not None:
            return float(self.low), float(self.high)
        if self.array.dtype == np.uint8:
            return 0.0, 255.0
        most = float(np.abs(self.array).max(initial=0)) or 1.0
        return (-most, most) if self.signed() else (min(0.0, float(self.array.min(initial=0))), most)


@dataclass(frozen=True)
class Link:
    """Which window of `source` makes each cell of `target`.

    ``target[m, i, j] = bias[m] + Σ source[c, rows.starts[i] + u, cols.starts[j] + v] · kernel[m, c, u, v]``

    Parameters
    ----------
    source, target : str
        Names of panels.
    rows, cols : pair of sequences of int
        ``(starts, taps)`` along each axis, as `geometry.windows` gives them, counted in the source's array
        (padding included). Positions outside the array count as zero. A start of None reads nothing:
        that cell of the target is padding itself.
    kernel : str, optional
        The panel with the weights; its tiles are output channel by input channel.
    op : {"dot", "sum", "max", "mean", "window"}
        What is done with the window; "window" only outlines it.
    bias : float or sequence of float
        Added to each output channel.
    groups : int
        As in `conv2d`; ``groups`` equal to the number of tiles links tile to tile.
    post : str
        Name of what happens after the sum, such as "ReLU".
    """

    source: str
    target: str
    rows: tuple[Sequence[int], Sequence[int]]
    cols: tuple[Sequence[int], Sequence[int]]
    kernel: str | None = None
    op: str = "dot"
    bias: float | Sequence[float] = 0.0
    groups: int = 1
    post: str = ""


@dataclass(frozen=True)
class Scene:
    """Everything a lab shows at one moment.

    Parameters
    ----------
    panels : dict of str to Panel
        In the order they are read.
    links : list of Link
        How the panels hang together.
    says : str
        The result in plain sentences, with its numbers; read aloud by screen readers.
    table : list of list of str, optional
        Rows of text; the first row is the header. After an empty row another table begins, with its header.
    play : str, optional
        The panel that play, step and step back walk through.
    pick : tuple, optional
        ``(panel, tile, row, column)``: the cell that is chosen at first.
    """

    panels: dict[str, Panel]
    links: list[Link] = field(default_factory=list)
    says: str = ""
    table: list[list[str]] | None = None
    play: str | None = None
    pick: tuple[str, int, int, int] | None = None

    def first_pick(self):
        """Return the cell chosen at first: `pick`, or the middle of the last link's target."""
        if self.pick or not self.links:
            return self.pick
        name = self.play or self.links[-1].target
        _, rows, cols = self.panels[name].shape()
        return (name, 0, 0, 0) if self.play else (name, 0, rows // 2, cols // 2)

    def windows_of(self, pick):
        """Return ``{panel: (rows, columns)}``, the positions below `pick` that it reads, link by link.

        Parameters
        ----------
        pick : tuple
            ``(panel, tile, row, column)``.

        Examples
        --------
        >>> import numpy as np
        >>> scene = Scene({"x": Panel(np.zeros((5, 5)), "x"), "y": Panel(np.zeros((3, 3)), "y")},
        ...               [Link("x", "y", (range(3), range(3)), (range(3), range(3)))])
        >>> scene.windows_of(("y", 0, 1, 2))
        {'x': ([1, 2, 3], [2, 3, 4])}
        """
        name, _, row, col = pick
        reached = {name: ([row], [col])}
        for link in reversed(self.links):
            if link.target in reached and link.source not in reached:
                rows, cols = reached[link.target]
                reached[link.source] = (_reads(link.rows, rows), _reads(link.cols, cols))
        del reached[name]
        return reached


def _reads(axis, cells):
    starts, taps = axis
    reading = [i for i in cells if 0 <= i < len(starts) and starts[i] is not None]
    return sorted({starts[i] + tap for i in reading for tap in taps})


def number(value, digits=4):
    """Write a number for a sentence: `digits` significant digits, a real minus sign.

    >>> number(-0.333333)
    '−0.3333'
    """
    return f"{round(float(value), 12) + 0.0:.{digits}g}".replace("-", "−")  # no −0, no rounding dust


def check(scene):
    """Raise `ConvlabError` if a panel holds something that cannot be drawn honestly."""
    for name, panel in scene.panels.items():
        if panel.array.dtype.kind == "f" and not np.isfinite(panel.array).all():
            raise ConvlabError(
                f"The panel “{name}” would hold numbers that are not finite. Use smaller values."
            )
