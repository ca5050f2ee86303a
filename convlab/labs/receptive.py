"""Notebook 04: the window of a unit in every layer below it, down to the photograph."""

from itertools import pairwise

import numpy as np

from convlab import images, networks
from convlab.arithmetic.geometry import WINDOW, window_below
from convlab.arithmetic.levels import levels_of
from convlab.errors import number
from convlab.labs.controls import OWN, also_show, calm, photo, picture, ranged
from convlab.labs.lab import lab
from convlab.labs.stack import MOST, STACKS, layers_of, stack, stack_panel
from convlab.view.scene import Grid, Link, Ruler, Scene, Strip


def _main_path(layers):
    return [layer for layer in layers if not layer.reads and layer.kernel != "all"]


DEEP = {  # longer than the editor; without their skip connections and fully connected layers
    "VGG-16 to pool5": lambda: _main_path(networks.vgg16()),
    "ResNet-50, stride on 3×3": lambda: _main_path(networks.resnet50("3x3")),
    "ResNet-50, stride on 1×1": lambda: _main_path(networks.resnet50("1x1")),
}


def _suits(preset):
    """Give the size of the image that suits a preset."""
    return None if preset == OWN else 224 if preset in DEEP or preset.startswith("AlexNet") else 32


@lab(
    image=picture(),
    **stack(STACKS, DEEP),
    size=ranged("image (px)", 8, 224, start=32, follows=_suits),
    also=also_show("every layer"),
)
def receptive_lab(preset="three 3×3", image="cat", size=None, layers=None, also="nothing more"):
    """Choose a unit of a stack and see its window on the photograph, and in every layer on the way.

    Parameters
    ----------
    preset : str
        A name in `STACKS` or `DEEP`.
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    size : int, optional
        Side of the image in pixels, 8 to 224; by default it suits the preset.
    layers : list of (kernel, stride, padding, dilation), optional
        Up to eight layers to start from instead of a preset, the one next to the image first.
    also : str
        What is shown besides: "every layer", a strip for each.
    """
    built = tuple(DEEP[preset]()) if preset in DEEP else layers_of(layers)
    levels, x = levels_of(built, size), images.square(photo(image), size)
    last, field = levels[-1], levels[-1].field
    beyond = (last.n - 1) * field.jump + field.start + field.size - size
    margin = min(max(0, -field.start, beyond), size)
    shown = _landmarks(built, levels)
    strips, chain = _strips(built, shown, x)
    seen = last.seen(size)
    panels = {
        **({} if preset in DEEP else {"stack": stack_panel(layers)}),
        "top": Grid(np.outer(seen, seen), f"map of {last.name}", low=0, high=1),
        "photo": Grid(np.pad(x, margin), "photograph", inset=(margin,) * 4),
        **strips,
    }
    links = [*chain, *(_to_photo(level, panels[level.name], margin) for level in shown)]
    axis = (last.starts(margin), last.reads)
    links.append(Link("photo", "top", axis, axis, op="window"))
    links.append(Link(last.name, "top", ([0] * last.n, (0,)), (range(last.n), (0,)), op="window"))
    start = ("top", 0, last.n // 2, last.n // 2)
    table = _table(built, levels if len(levels) < 20 else shown)
    rows = (("stack", "top", "photo"), (list(strips), "layers"))
    scene = Scene(panels, links, _says(built, levels), {"layers": table}, pick=start, rows=rows)
    return calm(scene, {"every layer": strips}, also)


def _landmarks(layers, levels):
    """Of a network with too many layers to draw: the image, those with a stride, and the last."""
    chosen = [level for level in levels[1:-1] if layers[level.place - 1].stride > 1]
    return [levels[0], *chosen, levels[-1]] if len(layers) > MOST else levels


def _strips(layers, levels, x):
    """Draw the middle row of every map as a strip, units above the pixels they look at, linked in turn."""
    steps = [_step(layers, lower, upper) for lower, upper in pairwise(levels)]
    edges = [step[:2] for step in steps] + [(0, 0)]  # padding before and after
    lefts = [
        level.field.start + (level.field.size - level.field.jump) / 2 - before * level.field.jump
        for level, (before, _) in zip(levels, edges, strict=True)
    ]
    rights = [
        left + (before + level.n + after) * level.field.jump
        for left, level, (before, after) in zip(lefts, levels, edges, strict=True)
    ]
    panels, links = {}, []
    for k, (level, ends) in enumerate(zip(levels, edges, strict=True)):
        row = x[len(x) // 2] / 255 if k == 0 else level.seen(len(x))
        ruler = Ruler(lefts[k] - min(lefts), level.field.jump, max(rights) - min(lefts))
        panels[level.name] = Strip(
            np.pad(row[None], ((0, 0), ends)), level.name, low=0, high=1, inset=(0, 0, *ends), ruler=ruler
        )
        if k:
            before, _, stride, taps = steps[k - 1]
            starts = [None] * ends[0] + [before + i * stride for i in range(level.n)] + [None] * ends[1]
            links.append(Link(levels[k - 1].name, level.name, ((0,), (0,)), (starts, taps), op="window"))
    return dict(reversed(panels.items())), links


def _step(layers, lower, upper):
    """From one level to the next: padding before and after, stride, and which units unit 0 reads."""
    taps = window_below(layers[: upper.place], 0, lower.place)
    stride = upper.field.jump // lower.field.jump
    return max(0, -taps[0]), max(0, (upper.n - 1) * stride + taps[-1] - lower.n + 1), stride, taps


def _to_photo(level, panel, margin):
    before, after = panel.inset[2:]
    starts = level.starts(margin)
    cols = [None] * before + list(starts) + [None] * after
    return Link("photo", level.name, ([starts[level.n // 2]], level.reads), (cols, level.reads), op="window")


def _table(layers, levels):
    rows = [["layer", "k", "s", "p", "d", "size", "jump", "start", "reads", "map"]]
    for level in levels:
        window = (
            [str(getattr(layers[level.place - 1], name)) for name in WINDOW] if level.place else ["–"] * 4
        )
        size, jump, start = level.field
        rows.append(
            [level.name, *window, str(size), str(jump), number(start), str(len(level.reads)), str(level.n)]
        )
    return rows


def _says(layers, levels):
    last, n = levels[-1], levels[0].n
    size, jump, start = last.field
    below, layer = levels[-2].field, layers[-1]
    says = (
        f"{len(layers)} layers on an image of {n}×{n}: a unit of {last.name} has a receptive field "
        f"of {size}×{size} pixels. "
        f"Last step: size {below.size} + {layer.dilation}·({layer.kernel} − 1)·{below.jump} = {size}. "
        f"The jump is {jump} and the start is {number(start)}: "
        f"unit i looks at pixels {number(start)} + {jump}·i to {number(start + size - 1)} + {jump}·i."
    )
    if last.seen(n).min() < 1:
        says += " The darker a unit, the less of its window lies on the image."
    if len(last.reads) < size:
        says += f" It reads only {len(last.reads)} of these {size} columns: there are holes."
    if size > n:
        says += " The receptive field is larger than the image: every unit has padding in its window."
    return says
