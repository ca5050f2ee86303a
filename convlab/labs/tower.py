"""Notebook 03: a whole network to scale. Depth grows, space shrinks, and costs lie in different places."""

import functools
import math
from typing import NamedTuple

from convlab import networks
from convlab.arithmetic import geometry
from convlab.errors import times
from convlab.labs.controls import Control, one_of, ranged
from convlab.labs.lab import lab, say
from convlab.view.scene import Curve, Scene, Tower

TOWERS = {
    "VGG-16": networks.vgg16,
    "AlexNet": networks.alexnet,
    "ResNet-18": networks.resnet18,
    "ResNet-50": networks.resnet50,
}
SHARES = {"parameters": "parameters", "activations": "activations", "macs": "multiply-adds"}


class Box(NamedTuple):
    """One box of the drawing: a layer, or all layers of a residual block together."""

    kind: str
    cost: geometry.Cost


def _kind(layer):
    if layer.kind.endswith("pool"):
        return "pooling"
    return "fully connected" if layer.kernel == "all" and layer.kind == "conv" else "convolution"


@functools.lru_cache(maxsize=64)
def boxes(name, size):
    """List what is drawn of a published network that reads a picture of this size."""
    layers, found = TOWERS[name](), []
    for layer, cost in zip(layers, geometry.cost(layers, (3, size, size)), strict=True):
        kind = _kind(layer)
        if layer.kind == "add":
            kind, number = "residual block", layer.name.removeprefix("skip")
            while number in found[-1].cost.name:  # conv4_2_1, conv4_2_2 … belong to skip4_2
                cost = geometry.total([found.pop().cost, cost])
            cost = cost._replace(name=f"block{number}")
        found.append(Box(kind, cost))
    return found


@functools.lru_cache(maxsize=64)
def own_boxes(net):
    """List the filters and poolings of a network of one's own, each with the costs of what follows it."""
    found = []
    for cost in net.cost():
        layer = net.layers[cost.name]
        kind = _kind(layer)
        if found and kind != "pooling" and layer.kind not in geometry.FILTERS:
            kind, cost = found[-1].kind, geometry.total([cost, found.pop().cost])
        found.append(Box(kind, cost._replace(name=networks.nickname(cost.name))))
    return found


def _pointed(pick):
    """Return the layer of a box or bar that was chosen; the image is none."""
    return pick[3] - (pick[0] == "tower") if pick and pick != ("tower", 0, 0, 0) else None


@lab(pick=Control(), layer=ranged("layer", 0, lambda net: len(own_boxes(net)) - 1, follows=_pointed))
def own_tower_lab(net=None, layer=0):
    """Draw every map of a network of your own to scale: its filters and poolings, with what follows them.

    Parameters
    ----------
    net : Network
        Drawn for the pictures it was made for.
    layer : int
        Which layer is pointed out, 0 for the first.
    """
    return _scene(own_boxes(net), "Your network", net.shape, layer)


@lab(
    own=own_tower_lab,
    network=one_of("network", TOWERS),
    size=ranged("image (px)", 64, 384, 32),
    pick=Control(),
    layer=ranged("layer", 0, lambda network: len(boxes(network, 224)) - 1, follows=_pointed),
)
def tower_lab(network="VGG-16", size=224, layer=0):
    """Draw every map of a network to scale, and count what each layer costs.

    Parameters
    ----------
    network : {"VGG-16", "AlexNet", "ResNet-18", "ResNet-50"} or Network
        All four read colour pictures and know a thousand classes. Or a network of your own, and then `layer`.
    size : int
        Side of the picture, in pixels: 64 to 384, in steps of 32.
    layer : int
        Which layer is pointed out, 0 for the first. A residual block counts as one.
    """
    return _scene(boxes(network, size), network, (3, size, size), layer)


def _scene(drawn, network, image, layer):
    """Draw the maps, and the share of each layer in all costs."""
    kinds, costs = zip(*drawn, strict=True)
    sums = {what: getattr(geometry.total(costs), what) for what in SHARES}
    shares = {name: [100 * getattr(one, what) / sums[what] for one in costs] for what, name in SHARES.items()}
    names, shapes = [one.name for one in costs], [image, *(one.shape for one in costs)]
    maps = Tower(shapes, ["image", *names], ["image", *kinds], "the maps, to scale", mark=layer + 1)
    axes, short = ("layer", "share of all (%)"), [networks.nickname(name, 15) for name in names]
    bars = Curve(range(len(names)), shares, "where the costs lie", axes, mark=layer, bars=short)
    total = ", ".join(f"{sums[what]:,} {name}" for what, name in SHARES.items())
    inside = " in all its layers" if kinds[layer] == "residual block" else ""
    about = {"network": network, "size": image[1:], "here": costs[layer], "inside": inside}
    says = say("tower_lab", sums=total, **about)
    tables = {"layers": _table(costs, sums, image)}
    panels, rows = {"tower": maps, "costs": bars}, (("tower",), ("costs",))
    return Scene(panels, [], says, tables, pick=("tower", 0, 0, layer + 1), rows=rows)


def _table(costs, sums, image):
    rows = [["layer", "output", *SHARES.values()]]
    rows.append(["image", times(*image), "–", f"{math.prod(image):,}", "–"])
    for one in costs:
        rows.append([one.name, times(*one.shape), *(f"{getattr(one, what):,}" for what in SHARES)])
    return [*rows, ["all layers", "", *(f"{total:,}" for total in sums.values())]]
