"""The coding exercises: the right functions, and wrong ones with what to say to each.

They stand as formulas in `exercises.toml`, with their cases; the functions that those formulas use are here.
"""

import tomllib
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlab.arithmetic.ops import conv2d, max_pool2d
from convlab.checks.expressions import evaluate
from convlab.checks.skills import HERE, skills

TEXTS = tomllib.loads((HERE / "exercises.toml").read_text(encoding="utf-8"))
SHARED, RAISED, KERNEL_24 = TEXTS.pop("any")["slips"], TEXTS.pop("raised"), TEXTS.pop("kernel_24")
PATCH = np.arange(1, 10).reshape(3, 3)
THIRDS = np.full(3, 1 / 3)


class Exercise(NamedTuple):
    """Cases (tuples of arguments), the right function, and pairs of a sentence and a wrong function."""

    cases: list
    right: object
    slips: list


def products(x, kernel):
    """Every window of x times the kernel: first the axes of positions, then those of the kernel."""
    return sliding_window_view(x.astype(float), np.shape(kernel)) * kernel


def added(each):
    """Sum of the products at each position."""
    return each.sum(tuple(range(each.ndim // 2, each.ndim)))


def correlate(x, kernel):
    """Correlation in any number of dimensions."""
    return added(products(x, kernel))


def padded(x, kernel, share):
    """Correlation with zeros around x: `share` of what a window reaches beyond its first number."""
    sides = [share * (n - 1) for n in kernel.shape]
    return correlate(np.pad(x, [(n // 2, n - n // 2) for n in sides]), kernel)


def rounded(x, kernel):
    """Correlation of integers that is put into an array of integers."""
    y = correlate(x, kernel)
    return np.trunc(y.round(9)) if x.dtype.kind in "iu" else y


def wrapped(x, kernel, first, last):
    """Correlation of 8-bit numbers: products wrap at `first`, their sum at `last`."""
    bits = x.dtype == kernel.dtype == np.uint8
    return added(products(x, kernel) % first) % last if bits else correlate(x, kernel)


def begun(y, places):
    """Keep the first numbers of y and zeros behind them: what a return inside the loop leaves."""
    return np.where(np.arange(y.size).reshape(y.shape) < places, y, 0)


def taps(x, kernel, side):
    """Correlation by a reader who takes one side of the kernel for both."""
    return equal_sides(lambda part: correlate(x, part), side, kernel)


def equal_sides(right, side, x, *rest):
    """`right` by a reader who takes one side of x for both: part of the output, or an error."""
    n = x.shape[side]
    if n > min(x.shape[-2:]):
        raise IndexError("beyond the array")
    return right(x[..., :n, :n], *rest)


def pool(x, stride=2):
    """Max pooling of 2 × 2 windows."""
    return max_pool2d(x, 2, stride=stride)


def fours(x):
    """Put the 2 × 2 windows of x side by side along a last axis."""
    return np.stack([x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]], axis=-1)


def filter_map(x, w, bias):
    """Map of one filter."""
    return conv2d(x, w[None], [bias])[0]


def parts(x, w):
    """Give what each channel adds to the map."""
    return np.stack([conv2d(*pair) for pair in zip(x, w, strict=True)])


def stamp(x, w, stride, *, starts=None, length=None, add=True):
    """Stamp w at every start, times the numbers of x; a slip is a step of it gone wrong."""
    starts = np.arange(len(x)) * stride if starts is None else starts
    y = np.zeros((len(x) - 1) * stride + len(w) if length is None else length)
    for start, number in zip(starts, x, strict=True):
        part = y[start : start + len(w)]
        part[:] = (part if add else 0) + (number * w)[: len(part)]
    return y


def fold(w, b, mean, var, gamma, beta, *, shift=None, factor=None):
    """Weights and then the bias that do what they do with the batch norm behind them."""
    factor = gamma / np.sqrt(var) if factor is None else factor
    return np.append(w * factor, (b - mean) * factor + beta if shift is None else shift)


def _on_arrays(task):
    """Return an exercise whose functions take arrays."""
    own, right = task["slips"], task["right"]
    said = {name: slip["why"] for name, slip in [*SHARED.items(), *own.items()] if "why" in slip}
    wrong = [*(_wrong(SHARED, "slides") if "slides" in task else ()), *_wrong(own)]
    wrong += [(name, f"(lambda y: {formula})({right})") for name, formula in _wrong(SHARED)]

    def function(formula):  # of our own text: nothing that a reader types comes here
        return eval(f"lambda {', '.join(task['names'])}: {formula}", globals())

    cases = _read(task["cases"], np.array) + _read(task.get("bytes", []), np.uint8)
    slips = [(said[name], function(formula)) for name, formula in wrong if said[name]]
    return Exercise(cases, function(right), slips)


def _wrong(slips, key="wrong"):
    """Name each slip with each of its wrong formulas."""
    return [(name, formula) for name, slip in slips.items() for formula in slip.get(key, ())]


def _on_numbers(task):
    """Return an exercise of a skill; lists in its arguments are read number by number."""
    skill = skills()[task["skill"]]

    def function(formula):
        def number(*given):
            flat = np.concatenate([np.ravel(part) for part in given]).tolist()
            names = dict(zip(skill["names"], flat, strict=False))
            return _plain(evaluate(formula, **skill.get("usual", {}) | names))

        return number

    cases = _read(task["cases"], lambda layers: list(map(tuple, layers)))
    slips = [(slip["why"], function(slip["value"])) for slip in skill["slips"]]
    return Exercise(cases, function(skill["right"]), slips)


def _read(cases, kind):
    """Turn the lists among the arguments of each case into this kind."""
    return [tuple(kind(given) if isinstance(given, list) else given for given in case) for case in cases]


def _plain(value):
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return int(value) if value.denominator == 1 else float(value)


EXERCISES = {name: _on_numbers(task) if "skill" in task else _on_arrays(task) for name, task in TEXTS.items()}
