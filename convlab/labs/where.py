"""Notebook 03: where a network finds what it looks for: garments by the map of a class, faces in windows."""

import functools
from itertools import product

import numpy as np

from convlab import images, networks
from convlab.errors import number
from convlab.labs.controls import one_of, photo, picture, ranged, yes_no
from convlab.labs.lab import lab, say
from convlab.networks.garments import below_peak
from convlab.view.scene import Grid, Link, Scene

GARMENTS = {"Trouser": 1, "Bag": 1, "Ankle boot": 1, "Pullover": 2}  # class → which of its pictures
ROOM = networks.SCENE - networks.SIDE  # how far a garment can move, in pixels
_HOT = np.array((224, 0, 122))


def _sliders():
    """Declare two sliders for each garment: the row and the column of its top left corner."""
    moves = product(enumerate(GARMENTS), ("row", "col."))
    return {f"{axis[:3]}_{k}": ranged(f"{name} {axis}", 0, ROOM) for (k, name), axis in moves}


@lab(**_sliders(), find=one_of("look for", networks.shipped("fashion").classes))
def scene_lab(find="Bag", *, row_0=2, col_0=4, row_1=8, col_1=52, row_2=54, col_2=50, row_3=50, col_3=8):
    """Move four garments over a dark field; the class-activation map of one class follows.

    Parameters
    ----------
    find : str
        The class whose evidence is mapped, one of `load("fashion").classes`.
    row_0, col_0, … : int
        Where the top left corner of each garment stands, 0 to 56: of the trouser, the bag, the ankle boot
        and the pullover.
    """
    corners = [(row_0, col_0), (row_1, col_1), (row_2, col_2), (row_3, col_3)]
    network = networks.shipped("fashion")
    known = networks.by_name(network.classes)
    x = networks.arrange([known[f"{name} {k}"][0] for name, k in GARMENTS.items()], corners)
    field, heat = network.field("relu5"), dict(zip(network.classes, heat_maps(network, x), strict=True))
    peaks = {name: below_peak(heat[name], field) for name in [find, *GARMENTS]}
    side = heat[find].shape[0]
    glow = np.kron(np.clip(heat[find] / max(heat[find].max(), 1e-9), 0, 1), np.ones((4, 4)))[..., None]
    overlay = x[..., None] * (1 - glow) + glow * _HOT
    panels = {
        "scene": Grid(x, "the scene"),
        "overlay": Grid(overlay.astype(np.uint8), "scene and map", kind="rgb"),
        "cam": Grid(heat[find], f"class-activation map: {find}", kind="signed"),
    }
    axis, cells = field.windows(side), (range(0, 4 * side, 4), range(4))
    links = [Link("scene", "cam", axis, axis, op="window"), Link("overlay", "cam", cells, cells, op="window")]
    lies = {name: _lies_on(peak, corners) for name, peak in peaks.items()}
    table = [["looking for", "peak at row", "column", "lies on"]]
    table += [[name, *map(number, peaks[name]), lies[name]] for name in GARMENTS]
    cell = divmod(int(heat[find].argmax()), side)
    on, right = lies[find], sum(name in lies[name] for name in GARMENTS)
    words = {"find": find, "peak": peaks[find], "on": on if on == "nothing" else f"the {on}", "right": right}
    sentences = ("peak", find not in GARMENTS and "absent", "right")
    says = say("scene_lab", *sentences, height=heat[find].max(), **words)
    rows = (("scene", "overlay", "cam"), ("peaks",))
    return Scene(panels, links, says, {"peaks": table}, pick=("cam", 0, *cell), rows=rows)


def heat_maps(network, picture):
    """Return the class-activation map of every class, (classes, H', W'), in one pass; see `Network.cam`."""
    return np.tensordot(network.weights["scores.weight"], network.forward(picture)["relu5"], 1)


def _lies_on(peak, corners):
    within = [(np.subtract(peak, corner) // networks.SIDE == 0).all() for corner in corners]
    return " and ".join(name for name, under in zip(GARMENTS, within, strict=True) if under) or "nothing"


PEOPLE = ("astronaut", "camera")  # the photographs that come with convlab and show a face: one each


@lab(
    **picture(),
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
    scale = min(max(scale, 12.5 / min(x.shape[1:])), 1.0)  # at least one window on any upload
    probability = candidates(x.tobytes(), x.shape, (scale,))[0][0]
    scales = tuple(networks.pyramid(*x.shape[1:])) if all_scales else (scale,)
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
    count, where = len(boxes), "this scale" if len(scales) == 1 else f"{len(scales)} scales"
    found, best = ("boxes" if count > 1 else "one", boxes[0, 4]) if count else ("nothing", 0.0)
    words = {"where": where, "threshold": threshold, "best": best, "count": count, "too_many": count - 1}
    sentences = ("window", found, _false_alarms(image, count))
    says = say("face_lab", *sentences, scale=scale, window=12 / scale, **words)
    return Scene(panels, [Link("photo", "map", *axes, op="window")], says, pick=("map", 0, *cell))


@functools.lru_cache(maxsize=4)  # few: each keeps its photograph; enough for one scale, all, and the way back
def candidates(pixels, shape, scales):
    """Run P-Net once for each scale: maps of probability, and every box above 0.5, none dropped yet."""
    image = np.frombuffer(pixels, np.uint8).reshape(shape)
    return networks.faces(networks.shipped("pnet"), image, scales, threshold=0.5, overlap=1)


def _false_alarms(image, count):
    """Name the sentence that tells which boxes are no faces."""
    if image not in images.names():
        return "yours"
    return "no_face" if image not in PEOPLE else "face" if count else "missed"
