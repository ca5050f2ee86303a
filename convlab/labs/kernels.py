"""Notebooks 00 and 01: kernels on a grid, by hand, on a photograph, in colour; one learned from pictures."""

import functools

import numpy as np

from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.learning import STEPS, learn
from convlab.errors import number
from convlab.labs.controls import OWN, cells, one_of, photo, picture, player, ranged, square
from convlab.labs.lab import lab, say
from convlab.view.scene import FILTERED, PHOTO, Curve, Grid, Link, Scene

_GRIDS = {
    "a vertical edge": np.repeat([[0, 0, 0, 9, 9, 9]], 6, axis=0),
    "a corner": np.pad(np.full((4, 4), 9), ((2, 0), (2, 0))),
    "a dot": np.pad(np.full((2, 2), 9), 2),
    "a ramp": np.add.outer(np.arange(6), np.arange(6)),
}
_KERNELS = {"edge": "sobel", "blur": "box blur", "sharpen": "sharpen", "copy": "identity"}  # in plain words


def _chosen(preset):
    """Give the kernel of a preset, which may go by a plain word."""
    return None if preset == OWN else kernels.preset(_KERNELS.get(preset, preset))


@lab(
    grid=one_of("input", _GRIDS),
    preset=one_of("kernel", [OWN, *_KERNELS]),
    kernel=cells("kernel", (3, 3), own="preset", follows=_chosen),
)
def sliding_lab(grid="a vertical edge", kernel="edge"):
    """Slide a 3×3 kernel over a 6×6 grid, cell by cell.

    Parameters
    ----------
    grid : {"a vertical edge", "a corner", "a dot", "a ramp"}
        What the input shows.
    kernel : {"edge", "blur", "sharpen", "copy"} or array (3, 3)
        The weights to start from; every weight can then be edited.
    """
    x = _GRIDS[grid]
    y = ops.conv2d(x, kernel)
    window = geometry.windows(6, 3)
    panels = {
        "input": Grid(x, "input", low=0, high=10),
        "kernel": Grid(kernel, "kernel", "signed", edits="kernel"),
        "output": Grid(y, "output"),
    }
    links = [Link("input", "output", window, window, kernel="kernel")]
    return Scene(panels, links, say("sliding_lab", y=y), play="output", pick=("output", 0, 0, 1))


SIDE = 128  # of the colour photographs, in pixels: four maps of them are sent at a step
_RGB = ("red", "green", "blue")
_SHOW = {  # what happens after the sum, and the colours of the result
    "picture": (lambda y: y, "", PHOTO),
    "signed": (lambda y: y, "", FILTERED),
    "absolute": (np.abs, "absolute value", PHOTO),
    "ReLU": (ops.relu, "ReLU", PHOTO),
}


def _mixed(preset, red, green, blue):
    return None if preset == OWN else np.multiply.outer([red, green, blue], kernels.preset(preset))


def _uses(setting):
    """Give the rule that a slider can be moved while the preset has this setting."""
    return lambda preset: preset != OWN and setting in kernels.uses(preset)


def _weights(preset, size, sigma, angle, strength, kernel):
    """Give the weights of a preset; of "your own" the old ones, with a rim of zeros or without their rim."""
    if preset != OWN:
        return kernels.preset(preset, size, sigma, np.radians(angle), strength)
    rim = (size - len(kernel)) // 2
    return np.pad(kernel, rim) if rim >= 0 else kernel[-rim:rim, -rim:rim]


def _show_for(preset):
    return None if preset == OWN else "picture" if kernels.preset(preset).sum() > 0.5 else "signed"


@lab(
    preset=one_of("kernel", [OWN, *kernels.PRESETS]),
    bias=ranged("bias", -10.0, 10.0, 0.5),
    patch=cells("patch", (3, 3)),
    kernel=cells("kernel", (3, 3), own="preset", follows=_chosen),
)
def patch_lab(patch=((1, 2, 3), (4, 5, 6), (7, 8, 9)), kernel="sobel", bias=0.0):
    """Lay one 3×3 kernel on one 3×3 patch: nine products, one sum, one bias, one number.

    Parameters
    ----------
    patch : (3, 3) array_like
        The numbers under the kernel; they can be edited.
    kernel : str
        A name in `kernels.PRESETS`, or nine weights; every weight can then be edited.
    bias : float
        Added to the sum.
    """
    total = float(ops.conv2d(patch, kernel)[0, 0])
    panels = {
        "patch": Grid(patch, "patch", edits="patch", low=0, high=10),
        "kernel": Grid(kernel, "kernel", kind="signed", edits="kernel"),
        "products": Grid(patch * kernel, "products", kind="signed"),
        "output": Grid(np.array([[total + bias]]), "output", kind="signed"),
    }
    all_at_once, one_by_one = ((0,), range(3)), (range(3), (0,))
    links = [
        Link("patch", "products", one_by_one, one_by_one, op="window"),
        Link("products", "output", all_at_once, all_at_once, op="sum", bias=bias),
    ]
    return Scene(panels, links, say("patch_lab", total=total, bias=bias, output=total + bias))


@lab(
    **picture(),
    preset=one_of("kernel", [OWN, *kernels.PRESETS]),
    size=ranged("size", 3, 7, 2, when=lambda preset: preset == OWN or "size" in kernels.uses(preset)),
    sigma=ranged("sigma (px)", 0.3, 3.0, 0.1, when=_uses("sigma")),
    angle=ranged("angle (°)", 0, 180, 5, when=_uses("angle")),
    strength=ranged("strength", 0.0, 3.0, 0.1, when=_uses("strength")),
    bias=ranged("bias", -255.0, 255.0, 5.0),
    show=one_of("show as", _SHOW, start="signed", follows=_show_for),
    kernel=square(_weights),
)
def kernel_lab(
    image="camera", kernel="sobel", *, size=3, sigma=1.0, angle=0, strength=1.0, bias=0.0, show=None
):
    """Filter a photograph with a kernel whose every weight can be changed.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    kernel : str
        A name in `kernels.PRESETS`.
    size : {3, 5, 7}
        Kernel width and height, in pixels.
    sigma : float
        Width of the bell, in pixels, where the kernel has one.
    angle : int
        Direction in degrees, where the kernel has one.
    strength : float
        How far a sharpening or a relief goes.
    bias : float
        Added to every output.
    show : {"picture", "signed", "absolute", "ReLU"}, optional
        How the output is shown; by default it follows the kernel.
    """
    x = photo(image)
    after, name, colours = _SHOW[show]
    y = after(ops.conv2d(x, kernel, np.array([bias]))).astype(np.float32)
    windows = [geometry.windows(n, len(kernel)) for n in x.shape]
    panels = {
        "input": Grid(x, "input"),
        "kernel": Grid(kernel, "kernel", kind="signed", edits="kernel"),
        "output": Grid(y, "output", **colours),
    }
    says = say("kernel_lab", x=x, kernel=kernel, y=y, beyond=(y < colours["low"]) | (y > colours["high"]))
    return Scene(panels, [Link("input", "output", *windows, kernel="kernel", bias=bias, post=name)], says)


@lab(
    **picture(),
    preset=one_of("kernel", [OWN, *kernels.PRESETS]),
    **{name: ranged(f"× {name}", -1.0, 1.0, 0.1, when=lambda preset: preset != OWN) for name in _RGB},
    bias=ranged("bias", -255.0, 255.0, 5.0),
    kernel=cells("kernel", (3, 3, 3), own="preset", follows=_mixed),
)
def rgb_lab(image="astronaut", kernel="sobel", *, red=1.0, green=1.0, blue=1.0, bias=0.0):
    """Filter a colour photograph: one 3×3 kernel for each channel, three partial sums, one total.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    kernel : str
        A name in `kernels.PRESETS`, the same for every channel at first.
    red, green, blue : float
        How much of that kernel each channel gets.
    bias : float
        Added once to the total.
    """
    x = photo(image, SIDE, grey=False)
    partial = ops.conv2d(x, kernel[:, None], groups=3).astype(np.float32)
    y = ops.conv2d(x, kernel[None], np.array([bias]))[0].astype(np.float32)
    window, each, same = geometry.windows(SIDE, 3), (range(SIDE), (0,)), (range(len(y)), (0,))
    panels = {
        "picture": Grid(x.transpose(1, 2, 0), "picture", kind="rgb"),
        "channels": Grid(x, "three channels", labels=_RGB),
        "kernel": Grid(kernel, "one kernel, three slices", kind="signed", edits="kernel", labels=_RGB),
        "partial": Grid(partial, "three partial sums", labels=_RGB, **FILTERED),
        "output": Grid(y, "total: one feature map", **FILTERED),
    }
    links = [
        Link("picture", "channels", each, each, op="window"),
        Link("channels", "partial", window, window, kernel="kernel", groups=3),
        Link("partial", "output", same, same, op="sum", bias=bias),
    ]
    i = len(y) // 2
    sums = " + ".join(f"({number(part)})" for part in partial[:, i, i])
    rows = (("picture", "channels"), ("kernel", "partial", "output"))
    return Scene(panels, links, say("rgb_lab", sums=sums, bias=bias, total=y[i, i]), rows=rows)


LOSS = ("step", "loss (mean square)")


@lab(
    kernel=one_of("hidden kernel", [name for name in kernels.PRESETS if name != "gabor"]),
    data=one_of("input", ["noise", "photograph"]),
    rate=ranged("learning rate", 0.02, 1.5, 0.02),
    play=player("step", STEPS),
    step=ranged("step", 0, STEPS),
)
def learning_lab(kernel="sobel", data="noise", rate=0.1, step=0):
    """Watch gradient descent find a hidden 3×3 kernel from pairs of input and output.

    Parameters
    ----------
    kernel : str
        The hidden kernel, a name in `kernels.PRESETS`.
    data : {"noise", "photograph"}
        What the input shows.
    rate : float
        Learning rate: how far each step goes down the slope of the loss.
    step : int
        Steps taken so far, 0 to 60.
    """
    hidden, weights, losses = descent(kernel, data, rate)
    last = len(losses) - 1
    now, most = min(step, last), float(np.abs(hidden).max()) or 1.0
    panels = {
        "hidden": Grid(hidden, "hidden kernel", kind="signed"),
        "learned": Grid(weights[now], f"learned after {now} steps", kind="signed", low=-most, high=most),
        "loss": Curve(range(len(losses)), {"loss": losses}, "loss at each step", LOSS, mark=now, log=True),
    }
    off, grows = np.abs(weights[now] - hidden).max(), losses[last] > losses[0]
    also = grows and "grows", step > last and "ends"
    says = say("learning_lab", "now", *also, step=now, loss=losses[now], off=off, rate=rate, last=last)
    return Scene(panels, [], says)


@functools.lru_cache(maxsize=64)
def descent(preset, data, rate):
    """Give the hidden kernel, and its weights and losses step by step; see `arithmetic.learning`."""
    hidden, x = kernels.preset(preset), np.random.default_rng(0).normal(size=(32, 32))
    if data == "photograph":
        x = photo("camera")[60:92, 100:132].astype(float)
    return hidden, *learn((x - x.mean()) / x.std(), hidden, rate)
