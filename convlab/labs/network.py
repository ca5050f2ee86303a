"""Notebook 03: a trained network, inside: its maps for one picture, and what excites them; and from outside.

From outside, a whole network is drawn to scale: depth grows, space shrinks, costs lie in different places.
"""

import functools
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from convlab import images, networks
from convlab.arithmetic import geometry
from convlab.errors import ConvlabError, number, shown, times
from convlab.labs.controls import Control, also_show, asked, calm, keep_upload, one_of, photo, picture, ranged
from convlab.labs.lab import lab, running, say
from convlab.view.scene import Curve, Grid, Link, Scene, Tower

PATCHES = 12
LAYERS = {  # what the list says → the layer
    "conv1 + ReLU": "relu1",
    "pool1": "pool1",
    "conv2 + ReLU": "relu2",
    "conv3 + ReLU": "relu3",
    "pool3": "pool3",
    "conv4 + ReLU": "relu4",
    "conv5 + ReLU": "relu5",
}
PAGE, CELLS = 64, 60_000  # maps and numbers of a page, at most
STRANGERS = ("cat", "coffee")  # photographs of no garment


def pictures():
    """Return the pictures that can be chosen, each with its class: {"Bag 2": (picture, 8)}."""
    return networks.by_name(networks.shipped("fashion").classes)


def _pointed(pick):
    """Choosing a cell in the picture of all maps chooses its map."""
    return pick[1] if pick and pick[0] == "maps" else None


@functools.lru_cache(maxsize=4)
def _maps(net, image, layer):
    """Run a network on a picture, up to one layer."""
    seen = images.fit(photo(image, grey=False), net.shape)
    return replace(net, told=running).forward(seen, [layer])


@functools.lru_cache(maxsize=512)
def _pages(net, layer):
    """Return the shape of a layer's maps, and which of them stand on each page."""
    depth, height, width = next(one.shape for one in net.cost() if one.name == layer)
    each = max(1, min(PAGE, CELLS // (height * width)))
    return (depth, height, width), [range(depth)[first : first + each] for first in range(0, depth, each)]


def _last(net, layer):
    return len(_pages(net, layer)[1]) - 1


def _own_pointed(pick, net, layer, page):
    return _pages(net, layer)[1][page].start + pick[1] if pick and pick[0] == "maps" else None


def _yours(net=None, layer=None, image="cat", page=0, map=0, pictures=()):
    """Read the photographs; the first is the one to begin with."""
    try:
        files = [{"name": Path(one).name, "content": Path(one).read_bytes()} for one in pictures]
    except OSError as error:
        name = shown(Path(error.filename).name)
        raise ConvlabError(f"There is no picture {name} that can be read.") from error
    image, *_ = [*(keep_upload(file) for file in files), image]
    return {"net": net, "layer": layer, "image": image, "page": page, "map": map}


@lab(
    start=_yours,
    **picture(),
    pick=Control(),
    layer=one_of("layer", lambda net: net.runs, follows=lambda net: net.runs[0]),
    page=ranged("page", 0, _last, when=lambda net, layer: _last(net, layer) > 0),
    map=ranged("map", 0, lambda net, layer: _pages(net, layer)[0][0] - 1, follows=_own_pointed),
)
def own_network_lab(net=None, layer=None, image="cat", page=0, map=0):
    """Look at every map of a layer of a network of your own.

    Parameters
    ----------
    net : Network
    layer : str, optional
        A layer that can be run; by default the first. What lies above it is not run.
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    page, map : int
        Layers of many maps have pages. Choosing a cell in the page chooses its map.
    pictures : sequence of str or Path, optional
        Files of your own photographs. They stand in the list of pictures, and the first is shown.
    """
    if not net.weights:
        raise ConvlabError("This network has no weights: only its shape is known. It has a tower and fields.")
    kept, ((depth, *size), pages) = _maps(net, image, layer), _pages(net, layer)
    maps, short = kept[layer], networks.nickname(layer)
    seen = images.eight_bit(kept["input"][:: -1 if net.bgr else 1])
    seen, look = (seen.transpose(1, 2, 0), "rgb") if len(seen) == 3 else (seen, "grey")
    numbers = pages[page]
    turned = maps.shape == (*size, depth) != (depth, *size)  # channels last
    maps = (np.moveaxis(maps, -1, 0) if turned else maps).reshape(depth, *size)
    ends = {"kind": "signed"} if maps.min() < 0 else {"low": 0, "high": float(maps.max()) or 1.0}
    labels = [f"● {k}" if k == map else str(k) for k in numbers]
    title = f"maps {numbers[0]} to {numbers[-1]} of {depth}"
    panels = {
        "image": Grid(seen, "what the network sees", look),
        "map": Grid(maps[map], f"map {map} of {short}", **ends),
        "maps": Grid(maps[numbers.start : numbers.stop], title, labels=labels, **ends),
    }
    order = np.argsort(-maps.max(axis=(1, 2)))[:3] if depth == len(net.classes) else []
    best = ", ".join(f"{net.classes[k]} ({number(maps[k].max(), 3)})" for k in order)
    try:
        links = [_window(net, target, layer, maps) for target in ("maps", "map")]
        window = say("network_lab", "window", size=tuple(net.field(layer, axis).size for axis in (0, 1)))
    except ConvlabError as error:
        links, window = [], error
    place = divmod(int(maps[map].argmax()), size[1])
    found = {"layer": short, "maps": depth, "size": tuple(size), "window": window, "best": best}
    found |= {"map": map, "place": place, "here": maps[map][place]}
    says = say("network_lab", "maps", "peak", best and "best", **found)
    return Scene(panels, links, says, pick=("map", 0, *place))


@lab(
    own=own_network_lab,
    **picture(pictures(), STRANGERS),
    pick=Control(),
    layer=one_of("layer", LAYERS),
    map=ranged("map", 0, lambda layer: net()[-1][LAYERS[layer]][0].shape[1] - 1, follows=_pointed),
    also=also_show("patches", "filter"),
)
def network_lab(image="Ankle boot 1", layer="conv1 + ReLU", map=2, also="nothing more"):
    """Look at every map of a layer, and at the patches of the data that excite one map most.

    Parameters
    ----------
    image : str
        A class and a number from 1 to 3, such as "Bag 2"; "cat" or "coffee", which are no garments; the
        learner may also upload a picture.
    layer : str
        A name in `LAYERS`.
    map : int
        Which map of that layer, 0 for the first. Choosing a cell in the picture of all maps sets it too.
    also : str
        What is shown besides: the "patches" that excite the map most; the "filter", with the maps below that
        it reads; or "everything".
    """
    network, sample, labels, _ = net()
    x = pictures()[image][0] if image in pictures() else networks.garment(photo(image, grey=False))
    kept, name = network.forward(x), LAYERS[layer]
    maps = kept[name]
    best, most = top(name, map), float(maps.max()) or 1.0
    garments = [network.classes[labels[i]] for i in best.images]
    numbers = [f"● {k}" if k == map else str(k) for k in range(len(maps))]
    panels = {
        "image": Grid(kept["input"][0], "what the network sees", low=0, high=1),
        "map": Grid(maps[map], f"map {map} of {layer}", low=0, high=most),
        "patches": Grid(best.patches, f"patches that excite map {map} most", labels=garments),
        "maps": Grid(maps, f"all maps of {layer}", low=0, high=most, labels=numbers),
    }
    links = [_window(network, target, name, maps) for target in ("maps", "map")]
    made_of, made = _made_of(network, kept, name, map)
    place = divmod(int(maps[map].argmax()), maps.shape[2])
    alive, found = best.values[0] > 0, {"here": maps[map][place], "place": place, "best": best.values[0]}
    sentences = ("map" if alive else "silent", alive and asked("patches", also) and "patches")
    shown = ", ".join(f"{name} {count}" for name, count in Counter(garments).most_common())
    size = {"size": network.field(name).size, "sample": len(sample), "patches": PATCHES, "shown": shown}
    says = f"{_verdict(network, kept, image)} {say('network_lab', *sentences, **found, **size)}"
    beside = ("below", "filter") if asked("filter", also) else ("patches", "maps")
    rows = ((("image", "map"), *beside),)
    scene = Scene(panels | made_of, made + links, says, pick=("map", 0, *place), rows=rows)
    return calm(scene, {"patches": ["patches"], "filter": made_of}, also)


@functools.cache
def net():
    """Return the trained network, the sample, its labels, and where each map peaks; searched once."""
    network, (images, labels) = networks.shipped("fashion"), networks.sample()
    return network, images, labels, networks.peaks(network, images)


@functools.lru_cache(maxsize=256)
def top(name, map):
    """Return the best patches of the sample for one map, as `networks.top_patches` finds them."""
    network, images, _, found = net()
    return networks.top_patches(network, images, found, name, map, PATCHES)


def _window(network, target, name, maps):
    """Link the image to the maps of a layer: each cell to its receptive field."""
    axes = [network.field(name, axis).windows(n) for axis, n in enumerate(maps.shape[1:])]
    return Link("image", target, *axes, op="window")


def _made_of(network, kept, name, map):
    """Show what a map is computed from, with the true arithmetic: the maps below it, and its filter."""
    layer = [one for one in network.path(name) if one.kind in ("conv", "max_pool")][-1]
    (below,) = network.reads[layer.name]
    axes = [layer.windows(n, axis) for axis, n in enumerate(kept[below].shape[1:])]
    if layer.kind == "max_pool":
        panels = {"below": Grid(kept[below][map], f"map {map} of {below}", low=0)}
        return panels, [Link("below", "map", *axes, op="max"), _window(network, "below", below, kept[below])]
    w, b = (network.weights[f"{layer.name}.{what}"][map] for what in ("weight", "bias"))
    made = {"kernel": "filter", "bias": float(b), "post": "ReLU"}
    if below == "input":  # the image, which is on show already
        return {"filter": Grid(w, f"filter {map}", "signed")}, [Link("image", "map", *axes, **made)]
    labels = [str(c) for c in range(len(w))]
    panels = {
        "below": Grid(kept[below], f"below: all maps of {below}", low=0, labels=labels),
        "filter": Grid(w, f"filter {map}: a slice for each map below", "signed", labels=labels),
    }
    return panels, [Link("below", "map", *axes, **made), _window(network, "below", below, kept[below])]


def _verdict(network, kept, image):
    """Say what the network makes of the picture, and how far to trust that."""
    order = np.argsort(-kept["probability"])
    first, second = (f"{network.classes[k]} ({_percent(kept['probability'][k])})" for k in order[:2])
    if image in pictures():
        truth = network.classes[pictures()[image][1]]
        right = "right" if truth == network.classes[order[0]] else "wrong"
        return say("network_lab", "sees", right, first=first, second=second, truth=truth)
    empty = "" if kept["input"].any() else "empty"
    return say("network_lab", empty, "sees", "stranger", first=first, second=second)


def _percent(share):
    return "under 1%" if share < 0.005 else "over 99%" if share > 0.995 else f"{share:.0%}"


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


def _box_pointed(pick):
    """Return the layer of a box or bar that was chosen; the image is none."""
    return pick[3] - (pick[0] == "tower") if pick and pick != ("tower", 0, 0, 0) else None


@lab(pick=Control(), layer=ranged("layer", 0, lambda net: len(own_boxes(net)) - 1, follows=_box_pointed))
def own_tower_lab(net=None, layer=0):
    """Draw every map of a network of your own to scale: its filters and poolings, with what follows them.

    Parameters
    ----------
    net : Network
        Drawn for the pictures it was made for.
    layer : int
        Which layer is pointed out, 0 for the first.
    """
    return _tower(own_boxes(net), "Your network", net.shape, layer)


@lab(
    own=own_tower_lab,
    network=one_of("network", TOWERS),
    size=ranged("image (px)", 64, 384, 32),
    pick=Control(),
    layer=ranged("layer", 0, lambda network: len(boxes(network, 224)) - 1, follows=_box_pointed),
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
    return _tower(boxes(network, size), network, (3, size, size), layer)


def _tower(drawn, network, image, layer):
    """Draw the maps, and the share of each layer in all costs."""
    kinds, costs = zip(*drawn, strict=True)
    sums = {what: getattr(geometry.total(costs), what) for what in SHARES}
    shares = {name: [100 * getattr(one, what) / sums[what] for one in costs] for what, name in SHARES.items()}
    names, shapes = [one.name for one in costs], np.array([image, *(one.shape for one in costs)])
    maps = Tower(shapes, ["image", *names], ["image", *kinds], "the maps, to scale", mark=layer + 1)
    axes, short = ("layer", "share of all (%)"), [networks.nickname(name, 15) for name in names]
    bars = Curve(range(len(names)), shares, "where the costs lie", axes, mark=layer, bars=short)
    inside = " in all its layers" if kinds[layer] == "residual block" else ""
    says = say("tower_lab", network=network, size=image[1:], sums=sums, here=costs[layer], inside=inside)
    panels, tables = {"tower": maps, "costs": bars}, {"layers": _costs(costs, sums, image)}
    return Scene(panels, [], says, tables, pick=("tower", 0, 0, layer + 1), rows=(("tower",), ("costs",)))


def _costs(costs, sums, image):
    rows = [["layer", "output", *SHARES.values()]]
    rows.append(["image", times(*image), "–", f"{np.prod(image):,}", "–"])
    for one in costs:
        rows.append([one.name, times(*one.shape), *(f"{getattr(one, what):,}" for what in SHARES)])
    return [*rows, ["all layers", "", *(f"{total:,}" for total in sums.values())]]
