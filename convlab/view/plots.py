"""Static pictures, drawn with matplotlib: a lab's scene where nothing is live, and the figures of the text.

Nothing here computes a convolution. Figures are made without pyplot, so none stays open.
"""

import io
import math
import textwrap

import numpy as np

from convlab.view import charts
from convlab.view import scene as sc
from convlab.view.charts import INK, LINE

_CHARTS = {"curve": charts.curves, "bars": charts.bars, "tower": charts.tower}
_INCHES = {"curve": (5.0, 3.2), "bars": (7.0, 4.4), "tower": (10.0, 2.9)}
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
    panels = [scene.panels[name] for name in names]
    across = max(1, min(len(names), 4 if sum(map(_width, panels)) < 14 else 3))
    widths = [max(map(_width, panels[k::across]), default=1) for k in range(across)]
    heights = [max(map(_height, panels[k : k + across])) for k in range(0, len(names), across)]
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


def _width(panel):  # in inches
    tiles, _, cols = panel.shape()
    if panel.drawn_as() in _INCHES:
        return _INCHES[panel.drawn_as()][0]
    if panel.drawn_as() == "cells":
        return min(5.0, 0.42 * (2 * tiles if _columns(panel) else cols * min(tiles, 4)) + 0.4)
    return 5.0 if 1 < tiles <= 4 else 3.2


def _height(panel):
    if panel.drawn_as() in _INCHES:
        return _INCHES[panel.drawn_as()][1]
    tiles, rows, _ = panel.shape()
    down = 1 if _columns(panel) else math.ceil(tiles / 4)
    return min(3.2, 0.42 * rows * down + 0.5) if panel.drawn_as() == "cells" else 3.2


def _columns(panel):  # many tiles of one column each stand side by side, as in a table
    tiles, _, cols = panel.shape()
    return tiles > 4 and cols == 1


def _lines(tables):  # their rows as text, in columns of equal width
    lines = []
    for rows in tables:
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
    from matplotlib.patches import Rectangle

    tiles, rows, cols = panel.shape()
    across = tiles if tiles <= 4 or _columns(panel) else math.ceil(math.sqrt(tiles))
    box.set_xlim(-0.5, across * (cols + 1) - 1.5)
    down = rows + (1 + rows // 6 if panel.labels else 1)  # room for a caption between two rows of tiles
    box.set_ylim(math.ceil(tiles / across) * down - 1.5, -0.5)
    box.set_aspect("equal")
    box.set_axis_off()
    stack = panel.array if tiles > 1 or panel.array.ndim == 3 and panel.kind != "rgb" else panel.array[None]
    for tile, array in enumerate(stack):
        top, left = tile // across * down, tile % across * (cols + 1)
        extent = (left - 0.5, left + cols - 0.5, top + rows - 0.5, top - 0.5)
        low, high = _colour_ends(panel)
        colour = {} if panel.kind == "rgb" else {"cmap": _colour_map(panel), "vmin": low, "vmax": high}
        box.imshow(array, extent=extent, interpolation="nearest", **colour)
        frame = {"fill": False, "edgecolor": LINE, "linewidth": 0.8, "clip_on": False}
        box.add_patch(Rectangle((left - 0.5, top - 0.5), cols, rows, **frame))  # a white map on a white page
        if tiles > 1 and panel.labels:
            box.text(left - 0.5, top - 0.6, panel.labels[tile], fontsize=8, va="bottom")
        if panel.drawn_as() == "cells":
            _numbers(box, panel, array, top, left)
        _margins(box, panel, top, left, rows, cols)
        if window:
            _outline(box, window, top, left, rows, cols)


def _band(box, strips, windows):
    """Draw strips one below the other, on their common ruler."""
    from matplotlib.patches import Rectangle

    for k, (name, panel) in enumerate(strips.items()):
        (left, pitch, length), (low, high), cols = panel.ruler, panel.limits(), panel.array.shape[1]
        edges = (left, left + cols * pitch, k + 0.35, k - 0.35)
        colours = {"cmap": _colour_map(panel), "vmin": low, "vmax": high}
        box.imshow(panel.array, extent=edges, interpolation="nearest", **colours)
        _, _, before, after = panel.inset
        padding = [(col, {"fill": False, "hatch": "////", "edgecolor": "#8a8a8a"})
                   for col in [*range(before), *range(cols - after, cols)]]  # fmt: skip
        read = [(col, {"color": INK, "alpha": 0.45}) for col in windows.get(name, ((), ()))[1]]
        for col, look in padding + [one for one in read if 0 <= one[0] < cols]:
            box.add_patch(Rectangle((left + col * pitch, k - 0.35), pitch, 0.7, linewidth=0, **look))
    box.set(xlim=(0, length), ylim=(len(strips) - 0.5, -0.5), aspect="auto", xticks=[])
    box.set_yticks(range(len(strips)), [panel.title for panel in strips.values()], fontsize=9)


def _colour_map(panel):
    from matplotlib.colors import LinearSegmentedColormap

    stops = sc.SIGNED if panel.signed() else sc.GREY
    return LinearSegmentedColormap.from_list("convlab", [tuple(v / 255 for v in stop) for stop in stops])


def _colour_ends(panel):
    low, high = panel.limits()
    return (low - 1, low) if getattr(panel, "plain", False) else (low, high)  # plain: all of it bright


def _numbers(box, panel, array, top, left):
    low, high = _colour_ends(panel)
    size = max(4, min(10, 60 / max(array.shape)))
    for (i, j), value in np.ndenumerate(array):
        part = (float(value) - low) / ((high - low) or 1)
        bright = part > 0.46
        whole = float(value).is_integer() and abs(value) < 1e6
        text = (f"{value:.0f}" if whole else f"{value:.3g}").replace("-", "−")
        box.text(
            left + j,
            top + i,
            text,
            ha="center",
            va="center",
            fontsize=size * min(1, 5 / len(text)),
            color="black" if bright else "white",
        )


def _margins(
    box, panel, top, left, rows, cols
):  # stripes, as on the page: grey for padding, red for never read
    from matplotlib.patches import Rectangle

    above, below, before, after = panel.inset
    middle = rows - above - below
    grey = [
        (0, 0, above, cols),
        (rows - below, 0, below, cols),
        (above, 0, middle, before),
        (above, cols - after, middle, after),
    ]
    red = [(row, 0, 1, cols) for row in panel.unread[0]] + [(0, col, rows, 1) for col in panel.unread[1]]
    for colour, strips in (("#8a8a8a", grey), ("#c00000", red)):
        for row, col, high, wide in strips:
            corner = (left + col - 0.5, top + row - 0.5)
            box.add_patch(
                Rectangle(corner, wide, high, fill=False, hatch="////", edgecolor=colour, linewidth=0)
            )


def _outline(box, window, top, left, rows, cols):
    from matplotlib.patches import Rectangle

    inside = [[v for v in cells if 0 <= v < most] for cells, most in zip(window, (rows, cols), strict=True)]
    if all(inside):
        (r0, r1), (c0, c1) = [(cells[0], cells[-1]) for cells in inside]
        corner = (left + c0 - 0.5, top + r0 - 0.5)
        box.add_patch(
            Rectangle(corner, c1 - c0 + 1, r1 - r0 + 1, fill=False, edgecolor=INK, linewidth=2, clip_on=False)
        )
