"""Where things are: garments in a scene, the patches a map likes best, faces in a photograph."""

from importlib import resources
from typing import NamedTuple

import numpy as np

from .arguments import grid, pair
from .errors import ConvlabError, shown, whole
from .images import to_grey

SIDE = 28  # pixels of a garment's picture
SCENE = 84  # three garments wide, so that four have room to move


def sample():
    """Load the test pictures of Fashion-MNIST that come with convlab, never seen in training.

    Returns
    -------
    (array, array)
        Images (250, 28, 28) uint8, white on black, and labels (250,): 25 of each class of
        `load("fashion").classes`, drawn by a seed and not by hand.

    References
    ----------
    Xiao, Rasul & Vollgraf (2017), arXiv:1708.07747. Licence: weights/fashion.md.
    """
    with resources.files(__package__).joinpath("weights", "fashion_sample.npz").open("rb") as stream:
        arrays = np.load(stream, allow_pickle=False)
        return arrays["images"], arrays["labels"]


def garment(picture):
    """Turn a photograph of one garment into a picture like the ones the network has learned from.

    What differs from the background (the middle value along the border) becomes bright; it is cut out,
    put in the middle of a square and averaged down.

    Parameters
    ----------
    picture : array (3, H, W)
        uint8, as `images.read` gives it, on an even background.

    Returns
    -------
    array (28, 28), uint8
        Light on black; all black if nothing differs from the background.
    """
    picture = grid("picture", picture, "(3, H, W)")
    if len(picture) != 3:
        raise ConvlabError(f"picture has {len(picture)} channels. It must have 3: red, green, blue.")
    grey = to_grey(picture).astype(np.float32)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    light = np.abs(grey - np.median(border))
    shown_rows, shown_cols = (np.flatnonzero((light > 25).any(axis=axis)) for axis in (1, 0))
    if len(shown_rows) == 0:
        return np.zeros((SIDE, SIDE), np.uint8)
    light = light[shown_rows[0] : shown_rows[-1] + 1, shown_cols[0] : shown_cols[-1] + 1]
    spare = [(max(light.shape) - n) // 2 for n in light.shape]
    square = np.zeros((max(light.shape),) * 2, np.float32)
    square[spare[0] :, spare[1] :][: light.shape[0], : light.shape[1]] = light
    average = _averages(len(square), SIDE)
    small = average @ square @ average.T
    return np.rint(small * (255 / small.max())).astype(np.uint8)


class Peaks(NamedTuple):
    """Largest value of each map in each image, and the row and column where it stands; each (N, C)."""

    values: np.ndarray
    rows: np.ndarray
    cols: np.ndarray


def peaks(network, images):
    """Find the largest value of every map in every image; one pass, for `top_patches` to choose from.

    Parameters
    ----------
    network : model.Network
    images : sequence of arrays
        N images of one size, each as `Network.forward` takes it.

    Returns
    -------
    dict of str to Peaks
        One entry for each layer whose activations are maps.
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
    return {name: Peaks(*map(np.array, zip(*rows, strict=True))) for name, rows in found.items()}


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
    found : dict of str to Peaks
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
    if whole("unit", unit) >= values.shape[1]:
        raise ConvlabError(f"map is {unit}. The last map of {layer} is {values.shape[1] - 1}.")
    if whole("n", n, 1) > len(values):
        raise ConvlabError(f"n is {n}. Each image gives one patch, and there are {len(values)}.")
    best = np.argsort(-values[:, unit], kind="stable")[:n]
    rows, cols = rows[best, unit], cols[best, unit]
    tops, lefts = field.start + rows * field.jump, field.start + cols * field.jump
    cut = [_cut(images[i], top, left, field.size) for i, top, left in zip(best, tops, lefts, strict=True)]
    return Patches(best, rows, cols, values[best, unit], np.array(cut))


def scene(garments, places, size=SCENE):
    """Lay garments on a black field; where two overlap, the brighter pixel shows.

    Parameters
    ----------
    garments : sequence of arrays (h, w)
        uint8 pictures, white on black.
    places : sequence of (row, column)
        Top left corner of each, in pixels.
    size : int
        Side of the field, in pixels.

    Returns
    -------
    array (size, size), uint8

    Raises
    ------
    ConvlabError
        If the counts differ, or a garment would leave the field.

    Examples
    --------
    >>> scene([[[7]], [[9]]], [(0, 0), (1, 2)], size=3).tolist()
    [[7, 0, 0], [0, 0, 9], [0, 0, 0]]
    """
    if len(garments) != len(places):
        raise ConvlabError(f"There are {len(garments)} garments, but {len(places)} places for them.")
    field = np.zeros((size, size), np.uint8)
    for garment, place in zip(garments, places, strict=True):
        garment, (row, col) = grid("garment", garment, "(H, W)"), pair("place", place)
        for name, start, side in (("row", row, garment.shape[0]), ("column", col, garment.shape[1])):
            if whole(name, start) + side > size:
                raise ConvlabError(f"{name} is {start}. In a field of {size}, the largest is {size - side}.")
        part = field[row : row + garment.shape[0], col : col + garment.shape[1]]
        np.maximum(part, garment.astype(np.uint8), out=part)
    return field


def pointed(network, picture, category):
    """Find the pixel (row, column) below the largest value of the class-activation map."""
    heat = network.cam(picture, category)
    last = [layer["op"] for layer in network.layers].index("mean") - 1
    field = network.field(network.layers[last]["name"])
    middle = field.start + (field.size - 1) / 2
    return tuple(float(middle + i * field.jump) for i in np.unravel_index(heat.argmax(), heat.shape))


def pointing_game(network, images, labels, scenes=200, seed=0):
    """Score the class-activation map: how often its peak is on the garment asked for.

    Each scene holds four garments of four classes at random places, none over another. Pointing
    blindly scores 28²/84² = 11 %.

    Parameters
    ----------
    network : model.Network
    images, labels : arrays (N, 28, 28) and (N,)
        As from `sample()`.
    scenes : int
        How many scenes; four questions in each.
    seed : int
        Of the random scenes.

    Returns
    -------
    float
        Share of right answers, 0 … 1.

    References
    ----------
    Zhang et al. (2016), Top-down Neural Attention by Excitation Backprop, arXiv:1608.00507.
    """
    random, hits = np.random.default_rng(seed), 0
    for _ in range(whole("scenes", scenes, 1)):
        categories = random.choice(np.unique(labels), 4, replace=False)
        garments = [images[random.choice(np.flatnonzero(labels == category))] for category in categories]
        places = random_places(random)
        picture = scene(garments, places)
        for category, (top, left) in zip(categories, places, strict=True):
            row, col = pointed(network, picture, int(category))
            hits += top <= row < top + SIDE and left <= col < left + SIDE
    return hits / (4 * scenes)


def random_places(random, count=4):
    """Draw corners for `count` garments, again and again until none lies over another."""
    while True:
        places = random.integers(0, SCENE - SIDE + 1, (count, 2))
        gaps = np.abs(places[:, None] - places).max(axis=2)
        if (gaps[np.triu_indices(count, 1)] >= SIDE).all():
            return [tuple(map(int, place)) for place in places]


def faces(network, image, scales, threshold=0.6, overlap=0.5):
    """Slide a face detector over a photograph, shrunk to several sizes.

    The detector looks at 12 × 12 pixels. On a picture shrunk by `scale` it finds faces of about
    12/scale pixels; that is why several scales are tried.

    Parameters
    ----------
    network : model.Network
        `load("pnet")`: it gives "probability" and "box".
    image : array (3, H, W)
        Pixel values, 0 … 255.
    scales : sequence of float
        Each above 0 and at most 1; see `pyramid`.
    threshold : float
        Least probability of a box that is kept, 0 … 1.
    overlap : float
        Of two boxes that share more than this (intersection over union), the weaker is dropped.

    Returns
    -------
    (list of arrays, array)
        Probability of a face, one map (H', W') a scale; and boxes (N, 5), strongest first:
        left, top, right, bottom in pixels of `image`, probability.

    Raises
    ------
    ConvlabError
        If a scale, the threshold or the overlap is out of range, or a shrunken image is too small.

    References
    ----------
    Zhang, Zhang, Li & Qiao (2016), Joint Face Detection and Alignment using Multi-task Cascaded
    Convolutional Networks, arXiv:1604.02878.
    """
    image = grid("image", image, "(3, H, W)")
    maps, boxes = [], [np.empty((0, 5))]
    _share("threshold", threshold)
    _share("overlap", overlap)
    for scale in scales:
        found = network.forward(shrink(image, scale))
        maps.append(found["probability"][1])
        boxes.append(_boxes(maps[-1], found["box"], network.field("scores"), scale, threshold))
    return maps, keep_strongest(np.concatenate(boxes), overlap)


def pyramid(height, width, smallest=20, factor=0.709):
    """List the scales at which faces from `smallest` pixels up to the whole picture become about 12 pixels.

    >>> [round(scale, 2) for scale in pyramid(100, 80)]
    [0.6, 0.43, 0.3, 0.21, 0.15]
    """
    scales = [min(12 / smallest, 1.0)]
    while min(height, width) * scales[-1] * factor >= 12:
        scales.append(scales[-1] * factor)
    return scales


def shrink(image, scale):
    """Reduce an image (C, H, W) by averaging: each new pixel is the mean of the area it covers.

    >>> shrink(np.array([[[0, 2, 4, 6]]]), 0.5).tolist()
    [[[1.0, 5.0]]]
    """
    if _share("scale", scale) == 0:
        raise ConvlabError("scale is 0, which leaves nothing of the image. It must be above 0, such as 0.1.")
    rows, cols = (_averages(n, max(int(n * scale), 1)) for n in image.shape[1:])
    return (rows @ image.astype(np.float32) @ cols.T).astype(np.float32)


def keep_strongest(boxes, overlap):
    """Sort boxes (N, 5) by probability, and drop each that overlaps a stronger one too much."""
    boxes, kept = boxes[np.argsort(-boxes[:, 4], kind="stable")], []
    while len(boxes):
        best, boxes = boxes[0], boxes[1:]
        kept.append(best)
        corner, end = np.maximum(best[:2], boxes[:, :2]), np.minimum(best[2:4], boxes[:, 2:4])
        shared = np.prod(np.clip(end - corner, 0, None), axis=1)
        either = np.prod(best[2:4] - best[:2]) + np.prod(boxes[:, 2:4] - boxes[:, :2], axis=1) - shared
        boxes = boxes[shared <= overlap * either]
    return np.array(kept).reshape(-1, 5)


def _share(name, value):
    """Return a number from 0 to 1, or raise a sentence."""
    if not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
        raise ConvlabError(f"{name} is {shown(value)}. It must be a number from 0 to 1.")
    return value


def _boxes(probability, shift, field, scale, threshold):
    """Windows of the cells above the threshold, moved by the network's own correction (in window sides)."""
    rows, cols = np.nonzero(probability >= threshold)
    corner = np.array([cols, rows, cols, rows]) * field.jump + field.start
    window = corner + np.array([[0], [0], [field.size], [field.size]])
    boxes = (window + field.size * shift[:, rows, cols]) / scale
    return np.concatenate([boxes, probability[None, rows, cols]]).T


def _averages(n, out):
    """Matrix (out, n): row i averages the n/out pixels that output i covers, parts of pixels included."""
    edges = np.arange(out + 1) * (n / out)
    covered = np.minimum(edges[1:, None], np.arange(1, n + 1)) - np.maximum(edges[:-1, None], np.arange(n))
    return (np.clip(covered, 0, None) * out / n).astype(np.float32)


def _cut(image, top, left, size):
    """Square window of an image; 0 where it reaches beyond."""
    image, height, width = np.asarray(image), *np.shape(image)[-2:]
    patch = np.zeros((*image.shape[:-2], size, size), image.dtype)
    rows = np.arange(max(top, 0), min(top + size, height))[:, None]
    cols = np.arange(max(left, 0), min(left + size, width))
    patch[..., rows - top, cols - left] = image[..., rows, cols]
    return patch
