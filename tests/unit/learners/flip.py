"""flip as learners write it: pairs of the slip it has and the program; and right ones."""
import numpy as np


def swaps_back(kernel):
    high, wide = kernel.shape
    for i in range(high):
        for j in range(wide):
            u, v = high - 1 - i, wide - 1 - j
            kernel[i, j], kernel[u, v] = kernel[u, v], kernel[i, j]
    return kernel


def overwrites(kernel):
    high, wide = kernel.shape
    for i in range(high):
        for j in range(wide):
            kernel[i, j] = kernel[high - 1 - i, wide - 1 - j]
    return kernel


def counts_from_the_length(kernel):
    high, wide = kernel.shape
    flipped = np.zeros(kernel.shape)
    for i in range(high):
        for j in range(wide):
            flipped[i, j] = kernel[high - i, wide - j]
    return flipped


def negative_index(kernel):
    flipped = np.zeros(kernel.shape)
    for i in range(len(kernel)):
        for j in range(kernel.shape[1]):
            flipped[i, j] = kernel[-i, -j]
    return flipped


def reverses_in_place(kernel):
    return list(kernel).reverse()


def no_return(kernel):
    kernel[::-1, ::-1]


def rows_of_lists(kernel):
    return kernel.tolist()[::-1]


def each_row(kernel):
    return [row[::-1] for row in kernel]


def first_row_only(kernel):
    for row in kernel[::-1]:
        return row[::-1]


def square_only(kernel):
    n = len(kernel)
    flipped = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            flipped[i, j] = kernel[n - 1 - i, n - 1 - j]
    return flipped


WRONG = [
    ("same", swaps_back),
    ("none", overwrites),
    ("index", counts_from_the_length),
    ("none", negative_index),
    ("return", reverses_in_place),
    ("return", no_return),
    ("rows", rows_of_lists),
    ("columns", each_row),
    ("early", first_row_only),
    ("none", square_only),
    ("rows", lambda k: k[::-1]),
    ("rows", np.flipud),
    ("rows", lambda k: np.flip(k, 0)),
    ("columns", np.fliplr),
    ("columns", lambda k: np.flip(k, axis=1)),
    ("transpose", lambda k: k.T),
    ("transpose", lambda k: np.swapaxes(k, 0, 1)),
    ("diagonal", lambda k: k.T[::-1, ::-1]),
    ("turn", np.rot90),
    ("turn", lambda k: np.rot90(k, 3)),
    ("turn", lambda k: k.T[::-1]),
    ("same", lambda k: k[::-1][::-1]),
    ("same", np.copy),
    ("sign", lambda k: -k[::-1, ::-1]),
    ("sorted", lambda k: np.sort(k, axis=None)[::-1].reshape(k.shape)),
    ("cut", lambda k: k[:0:-1, :0:-1]),
    ("cut", lambda k: k[-1:0:-1, -1:0:-1]),
    ("flat", lambda k: k.flatten()[::-1]),
    ("nested", lambda k: [k[::-1, ::-1]]),
    ("none", lambda k: 1 / k),
]


def with_loops(kernel):
    high, wide = kernel.shape
    flipped = np.zeros(kernel.shape)
    for i in range(high):
        for j in range(wide):
            flipped[i, j] = kernel[high - 1 - i, wide - 1 - j]
    return flipped


def from_the_end(kernel):
    flipped = kernel.copy()
    for i in range(len(kernel)):
        for j in range(len(kernel[0])):
            flipped[-1 - i, -1 - j] = kernel[i, j]
    return flipped


RIGHT = [
    with_loops,
    from_the_end,
    np.flip,
    lambda k: k[::-1, ::-1],
    lambda k: k[::-1][:, ::-1],
    lambda k: np.rot90(k, 2),
    lambda k: np.rot90(np.rot90(k)),
    lambda k: np.flipud(np.fliplr(k)),
    lambda k: k.ravel()[::-1].reshape(k.shape),
    lambda k: [list(row)[::-1] for row in k[::-1]],
    lambda k: [list(reversed(row)) for row in reversed(k.tolist())],
]
