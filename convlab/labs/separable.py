"""Notebook 01, beyond the core: a kernel as columns times rows."""

import numpy as np

from convlab import images
from convlab.arithmetic import geometry, kernels, ops
from convlab.arithmetic.waves import separate
from convlab.errors import number, plural
from convlab.labs.controls import OWN, one_of, photo, picture, ranged, square
from convlab.labs.lab import lab
from convlab.view.scene import PHOTO, Curve, Grid, Link, Scene

STRENGTHS = ("how strong each pair is", ("pair", "singular value"))
SIDE = 186  # of the photograph, in pixels: two pictures of it are sent at a step, a byte a pixel


def _weights(preset, size):
    return None if preset == OWN else kernels.preset(preset, size)


@lab(
    image=picture(),
    preset=one_of("kernel", [OWN, *kernels.PRESETS]),
    size=one_of("size", [("3×3", 3), ("5×5", 5), ("7×7", 7)], when=lambda preset: preset != OWN),
    pairs=ranged("pairs used", 1, lambda size: size),
    kernel=square(_weights),
)
def separable_lab(image="camera", kernel="gaussian blur", *, size=5, pairs=1):
    """Split a kernel into pairs of a column and a row, and filter a photograph with the first of them.

    Parameters
    ----------
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    kernel : str
        A name in `kernels.PRESETS`; every weight can then be edited.
    size : {3, 5, 7}
        Side of the kernel, in pixels.
    pairs : int
        How many pairs are used, the strongest first.
    """
    x = images.square(photo(image), SIDE)
    columns, rows, shares = separate(kernel)
    parts, real = columns[:, :, None] * rows[:, None, :], max(1, int((shares > 1e-9).sum()))
    exact, y = ops.conv2d(x, kernel), two_passes(x, columns[:pairs], rows[:pairs])
    labels = [f"pair {k}: {share:.1%}" for k, share in enumerate(shares, start=1)]
    most = np.abs(exact).max()
    look = PHOTO if kernel.sum() > 0.5 else {"kind": "signed", "low": -most, "high": most}
    strengths = {"singular value": np.sqrt(shares) * np.linalg.norm(kernel)}
    names = [str(k) for k in range(1, 1 + len(shares))]
    panels = {
        "exact": Grid(exact, "by the whole kernel", **look),
        "output": Grid(y, f"by {plural(pairs, 'pair')}", **look),
        "kernel": Grid(kernel, "kernel", "signed", edits="kernel"),
        "strengths": Curve(range(len(shares)), strengths, *STRENGTHS, mark=pairs - 1, bars=names),
        "parts": Grid(parts[:real], "column × row", "signed", labels=labels[:real]),
        "kept": Grid(parts[:pairs].sum(0), "the pairs used, added up", "signed"),
        "input": Grid(x, "input", **PHOTO),
    }
    window = geometry.windows(SIDE, len(kernel))
    into = {"exact": "kernel", "output": "kept"}
    links = [Link("input", name, window, window, weights) for name, weights in into.items()]
    says = f"{_about_pairs(kernel, pairs, real, shares)}The two pictures differ by at most "
    says += f"{number(round(np.abs(y - exact).max(), 2), 6)}."
    rows = (("exact", "output", "kernel"), ("strengths", "parts"), ("kept", "input"))
    return Scene(panels, links, says, rows=rows)


def _about_pairs(kernel, pairs, real, shares):
    k = len(kernel)
    return (
        f"The kernel is the sum of {plural(real, 'pair')} of a column and a row. "
        f"The strongest {'one holds' if pairs == 1 else f'{pairs} hold'} {shares[:pairs].sum():.1%} of its "
        "squared weights. "
        f"A pixel costs {kernel.size} products with the whole kernel, and {2 * k * pairs} in passes: "
        f"{k} for a column and {k} for a row. "
    )


def two_passes(x, columns, rows):
    """Filter with each column, then with its row; add up the results."""
    return sum(ops.conv2d(ops.conv2d(x, c[:, None]), r[None]) for c, r in zip(columns, rows, strict=True))
