"""Notebook 04: how strongly each pixel of a receptive field counts, and VGG-16 beside AlexNet."""

import functools
from dataclasses import replace

import numpy as np

from convlab import fields, model, networks, places
from convlab.geometry import Layer, cost, receptive_field
from convlab.labs.base import Lab, choice, slider
from convlab.scene import Link, Panel, Scene, number

WEIGHTS = ("all equal", "random", "the trained net", "the same net, random")
LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5")
DEEPEST = 40


def effective_lab(depth=5, kernel=3, *, weights="all equal", layer="conv3"):
    """Show how much each pixel of the receptive field counts, with a Gaussian fitted to it.

    Parameters
    ----------
    depth : int
        Layers of the stack, 1 to 40, all with stride 1.
    kernel : {3, 5, 7}
        Side of their kernels.
    weights : {"all equal", "random", "the trained net", "the same net, random"}
        The last two look into the network of notebook 03, which has its own layers.
    layer : {"conv1", "conv2", "conv3", "conv4", "conv5"}
        Which layer of that network.

    Returns
    -------
    Lab
        Controls: weights, depth, kernel, layer.
    """
    controls = {
        "weights": choice("weights", weights, list(WEIGHTS)),
        "depth": slider("layers", depth, 1, DEEPEST),
        "kernel": slider("kernel", kernel, 3, 7, 2),
        "layer": choice("layer of the net", layer, list(LAYERS)),
    }

    def choose(change):
        net = controls["weights"].value in WEIGHTS[2:]
        controls["depth"].disabled = controls["kernel"].disabled = net
        controls["layer"].disabled = not net

    controls["weights"].observe(choose, "value")
    choose(None)
    return Lab("effective_lab", controls, _draw)


def _draw(weights, depth, kernel, layer):
    if weights in WEIGHTS[2:]:
        share = net_map(layer, weights == WEIGHTS[2])
        curve, name = _by_layer(LAYERS.index(layer)), f"{layer} of the net"
    else:
        layers = [Layer(kernel)] * depth
        line = fields.profile(layers)
        share = np.outer(line, line) if weights == "all equal" else fields.random_map(layers)
        curve, name = _by_depth(kernel, depth), f"{depth} layer{'s' * (depth > 1)} of {kernel}×{kernel}"
    across, size = share.sum(axis=0), len(share)
    sigma = (fields.spread(across) + fields.spread(share.sum(axis=1))) / 2
    box = _box(size, sigma)
    bell = fields.bell(size, sigma)
    at = np.arange(size) - (size - 1) / 2
    panels = {
        "map": Panel(share / share.max(), "how much each pixel counts", kind="grey", low=0, high=1),
        "box": Panel(np.array([[4 * sigma]]), "4σ (px)", low=0, high=size),
        "across": Panel(
            np.array([at, across, bell]), "from left to right", kind="curve", labels=["measured", "Gaussian"]
        ),
        "ratio": curve,
    }
    square = ((0,), box)
    says = (
        f"{name}: the receptive field is {size} px wide, σ is {number(sigma)} px. "
        f"4σ = {number(4 * sigma, 3)} px is {4 * sigma / size:.0%} of it. "
        f"The marked square is {(len(box) / size) ** 2:.0%} of the area "
        f"and holds {share[np.ix_(box, box)].sum():.0%} of what counts. "
        f"Measured and Gaussian differ by up to {np.abs(across - bell).max() / bell.max():.1%} of the peak."
    )
    return Scene(panels, [Link("map", "box", square, square, op="window")], says, pick=("box", 0, 0, 0))


def _box(size, sigma):
    """List the pixels nearer to the middle than 2σ."""
    return [k for k in range(size) if abs(k - (size - 1) / 2) <= 2 * sigma]


@functools.lru_cache(maxsize=8)
def _ratios(kernel):
    """4σ over the receptive field for equal weights, for 1 … 40 layers; and its limit for many, c/√n."""
    profiles = [fields.profile([Layer(kernel)] * n) for n in range(1, DEEPEST + 1)]
    measured = [4 * fields.spread(line) / len(line) for line in profiles]
    limit = 4 * np.sqrt((kernel**2 - 1) / 12) / (kernel - 1) / np.sqrt(np.arange(1, DEEPEST + 1))
    return np.array([np.arange(1, DEEPEST + 1), measured, limit])


def _by_depth(kernel, depth):
    return Panel(
        _ratios(kernel),
        "4σ / receptive field, by layers",
        kind="curve",
        labels=["equal weights", "∝ 1/√n"],
        mark=depth,
    )


@functools.cache
def _net_ratios():
    """4σ over the receptive field for each layer of the net: trained, random, all weights equal."""
    net, rows = model.load("fashion"), []
    for trained in (True, False):
        maps = [net_map(layer, trained) for layer in LAYERS]
        rows.append([2 * (fields.spread(m.sum(0)) + fields.spread(m.sum(1))) / len(m) for m in maps])
    lines = [fields.profile(net.geometry(layer)) for layer in LAYERS]
    rows.append([4 * fields.spread(line) / len(line) for line in lines])
    return np.array([[1, 2, 3, 4, 5], *rows])


def _by_layer(place):
    labels = ["trained", "random", "equal weights"]
    title = "4σ / receptive field, by layer of the net"
    return Panel(_net_ratios(), title, kind="curve", labels=labels, mark=place + 1)


@functools.cache
def net_map(layer, trained=True, scenes=3, units=4):
    """Measure how strongly each pixel moves a unit of the shipped net: squared gradient, on real garments.

    Parameters
    ----------
    layer : str
        A name in `LAYERS`.
    trained : bool
        With its learned weights, or with random ones of the usual size at the start of training.
    scenes, units : int
        How many pictures of four garments, and how many maps in each, are averaged; chosen by a seed.

    Returns
    -------
    array (size, size)
        Over the receptive field; sums to 1.

    References
    ----------
    He, Zhang, Ren & Sun (2015), arXiv:1502.01852, for the size of random weights.
    """
    net, rng, (garments, _) = model.load("fashion"), np.random.default_rng(0), places.sample()
    if not trained:
        net = _untrained(net)
    size, jump, start = net.field(layer)
    place = round((20 - start - (size - 1) / 2) / jump)  # the unit that looks at the middle of the scene
    first = start + place * jump
    energy, maps = np.zeros((size, size)), len(net.weights[f"{layer}.weight"])
    for _ in range(scenes):
        four = garments[rng.choice(len(garments), 4, replace=False)].astype(np.float32)
        scene = np.block([[four[0], four[1]], [four[2], four[3]]])[8:48, 8:48]
        for channel in rng.choice(maps, units, replace=False):
            slope = net.gradient(scene, layer, (int(channel), place, place))[0]
            energy += slope[first : first + size, first : first + size] ** 2
    return energy / energy.sum()


def _untrained(net):
    """Give the net random weights: normal, of variance 2 over the inputs of a unit, without biases."""
    rng, weights = np.random.default_rng(0), {}
    for name, array in net.weights.items():
        spread = np.sqrt(2 / np.prod(array.shape[1:])) if name.endswith("weight") else 0
        weights[name] = (spread * rng.normal(size=array.shape)).astype(np.float32)
    return replace(net, weights=weights)


NETS = {"VGG-16": networks.vgg16, "AlexNet": networks.alexnet}


def rivals_lab(stage="pool5"):
    """Set VGG-16 beside AlexNet: receptive field, effective field, weights, multiply-adds, ReLUs.

    Parameters
    ----------
    stage : {"pool1", "pool2", "pool5"}
        Up to which layer. Both networks have all three.

    Returns
    -------
    Lab
        Controls: stage.
    """
    return Lab("rivals_lab", {"stage": choice("up to", stage, ["pool1", "pool2", "pool5"])}, _draw_rivals)


def _draw_rivals(stage):
    found = {name: _measure(name, stage) for name in NETS}
    wide = 2 + max(one["receptive field (px)"] for one in found.values())
    panels, lines = {}, []
    for name, one in found.items():
        before, size = (wide - one["receptive field (px)"]) // 2, one["receptive field (px)"]
        ends = (before, wide - size - before)
        lines.append(np.pad(one["share"], ends))
        disc = np.outer(lines[-1], lines[-1]) / lines[-1].max() ** 2
        panels[name] = Panel(disc, f"{name}: what counts", kind="grey", low=0, high=1, inset=ends * 2)
    at, labels = np.arange(wide) - (wide - 1) / 2, list(NETS)
    panels["across"] = Panel(np.array([at, *lines]), "share of each column", kind="curve", labels=labels)
    panels["growth"] = Panel(_growth(), "receptive field, layer by layer", kind="curve", labels=labels)
    vgg, alex = found.values()
    says = (
        f"Up to {stage}, VGG-16 has a receptive field of {vgg['receptive field (px)']} px "
        f"and σ {number(vgg['σ (px)'], 3)} px; AlexNet has {alex['receptive field (px)']} px "
        f"and σ {number(alex['σ (px)'], 3)} px. "
        f"VGG-16 does {vgg['multiply-adds'] / alex['multiply-adds']:.1f} times as many multiply-adds. "
        "All weights are taken as equal, and poolings as averages."
    )
    rows = [[key, *(_text(one[key]) for one in found.values())] for key in vgg if key != "share"]
    return Scene(panels, [], says, [[f"up to {stage}", *NETS], *rows])


def _text(value):
    return f"{value:,}" if isinstance(value, int) else number(value, 3)


@functools.cache
def _measure(name, stage):
    """Count and measure one network up to one of its poolings, on an image of 224 × 224."""
    layers = NETS[name]()
    layers = layers[: 1 + [layer.name for layer in layers].index(stage)]
    size, jump, _ = receptive_field(layers)[-1]
    share, costs = fields.profile(layers), cost(layers, (3, 224, 224))
    return {
        "share": share,
        "layers": len(layers),
        "convolutions, each with a ReLU": sum(layer.kind == "conv" for layer in layers),
        "receptive field (px)": size,
        "jump (px)": jump,
        "σ (px)": fields.spread(share),
        "4σ / receptive field": 4 * fields.spread(share) / size,
        "weights and biases": sum(one.parameters for one in costs),
        "multiply-adds": sum(one.macs for one in costs),
    }


def _growth():
    """Receptive field after 0, 1, 2 … layers up to pool5; the shorter network stays at its last."""
    grown = []
    for layers in NETS.values():
        plain = [layer for layer in layers() if layer.kernel != "all"]
        grown.append([1] + [field.size for field in receptive_field(plain)])
    most = max(map(len, grown))
    return np.array([range(most), *(one + one[-1:] * (most - len(one)) for one in grown)])
