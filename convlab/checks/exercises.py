"""The coding exercises: the right functions, and wrong ones with what to say to each.

They stand as formulas in `exercises.toml`, with their cases. Those formulas use numpy as `np`, convlab's
operators, and the functions that are here.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlab.arithmetic import ops
from convlab.checks.expressions import evaluate
from convlab.checks.skills import SKILLS, texts

TEXTS = texts("exercises")
SHARED = TEXTS["any"]["slips"]


class Exercise(NamedTuple):
    """Cases (tuples of arguments), the right function, and pairs of a sentence and a wrong function."""

    cases: list
    right: object
    slips: list


def products(x, kernel):
    """Every window of x times the kernel: first the axes of positions, then those of the kernel."""
    return sliding_window_view(x.astype(float), np.shape(kernel)) * kernel


def correlate(x, kernel):
    """Correlation in any number of dimensions."""
    return products(x, kernel).sum(tuple(range(-np.ndim(kernel), 0)))


def padded(x, kernel, share):
    """Correlation with zeros around x: `share` of what a window reaches beyond its first number."""
    sides = [share * (n - 1) for n in np.shape(kernel)]
    return correlate(np.pad(x, [(n // 2, n - n // 2) for n in sides]), kernel)


def rounded(x, kernel):
    """Correlation of integers that is put into an array of integers."""
    y = correlate(x, kernel)
    return np.trunc(y.round(9)) if x.dtype.kind in "iu" else y


def unwidened(x, kernel, total=None):
    """Correlation of matrices in their own type, where 8-bit products wrap; added up in the type `total`."""
    return (sliding_window_view(x, kernel.shape) * kernel).sum((-2, -1), total)


def begun(y, places):
    """Keep the first numbers of y and zeros behind them: what a return inside the loop leaves."""
    return np.where(np.arange(y.size).reshape(y.shape) < places, y, 0)


def as_square(x, side):
    """Return the part of x that is seen by a reader who takes one side for both; raise beyond x."""
    n = x.shape[side]
    if n > min(x.shape[-2:]):
        raise IndexError("beyond the array")
    return x[..., :n, :n]


def fours(x):
    """Put the 2 × 2 windows of x side by side along a last axis."""
    return np.stack([x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]], axis=-1)


def stamp(x, w, stride, add=True):
    """Stamp w for every number of x, times it, a stride apart; add where stamps overlap, or replace."""
    y = np.zeros((len(x) - 1) * stride + len(w))
    for i, number in enumerate(x):
        part = y[i * stride : i * stride + len(w)]
        part[:] = (part if add else 0) + number * w
    return y


def fold(w, b, mean, factor, beta):
    """Weights and then the bias that do what they do with the batch norm behind them."""
    return np.append(w * factor, (b - mean) * factor + beta)


def _exercise(task):
    """Return an exercise: functions of arrays, or the formula of a skill."""
    if "skill" in task:
        return _of_skill(task)
    own, right = task["slips"], task["right"]
    said = {name: slip["why"] for name, slip in [*SHARED.items(), *own.items()] if "why" in slip}
    wrong = [*(_wrong(SHARED, "slides") if "slides" in task else ()), *_wrong(own)]
    wrong += [(name, f"(lambda y: {formula})({right})") for name, formula in _wrong(SHARED)]

    def function(formula):  # of our own text: nothing that a reader types comes here
        return eval(f"lambda {', '.join(task['names'])}: {formula}", vars(ops) | globals())

    cases = _read(task["cases"], np.array) + _read(task.get("bytes", []), np.uint8)
    slips = [(said[name], function(formula)) for name, formula in wrong if said[name]]
    return Exercise(cases, function(right), slips)


def _wrong(slips, key="wrong"):
    """Name each slip with each of its wrong formulas."""
    return [(name, formula) for name, slip in slips.items() for formula in slip.get(key, ())]


def _of_skill(task):
    """Return the exercise of a skill; lists in its arguments are read number by number."""
    skill = SKILLS[task["skill"]]
    cases = _read(task["cases"], lambda layers: list(map(tuple, layers)))
    slips = [(slip["why"], partial(_number, skill, slip["value"])) for slip in skill["slips"]]
    return Exercise(cases, partial(_number, skill, skill["right"]), slips)


def _number(skill, formula, *given):
    """Give what a formula of a skill makes of the arguments of an exercise."""
    names = dict(zip(skill["names"], np.ravel(given).tolist(), strict=False))
    return evaluate(formula, **skill.get("usual", {}) | names)


def _read(cases, kind):
    """Turn the lists among the arguments of each case into this kind."""
    return [tuple(kind(given) if isinstance(given, list) else given for given in case) for case in cases]


EXERCISES = {name: _exercise(task) for name, task in TEXTS.items() if "cases" in task}
