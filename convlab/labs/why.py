"""Notebook 03: why convolve: the same weights everywhere, so what is found moves with the thing; and where.

A matrix and a dense layer say why, an object moves, a network finds garments and faces where they are.
"""

import functools
from itertools import product

import numpy as np

from convlab import images, networks
from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.backward import conv_matrix
from convlab.arithmetic.kernels import box, laplacian, sobel
from convlab.errors import number
from convlab.labs.controls import Control, one_of, photo, picture, ranged, yes_no
from convlab.labs.lab import lab, say
from convlab.networks.garments import below_peak
from convlab.view.scene import Curve, Grid, Link, Scene

_NINE = np.arange(1.0, 10).reshape(3, 3)
_KERNELS = {"nine weights": _NINE, "sobel": sobel(), "box blur": box(), "laplacian": laplacian()}


@lab(
    n=ranged("input (px)", 4, 8),
    kernel=one_of("kernel", _KERNELS),
    stride=ranged("stride s", 1, 3),
    padding=ranged("padding p", 0, 2),
    dilation=ranged("dilation d", 1, 2, when=lambda n: n > 4),
    pick=Control(),
)
def matrix_lab(n=6, kernel="nine weights", *, stride=1, padding=0, dilation=1, pick):
    """Write a convolution as a matrix: a row for each output, a column for each pixel.

    Parameters
    ----------
    n : int
        Side of the input in pixels, 4 to 8.
    kernel : {"nine weights", "sobel", "box blur", "laplacian"}
        Its name.
    stride, padding, dilation : int
        In pixels, as in `conv2d`.
    """
    w, x = _KERNELS[kernel], np.add.outer(np.arange(n) % 3, np.arange(n) % 4) % 5
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    y, window = ops.conv2d(x, w, **options), geometry.windows(n, 3, **options)
    matrix, which = conv_matrix(w, (n, n), **options), conv_matrix(_NINE, (n, n), **options)
    title, chosen = "the matrix: a row for each output, a column for each pixel", {}
    if pick and pick[0] == "kernel":
        (row, col), places = pick[2:], which == _NINE[pick[2:]]
        matrix, title = matrix * places, f"the places of the weight in row {row}, column {col}"
        chosen = {"weight": w[row, col], "places": places}
    panels = {
        "input": Grid(x, "input"),
        "kernel": Grid(w, "kernel", "signed"),
        "output": Grid(y, "output", "signed"),
        "matrix": Grid(matrix, title, "signed", low=-np.abs(w).max(), high=np.abs(w).max()),
    }
    links = [
        Link("input", "output", window, window, kernel="kernel"),
        Link("output", "matrix", ((), ()), ((), ()), op="row"),
    ]
    words = {"outputs": len(matrix), "pixels": n * n, "matrix": matrix, "filled": np.count_nonzero(which)}
    says = say("matrix_lab", "size", chosen and "weight", **words, **chosen)
    start = pick or ("output", 0, *(size // 2 for size in y.shape))
    return Scene(panels, links, says, pick=start, rows=(("input", "kernel", "output"), ("matrix",)))


SIDE, TAUGHT = 12, 4  # pixels a side; columns where the object stood while the dense layer was taught
_OBJECT = np.array([[0, 9, 0], [9, 9, 9], [0, 9, 0]], float)


@lab(
    row=ranged("object row", 0, SIDE - 3),
    col=ranged("object column", 0, SIDE - 3),
    kernel=one_of("kernel", [name for name in _KERNELS if name != "nine weights"]),
)
def dense_lab(row=4, col=2, kernel="sobel"):
    """Move an object: the convolution follows it everywhere, a dense layer only where it was taught.

    The dense layer has a weight for each pixel and output. It learned the convolution's answers by least
    squares, from pictures with the object in the left part.

    Parameters
    ----------
    row, col : int
        Where the object's top left pixel stands, 0 to 9.
    kernel : {"sobel", "box blur", "laplacian"}
        What the convolution does.
    """
    x = picture_at(row, col)
    w, out = _KERNELS[kernel], SIDE - 2
    y = ops.conv2d(x, w)
    learned = (taught(kernel) @ x.ravel()).reshape(out, out)
    ends = {"kind": "signed", "low": -np.abs(y).max(), "high": np.abs(y).max()}
    panels = {
        "input": Grid(x, "input", low=0, high=9),
        "conv": Grid(y, "convolution", **ends),
        "dense": Grid(learned.round() + 0.0, "dense layer, rounded", **ends),
    }
    window, miss = geometry.windows(SIDE, 3), np.sqrt(np.mean((learned - y) ** 2) / np.mean(y**2))
    says = say("dense_lab", weights=taught(kernel), taught=TAUGHT, col=col, miss=miss)
    links = [Link("input", name, window, window, op="window") for name in ("conv", "dense")]
    return Scene(panels, links, says, pick=("conv", 0, row, col))


def picture_at(row, col):
    """Draw the object with its top left pixel there: (12, 12)."""
    return np.pad(_OBJECT, [(row, SIDE - 3 - row), (col, SIDE - 3 - col)])


@functools.cache
def taught(kernel):
    """Fit a dense layer (outputs, pixels) to the convolution on all pictures of the left part."""
    pictures = [picture_at(*place) for place in np.ndindex(SIDE - 2, TAUGHT + 1)]
    answers = [ops.conv2d(x, _KERNELS[kernel]).ravel() for x in pictures]
    return np.linalg.lstsq([x.ravel() for x in pictures], answers, rcond=None)[0].T


WIDE, MOST = 72, 16  # pixels a side, so that a map is a picture at stride 4 too; how far the object can move
HOME = (12, 12)
POOL = 2
MEASURES = ("map follows", "pooled map follows", "mean stays")
TITLE, AXES = "error, when the object moves to the right", ("moved by (px)", "error (%)")


@lab(
    down=ranged("down (px)", 0, MOST),
    right=ranged("to the right (px)", 0, MOST),
    stride=one_of("stride", [1, 2, 4]),
    kernel=one_of("kernel", ["sobel", "gaussian blur", "laplacian of gaussian"]),
)
def moved_lab(down=0, right=0, *, stride=1, kernel="laplacian of gaussian"):
    """Move one object, and see which maps move along and which numbers stay.

    A map is *equivariant* if it moves with the object, *invariant* if it does not change.

    Parameters
    ----------
    down, right : int
        How far the object has moved from its first place, in pixels.
    stride : {1, 2, 4}
        Of the convolution, in pixels.
    kernel : {"sobel", "gaussian blur", "laplacian of gaussian"}
        A name in `kernels.PRESETS`, at 5×5.
    """
    x, y, pooled, mean = layers(down, right, stride, kernel)
    window = geometry.windows(WIDE, 5, stride=stride, padding=2)
    blocks = geometry.windows(len(y), POOL, stride=POOL)
    panels = {
        "input": Grid(x, "input", low=0, high=9),
        "map": Grid(y, f"convolution, ReLU, stride {stride}", low=0),
        "pooled": Grid(pooled, f"max pooling {POOL}×{POOL}", low=0),
        "mean": Grid([[mean]], "mean of the map"),
        "errors": Curve(range(MOST + 1), _along(stride, kernel), TITLE, AXES, mark=right),
    }
    links = [
        Link("input", "map", window, window, op="window"),
        Link("map", "pooled", blocks, blocks, op="max"),
        Link("map", "mean", ((0,), range(len(y))), ((0,), range(len(y))), op="mean"),
    ]
    cells, errors = (down / stride, right / stride), errors_of(down, right, stride, kernel)
    says = say("moved_lab", down=down, right=right, cells=cells, errors=errors, mean=mean)
    row, col = (HOME[0] + down + 8) // stride, (HOME[1] + right + 2) // stride  # where its two greys meet
    rows = (("input", "map", "pooled"), ("mean", "errors"))
    return Scene(panels, links, says, pick=("map", 0, row, col), rows=rows)


@functools.lru_cache(maxsize=256)
def layers(down, right, stride, kernel):
    """Run the object through convolution with ReLU, max pooling and the mean of the map."""
    x = np.zeros((WIDE, WIDE))
    top, left = HOME[0] + down, HOME[1] + right
    x[top : top + 14, left : left + 5], x[top + 9 : top + 14, left : left + 14] = 9, 6  # an L, two greys
    y = ops.relu(ops.conv2d(x, kernels.preset(kernel, 5), stride=stride, padding=2))
    return x, y, ops.max_pool2d(y, POOL), float(y.mean())


def errors_of(down, right, stride, kernel):
    """Compare with what exact equivariance, and for the mean exact invariance, would give.

    Returns
    -------
    list of float
        For the map and the pooled map: root mean square of the difference to the first one moved as far,
        over the root mean square of the first one. For the mean: its change over its first value.
    """
    _, *first, mean = layers(0, 0, stride, kernel)
    _, *now, moved_mean = layers(down, right, stride, kernel)
    found = []
    for before, after, cell in zip(first, now, (stride, stride * POOL), strict=True):
        follows = shifted(before, down / cell, right / cell)
        found.append(float(np.sqrt(np.mean((after - follows) ** 2) / np.mean(before**2))))
    return [*found, abs(moved_mean - mean) / mean]


def shifted(y, down, right):
    """Move a map by parts of a cell, interpolated between its cells along each axis; zeros come in."""
    cells, parts = np.divmod((down, right), 1)
    weave = np.multiply.outer(*([part, 1 - part] for part in parts))
    return ops.conv2d(np.pad(y, [(int(cell) + 1, 0) for cell in cells]), weave)[: len(y), : len(y)]


@functools.lru_cache(maxsize=32)
def _along(stride, kernel):
    """Each measure in percent, for every step to the right."""
    found = np.array([errors_of(0, step, stride, kernel) for step in range(MOST + 1)])
    return dict(zip(MEASURES, 100 * found.T, strict=True))


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
    says = say("scene_lab", "peak", find not in GARMENTS and "absent", "right", heat=heat[find], **words)
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
        Whether all the scales of `networks.pyramid` are searched, and not only the one of the slider.

    References
    ----------
    Zhang et al. (2016), arXiv:1604.02878. Licence and limits of the weights: weights/pnet.md.
    """
    x = photo(image, grey=False)
    scale = min(max(scale, 12.5 / min(x.shape[1:])), 1.0)  # at least one window on any upload
    probability = candidates(x.tobytes(), x.shape, (scale,))[0][0]
    scales = tuple(networks.pyramid(*x.shape[1:])) if all_scales else (scale,)
    found = candidates(x.tobytes(), x.shape, scales)[1]
    boxes = networks.keep_strongest(found[found[:, 4] >= threshold], 0.5)
    frames = [(top, left, low, right) for left, top, right, low, _ in boxes[::-1].round().tolist()]
    field = networks.shipped("pnet").field("scores")
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
