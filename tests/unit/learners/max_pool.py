"""max_pool as learners write it: pairs of the slip it has and the program; and right ones."""
import numpy as np


def pooled(x, do, step=2):
    return np.array([[do(x[i:i + 2, j:j + 2]) for j in range(0, x.shape[1] - 1, step)]
                     for i in range(0, x.shape[0] - 1, step)])


def does_not_step(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.max(x[i:i + 2, j:j + 2])
    return y


def never_moves(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.max(x[:2, :2])
    return y


def starts_from_zero(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i // 2, j // 2] = max(y[i // 2, j // 2], x[i, j])
    return y


def one_row_of_the_window(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = max(x[2 * i, 2 * j], x[2 * i, 2 * j + 1])
    return y


def one_length(x):
    n = len(x) // 2
    y = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            window = x[2 * i:2 * i + 2, 2 * j:2 * j + 2]
            y[i, j] = max(window[0, 0], window[0, 1], window[1, 0], window[1, 1])
    return y


def range_too_short(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0] - 1):
        for j in range(y.shape[1] - 1):
            y[i, j] = np.max(x[2 * i:2 * i + 2, 2 * j:2 * j + 2])
    return y


def range_too_long(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i, j] = np.max(x[2 * i:2 * i + 2, 2 * j:2 * j + 2])
    return y


def returns_in_the_loop(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.max(x[2 * i:2 * i + 2, 2 * j:2 * j + 2])
            return y


def first_row(x):
    y = []
    for i in range(0, len(x), 2):
        y.append([np.max(x[i:i + 2, j:j + 2]) for j in range(0, x.shape[1], 2)])
        return y


def three_by_three(x):
    return [[np.max(x[i:i + 3, j:j + 3]) for j in range(0, x.shape[1], 2)] for i in range(0, len(x), 2)]


def no_return(x):
    pooled(x, np.max)


def keeps_the_largest(x):
    best, y = -100, np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            best = max(best, np.max(x[2 * i:2 * i + 2, 2 * j:2 * j + 2]))
            y[i, j] = best
    return y


def one_window_index(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.max(x[2 * i:2 * i + 2, 2 * i:2 * i + 2])
    return y


WRONG = [
    ("overlap", does_not_step),
    ("still", never_moves),
    ("zero", starts_from_zero),
    ("partly", one_row_of_the_window),
    ("square", one_length),
    ("short", range_too_short),
    ("none", range_too_long),
    ("early", returns_in_the_loop),
    ("early", first_row),
    ("none", three_by_three),
    ("return", no_return),
    ("none", keeps_the_largest),
    ("none", one_window_index),
    ("mean", lambda x: pooled(x, np.mean)),
    ("sum", lambda x: pooled(x, np.sum)),
    ("smallest", lambda x: pooled(x, np.min)),
    ("overlap", lambda x: pooled(x, np.max, step=1)),
    ("zero", lambda x: pooled(x, lambda four: max(0, np.max(four)))),
    ("picked", lambda x: x[::2, ::2]),
    ("picked", lambda x: x[1::2, 1::2]),
    ("partly", lambda x: np.maximum(x[::2, ::2], x[1::2, 1::2])),
    ("partly", lambda x: pooled(x, lambda four: max(four[0, 0], four[1, 0]))),
    ("axis", lambda x: np.maximum(x[:, ::2], x[:, 1::2])),
    ("axis", lambda x: np.maximum(x[::2], x[1::2])),
    ("run", lambda x: x.reshape(x.shape[0] // 2, x.shape[1] // 2, 4).max(axis=2)),
    ("whole", np.max),
    ("absolute", lambda x: pooled(x, lambda four: np.max(np.abs(four)))),
    ("crossed", lambda x: pooled(x, np.max).T),
    ("sign", lambda x: -pooled(x, np.max)),
    ("rounded", lambda x: pooled(x, np.max).astype(int)),
]


def with_loops(x):
    y = np.zeros((x.shape[0] // 2, x.shape[1] // 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.max(x[2 * i:2 * i + 2, 2 * j:2 * j + 2])
    return y


def from_minus_infinity(x):
    y = np.full((x.shape[0] // 2, x.shape[1] // 2), -np.inf)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i // 2, j // 2] = max(y[i // 2, j // 2], x[i, j])
    return y


def rows_then_columns(x):
    rows = np.maximum(x[::2], x[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


RIGHT = [
    with_loops,
    from_minus_infinity,
    rows_then_columns,
    lambda x: pooled(x, np.max),
    lambda x: pooled(x, lambda four: sorted(four.ravel())[-1]),
    lambda x: pooled(x, np.max).tolist(),
    lambda x: x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2).max(axis=(1, 3)),
    lambda x: x.reshape(x.shape[0] // 2, 2, -1, 2).max(3).max(1),
    lambda x: np.maximum.reduce([x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]]),
    lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2))[::2, ::2].max(axis=(2, 3)),
    lambda x: np.max(np.stack([x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]]), axis=0),
]
