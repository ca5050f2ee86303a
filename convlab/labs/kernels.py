"""Notebook 01: kernels by hand, on a photograph, and in colour."""

import math

import numpy as np

from convlab import geometry, kernels, ops
from convlab.errors import ConvlabError, real
from convlab.labs.base import Entry, Lab, choice, photo, photo_controls, slider
from convlab.scene import Link, Panel, Scene, number

OWN = "your own"
_SHOW = {  # what happens after the sum, and the colours of the result
    "picture": (lambda y: y, "", {"kind": "grey", "low": 0, "high": 255}),
    "signed": (lambda y: y, "", {"kind": "signed", "low": -255, "high": 255}),
    "absolute": (np.abs, "absolute value", {"kind": "grey", "low": 0, "high": 255}),
    "ReLU": (ops.relu, "ReLU", {"kind": "grey", "low": 0, "high": 255}),
}


def patch_lab(patch=((1, 2, 3), (4, 5, 6), (7, 8, 9)), kernel="sobel", bias=0.0):
    """Lay one 3×3 kernel on one 3×3 patch: nine products, one sum, one bias, one number.

    Parameters
    ----------
    patch : (3, 3) array_like
        The numbers under the kernel; they can be edited.
    kernel : str
        A name in `kernels.PRESETS`; every weight can then be edited.
    bias : float
        Added to the sum.

    Returns
    -------
    Lab
        Controls: preset, bias, patch, kernel.
    """
    entry = Entry(patch)
    if entry.value.shape != (3, 3):
        raise ConvlabError(f"The patch has the shape {entry.value.shape}. It must be (3, 3).")
    controls = {
        "preset": choice("kernel", kernel, [OWN, *kernels.PRESETS]),
        "bias": slider("bias", bias, -10.0, 10.0, 0.5),
        "patch": entry,
        "kernel": Entry(kernels.preset(kernel)),
    }
    _follow_preset(controls)
    return Lab("patch_lab", controls, _draw_patch)


def _draw_patch(patch, kernel, bias):
    total = float(ops.conv2d(patch, kernel)[0, 0])
    panels = {
        "patch": Panel(patch, "patch", editable=True, low=0, high=10),
        "kernel": Panel(kernel, "kernel", kind="signed", editable=True),
        "products": Panel(patch * kernel, "products", kind="signed"),
        "output": Panel(np.array([[total + bias]]), "output", kind="signed"),
    }
    all_at_once, one_by_one = ((0,), range(3)), (range(3), (0,))
    links = [
        Link("patch", "products", one_by_one, one_by_one, op="window"),
        Link("products", "output", all_at_once, all_at_once, op="sum", bias=bias),
    ]
    says = f"The nine products add up to {number(total)}. "
    says += f"With the bias of {number(bias)}, the output is {number(total + bias)}."
    return Scene(panels, links, says, pick=("output", 0, 0, 0))


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

    Returns
    -------
    Lab
        Controls: image, upload, preset, size, sigma, angle, strength, bias, show, kernel.
    """
    weights = kernels.preset(kernel, size, sigma, math.radians(real("angle", angle)), strength)
    controls = {
        **photo_controls(image),
        "preset": choice("kernel", kernel, [OWN, *kernels.PRESETS]),
        "size": slider("size", size, 3, 7, 2),
        "sigma": slider("sigma (px)", sigma, 0.3, 3.0, 0.1),
        "angle": slider("angle (°)", angle, 0, 180, 5),
        "strength": slider("strength", strength, 0.0, 3.0, 0.1),
        "bias": slider("bias", bias, -255.0, 255.0, 5.0),
        "show": choice("show as", _show_for(weights) if show is None else show, list(_SHOW)),
        "kernel": Entry(weights),
    }
    _follow_preset(controls)
    return Lab("kernel_lab", controls, _draw_kernel)


def _show_for(weights):
    return "picture" if weights.sum() > 0.5 else "signed"


def _follow_preset(controls):
    """Let preset and sliders set the kernel, and an edited weight turn the preset into "your own"."""
    settings = [name for name in ("size", "sigma", "angle", "strength") if name in controls]
    busy = []

    def choose(change):
        name = controls["preset"].value
        used = ("size",) if name == OWN else kernels.uses(name)
        for setting in settings:
            controls[setting].disabled = setting not in used
        busy.append(True)
        controls["kernel"].value = _weights(controls, settings)
        busy.pop()
        if "show" in controls and change.owner is controls["preset"] and name != OWN:
            controls["show"].value = _show_for(controls["kernel"].value)

    def edited(change):
        if not busy:
            controls["preset"].value = OWN

    for name in ("preset", *settings):
        controls[name].observe(choose, "value")
    controls["kernel"].observe(edited, "value")
    for setting in settings:
        controls[setting].disabled = setting not in kernels.uses(controls["preset"].value)


def _weights(controls, settings):
    chosen = {setting: controls[setting].value for setting in settings}
    if controls["preset"].value != OWN:
        chosen["angle"] = math.radians(chosen.get("angle", 0))
        return kernels.preset(controls["preset"].value, **chosen)
    old, size = controls["kernel"].value, chosen.get("size", 3)
    grow = max(0, (size - len(old)) // 2)
    cut = max(0, (len(old) - size) // 2)
    return np.pad(old, grow)[cut : len(old) + 2 * grow - cut, cut : len(old) + 2 * grow - cut]


def _draw_kernel(image, kernel, bias, show):
    x = photo(image)
    after, name, colours = _SHOW[show]
    y = after(ops.conv2d(x, kernel, np.array([bias]))).astype(np.float32)
    windows = [geometry.windows(n, len(kernel)) for n in x.shape]
    panels = {
        "input": Panel(x, "input"),
        "kernel": Panel(kernel, "kernel", kind="signed", editable=True),
        "output": Panel(y, "output", **colours),
    }
    beyond = float(np.mean((y < colours["low"]) | (y > colours["high"])))
    sizes = [f"{len(array)}×{len(array[0])}" for array in (x, kernel, y)]
    says = (
        "Input {}, kernel {}, output {}. ".format(*sizes) + f"The weights add up to {number(kernel.sum())}. "
        f"Output from {number(y.min())} to {number(y.max())}, mean {number(y.mean())}; "
        f"{beyond:.1%} of it lies beyond the ends of the colour bar."
    )
    return Scene(panels, [Link("input", "output", *windows, kernel="kernel", bias=bias, post=name)], says)


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

    Returns
    -------
    Lab
        Controls: image, upload, preset, red, green, blue, bias, kernel.
    """
    controls = {
        **photo_controls(image),
        "preset": choice("kernel", kernel, list(kernels.PRESETS)),
        **{
            name: slider(f"× {name}", value, -1.0, 1.0, 0.1)
            for name, value in zip(_RGB, (red, green, blue), strict=True)
        },
        "bias": slider("bias", bias, -255.0, 255.0, 5.0),
        "kernel": Entry(np.multiply.outer([red, green, blue], kernels.preset(kernel))),
    }

    def mix(change):
        parts = [controls[name].value for name in _RGB]
        controls["kernel"].value = np.multiply.outer(parts, kernels.preset(controls["preset"].value))

    for name in ("preset", *_RGB):
        controls[name].observe(mix, "value")
    return Lab("rgb_lab", controls, _draw_rgb)


_RGB = ("red", "green", "blue")


def _draw_rgb(image, kernel, bias):
    x = photo(image, grey=False)
    partial = ops.conv2d(x, kernel[:, None], groups=3).astype(np.float32)
    y = ops.conv2d(x, kernel[None], np.array([bias]))[0].astype(np.float32)
    windows = [geometry.windows(n, 3) for n in x.shape[1:]]
    same = [(range(n), (0,)) for n in y.shape]
    signed = {"kind": "signed", "low": -255, "high": 255}
    panels = {
        "picture": Panel(x.transpose(1, 2, 0), "picture", kind="rgb"),
        "channels": Panel(x, "three channels", labels=_RGB),
        "kernel": Panel(kernel, "one kernel, three slices", kind="signed", editable=True, labels=_RGB),
        "partial": Panel(partial, "three partial sums", labels=_RGB, **signed),
        "output": Panel(y, "total: one feature map", **signed),
    }
    links = [
        Link("picture", "channels", *[(range(n), (0,)) for n in x.shape[1:]], op="window"),
        Link("channels", "partial", *windows, kernel="kernel", groups=3),
        Link("partial", "output", *same, op="sum", bias=bias),
    ]
    i, j = (n // 2 for n in y.shape)
    sums = " + ".join(f"({number(part)})" for part in partial[:, i, j])
    says = f"In the middle: {sums} + bias {number(bias)} = {number(y[i, j])}. "
    says += "Three channels go in, one map comes out."
    return Scene(panels, links, says)
