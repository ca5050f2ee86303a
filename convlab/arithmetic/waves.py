"""What a kernel does to stripes: its response for every wavelength, and its parts along rows and columns."""

import math

import numpy as np

from convlab.arithmetic import inputs


def separate(kernel):
    """Split a kernel into pairs of a column and a row: their outer products add up to it.

    A kernel is one pair exactly when its second singular value is 0: then two passes of k products each do
    what k² products do.

    Parameters
    ----------
    kernel : array (kH, kW)

    Returns
    -------
    columns : array (N, kH)
    rows : array (N, kW)
        The strongest pair first; column k times row k is one part of the kernel.
    shares : array (N,)
        Part of the kernel's energy (the sum of its squared weights) in each pair; they add up to 1.

    References
    ----------
    Eckart & Young (1936), The approximation of one matrix by another of lower rank, Psychometrika 1.

    Examples
    --------
    >>> columns, rows, shares = separate([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    >>> shares.round(6)
    array([1., 0., 0.])
    """
    kernel = inputs.grid("kernel", kernel, "(kH, kW)").astype(float)
    left, strengths, right = np.linalg.svd(kernel, full_matrices=False)
    root, energy = np.sqrt(strengths), float((strengths**2).sum())
    turned = np.where(left.sum(0) < -1e-9, -1, 1)  # a column that adds up to a positive number reads better
    shares = strengths**2 / energy if energy else np.zeros(len(strengths))
    return (left * root * turned).T, right * (root * turned)[:, None], shares


def grating(shape, wavelength, angle=0.0, phase=0.0):
    """Draw stripes: cos(2π (x cos a + y sin a) / wavelength + phase), from −1 to 1.

    Parameters
    ----------
    shape : (int, int)
        Height and width, in pixels.
    wavelength : float
        Distance between two crests, in pixels.
    angle : float
        Direction in which the stripes follow each other, in radians, clockwise on the screen.
    phase : float
        In radians.

    Returns
    -------
    array (H, W)

    Examples
    --------
    >>> grating((1, 4), 2).round(6)
    array([[ 1., -1.,  1., -1.]])
    """
    y, x = np.ogrid[: shape[0], : shape[1]]
    return np.cos(2 * math.pi * (x * math.cos(angle) + y * math.sin(angle)) / wavelength + phase)


def response(kernel, wavelengths, angle=0.0):
    """Find by what a kernel multiplies the height of stripes of each wavelength.

    Parameters
    ----------
    kernel : array (kH, kW)
    wavelengths : array (N,)
        In pixels, above 0.
    angle : float
        Direction of the stripes, in radians.

    Returns
    -------
    array (N,)
        The size of the kernel's Fourier transform at each of these frequencies.

    Examples
    --------
    >>> response([[0.5, 0.5]], np.array([2.0, 4.0, 1e9])).round(4)
    array([0.    , 0.7071, 1.    ])
    """
    kernel = inputs.grid("kernel", kernel, "(kH, kW)").astype(float)
    y, x = np.indices(kernel.shape)
    along = x * math.cos(angle) + y * math.sin(angle)
    turns = np.exp(2j * math.pi * np.multiply.outer(1 / np.asarray(wavelengths, float), along))
    return np.abs((turns * kernel).sum((1, 2)))


def alias(wavelength, stride):
    """Find the wavelength that stripes seem to have when only every `stride`-th pixel is kept.

    Parameters
    ----------
    wavelength : float
        Of the stripes along the axis that is thinned out, in pixels.
    stride : int
        In pixels.

    Returns
    -------
    float
        In pixels of the input, the longest one that fits what was kept; infinity where it looks even.

    References
    ----------
    Shannon (1949), Communication in the presence of noise, Proc. IRE 37.

    Examples
    --------
    >>> round(alias(5, 4), 6), alias(20, 4)
    (20.0, 20.0)
    """
    frequency = abs(1 / wavelength - round(stride / wavelength) / stride)
    return 1 / frequency if frequency > 1e-9 else math.inf
