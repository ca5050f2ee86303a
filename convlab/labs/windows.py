"""Notebook 02: where the windows stand, what is written around a picture, what frameworks make of both."""

from typing import NamedTuple

import numpy as np

from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.inputs import MODES, layout, pair
from convlab.errors import minus, named, number, whole
from convlab.labs.controls import also_show, asked, buttons, calm, one_of, photo, picture, ranged, typed
from convlab.labs.lab import lab, say
from convlab.networks.programs import conventions
from convlab.view.scene import SMALL, Grid, Link, Scene

MORE = {"one row": ("strip", "windows", "strip_output"), "times read": ("reads",)}
RULE = "⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1"
OWN = "your own p"
RULES = [OWN, "valid", "same", "full"]
MOST = 256  # beyond it windows cannot be seen
ENDS = {"height": 28, "width": 28, "kernel": 9, "stride": 5, "dilation": 4, "p": 6}  # of sliders, at least
_OPS = {  # what a window gives, as a link names it, and who computes it
    "sum of the window": ("sum", lambda x, kernel, **how: ops.conv2d(x, np.ones(kernel), **how)),
    "max pooling": ("max", ops.max_pool2d),
    "mean pooling": ("mean", ops.avg_pool2d),
}


def _start(n=7, kernel=3, stride=2, padding=0, dilation=1, op="sum of the window", also="nothing more"):
    height, width = pair("n", n, 1)
    rule, p = (named("padding", padding, RULES), 0) if isinstance(padding, str) else (OWN, padding)
    sizes = dict(zip(ENDS, (height, width, kernel, stride, dilation, p), strict=True))
    ends = {name: min(max(ENDS[name], whole(name, value)), MOST) for name, value in sizes.items()}
    return {**sizes, "padding": rule, "op": op, "also": also, "ends": ends}


def _slider(name, label, low, **rules):
    return ranged(label, low, lambda ends: ends[name], **rules)


@lab(
    _start,
    height=_slider("height", "height", 1),
    width=_slider("width", "width", 1),
    kernel=_slider("kernel", "kernel k", 1),
    stride=_slider("stride", "stride s", 0),
    dilation=_slider("dilation", "dilation d", 0),
    p=_slider("p", "padding p", 0, when=lambda padding: padding == OWN),
    padding=buttons("which padding", RULES),
    op=one_of("a window gives", _OPS),
    also=also_show(*MORE),
)
def stride_lab(height, width, kernel, stride, dilation, p, padding, op, also="nothing more"):
    """See every window of a kernel on a grid, and on one row of pixels.

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
    also : str
        What is shown besides: "one row", "times read" or "everything".
    """
    size, k, pads = (height, width), (kernel, kernel), p if padding == OWN else padding
    margins, windows = layout(size, k, stride, pads, dilation)
    rows, cols = (axis_of(*axis) for axis in zip(size, margins, windows, strict=True))
    row, grid = np.arange(width)[None], np.arange(height * width).reshape(size)
    flat = ((0, 0), margins[1])  # one row of pixels: nothing above, nothing below
    (link, give), steps = _OPS[op], {"stride": stride, "dilation": dilation}
    edge = {"inset": (0, 0, *margins[1]), "unread": ((), cols.unread)}
    edges = {"inset": (*margins[0], *margins[1]), "unread": (rows.unread, cols.unread)}
    above, below = _rulers(cols.stairs.shape[1], *cols.places)
    panels = {
        "strip": Grid(ops.pad(row, flat), "one row", ruler=above, **edge),
        "windows": Grid(cols.stairs, "its windows, one a line", **edge),
        "strip_output": Grid(give(row, (1, kernel), padding=flat, **steps), "its output", ruler=below),
        "input": Grid(ops.pad(grid, margins), "input", **edges),
        "output": Grid(give(grid, k, padding=margins, **steps), "output"),
        "reads": Grid(np.outer(rows.counts, cols.counts), "times read"),
    }
    says = _sizes(rows, cols)
    if asked("times read", also):
        reads = panels["reads"].array
        says += " " + say("stride_lab", "times_read", reads=reads, top=reads[0])
    strips, grids = MORE["one row"], ("input", "output", "reads")  # long strips stand above the grids
    tables, places = {"rule": _formulas(rows, cols)}, ((strips,), grids) if above else ((strips, *grids),)
    scene = Scene(panels, _links(rows, cols, link), says, tables, play="output", rows=places)
    return calm(scene, MORE, also)


def _rulers(length, starts, taps):
    """Put a row too long for numbers on a ruler, and its output, each cell over its window; else None."""
    over = (taps[-1] + 1 - starts.step) / 2  # below 0 where outputs are wider than windows, and stand out
    whole = length + 2 * max(0, -over)
    row, output = (max(0, -over), 1, whole), (max(0, over), starts.step, whole)
    return (row, output) if length > SMALL else (None, None)


def _links(rows, cols, op):
    first_row, each = lambda count: ((0,) * count, (0,)), lambda count: (range(count), (0,))
    (high, wide), length = (len(axis.stairs) for axis in (rows, cols)), cols.stairs.shape[1]
    return [
        Link("strip", "windows", first_row(wide), each(length), op="window"),
        Link("strip", "strip_output", first_row(1), cols.places, op=op),
        Link("input", "output", rows.places, cols.places, op=op),
        Link("reads", "output", rows.pixels, cols.pixels, op="window"),
        Link("strip_output", "output", first_row(high), each(wide), op="window"),
    ]


class Axis(NamedTuple):
    """The windows along one axis. Positions count from the first padding, pixels from the first pixel."""

    n: int
    margins: tuple  # positions before the first pixel, and after the last
    pixels: geometry.Windows  # counted in pixels
    places: geometry.Windows  # the same, counted in positions
    stairs: np.ndarray  # (outputs, positions): 1 where a window reads
    counts: np.ndarray  # how many windows read each pixel
    unread: list  # positions that no window reads
    left_over: int  # positions beyond the last window
    formula: str


def axis_of(n, margins, pixels):
    """Describe the windows along one axis."""
    (before, after), (starts, taps) = margins, pixels.from_zero()
    length, out, step = n + before + after, len(starts), starts.step
    stairs = np.zeros((out, length), np.int32)
    stairs[np.arange(out)[:, None], np.add.outer(starts, taps)] = 1
    reads, room = stairs.sum(0), length - taps[-1] - 1
    pads = f"2·{before}" if before == after else f"{before} + {after}"
    whole, rest = divmod(room, step)
    formula = f"⌊({n} + {pads} − {taps.step}·({len(taps)} − 1) − 1)/{step}⌋ + 1 = ⌊{room}/{step}⌋ + 1 = "
    formula += f"⌊{room / step:.4g}⌋ + 1 = " * bool(rest) + f"{whole} + 1 = {out}"
    counts, unread = reads[before : before + n], np.flatnonzero(reads == 0).tolist()
    return Axis(n, margins, pixels, pixels.from_zero(), stairs, counts, unread, rest, formula)


def _sizes(rows, cols):
    size = say("stride_lab", "size", input=(rows.n, cols.n), output=(len(rows.stairs), len(cols.stairs)))
    if rows.formula == cols.formula:
        return f"{size} {_along('each', 'column', cols)}"
    return f"{size} {_along('height', 'row', rows)} {_along('width', 'column', cols)}"


def _along(which, name, axis):
    """Say how many windows fit along an axis, which lines no window reads, and why."""
    padding = ", in the padding" if axis.margins[1] else ""
    start = axis.pixels.starts[-1] + axis.pixels.starts.step
    places = {"start": start, "need": start + axis.pixels.taps[-1], "last": axis.n + axis.margins[1] - 1}
    sentences = (which, axis.left_over and "one_more", axis.unread and "unread")
    lines = {"name": name, "unread": _unread(name, axis), "padding": padding}
    return say("stride_lab", *sentences, formula=axis.formula, **places, **lines)


def _unread(name, axis):
    places = [place - axis.margins[0] for place in axis.unread]
    pixels, padding = ([one for one in places if (0 <= one < axis.n) == inside] for inside in (True, False))
    parts = ((pixels, ""), (padding, " of the padding"))
    return " and ".join(_list(name, found) + where for found, where in parts if found) or "none"


def _list(name, places):
    places = [minus(place) for place in places]
    shown = ", ".join(places if len(places) <= 6 else places[:4])
    more = f" … {places[-1]} ({len(places)} {name}s)" if len(places) > 6 else ""
    return f"{name} {shown}" if len(places) == 1 else f"{name}s {shown}{more}"


def _formulas(rows, cols):
    lines = [["", RULE, "windows start at", "never read"]]
    for name, kind, axis in (("height", "row", rows), ("width", "column", cols)):
        starts = [minus(start) for start in axis.pixels.starts]
        shown = ", ".join(starts if len(starts) <= 5 else [*starts[:3], f"… {starts[-1]}"])
        lines.append([name, axis.formula, shown, _unread(kind, axis)])
    return lines


SIDE = 128  # photographs are reduced to this many pixels: two maps of them with a border are sent at a step
_ELSEWHERE = {  # the same border under other names: numpy, PyTorch, scipy.ndimage, OpenCV
    "zeros": ("constant", "zeros", "constant", "CONSTANT"),
    "reflect": ("reflect", "reflect", "mirror", "REFLECT_101"),
    "replicate": ("edge", "replicate", "nearest", "REPLICATE"),
    "circular": ("wrap", "circular", "grid-wrap", "WRAP"),
    "symmetric": ("symmetric", "—", "reflect", "REFLECT"),
}


@lab(
    **picture(),
    mode=one_of("border", MODES),
    kernel=one_of("kernel", kernels.PRESETS),
    size=ranged("picture (px)", 4, SIDE),
    padding=ranged("padding p", 0, 24),
)
def border_lab(image="camera", mode="zeros", kernel="laplacian, 8 neighbours", *, size=SIDE, padding=12):
    """Continue a picture beyond its edges in five ways, and filter the result.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    mode : {"zeros", "reflect", "replicate", "circular", "symmetric"}
        What the border holds.
    kernel : str
        A name in `kernels.PRESETS`.
    size : int
        Rows and columns of the picture that are used, from its middle, 4 to 128.
    padding : int
        Width of the border, in pixels, 0 to 24.
    """
    middle = slice((SIDE - size) // 2, (SIDE - size) // 2 + size)
    padded = ops.pad(photo(image, SIDE)[middle, middle], padding, mode)
    weights = kernels.preset(kernel)
    y = ops.conv2d(padded, weights).astype(np.float32)
    window = geometry.windows(len(padded), 3)
    panels = {
        "input": Grid(padded, "picture and border"),
        "kernel": Grid(weights, "kernel", "signed"),
        "output": Grid(y, "output", "signed"),
    }
    links = [Link("input", "output", window, window, kernel="kernel")]
    rows = (("input", "kernel", "output"), ("borders",))
    seen = ops.conv2d(ops.pad(np.ones((size, size)), padding), np.ones((3, 3)))  # of the picture, by windows
    found = {"inside": _typical(y[seen == 9]), "seam": _typical(y[(0 < seen) & (seen < 9)])}
    says = say("border_lab", "size", "seam" if padding else "bare", mode=mode, padding=padding, y=y, **found)
    return Scene(panels, links, says, {"borders": _borders(mode)}, rows=rows)


def _typical(values):
    if not values.any():
        return "0 everywhere"
    return f"±{number(np.abs(values).mean(), 3)} on average and ±{number(np.abs(values).max())} at most"


def _borders(mode):
    lines = [["border", "the row 1 2 3 4 5 6 continues", "numpy.pad", "PyTorch", "scipy.ndimage", "OpenCV"]]
    for name, others in _ELSEWHERE.items():
        row = ops.pad([range(1, 7)], ((0, 0), (3, 3)), name)[0]
        parts = (" ".join(map(str, part)) for part in np.split(row, [3, -3]))
        lines.append([f"→ {name}" if name == mode else name, " | ".join(parts), *others])
    return lines


@lab(
    n=typed("input n", 1, 1000),
    kernel=typed("kernel k", 1, 100),
    stride=typed("stride s", 0, 100),
    padding=typed("padding p", 0, 100),
    dilation=typed("dilation d", 0, 100),
)
def conventions_lab(n=224, kernel=7, stride=2, padding=3, dilation=1):
    """Compare sizes, padding and windows of PyTorch, of Keras's "same" and of pooling, along one axis.

    Parameters
    ----------
    n, kernel, stride, padding, dilation : int
        As in `output_size`. Keras "same" chooses its own padding.
    """
    found = conventions(n, kernel, stride, padding, dilation)
    span = dilation * (kernel - 1) + 1
    before = max(pads[0] for pads, *_ in found.values())
    ends = [max(n - 1 + pads[1], windows.starts[-1] + span - 1) for pads, windows, *_ in found.values()]
    after = max(ends) - n + 1
    spare = max(0, stride - span) / 2  # outputs wider than their windows stand out by it on either side
    row, length = np.pad(np.arange(n), (before, after))[None], before + n + after + 2 * spare
    panels = {"input": Grid(row, "pixels", inset=(0, 0, before, after), ruler=(spare, 1, length))}
    links, table = [], [["", "padding", "output", "reads", "call", "in convlab"]]
    for name, (pads, (starts, taps), theirs, ours) in found.items():
        left = spare + before + starts[0] + (span - stride) / 2
        title = name.split()[-1].partition("=")[0] if "PyTorch" in name else name
        panels[name] = Grid(np.array(starts)[None] - starts[0], title, "grey", ruler=(left, stride, length))
        shifted = range(before + starts[0], before + starts[-1] + 1, stride)
        links.append(Link("input", name, ((0,), (0,)), (shifted, taps), op="window"))
        reads = f"{minus(starts[0])}\u00a0…\u00a0{starts[-1] + taps[-1]}"
        table.append([name, f"{pads[0]} + {pads[1]}", str(len(starts)), reads, theirs, ours])
    says, rows = _compare(n, kernel, stride, dilation, found), ((list(panels),), ("calls",))
    return Scene(panels, links, says, {"calls": table}, pick=("Keras same", 0, 0, 0), rows=rows)


def _compare(n, kernel, stride, dilation, found):
    (mine, torch, *_), (same, keras, *_), (_, floor, *_), (_, ceil, *_) = found.values()
    here, there = torch.starts[0], keras.starts[0]
    where = f"the first windows start at {minus(here)} and {minus(there)}"
    where = f"both start at {minus(here)}" if here == there else where
    odd = ", and the odd one goes to the end" if same[0] != same[1] else ""
    sentences = (
        "alike" if torch == keras else "differ",
        "hangs" if len(ceil.starts) > len(floor.starts) else "same_ceil",
        stride > 1 and dilation > 1 and "keras",
        mine[0] > kernel // 2 and "pooling",
    )
    counts = {"p": mine[0], "ours": len(torch.starts), "theirs": len(keras.starts), "n": n, "stride": stride}
    over = ceil.starts[-1] + ceil.taps[-1] - (n - 1 + mine[1])
    return say("conventions_lab", *sentences, **counts, where=where, same=same, odd=odd, over=over)
