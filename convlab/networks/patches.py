"""What a map likes best: where it peaks in each picture, and the patches that excite it most."""

from typing import NamedTuple

import numpy as np

from convlab.arithmetic.ops import pad
from convlab.errors import ConvlabError, whole


def peaks(network, images):
    """Find the largest value of every map in every image; one pass, for `top_patches` to choose from.

    Parameters
    ----------
    network : model.Network
    images : sequence of arrays
        N images of one size, each as `Network.forward` takes it.

    Returns
    -------
    dict of str to (array, array, array)
        For each layer whose activations are maps, of each map in each image the largest value, and the row
        and column where it stands; each (N, C).
    """
    if len(images) == 0:
        raise ConvlabError("There are no images. Give at least 1.")
    found = {}
    for image in images:
        for name, maps in network.forward(image).items():
            if maps.ndim == 3:
                flat = maps.reshape(len(maps), -1)
                best = flat.argmax(axis=1)
                peak = flat[np.arange(len(flat)), best], *np.divmod(best, maps.shape[2])
                found.setdefault(name, []).append(peak)
    return {name: tuple(map(np.array, zip(*rows, strict=True))) for name, rows in found.items()}


class Patches(NamedTuple):
    """Best patches of one map, the strongest first."""

    images: np.ndarray  # (n,) which image each comes from
    rows: np.ndarray  # (n,) place in the map
    cols: np.ndarray
    values: np.ndarray  # (n,) what the map says there
    patches: np.ndarray  # (n, size, size) or (n, C, size, size), cut to the receptive field


def top_patches(network, images, found, layer, unit, n=9):
    """Cut out the patches that excite one map most, at most one from each image.

    Parameters
    ----------
    network : model.Network
    images : sequence of arrays
        The images `found` was made from.
    found : dict
        From `peaks(network, images)`.
    layer : str
        Name of a layer.
    unit : int
        Number of the map.
    n : int
        How many patches, at most one for each image.

    Returns
    -------
    Patches
        Each patch is as large as the receptive field; what lies beyond the image is 0, as in padding.

    Raises
    ------
    ConvlabError
        If there is no such layer or map, or n is out of range.
    """
    field = network.field(layer)
    values, rows, cols = found[layer]
    unit = whole("unit", unit, 0, values.shape[1] - 1)
    best = np.argsort(-values[:, unit], kind="stable")[: whole("n", n, 1, len(values))]
    rows, cols = rows[best, unit], cols[best, unit]
    tops, lefts = field.start + rows * field.jump, field.start + cols * field.jump
    cut = [_cut(images[i], top, left, field.size) for i, top, left in zip(best, tops, lefts, strict=True)]
    return Patches(best, rows, cols, values[best, unit], np.array(cut))


def _cut(image, top, left, size):
    """Square window of an image; 0 where it reaches beyond."""
    rows, cols = slice(top + size, top + 2 * size), slice(left + size, left + 2 * size)
    return pad(image, size)[..., rows, cols]
