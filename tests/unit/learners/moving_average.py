"""moving_average as learners write it: pairs of the slip it has and the program; and right ones."""
import numpy as np


def range_too_short(x):
    y = []
    for i in range(len(x) - 3):
        y.append((x[i] + x[i + 1] + x[i + 2]) / 3)
    return np.array(y)


def range_too_long(x):
    y = []
    for i in range(len(x)):
        y.append((x[i] + x[i + 1] + x[i + 2]) / 3)
    return np.array(y)


def keeps_the_ends(x):
    y = x.astype(float).copy()
    for i in range(1, len(x) - 1):
        y[i] = (x[i - 1] + x[i] + x[i + 1]) / 3
    return y


def writes_into_its_input(x):
    for i in range(len(x) - 2):
        x[i + 1] = (x[i] + x[i + 1] + x[i + 2]) / 3
    return x[1:-1]


def same_length_of_integers(x):
    y = np.zeros(len(x) - 2, dtype=int)
    for i in range(len(y)):
        y[i] = x[i:i + 3].mean()
    return y


def zeros_like(x):
    y = np.zeros_like(x)[2:]
    for i in range(len(y)):
        y[i] = np.mean(x[i:i + 3])
    return y


def assigns(x):
    y = np.zeros(len(x) - 2)
    for i in range(len(y)):
        for j in range(3):
            y[i] = x[i + j] / 3
    return y


def assigns_then_divides(x):
    y = np.zeros(len(x) - 2)
    for i in range(len(y)):
        for j in range(3):
            y[i] = x[i + j]
        y[i] = y[i] / 3
    return y


def never_moves(x):
    y = np.zeros(len(x) - 2)
    for i in range(len(y)):
        y[i] = (x[0] + x[1] + x[2]) / 3
    return y


def returns_in_the_loop(x):
    for i in range(len(x) - 2):
        return (x[i] + x[i + 1] + x[i + 2]) / 3


def list_returned_in_the_loop(x):
    y = []
    for i in range(len(x) - 2):
        y.append(sum(x[i:i + 3]) / 3)
        return y


def running_total(x):
    total, y = 0, []
    for i in range(len(x) - 2):
        total += x[i] + x[i + 1] + x[i + 2]
        y.append(total / 3)
    return y


def prints(x):
    for i in range(len(x) - 2):
        (x[i] + x[i + 1] + x[i + 2]) / 3


def steps_of_three(x):
    return [x[i:i + 3].mean() for i in range(0, len(x) - 2, 3)]


def from_one(x):
    return [x[i:i + 3].mean() for i in range(1, len(x) - 2)]


WRONG = [
    ("short", range_too_short),
    ("index", range_too_long),
    ("outside", keeps_the_ends),
    ("none", writes_into_its_input),
    ("rounded", same_length_of_integers),
    ("rounded", zeros_like),
    ("last_only", assigns),
    ("last_only", assigns_then_divides),
    ("still", never_moves),
    ("early", returns_in_the_loop),
    ("early", list_returned_in_the_loop),
    ("none", running_total),
    ("return", prints),
    ("leaps", steps_of_three),
    ("skipped", from_one),
    ("sum", lambda x: [sum(x[i:i + 3]) for i in range(len(x) - 2)]),
    ("precedence", lambda x: x[:-2] + x[1:-1] + x[2:] / 3),
    ("precedence", lambda x: [x[i] + x[i + 1] + x[i + 2] / 3 for i in range(len(x) - 2)]),
    ("middle", lambda x: [(x[i - 1] + x[i + 1]) / 2 for i in range(1, len(x) - 1)]),
    ("two", lambda x: [np.mean(x[i:i + 2]) for i in range(len(x) - 2)]),
    ("two", lambda x: [np.mean(x[i:i + 2]) for i in range(len(x) - 1)]),
    ("halved", lambda x: (x[:-2] + x[1:-1] + x[2:]) / 2),
    ("whole", lambda x: x.mean()),
    ("outside", lambda x: np.convolve(x, np.ones(3) / 3, mode="same")),
    ("outside", lambda x: np.convolve(x, np.ones(3) / 3)),
    ("ninth", lambda x: np.convolve(x, np.ones(3) / 3, mode="valid") / 3),
    ("rounded", lambda x: (x[:-2] + x[1:-1] + x[2:]) // 3),
    ("nested", lambda x: [[x[i:i + 3].mean() for i in range(len(x) - 2)]]),
    ("sum", lambda x: np.convolve(x, [1, 1, 1], mode="valid")),
    ("last_only", lambda x: x[2:] / 3),
]


def with_loops(x):
    y = np.zeros(len(x) - 2)
    for i in range(len(y)):
        for j in range(3):
            y[i] += x[i + j] / 3
    return y


def with_a_list(x):
    y = []
    for i in range(1, len(x) - 1):
        y.append((x[i - 1] + x[i] + x[i + 1]) / 3)
    return y


def with_cumulative_sums(x):
    sums = np.concatenate([[0], np.cumsum(x)])
    return (sums[3:] - sums[:-3]) / 3


def with_while(x):
    y, i = [], 0
    while i + 3 <= len(x):
        y.append(float(np.average(x[i:i + 3])))
        i += 1
    return tuple(y)


RIGHT = [
    with_loops,
    with_a_list,
    with_cumulative_sums,
    with_while,
    lambda x: (x[:-2] + x[1:-1] + x[2:]) / 3,
    lambda x: np.convolve(x, np.ones(3) / 3, mode="valid"),
    lambda x: np.correlate(x, [1 / 3] * 3, mode="valid"),
    lambda x: [sum(x[i:i + 3]) / 3 for i in range(len(x) - 2)],
    lambda x: np.lib.stride_tricks.sliding_window_view(x, 3).mean(axis=1),
    lambda x: np.mean([x[:-2], x[1:-1], x[2:]], axis=0),
    lambda x: list(map(np.mean, zip(x, x[1:], x[2:], strict=False))),
]
