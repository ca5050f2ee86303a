"""Notebooks 01 and 02: what kernels, strides and channels cost, and what a stride throws away.

Of costs: one layer, counted and measured; a kernel as columns times rows. Of losses: a picture, and stripes.
"""

import math
import time
from functools import partial
from timeit import timeit

import numpy as np

from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.waves import alias, grating, response, separate
from convlab.errors import ConvlabError, plural
from convlab.labs.controls import OWN, Control, button, one_of, photo, picture, ranged, square
from convlab.labs.lab import lab, say
from convlab.view.scene import PHOTO, Curve, Grid, Link, Scene

SWEEPS = {  # label, unit, step of the slider, and where the curves have their points
    "size": ("input n", "px", 16, (16, 32, 48, 64, 80, 96)),
    "kernel": ("kernel", "px", 2, (1, 3, 5, 7, 9, 11)),
    "stride": ("stride", "px", 1, (1, 2, 3, 4)),
    "padding": ("padding", "px", 1, (0, 2, 4, 6, 8)),
    "c_in": ("C_in", "channels", 1, (1, 2, 4, 8, 16, 32)),
    "c_out": ("C_out", "channels", 1, (1, 2, 4, 8, 16, 32)),
}
SIDE = 136  # of the pictures, in pixels, at most: three maps of them are sent at a step
_MOST = 8  # pixels that a picture can be moved
_LOBES = 4  # cells to each side that an interpolation reads


def _measure(vary, times, size, kernel, stride, padding, c_in, c_out):
    state = dict(zip(SWEEPS, (size, kernel, stride, padding, c_in, c_out), strict=True))
    found = milliseconds(_points(vary, state).values())
    return {"times": {**times, (vary, *state.values()): found}}


def milliseconds(points, budget=1.0):
    """Time `conv2d` at every point, in turns for about a second.

    The quickest run of each counts: whatever else the computer does can only add.
    """
    jobs = []
    for point in points:
        side, kernel, c_in, c_out = (point[name] for name in ("size", "kernel", "c_in", "c_out"))
        x, w = (np.ones(shape, np.float32) for shape in ((c_in, side, side), (c_out, c_in, kernel, kernel)))
        jobs.append(partial(ops.conv2d, x, w, stride=point["stride"], padding=point["padding"]))
    best, end = [math.inf] * len(jobs), time.perf_counter() + budget
    while math.inf in best or time.perf_counter() < end:
        best = [min(known, 1e3 * timeit(job, number=1)) for known, job in zip(best, jobs, strict=True)]
    return best


@lab(
    vary=one_of("vary", [(label, name) for name, (label, *_) in SWEEPS.items()]),
    **{name: ranged(label, low, high, step) for name, (label, _, step, (low, *_, high)) in SWEEPS.items()},
    measure=button("measure on this computer", _measure),
    times=Control(start={}),
)
def cost_lab(vary="kernel", size=64, kernel=3, stride=1, padding=1, c_in=8, c_out=16, *, times):
    """Count what one layer costs, then measure it here and compare.

    Parameters
    ----------
    vary : {"size", "kernel", "stride", "padding", "c_in", "c_out"}
        What changes along the x axis.
    size : int
        Height and width of the input, in pixels.
    kernel, stride, padding : int
        As in `output_size`.
    c_in, c_out : int
        Channels of the input; filters, which are the channels of the output.
    """
    state = dict(zip(SWEEPS, (size, kernel, stride, padding, c_in, c_out), strict=True))
    here, points, (label, unit, *_) = _count(**state), _points(vary, state), SWEEPS[vary]
    xs, counts = list(points), [_count(**point) for point in points.values()]

    def chart(title, what, series):
        axes = f"{label} ({unit})", f"{title} ({what})"
        return Curve(xs, series, f"{title} against {label}", axes, mark=state[vary])

    macs, memory = ([count.macs / 1e6 for count in counts], [count.activations * 4 / 1e3 for count in counts])
    panels = {
        "macs": chart("multiply-adds", "millions", {"counted": macs}),
        "memory": chart("output memory", "kB", {"counted": memory}),
    }
    words = {"here": here, "kB": here.activations * 4 / 1e3, **state}
    if (vary, *state.values()) not in times:
        return Scene(panels, [], say("cost_lab", "count", "press", **words))
    measured, now = times[vary, *state.values()], xs.index(state[vary])
    predicted = [measured[now] * count.macs / here.macs for count in counts]
    panels["time"] = chart("time", "ms", {"measured": measured, "if time followed the count": predicted})
    ratios = [max(p / m, m / p) for p, m in zip(predicted, measured, strict=True)]
    at = int(np.argmax(ratios))  # where the count is furthest off
    words |= {"x": xs[at], "predicted": predicted[at], "measured": measured[at], "ratio": ratios[at]}
    return Scene(panels, [], say("cost_lab", "count", "measured", label=label, now=measured[now], **words))


def _points(vary, state):
    """Return every point of a sweep, the present one included: {value: all settings}."""
    return {value: {**state, vary: value} for value in sorted({*SWEEPS[vary][-1], state[vary]})}


def _count(size, kernel, stride, padding, c_in, c_out):
    layer = geometry.Layer(kernel, stride, padding, channels=c_out, bias=0)
    return geometry.cost([layer], (c_in, size, size))[0]


@lab(
    **picture(),
    stride=ranged("stride s", 1, 4),
    blur=ranged("blur sigma (px)", 0.0, 2.5, 0.1),
    shift=ranged("shift (px)", 0, _MOST),
)
def tradeoff_lab(image="zone plate", stride=4, blur=0.0, shift=1):
    """Keep every s-th position of a picture, and see what that loses.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    stride : int
        Step between positions, in pixels.
    blur : float
        Width of a Gaussian blur before the stride, in pixels; 0 for none.
    shift : int
        How far the camera moves to the right for the second output, in pixels.
    """
    x = photo(image)
    block = -(-max(x.shape) // SIDE)  # as large as it takes until no side is longer than SIDE
    x = ops.avg_pool2d(x, block).round().astype(x.dtype) if block > 1 else x
    weights = kernels.gaussian(2 * math.ceil(2 * blur) + 1, blur) if blur else np.ones((1, 1))
    first, second, difference, weave, error = _equivariance(x, weights, stride, shift)
    still = x[:, : x.shape[1] - _MOST]
    windows = [geometry.windows(n, len(weights), stride=stride) for n in still.shape]
    panels = {
        "input": Grid(x, f"input, with {_MOST} columns to spare"),
        "kernel": Grid(weights, "blur kernel" if blur else "no blur"),
        "output": Grid(first, "output", **PHOTO),
        "shifted": Grid(second, f"output, input shifted by {shift}", **PHOTO),
        "difference": Grid(difference, "what the shift does not explain", "signed", low=-128, high=128),
    }
    parts = ("size", "part" if shift % stride else "whole", "blurred" if blur else "plain")
    bare = _equivariance(x, np.ones((1, 1)), stride, shift)[-1] if blur else error
    words = {"stride": stride, "shift": shift, "moved": shift / stride, "first": first}
    says = say("tradeoff_lab", *parts, **words, kept=first.size / still.size, error=error, bare=bare)
    links = _links(windows, difference.shape, stride, shift, weave)
    pick, rows = ("output", 0, *(n // 2 for n in first.shape)), ((("input", "kernel"), *list(panels)[2:]),)
    return Scene(panels, links, says, pick=pick, rows=rows)


def _links(windows, shape, stride, shift, weave):
    """Link the input to both outputs, and each cell of the difference to what it compares."""
    (rows, cols), (high, wide) = windows, shape
    moved = ([start + shift for start in cols.starts], cols.taps)
    lines, first, second = (range(high), (0,)), shift // stride, _LOBES - 1
    cells = (range(first, first + wide), range(2 * _LOBES))
    return [
        Link("input", "output", rows, cols, kernel="kernel"),
        Link("input", "shifted", rows, moved, kernel="kernel"),
        Link("shifted", "difference", lines, (range(second, second + wide), (0,))),
        Link("output", "difference", lines, cells, weights=-weave),
    ]


def _equivariance(x, weights, stride, shift):
    """Filter a picture and its shifted copy, and compare the second output with the first, moved.

    The error is the root mean square of the difference, divided by the standard deviation of the output.
    A cell near the left or right end, where the interpolation would read beyond the end, does not count.
    """
    wide, whole = x.shape[1] - _MOST, shift // stride
    pictures = (x[:, start : start + wide] for start in (0, shift))
    first, second = (ops.conv2d(one, weights, stride=stride).astype(np.float32) for one in pictures)
    if first.shape[1] < whole + 2 * _LOBES:
        raise ConvlabError(say("tradeoff_lab", "narrow", have=first.shape[1], need=whole + 2 * _LOBES))
    weave = _between(shift / stride - whole)
    moved = ops.conv2d(first[:, whole:], weave[None]).astype(np.float32)
    difference = second[:, _LOBES - 1 :][:, : moved.shape[1]] - moved
    error = float(np.sqrt(np.mean(difference**2))) / (float(first.std()) or 1.0)
    return first, second, difference, weave, error


def _between(part):
    """Give the weights that interpolate a row at `part` of a cell to the right of a cell.

    They are a sinc, which is exact for what the cells can hold, brought down to 0 by a wider one
    (Lanczos). At `part` 0 they are a single 1.
    """
    at = np.arange(1 - _LOBES, _LOBES + 1) - part
    weights = np.sinc(at) * np.sinc(at / _LOBES)
    return weights / weights.sum()


STRENGTHS = ("how strong each pair is", ("pair", "singular value"))
SPLIT = 186  # of the photograph, in pixels: two pictures of it are sent at a step, a byte a pixel


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
    x = photo(image, SPLIT)
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
    window = geometry.windows(SPLIT, len(kernel))
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
