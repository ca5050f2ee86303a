"""Notebook 02: one set of numbers, and what each framework makes of it."""

import numpy as np

from convlab.arithmetic.conventions import conventions
from convlab.errors import minus
from convlab.labs.controls import typed
from convlab.labs.lab import lab
from convlab.view.scene import Link, Ruler, Scene, Strip


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
    length = before + n + after
    row, ruler = np.pad(np.arange(n), (before, after))[None], Ruler(0, 1, length)
    panels = {"input": Strip(row, "pixels", inset=(0, 0, before, after), ruler=ruler)}
    links, table = [], [["", "padding", "output", "reads", "call", "in convlab"]]
    for name, (pads, (starts, taps), theirs, ours) in found.items():
        left = max(0, before + starts[0] + (span - stride) / 2)
        title = name.split()[-1].partition("=")[0] if "PyTorch" in name else name
        ruler = Ruler(left, stride, max(length, left + stride * len(starts)))
        panels[name] = Strip(np.array(starts)[None] - starts[0], title, "grey", ruler=ruler)
        shifted = range(before + starts[0], before + starts[-1] + 1, stride)
        links.append(Link("input", name, ((0,), (0,)), (shifted, taps), op="window"))
        reads = f"{minus(starts[0])}\u00a0…\u00a0{starts[-1] + taps[-1]}"
        table.append([name, f"{pads[0]} + {pads[1]}", str(len(starts)), reads, theirs, ours])
    says, rows = _says(n, kernel, stride, dilation, found), ((list(panels),), ("calls",))
    return Scene(panels, links, says, {"calls": table}, pick=("Keras same", 0, 0, 0), rows=rows)


def _says(n, kernel, stride, dilation, found):
    (mine, torch, *_), (same, keras, *_), (_, floor, *_), (_, ceil, *_) = found.values()
    sizes = f"PyTorch's padding of {mine[0]} gives {len(torch.starts)}, Keras's “same” {len(keras.starts)}"
    text, (here, there) = f"{sizes}, with the same windows. ", (torch.starts[0], keras.starts[0])
    if torch != keras:
        where = f"the first windows start at {minus(here)} and {minus(there)}"
        where = f"both start at {minus(here)}" if here == there else where
        odd = ", and the odd one goes to the end" if same[0] != same[1] else ""
        text = (
            f"{sizes}; {where}. “Same” means ⌈{n}/{stride}⌉ = "
            f"{len(keras.starts)} outputs; that takes {same[0]} + {same[1]} pixels{odd}. "
            f"In PyTorch: F.pad(x, ({same[0]}, {same[1]}, {same[0]}, {same[1]})), then padding=0. "
        )
    over = ceil.starts[-1] + ceil.taps[-1] - (n - 1 + mine[1])
    hangs = f"keeps one more window, which hangs {over} over the end. "
    text += f"Ceil mode {hangs if len(ceil.starts) > len(floor.starts) else 'changes nothing here. '}"
    if stride > 1 and dilation > 1:
        text += "Keras refuses a stride and a dilation that are both above 1. "
    if mine[0] > kernel // 2:
        text += "PyTorch's pooling refuses a padding of more than half its kernel. "
    return text.strip()
