"""Notebook 04: how strongly each pixel of a receptive field counts, and VGG-16 beside AlexNet."""

import functools
from dataclasses import replace

import numpy as np

from convlab import images, networks
from convlab.arithmetic.geometry import Layer, cost, receptive_field, total
from convlab.errors import number, plural
from convlab.labs.controls import one_of, photo, picture, ranged
from convlab.labs.lab import lab, running, say
from convlab.view.scene import Curve, Grid, Link, Scene

WEIGHTS = ("all equal", "random", "the trained net", "the same net, random")
DEEPEST = 40
ACROSS = ("distance from the middle (px)", "share of what counts")
RATIO = ("4σ / receptive field, by layers", ("layers", "4σ / receptive field"))
WIDEST = 127  # pixels of a map with random weights: each of its cells travels as a number of its own


def _deepest(weights, kernel):
    return min(DEEPEST, (WIDEST - 1) // (kernel - 1)) if weights == "random" else DEEPEST


def _convs(net):
    """List the convolutions that have a window, before any maps grow again."""
    return tuple(name for name in net.windowed if net.layers[name].kind == "conv")


@lab(**picture(), layer=one_of("layer", _convs, follows=lambda net: _convs(net)[-1]))
def own_effective_lab(net=None, layer=None, image="cat"):
    """Show how much each pixel counts for one unit of a network of your own, in one picture.

    Parameters
    ----------
    net : Network
    layer : str, optional
        A convolution with a window, before any maps grow again; by default the last.
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    """
    seen = images.fit(photo(image, grey=False), net.shape)
    share, map = networks.influence.strongest(replace(net, told=running), layer, seen)
    name = f"The middle unit of {networks.nickname(layer)}, in map {map}, the strongest there"
    panels, link, says = _compared(name, share)
    shown = (seen.transpose(1, 2, 0), "picture", "rgb") if len(seen) == 3 else (seen[0], "picture")
    panels = {"image": Grid(*shown), **panels}
    return Scene(panels, [link], says, rows=(("image", "map", "box"), ("across",)))


@lab(
    own=own_effective_lab,
    weights=one_of("weights", WEIGHTS),
    depth=ranged("layers", 1, _deepest, when=lambda weights: weights not in WEIGHTS[2:]),
    kernel=ranged("kernel", 3, 7, 2, when=lambda weights: weights not in WEIGHTS[2:]),
    layer=one_of("layer of the net", networks.CONVS, when=lambda weights: weights in WEIGHTS[2:]),
)
def effective_lab(depth=5, kernel=3, *, weights="all equal", layer="conv3"):
    """Show how much each pixel of the receptive field counts, with a Gaussian fitted to it.

    Parameters
    ----------
    depth : int
        Layers of the stack, all with stride 1: 1 to 40, with random weights as many as stay within 127 px.
    kernel : {3, 5, 7}
        Side of their kernels.
    weights : {"all equal", "random", "the trained net", "the same net, random"}
        The last two look into the network of notebook 03, which has its own layers.
    layer : {"conv1", "conv2", "conv3", "conv4", "conv5"}
        Which layer of that network.
    """
    if weights in WEIGHTS[2:]:
        share = networks.net_map(layer, weights == WEIGHTS[2])
        ratios, here, name = _net_ratios(), networks.CONVS.index(layer) + 1, f"{layer} of the net"
    else:
        layers = [Layer(kernel)] * depth
        line = networks.profile(layers)
        share = np.outer(line, line) if weights == "all equal" else networks.random_map(layers)
        ratios, here, name = _ratios(kernel), depth, f"{plural(depth, 'layer')} of {kernel}×{kernel}"
    panels, link, says = _compared(name, share, equal=weights == "all equal")
    panels["ratio"] = Curve(range(1, 1 + len(ratios["equal weights"])), ratios, *RATIO, mark=here)
    return Scene(panels, [link], says, rows=(("map", "box"), ("across", "ratio")))


def _compared(name, share, equal=False):
    """Set what counts beside a Gaussian of the same spread, and mark two σ to each side."""
    across, size, sigma = share.sum(axis=0), len(share), _sigma(share)
    bell, at = networks.bell(size, sigma), np.arange(size) - (size - 1) / 2
    box = np.flatnonzero(np.abs(at) <= 2 * sigma)
    # Equal weights have no signs that cancel: the gradient itself is what counts.
    title = "each pixel's gradient" if equal else "each pixel's squared gradient"
    disc = _disc(across) if equal else (share / share.max()).astype(np.float32)
    panels = {
        "map": Grid(disc, title, kind="grey", low=0, high=1),
        "box": Grid([[4 * sigma]], "4σ (px)", low=0, high=size),
        "across": Curve(at, {"measured": across, "Gaussian": bell}, "from left to right", ACROSS),
    }
    inside = {"area": (len(box) / size) ** 2, "held": share[np.ix_(box, box)].sum()}
    wide = {"wide": 4 * sigma, "share": 4 * sigma / size}
    miss = np.abs(across - bell).max() / bell.max()
    says = say("effective_lab", name=name, size=size, sigma=sigma, **wide, **inside, miss=miss)
    return panels, Link("map", "box", ((0,), box), ((0,), box), op="window"), says


def _disc(line):
    """Give the map of a stack of equal weights beside its largest: a line times itself."""
    return np.outer(line / line.max(), line / line.max())


def _sigma(share):
    """Return the spread, in pixels: the mean of both directions."""
    return (networks.spread(share.sum(axis=0)) + networks.spread(share.sum(axis=1))) / 2


def _ratio(line):
    return 4 * networks.spread(line) / len(line)


@functools.lru_cache(maxsize=8)
def _ratios(kernel):
    """4σ over the receptive field for equal weights, for 1 … 40 layers; and its limit for many, c/√n."""
    depths = np.arange(1, DEEPEST + 1)
    measured = [_ratio(networks.profile([Layer(kernel)] * n)) for n in depths]
    limit = 4 * np.sqrt((kernel**2 - 1) / 12) / (kernel - 1) / np.sqrt(depths)
    return {"equal weights": measured, "∝ 1/√n": limit}


@functools.cache
def _net_ratios():
    """4σ over the receptive field for each layer of the net: trained, random, all weights equal."""
    maps = [[networks.net_map(layer, trained) for layer in networks.CONVS] for trained in (True, False)]
    trained, random = ([4 * _sigma(share) / len(share) for share in shares] for shares in maps)
    net = networks.shipped("fashion")
    equal = [_ratio(networks.profile(net.path(layer))) for layer in networks.CONVS]
    return {"trained": trained, "random": random, "equal weights": equal}


NETS = {"VGG-16": networks.vgg16, "AlexNet": networks.alexnet}


@lab(stage=one_of("up to", ["pool1", "pool2", "pool5"]))
def rivals_lab(stage="pool5"):
    """Set VGG-16 beside AlexNet: receptive field, effective field, weights, multiply-adds, ReLUs.

    Parameters
    ----------
    stage : {"pool1", "pool2", "pool5"}
        Up to which layer. Both networks have all three.
    """
    shares, found = zip(*(_measure(name, stage) for name in NETS), strict=True)
    wide = 2 + max(map(len, shares))
    panels, lines = {}, {}
    for name, share in zip(NETS, shares, strict=True):
        ends = ((wide - len(share)) // 2, wide - len(share) - (wide - len(share)) // 2)
        lines[name] = np.pad(share, ends)
        panels[name] = Grid(_disc(lines[name]), f"{name}: what counts", "grey", 0, 1, inset=ends * 2)
    panels["across"] = Curve(np.arange(wide) - (wide - 1) / 2, lines, "share of each column", ACROSS)
    grown, axes = _growth(), ("layers", "receptive field (px)")
    layers = range(len(grown["AlexNet"]))
    panels["growth"] = Curve(layers, grown, "receptive field, layer by layer", axes)
    texts = [[f"{n:,}" if isinstance(n, int) else number(n, 3) for n in one.values()] for one in found]
    table = [[f"up to {stage}", *NETS], *map(list, zip(found[0], *texts, strict=True))]
    vgg, alex = found
    more = vgg["multiply-adds"] / alex["multiply-adds"]
    says = say("rivals_lab", stage=stage, vgg=vgg, alex=alex, macs=more)
    rows = ((*NETS, "comparison"), ("across", "growth"))
    return Scene(panels, [], says, {"comparison": table}, rows=rows)


@functools.cache
def _measure(name, stage):
    """Count and measure one network up to one of its poolings, on an image of 224 × 224."""
    layers = NETS[name]()
    layers = layers[: 1 + [layer.name for layer in layers].index(stage)]
    size, jump, _ = receptive_field(layers)[-1]
    share, costs = networks.profile(layers), total(cost(layers, (3, 224, 224)))
    return share, {
        "layers": len(layers),
        "convolutions, each with a ReLU": sum(layer.kind == "conv" for layer in layers),
        "receptive field (px)": size,
        "jump (px)": jump,
        "σ (px)": networks.spread(share),
        "4σ / receptive field": _ratio(share),
        "weights and biases": costs.parameters,
        "multiply-adds": costs.macs,
    }


def _growth():
    """Receptive field after 0, 1, 2 … layers up to pool5; the shorter network stays at its last."""
    plain = {name: [layer for layer in layers() if layer.kernel != "all"] for name, layers in NETS.items()}
    grown = {name: [1, *(field.size for field in receptive_field(layers))] for name, layers in plain.items()}
    most = max(map(len, grown.values()))
    return {name: sizes + sizes[-1:] * (most - len(sizes)) for name, sizes in grown.items()}
