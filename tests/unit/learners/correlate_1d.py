"""correlate_1d as learners write it: pairs of the slip it has and the program; and right ones."""
import numpy as np


def assigns(x, kernel):
    y = np.zeros(len(x) - len(kernel) + 1)
    for i in range(len(y)):
        for j in range(len(kernel)):
            y[i] = x[i + j] * kernel[j]
    return y


def never_moves(x, kernel):
    y = np.zeros(len(x) - len(kernel) + 1)
    for i in range(len(y)):
        for j in range(len(kernel)):
            y[i] += x[j] * kernel[j]
    return y


def one_pixel(x, kernel):
    y = np.zeros(len(x) - len(kernel) + 1)
    for i in range(len(y)):
        for j in range(len(kernel)):
            y[i] += x[i] * kernel[j]
    return y


def backwards(x, kernel):
    k = len(kernel)
    return [sum(x[i + j] * kernel[k - 1 - j] for j in range(k)) for i in range(len(x) - k + 1)]


def no_plus_one(x, kernel):
    y = np.zeros(len(x) - len(kernel))
    for i in range(len(y)):
        y[i] = np.sum(x[i:i + len(kernel)] * kernel)
    return y


def beyond_the_end(x, kernel):
    y = np.zeros(len(x))
    for i in range(len(x)):
        for j in range(len(kernel)):
            y[i] += x[i + j] * kernel[j]
    return y


def integers(x, kernel):
    y = np.zeros(len(x) - len(kernel) + 1, int)
    for i in range(len(y)):
        y[i] = np.sum(x[i:i + len(kernel)].astype(float) * kernel)
    return y


def like_its_input(x, kernel):
    y = np.zeros_like(x, shape=len(x) - len(kernel) + 1)
    for i in range(len(y)):
        y[i] = np.dot(x[i:i + len(kernel)], kernel)
    return y


def returns_in_the_loop(x, kernel):
    y = np.zeros(len(x) - len(kernel) + 1)
    for i in range(len(y)):
        y[i] = np.sum(x[i:i + len(kernel)].astype(float) * kernel)
        return y


def first_number(x, kernel):
    for i in range(len(x) - len(kernel) + 1):
        return np.dot(x[i:i + len(kernel)].astype(float), kernel)


def keeps_the_total(x, kernel):
    total, y = 0.0, []
    for i in range(len(x) - len(kernel) + 1):
        for j in range(len(kernel)):
            total += float(x[i + j]) * kernel[j]
        y.append(total)
    return y


def adds_the_index(x, kernel):
    return [sum(x[i + j] + kernel[j] for j in range(len(kernel))) for i in range(len(x) - len(kernel) + 1)]


def always_three(x, kernel):
    return [x[i] * kernel[0] + x[i + 1] * kernel[1] + x[i + 2] * kernel[2] for i in range(len(x) - 2)]


def no_return(x, kernel):
    y = np.correlate(x, kernel)
    y.sum()


WRONG = [
    ("last_only", assigns),
    ("still", never_moves),
    ("pixel", one_pixel),
    ("flipped", backwards),
    ("short", no_plus_one),
    ("index", beyond_the_end),
    ("rounded", integers),
    ("rounded", like_its_input),
    ("early", returns_in_the_loop),
    ("early", first_number),
    ("none", keeps_the_total),
    ("none", adds_the_index),
    ("index", always_three),
    ("return", no_return),
    ("flipped", lambda x, k: np.convolve(x.astype(float), k, mode="valid")),
    ("outside", lambda x, k: np.correlate(x.astype(float), k, mode="full")),
    ("outside", lambda x, k: np.pad(np.correlate(x.astype(float), k, "full"), 0)),
    ("unweighted", lambda x, k: [x[i:i + len(k)].astype(float).sum() for i in range(len(x) - len(k) + 1)]),
    ("meant", lambda x, k: [np.mean(x[i:i + len(k)].astype(float) * k) for i in range(len(x) - len(k) + 1)]),
    ("largest", lambda x, k: [max(x[i:i + len(k)].astype(float) * k) for i in range(len(x) - len(k) + 1)]),
    ("leaps", lambda x, k: [x[i:i + len(k)] @ (k * 1.0) for i in range(0, len(x) - len(k) + 1, len(k))]),
    ("skipped", lambda x, k: [x[i:i + len(k)].astype(float) @ k for i in range(1, len(x) - len(k) + 1)]),
    ("positive", lambda x, k: np.maximum(np.correlate(x.astype(float), k, "valid"), 0)),
    ("sign", lambda x, k: -np.correlate(x.astype(float), k, "valid")),
    ("nested", lambda x, k: [np.correlate(x.astype(float), k, "valid")]),
]


def with_loops(x, kernel):
    y = np.zeros(len(x) - len(kernel) + 1)
    for i in range(len(y)):
        for j in range(len(kernel)):
            y[i] += float(x[i + j]) * float(kernel[j])
    return y


def with_slices(x, kernel):
    x = x.astype(float)
    return [np.sum(x[i:i + len(kernel)] * kernel) for i in range(len(x) - len(kernel) + 1)]


def by_taps(x, kernel):
    n = len(x) - len(kernel) + 1
    y = np.zeros(n)
    for j, weight in enumerate(kernel):
        y += weight * x[j:j + n].astype(float)
    return y


def with_while(x, kernel):
    y, i = [], 0
    while i + len(kernel) <= len(x):
        total = 0
        for a, b in zip(x[i:], kernel, strict=False):
            total += int(a) * float(b) if x.dtype == np.uint8 else a * b
        y.append(total)
        i += 1
    return y


RIGHT = [
    with_loops,
    with_slices,
    by_taps,
    with_while,
    lambda x, k: np.correlate(x.astype(float), k.astype(float), "valid"),
    lambda x, k: np.convolve(x.astype(float), k[::-1].astype(float), "valid"),
    lambda x, k: np.lib.stride_tricks.sliding_window_view(x.astype(float), len(k)) @ k,
    lambda x, k: [np.dot(x[i:i + len(k)].astype(float), k) for i in range(len(x) - len(k) + 1)],
    lambda x, k: np.array([np.vdot(x[i:len(k) + i] * 1.0, k) for i in range(len(x) + 1 - len(k))]),
    lambda x, k: sum(float(w) * x[j:len(x) - len(k) + 1 + j].astype(float) for j, w in enumerate(k)),
]
