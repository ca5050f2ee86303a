"""Notebook 03: a face detector slides over a photograph, false alarms included."""

import functools

import numpy as np

from convlab import images, networks
from convlab.errors import number
from convlab.labs.controls import photo, picture, ranged, yes_no
from convlab.labs.lab import lab
from convlab.view.scene import Grid, Link, Scene

PEOPLE = ("astronaut", "camera")  # the photographs that come with convlab and show a face: one each


@lab(
    image=picture(),
    scale=ranged("scale", 0.06, 0.6, 0.01),
    threshold=ranged("threshold", 0.5, 1.0, 0.01),
    all_scales=yes_no("search every scale"),
)
def face_lab(image="astronaut", *, scale=0.2, threshold=0.7, all_scales=False):
    """Slide a small face detector, MTCNN's P-Net, over a photograph; false alarms included.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    scale : float
        The photograph is shrunk by it first, 0.06 to 0.6: the window of 12 pixels then covers 12/scale.
    threshold : float
        Least probability of a box, 0.5 to 1.
    all_scales : bool
        Whether all the scales of `places.pyramid` are searched, and not only the one of the slider.

    References
    ----------
    Zhang et al. (2016), arXiv:1604.02878. Licence and limits of the weights: weights/pnet.md.
    """
    x = photo(image, grey=False)
    network = networks.shipped("pnet")
    scale = max(scale, 12.5 / min(x.shape[1:]))  # at least one window on any upload
    probability = candidates(x.tobytes(), x.shape, (min(scale, 1.0),))[0][0]
    scales = tuple(networks.pyramid(*x.shape[1:])) if all_scales else (min(scale, 1.0),)
    found = candidates(x.tobytes(), x.shape, scales)[1]
    boxes = networks.keep_strongest(found[found[:, 4] >= threshold], 0.5)
    frames = [(top, left, low, right) for left, top, right, low, _ in boxes[::-1].round().tolist()]
    field = network.field("scores")
    panels = {
        "photo": Grid(x.transpose(1, 2, 0), "photograph", kind="rgb", frames=frames),
        "map": Grid(probability, "probability of a face", low=0, high=1),
    }
    taps = range(round(field.size / scale))
    axes = [([round(field.jump * i / scale) for i in range(n)], taps) for n in probability.shape]
    cell = divmod(int(probability.argmax()), probability.shape[1])
    says = (
        f"At a scale of {number(scale, 2)} a window covers {12 / scale:.0f}×{12 / scale:.0f} pixels. "
        f"{_boxes_say(boxes, threshold, len(scales))} {_false_alarms(image, len(boxes))}"
    )
    return Scene(panels, [Link("photo", "map", *axes, op="window")], says, pick=("map", 0, *cell))


@functools.lru_cache(maxsize=4)  # few: each keeps its photograph; enough for one scale, all, and the way back
def candidates(pixels, shape, scales):
    """Run P-Net once for each scale: maps of probability, and every box above 0.5, none dropped yet."""
    image = np.frombuffer(pixels, np.uint8).reshape(shape)
    return networks.faces(networks.shipped("pnet"), image, scales, threshold=0.5, overlap=1)


def _boxes_say(boxes, threshold, scales):
    where = "this scale" if scales == 1 else f"{scales} scales"
    if not len(boxes):
        return f"On {where}, nothing reaches a probability of {number(threshold)}."
    count = "1 box reaches" if len(boxes) == 1 else f"{len(boxes)} boxes reach"
    strongest = number(boxes[0, 4], 3)
    return f"On {where}, {count} a probability of {number(threshold)}; the strongest has {strongest}."


def _false_alarms(image, count):
    if image not in images.names():
        return "Count the faces yourself: every other box is a false alarm."
    if image not in PEOPLE:
        return f"The photograph shows no human face: false alarms: {count}."
    found = f"boxes too many, beside it or on it twice: {count - 1}" if count else "it is missed"
    return f"The photograph shows one human face: {found}."
