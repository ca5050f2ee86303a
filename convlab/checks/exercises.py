"""The coding exercises: the right functions, and wrong ones under the names of their slips.

Cases and sentences stand in `exercises.toml`; those that are a formula take their slips from `skills.toml`.
"""

import math
import tomllib
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlab.arithmetic.ops import conv2d, max_pool2d
from convlab.checks.expressions import evaluate
from convlab.checks.skills import HERE, skills

PATCH = np.arange(1, 10).reshape(3, 3)


class Exercise(NamedTuple):
    """Cases (tuples of arguments), the right function, and pairs of a sentence and a wrong function."""

    cases: list
    right: object
    slips: list


def _products(x, kernel):
    """Every window of x times the kernel: first the axes of positions, then those of the kernel."""
    return sliding_window_view(x.astype(float), kernel.shape) * kernel


def _added(products):
    return products.sum(tuple(range(products.ndim // 2, products.ndim)))


def _correlate(x, kernel):
    """Correlation in any number of dimensions."""
    return _added(_products(x, kernel))


def _padded(x, kernel, share):
    """Correlation with zeros around x: `share` of what a window reaches beyond its first number."""
    sides = [share * (n - 1) for n in kernel.shape]
    return _correlate(np.pad(x, [(math.floor(n / 2), math.ceil(n / 2)) for n in sides]), kernel)


def _wrapped(x, kernel, first, last):
    """Correlation of 8-bit numbers: products wrap at `first`, their sum at `last`."""
    bits = x.dtype == kernel.dtype == np.uint8
    return _added(_products(x, kernel) % first) % last if bits else _correlate(x, kernel)


def _begun(y, places):
    """Keep the first numbers of y and zeros behind them: what a return inside the loop leaves."""
    return np.where(np.arange(y.size).reshape(y.shape) < places, y, 0)


def _taps(x, kernel, side):
    """Correlation by a reader who takes one side of the kernel for both."""
    n = kernel.shape[side]
    if n > min(kernel.shape):
        raise IndexError("beyond the kernel")
    return _correlate(x, kernel[:n, :n])


def _taken(x, kernel, side):
    """As `_taps`, but the output has the right size."""
    return _taps(x, kernel, side)[: len(x) - len(kernel) + 1, : x.shape[1] - kernel.shape[1] + 1]


def _only_square(x, kernel):
    if kernel.shape[0] != kernel.shape[1]:
        raise ValueError("shapes do not fit")
    return _correlate(x, kernel)


def _equal_sides(right, side, x, *rest):
    """`right` by a reader who takes one side of x for both: part of the output, or an error."""
    n = x.shape[side]
    if n > min(x.shape[-2:]):
        raise IndexError("beyond the input")
    return right(x[..., :n, :n], *rest)


# Slips of a right function on arrays, made from what it returns.
RETURNED = [
    ("sign", np.negative),
    ("nested", lambda y: y[None]),
    ("rounded", lambda y: np.trunc(y.round(9))),
    ("rounded", lambda y: np.floor(y.round(9))),
    ("positive", lambda y: np.maximum(y, 0)),
    ("short", lambda y: y[:-1]),
    ("short", lambda y: y[..., :-1]),
    ("short", lambda y: y[(slice(-1),) * y.ndim]),
    ("short", lambda y: np.pad(y[(slice(-1),) * y.ndim], [(0, 1)] * y.ndim)),
    ("skipped", lambda y: y[(slice(1, None),) * y.ndim]),
    ("still", lambda y: np.full_like(y, y.flat[0])),
    ("early", lambda y: y.flat[0]),
    ("early", lambda y: y[0]),
    ("early", lambda y: y[:1]),
    ("early", lambda y: _begun(y, 1)),
    ("early", lambda y: _begun(y, y[0].size)),
    ("crossed", lambda y: y.T),
]

# Slips with a window that slides, in any number of dimensions.
SLIDES = [
    ("flipped", lambda x, k: _correlate(x, np.flip(k))),
    ("outside", lambda x, k: _padded(x, k, 1)),
    ("outside", lambda x, k: _padded(x, k, 2)),
    ("meant", lambda x, k: _correlate(x, k) / k.size),
    ("meant", lambda x, k: _correlate(x, k) / len(k)),
    ("last_only", lambda x, k: _products(x, k)[(..., *(-1,) * k.ndim)]),
    ("unweighted", lambda x, k: _correlate(x, np.ones(k.shape))),
    ("largest", lambda x, k: _products(x, k).max(tuple(range(k.ndim, 2 * k.ndim)))),
    ("pixel", lambda x, k: _products(x, np.ones(k.shape))[(..., *(0,) * k.ndim)] * k.sum()),
    ("leaps", lambda x, k: _correlate(x, k)[tuple(slice(None, None, n) for n in k.shape)]),
    (
        "rounded",
        lambda x, k: np.trunc(_correlate(x, k).round(9)) if x.dtype.kind in "iu" else _correlate(x, k),
    ),
    ("overflow", lambda x, k: _wrapped(x, k, math.inf, 256)),
    ("overflow", lambda x, k: _wrapped(x, k, 256, math.inf)),
]

PLANES = [
    *SLIDES,
    ("transposed", lambda x, k: _correlate(x, k.T)),
    *(("square", lambda x, k, side=side: _taps(x, k, side)) for side in (0, 1)),
    *(("square", lambda x, k, side=side: _taken(x, k, side)) for side in (0, 1)),
    *(("square", lambda x, k, side=side: _equal_sides(_correlate, side, x, k)) for side in (-2, -1)),
    ("square", _only_square),
    (
        "diagonal",
        lambda x, k: np.stack([np.full(x.shape[1] - k.shape[1] + 1, row[i]) for i, row in _rows(x, k)]),
    ),
    ("one_row", lambda x, k: np.stack([np.full_like(row, row[0]) for _, row in _rows(x, k)])),
    ("one_row", lambda x, k: np.stack([_correlate(x, k)[0] for _ in _rows(x, k)])),
]


def _rows(x, kernel):
    return enumerate(_correlate(x, kernel))


# The slips of a moving average are other weights, in ninths.
WEIGHTS = {
    "sum": [(9, 9, 9)],
    "precedence": [(9, 9, 3), (3, 9, 9)],
    "middle": [(4.5, 0, 4.5), (3, 0, 3)],
    "two": [(4.5, 4.5, 0), (0, 4.5, 4.5), (3, 3, 0), (0, 3, 3), (9, 9, 0), (0, 9, 9)],
    "halved": [(4.5, 4.5, 4.5), (2.25, 2.25, 2.25)],
    "last_only": [(0, 0, 9), (0, 0, 3), (9, 0, 0)],
    "ninth": [(1, 1, 1)],
}
THIRDS = np.full(3, 1 / 3)
MEANS = [
    *(
        (name, lambda x, w=w: _correlate(x, np.array(w) / 9))
        for name, kernels in WEIGHTS.items()
        for w in kernels
    ),
    ("whole", lambda x: np.full(len(x) - 2, x.mean())),
    ("whole", np.mean),
    ("two", lambda x: (x[:-1] + x[1:]) / 2),
    *(
        (name, lambda x, wrong=wrong: wrong(x, THIRDS))
        for name, wrong in SLIDES
        if name in ("outside", "leaps")
    ),
    ("outside", lambda x: np.concatenate([x[:1], _correlate(x, THIRDS), x[-1:]])),
    (
        "rounded",
        lambda x: np.trunc(_correlate(x, THIRDS).round(9)) if x.dtype.kind == "i" else _correlate(x, THIRDS),
    ),
]


def _fours(x):
    """Put the 2 × 2 windows of x side by side along a last axis."""
    return np.stack([x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]], axis=-1)


POOLS = [
    ("mean", lambda x: _fours(x).mean(-1)),
    ("sum", lambda x: _fours(x).sum(-1)),
    ("smallest", lambda x: _fours(x).min(-1)),
    ("overlap", lambda x: max_pool2d(x, 2, stride=1)),
    ("overlap", lambda x: max_pool2d(x, 2, stride=1)[: len(x) // 2, : x.shape[1] // 2]),
    ("zero", lambda x: np.maximum(max_pool2d(x, 2), 0)),
    *(("picked", lambda x, place=place: _fours(x)[..., place]) for place in range(4)),
    *(("partly", lambda x, two=two: _fours(x)[..., two].max(-1)) for two in ([0, 1], [0, 2], [0, 3], [1, 2])),
    ("axis", lambda x: x.reshape(len(x), -1, 2).max(-1)),
    ("axis", lambda x: x.reshape(len(x) // 2, 2, -1).max(1)),
    ("run", lambda x: x.reshape(-1, 4).max(1).reshape(len(x) // 2, -1)),
    ("absolute", lambda x: abs(_fours(x)).max(-1)),
    ("whole", np.max),
    ("whole", lambda x: np.full((len(x) // 2, x.shape[1] // 2), x.max())),
    *(
        ("square", lambda x, side=side: _equal_sides(lambda x: max_pool2d(x, 2), side, x))
        for side in (-2, -1)
    ),
]


def _map(x, w, bias):
    return conv2d(x, w[None], [bias])[0]


def _parts(x, w, bias=0):
    """Return what each channel adds to the map."""
    return np.stack([conv2d(*pair) for pair in zip(x, w, strict=True)]) + bias


FILTERS = [
    ("averaged", lambda x, w, b: _parts(x, w).mean(0) + b),
    ("averaged", lambda x, w, b: _map(x, w, b) / len(x)),
    ("no_bias", lambda x, w, b: _map(x, w, 0)),
    ("biases", lambda x, w, b: _map(x, w, len(x) * b)),
    ("biases", lambda x, w, b: _map(x, w, w.size * b)),
    ("biases", lambda x, w, b: _map(x, w, w[0].size * b)),
    ("less_bias", lambda x, w, b: _map(x, w, -b)),
    ("maps", _parts),
    ("maps", lambda x, w, b: _parts(x, w)),
    ("one_channel", lambda x, w, b: _map(x[:1], w[:1], b)),
    ("one_channel", lambda x, w, b: _map(x[-1:], w[-1:], b)),
    ("lost_channel", lambda x, w, b: _map(x[:-1], w[:-1], b)),
    ("lost_channel", lambda x, w, b: _map(x[1:], w[1:], b)),
    ("one_kernel", lambda x, w, b: _map(x, np.repeat(w[:1], len(w), axis=0), b)),
    ("first_input", lambda x, w, b: _map(np.repeat(x[:1], len(x), axis=0), w, b)),
    ("largest", lambda x, w, b: _parts(x, w).max(0) + b),
    ("flipped", lambda x, w, b: _map(x, w[:, ::-1, ::-1], b)),
    ("unweighted", lambda x, w, b: _map(x, np.ones(w.shape), b)),
    ("outside", lambda x, w, b: conv2d(x, w[None], [b], padding="same")[0]),
    *(("square", lambda x, w, b, side=side: _equal_sides(_map, side, x, w, b)) for side in (-2, -1)),
]

FLIPS = [
    ("rows", lambda k: k[::-1]),
    ("columns", lambda k: k[:, ::-1]),
    ("transpose", np.transpose),
    ("diagonal", lambda k: k.T[::-1, ::-1]),
    ("turn", np.rot90),
    ("turn", lambda k: np.rot90(k, -1)),
    ("same", lambda k: k),
    ("sorted", lambda k: np.sort(k.ravel())[::-1].reshape(k.shape)),
    ("sorted", lambda k: np.sort(k)[::-1, ::-1]),
    ("cut", lambda k: k[:0:-1, :0:-1]),
    ("cut", lambda k: k[:0:-1, ::-1]),
    ("flat", lambda k: k.ravel()[::-1]),
]


def _stamp(x, w, stride, *, kernel=None, numbers=None, starts=None, length=None, add=True):
    """Stamp w at every start, times the numbers of x; a slip is a step of it gone wrong."""
    kernel, numbers = w if kernel is None else kernel, x if numbers is None else numbers
    starts = [i * stride for i in range(len(x))] if starts is None else starts
    y = np.zeros((len(x) - 1) * stride + len(w) if length is None else length)
    for start, number in zip(starts, numbers, strict=False):
        part = y[start : start + len(kernel)]
        part[:] = (part if add else 0) + (number * kernel)[: len(part)]
    return y


STAMPS = [
    ("replaced", lambda x, w, s: _stamp(x, w, s, add=False)),
    ("no_stride", lambda x, w, s: _stamp(x, w, 1)),
    ("no_stride", lambda x, w, s: _stamp(x, w, s, starts=range(len(x)))),
    ("beside", lambda x, w, s: _stamp(x, w, len(w))),
    ("flipped", lambda x, w, s: _stamp(x, w[::-1], s)),
    ("unweighted", lambda x, w, s: _stamp(x, np.ones(len(w)), s)),
    ("unscaled", lambda x, w, s: _stamp(np.ones(len(x)), w, s)),
    ("one_weight", lambda x, w, s: _stamp(x, w[:1], s, length=(len(x) - 1) * s + len(w))),
    ("too_long", lambda x, w, s: _stamp(x, w, s, length=len(x) * s + len(w))),
    ("too_long", lambda x, w, s: _stamp(x, w, s, length=len(x) * s + len(w) - 1)),
    ("cut_off", lambda x, w, s: _stamp(x, w, s, length=len(x) * s)),
    ("last_only", lambda x, w, s: _stamp(x, w, s, numbers=np.where(np.arange(len(x)) < len(x) - 1, 0, x))),
    ("still_stamps", lambda x, w, s: _stamp(x, w, s, starts=[0] * len(x))),
    ("forwards", lambda x, w, s: np.correlate(x, w)[::s]),
    ("meant", lambda x, w, s: _stamp(x, w, s) / np.maximum(_stamp(np.ones(len(x)), np.ones(len(w)), s), 1)),
    ("rounded", lambda x, w, s: _stamp(x, np.trunc(w), s)),
]


def _fold(w, b, mean, variance, gamma, beta, *, shift=None, factor=None):
    factor = gamma / np.sqrt(variance) if factor is None else factor
    return np.append(w * factor, (b - mean) * factor + beta if shift is None else shift)


FOLDS = [
    ("variance", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t, factor=g / v)),
    ("no_gamma", lambda w, b, m, v, g, t: _fold(w, b, m, v, 1, t)),
    ("no_beta", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, 0)),
    ("no_mean", lambda w, b, m, v, g, t: _fold(w, b, 0, v, g, t)),
    ("added_mean", lambda w, b, m, v, g, t: _fold(w, b, -m, v, g, t)),
    ("no_bias", lambda w, b, m, v, g, t: _fold(w, 0, m, v, g, t)),
    ("undivided", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t, factor=g)),
    ("times_root", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t, factor=g * np.sqrt(v))),
    ("bias_only", lambda w, b, m, v, g, t: np.append(w, _fold(w, b, m, v, g, t)[-1])),
    ("weights_only", lambda w, b, m, v, g, t: np.append(_fold(w, b, m, v, g, t)[:-1], b)),
    ("unscaled_bias", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t, shift=b - m + t)),
    ("beta_scaled", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t, shift=(b - m + t) * g / np.sqrt(v))),
    ("mean_late", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t, shift=b * g / np.sqrt(v) - m + t)),
    ("bias_late", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t, shift=b - m * g / np.sqrt(v) + t)),
    ("shifted_weights", lambda w, b, m, v, g, t: np.append((np.append(w, b) - m) * g / np.sqrt(v) + t, [])),
    ("weights_alone", lambda w, b, m, v, g, t: _fold(w, b, m, v, g, t)[:-1]),
]

ON_ARRAYS = {
    "moving_average": (lambda x: _correlate(x, THIRDS), MEANS),
    "correlate_1d": (_correlate, SLIDES),
    "conv2d": (conv2d, PLANES),
    "flip": (lambda k: k[::-1, ::-1], FLIPS),
    "max_pool": (lambda x: max_pool2d(x, 2), POOLS),
    "filter_map": (_map, FILTERS),
    "stamp": (_stamp, STAMPS),
    "fold_norm": (_fold, FOLDS),
}


def _exercise(name, task, shared):
    """Put one exercise together from its text and its functions."""
    if "skill" in task:
        return _formula(task["cases"], skills()[task["skill"]])
    right, slips = ON_ARRAYS[name]
    cases = [tuple(_array(given) for given in case) for case in task["cases"]]
    cases += [tuple(np.array(given, np.uint8) for given in case) for case in task.get("bytes", [])]
    said = shared | task["say"]
    after = [(slip, lambda *given, undo=undo: undo(right(*given))) for slip, undo in RETURNED]
    return Exercise(cases, right, [(said[slip], wrong) for slip, wrong in [*slips, *after] if said[slip]])


def _array(given):
    return np.array(given) if isinstance(given, list) else given


def _formula(cases, skill):
    """Return an exercise whose functions are formulas; lists in its arguments are read number by number."""

    def function(formula):
        def number(*given):
            names = dict(zip(skill["names"], _flat(given), strict=False))
            return _plain(evaluate(formula, **skill.get("usual", {}) | names))

        return number

    cases = [tuple(_layers(given) for given in case) for case in cases]
    return Exercise(
        cases, function(skill["right"]), [(slip.why, function(slip.value)) for slip in skill["slips"]]
    )


def _layers(given):
    return [tuple(layer) for layer in given] if isinstance(given, list) else given


def _plain(value):
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return int(value) if value.denominator == 1 else float(value)


def _flat(given):
    return [
        number for part in given for number in (_flat(part) if isinstance(part, (list, tuple)) else [part])
    ]


def _exercises():
    texts = tomllib.loads((HERE / "exercises.toml").read_text(encoding="utf-8"))
    shared = texts.pop("any")["say"]
    return {name: _exercise(name, task, shared) for name, task in texts.items()}


EXERCISES = _exercises()
