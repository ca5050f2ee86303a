"""Notebook 01: a kernel is learned from pictures alone."""

import functools

import numpy as np

from convlab.arithmetic import kernels
from convlab.arithmetic.learning import STEPS, learn
from convlab.errors import number
from convlab.labs.controls import one_of, photo, player, ranged
from convlab.labs.lab import lab
from convlab.view.scene import Curve, Grid, Scene

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
    says = f"Step {now}: the loss is {number(losses[now], 3)}; the weight that is furthest off is off by "
    says += f"{number(np.abs(weights[now] - hidden).max(), 3)}."
    if losses[last] > losses[0]:
        says += f" With a learning rate of {rate:g} the loss grows: every step jumps over the valley, "
        says += "further each time. Try a smaller rate."
    if step > last:
        says += f" After step {last} the numbers are too large to go on."
    return Scene(panels, [], says)


@functools.lru_cache(maxsize=64)
def descent(preset, data, rate):
    """Give the hidden kernel, and its weights and losses step by step; see `arithmetic.learning`."""
    hidden, x = kernels.preset(preset), np.random.default_rng(0).normal(size=(32, 32))
    if data == "photograph":
        x = photo("camera")[60:92, 100:132].astype(float)
    return hidden, *learn((x - x.mean()) / x.std(), hidden, rate)
