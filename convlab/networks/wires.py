"""A task that a too small receptive field cannot solve: which sign is at the other end of a wire."""

import functools

import numpy as np

from convlab.arithmetic.ops import max_pool2d

SIDE, WIRES, MOST, PICTURES = 32, 4, 30, 40  # pixels of a picture, wires in one, layers at most, pictures


@functools.cache
def pictures():
    """Draw 40 pictures of four wires that wander from left to right, each with a plug at its left end.

    Returns
    -------
    wires : (40, 32, 32) ndarray
        1 on a wire, else 0. Neighbouring pixels of a wire touch by a side or a corner.
    plugs : (40, 32, 32) ndarray
        +1 or −1 at the left end of each wire, else 0.
    ends : (40, 4, 2) ndarray of int
        Row and column of the right end of each wire; the column is also its length.
    truth : (40, 4) ndarray of int
        The sign of each plug.
    """
    rng = np.random.default_rng(0)
    wires, plugs = np.zeros((2, PICTURES, SIDE, SIDE))
    ends, truth = np.zeros((PICTURES, WIRES, 2), int), rng.choice([-1, 1], (PICTURES, WIRES))
    for p in range(PICTURES):
        for k in range(WIRES):
            middle = row = 4 + 8 * k
            length = rng.integers(6, SIDE - 1)
            plugs[p, row, 0] = truth[p, k]
            for col in range(length + 1):
                wires[p, row, col], ends[p, k] = 1, (row, col)
                row = int(np.clip(row + rng.integers(-1, 2), middle - 3, middle + 3))
    return wires, plugs, ends, truth


@functools.lru_cache(maxsize=9)
def carry(kernel, dilation):
    """Run 30 layers. In each, a pixel of a wire takes the largest plus the smallest charge in its window.

    Returns
    -------
    (31, 40, 32, 32) ndarray of int8
        The charge, −1, 0 or +1, before the first layer and after each; where both signs meet it is 0.
    """
    wires, charge, _, _ = pictures()
    window = {"stride": 1, "padding": dilation * (kernel - 1) // 2, "dilation": dilation}
    found = np.empty((MOST + 1, *charge.shape), np.int8)  # all nine are kept: 1.3 MB each, not 10
    found[0] = charge
    for k in range(MOST):
        largest, smallest = max_pool2d(found[k], kernel, **window), -max_pool2d(-found[k], kernel, **window)
        found[k + 1] = wires * (largest + smallest)
    return found


@functools.lru_cache(maxsize=9)
def scores(kernel, dilation):
    """Share of all wires answered right after 0 … 30 layers; no answer counts as a coin toss."""
    _, _, ends, truth = pictures()
    each = np.arange(PICTURES)[:, None]
    answers = carry(kernel, dilation)[:, each, ends[..., 0], ends[..., 1]]
    return np.where(answers == 0, 0.5, answers == truth).mean(axis=(1, 2))
