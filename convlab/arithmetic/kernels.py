"""Kernels with a name: where each comes from, and its formula.

Orientation. Every kernel here is written for cross-correlation, the "convolution" of deep learning: lay it
on the patch as printed, multiply cell by cell, add. Column offset ``x`` grows to the right and row offset
``y`` grows downwards, both 0 at the centre. Angles are in radians, from the x axis towards the y axis, which
looks clockwise on the screen. All kernels are square, of odd size, float64.

Most of these were published at 3x3 only. Each docstring says how it grows to 5x5 and beyond.
"""

import inspect
import math

import numpy as np

from convlab.errors import ConvlabError, named, real, shown, whole

LARGEST = 255
NARROWEST = 0.05  # bell or stripes, in pixels


def identity(size=3):
    """Kernel that changes nothing: 1 at the centre, 0 elsewhere.

    >>> identity()
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 0.]])
    """
    x, y = _grid(size)
    return ((x == 0) & (y == 0)).astype(float)


def box(size=3):
    """Mean of the window: every weight is 1/size², so the sum is 1.

    >>> float(box(3).sum().round(12))
    1.0
    """
    x, _ = _grid(size)
    return np.full(x.shape, 1 / x.size)


def gaussian(size=3, sigma=1.0):
    """Gaussian blur: exp(-(x² + y²) / 2 sigma²), divided by its sum so that the weights add up to 1.

    Parameters
    ----------
    size : int
        Odd width in pixels. A window narrower than about 6 sigma cuts the bell off.
    sigma : float
        Standard deviation of the bell in pixels, above 0.
    """
    x, y = _grid(size)
    bell = np.exp(-(x**2 + y**2) / (2 * real("sigma", sigma, NARROWEST) ** 2))
    return bell / bell.sum()


def sobel(size=3, angle=0.0):
    """Sobel's gradient: positive where the picture gets brighter in the direction `angle`.

    At 3x3 the outer product of a smoothing [1, 2, 1] and a difference [-1, 0, 1]. Angle 0 is Sobel-x;
    pi/2 is Sobel-y, its transpose; between them cos(angle) Sobel-x + sin(angle) Sobel-y.
    Each larger size smooths the last one by [1, 2, 1] along both axes, as OpenCV does.

    References
    ----------
    Sobel & Feldman (1968), a talk printed in Duda & Hart (1973), p. 271. Freeman & Adelson (1991) for angles.

    Examples
    --------
    >>> sobel()
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    return _gradient([1, 2, 1], size, angle)


def prewitt(size=3, angle=0.0):
    """Prewitt's gradient: the slope of the plane that fits the window best, without its scale.

    At 3x3 the columns are -1, 0, 1; at 5x5 -2, -1, 0, 1, 2, since that is the least-squares slope there.

    References
    ----------
    Prewitt (1970), "Object enhancement and extraction", in Picture Processing and Psychopictorics.
    """
    x, y = _grid(size, smallest=3)
    return _steer(x, y, angle)


def scharr(size=3, angle=0.0):
    """Scharr's gradient: [3, 10, 3] across [-1, 0, 1], whose direction is more exact than Sobel's.

    Published at 3x3; each larger size smooths the last one by [1, 2, 1] along both axes, which is our choice.

    References
    ----------
    Scharr (2000), "Optimale Operatoren in der Digitalen Bildverarbeitung", Heidelberg.
    """
    return _gradient([3, 10, 3], size, angle)


def laplacian(size=3, neighbours=8):
    """Centre minus its neighbours: 0 on flat patches and on even slopes, large on spots and edges.

    The sign is positive at the centre: *minus* the Laplacian of calculus, as most pictures of it show. Larger
    sizes have -1 in every cell (8) or along the central row and column (4), and a centre that balances them.

    Parameters
    ----------
    size : int
        Odd width in pixels, at least 3.
    neighbours : {8, 4}
        Whether the diagonal cells count.

    Examples
    --------
    >>> laplacian(neighbours=4)
    array([[ 0., -1.,  0.],
           [-1.,  4., -1.],
           [ 0., -1.,  0.]])
    """
    if not isinstance(neighbours, int) or neighbours not in (4, 8):
        raise ConvlabError(f"neighbours is {shown(neighbours)}. A Laplacian counts 4 neighbours or 8.")
    x, y = _grid(size, smallest=3)
    reach = np.ones(x.shape) if neighbours == 8 else ((x == 0) | (y == 0)).astype(float)
    return reach.sum() * identity(size) - reach


def laplacian_of_gaussian(size=7, sigma=1.0):
    """Blur and Laplacian in one, the "Mexican hat".

    (1 - r²/2 sigma²) exp(-r²/2 sigma²) / (pi sigma⁴), with r² = x² + y².

    The sign is that of `laplacian`, positive at the centre. The mean is taken off, so that the weights add up
    to 0 in a window too small for the whole hat.

    References
    ----------
    Marr & Hildreth (1980), "Theory of edge detection".
    """
    x, y = _grid(size, smallest=3)
    half = (x**2 + y**2) / (2 * real("sigma", sigma, NARROWEST) ** 2)
    hat = (1 - half) * np.exp(-half) / (math.pi * sigma**4)
    return hat - hat.mean()


def sharpen(size=3, strength=1.0):
    """Identity plus `strength` times the 4-neighbour Laplacian: edges are overdone, flat parts stay.

    Strength 1 at 3x3 is the well-known 5 among four -1. Larger sizes scale the Laplacian to 4 at the centre.

    >>> sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    edges = laplacian(size, neighbours=4)
    return identity(size) + real("strength", strength) * 4 / edges.max() * edges


def unsharp(size=5, sigma=1.0, strength=1.0):
    """Unsharp mask: the picture plus `strength` times what a Gaussian blur takes away.

    (1 + strength) identity - strength gaussian(size, sigma); the weights add up to 1. The name is from the
    darkroom, where the blurred, *unsharp* copy was a mask on film.
    """
    strength = real("strength", strength)
    return (1 + strength) * identity(size) - strength * gaussian(size, sigma)


def emboss(size=3, angle=math.pi / 4, strength=1.0):
    """Relief, lit from one side: identity + strength sqrt(2) prewitt(size, angle).

    >>> emboss()
    array([[-2., -1.,  0.],
           [-1.,  1.,  1.],
           [ 0.,  1.,  2.]])
    """
    relief = math.sqrt(2) * prewitt(size, angle)
    return _tidy(identity(size) + real("strength", strength) * relief)


def gabor(size=7, sigma=2.0, angle=0.0, wavelength=4.0):
    """Stripes under a bell.

    exp(-(x² + y²)/2 sigma²) cos(2 pi x' / wavelength), with x' = x cos(angle) + y sin(angle).

    Answers to stripes that repeat every `wavelength` pixels in the direction `angle`. Neurons of the visual
    cortex and first layers of trained networks look alike. The mean is taken off, so a flat patch gives 0.

    References
    ----------
    Daugman (1985), J. Opt. Soc. Am. A 2(7), with a round bell (gamma = 1) and phase 0.
    """
    x, y = _grid(size)
    along = _steer(x, y, angle)
    bell = np.exp(-(x**2 + y**2) / (2 * real("sigma", sigma, NARROWEST) ** 2))
    stripes = bell * np.cos(2 * math.pi * along / real("wavelength", wavelength, NARROWEST))
    return stripes - stripes.mean()


def motion(size=5, angle=0.0):
    """Motion blur: a mean along one line through the centre, as if the camera moved in the direction `angle`.

    Weight max(0, 1 - distance to the line), divided by the sum.
    """
    x, y = _grid(size)
    across = _steer(y, -x, angle)
    streak = np.maximum(0, 1 - np.abs(across))
    return streak / streak.sum()


def line(size=3):
    """Ones along the central row, which looks like a line finder but is a blur.

    The weights add up to `size`: a flat bright patch excites it as much as a line does.

    >>> line()
    array([[0., 0., 0.],
           [1., 1., 1.],
           [0., 0., 0.]])
    """
    _, y = _grid(size)
    return (y == 0).astype(float)


def line_detector(size=3):
    """Central row against the rest: finds level lines, and gives 0 on flat patches, as `line` does not.

    References
    ----------
    Gonzalez & Woods, Digital Image Processing, "line detection".

    Examples
    --------
    >>> line_detector()
    array([[-1., -1., -1.],
           [ 2.,  2.,  2.],
           [-1., -1., -1.]])
    """
    _grid(size, smallest=3)
    return size * line(size) - 1


PRESETS = {
    "identity": identity,
    "box blur": box,
    "gaussian blur": gaussian,
    "motion blur": motion,
    "sobel": sobel,
    "prewitt": prewitt,
    "scharr": scharr,
    "laplacian, 8 neighbours": laplacian,
    "laplacian, 4 neighbours": lambda size=3: laplacian(size, neighbours=4),
    "laplacian of gaussian": laplacian_of_gaussian,
    "sharpen": sharpen,
    "unsharp mask": unsharp,
    "emboss": emboss,
    "gabor": gabor,
    "line": line,
    "line detector": line_detector,
}


def uses(name):
    """Names of the settings that change this preset, among size, sigma, angle and strength.

    >>> uses("gaussian blur")
    ('size', 'sigma')
    """
    wanted = inspect.signature(PRESETS[named("kernel", name, PRESETS)]).parameters
    return tuple(key for key in ("size", "sigma", "angle", "strength") if key in wanted)


def preset(name, size=3, sigma=1.0, angle=0.0, strength=1.0):
    """Kernel of a choice box and four sliders; a setting the kernel does not have is ignored (see `uses`).

    Parameters
    ----------
    name : str
        A key of `PRESETS`.
    size : int
        Odd width in pixels, 3 to 255 (some kernels also exist at 1).
    sigma : float
        Width of a bell, in pixels.
    angle : float
        Direction in radians, clockwise on the screen from "to the right".
    strength : float
        How far a sharpening or a relief goes; 0 leaves the picture as it is.

    Returns
    -------
    ndarray
        (size, size) float64, to be used with cross-correlation as it is printed.

    Raises
    ------
    ConvlabError
        If the name is unknown or a setting the kernel uses is out of range.

    Examples
    --------
    >>> preset("sobel", size=5)[2]
    array([ -6., -12.,   0.,  12.,   6.])
    """
    settings = {"size": size, "sigma": sigma, "angle": angle, "strength": strength}
    wanted = {key: settings[key] for key in uses(name)}
    return PRESETS[name](**wanted)


def _gradient(smoothing, size, angle):
    _grid(size, smallest=3)
    difference = [-1, 0, 1]
    for _ in range((size - 3) // 2):
        smoothing, difference = np.convolve(smoothing, [1, 2, 1]), np.convolve(difference, [1, 2, 1])
    along_x = np.outer(smoothing, difference).astype(float)
    return _steer(along_x, along_x.T, angle)


def _steer(along_x, along_y, angle):
    angle = real("angle", angle)
    return _tidy(math.cos(angle) * along_x + math.sin(angle) * along_y)


def _tidy(kernel):
    # cos(pi/2) is 6e-17, not 0: without this Sobel-y would show "-0.0" and "1.2e-16" in its cells
    largest = np.abs(kernel).max()
    return np.where(np.abs(kernel - np.round(kernel)) < 1e-12 * largest, np.round(kernel), kernel) + 0.0


def _grid(size, smallest=1):
    """Offsets from the centre: x (columns) and y (rows), each (size, size); refuses an illegal `size`."""
    if whole("size", size, smallest) > LARGEST or size % 2 == 0:
        raise ConvlabError(
            f"size is {size}: this kernel needs a centre, so its size is an odd number from {smallest} to "
            f"{LARGEST}; the nearest is {min(size + 1, LARGEST)}."
        )
    offsets = np.arange(size, dtype=float) - size // 2
    return np.meshgrid(offsets, offsets)
