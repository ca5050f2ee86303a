"""What reaches a unit, and how much: proofs of a receptive field, and how strongly each pixel counts.

Where maps are not needed, one axis is enough: a square kernel sees the same on both.
"""

import functools
from dataclasses import replace

import numpy as np

from convlab.arithmetic.geometry import Layer, receptive_field
from convlab.arithmetic.inputs import finite, grid
from convlab.arithmetic.ops import conv_transpose2d
from convlab.errors import ConvlabError, named, whole
from convlab.networks.garments import sample
from convlab.networks.network import Network, load, untrained


def one_channel(layers, op="sum", seed=0):
    """Build a network of one channel with the windows of `layers`.

    Parameters
    ----------
    layers : sequence of Layer
    op : {"sum", "relu", "max"}
        What each layer does with its window: a weighted sum, the same and then ReLU, or the maximum.
    seed : int
        For the weights: sizes 0.5 … 1.5 over the kernel's side, and a random sign.

    Returns
    -------
    Network
        Its layers are called "1", "2", …; a ReLU after layer 1 is "1+".

    Examples
    --------
    >>> list(one_channel([Layer(3), Layer(2)], "relu").layers)
    ['1', '1+', '2', '2+']
    """
    receptive_field(layers)  # refuses what is no stack
    named("op", op, ("sum", "relu", "max"))
    rng, graph, weights = np.random.default_rng(whole("seed", seed)), [], {}
    kind = "max_pool" if op == "max" else "conv"
    for place, layer in enumerate(layers, start=1):
        graph.append(replace(layer, kind=kind, name=f"{place}"))
        sides = (1, 1, layer.kernel, layer.kernel)
        signs = rng.choice([-1, 1], sides)
        weights[f"{place}.weight"] = signs * rng.uniform(0.5, 1.5, sides) / layer.kernel
        if op == "relu":
            graph.append(Layer(kind="relu", name=f"{place}+"))
    return Network(graph, weights)


def poke(network, image, row, unit, by=50.0):
    """Change the pixels of one row, one at a time, and see how much a unit of the last layer changes.

    Parameters
    ----------
    network : Network
        A stack of one channel.
    image : array (H, W)
    row : int
        The row whose pixels are poked.
    unit : (int, int)
        Row and column of the unit, in the first map of the last layer.
    by : float
        Added to the pixel.

    Returns
    -------
    array (W,)
        Change of the unit for each pixel; exactly 0 where the pixel does not reach it.

    Examples
    --------
    >>> poke(one_channel([Layer(3, padding=1)], "max"), np.zeros((4, 4)), 1, (1, 1))
    array([50., 50., 50.,  0.])
    """
    image = np.asarray(image, dtype=float)
    copies = image.shape[1] + 1  # a picture for each pixel, and one that is not poked: side by side as groups
    pictures = np.repeat(image[None], copies, axis=0)
    pictures[range(copies - 1), row, range(copies - 1)] += by
    graph = [replace(layer, groups=copies, channels=copies) for layer in network.graph]
    weights = {name: np.repeat(array, copies, axis=0) for name, array in network.weights.items()}
    wide = replace(network, graph=graph, weights=weights, channels=copies)
    maps = wide.forward(pictures)[graph[-1].name]
    answers = maps[:, unit[0], unit[1]]
    return answers[:-1] - answers[-1]


def profile(layers):
    """Give the share that each pixel of the receptive field has in a unit, along one axis, for equal weights.

    Parameters
    ----------
    layers : sequence of Layer
        Kernels in numbers. Every tap of every kernel counts the same; a pooling is an average.

    Returns
    -------
    array (size,)
        Sums to 1. In two dimensions: `np.outer(profile, profile)`.

    References
    ----------
    Luo, Li, Urtasun & Zemel (2016), Understanding the Effective Receptive Field, arXiv:1701.04128.

    Examples
    --------
    >>> profile([Layer(3), Layer(3)]) * 9
    array([1., 2., 3., 2., 1.])
    """
    receptive_field(layers)  # refuses what is no stack
    share = np.ones((1, 1))
    for layer in reversed(layers):
        taps, steps = np.ones((1, layer.kernel)), {"stride": layer.stride, "dilation": layer.dilation}
        share = conv_transpose2d(share, taps, **steps) / layer.kernel
    return share[0]


def random_map(layers, channels=16, seed=0):
    """Give how strongly each pixel moves one unit when the weights are random: the squared gradient.

    Parameters
    ----------
    layers : sequence of Layer
        Kernels in numbers; weights are normal and independent, with mean 0. Nothing stands between layers.
    channels : int
        Channels of every map, the image included. Their squares are added up.
    seed : int

    Returns
    -------
    array (size, size)
        Sums to 1. Over many seeds it tends to the map of equal weights.

    Examples
    --------
    >>> random_map([Layer(3), Layer(3)]).shape
    (5, 5)
    """
    rng, gradient = np.random.default_rng(seed), np.eye(channels, 1)[:, :, None]
    for layer in reversed(layers):
        weights = rng.normal(size=(channels, channels, layer.kernel, layer.kernel)) / channels**0.5
        steps = {"stride": layer.stride, "dilation": layer.dilation}
        gradient = conv_transpose2d(gradient, weights / layer.kernel, **steps)
    energy = np.sum(gradient**2, axis=0)
    return energy / energy.sum()


def spread(share):
    """Measure the standard deviation of a profile, in pixels.

    >>> round(spread(np.ones(3) / 3), 3)
    0.816
    """
    share = finite("share", grid("share", share, "(size,)"), float)
    share = share / np.sum(share)
    at = np.arange(len(share)) - np.arange(len(share)) @ share
    return float(np.sqrt(at**2 @ share))


def bell(n, sigma):
    """Make a Gaussian of standard deviation `sigma` in the middle of `n` pixels, with sum 1.

    >>> bell(3, 1.0).round(3)
    array([0.274, 0.452, 0.274])
    """
    at = np.arange(n) - (n - 1) / 2
    heights = np.exp(-0.5 * (at / sigma) ** 2)
    return heights / heights.sum()


CONVS = ("conv1", "conv2", "conv3", "conv4", "conv5")  # of the network that ships


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
    net, rng, (garments, _) = load("fashion"), np.random.default_rng(0), sample()
    if not trained:
        net = replace(net, weights=untrained(net.graph, (1, 28, 28)).weights)
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


def strongest(net, layer, image):
    """Measure how strongly each pixel moves the middle unit of one map: the map that answers most there.

    Parameters
    ----------
    net : Network
    layer : str
        A layer whose maps are (C, H, W).
    image : array (C, H, W)

    Returns
    -------
    (array (size, size), int)
        The squared gradient over the receptive field, or a square around it; sums to 1. And which map.

    Raises
    ------
    ConvlabError
        As `Network.gradient`; or if no pixel moves the unit.
    """
    maps = net.forward(image, [layer])[layer]
    middle = [n // 2 for n in maps.shape[1:]]
    unit = (int(maps[:, *middle].argmax()), *middle)
    energy = np.sum(net.gradient(image, layer, unit).astype(float) ** 2, axis=0)
    if not energy.any():
        raise ConvlabError(f"No pixel of this picture moves the middle unit of {layer}. Try another picture.")
    fields = [net.field(layer, axis) for axis in (0, 1)]
    side = max(field.size for field in fields)
    energy = np.pad(energy, side)
    for axis, (size, jump, start) in enumerate(fields):
        first = int(start + middle[axis] * jump) - (side - size) // 2 + side
        energy = energy.take(range(first, first + side), axis)
    return energy / energy.sum(), unit[0]
