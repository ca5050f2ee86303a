"""Pictures of garments: the sample that ships, a photograph made alike, scenes of four, the pointing game."""

import functools

import numpy as np

from convlab.arithmetic.inputs import grid, pair
from convlab.errors import ConvlabError, whole
from convlab.images import to_grey
from convlab.networks.detector import averages
from convlab.networks.network import FILES

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
    with np.load(FILES / "fashion_sample.npz", allow_pickle=False) as arrays:
        return arrays["images"], arrays["labels"]


@functools.cache
def by_name(classes, each=3):
    """Give the first pictures of each class of the sample a name: {"Bag 2": (picture, 8)}.

    Parameters
    ----------
    classes : tuple of str
        Of the network that ships.
    each : int
        How many of each class, 1 to 25.
    """
    images, labels = sample()
    return {
        f"{name} {k + 1}": (images[np.flatnonzero(labels == category)[k]], category)
        for category, name in enumerate(classes)
        for k in range(each)
    }


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
    side = max(light.shape)
    square = np.pad(light, [((side - n) // 2, (side - n + 1) // 2) for n in light.shape])
    average = averages(side, SIDE)
    small = average @ square @ average.T
    return np.rint(small * (255 / small.max())).astype(np.uint8)


def arrange(garments, places, size=SCENE):
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
    >>> arrange([[[7]], [[9]]], [(0, 0), (1, 2)], size=3).tolist()
    [[7, 0, 0], [0, 0, 9], [0, 0, 0]]
    """
    if len(garments) != len(places):
        raise ConvlabError(f"There are {len(garments)} garments, but {len(places)} places for them.")
    field = np.zeros((size, size), np.uint8)
    for garment, place in zip(garments, places, strict=True):
        garment = grid("garment", garment, "(H, W)")
        (high, wide), (row, col) = garment.shape, pair("place", place)
        row, col = whole("row", row, 0, size - high), whole("column", col, 0, size - wide)
        part = field[row : row + high, col : col + wide]
        np.maximum(part, garment.astype(np.uint8), out=part)
    return field


def pointed(network, picture, category):
    """Find the pixel (row, column) below the largest value of the class-activation map."""
    return below_peak(network.cam(picture, category), network.field(network.head()[0]))


def below_peak(heat, field):
    """Find the pixel (row, column) in the middle of what the strongest unit of a map sees.

    >>> from convlab.arithmetic.geometry import Field
    >>> below_peak(np.eye(3)[:2], Field(size=5, jump=4, start=-1))
    (1.0, 1.0)
    """
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
        picture = arrange(garments, places)
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
