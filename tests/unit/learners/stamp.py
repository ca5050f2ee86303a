"""stamp as learners write it: pairs of the slip it has and the program; and right ones."""
import numpy as np


def _size(x, w, stride):
    return (len(x) - 1) * stride + len(w)


def assigns(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] = x[i] * w
    return y


def assigns_each(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        for j in range(len(w)):
            y[i * stride + j] = x[i] * w[j]
    return y


def forgets_the_stride(x, w, stride):
    y = np.zeros(len(x) + len(w) - 1)
    for i in range(len(x)):
        y[i:i + len(w)] += x[i] * w
    return y


def forgets_it_in_the_index(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        for j in range(len(w)):
            y[i + j] += x[i] * w[j]
    return y


def side_by_side(x, w, stride):
    return np.concatenate([number * w for number in x])


def backwards(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        for j in range(len(w)):
            y[i * stride + j] += x[i] * w[len(w) - 1 - j]
    return y


def numbers_only(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i]
    return y


def kernel_only(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += w
    return y


def first_weight(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride] += x[i] * w[0]
    return y


def one_step_more(x, w, stride):
    y = np.zeros(len(x) * stride + len(w))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i] * w
    return y


def nearly_one_step_more(x, w, stride):
    y = np.zeros(len(x) * stride + len(w) - 1)
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i] * w
    return y


def starts_anew(x, w, stride):
    for i in range(len(x)):
        y = np.zeros(_size(x, w, stride))
        y[i * stride:i * stride + len(w)] += x[i] * w
    return y


def never_moves(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for number in x:
        y[:len(w)] += number * w
    return y


def averages(x, w, stride):
    y, counts = np.zeros(_size(x, w, stride)), np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i] * w
        counts[i * stride:i * stride + len(w)] += 1
    return y / np.maximum(counts, 1)


def returns_early(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i] * w
    for number in y:
        return number


def one_short(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i] * w
    return y[:-1]


def too_small(x, w, stride):
    y = np.zeros(len(x) * stride)
    for i in range(len(x)):
        for j in range(len(w)):
            if i * stride + j < len(y):
                y[i * stride + j] += x[i] * w[j]
    return y


def beyond_the_end(x, w, stride):
    y = np.zeros(len(x))
    for i in range(len(x)):
        for j in range(len(w)):
            y[i * stride + j] += x[i] * w[j]
    return y


def no_return(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i] * w


def misspelled(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] += x[i] * weights  # noqa: F821
    return y


def takes_off(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        y[i * stride:i * stride + len(w)] -= x[i] * w
    return y


WRONG = [
    ("replaced", assigns),
    ("replaced", assigns_each),
    ("no_stride", forgets_the_stride),
    ("no_stride", forgets_it_in_the_index),
    ("beside", side_by_side),
    ("flipped", backwards),
    ("flipped", lambda x, w, s: with_loops(x, w[::-1], s)),
    ("unweighted", numbers_only),
    ("unscaled", kernel_only),
    ("one_weight", first_weight),
    ("too_long", one_step_more),
    ("too_long", nearly_one_step_more),
    ("last_only", starts_anew),
    ("still_stamps", never_moves),
    ("meant", averages),
    ("early", returns_early),
    ("short", one_short),
    ("cut_off", too_small),
    ("forwards", lambda x, w, s: np.correlate(x, w, "valid")[::s]),
    ("forwards", lambda x, w, s: [x[i:i + len(w)] @ w for i in range(0, len(x) - len(w) + 1, s)]),
    ("sign", takes_off),
    ("positive", lambda x, w, s: np.maximum(with_loops(x, w, s), 0)),
    ("nested", lambda x, w, s: [with_loops(x, w, s)]),
    ("index", beyond_the_end),
    ("return", no_return),
    ("sees no such name", misspelled),
    ("none", lambda x, w, s: with_loops(x, w, s) + 1),
    ("none", lambda x, w, s: with_loops(x, w, s) * 2),
]


def with_loops(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in range(len(x)):
        for j in range(len(w)):
            y[i * stride + j] += x[i] * w[j]
    return y


def with_slices(x, w, stride):
    y = np.zeros((len(x) - 1) * stride + len(w))
    for i, number in enumerate(x):
        y[i * stride:i * stride + len(w)] += number * w
    return y


def with_zeros_between(x, w, stride):
    spread = np.zeros((len(x) - 1) * stride + 1)
    spread[::stride] = x
    return np.convolve(spread, w)


def as_lists(x, w, stride):
    y = [0.0] * ((len(x) - 1) * stride + len(w))
    for i in range(len(x)):
        for j in range(len(w)):
            y[i * stride + j] += float(x[i]) * float(w[j])
    return y


def by_taps(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for j, weight in enumerate(w):
        y[j:j + (len(x) - 1) * stride + 1:stride] += weight * x
    return y


def as_matrix(x, w, stride):
    matrix = np.zeros((_size(x, w, stride), len(x)))
    for i in range(len(x)):
        matrix[i * stride:i * stride + len(w), i] = w
    return matrix @ x


def asks_each_output(x, w, stride):
    y = []
    for k in range(_size(x, w, stride)):
        y.append(sum(x[i] * w[k - i * stride] for i in range(len(x)) if 0 <= k - i * stride < len(w)))
    return y


def padded_sums(x, w, stride):
    last = (len(x) - 1) * stride
    return sum(np.pad(number * w, (i * stride, last - i * stride)) for i, number in enumerate(x))


def with_while(x, w, stride):
    y, i = np.zeros(_size(x, w, stride)), 0
    while i < len(x):
        y[i * stride:i * stride + len(w)] += w * x[i]
        i += 1
    return y


def backwards_in_time(x, w, stride):
    y = np.zeros(_size(x, w, stride))
    for i in reversed(range(len(x))):
        y[i * stride:][:len(w)] += x[i] * w
    return y


RIGHT = [with_loops, with_slices, with_zeros_between, as_lists, by_taps, as_matrix, asks_each_output,
         padded_sums, with_while, backwards_in_time]
