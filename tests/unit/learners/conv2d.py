"""conv2d as learners write it: pairs of the slip it has and the program; and right ones."""
import numpy as np


def positions(x, kernel):
    return np.zeros((x.shape[0] - kernel.shape[0] + 1, x.shape[1] - kernel.shape[1] + 1))


def assigns(x, kernel):
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    y[i, j] = float(x[i + u, j + v]) * kernel[u, v]
    return y


def never_moves(x, kernel):
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[:kernel.shape[0], :kernel.shape[1]].astype(float) * kernel)
    return y


def moves_down_only(x, kernel):
    high, wide = kernel.shape
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i:i + high, :wide].astype(float) * kernel)
    return y


def moves_across_only(x, kernel):
    high, wide = kernel.shape
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[0:high, j:j + wide].astype(float) * kernel)
    return y


def one_side(x, kernel):
    k = kernel.shape[0]
    y = np.zeros((x.shape[0] - k + 1, x.shape[1] - k + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i:i + k, j:j + k].astype(float) * kernel)
    return y


def one_side_in_loops(x, kernel):
    k = kernel.shape[0]
    y = np.zeros((x.shape[0] - k + 1, x.shape[1] - k + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for u in range(k):
                for v in range(k):
                    y[i, j] += float(x[i + u, j + v]) * kernel[u, v]
    return y


def one_side_right_size(x, kernel):
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for u in range(len(kernel)):
                for v in range(len(kernel)):
                    y[i, j] += float(x[i + u, j + v]) * kernel[u, v]
    return y


def length_of_x(x, kernel):
    high, wide = kernel.shape
    n = len(x)
    y = np.zeros((n - high + 1, n - wide + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i:i + high, j:j + wide].astype(float) * kernel).sum()
    return y


def shares_i(x, kernel):
    high, wide = kernel.shape
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(np.pad(x, 4)[i + 4:i + 4 + high, i + 4:i + 4 + wide].astype(float) * kernel)
    return y


def no_plus_one(x, kernel):
    high, wide = kernel.shape
    y = np.zeros((x.shape[0] - high, x.shape[1] - wide))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i:i + high, j:j + wide].astype(float) * kernel)
    return y


def last_stays_zero(x, kernel):
    high, wide = kernel.shape
    y = positions(x, kernel)
    for i in range(x.shape[0] - high):
        for j in range(x.shape[1] - wide):
            y[i, j] = np.sum(x[i:i + high, j:j + wide].astype(float) * kernel)
    return y


def beyond_the_end(x, kernel):
    y = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    y[i, j] += x[i + u, j + v] * kernel[u, v]
    return y


def one_pixel(x, kernel):
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    y[i, j] += float(x[i, j]) * kernel[u, v]
    return y


def swapped_weights(x, kernel):
    y = np.zeros((x.shape[0] - kernel.shape[1] + 1, x.shape[1] - kernel.shape[0] + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i:i + kernel.shape[1], j:j + kernel.shape[0]].astype(float) * kernel.T)
    return y


def swapped_output(x, kernel):
    high, wide = kernel.shape
    y = np.zeros((x.shape[1] - wide + 1, x.shape[0] - high + 1))
    for i in range(y.shape[1]):
        for j in range(y.shape[0]):
            y[j, i] = np.sum(x[i:i + high, j:j + wide].astype(float) * kernel)
    return y


def integers(x, kernel):
    y = positions(x, kernel).astype(int)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i:i + kernel.shape[0], j:j + kernel.shape[1]].astype(float) * kernel)
    return y


def returns_in_the_loop(x, kernel):
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i:i + kernel.shape[0], j:j + kernel.shape[1]].astype(float) * kernel)
        return y


def first_number(x, kernel):
    for i in range(x.shape[0] - kernel.shape[0] + 1):
        for j in range(x.shape[1] - kernel.shape[1] + 1):
            return np.sum(x[i:i + kernel.shape[0], j:j + kernel.shape[1]].astype(float) * kernel)


def total_not_reset(x, kernel):
    y, total = positions(x, kernel), 0.0
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            total += np.sum(x[i:i + kernel.shape[0], j:j + kernel.shape[1]].astype(float) * kernel)
            y[i, j] = total
    return y


def three_by_three(x, kernel):
    y = np.zeros((x.shape[0] - 2, x.shape[1] - 2))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(x[i:i + 3, j:j + 3] * kernel)
    return y


def whole_at_once(x, kernel):
    return np.sum(x * kernel)


def no_return(x, kernel):
    y = positions(x, kernel)
    y[0, 0] = 1


def windows(x, kernel, do):
    high, wide = kernel.shape
    return np.array([[do(x[i:i + high, j:j + wide]) for j in range(x.shape[1] - wide + 1)]
                     for i in range(x.shape[0] - high + 1)])


WRONG = [
    ("last_only", assigns),
    ("still", never_moves),
    ("one_row", moves_down_only),
    ("one_row", moves_across_only),
    ("square", one_side),
    ("square", one_side_in_loops),
    ("square", one_side_right_size),
    ("square", length_of_x),
    ("none", shares_i),
    ("short", no_plus_one),
    ("short", last_stays_zero),
    ("index", beyond_the_end),
    ("pixel", one_pixel),
    ("transposed", swapped_weights),
    ("crossed", swapped_output),
    ("rounded", integers),
    ("early", returns_in_the_loop),
    ("early", first_number),
    ("none", total_not_reset),
    ("none", three_by_three),
    ("none", whole_at_once),
    ("return", no_return),
    ("flipped", lambda x, k: windows(x, k, lambda part: np.sum(part.astype(float) * k[::-1, ::-1]))),
    ("meant", lambda x, k: windows(x, k, lambda part: np.mean(part.astype(float) * k))),
    ("unweighted", lambda x, k: windows(x, k, lambda part: np.sum(part.astype(float)))),
    ("largest", lambda x, k: windows(x, k, lambda part: np.max(part.astype(float) * k))),
    ("overflow", lambda x, k: windows(x, k, lambda part: np.sum(part * k))),
    ("overflow", lambda x, k: windows(x, k, lambda part: np.sum(part * k, dtype=(part * k).dtype))),
    ("positive", lambda x, k: windows(x, k, lambda part: max(0.0, np.sum(part.astype(float) * k)))),
    ("outside", lambda x, k: windows(np.pad(x, [(n - 1, n - 1) for n in k.shape]), k,
                                     lambda part: np.sum(part.astype(float) * k))),
    ("nested", lambda x, k: windows(x, k, lambda part: np.sum(part.astype(float) * k))[None]),
    ("leaps", lambda x, k: windows(x, k, lambda part: np.sum(part.astype(float) * k))[::len(k), ::len(k[0])]),
]


def with_four_loops(x, kernel):
    y = positions(x, kernel)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    y[i, j] += float(x[i + u, j + v]) * float(kernel[u, v])
    return y


def shift_and_add(x, kernel):
    y = positions(x, kernel)
    for (u, v), weight in np.ndenumerate(kernel):
        y += float(weight) * x[u:u + y.shape[0], v:v + y.shape[1]]
    return y


def nested_lists(x, kernel):
    x, kernel = x.astype(float).tolist(), kernel.tolist()
    high, wide = len(kernel), len(kernel[0])
    return [[sum(x[i + u][j + v] * kernel[u][v] for u in range(high) for v in range(wide))
             for j in range(len(x[0]) - wide + 1)] for i in range(len(x) - high + 1)]


def as_a_matrix(x, kernel):
    rows = windows(x.astype(float), kernel, np.ravel)
    return rows @ kernel.ravel()


def by_fourier(x, kernel):
    shape = [a + b - 1 for a, b in zip(x.shape, kernel.shape, strict=True)]
    full = np.fft.irfft2(np.fft.rfft2(x, shape) * np.fft.rfft2(kernel[::-1, ::-1], shape), shape)
    return full[kernel.shape[0] - 1:x.shape[0], kernel.shape[1] - 1:x.shape[1]]


RIGHT = [
    with_four_loops,
    shift_and_add,
    nested_lists,
    as_a_matrix,
    by_fourier,
    lambda x, k: windows(x, k, lambda part: np.sum(part.astype(float) * k)),
    lambda x, k: windows(x, k, lambda part: np.vdot(part.astype(float), k)),
    lambda x, k: windows(x, k, lambda part: (part * k.astype(float)).sum()),
    lambda x, k: np.einsum("ijuv,uv->ij", np.lib.stride_tricks.sliding_window_view(x * 1.0, k.shape), k),
    lambda x, k: np.tensordot(np.lib.stride_tricks.sliding_window_view(x * 1.0, k.shape), k),
    lambda x, k: windows(x, k, lambda part: np.tensordot(part * 1.0, k)).tolist(),
]
