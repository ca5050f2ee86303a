"""Notebook 04: a task that a small receptive field cannot solve, however clever the network."""

import functools

import numpy as np

from convlab.geometry import Layer, window_below
from convlab.labs.base import Lab, slider
from convlab.ops import max_pool2d
from convlab.scene import Link, Panel, Scene

SIDE, WIRES, MOST, PICTURES = 32, 4, 30, 40


def wires_lab(layers=5, kernel=3, dilation=1, picture=0):
    """Say at the end of each wire whether its other end is plugged into plus or minus.

    Each layer hands the charge on: a wire pixel takes it over from the wire pixels in its window.

    Parameters
    ----------
    layers : int
        0 to 30.
    kernel : {3, 5, 7}
        Side of every window.
    dilation : {1, 2, 3}
        Distance between the pixels that a window reads.
    picture : int
        Which random picture, 0 to 39.

    Returns
    -------
    Lab
        Controls: layers, kernel, dilation, picture.
    """
    controls = {
        "layers": slider("layers", layers, 0, MOST),
        "kernel": slider("kernel", kernel, 3, 7, 2),
        "dilation": slider("dilation", dilation, 1, 3),
        "picture": slider("picture no.", picture, 0, PICTURES - 1),
    }
    return Lab("wires_lab", controls, _draw)


def _draw(layers, kernel, dilation, picture):
    wires, plugs, ends, truth = (part[picture] for part in pictures())
    charge = carry(kernel, dilation)[layers, picture]
    answers = charge[ends[:, 0], ends[:, 1]]
    stack = [Layer(kernel, padding=dilation * (kernel - 1) // 2, dilation=dilation)] * layers
    size = 1 + layers * dilation * (kernel - 1)
    axis, curve = (range(SIDE), window_below(stack, 0)), _scores(kernel, dilation)
    panels = {
        "wires": Panel(wires, "wires", low=0, high=1),
        "plugs": Panel(plugs, "plugs: + bright, − dark", kind="signed", low=-1, high=1),
        "charge": Panel(charge, f"charge after {layers} layers", kind="signed", low=-1, high=1),
        "score": Panel(curve, "score, by layers", kind="curve", labels=["right, or guessed"], mark=layers),
    }
    links = [Link(name, "charge", axis, axis, op="window") for name in ("wires", "plugs")]
    table = [["wire", "length (px)", "answer", "verdict"]]
    for k in range(WIRES):
        verdict = "no answer" if answers[k] == 0 else "right" if answers[k] == truth[k] else "wrong"
        table.append([str(k + 1), str(ends[k, 1]), "minus none plus".split()[answers[k] + 1], verdict])
    says = (
        f"{layers} layers of {kernel}×{kernel}, dilation {dilation}: the receptive field is {size} px, "
        f"so a unit sees {size // 2} px to each side. "
        f"In this picture {np.sum(answers == truth)} of {WIRES} wires are right, "
        f"{np.sum(answers == 0)} without an answer, {np.sum(answers == -truth)} wrong. "
        f"On all {WIRES * PICTURES} wires, with a coin tossed where there is no answer, "
        f"the score is {curve[1, layers]:.0%}."
    )
    longest = ends[np.argmax(ends[:, 1])]
    return Scene(panels, links, says, table, pick=("charge", 0, *map(int, longest)))


@functools.cache
def pictures():
    """Draw 40 pictures of four wires that wander from left to right, each with a plug at its left end.

    Returns
    -------
    wires : (40, 32, 32) ndarray
        1 on a wire, else 0. Neighbouring pixels of a wire touch by a side or a corner.
    plugs : (40, 32, 32) ndarray
        +1 or −1 at the left end of each wire, else 0.
    ends : (40, 4, 2) ndarray of int
        Row and column of the right end of each wire; the column is also its length.
    truth : (40, 4) ndarray of int
        The sign of each plug.
    """
    rng = np.random.default_rng(0)
    wires, plugs = np.zeros((2, PICTURES, SIDE, SIDE))
    ends, truth = np.zeros((PICTURES, WIRES, 2), int), rng.choice([-1, 1], (PICTURES, WIRES))
    for p in range(PICTURES):
        for k in range(WIRES):
            middle = row = 4 + 8 * k
            length = rng.integers(6, SIDE - 1)
            plugs[p, row, 0] = truth[p, k]
            for col in range(length + 1):
                wires[p, row, col], ends[p, k] = 1, (row, col)
                row = int(np.clip(row + rng.integers(-1, 2), middle - 3, middle + 3))
    return wires, plugs, ends, truth


@functools.lru_cache(maxsize=9)
def carry(kernel, dilation):
    """Run 30 layers. In each, a pixel of a wire takes the largest plus the smallest charge in its window.

    Returns
    -------
    (31, 40, 32, 32) ndarray of int8
        The charge, −1, 0 or +1, before the first layer and after each; where both signs meet it is 0.
    """
    wires, charge, _, _ = pictures()
    window = {"stride": 1, "padding": dilation * (kernel - 1) // 2, "dilation": dilation}
    found = np.empty((MOST + 1, *charge.shape), np.int8)  # all nine are kept: 1.3 MB each, not 10
    found[0] = charge
    for k in range(MOST):
        largest, smallest = max_pool2d(found[k], kernel, **window), -max_pool2d(-found[k], kernel, **window)
        found[k + 1] = wires * (largest + smallest)
    return found


@functools.lru_cache(maxsize=9)
def _scores(kernel, dilation):
    """Share of all wires answered right after 0 … 30 layers; no answer counts as a coin toss."""
    _, _, ends, truth = pictures()
    each = np.arange(PICTURES)[:, None]
    answers = carry(kernel, dilation)[:, each, ends[..., 0], ends[..., 1]]
    score = np.where(answers == 0, 0.5, answers == truth).mean(axis=(1, 2))
    return np.array([range(MOST + 1), score])
