"""Gradient descent finds a hidden kernel from a picture and its filtered copy."""

import numpy as np

from convlab.arithmetic import ops

STEPS = 60
_LOST = 1e6  # a loss this many times the first one is beyond saving


def learn(x, hidden, rate):
    """Run gradient descent on the mean squared error, from a kernel of zeros.

    Parameters
    ----------
    x : (H, W) ndarray
        The input.
    hidden : (k, k) ndarray
        The kernel to find; only its output is looked at.
    rate : float
        Learning rate.

    Returns
    -------
    weights : list of (k, k) ndarray
        Before each step and after the last: 61, or fewer where the numbers became too large to go on.
    losses : list of float
        Mean squared error for each of `weights`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(32, 32))
    >>> weights, losses = learn(x, np.eye(3), 0.3)
    >>> bool(losses[-1] < 1e-3 * losses[0])
    True
    """
    y = ops.conv2d(x, hidden)
    weights, losses = [np.zeros(np.shape(hidden))], []
    while True:
        error = ops.conv2d(x, weights[-1]) - y
        losses.append(float(np.mean(error**2)))
        if len(losses) > STEPS or losses[-1] > _LOST * losses[0]:
            return weights, losses
        # The slope of the loss for each weight is itself a correlation: of the input with the error.
        weights.append(weights[-1] - rate * 2 * ops.conv2d(x, error) / error.size)
