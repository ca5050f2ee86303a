"""Notebook 02: where the windows stand, on one row of pixels and on a whole grid."""

from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from convlab import geometry, ops
from convlab.arguments import named_sides, pair
from convlab.errors import ConvlabError, minus, whole
from convlab.labs.base import Lab, choice, slider
from convlab.scene import SMALL, Link, Panel, Scene

RULE = "⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1"
OWN = "your own p"
RULES = [OWN, "valid", "same", "full"]
MOST = 256  # beyond it windows cannot be seen
_OPS = {"sum of the window": "sum", "max pooling": "max", "mean pooling": "mean"}


def stride_lab(n=7, kernel=3, stride=2, padding=0, dilation=1, op="sum of the window"):
    """See every window of a kernel, on one row of pixels and on a grid.

    The pixels are numbered 0, 1, 2 … and every weight is 1.

    Parameters
    ----------
    n : int or (int, int)
        Input size in pixels, or (height, width).
    kernel, stride, dilation : int
        As in `output_size`, the same along both axes.
    padding : int or {"valid", "same", "full"}
        Pixels added at each end, or the name of a rule that chooses them.
    op : {"sum of the window", "max pooling", "mean pooling"}
        What a window gives.

    Returns
    -------
    Lab
        Controls: height, width, kernel, stride, padding, p, dilation, op.
    """
    height, width = pair("n", n, 1)
    kernel, stride, dilation = (
        whole(name, value) for name, value in (("kernel", kernel), ("stride", stride), ("dilation", dilation))
    )
    rule, p = (padding, 0) if isinstance(padding, str) else (OWN, whole("padding", padding))
    if rule not in RULES:
        raise ConvlabError(f"padding is {rule!r}. It must be pixels, or one of: {', '.join(RULES[1:])}.")
    controls = {
        "height": slider("height", height, 1, min(MOST, max(28, height))),
        "width": slider("width", width, 1, min(MOST, max(28, width))),
        "kernel": slider("kernel k", kernel, 1, min(MOST, max(9, kernel))),
        "stride": slider("stride s", stride, 0, min(MOST, max(5, stride))),
        "dilation": slider("dilation d", dilation, 0, min(MOST, max(4, dilation))),
        "p": slider("padding p", p, 0, min(MOST, max(6, p))),
        "padding": widgets.ToggleButtons(
            value=rule,
            options=RULES,
            description="which padding",
            style={"button_width": "auto", "description_width": "110px"},
            layout={"width": "auto", "height": "auto"},
        ),
        "op": choice("a window gives", op, list(_OPS)),
    }

    def only_own_has_p(change):
        controls["p"].disabled = controls["padding"].value != OWN

    only_own_has_p(None)
    controls["padding"].observe(only_own_has_p, "value")
    return Lab("stride_lab", controls, _draw)


def _draw(height, width, kernel, stride, dilation, p, padding, op):
    k, s, d = ((value, value) for value in (kernel, stride, dilation))
    top_bottom, left_right = margins = named_sides(p if padding == OWN else padding, (height, width), k, s, d)
    rows, cols = (
        _axis(height, kernel, stride, top_bottom, dilation),
        _axis(width, kernel, stride, left_right, dilation),
    )
    row, grid = np.arange(width)[None], np.arange(height * width).reshape(height, width)
    flat = ((0, 0), left_right)  # one row of pixels: nothing above, nothing below
    row_out = _give(op, row, (1, kernel), (1, stride), flat, (1, dilation))
    edge, unread = (0, 0, *left_right), ((), cols.unread)
    panels = {
        "strip": Panel(ops.pad(row, flat), "one row", inset=edge, unread=unread, ruler=cols.rulers[0]),
        "windows": Panel(cols.stairs, "its windows, one a line", inset=edge, unread=unread),
        "strip_output": Panel(row_out, "its output", ruler=cols.rulers[1]),
        "input": Panel(
            ops.pad(grid, margins),
            "input",
            inset=(*top_bottom, *left_right),
            unread=(rows.unread, cols.unread),
        ),
        "output": Panel(_give(op, grid, k, s, margins, d), "output"),
        "reads": Panel(np.outer(rows.counts, cols.counts), "times read"),
    }
    says = _says(rows, cols, panels["reads"].array)
    return Scene(panels, _links(rows, cols, _OPS[op]), says, _table(rows, cols), play="output")


def _links(rows, cols, op):
    first_row, each = lambda count: ((0,) * count, (0,)), lambda count: (range(count), (0,))
    return [
        Link("strip", "windows", first_row(len(cols.starts)), each(cols.stairs.shape[1]), op="window"),
        Link("strip", "strip_output", first_row(1), (cols.starts, cols.taps), op=op),
        Link("input", "output", (rows.starts, rows.taps), (cols.starts, cols.taps), op=op),
        Link("reads", "output", rows.bare, cols.bare, op="window"),
        Link("strip_output", "output", first_row(len(rows.starts)), each(len(cols.starts)), op="window"),
    ]


class _Axis(NamedTuple):
    """The windows along one axis. Positions count from the first padding, pixels from the first pixel."""

    n: int
    before: int
    after: int
    bare: geometry.Windows  # in pixels
    starts: range  # in positions
    taps: range
    stairs: np.ndarray  # (outputs, positions): 1 where a window reads
    counts: np.ndarray  # how many windows read each pixel
    unread: list  # positions that no window reads
    left_over: int  # positions beyond the last window
    formula: str
    rulers: tuple  # where the cells of a long row and of its outputs lie, each output over its window


def _axis(n, kernel, stride, margins, dilation):
    before, after = margins
    bare = geometry.windows(n, kernel, stride=stride, padding=margins, dilation=dilation)
    starts, out = range(0, len(bare.starts) * stride, stride), len(bare.starts)
    stairs = np.zeros((out, n + before + after), np.int32)
    stairs[np.arange(out)[:, None], np.add.outer(starts, bare.taps)] = 1
    reads = stairs.sum(0)
    room = n + before + after - bare.taps[-1] - 1
    pads = f"2·{before}" if before == after else f"{before} + {after}"
    whole, rest = divmod(room, stride)
    formula = f"⌊({n} + {pads} − {dilation}·({kernel} − 1) − 1)/{stride}⌋ + 1 = ⌊{room}/{stride}⌋ + 1 = "
    if rest:
        formula += f"⌊{room / stride:.4g}⌋ + 1 = "
    formula += f"{whole} + 1 = {out}"
    counts, unread = reads[before : before + n], np.flatnonzero(reads == 0).tolist()
    length, span = n + before + after, bare.taps[-1] + 1
    rulers = (
        ((0, 1, length), (max(0, (span - stride) / 2), stride, length)) if length > SMALL else (None, None)
    )
    return _Axis(n, before, after, bare, starts, bare.taps, stairs, counts, unread, rest, formula, rulers)


def _give(op, x, kernel, stride, margins, dilation):
    if op == "max pooling":
        return ops.max_pool2d(x, kernel, stride=stride, padding=margins, dilation=dilation)
    if op == "mean pooling":
        return ops.avg_pool2d(x, kernel, stride=stride, padding=margins, dilation=dilation)
    return ops.conv2d(x, np.ones(kernel), stride=stride, padding=margins, dilation=dilation)


def _says(rows, cols, reads):
    text = f"Input {rows.n}×{cols.n}, output {len(rows.starts)}×{len(cols.starts)}. "
    if rows.formula == cols.formula:
        text += f"Along each axis: {cols.formula}. " + _why("column", cols)
    else:
        text += f"Height: {rows.formula}. {_why('row', rows)}Width: {cols.formula}. {_why('column', cols)}"
    corner, edge, middle = reads[0, 0], reads[0].max(), reads.max()
    return text + f"Times read: top left corner {corner}, top edge up to {edge}, whole input up to {middle}."


def _why(name, axis):
    """Say which lines no window reads, and why."""
    text, last = "", axis.n + axis.after - 1
    if axis.left_over:
        start = axis.bare.starts[-1] + axis.bare.starts.step
        text = (
            f"One more window would start at {name} {start} and need {name} {start + axis.taps[-1]}, "
            f"but the last is {last}{', in the padding' if axis.after else ''}. "
        )
    return text + (f"Never read (red stripes): {_unread(name, axis)}. " if axis.unread else "")


def _unread(name, axis):
    places = [place - axis.before for place in axis.unread]
    pixels = [place for place in places if 0 <= place < axis.n]
    padding = [place for place in places if not 0 <= place < axis.n]
    parts = [_list(name, pixels)] if pixels else []
    return " and ".join(parts + ([f"{_list(name, padding)} of the padding"] if padding else [])) or "none"


def _list(name, places):
    places = [minus(place) for place in places]
    shown = ", ".join(places if len(places) <= 6 else places[:4])
    more = f" … {places[-1]} ({len(places)} {name}s)" if len(places) > 6 else ""
    return f"{name} {shown}" if len(places) == 1 else f"{name}s {shown}{more}"


def _table(rows, cols):
    lines = [["", RULE, "windows start at", "never read"]]
    for name, kind, axis in (("height", "row", rows), ("width", "column", cols)):
        starts = [minus(start) for start in axis.bare.starts]
        shown = ", ".join(starts if len(starts) <= 5 else [*starts[:3], f"… {starts[-1]}"])
        lines.append([name, axis.formula, shown, _unread(kind, axis)])
    return lines
