"""Notebook 01: a kernel is learned from pictures alone."""

import functools

import ipywidgets as widgets
import numpy as np

from convlab import kernels, ops
from convlab.labs.base import Lab, choice, photo, slider
from convlab.scene import Panel, Scene, number

STEPS = 60
_LOST = 1e6  # a loss this many times the first one is beyond saving


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

    Returns
    -------
    Lab
        Controls: preset, data, rate, play, step.
    """
    controls = {
        "preset": choice("hidden kernel", kernel, [name for name in kernels.PRESETS if name != "gabor"]),
        "data": choice("input", data, ["noise", "photograph"]),
        "rate": slider("learning rate", rate, 0.02, 1.5, 0.02),
        "play": widgets.Play(min=0, max=STEPS, interval=250, description="play the steps"),
        "step": slider("step", step, 0, STEPS),
    }
    controls["play"].value = controls["step"].value
    widgets.jslink((controls["play"], "value"), (controls["step"], "value"))
    return Lab("learning_lab", controls, _draw)


def _draw(preset, data, rate, step):
    hidden, weights, losses = learn(preset, data, rate)
    last = len(losses) - 1
    now, most = min(step, last), float(np.abs(hidden).max()) or 1.0
    panels = {
        "hidden": Panel(hidden, "hidden kernel", kind="signed"),
        "learned": Panel(weights[now], f"learned after {now} steps", kind="signed", low=-most, high=most),
        "loss": Panel(
            np.array([range(len(losses)), losses]),
            "loss at each step (log scale)",
            kind="curve",
            labels=["loss"],
            mark=now,
            log=True,
        ),
    }
    miss = float(np.abs(weights[now] - hidden).max())
    says = f"Step {now}: the loss is {number(losses[now], 3)}; "
    says += f"the weight that is furthest off is off by {number(miss, 3)}."
    if losses[last] > losses[0]:
        says += f" With a learning rate of {rate:g} the loss grows: every step jumps over the valley, "
        says += "further each time. Try a smaller rate."
    if step > last:
        says += f" After step {last} the numbers are too large to go on."
    return Scene(panels, [], says)


@functools.lru_cache(maxsize=64)
def learn(preset, data, rate):
    """Run gradient descent on the mean squared error, from a kernel of zeros.

    Parameters
    ----------
    preset : str
        The hidden kernel, a name in `kernels.PRESETS`.
    data : {"noise", "photograph"}
        The input: 32×32 random numbers (seed 0), or a crop of a photograph; mean 0, standard deviation 1.
    rate : float
        Learning rate.

    Returns
    -------
    hidden : (3, 3) ndarray
    weights : list of (3, 3) ndarray
        Before each step and after the last.
    losses : list of float
        Mean squared error for each of `weights`.

    Examples
    --------
    >>> hidden, weights, losses = learn("sobel", "noise", 0.3)
    >>> bool(losses[-1] < 1e-3 * losses[0])
    True
    """
    hidden = kernels.preset(preset)
    x = (
        np.random.default_rng(0).normal(size=(32, 32))
        if data == "noise"
        else photo("camera")[60:92, 100:132].astype(float)
    )
    x = (x - x.mean()) / x.std()
    y = ops.conv2d(x, hidden)
    weights, losses = [np.zeros((3, 3))], []
    while True:
        error = ops.conv2d(x, weights[-1]) - y
        losses.append(float(np.mean(error**2)))
        if len(losses) > STEPS or losses[-1] > _LOST * losses[0]:
            return hidden, weights, losses
        # The slope of the loss for each weight is itself a correlation: of the input with the error.
        weights.append(weights[-1] - rate * 2 * ops.conv2d(x, error) / error.size)
