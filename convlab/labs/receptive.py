"""Notebook 04: the window of a unit in every layer below it; three proofs of it, and what can fool them.

And a task that a small window cannot solve, however clever the network.
"""

from itertools import pairwise

import numpy as np

from convlab import networks
from convlab.arithmetic.geometry import WINDOW, window_below
from convlab.arithmetic.levels import levels_of
from convlab.errors import ConvlabError, number
from convlab.labs.controls import OWN, Control, also_show, calm, one_of, photo, picture, ranged, yes_no
from convlab.labs.lab import lab, say
from convlab.labs.stack import MOST, STACKS, layers_of, stack, stack_panel
from convlab.networks import wires as task
from convlab.view.scene import Curve, Grid, Link, Scene


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
    **picture(),
    layer=one_of("layer", lambda net: net.windowed, follows=lambda net: net.windowed[-1]),
    also=also_show("every layer"),
)
def own_receptive_lab(net=None, layer=None, image="cat", also="nothing more"):
    """Choose a unit of a network of your own and see its window in the layers below.

    Parameters
    ----------
    net : Network
    layer : str, optional
        A layer with a window, before any maps grow again; by default the last.
    image, also : str
        As in `receptive_lab`. Of the layers, the first of each new jump is shown.
    """
    path, (_, size, width) = tuple(net.path(layer)), net.shape
    fields = [net.field(layer, axis) for axis in (0, 1)]
    if fields[0] != fields[1] or size != width:
        name = networks.nickname(layer)
        raise ConvlabError(say("receptive_lab", "uneven", layer=name, field=fields, shape=net.shape))
    levels = levels_of(path, size, every=False)
    named = [one._replace(name=f"{one.place}: {networks.nickname(one.name, 15)}") for one in levels]
    return _scene(path, named, named, photo(image, size), {}, also)


@lab(
    own=own_receptive_lab,
    **picture(),
    **stack(STACKS, DEEP),
    size=ranged("image (px)", 8, 224, start=32, follows=_suits),
    also=also_show("every layer"),
)
def receptive_lab(preset="three 3×3", image="cat", size=None, layers=None, also="nothing more"):
    """Choose a unit of a stack and see its window on the photograph, and in every layer on the way.

    Parameters
    ----------
    preset : str or Network
        A name in `STACKS` or `DEEP`; or a network of your own, and then the name of one of its layers.
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
    levels, x = levels_of(built, size), photo(image, size)
    editor = {} if preset in DEEP else {"stack": stack_panel(layers)}
    return _scene(built, levels, levels_of(built, size, every=len(built) <= MOST), x, editor, also)


def _scene(built, levels, shown, x, editor, also):
    """Show the last map, the photograph, and a strip for each level that is shown."""
    last, (strips, chain) = levels[-1], _strips(built, shown, x)
    margin, seen = last.margin(len(x)), last.seen(len(x))
    panels = {
        **editor,
        "top": Grid(np.outer(seen, seen), f"map of {last.name}", low=0, high=1),
        "photo": Grid(np.pad(x, margin), "photograph", inset=(margin,) * 4),
        **strips,
    }
    links = [*chain, *(_to_photo(level, panels[level.name], margin) for level in shown)]
    axis = (last.starts(margin), last.reads)
    links.append(Link("photo", "top", axis, axis, op="window"))
    links.append(Link(last.name, "top", ([0] * last.n, (0,)), (range(last.n), (0,)), op="window"))
    table = _table(built, levels if len(levels) < 20 else shown)
    rows = (("stack", "top", "photo"), (list(strips), "layers"))
    scene = Scene(panels, links, _says(built, levels), {"layers": table}, rows=rows)
    return calm(scene, {"every layer": strips}, also)


def _strips(layers, levels, x):
    """Draw the middle row of every map as a strip, units above the pixels they look at, linked in turn."""
    steps = [_step(layers, lower, upper) for lower, upper in pairwise(levels)]
    padded = list(zip(levels, [*(step[:2] for step in steps), (0, 0)], strict=True))  # before and after
    lefts = [level.left - before * level.field.jump for level, (before, _) in padded]
    end = max(level.left + (level.n + after) * level.field.jump for level, (_, after) in padded)
    panels, links = {}, []
    for k, (level, ends) in enumerate(padded):
        row = np.pad(x[len(x) // 2] / 255 if k == 0 else level.seen(len(x)), ends)[None]
        ruler = (lefts[k] - min(lefts), level.field.jump, end - min(lefts))
        panels[level.name] = Grid(row, level.name, low=0, high=1, inset=(0, 0, *ends), ruler=ruler)
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
    (before, after), starts = panel.inset[2:], level.starts(margin)
    cols = [None] * before + list(starts) + [None] * after
    return Link("photo", level.name, ([starts[level.n // 2]], level.reads), (cols, level.reads), op="window")


def _table(layers, levels):
    rows = [["layer", "k", "s", "p", "d", "size", "jump", "start", "reads", "map"]]
    for level in levels:
        window = [getattr(layers[level.place - 1], name) if level.place else "–" for name in WINDOW]
        numbers = (*level.field[:2], number(level.field.start), len(level.reads), level.n)
        rows.append([level.name, *map(str, (*window, *numbers))])
    return rows


def _says(layers, levels):
    last, below, n = levels[-1], levels[-2], levels[0].n
    size, start, reads = last.field.size, last.field.start, len(last.reads)
    step = len(levels) == len(layers) + 1 and "step"
    also = (last.seen(n).min() < 1 and "dark", reads < size and "holes", size > n and "beyond")
    ends = {"first": float(start), "end": float(start + size - 1), "reads": reads}
    stack = {"count": len(layers), "layer": layers[-1], "last": last, "below": below}
    return say("receptive_lab", "field", step, "jump", *also, n=n, **stack, **ends)


SMALL = {name: rows for name, rows in STACKS.items() if len(rows) < MOST}
OPS = {"weighted sum": "sum", "weighted sum, then ReLU": "relu", "maximum (max-pool)": "max"}


@lab(
    **picture(),
    size=ranged("image (px)", 8, 40),
    op=one_of("each layer", OPS),
    seed=ranged("weights no.", 0, 20),
    zero=yes_no("all pixels zero"),
    **stack(SMALL),
    pick=Control(),
)
def proofs_lab(
    preset="dilation 1-2-4", image="cat", *, op="weighted sum", zero=False, seed=0, size=24, layers=None, pick
):
    """Find what one unit reads in three ways: by the recurrence, by poking pixels, by the gradient.

    Parameters
    ----------
    preset : str
        A name in `SMALL`.
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    op : {"weighted sum", "weighted sum, then ReLU", "maximum (max-pool)"}
        What each layer does with its window.
    zero : bool
        Whether every pixel of the image is 0.
    seed : int
        Which random weights, 0 to 20.
    size : int
        Side of the image in pixels, 8 to 40.
    layers : list of (kernel, stride, padding, dilation), optional
        Up to eight layers to start from instead of a preset.
    """
    built = layers_of(layers)
    last = levels_of(built, size)[-1]
    x = photo(image, size).astype(float) * (not zero)
    unit = min(pick[3], last.n - 1) if pick and pick[0] == "top" else last.n // 2
    rows, columns = ([at + side * last.field.jump for at in last.reads] for side in (last.n // 2, unit))
    inside = [row for row in rows if 0 <= row < size]
    row = inside[len(inside) // 2] if inside else 0
    net = networks.one_channel(built, OPS[op], seed)
    slope = net.gradient(x, net.graph[-1].name, (0, last.n // 2, unit))[0]
    found = {
        "recurrence": np.isin(range(size), columns).astype(float),
        "poke": networks.poke(net, x, row, (last.n // 2, unit)),
        "gradient": slope[row],
    }
    axis, picture_rows = (last.starts(), last.reads), ([last.n // 2 * last.field.jump], last.reads)
    panels = {
        "stack": stack_panel(layers),
        "photo": Grid(x, "image", low=0, high=255),
        "slope": Grid(slope, "gradient at every pixel", kind="signed"),
        **(strips := _evidence(last, found, x[row])),
    }
    links = [  # the strips of the proofs stay free of marks: their colours are the evidence
        Link("row", "top", ((0,), (0,)), axis, op="window"),
        Link("photo", "top", picture_rows, axis, op="window"),
    ]
    says = _agreement(last, unit, row, size, found, OPS[op])
    rows = (("stack", "photo", "slope"), (list(strips), "proofs"))
    return Scene(panels, links, says, {"proofs": _columns(found)}, pick=("top", 0, 0, unit), rows=rows)


def _evidence(last, found, row):
    """Draw the units on top, the row of pixels and what each proof finds there, above each other."""
    jump, left = last.field.jump, min(0, last.left)
    length = max(len(row), last.left + last.n * jump) - left
    above, ruler = (last.left - left, jump, length), (-left, 1, length)
    strips = {"top": Grid(last.seen(len(row))[None], last.name, low=0, high=1, ruler=above)}
    for name, values in found.items():
        # Whatever is not 0 gets the full colour of its sign.
        small = np.abs(values[values != 0]).min(initial=1.0)
        strips[name] = Grid(values[None], name, "signed", -small, small, ruler=ruler)
    return {**strips, "row": Grid(row[None], "pixels", low=0, high=255, ruler=ruler)}


def _columns(found):
    rows = [["proof", "columns", "first", "last"]]
    for name, values in found.items():
        at = np.flatnonzero(values).tolist()
        rows.append([name, str(len(at)), *(map(str, (at[0], at[-1])) if at else "––")])
    return rows


def _agreement(last, unit, row, size, found, op):
    counts = {name: np.count_nonzero(values) for name, values in found.items()}
    first = last.field.start + unit * last.field.jump
    end = first + last.field.size - 1
    outside = (first < 0 or end >= size) and "outside"
    agree = len({(values != 0).tobytes() for values in found.values()}) == 1
    where = {"unit": unit, "name": last.name, "row": row, "first": float(first), "end": end}
    return say("proofs_lab", "found", outside, "agree" if agree else op, **where, **counts)


_ROWS = (("wires", "plugs", "charge"), ("score", "answers"))
SCORE = ("layers", "share right, or guessed right")


@lab(
    layers=ranged("layers", 0, task.MOST),
    kernel=ranged("kernel", 3, 7, 2),
    dilation=ranged("dilation", 1, 3),
    picture=ranged("picture no.", 0, task.PICTURES - 1),
)
def wires_lab(layers=5, kernel=3, dilation=1, picture=0):
    """Say at the end of each wire whether its other end is plugged into plus or minus.

    Each layer hands the charge on: a wire pixel takes it over from the wire pixels in its window.

    Parameters
    ----------
    layers : int
        0 to 30.
    kernel : {3, 5, 7}
        Side of every window.
    dilation : {1, 2, 3}
        Distance between the pixels that a window reads.
    picture : int
        Which random picture, 0 to 39.
    """
    wires, plugs, ends, truth = (part[picture] for part in task.pictures())
    charge = task.carry(kernel, dilation)[layers, picture]
    answers = charge[ends[:, 0], ends[:, 1]]
    half = layers * dilation * (kernel - 1) // 2  # of the receptive field: what a unit sees to each side
    axis, score = (range(task.SIDE), range(-half, half + 1, dilation)), task.scores(kernel, dilation)
    panels = {
        "wires": Grid(wires, "wires", low=0, high=1),
        "plugs": Grid(plugs, "plugs: + bright, − dark", kind="signed", low=-1, high=1),
        "charge": Grid(charge, f"charge after {layers} layers", kind="signed", low=-1, high=1),
        "score": Curve(range(task.MOST + 1), {"score": score}, "score, by layers", SCORE, mark=layers),
    }
    links = [Link(name, "charge", axis, axis, op="window") for name in ("wires", "plugs")]
    table = [["wire", "length (px)", "answer", "verdict"]]
    for k in range(task.WIRES):
        verdict = "no answer" if answers[k] == 0 else "right" if answers[k] == truth[k] else "wrong"
        table.append([str(k + 1), str(ends[k, 1]), "minus none plus".split()[answers[k] + 1], verdict])
    window = {"layers": layers, "kernel": kernel, "dilation": dilation, "size": 2 * half + 1, "half": half}
    all_wires = {"wires": task.WIRES, "every": task.WIRES * task.PICTURES, "score": score[layers]}
    found = {"right": answers == truth, "silent": answers == 0, "wrong": answers == -truth}
    says = say("wires_lab", **window, **found, **all_wires)
    longest = ends[np.argmax(ends[:, 1])]
    return Scene(panels, links, says, {"answers": table}, pick=("charge", 0, *map(int, longest)), rows=_ROWS)
