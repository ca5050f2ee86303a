"""What a lab shows, as plain data: panels, links between them, and words.

A *panel* is a labelled array. A *link* says which window of one panel makes a cell of another.
`view` draws a scene live in the browser, `plots` draws the same scene once, as a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from convlab.errors import ConvlabError, times

PHOTO = {"kind": "grey", "low": 0, "high": 255}  # how a `Grid` shows a photograph, and
FILTERED = {"kind": "signed", "low": -255, "high": 255}  # a filtered one that falls on both sides of zero
SMALL = 16  # up to this many rows and columns (and as many numbers as they hold), a panel shows its numbers


@dataclass(frozen=True)
class Grid:
    """A labelled array, in colours; where its cells are few, they show their numbers.

    Parameters
    ----------
    array : ndarray
        ``(H, W)``, or ``(N, H, W)`` for N tiles side by side, or ``(H, W, 3)`` uint8 with ``kind="rgb"``.
    title : str
        What the reader sees above it.
    kind : {"", "grey", "signed", "rgb"}
        Colours: from black to white, or centred on zero; ``""`` decides by the sign of the data.
    low, high : float, optional
        Values at the two ends of the colour map; beyond them the colour stays at its end.
    inset : tuple of int
        ``(top, bottom, left, right)``: how many rows and columns of the array are padding.
    unread : tuple of two sequences of int
        Rows and columns that no window reads; they are shaded.
    edits : str, optional
        Each cell becomes a number box; together they edit the control of this name.
    labels : sequence of str
        A caption for each tile.
    step : float
        By how much dragging, or an arrow key with Shift, changes a number box; 1 for whole numbers.
    plain : bool
        The colours mean nothing: no legend, and number boxes of one colour.
    frames : sequence of (top, left, bottom, right)
        The first and last row and column of boxes to draw on a photograph.
    ruler : (left, pitch, length), optional
        Makes one row a strip: cell j spans ``left + j*pitch`` … ``left + (j + 1)*pitch`` of a ruler of this
        length, which other strips share. A strip never shows its numbers.
    """

    array: np.ndarray
    title: str
    kind: str = ""
    low: float | None = None
    high: float | None = None
    inset: tuple[int, int, int, int] = (0, 0, 0, 0)
    unread: tuple[Sequence[int], Sequence[int]] = ((), ())
    edits: str | None = None
    labels: Sequence[str] = ()
    step: float = 0.1
    plain: bool = False
    frames: Sequence[tuple[float, float, float, float]] = ()
    ruler: tuple[float, float, float] | None = None

    def __post_init__(self):
        """Close the array: it may be a photograph, or a result, that other labs show too."""
        array = np.asarray(self.array).view()
        array.flags.writeable = False
        object.__setattr__(self, "array", array)

    def shape(self):
        """Return ``(tiles, rows, columns)``."""
        if self.kind == "rgb" or self.array.ndim == 2:
            return (1, *self.array.shape[:2])
        return self.array.shape

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

    def drawn_as(self):
        """Return how it is drawn: "cells" with their numbers, "image" or "rgb"."""
        if self.kind == "rgb":
            return "rgb"
        tiles, rows, cols = self.shape()
        few = max(rows, cols) <= SMALL and tiles * rows * cols <= SMALL**2
        return "cells" if few and not self.ruler else "image"


@dataclass(frozen=True)
class Curve:
    """Lines over a common x axis; or bars, a row of them for each series.

    Parameters
    ----------
    x : sequence of float
        Positions on the x axis, (N,).
    series : dict of str to sequence of float
        Name → heights, (N,) each.
    title : str
        What the reader sees above it.
    axes : pair of str
        What x and the heights count, with their units.
    mark : float, optional
        Where on the x axis the lab stands now.
    log : bool
        Logarithmic y axis.
    bars : sequence of str
        Names of the N categories, if these are no numbers: they are drawn as bars at ``x = 0 … N − 1``.
    """

    x: Sequence[float]
    series: dict[str, Sequence[float]]
    title: str
    axes: tuple[str, str]
    mark: float | None = None
    log: bool = False
    bars: Sequence[str] = ()

    @property
    def array(self):
        """A row of x, then a row of heights for each series: (1 + S, N)."""
        return np.array([self.x, *self.series.values()], dtype=float)

    def shape(self):
        """Return ``(1, S, N)``: a point is chosen by its series and its place along x."""
        return (1, len(self.series), len(self.x))

    def drawn_as(self):
        """Return how it is drawn: "curve" or "bars"."""
        return "bars" if self.bars else "curve"


@dataclass(frozen=True)
class Tower:
    """The maps of a network as boxes, one behind the other as data flows.

    A box is as high and as deep as its map, and as long as the square root of its channels, to scale.

    Parameters
    ----------
    array : ndarray of int
        Channels, height and width of each map, (N, 3).
    labels : sequence of str
        What made each map, (N,).
    kinds : sequence of str
        What sort of layer that is, (N,); each sort has a colour.
    title : str
        What the reader sees above it.
    mark : int, optional
        The box the lab stands at now.
    """

    array: np.ndarray
    labels: Sequence[str]
    kinds: Sequence[str]
    title: str
    mark: int | None = None

    def shape(self):
        """Return ``(1, 1, N)``: a box is chosen as a cell of one row."""
        return (1, 1, len(self.array))

    def drawn_as(self):
        """Return "tower"."""
        return "tower"

    def captions(self):
        """List each shape once a run of equal ones: ``[(first, last, "64×112×112"), …]``.

        Examples
        --------
        >>> Tower(np.array([(3, 8, 8), (4, 4, 4), (4, 4, 4)]), "abc", "iii", "").captions()
        [(0, 0, '3×8×8'), (1, 2, '4×4×4')]
        """
        named = groupby(range(len(self.array)), lambda place: times(*self.array[place]))
        runs = [(text, list(places)) for text, places in named]
        return [(places[0], places[-1], text) for text, places in runs]


@dataclass(frozen=True)
class Link:
    """Which window of `source` makes each cell of `target`.

    ``target[m, i, j] = bias[m] + Σ source[c, rows.starts[i] + u, cols.starts[j] + v] · kernel[m, c, u, v]``
    Several links into one target add up; the page shows what this gives, so it must be exact.

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
    op : {"dot", "sum", "max", "mean", "window", "stamp", "row"}
        What is done with the window; "window" only outlines it. "stamp" goes the other way: each cell of the
        target is stamped on its window, times the kernel, and the source adds up; without a kernel it only
        outlines. "row": row r of the target belongs to one cell of the source, counted row by row; `rows`
        and `cols` are then empty.
    bias : float or sequence of float
        Added to each output channel.
    groups : int
        As in `conv2d`; ``groups`` equal to the number of tiles links tile to tile.
    post : str
        Name of what happens after the sum, such as "ReLU"; see `packing.POSTS`.
    weights : sequence of float
        The weights of one row of taps, where no panel shows them; all 1 if there are none.
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
    weights: Sequence[float] = ()


@dataclass(frozen=True)
class Scene:
    """Everything a lab shows at one moment.

    Parameters
    ----------
    panels : dict of str to Grid, Curve or Tower
        In the order they are read.
    links : list of Link
        How the panels hang together.
    says : str
        The result in plain sentences, with its numbers; read aloud by screen readers.
    tables : dict of str to (list of list of str or str)
        By name: a list of rows of text, of which the first is the header; or a text, such as a program.
    play : str, optional
        The panel that play, step and step back walk through.
    pick : tuple, optional
        ``(panel, tile, row, column)``: the cell that is chosen at first.
    rows : sequence of sequence of (str or sequence of str)
        How panels stand together where there is room: rows of names, of panels or tables; names in a
        sequence of their own stand below each other. Panels that no row names follow in a row of their own;
        tables that no row names stand behind the picture, each on a page.
    """

    panels: dict[str, Grid | Curve | Tower]
    links: list[Link] = field(default_factory=list)
    says: str = ""
    tables: dict[str, list[list[str]] | str] = field(default_factory=dict)
    play: str | None = None
    pick: tuple[str, int, int, int] | None = None
    rows: Sequence[Sequence[str | Sequence[str]]] = ()

    def arrangement(self, parts=None):
        """Return rows of columns of names: what `rows` says of some parts, then those that it leaves out.

        Parameters
        ----------
        parts : collection of str, optional
            Names of panels and tables; if left out, all panels, and the tables that `rows` names.

        Examples
        --------
        >>> panels = {name: Grid(np.eye(2), name) for name in "abc"}
        >>> Scene(panels, rows=(("a", ("b", "no such panel")),)).arrangement()
        [[['a'], ['b']], [['c']]]
        """
        rows = [[[one] if isinstance(one, str) else list(one) for one in row] for row in self.rows]
        named = {name for row in rows for column in row for name in column}
        if parts is None:
            parts = [*self.panels, *(named & self.tables.keys())]
        rows.append([[name] for name in parts if name not in named])
        rows = [[[name for name in column if name in parts] for column in row] for row in rows]
        return [columns for row in rows if (columns := [column for column in row if column])]

    def first_pick(self):
        """Return the cell chosen at first: `pick`, or the middle of the last link's target."""
        if self.pick or not self.links:
            return self.pick
        name = self.play or self.links[-1].target
        _, rows, cols = self.panels[name].shape()
        return (name, 0, 0, 0) if self.play else (name, 0, rows // 2, cols // 2)

    def windows_of(self, pick):
        """Return ``{panel: (rows, columns)}``: `pick`, and the positions below it that it reads.

        Where several links lead to a panel, the fewest count.

        Parameters
        ----------
        pick : tuple
            ``(panel, tile, row, column)``.

        Examples
        --------
        >>> import numpy as np
        >>> scene = Scene({"x": Grid(np.zeros((5, 5)), "x"), "y": Grid(np.zeros((3, 3)), "y")},
        ...               [Link("x", "y", (range(3), range(3)), (range(3), range(3)))])
        >>> scene.windows_of(("y", 0, 1, 2))
        {'y': ([1], [2]), 'x': ([1, 2, 3], [2, 3, 4])}
        """
        name, _, row, col = pick
        reached = new = {name: ([row], [col])}
        while new:
            new = {
                link.source: self._below(link, *new[link.target])
                for link in self.links
                if link.target in new and link.source not in reached
            }
            reached = reached | new
        return reached

    def _below(self, link, rows, cols):
        if link.op != "row":
            return _reads(link.rows, rows), _reads(link.cols, cols)
        wide = self.panels[link.source].shape()[2]
        return sorted({row // wide for row in rows}), sorted({row % wide for row in rows})


def _reads(axis, cells):
    starts, taps = axis
    reading = [i for i in cells if 0 <= i < len(starts) and starts[i] is not None]
    return sorted({starts[i] + tap for i in reading for tap in taps})


def check(scene, most):
    """Raise `ConvlabError` if a scene has too many panels, or one holds what cannot be drawn honestly."""
    if len(scene.panels) > most:
        raise ConvlabError(f"The lab would show {len(scene.panels)} panels. The view has room for {most}.")
    for name, panel in scene.panels.items():
        if panel.array.dtype.kind == "f" and not np.isfinite(panel.array).all():
            raise ConvlabError(
                f"The panel “{name}” would hold numbers that are not finite. Use smaller values."
            )
