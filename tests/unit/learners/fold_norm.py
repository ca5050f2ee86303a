"""fold_norm as learners write it: pairs of the slip it has and the program; and right ones."""
import math

import numpy as np


def never_divides(w, b, mean, variance, gamma, beta):
    return np.append(gamma * w, gamma * (b - mean) + beta)


def in_place(w, b, mean, variance, gamma, beta):
    for i in range(len(w)):
        w[i] *= gamma / variance
    return np.append(w, (b - mean) * gamma / variance + beta)


def no_return(w, b, mean, variance, gamma, beta):
    np.append(w * gamma / np.sqrt(variance), (b - mean) * gamma / np.sqrt(variance) + beta)


def misspelled(w, b, mean, variance, gamma, beta):
    return np.append(w * gama / np.sqrt(variance), b)  # noqa: F821


def only_the_bias(w, b, mean, variance, gamma, beta):
    return gamma * (b - mean) / np.sqrt(variance) + beta


WRONG = [
    ("variance", lambda w, b, m, v, g, t: np.append(w * g / v, (b - m) * g / v + t)),
    ("variance", in_place),
    ("no_gamma", lambda w, b, m, v, g, t: np.append(w / v**0.5, (b - m) / v**0.5 + t)),
    ("no_beta", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, (b - m) * g / v**0.5)),
    ("no_mean", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, b * g / v**0.5 + t)),
    ("added_mean", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, (b + m) * g / v**0.5 + t)),
    ("no_bias", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, t - m * g / v**0.5)),
    ("undivided", never_divides),
    ("times_root", lambda w, b, m, v, g, t: np.append(w * g * v**0.5, (b - m) * g * v**0.5 + t)),
    ("bias_only", lambda w, b, m, v, g, t: np.append(w, (b - m) * g / v**0.5 + t)),
    ("weights_only", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, b)),
    ("unscaled_bias", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, b - m + t)),
    ("beta_scaled", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, (b - m + t) * g / v**0.5)),
    ("mean_late", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, b * g / v**0.5 - m + t)),
    ("bias_late", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, b - m * g / v**0.5 + t)),
    ("shifted_weights", lambda w, b, m, v, g, t: (np.append(w, b) - m) * g / v**0.5 + t),
    ("shifted_weights", lambda w, b, m, v, g, t: [(x - m) / v**0.5 * g + t for x in [*w, b]]),
    ("weights_alone", lambda w, b, m, v, g, t: w * g / v**0.5),
    ("weights_alone", lambda w, b, m, v, g, t: [x * g / v**0.5 for x in w]),
    ("rounded", lambda w, b, m, v, g, t: np.append(w * g / v**0.5, (b - m) * g / v**0.5 + t).astype(int)),
    ("sign", lambda w, b, m, v, g, t: -right(w, b, m, v, g, t)),
    ("nested", lambda w, b, m, v, g, t: [right(w, b, m, v, g, t)]),
    ("return", no_return),
    ("sees no such name", misspelled),
    ("none", only_the_bias),
    ("none", lambda w, b, m, v, g, t: right(w, b, m, v, g, t) * 2),
    ("none", lambda w, b, m, v, g, t: np.append([b], w)),
]


def right(w, b, mean, variance, gamma, beta):
    factor = gamma / np.sqrt(variance)
    return np.append(w * factor, (b - mean) * factor + beta)


def with_lists(w, b, mean, variance, gamma, beta):
    factor = gamma / math.sqrt(variance)
    return [weight * factor for weight in w] + [factor * b - factor * mean + beta]


def with_a_loop(w, b, mean, variance, gamma, beta):
    y = np.zeros(len(w) + 1)
    for i in range(len(w)):
        y[i] = gamma * w[i] / variance**0.5
    y[-1] = gamma * (b - mean) / variance**0.5 + beta
    return y


def by_probing(w, b, mean, variance, gamma, beta):
    def norm(y):
        return (y - mean) / np.sqrt(variance) * gamma + beta

    return [norm(weight) - norm(0) for weight in w] + [norm(b)]


RIGHT = [
    right,
    with_lists,
    with_a_loop,
    by_probing,
    lambda w, b, m, v, g, t: np.append(w, b - m) * g / np.sqrt(v) + np.append(np.zeros(len(w)), t),
    lambda w, b, m, v, g, t: np.concatenate([w * g / v**0.5, [(b - m) * g / v**0.5 + t]]),
    lambda w, b, m, v, g, t: [*(w / np.sqrt(v) * g), (b - m) / np.sqrt(v) * g + t],
    lambda w, b, m, v, g, t: tuple(np.append(g * w / np.sqrt(v), t + g * (b - m) / np.sqrt(v))),
    lambda w, b, m, v, g, t: np.hstack([g / np.sqrt(v) * w, t - g / np.sqrt(v) * (m - b)]),
    lambda w, b, m, v, g, t: np.append(g * w * v**-0.5, g * (b - m) * v**-0.5 + t),
]
