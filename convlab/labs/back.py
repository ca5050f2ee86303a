"""Notebook 06, the way back: stamps and the checkerboard, slopes that a poke checks, what a skip does."""

import functools

import numpy as np

from convlab.arithmetic import geometry, ops
from convlab.arithmetic.backward import input_gradient, weight_gradient
from convlab.arithmetic.kernels import box, identity, laplacian, sobel
from convlab.errors import plural
from convlab.labs.controls import OWN, Control, cells, one_of, photo, picture, player, ranged
from convlab.labs.lab import lab, say
from convlab.networks import spread
from convlab.view.scene import PHOTO, Curve, Grid, Link, Scene

MOST = 5  # side of the largest input
WEIGHTS = {"all ones": np.ones, "1, 2, 3, …": lambda shape: np.arange(1.0, np.prod(shape) + 1).reshape(shape)}


@lab(
    n=ranged("input (px)", 1, MOST),
    kernel=ranged("kernel k", 1, 5),
    weights=one_of("weights", WEIGHTS),
    stride=ranged("stride s", 1, 4),
    padding=ranged("padding p", 0, 4),
    dilation=ranged("dilation d", 1, 3),
    output_padding=ranged("output_padding", 0, lambda stride, dilation: max(stride, dilation) - 1),
    play=player("stamps", lambda n: n * n),
    stamps=ranged("stamps so far", 0, lambda n: n * n, follows=lambda n: n * n),
)
def transposed_lab(
    n=3, kernel=3, *, weights="all ones", stride=2, padding=0, dilation=1, output_padding=0, stamps
):
    """Stamp the kernel once for each input cell, times its number, and add up where stamps overlap.

    Parameters
    ----------
    n, kernel : int
        Side of the input and of the kernel, in pixels.
    weights : {"all ones", "1, 2, 3, …"}
        What the kernel holds.
    stride, padding, dilation, output_padding : int
        In pixels, as in `conv_transpose2d`.
    """
    x, w = np.arange(1.0, n * n + 1).reshape(n, n), WEIGHTS[weights]((kernel, kernel))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "output_padding": output_padding}
    done = np.where(np.arange(n * n).reshape(n, n) < stamps, x, 0)
    y, whole = ops.conv_transpose2d(done, w, **options), ops.conv_transpose2d(x, w, **options)
    counts = ops.conv_transpose2d(np.ones((n, n)), np.ones((kernel, kernel)), **options).astype(int)
    panels = {
        "input": Grid(done, "input, stamped so far", low=0, high=n * n),
        "kernel": Grid(w, "kernel"),
        "output": Grid(y, f"output after {plural(stamps, 'stamp')}", low=0, high=whole.max()),
        "counts": Grid(counts, "how many stamps lie on each cell", low=0),
    }
    axis = [i * stride - padding for i in range(n)], [u * dilation for u in range(kernel)]
    links = [
        Link("output", "input", axis, axis, "kernel", op="stamp"),
        Link("counts", "input", axis, axis, op="stamp"),
    ]
    reach = dilation * (kernel - 1)  # of the border: fewer stamps lie there
    inner = counts[reach : len(counts) - reach, reach : len(counts) - reach]
    lies = "even" if inner.size and inner.min() == inner.max() else "uneven"
    words = {"n": n, "kernel": kernel, **options, "side": len(y), "counts": counts, "inner": inner}
    says = say("transposed_lab", "size", lies, **words)
    rows = (("input", "kernel", "output", "counts"),)
    return Scene(panels, links, says, pick=("input", 0, *divmod(max(stamps, 1) - 1, n)), rows=rows)


FLAT = "one even grey"
SMALL = 24


@lab(
    **picture([FLAT]),
    kernel=ranged("kernel k", 1, 6),
    stride=ranged("stride s", 1, 4),
)
def checkerboard_lab(image=FLAT, kernel=3, stride=2):
    """Enlarge a picture in two ways: by a transposed convolution, and by repeating pixels, then convolving.

    All weights are equal, and scaled so that brightness is kept on average.

    Parameters
    ----------
    image : str
        "one even grey", or a name in `images.names()`; the learner may also upload a picture.
    kernel, stride : int
        In pixels; the stride is how many times larger the picture becomes.
    """
    x = np.full((SMALL, SMALL), 128.0) if image == FLAT else photo(image, SMALL).astype(float)
    stamped, resized = enlarged(x, kernel, stride)
    panels = {
        "input": Grid(x, "input", **PHOTO),
        "stamped": Grid(stamped, "transposed convolution", **PHOTO),
        "resized": Grid(resized, "pixels repeated, then convolved", **PHOTO),
    }
    found = {"ripples": ripples(kernel, stride), "x": x, "stamped": stamped, "resized": resized}
    fits = "uneven" if kernel % stride else "even"
    says = say("checkerboard_lab", fits, "found", kernel=kernel, stride=stride, **found)
    axis, middle = (range(0, SMALL * stride, stride), range(kernel)), len(stamped) // 2
    links = [Link("stamped", "input", axis, axis, op="stamp")]
    return Scene(panels, links, says, pick=("stamped", 0, middle, middle))


def enlarged(x, kernel, stride):
    """Enlarge both ways with a kernel of equal weights; each keeps the mean brightness."""
    stamp = np.full((kernel, kernel), (stride / kernel) ** 2)
    repeated = x.repeat(stride, 0).repeat(stride, 1)
    mean = np.full((kernel, kernel), kernel**-2.0)
    return ops.conv_transpose2d(x, stamp, stride=stride), ops.conv2d(repeated, mean)


def ripples(kernel, stride):
    """For both ways: standard deviation over mean of an even grey, enlarged, away from the border."""
    edge = kernel + stride
    inner = [y[edge:-edge, edge:-edge] for y in enlarged(np.ones((SMALL, SMALL)), kernel, stride)]
    return [y.std() / y.mean() for y in inner]


SIDE, POKE = 6, 0.001
KERNELS = {"identity": identity(), "edge": sobel(), "blur": box(), "spot": laplacian()}
_X = np.random.default_rng(3).integers(0, 4, (SIDE, SIDE)).astype(float)


@lab(
    preset=one_of("kernel", [OWN, *KERNELS]),
    wanted=one_of("wanted", KERNELS),
    stride=one_of("stride", [1, 2]),
    padding=one_of("padding", [0, 1]),
    rate=one_of("learning rate", [0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]),
    kernel=cells("kernel", (3, 3), own="preset", follows=lambda preset: KERNELS.get(preset)),
    pick=Control(),
)
def gradient_lab(kernel="identity", wanted="edge", *, stride=1, padding=0, rate=0.005, pick):
    """Follow an error back from the output to the input and to the weights; poke a cell to check its slope.

    The loss is half the sum of the squared errors.

    Parameters
    ----------
    kernel : {"identity", "edge", "blur", "spot"} or array (3, 3)
        The weights now; every weight can be edited.
    wanted : {"identity", "edge", "blur", "spot"}
        The kernel whose output is wanted.
    stride, padding : int
        In pixels, as in `conv2d`.
    rate : {0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1}
        Learning rate of one step down the slope.
    """
    options = {"stride": stride, "padding": padding}
    target = ops.conv2d(_X, KERNELS[wanted], **options)
    error = ops.conv2d(_X, kernel, **options) - target
    slopes = {
        "to_input": input_gradient(error, kernel, _X.shape, **options),
        "to_weights": weight_gradient(error, _X, kernel.shape, **options),
    }
    panels = {
        "input": Grid(_X, "input"),
        "kernel": Grid(kernel, "kernel", "signed", edits="kernel"),
        "error": Grid(error, "error: output minus wanted", "signed"),
        "to_input": Grid(slopes["to_input"], "slope for each pixel", "signed"),
        "to_weights": Grid(slopes["to_weights"], "slope for each weight", "signed"),
    }
    panel, cell = (pick[0], pick[2:]) if pick and pick[0] in slopes else ("to_weights", (1, 1))
    poked = poke(panel, cell, kernel, target, options)
    now, after = (loss(_X, w, target, options) for w in (kernel, kernel - rate * slopes["to_weights"]))
    what = "weight" if panel == "to_weights" else "pixel"
    found = {"loss": now, "after": after, "slope": slopes[panel][cell], "poked": poked}
    says = say("gradient_lab", what=what, cell=cell, poke=POKE, rate=rate, **found)
    starts, taps = axis = geometry.windows(SIDE, 3, **options)
    met = ([starts[0] + tap for tap in taps], [start - starts[0] for start in starts])  # by each weight
    links = [
        Link("to_input", "error", axis, axis, "kernel", op="stamp"),
        Link("input", "to_weights", met, met, "error"),
    ]
    rows = (("input", "kernel", "error"), ("to_input", "to_weights"))
    return Scene(panels, links, says, pick=(panel, 0, *cell), rows=rows)


def loss(x, kernel, target, options):
    """Half the sum of the squared errors."""
    return float(((ops.conv2d(x, kernel, **options) - target) ** 2).sum() / 2)


def poke(panel, cell, kernel, target, options):
    """Measure a slope: change one cell a little up and down, and run forwards."""
    found = []
    for step in (POKE, -POKE):
        x, w = _X.copy(), kernel.copy()
        (w if panel == "to_weights" else x)[cell] += step
        found.append(loss(x, w, target, options))
    return (found[0] - found[1]) / (2 * POKE)


DEEPEST = 40
SIZES = ("layers it came back through", "size, beside the output's")
WIDTHS = ("layers it came back through", "width (cells)")
LENGTH = 2 * DEEPEST + 1  # positions: the whole field of the deepest stack


@lab(
    share=ranged("share that skips", 0.0, 1.0, 0.1),
    gain=ranged("weight size", 0.2, 1.4, 0.1),
    depth=ranged("layers", 1, DEEPEST),
)
def skip_lab(share=0.0, gain=0.7, depth=20):
    """Let a share of each layer's input skip the layer, and see what becomes of the gradient.

    Each layer adds a convolution of three taps and a ReLU to `share` times its input. The weights are random;
    at a size of 1, a plain layer keeps the gradient's size on average.

    Parameters
    ----------
    share : float
        0 is a plain network, 1 a residual one.
    gain : float
        Size of the random weights.
    depth : int
        Layers, 1 to 40.
    """
    energy, depths = backwards(share, gain), range(DEEPEST + 1)
    wide = np.sqrt(energy / energy.max(1, keepdims=True))
    ways = {"plain": 0.0, "residual": 1.0, "yours": share}
    sizes = {name: np.sqrt(backwards(one, gain).sum(1)) for name, one in ways.items()}
    widths = {name: four_sigmas(one, gain) for name, one in ways.items()}
    widths["receptive field"] = [2 * layers + 1 for layers in depths]
    panels = {
        "where": Grid(
            wide[: depth + 1], "where the gradient is, a row for each layer", "grey", low=0, high=1
        ),
        "sizes": Curve(depths, sizes, "size of the gradient", SIZES, mark=depth, log=True),
        "widths": Curve(depths, widths, "the field, and what counts of it", WIDTHS, mark=depth),
    }
    field, counts, size = 2 * depth + 1, widths["yours"][depth], sizes["yours"][depth]
    says = say("skip_lab", depth=depth, field=field, size=size, counts=counts, share=counts / field)
    rows = (("where",), ("sizes", "widths"))
    return Scene(panels, [], says, pick=("where", 0, depth, LENGTH // 2), rows=rows)


@functools.lru_cache(maxsize=256)
def four_sigmas(share, gain):
    """Measure how wide the squared gradient is after each number of layers, in cells."""
    return [4 * spread(row) for row in backwards(share, gain)]


@functools.lru_cache(maxsize=256)
def backwards(share, gain):
    """Follow the gradient of one unit in the middle back through the layers.

    Weights that are independent, with mean 0, leave no cross terms on average. So the mean squares add: the
    skip multiplies them by share², and a ReLU (half of whose units sleep) with three weights of variance
    2·gain²/3 spreads gain² of them over three neighbours (He et al., 2015, arXiv:1502.01852).

    Returns
    -------
    array (41, 81)
        After 0, 1, … 40 layers: the mean squared gradient at each position; 1 in all at the output.
    """
    energy = [np.eye(1, LENGTH, DEEPEST)[0]]
    for _ in range(DEEPEST):
        energy.append(share**2 * energy[-1] + gain**2 * np.convolve(energy[-1], np.full(3, 1 / 3), "same"))
    return np.array(energy)
