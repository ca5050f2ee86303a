"""The editor of a stack of layers: kernel, stride, padding and dilation of each, as number boxes."""

import tomllib
from pathlib import Path

import numpy as np

from convlab import networks
from convlab.arithmetic.geometry import WINDOW, Layer, in_layer
from convlab.errors import real
from convlab.labs.controls import OWN, Control, cells, one_of, ranged
from convlab.view.scene import Grid

MOST = 8  # layers that can be edited
LARGEST = 99  # beyond it a window is hard to draw
NEW = (3, 1, 1, 1)  # what "one layer more" adds
MOST_CHANNELS = 2048
_WANTED = f"Give 1 to {MOST} layers, each as (kernel, stride, padding, dilation)."
PRESETS = tomllib.loads(Path(__file__).with_name("presets.toml").read_text(encoding="utf-8"))
ALEXNET = [[getattr(layer, name) for name in WINDOW] for layer in networks.alexnet()[:8]]
STACKS = PRESETS["stacks"] | {"AlexNet to pool5": ALEXNET}


def stack(presets, more=(), new=NEW):
    """Declare the controls of an editable stack.

    Parameters
    ----------
    presets : dict
        Name → rows of (kernel, stride, padding, dilation), the layer next to the image first.
    more : iterable of str
        Presets that cannot be edited; the boxes then wait.
    new : tuple
        What "one layer more" adds; with more numbers than four, a row has more columns.

    Returns
    -------
    dict of str to Control
        "tries" (stacks that were kept, name → tiles), "preset", "depth" (how many layers) and "layers"
        (their numbers: a tile for each column, so that each has its caption).
    """
    known = {name: _tiles(np.array(rows, dtype=float)) for name, rows in presets.items()}
    start = next(iter(known.values()))

    def boxes(preset, depth, layers, tries):
        if preset != OWN:
            return (known | tries).get(preset)
        added = np.tile(np.reshape(new, (-1, 1, 1)), (1, max(0, depth - layers.shape[1]), 1))
        return np.concatenate([layers[:, :depth], added], axis=1)

    def rows(preset, tries):
        found = (known | tries).get(preset)
        return None if found is None else found.shape[1]

    depth = {"start": start.shape[1], "follows": rows, "when": lambda preset: preset not in more}
    layers = {"start": start, "follows": boxes, "sets": lambda layers: {"depth": layers.shape[1]}}
    shapes = [(len(new), count, 1) for count in range(1, MOST + 1)]
    return {
        "tries": Control(start={}),
        "preset": one_of("stack", lambda tries: (OWN, *presets, *more, *tries)),
        "depth": ranged("layers", 1, MOST, own="preset", **depth),
        "layers": cells("stack", *shapes, read=_tiles, wanted=_WANTED, own="preset", **layers),
    }


def _tiles(rows):
    return rows.T[:, :, None] if rows.ndim == 2 else rows


def stack_panel(layers, columns=WINDOW):
    """Show the stack as number boxes, a column for each of kernel, stride, padding and dilation."""
    return Grid(layers, "the stack, layer 1 first", edits="layers", labels=columns, plain=True, step=1)


def layers_of(stack, columns=WINDOW):
    """Read the boxes as layers; raise a sentence that names the first layer that cannot be."""
    rows = [dict(zip(columns, row, strict=True)) for row in stack[:, :, 0].T.tolist()]
    return tuple(in_layer(f"Layer {k}", _layer, f"layer {k}", **row) for k, row in enumerate(rows, start=1))


def _layer(name, **numbers):
    for what, value in numbers.items():
        real(what, value, most=LARGEST if what in WINDOW else MOST_CHANNELS)
    named = {what: int(value) if value.is_integer() else value for what, value in numbers.items()}
    return Layer(**named, name=name)
