"""filter_map as learners write it: pairs of the slip it has and the program; and right ones."""
import numpy as np

from convlab import conv2d


def replaces(x, w, bias):
    for c in range(len(x)):
        y = conv2d(x[c], w[c])
    return y + bias


def replaces_in_an_array(x, w, bias):
    y = np.zeros_like(conv2d(x[0], w[0]))
    for c in range(len(x)):
        y[:] = conv2d(x[c], w[c])
    return y + bias


def bias_in_the_loop(x, w, bias):
    y = 0
    for c in range(len(x)):
        y = y + conv2d(x[c], w[c]) + bias
    return y


def starts_and_ends_with_bias(x, w, bias):
    y = bias
    for c in range(len(x)):
        y = y + conv2d(x[c], w[c])
    return y + bias


def one_channel_too_few(x, w, bias):
    y = 0
    for c in range(len(x) - 1):
        y = y + conv2d(x[c], w[c])
    return y + bias


def from_channel_one(x, w, bias):
    return sum(conv2d(x[c], w[c]) for c in range(1, len(x))) + bias


def three_channels(x, w, bias):
    return conv2d(x[0], w[0]) + conv2d(x[1], w[1]) + conv2d(x[2], w[2]) + bias


def returns_in_the_loop(x, w, bias):
    y = 0
    for c in range(len(x)):
        y = y + conv2d(x[c], w[c])
        return y + bias


def first_kernel(x, w, bias):
    return sum(conv2d(channel, w[0]) for channel in x) + bias


def first_channel_read(x, w, bias):
    return sum(conv2d(x[0], kernel) for kernel in w) + bias


def channels_on_the_last_axis(x, w, bias):
    return sum(conv2d(x[..., c], w[..., c]) for c in range(x.shape[-1])) + bias


def sums_channels_first(x, w, bias):
    return conv2d(x.sum(axis=0), w.sum(axis=0)) + bias


def bias_at_every_weight(x, w, bias):
    c, high, wide = w.shape
    y = np.zeros((x.shape[1] - high + 1, x.shape[2] - wide + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[:, i:i + high, j:j + wide] * w + bias)
    return y


def square_kernel(x, w, bias):
    k = w.shape[1]
    y = np.zeros((x.shape[1] - k + 1, x.shape[2] - k + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[:, i:i + k, j:j + k] * w) + bias
    return y


def never_moves(x, w, bias):
    c, high, wide = w.shape
    y = np.zeros((x.shape[1] - high + 1, x.shape[2] - wide + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[:, :high, :wide] * w) + bias
    return y


def no_return(x, w, bias):
    sum(conv2d(x[c], w[c]) for c in range(len(x))) + bias


def right(x, w, bias):
    return sum(conv2d(x[c], w[c]) for c in range(len(x))) + bias


WRONG = [
    ("one_channel", replaces),
    ("one_channel", replaces_in_an_array),
    ("biases", bias_in_the_loop),
    ("none", starts_and_ends_with_bias),
    ("lost_channel", one_channel_too_few),
    ("lost_channel", from_channel_one),
    ("index", three_channels),
    ("one_channel", returns_in_the_loop),
    ("one_kernel", first_kernel),
    ("first_input", first_channel_read),
    ("index", channels_on_the_last_axis),
    ("none", sums_channels_first),
    ("biases", bias_at_every_weight),
    ("none", square_kernel),
    ("still", never_moves),
    ("return", no_return),
    ("averaged", lambda x, w, b: np.mean([conv2d(x[c], w[c]) for c in range(len(x))], axis=0) + b),
    ("averaged", lambda x, w, b: right(x, w, b) / len(x)),
    ("no_bias", lambda x, w, b: right(x, w, 0)),
    ("less_bias", lambda x, w, b: right(x, w, -b)),
    ("maps", lambda x, w, b: [conv2d(x[c], w[c]) + b for c in range(len(x))]),
    ("maps", lambda x, w, b: np.stack([conv2d(x[c], w[c]) for c in range(len(x))])),
    ("one_channel", lambda x, w, b: conv2d(x[0], w[0]) + b),
    ("largest", lambda x, w, b: np.max([conv2d(x[c], w[c]) for c in range(len(x))], axis=0) + b),
    ("flipped", lambda x, w, b: right(x, w[:, ::-1, ::-1], b)),
    ("positive", lambda x, w, b: np.maximum(right(x, w, b), 0)),
    ("short", lambda x, w, b: right(x, w, b)[:-1, :-1]),
    ("nested", lambda x, w, b: [right(x, w, b)]),
    ("crossed", lambda x, w, b: right(x, w, b).T),
    ("outside", lambda x, w, b: sum(conv2d(x[c], w[c], padding="same") for c in range(len(x))) + b),
    ("unweighted", lambda x, w, b: right(x, np.ones(w.shape), b)),
    ("rounded", lambda x, w, b: right(x, w, b).astype(int)),
    ("biases", lambda x, w, b: sum(conv2d(x[c], w[c], bias=b) for c in range(len(x)))),
    ("one_channel", lambda x, w, b: conv2d(x[-1], w[-1]) + b),
]


def with_a_loop(x, w, bias):
    y = bias
    for c in range(len(x)):
        y = y + conv2d(x[c], w[c])
    return y


def by_windows(x, w, bias):
    c, high, wide = w.shape
    y = np.zeros((x.shape[1] - high + 1, x.shape[2] - wide + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[:, i:i + high, j:j + wide] * w) + bias
    return y


def in_place(x, w, bias):
    y = np.full_like(conv2d(x[0], w[0]), bias)
    for channel, kernel in zip(x, w, strict=True):
        y += conv2d(channel, kernel)
    return y


RIGHT = [
    right,
    with_a_loop,
    by_windows,
    in_place,
    lambda x, w, b: sum(conv2d(channel, kernel) for channel, kernel in zip(x, w, strict=True)) + b,
    lambda x, w, b: np.sum([conv2d(x[c], w[c]) for c in range(len(x))], axis=0) + b,
    lambda x, w, b: conv2d(x, w[None])[0] + b,
    lambda x, w, b: conv2d(x, w[None], [b])[0],
    lambda x, w, b: (sum(map(conv2d, x, w)) + b).tolist(),
    lambda x, w, b: np.tensordot(np.lib.stride_tricks.sliding_window_view(x, w.shape)[0], w, 3) + b,
    lambda x, w, b: sum([conv2d(x[c], w[c]) for c in range(len(x))], start=b),
]
