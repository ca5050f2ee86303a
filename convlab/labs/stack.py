"""The editor of a stack of layers: kernel, stride, padding and dilation of each, as number boxes."""

import numpy as np

from convlab.errors import ConvlabError, shown
from convlab.geometry import Layer, output_size
from convlab.labs.base import Entry, choice, slider
from convlab.scene import Panel

COLUMNS = ("kernel", "stride", "padding", "dilation")
MOST = 8  # layers that can be edited
LARGEST = 99  # beyond it a window is hard to draw
OWN = "your own"
NEW = (3, 1, 1, 1)  # what "one layer more" adds
MOST_CHANNELS = 2048


def stack_controls(preset, presets, rows=None, new=NEW):
    """Return the controls "preset", "depth" (how many layers) and "stack" (their numbers).

    `presets` maps a name to rows of (kernel, stride, padding, dilation), the layer next to the image first;
    rows as long as `new` may have more columns.
    An edited number turns the preset into "your own"; `rows` starts from there.
    """
    choice("stack", preset, list(presets))
    start, rows = (preset, presets[preset]) if rows is None else (OWN, rows)
    tiles = _tiles(rows, len(new))
    controls = {
        "preset": choice("stack", start, [OWN, *presets]),
        "depth": slider("layers", tiles.shape[1], 1, MOST),
        "stack": Entry(tiles),
    }
    busy = []

    def choose(change):
        if change.new in presets:
            busy.append(True)
            controls["stack"].value = _tiles(presets[change.new], len(new))
            busy.pop()

    def grow(change):
        old = controls["stack"].value
        if change.new != old.shape[1]:
            added = np.tile(np.reshape(new, (-1, 1, 1)), (1, max(0, change.new - old.shape[1]), 1))
            controls["stack"].value = np.concatenate([old[:, : change.new], added], axis=1)

    def edited(change):
        controls["depth"].value = change.new.shape[1]
        if not busy:
            controls["preset"].value = OWN

    controls["preset"].observe(choose, "value")
    controls["depth"].observe(grow, "value")
    controls["stack"].observe(edited, "value")
    return controls


def _tiles(rows, columns):
    try:
        array = np.array([[*row] for row in rows], dtype=float)
        if array.shape[1:] not in ((), (columns,)):
            raise ValueError
    except (TypeError, ValueError):
        raise ConvlabError(
            f"The stack is {shown(rows)}. Give its layers, each as (kernel, stride, padding, dilation)."
        ) from None
    if not 1 <= len(array) <= MOST:
        raise ConvlabError(f"The stack has {len(array)} layers. The editor holds 1 to {MOST}.")
    return array.T[:, :, None]  # one tile a column, so that each has its caption


def stack_panel(stack, columns=COLUMNS):
    """Show the stack as number boxes, a column for each of kernel, stride, padding and dilation."""
    return Panel(stack, "the stack, layer 1 first", editable=True, labels=columns, low=-1, high=-1, step=1)


def layers_of(stack, columns=COLUMNS):
    """Read the boxes as layers; raise a sentence that names the first layer that cannot be."""
    layers = []
    for place, row in enumerate(stack[:, :, 0].T, start=1):
        for part, most in ((row[:4], LARGEST), (row[4:], MOST_CHANNELS)):
            if part.max(initial=0) > most:
                raise ConvlabError(
                    f"Layer {place}: a number is {part.max():g}. This editor goes up to {most:,} here."
                )
        values = [int(value) if value == int(value) else float(value) for value in row]
        layers.append(
            in_layer(place, Layer, **dict(zip(columns, values, strict=True)), name=f"layer {place}")
        )
    return layers


def map_sizes(layers, n):
    """Return the side of the image and of each layer's map; a sentence names the layer that does not fit."""
    sizes = [n]
    for place, layer in enumerate(layers, start=1):
        window = {name: getattr(layer, name) for name in COLUMNS}
        sizes.append(in_layer(place, output_size, sizes[-1], **window))
    return sizes


def in_layer(place, make, *arguments, **named):
    """Call `make`; if it complains, say in which layer."""
    try:
        return make(*arguments, **named)
    except ConvlabError as error:
        raise ConvlabError(f"Layer {place}: {error}") from error
