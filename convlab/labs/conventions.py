"""Notebook 02: one set of numbers, and what each framework makes of it."""

import ipywidgets as widgets
import numpy as np

from convlab import geometry
from convlab.errors import minus, whole
from convlab.labs.base import Lab
from convlab.scene import Link, Panel, Scene


def conventions_lab(n=224, kernel=7, stride=2, padding=3, dilation=1):
    """Compare sizes, padding and windows of PyTorch, of Keras's "same" and of pooling, along one axis.

    Parameters
    ----------
    n, kernel, stride, padding, dilation : int
        As in `output_size`. Keras "same" chooses its own padding.

    Returns
    -------
    Lab
        Controls: n, kernel, stride, padding, dilation.
    """
    controls = {
        "n": _box("input n", n, 1, 1000),
        "kernel": _box("kernel k", kernel, 1, 100),
        "stride": _box("stride s", stride, 0, 100),
        "padding": _box("padding p", padding, 0, 100),
        "dilation": _box("dilation d", dilation, 0, 100),
    }
    return Lab("conventions_lab", controls, _draw)


def _box(label, value, low, high):
    whole(label, value, low)
    return widgets.BoundedIntText(
        value=value, min=low, max=high, description=label, layout={"width": "170px"}
    )


def conventions(n, kernel, stride=1, padding=0, dilation=1):
    """List what each convention makes of the same numbers.

    Parameters
    ----------
    n, kernel, stride, padding, dilation : int
        As in `output_size`.

    Returns
    -------
    dict
        Name → (padding before and after, windows, the framework's call, convlab's call).

    Raises
    ------
    ConvlabError
        As `output_size`.

    References
    ----------
    Documentation of torch.nn.Conv2d, torch.nn.MaxPool2d and keras.layers.Conv2D.

    Examples
    --------
    >>> for name, (pads, windows, *_) in conventions(224, 7, 2, 3).items():
    ...     print(name, pads, len(windows.starts))
    PyTorch Conv2d (3, 3) 112
    Keras same (2, 3) 112
    PyTorch MaxPool2d (3, 3) 112
    PyTorch MaxPool2d, ceil_mode=True (3, 3) 113
    """
    mine, same = (padding, padding), geometry.same_padding(n, kernel, stride, dilation)
    s, strides = (f", {name}={stride}" if stride > 1 else "" for name in ("stride", "strides"))
    d, rate = (f", {name}={dilation}" if dilation > 1 else "" for name in ("dilation", "dilation_rate"))
    p = f", padding={padding}" if padding else ""
    pool, ceil, keep = f"{kernel}, stride={stride}{p}{d}", "ceil_mode=True", 'padding="same"'
    calls = {
        "PyTorch Conv2d": (f"nn.Conv2d(c_in, c_out, {kernel}{s}{p}{d})", f"conv2d(x, w{s}{p}{d})"),
        "Keras same": (
            f"layers.Conv2D(c_out, {kernel}{strides}, {keep}{rate})",
            f"conv2d(x, w{s}, {keep}{d})",
        ),
        "PyTorch MaxPool2d": (f"nn.MaxPool2d({pool})", f"max_pool2d(x, {pool})"),
        f"PyTorch MaxPool2d, {ceil}": (f"nn.MaxPool2d({pool}, {ceil})", f"max_pool2d(x, {pool}, {ceil})"),
    }
    result = {}
    for name, (theirs, ours) in calls.items():
        pads = same if name == "Keras same" else mine
        options = {"stride": stride, "padding": pads, "dilation": dilation, "ceil_mode": ceil in name}
        result[name] = pads, geometry.windows(n, kernel, **options), theirs, ours
    return result


def _draw(n, kernel, stride, padding, dilation):
    found = conventions(n, kernel, stride, padding, dilation)
    span = dilation * (kernel - 1) + 1
    before = max(pads[0] for pads, *_ in found.values())
    ends = [max(n - 1 + pads[1], windows.starts[-1] + span - 1) for pads, windows, *_ in found.values()]
    after = max(ends) - n + 1
    length = before + n + after
    row = np.pad(np.arange(n), (before, after))[None]
    panels = {"input": Panel(row, "pixels", inset=(0, 0, before, after), ruler=(0, 1, length))}
    links, table = [], [["", "padding", "output", "reads", "call", "in convlab"]]
    for name, (pads, (starts, taps), theirs, ours) in found.items():
        left = max(0, before + starts[0] + (span - stride) / 2)
        values = np.array(starts)[None] - starts[0]
        panels[name] = Panel(
            values,
            name.split()[-1].partition("=")[0] if "PyTorch" in name else name,
            "grey",
            ruler=(left, stride, max(length, left + stride * len(starts))),
        )
        shifted = range(before + starts[0], before + starts[-1] + 1, stride)
        links.append(Link("input", name, ((0,), (0,)), (shifted, taps), op="window"))
        reads = f"{minus(starts[0])}\u00a0…\u00a0{starts[-1] + taps[-1]}"
        table.append([name, f"{pads[0]} + {pads[1]}", str(len(starts)), reads, theirs, ours])
    return Scene(
        panels, links, _says(n, kernel, stride, dilation, found), table, pick=("Keras same", 0, 0, 0)
    )


def _says(n, kernel, stride, dilation, found):
    (mine, torch, *_), (same, keras, *_), (_, floor, *_), (_, ceil, *_) = found.values()
    sizes = f"PyTorch's padding of {mine[0]} gives {len(torch.starts)}, Keras's “same” {len(keras.starts)}"
    if torch == keras:
        text = f"{sizes}, with the same windows. "
    else:
        first = [minus(windows.starts[0]) for windows in (torch, keras)]
        where = (
            f"both start at {first[0]}"
            if len(set(first)) == 1
            else f"the first windows start at {' and '.join(first)}"
        )
        odd = ", and the odd one goes to the end" if same[0] != same[1] else ""
        text = (
            f"{sizes}; {where}. “Same” means ⌈{n}/{stride}⌉ = "
            f"{len(keras.starts)} outputs; that takes {same[0]} + {same[1]} pixels{odd}. "
            f"In PyTorch: F.pad(x, ({same[0]}, {same[1]}, {same[0]}, {same[1]})), then padding=0. "
        )
    if len(ceil.starts) > len(floor.starts):
        over = ceil.starts[-1] + ceil.taps[-1] - (n - 1 + mine[1])
        text += f"Ceil mode keeps one more window, which hangs {over} over the end. "
    else:
        text += "Ceil mode changes nothing here. "
    if stride > 1 and dilation > 1:
        text += "Keras refuses a stride and a dilation that are both above 1. "
    if mine[0] > kernel // 2:
        text += "PyTorch's pooling refuses a padding of more than half its kernel. "
    return text.strip()
