"""Notebooks 01 and 02, beyond the core: what a kernel and a stride do to stripes."""

import math

import numpy as np

from convlab import images
from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.waves import alias, grating, response
from convlab.errors import number
from convlab.labs.controls import one_of, photo, picture, ranged
from convlab.labs.lab import lab
from convlab.view.scene import PHOTO, Curve, Grid, Link, Scene

SIDE = 176  # pixels of the drawn stripes
STRIPES = "stripes"
AXES = ("wavelength (px)", "factor")
WAVES = np.concatenate([np.arange(2, 8, 0.1), np.arange(8, 33, 0.5)])
_NAMES = ["identity", "box blur", "gaussian blur", "sobel", "laplacian, 8 neighbours", "gabor", "line"]


@lab(
    image=picture([STRIPES, *images.names()]),
    wavelength=ranged("wavelength (px)", 2.0, 32.0, 0.5, when=lambda image: image == STRIPES),
    angle=ranged("angle (°)", 0, 180, 5, when=lambda image: image == STRIPES),
    kernel=one_of("kernel", _NAMES),
    size=one_of("size", [("3×3", 3), ("5×5", 5), ("7×7", 7)], when=lambda kernel: kernel != "identity"),
    stride=ranged("stride s", 1, 6),
)
def frequency_lab(image=STRIPES, kernel="box blur", *, wavelength=8.0, angle=0, size=5, stride=1):
    """Send stripes through a kernel and a stride: some become faint, some come out as other stripes.

    Parameters
    ----------
    image : str
        "stripes", or a name in `images.names()`; the learner may also upload a picture.
    kernel : str
        A name in `kernels.PRESETS`.
    wavelength : float
        Distance between two crests of the stripes, in pixels.
    angle : int
        Direction in which the stripes follow each other, in degrees, clockwise on the screen.
    size : {3, 5, 7}
        Side of the kernel, in pixels.
    stride : int
        Every s-th position is kept, along both axes.
    """
    direction, w = math.radians(angle), kernels.preset(kernel, size, sigma=size / 5)
    x = 127.5 + 100 * grating((SIDE, SIDE), wavelength, direction) if image == STRIPES else photo(image)
    y = ops.conv2d(x, w, stride=stride)
    axes = [geometry.windows(n, size, stride=stride) for n in x.shape]
    name, mark, says = "from left to right", None, _about_strides(x, y, stride)
    if image == STRIPES:
        name, mark, says = f"angle {angle}°", wavelength, _about_stripes(wavelength, angle, w, stride)
    series = {name: response(w, WAVES, direction)}
    look = PHOTO if w.sum() > 0.5 else {"kind": "signed"}
    title = "output" if stride == 1 else f"output, one position in {stride} kept"
    panels = {
        "input": Grid(x, "input", **PHOTO),
        "kernel": Grid(w, "kernel", "signed"),
        "output": Grid(y.astype(np.float32), title, **look),
        "response": Curve(WAVES, series, "by how much stripes are multiplied", AXES, mark=mark),
    }
    links = [Link("input", "output", *axes, kernel="kernel")]
    return Scene(panels, links, says, rows=(("input", "output"), ("kernel", "response")))


def _about_stripes(wavelength, angle, w, stride):
    factor = float(response(w, [wavelength], math.radians(angle))[0])
    says = (
        f"Stripes of {number(wavelength)} px are multiplied by {number(factor, 3)}: from 100 above and below "
        f"the middle to {number(100 * factor, 3)}. "
    )
    if stride == 1:
        return says + "Every position is kept, so the stripes keep their wavelength."
    found = zip(("left to right", "top to bottom"), seen_by(wavelength, angle, stride), strict=True)
    looks = [_looks(direction, *one) for direction, one in found if one[0] < math.inf]
    return f"{says}One position in {stride} is kept. {' '.join(looks)}"


def seen_by(wavelength, angle, stride):
    """Along each axis: the wavelength of the stripes there, and the one they seem to have after the stride.

    Returns
    -------
    (float, float), (float, float)
        From left to right, then from top to bottom; infinity where nothing changes along an axis.
    """
    parts = [abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))]
    true = [wavelength / part if part > 1e-6 else math.inf for part in parts]
    return [(one, alias(one, stride)) for one in true]


def _looks(direction, true, seen):
    if math.isclose(true, seen, rel_tol=1e-6):
        return f"From {direction} the wavelength of {number(true, 3)} px is kept."
    found = "no stripes at all" if seen == math.inf else f"stripes of {number(seen, 3)} px"
    says = f"From {direction} a wavelength of {number(true, 3)} px looks like"
    return f"{says} {found}, which were never there."


def _about_strides(x, y, stride):
    return (
        f"Input {x.shape[0]}×{x.shape[1]}, output {y.shape[0]}×{y.shape[1]}. "
        f"A stride of {stride} can carry wavelengths of {2 * stride} px and more; "
        "what is finer and passes the kernel comes back as something coarser."
    )
