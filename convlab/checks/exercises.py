"""The coding exercises: small cases, the right function, and wrong ones with the sentence each deserves."""

import math
from typing import NamedTuple

import numpy as np

from convlab.arithmetic.geometry import Layer, cost, output_size, receptive_field, same_padding
from convlab.arithmetic.kernels import sobel
from convlab.arithmetic.ops import conv2d, max_pool2d

PATCH = np.arange(1, 10).reshape(3, 3)


class Exercise(NamedTuple):
    """Cases (tuples of arguments), the right function, and pairs of a wrong function and what to say."""

    cases: list
    right: object
    wrong: list


def _numbers(*values):
    return np.array(values, float)


def _bytes(*values):
    return np.array(values, np.uint8)


def _overflow(right):
    """Wrong version that stays in 8 bits when its input does."""
    return lambda x, *rest: right(x, *rest) % 256 if x.dtype == np.uint8 else right(x, *rest)


def _mean3(x):
    return np.convolve(x, np.ones(3) / 3, "valid")


def _correlate(x, kernel, mode="valid"):
    return np.correlate(x.astype(float), kernel.astype(float), mode)


def _stack(layers):
    return receptive_field([Layer(kernel, stride=stride) for kernel, stride in layers])[-1].size


def _walk(layers, step):
    """Wrong recurrences: `step(size, jump, kernel, stride)` gives the next (size, jump)."""
    size, jump = 1, 1
    for kernel, stride in layers:
        size, jump = step(size, jump, kernel, stride)
    return size


def _filter_map(x, w, bias):
    return conv2d(x, w[None], [bias])[0]


def _layer_cost(c_in, c_out, kernel, height=1, width=1):
    return cost([Layer(kernel, channels=c_out)], (c_in, height + kernel - 1, width + kernel - 1))[0]


def _strided(c_in, c_out, kernel, stride, padding, n):
    return cost([Layer(kernel, stride, padding, channels=c_out)], (c_in, n, n))[0]


OVERFLOW = (
    "The numbers wrapped around at 256: 8-bit integers hold no more. Turn the input into float first, "
    "with x.astype(float)."
)
FLIPPED = "Your kernel is flipped: that is true convolution. Here it lies on the input as it is written."
SHORT = "The last position is missing. There are n − k + 1 of them, and range(m) counts to m − 1."
MEAN = "That is the mean of the products. Add them, and stop there."
DEPTH = "Each filter reads every input channel: C_in is missing."
SQUARE = "A kernel has k² weights: its side counts twice."
SAME = "There are too many positions: stay where the whole window fits inside the input."

EXERCISES = {
    "moving_average": Exercise(
        [
            (_numbers(1, 2, 3, 4, 5),),
            (_numbers(0, 0, 0, 9, 9, 9),),
            (_numbers(2, 8, 6),),
            (_bytes(200, 250, 240, 13),),
        ],
        _mean3,
        [
            (lambda x: 3 * _mean3(x), "That is the sum of the three neighbours. Divide it by 3."),
            (lambda x: np.convolve(x, np.ones(3) / 3, "same"), SAME),
            (lambda x: _mean3(x)[:-1], SHORT),
            (lambda x: _mean3(x) // 1, "The fraction is lost: // rounds down. Divide with /."),
            (lambda x: (x[:-2] + x[2:]) / 2, "The middle one of the three is missing."),
            (lambda x: (x[:-2] + x[1:-1] + x[2:]) / 3, OVERFLOW),
        ],
    ),
    "correlate_1d": Exercise(
        [
            (_numbers(1, 2, 3, 4, 5), _numbers(1, 0, -1)),
            (_numbers(0, 0, 1, 0, 0), _numbers(1, 2, 3)),
            (_numbers(3, 1, 4, 1, 5, 9), _numbers(2, -1)),
            (_bytes(200, 250, 240), _bytes(1, 1)),
        ],
        _correlate,
        [
            (lambda x, k: _correlate(x, k[::-1]), FLIPPED),
            (lambda x, k: _correlate(x, k)[:-1], SHORT),
            (lambda x, k: _correlate(x, k, "same"), SAME),
            (lambda x, k: _correlate(x, k, "full"), SAME),
            (lambda x, k: _correlate(x, k) / len(k), MEAN),
            (_overflow(_correlate), OVERFLOW),
        ],
    ),
    "conv2d": Exercise(
        [
            (PATCH.astype(float), sobel()),
            (np.arange(25.0).reshape(5, 5), np.ones((3, 3))),
            (np.arange(24.0).reshape(4, 6) ** 2 % 11, np.array([[1.0, 2, 0], [0, -1, 3]])),
            (np.full((3, 4), 200, np.uint8), np.ones((3, 3), np.uint8)),
        ],
        conv2d,
        [
            (lambda x, k: conv2d(x, k[::-1, ::-1]), FLIPPED),
            (lambda x, k: conv2d(x, k.T), "Your kernel is transposed: rows and columns are swapped in it."),
            (lambda x, k: conv2d(x, k).T, "Rows and columns are swapped in your output."),
            (lambda x, k: conv2d(x, k)[:-1, :-1], SHORT),
            (lambda x, k: conv2d(x, k, padding="same"), SAME),
            (lambda x, k: conv2d(x, k) / k.size, MEAN),
            (_overflow(conv2d), OVERFLOW),
        ],
    ),
    "flip": Exercise(
        [(PATCH.astype(float),), (np.array([[1.0, 2, 3], [4, 5, 6]]),)],
        lambda k: k[::-1, ::-1],
        [
            (lambda k: k[::-1], "Only the rows changed their order; the columns have to as well."),
            (lambda k: k[:, ::-1], "Only the columns changed their order; the rows have to as well."),
            (lambda k: k.T, "That is the transpose, a mirror along the diagonal. A flip reverses both axes."),
            (lambda k: np.rot90(k), "That is a quarter turn. Flipping both axes is a half turn."),
            (lambda k: k, "Nothing changed. Reverse the order of the rows and of the columns."),
        ],
    ),
    "output_size": Exercise(
        [(6, 3, 1, 0), (28, 3, 2, 0), (28, 5, 2, 0), (7, 3, 2, 1), (224, 7, 2, 3), (5, 3, 1, 2)],
        lambda n, k, s, p: output_size(n, k, stride=s, padding=p),
        [
            (lambda n, k, s, p: (n + 2 * p - k) / s + 1, "Half a window is no window: round down, with //."),
            (lambda n, k, s, p: -((k - n - 2 * p) // s) + 1, "You rounded up: the last window hangs out."),
            (lambda n, k, s, p: (n + p - k) // s + 1, "The padding counts twice: p pixels at *each* end."),
            (lambda n, k, s, p: (n - k) // s + 1, "The padding is missing from your formula."),
            (lambda n, k, s, p: (n + 2 * p - k) // s, "One is missing: the first position takes no step."),
            (lambda n, k, s, p: n + 2 * p - k + 1, "The stride is missing from your formula."),
            (lambda n, k, s, p: n // s, "A stride does not just divide: the kernel needs room."),
        ],
    ),
    "same_padding": Exercise(
        [(3, 1), (5, 1), (7, 1), (1, 1), (3, 2), (5, 3)],
        lambda kernel, dilation: same_padding(100, kernel, 1, dilation)[0],
        [
            (lambda k, d: d * (k - 1), "That is both sides together; padding counts each side."),
            (lambda k, d: (k - 1) // 2, "Dilation is missing: it widens the kernel to d·(k − 1) + 1."),
            (lambda k, d: (d * k - 1) // 2, "A dilated kernel spans d·(k − 1) + 1 pixels, not d·k."),
            (lambda k, d: (d * (k - 1) + 1) / 2, "The centre stands on the pixel: take half of the rest."),
        ],
    ),
    "max_pool": Exercise(
        [(np.arange(16.0).reshape(4, 4) * 7 % 10,), (-np.arange(1.0, 25).reshape(4, 6),)],
        lambda x: max_pool2d(x, 2),
        [
            (lambda x: x.reshape(len(x) // 2, 2, -1, 2).mean((1, 3)), "That is the mean; take the largest."),
            (lambda x: max_pool2d(x, 2, stride=1), "Your windows overlap: go on by 2 pixels, not by 1."),
            (lambda x: -max_pool2d(-x, 2), "That is the smallest of each four; take the largest."),
            (lambda x: np.maximum(max_pool2d(x, 2), 0), "You start from 0, and that hides negative numbers."),
        ],
    ),
    "filter_map": Exercise(
        [
            (np.arange(12.0).reshape(3, 2, 2), np.array([[[2.0]], [[0]], [[-1]]]), 1.0),
            (np.arange(48.0).reshape(3, 4, 4) % 7, np.arange(27.0).reshape(3, 3, 3) % 5, -2.0),
        ],
        _filter_map,
        [
            (lambda x, w, b: _filter_map(x, w, 0) / len(x) + b, "The channels are added, not averaged."),
            (lambda x, w, b: _filter_map(x, w, 0), "The bias is missing: add it once, at the end."),
            (lambda x, w, b: _filter_map(x, w, len(x) * b), "The bias came in once a channel. Add it once."),
            (
                lambda x, w, b: np.stack([conv2d(*pair) + b for pair in zip(x, w, strict=True)]),
                "That is a map for each channel. One filter gives one map: add up the channels.",
            ),
            (lambda x, w, b: conv2d(x[0], w[0]) + b, "Only the first channel counts in yours; add up all."),
        ],
    ),
    "weight_shape": Exercise(
        [(1, 16, 5), (3, 64, 7), (32, 64, 3), (256, 64, 1)],
        lambda c_in, c_out, k: (c_out, c_in, k, k),
        [
            (lambda i, o, k: (k, k, i, o), "That is TensorFlow's order. Here it is (C_out, C_in, kH, kW)."),
            (lambda i, o, k: (i, o, k, k), "Filters come first: C_out, then what each reads."),
            (lambda i, o, k: (o, k, k), DEPTH),
            (lambda i, o, k: (o * i, k, k), "Keep C_out and C_in apart: a filter is one block, C_in deep."),
        ],
    ),
    "count_parameters": Exercise(
        [(1, 16, 5), (3, 64, 3), (256, 64, 1)],
        lambda c_in, c_out, kernel: _layer_cost(c_in, c_out, kernel).parameters,
        [
            (lambda i, o, k: i * o * k * k, "The biases are missing: one for each filter."),
            (lambda i, o, k: i * o * (k * k + 1), "A bias belongs to a filter, not to each channel in it."),
            (lambda i, o, k: o * (k * k + 1), DEPTH),
            (lambda i, o, k: o * (i * k + 1), SQUARE),
            (lambda i, o, k: i * o * k * k + 1, "There is one bias for each filter, not one for the layer."),
        ],
    ),
    "multiply_adds": Exercise(
        [(1, 1, 3, 4, 4), (3, 16, 3, 32, 32), (64, 128, 1, 7, 5)],
        lambda *layer: _layer_cost(*layer).macs,
        [
            (lambda i, o, k, h, w: i * o * k * k, "Those are the weights; each works at every position."),
            (lambda i, o, k, h, w: o * k * k * h * w, DEPTH),
            (lambda i, o, k, h, w: i * k * k * h * w, "That is one filter. There are C_out of them."),
            (lambda i, o, k, h, w: 2 * i * o * k * k * h * w, "A multiply-add is one, not two."),
            (lambda i, o, k, h, w: i * o * k * h * w, SQUARE),
        ],
    ),
    "receptive_field": Exercise(
        [
            ([(3, 1)],),
            ([(3, 2)],),
            ([(3, 1), (3, 1), (3, 1)],),
            ([(3, 1), (3, 2), (2, 2)],),
            ([(11, 4), (3, 2), (5, 1), (3, 2)],),
        ],
        _stack,
        [
            (
                lambda layers: _walk(layers, lambda r, j, k, s: (r + (k - 1) * j * s, j * s)),
                "A layer's own stride does not enter its own field: grow first, then multiply the jump.",
            ),
            (
                lambda layers: _walk(layers, lambda r, j, k, s: (r + k - 1, j)),
                "The strides are missing: above a stride of 2, one step is 2 pixels of the image.",
            ),
            (
                lambda layers: _walk(layers, lambda r, j, k, s: (r + (k - 1) * j, s)),
                "Only the last stride counts in yours. The jump is the *product* of all the strides below.",
            ),
            (
                lambda layers: _walk(layers, lambda r, j, k, s: (r + (k - 1) * j, j + s)),
                "The jump is the product of the strides below, not their sum.",
            ),
            (lambda layers: _stack(layers) - 1, "One is missing: a pixel sees itself, so start at 1."),
            (
                lambda layers: math.prod(kernel for kernel, _ in layers),
                "Kernels do not multiply: neighbouring windows overlap. Each layer adds (k − 1)·jump.",
            ),
            (
                lambda layers: sum(kernel for kernel, _ in layers),
                "Neighbouring windows overlap: a kernel of k adds k − 1 steps, not k.",
            ),
        ],
    ),
    "strided_macs": Exercise(
        [(4, 8, 3, 2, 1, 14), (8, 16, 3, 2, 1, 7), (3, 16, 5, 1, 0, 28)],
        lambda *layer: _strided(*layer).macs,
        [
            (
                lambda i, o, k, s, p, n: i * o * k * k * n * n,
                "You count the *input* grid: the slip in the book. A weight works once an *output* position.",
            ),
            (lambda i, o, k, s, p, n: i * o * k * k, "Those are the weights; each works at every position."),
            (
                lambda i, o, k, s, p, n: i * o * k * k * ((n - k) // s + 1) ** 2,
                "The padding is missing from your output size.",
            ),
            (
                lambda i, o, k, s, p, n: i * o * k * k * output_size(n, k, stride=s, padding=p),
                "That is one row of the output. It has as many rows as columns.",
            ),
            (lambda i, o, k, s, p, n: _strided(1, o, k, s, p, n).macs, DEPTH),
            (
                lambda *layer: _strided(*layer).macs + _strided(*layer).activations,
                "Adding a bias is no multiplication: count the kernels' weights only.",
            ),
        ],
    ),
    "forward_memory": Exercise(
        [([(3, 8, 8)],), ([(3, 32, 32), (16, 32, 32), (16, 16, 16)],), ([(512, 7, 7), (4096, 1, 1)],)],
        lambda shapes: 4 * sum(math.prod(shape) for shape in shapes),
        [
            (
                lambda shapes: sum(math.prod(shape) for shape in shapes),
                "Those are the numbers; each takes 4 bytes.",
            ),
            (
                lambda shapes: 8 * sum(math.prod(shape) for shape in shapes),
                "8 bytes is float64. Here it is 4.",
            ),
            (lambda shapes: 4 * sum(h * w for _, h, w in shapes), "Every channel is a map: C is missing."),
            (lambda shapes: 4 * math.prod(shapes[-1]), "That is the last map alone. All of them are kept."),
            (lambda shapes: 4 * math.prod(map(math.prod, shapes)), "The maps lie side by side: add them up."),
        ],
    ),
}
