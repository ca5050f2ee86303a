"""Static pictures, drawn with matplotlib: a lab's scene where nothing is live, and the figures of the text.

Nothing here computes a convolution. Figures are made without pyplot, so none stays open.
"""

import io
import math
import textwrap

import numpy as np

from convlab.errors import minus
from convlab.view import charts
from convlab.view import scene as sc
from convlab.view.charts import INK, LINE

_CHARTS = {"curve": charts.curves, "bars": charts.bars, "tower": charts.tower}
_INCHES = {"curve": (5.0, 3.2), "bars": (7.0, 4.4), "tower": (10.0, 2.9)}
_GREY, _RED = "#8a8a8a", "#c00000"  # of stripes
_LETTER = 0.075  # width of a letter under the picture, in inches


class Picture:
    """A PNG with its description, as a notebook shows it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn at once; the figure is not kept.
    alt : str
        What the picture shows, in words and numbers, for readers who do not see it.
    """

    def __init__(self, figure, alt):
        self.png, self.alt = _png(figure), alt

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, **kwargs):
        return {"image/png": self.png, "text/plain": self.alt}, {"image/png": {"alt": self.alt}}


def _png(figure):  # 256 colours are enough for our pictures, and keep the notebooks small
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(72)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).quantize(
        256, dither=Image.Dither.NONE
    )
    buffer = io.BytesIO()
    picture.save(buffer, "png", optimize=True)
    return buffer.getvalue()


def draw_scene(scene, alt):
    """Draw every panel of a scene, the chosen cell and its windows outlined, its words and table below.

    Parameters
    ----------
    scene : Scene
        What to draw.
    alt : str
        The words that go with it.

    Returns
    -------
    Picture

    Examples
    --------
    >>> draw_scene(sc.Scene({"x": sc.Grid(np.eye(3), "x")}), "a diagonal of ones")
    a diagonal of ones
    """
    pick = scene.first_pick()
    windows = {} if pick is None else {**scene.windows_of(pick), pick[0]: ([pick[2]], [pick[3]])}
    strips = {name: panel for name, panel in scene.panels.items() if isinstance(panel, sc.Strip)}
    names = [name for name in scene.panels if name not in strips]
    inches = np.reshape([_inches(scene.panels[name]) for name in names], (-1, 2))
    across = max(1, min(len(names), 4 if inches[:, 0].sum() < 14 else 3))
    widths = [inches[k::across, 0].max(initial=1) for k in range(across)]
    heights = [inches[k : k + across, 1].max() for k in range(0, len(names), across)]
    heights = (heights or [0.1]) + [0.3 * len(strips)] * bool(strips)
    words = textwrap.wrap(scene.says, max(50, int(sum(widths) / _LETTER)))
    figure, boxes = _grid(widths, heights, _lines(scene.tables) + words)
    for box, name in zip(boxes, names, strict=False):
        panel = scene.panels[name]
        chart = _CHARTS.get(panel.drawn_as())
        roomy = chart or panel.labels  # something stands between the title and the picture
        box.set_title(panel.title, fontsize=10, pad=18 if roomy else 6)
        if chart:
            chart(box, panel)
        else:
            _tiles(box, panel, windows.get(name))
    for box in boxes[len(names) :]:
        box.set_axis_off()
    if strips:
        _band(figure.add_subplot(boxes[-1].get_gridspec()[-1, :]), strips, windows)
    return Picture(figure, alt)


def images(arrays, titles, alt, signed=False):
    """Show arrays side by side.

    Parameters
    ----------
    arrays : list of ndarray
        ``(H, W)`` each, or ``(H, W, 3)`` uint8 for colour.
    titles : list of str
        One a picture.
    alt : str
        What the pictures show, for readers who do not see them.
    signed : bool
        Colours centred on zero, the same for all pictures.

    Returns
    -------
    Picture

    Examples
    --------
    >>> images([np.eye(4)], ["eye"], "a diagonal of ones")
    a diagonal of ones
    """
    most = max(float(np.abs(array).max()) for array in arrays)
    limits = {"low": -most, "high": most, "kind": "signed"} if signed else {}
    kinds = [{"kind": "rgb"} if array.ndim == 3 else limits for array in arrays]
    panels = {
        str(k): sc.Grid(array, title, **kinds[k])
        for k, (array, title) in enumerate(zip(arrays, titles, strict=True))
    }
    return draw_scene(sc.Scene(panels), alt)


def curves(x, series, axes, alt, title="", log=False):
    """Draw one line a series over a common x axis.

    Parameters
    ----------
    x : sequence of float
        Positions on the x axis.
    series : dict of str to sequence of float
        Name → heights.
    axes : pair of str
        What x and the heights count, with their units.
    alt : str
        What the curves show, for readers who do not see them.
    title : str
        Written above.
    log : bool
        Logarithmic y axis.

    Returns
    -------
    Picture

    Examples
    --------
    >>> curves([0, 1], {"line": [0, 1]}, ("time (s)", "way (m)"), "a rising line")
    a rising line
    """
    return draw_scene(sc.Scene({"curve": sc.Curve(x, series, title, axes, log=log)}), alt)


def _inches(panel):  # width and height
    if panel.drawn_as() in _INCHES:
        return _INCHES[panel.drawn_as()]
    tiles, rows, cols = panel.shape()
    if panel.drawn_as() != "cells":
        return 5.0 if 1 < tiles <= 4 else 3.2, 3.2
    across, down = (2 * tiles, 1) if _columns(panel) else (cols * min(tiles, 4), math.ceil(tiles / 4))
    return min(5.0, 0.42 * across + 0.4), min(3.2, 0.42 * rows * down + 0.5)


def _columns(panel):  # many tiles of one column each stand side by side, as in a table
    tiles, _, cols = panel.shape()
    return tiles > 4 and cols == 1


def _lines(tables):  # their rows as text, in columns of equal width
    lines = []
    for rows in tables.values():
        if isinstance(rows, str):  # a program is for the page
            continue
        most = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines += [""] * bool(lines) + ["   ".join(map(str.ljust, row, most)) for row in rows]
    return lines


def _grid(widths, heights, lines):
    from matplotlib.figure import Figure

    wide = max([sum(widths), *(_LETTER * len(line) for line in lines)])
    figure = Figure(figsize=(wide, sum(heights) + 0.17 * len(lines)), layout="constrained")
    if lines:
        figure.supxlabel("\n".join(lines), x=0.01, ha="left", family="monospace", fontsize=8)
    boxes = figure.subplots(len(heights), len(widths), width_ratios=widths, height_ratios=heights)
    return figure, list(np.ravel(boxes))


def _tiles(box, panel, window):
    tiles, rows, cols = panel.shape()
    across = tiles if tiles <= 4 or _columns(panel) else math.ceil(math.sqrt(tiles))
    down = rows + (1 + rows // 6 if panel.labels else 1)  # room for a caption between two rows of tiles
    box.set(xlim=(0, across * (cols + 1) - 1), ylim=(math.ceil(tiles / across) * down - 1, 0), aspect="equal")
    box.set_axis_off()
    stack = panel.array if tiles > 1 or panel.array.ndim == 3 and panel.kind != "rgb" else panel.array[None]
    for tile, array in enumerate(stack):
        top, left = tile // across * down, tile % across * (cols + 1)
        array = _framed(array, getattr(panel, "frames", ()))
        _cells(box, panel, array, (left, left + cols, top + rows, top))
        # A white map needs a frame on a white page.
        _rectangle(box, left, top, cols, rows, fill=False, edgecolor=LINE, linewidth=0.8, clip_on=False)
        if tiles > 1 and panel.labels:
            box.text(left, top - 0.1, panel.labels[tile], fontsize=8, va="bottom")
        if panel.drawn_as() == "cells":
            _numbers(box, panel, array, top, left)
        for row, col, high, wide, colour in _stripes(panel, rows, cols):
            stripes = {"fill": False, "hatch": "////", "edgecolor": colour, "linewidth": 0}
            _rectangle(box, left + col, top + row, wide, high, **stripes)
        inside = [
            [at for at in cells if 0 <= at < most]
            for cells, most in zip(window or ((), ()), (rows, cols), strict=True)
        ]
        if all(inside):
            row, col = (cells[0] for cells in inside)
            high, wide = (cells[-1] - cells[0] + 1 for cells in inside)
            chosen = {"fill": False, "edgecolor": INK, "linewidth": 2, "clip_on": False}
            _rectangle(box, left + col, top + row, wide, high, **chosen)


def _framed(array, frames):
    """Draw frames of two pixels on a photograph: black outside, yellow inside."""
    picture = array.copy()
    rows, cols = np.mgrid[: array.shape[0], : array.shape[1]]
    for top, left, bottom, right in frames:
        inward = np.minimum.reduce([rows - top, bottom - rows, cols - left, right - cols])
        picture[inward == 0], picture[inward == 1] = (0, 0, 0), (255, 230, 0)
    return picture


def _band(box, strips, windows):
    """Draw strips one below the other, on their common ruler."""
    for k, (name, panel) in enumerate(strips.items()):
        (left, pitch, length), cols = panel.ruler, panel.array.shape[1]
        _cells(box, panel, panel.array, (left, left + cols * pitch, k + 0.35, k - 0.35))
        _, _, before, after = panel.inset
        padding = [(col, {"fill": False, "hatch": "////", "edgecolor": _GREY})
                   for col in [*range(before), *range(cols - after, cols)]]  # fmt: skip
        read = [(col, {"color": INK, "alpha": 0.45}) for col in windows.get(name, ((), ()))[1]]
        for col, look in padding + [one for one in read if 0 <= one[0] < cols]:
            _rectangle(box, left + col * pitch, k - 0.35, pitch, 0.7, linewidth=0, **look)
    box.set(xlim=(0, length), ylim=(len(strips) - 0.5, -0.5), aspect="auto", xticks=[])
    box.set_yticks(range(len(strips)), [panel.title for panel in strips.values()], fontsize=9)


def _cells(box, panel, array, edges):
    from matplotlib.colors import LinearSegmentedColormap

    stops = np.divide(sc.SIGNED if panel.signed() else sc.GREY, 255)
    low, high = _colour_ends(panel)
    colours = {"cmap": LinearSegmentedColormap.from_list("convlab", stops), "vmin": low, "vmax": high}
    box.imshow(array, extent=edges, interpolation="nearest", **({} if panel.kind == "rgb" else colours))


def _colour_ends(panel):
    low, high = panel.limits()
    return (low - 1, low) if getattr(panel, "plain", False) else (low, high)  # plain: all of it bright


def _numbers(box, panel, array, top, left):
    low, high = _colour_ends(panel)
    size = max(4, min(10, 60 / max(array.shape)))
    for (i, j), value in np.ndenumerate(array):
        bright = (float(value) - low) / ((high - low) or 1) > 0.46
        whole = float(value).is_integer() and abs(value) < 1e6
        text = minus(f"{value:.0f}" if whole else f"{value:.3g}")
        look = {"fontsize": size * min(1, 5 / len(text)), "color": "black" if bright else "white"}
        box.text(left + j + 0.5, top + i + 0.5, text, ha="center", va="center", **look)


def _stripes(panel, rows, cols):  # as on the page: (row, column, height, width, colour)
    above, below, before, after = panel.inset
    middle = rows - above - below
    yield 0, 0, above, cols, _GREY  # padding
    yield rows - below, 0, below, cols, _GREY
    yield above, 0, middle, before, _GREY
    yield above, cols - after, middle, after, _GREY
    yield from ((row, 0, 1, cols, _RED) for row in panel.unread[0])  # never read
    yield from ((0, col, rows, 1, _RED) for col in panel.unread[1])


def _rectangle(box, left, top, wide, high, **look):
    from matplotlib.patches import Rectangle

    box.add_patch(Rectangle((left, top), wide, high, **look))
