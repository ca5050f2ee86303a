"""Notebook 04: a task that a small receptive field cannot solve, however clever the network."""

import numpy as np

from convlab.labs.controls import ranged
from convlab.labs.lab import lab, say
from convlab.networks.wires import MOST, PICTURES, SIDE, WIRES, carry, pictures, scores
from convlab.view.scene import Curve, Grid, Link, Scene

_ROWS = (("wires", "plugs", "charge"), ("score", "answers"))
SCORE = ("layers", "share right, or guessed right")


@lab(
    layers=ranged("layers", 0, MOST),
    kernel=ranged("kernel", 3, 7, 2),
    dilation=ranged("dilation", 1, 3),
    picture=ranged("picture no.", 0, PICTURES - 1),
)
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
    """
    wires, plugs, ends, truth = (part[picture] for part in pictures())
    charge = carry(kernel, dilation)[layers, picture]
    answers = charge[ends[:, 0], ends[:, 1]]
    half = layers * dilation * (kernel - 1) // 2  # of the receptive field: what a unit sees to each side
    axis, score = (range(SIDE), range(-half, half + 1, dilation)), scores(kernel, dilation)
    panels = {
        "wires": Grid(wires, "wires", low=0, high=1),
        "plugs": Grid(plugs, "plugs: + bright, − dark", kind="signed", low=-1, high=1),
        "charge": Grid(charge, f"charge after {layers} layers", kind="signed", low=-1, high=1),
        "score": Curve(range(MOST + 1), {"score": score}, "score, by layers", SCORE, mark=layers),
    }
    links = [Link(name, "charge", axis, axis, op="window") for name in ("wires", "plugs")]
    table = [["wire", "length (px)", "answer", "verdict"]]
    for k in range(WIRES):
        verdict = "no answer" if answers[k] == 0 else "right" if answers[k] == truth[k] else "wrong"
        table.append([str(k + 1), str(ends[k, 1]), "minus none plus".split()[answers[k] + 1], verdict])
    window = {"layers": layers, "kernel": kernel, "dilation": dilation, "size": 2 * half + 1, "half": half}
    all_wires = {"wires": WIRES, "every": WIRES * PICTURES, "score": score[layers]}
    found = {"right": answers == truth, "silent": answers == 0, "wrong": answers == -truth}
    says = say("wires_lab", **window, **found, **all_wires)
    longest = ends[np.argmax(ends[:, 1])]
    return Scene(panels, links, says, {"answers": table}, pick=("charge", 0, *map(int, longest)), rows=_ROWS)
