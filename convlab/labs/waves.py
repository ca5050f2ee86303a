"""Notebooks 01 and 02, beyond the core: a kernel as columns times rows; kernels, strides and stripes."""

import math

import numpy as np

from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.waves import alias, grating, response, separate
from convlab.errors import plural
from convlab.labs.controls import OWN, one_of, photo, picture, ranged, square
from convlab.labs.lab import lab, say
from convlab.view.scene import PHOTO, Curve, Grid, Link, Scene

STRENGTHS = ("how strong each pair is", ("pair", "singular value"))
SIDE = 186  # of the photograph, in pixels: two pictures of it are sent at a step, a byte a pixel


@lab(
    **picture(),
    preset=one_of("kernel", [OWN, *kernels.PRESETS]),
    size=one_of("size", [("3×3", 3), ("5×5", 5), ("7×7", 7)], when=lambda preset: preset != OWN),
    pairs=ranged("pairs used", 1, lambda size: size),
    kernel=square(lambda preset, size: None if preset == OWN else kernels.preset(preset, size)),
)
def separable_lab(image="camera", kernel="gaussian blur", *, size=5, pairs=1):
    """Split a kernel into pairs of a column and a row, and filter a photograph with the first of them.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    kernel : str
        A name in `kernels.PRESETS`; every weight can then be edited.
    size : {3, 5, 7}
        Side of the kernel, in pixels.
    pairs : int
        How many pairs are used, the strongest first.
    """
    x = photo(image, SIDE)
    columns, rows, shares = separate(kernel)
    parts, real = columns[:, :, None] * rows[:, None, :], max(1, int((shares > 1e-9).sum()))
    exact, y = ops.conv2d(x, kernel), two_passes(x, columns[:pairs], rows[:pairs])
    labels = [f"pair {k}: {share:.1%}" for k, share in enumerate(shares, start=1)]
    most = np.abs(exact).max()
    look = PHOTO if kernel.sum() > 0.5 else {"kind": "signed", "low": -most, "high": most}
    strengths = {"singular value": np.sqrt(shares) * np.linalg.norm(kernel)}
    names = [str(k) for k in range(1, 1 + len(shares))]
    panels = {
        "exact": Grid(exact, "by the whole kernel", **look),
        "output": Grid(y, f"by {plural(pairs, 'pair')}", **look),
        "kernel": Grid(kernel, "kernel", "signed", edits="kernel"),
        "strengths": Curve(range(len(shares)), strengths, *STRENGTHS, mark=pairs - 1, bars=names),
        "parts": Grid(parts[:real], "column × row", "signed", labels=labels[:real]),
        "kept": Grid(parts[:pairs].sum(0), "the pairs used, added up", "signed"),
        "input": Grid(x, "input", **PHOTO),
    }
    window = geometry.windows(SIDE, len(kernel))
    into = {"exact": "kernel", "output": "kept"}
    links = [Link("input", name, window, window, weights) for name, weights in into.items()]
    rows = (("exact", "output", "kernel"), ("strengths", "parts"), ("kept", "input"))
    found = {"real": real, "held": shares[:pairs].sum(), "apart": round(np.abs(y - exact).max(), 2)}
    costs = {"k": len(kernel), "passes": 2 * len(kernel) * pairs}
    hold = "one" if pairs == 1 else "several"
    says = say("separable_lab", "sum", hold, "costs", pairs=pairs, kernel=kernel, **found, **costs)
    return Scene(panels, links, says, rows=rows)


def two_passes(x, columns, rows):
    """Filter with each column, then with its row; add up the results."""
    return sum(ops.conv2d(ops.conv2d(x, c[:, None]), r[None]) for c, r in zip(columns, rows, strict=True))


DRAWN = 176  # pixels of the drawn stripes
STRIPES = "stripes"
AXES = ("wavelength (px)", "factor")
WAVES = np.concatenate([np.arange(2, 8, 0.1), np.arange(8, 33, 0.5)])
_NAMES = ["identity", "box blur", "gaussian blur", "sobel", "laplacian, 8 neighbours", "gabor", "line"]


@lab(
    **picture([STRIPES]),
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
    stripes = np.rint(128 + 100 * grating((DRAWN, DRAWN), wavelength, direction)).astype(np.uint8)
    x = stripes if image == STRIPES else photo(image)
    y = ops.conv2d(x, w, stride=stride)
    axes = [geometry.windows(n, size, stride=stride) for n in x.shape]
    name, mark = "from left to right", None
    says = say("frequency_lab", "picture", x=x, y=y, stride=stride, least=2 * stride)
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
    words = {"wavelength": wavelength, "factor": factor, "height": 100 * factor, "stride": stride}
    says = say("frequency_lab", "stripes", "every" if stride == 1 else "one_in", **words)
    found = zip(("left to right", "top to bottom"), seen_by(wavelength, angle, stride), strict=True)
    looks = [_looks(direction, *one) for direction, one in found if one[0] < math.inf and stride > 1]
    return " ".join([says, *looks])


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
    kept = math.isclose(true, seen, rel_tol=1e-6)
    which = "kept" if kept else "even" if seen == math.inf else "coarse"
    return say("frequency_lab", which, direction=direction, true=true, seen=seen)
