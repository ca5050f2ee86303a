"""Notebook 06: the transposed convolution stamps windows, and where the checkerboard comes from."""

import numpy as np

from convlab import images
from convlab.arithmetic import ops
from convlab.arithmetic.geometry import transposed_size
from convlab.errors import plural, times
from convlab.labs.controls import one_of, photo, picture, player, ranged
from convlab.labs.lab import lab
from convlab.view.scene import PHOTO, Grid, Link, Scene

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
    counts = ops.conv_transpose2d(np.ones((n, n)), np.ones((kernel, kernel)), **options)
    panels = {
        "input": Grid(done, "input, stamped so far", low=0, high=n * n),
        "kernel": Grid(w, "kernel"),
        "output": Grid(y, f"output after {plural(stamps, 'stamp')}", low=0, high=whole.max()),
        "counts": Grid(counts.astype(int), "how many stamps lie on each cell", low=0),
    }
    axis = [i * stride - padding for i in range(n)], [u * dilation for u in range(kernel)]
    links = [
        Link("output", "input", axis, axis, "kernel", op="stamp"),
        Link("counts", "input", axis, axis, op="stamp"),
    ]
    size = transposed_size(n, kernel, **options)
    says = (
        f"({n} − 1)·{stride} − 2·{padding} + {dilation}·({kernel} − 1) + {output_padding} + 1 = {size}: "
        f"the output is {size}×{size}. {overlaps(counts, kernel, stride, dilation)}"
    )
    rows = (("input", "kernel", "output", "counts"),)
    return Scene(panels, links, says, pick=("input", 0, *divmod(max(stamps, 1) - 1, n)), rows=rows)


def overlaps(counts, kernel, stride, dilation):
    """Say whether the stamps lie evenly, away from the border."""
    reach = dilation * (kernel - 1)
    inner = counts[reach : len(counts) - reach, reach : len(counts) - reach]
    if inner.size and inner.min() == inner.max():
        return f"Away from the border, {plural(int(inner.max()), 'stamp')} on every cell: an even floor."
    return f"Between {counts.min():.0f} and {plural(int(counts.max()), 'stamp')} lie on a cell."


FLAT = "one even grey"
SMALL = 24


@lab(
    image=picture([FLAT, *images.names()]),
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
    x = np.full((SMALL, SMALL), 128.0) if image == FLAT else images.square(photo(image), SMALL).astype(float)
    stamped, resized = enlarged(x, kernel, stride)
    panels = {
        "input": Grid(x, "input", **PHOTO),
        "stamped": Grid(stamped, "transposed convolution", **PHOTO),
        "resized": Grid(resized, "pixels repeated, then convolved", **PHOTO),
    }
    ripples, fits = (ripple(kernel, stride, way) for way in (0, 1)), kernel % stride == 0
    says = (
        f"The kernel of {kernel} {'is' if fits else 'is not'} divisible by the stride of {stride}. "
        "On an even grey, the transposed convolution ripples by {:.0%} of the brightness, "
        "the repeated pixels by {:.0%}. ".format(*ripples)
        + f"Sizes: {times(SMALL, SMALL)} becomes {times(*stamped.shape)} and {times(*resized.shape)}."
    )
    axis, middle = (range(0, SMALL * stride, stride), range(kernel)), len(stamped) // 2
    links = [Link("stamped", "input", axis, axis, op="stamp")]
    return Scene(panels, links, says, pick=("stamped", 0, middle, middle))


def enlarged(x, kernel, stride):
    """Enlarge both ways with a kernel of equal weights; each keeps the mean brightness."""
    stamp = np.full((kernel, kernel), (stride / kernel) ** 2)
    repeated = x.repeat(stride, 0).repeat(stride, 1)
    mean = np.full((kernel, kernel), kernel**-2.0)
    return ops.conv_transpose2d(x, stamp, stride=stride), ops.conv2d(repeated, mean)


def ripple(kernel, stride, way):
    """Divide standard deviation by mean for an even grey, enlarged, away from the border."""
    y = enlarged(np.ones((SMALL, SMALL)), kernel, stride)[way]
    inner = y[kernel + stride : -kernel - stride, kernel + stride : -kernel - stride]
    return inner.std() / inner.mean()
