"""Notebook 03: a whole network to scale. Depth grows, space shrinks, and costs lie in different places."""

import math

import numpy as np

from convlab import networks
from convlab.arithmetic import geometry
from convlab.labs.controls import one_of, ranged
from convlab.labs.lab import lab
from convlab.view.scene import Curve, Grid, Scene

TOWERS = {"VGG-16": networks.vgg16, "AlexNet": networks.alexnet}
ROWS, DOWN, ALONG = 192, 2, 24  # of the drawing: its height, map pixels and channels to one of its pixels
SHARES = ("parameters", "activations", "macs")
_PAPER, _CONV, _POOL, _HERE = (245, 245, 245), (0, 114, 178), (150, 150, 150), (224, 0, 122)


@lab(
    network=one_of("network", TOWERS),
    size=ranged("image (px)", 64, 2 * ROWS, 32),
    layer=ranged("layer", 0, lambda network: len(TOWERS[network]()) - 1),
)
def tower_lab(network="VGG-16", size=224, layer=0):
    """Draw every map of a published network to scale, and count what each layer costs.

    Parameters
    ----------
    network : {"VGG-16", "AlexNet"}
        Both read colour pictures and know a thousand classes.
    size : int
        Side of the picture, in pixels: 64 to 384, in steps of 32.
    layer : int
        Which layer is pointed out, 0 for the first.
    """
    layers = TOWERS[network]()
    costs = geometry.cost(layers, (3, size, size))
    totals = [sum(getattr(one, what) for one in costs) for what in SHARES]
    shares = [
        [100 * getattr(one, what) / total for one in costs]
        for what, total in zip(SHARES, totals, strict=True)
    ]
    names = ["parameters", "activations", "multiply-adds"]
    series = dict(zip(names, shares, strict=True))
    panels = {
        "tower": Grid(_tower(layers, costs, size, layer), "the maps, to scale", "rgb", plain=True),
        "costs": Curve(range(len(layers)), series, "share of each layer, in %", mark=layer),
    }
    return Scene(panels, [], _says(network, costs, totals, layer, size), [_table(costs, totals, size)])


def _tower(layers, costs, size, layer):
    """Draw a block for the image and each layer with a map: as high as the map, as wide as its channels."""
    shapes = [(3, size, size)] + [one.shape for one in costs if one.shape[1] > 1]
    widths = [math.ceil(channels / ALONG) for channels, *_ in shapes]
    picture = np.full((ROWS, sum(widths) + 3 * len(widths) + 3, 3), _PAPER, np.uint8)
    left = 3
    for k, ((_, side, _), width) in enumerate(zip(shapes, widths, strict=True)):
        top, high = (ROWS - side // DOWN) // 2, max(1, side // DOWN)
        plain = _POOL if k == 0 or layers[k - 1].kind != "conv" else _CONV
        picture[top : top + high, left : left + width] = _HERE if k == layer + 1 else plain
        left += width + 3
    return picture


def _shape(shape):
    return "×".join(map(str, shape))


def _says(network, costs, totals, layer, size):
    here = costs[layer]
    return (
        f"{network} on a picture of {size}×{size}: {totals[0]:,} parameters, {totals[1]:,} activations, "
        f"{totals[2]:,} multiply-adds. "
        f"Pointed out: {here.name}, {_shape(here.shape)} = {here.activations:,} activations, "
        f"{here.parameters:,} parameters, {here.macs:,} multiply-adds. "
        f"In the drawing one pixel is {DOWN} pixels of a map in height and {ALONG} channels in width; "
        f"blue: convolution, grey: image and pooling, pink: pointed out. "
        f"The fully connected layers are too thin to draw."
    )


def _table(costs, totals, size):
    rows = [["layer", "output", "parameters", "activations", "multiply-adds"]]
    rows.append(["image", _shape((3, size, size)), "–", f"{3 * size**2:,}", "–"])
    for one in costs:
        rows.append([one.name, _shape(one.shape), *(f"{getattr(one, what):,}" for what in SHARES)])
    return [*rows, ["all layers", "", *(f"{total:,}" for total in totals)]]
