"""Notebook 03: what one filter, many filters and an activation make of a picture."""

import numpy as np

from convlab import networks
from convlab.arithmetic import geometry, kernels, ops
from convlab.errors import number
from convlab.labs.controls import one_of, photo, picture, ranged
from convlab.labs.lab import lab, say
from convlab.view.scene import Grid, Link, Scene

SIDE = 60  # photographs are reduced to this many pixels, so that sixteen maps stay quick
BANKS = {  # name → n kernels
    "edges, 3×3": lambda n: [kernels.sobel(3, 2 * np.pi * k / n) for k in range(n)],
    "stripes, 7×7": lambda n: [kernels.gabor(7, angle=np.pi * k / n) for k in range(n)],
    "learned, 5×5": lambda n: list(networks.shipped("fashion").weights["conv1.weight"][:n, 0]),
}
MARKS = "a faint line, a bright block"


@lab(
    **picture(),
    bank=one_of("filters", BANKS),
    filters=ranged("how many N", 1, 16),
    stride=ranged("stride s", 1, 4),
    padding=ranged("padding p (px)", 0, 3),
)
def filter_bank_lab(image="camera", bank="edges, 3×3", *, filters=4, stride=1, padding=0):
    """Give one photograph to N filters, and get N feature maps.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    bank : str
        A name in `BANKS`: two designed ones, and the first layer of the trained network.
    filters : int
        How many filters, 1 to 16.
    stride, padding : int
        In pixels, as in `conv2d`.
    """
    x = photo(image, SIDE).astype(np.float32) / 255
    w = np.array(BANKS[bank](filters), np.float32)
    size = w.shape[1]
    bias = networks.shipped("fashion").weights["conv1.bias"][:filters] * (bank == "learned, 5×5")
    y = ops.conv2d(x[None], w[:, None], bias, stride=stride, padding=padding)
    axis = geometry.windows(SIDE, size, stride=stride, padding=padding)
    names, side = [[f"{what} {m}" for m in range(filters)] for what in ("filter", "map")], y.shape[1]
    panels = {
        "input": Grid(x, "input, from 0 to 1", low=0, high=1),
        "kernels": Grid(w, "the filters", kind="signed", labels=names[0]),
        "maps": Grid(y, "the feature maps", kind="signed", labels=names[1]),
    }
    window = {"side": SIDE, "k": size, "stride": stride, "padding": padding, "out": side}
    says = say("filter_bank_lab", filters=filters, **window, parameters=w.size + filters, y=y)
    return Scene(panels, [Link("input", "maps", axis, axis, kernel="kernels", bias=bias.tolist())], says)


CHANNELS, FIELD = 4, 4


@lab(
    groups=one_of("groups", [1, 2, 4]),
    kernel=one_of("kernel", [("3×3", 3), ("1×1", 1)]),
    filter=ranged("filter", 0, CHANNELS - 1),
    bias=ranged("bias", -5.0, 5.0, 0.5),
)
def channel_lab(groups=1, kernel=3, *, filter=0, bias=1.0):
    """Add up the partial sums of four channels; let `groups` cut the connections, down to depthwise.

    Parameters
    ----------
    groups : {1, 2, 4}
        Each filter reads 4/groups of the four channels.
    kernel : {1, 3}
        Side of the filters, in pixels; 1 only mixes channels.
    filter : int
        Which of the four filters is shown, 0 to 3.
    bias : float
        Added once to the total.
    """
    x, w = small_layer(kernel)
    each = CHANNELS // groups
    reads = np.kron(np.eye(groups, dtype=int), np.ones((each, each), int))  # filter by channel
    kept = np.stack([w[m, reads[m] == 1] for m in range(CHANNELS)])
    y = ops.conv2d(x, kept, np.full(CHANNELS, bias), groups=groups)[filter]
    slices = w[filter] * reads[filter][:, None, None]
    partial = ops.conv2d(x, slices[:, None], groups=CHANNELS)
    names = [f"channel {c}" for c in range(CHANNELS)]
    marked = [name if read else "not read" for name, read in zip(names, reads[filter], strict=True)]
    panels = {
        "input": Grid(x, "input", labels=names),
        "filter": Grid(slices, f"filter {filter}: a slice for each channel", kind="signed", labels=marked),
        "partial": Grid(partial, "partial sums", kind="signed", labels=marked),
        "map": Grid(y, f"map {filter}: their total, plus bias", kind="signed"),
        "readers": Grid(reads * kernel**2, "weights: row = filter, column = channel", low=-2, high=9),
    }
    axis, same = geometry.windows(FIELD, kernel), (range(len(y)), (0,))
    links = [
        Link("input", "partial", axis, axis, kernel="filter", groups=CHANNELS),
        Link("partial", "map", same, same, op="sum", bias=bias),
    ]
    sums = " + ".join(f"({number(part)})" for part in partial[reads[filter] == 1, 0, 0])
    counts = {"filter": filter, "each": each, "channels": CHANNELS, "kept": kept, "shape": str(kept.shape)}
    says = say("channel_lab", sums=sums, bias=bias, total=y[0, 0], **counts)
    rows = (("input", "filter"), ("partial", "map", "readers"))
    return Scene(panels, links, says, {"costs": _costs(kernel)}, pick=("map", 0, 0, 0), rows=rows)


def small_layer(kernel):
    """Return whole numbers for head and hand: an image (4, 4, 4), and weights (4, 4, kernel, kernel)."""
    random = np.random.default_rng(5)
    x, w = random.integers(0, 5, (CHANNELS, FIELD, FIELD)), random.integers(-1, 3, (CHANNELS, CHANNELS, 3, 3))
    return x.astype(float), (w if kernel == 3 else w[..., 1:2, 1:2]).astype(float)


def _costs(kernel):
    rows = [["layer", "shape of the weights", "weights", "multiply-adds"]]
    stacks = {f"groups = {g}": [(kernel, g)] for g in (1, 2)}
    stacks["groups = 4, depthwise"] = [(kernel, CHANNELS)]
    if kernel > 1:
        stacks["depthwise, then 1×1"] = [(kernel, CHANNELS), (1, 1)]
    for name, stack in stacks.items():
        layers = [geometry.Layer(k, channels=CHANNELS, groups=g, bias=0) for k, g in stack]
        found = geometry.total(geometry.cost(layers, (CHANNELS, FIELD, FIELD)))
        shapes = " and ".join(f"({CHANNELS}, {CHANNELS // g}, {k}, {k})" for k, g in stack)
        rows.append([name, shapes, str(found.parameters), str(found.macs)])
    return rows


@lab(
    **picture([MARKS]),
    kernel=one_of("kernel", kernels.PRESETS),
    contrast=ranged("contrast ×", 0.0, 3.0, 0.1),
    bias=ranged("bias", -30.0, 30.0, 1.0),
    threshold=ranged("threshold", 0.0, 60.0, 1.0),
)
def activation_lab(image=MARKS, kernel="line detector", *, contrast=1.0, bias=0.0, threshold=5.0):
    """See where a filter fires, and what besides its pattern makes it fire: contrast and bias.

    Parameters
    ----------
    image : str
        `MARKS`, a picture small enough for numbers, or a name in `images.names()`; or an upload.
    kernel : str
        A name in `kernels.PRESETS`, used at 3×3.
    contrast : float
        Every pixel is multiplied by it.
    bias : float
        Added to every response.
    threshold : float
        The filter fires where its response is larger.
    """
    x, w = nine_levels(image) * contrast, kernels.preset(kernel)
    y, alike = ops.conv2d(x, w, np.array([bias])), match(x, w)
    fires = y > threshold
    axes = [geometry.windows(n, len(w)) for n in x.shape]
    panels = {
        "input": Grid(x, "input", low=0, high=9),
        "kernel": Grid(w, "kernel", kind="signed"),
        "response": Grid(y, "response", kind="signed", low=-30, high=30),
        "active": Grid(ops.relu(y), "after ReLU", low=0, high=30),
        "fires": Grid(fires.astype(np.uint8), "fires: 1 above the threshold", low=0, high=1),
        "match": Grid(alike.astype(np.float32), "match: the pattern alone", kind="signed", low=-1, high=1),
    }
    links = [
        Link("input", "response", *axes, kernel="kernel", bias=bias),
        Link("input", "active", *axes, kernel="kernel", bias=bias, post="ReLU"),
        *(Link("input", name, *axes, op="window") for name in ("fires", "match")),
    ]
    strongest, best = (np.unravel_index(a.argmax(), a.shape) for a in (y, alike))
    found = {"y": y, "match": alike, "response_there": y[best], "match_there": alike[strongest]}
    places = {"strongest": strongest, "best": best, "fires": fires, "rightly": fires & (alike > 0.9)}
    says = say("activation_lab", threshold=threshold, **found, **places)
    rows = (("input", "kernel", "response"), ("active", "fires", "match"))
    return Scene(panels, links, says, pick=("response", 0, *map(int, strongest)), rows=rows)


def nine_levels(image):
    """Return a picture with grey levels from 0 to 9: the small one, or a photograph made smaller."""
    if image != MARKS:
        return photo(image, 80) * (9 / 255)
    x = np.zeros((12, 12))
    x[2, 1:6], x[6:10, 6:10] = 2, 9
    return x


def match(x, kernel):
    """Correlate each window with the kernel, both freed of their mean and size: −1 … 1, 0 if one is even."""
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel.shape)
    seen, kernel = seen - seen.mean((2, 3), keepdims=True), kernel - kernel.mean()
    size = np.sqrt((seen**2).sum((2, 3)) * (kernel**2).sum())
    return np.where(size > 1e-9, (seen * kernel).sum((2, 3)) / np.maximum(size, 1e-9), 0)
