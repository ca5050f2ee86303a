"""Static pictures, drawn with matplotlib: a lab's scene where nothing is live, and the figures of the text.

Nothing here computes a convolution. Figures are made without pyplot, so none stays open. Everything stands
where `places` says; charts are drawn in boxes of their own, the rest on one sheet measured in pixels.
"""

import io
import math
import textwrap

import numpy as np

from convlab.view import charts, look, places
from convlab.view import scene as sc

_CHARTS = {"curve": charts.curves, "bars": charts.bars, "tower": charts.tower}
_MARGIN = 6  # around everything
_LETTERS = 150  # in a line of words
_COLOURS = (256, 128, 64)  # of the picture: as many as leave it small
_MOST = 150_000  # bytes


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


def _png(figure):  # few colours are enough for our pictures, and keep the notebooks small
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    for colours in _COLOURS:
        buffer = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
        if buffer.tell() < _MOST:
            break
    return buffer.getvalue()


def draw_scene(scene, alt):
    """Draw a scene as its `rows` say: words, panels with the chosen cell and its windows outlined, tables.

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
    windows = scene.windows_of(pick) if pick else {}
    words = [line for part in scene.says.splitlines() for line in textwrap.wrap(part, _LETTERS)]
    boxes = places.arrange(scene)
    top = places.LINE * len(words) + look.BELOW * bool(words)
    right = max((box.x + box.width for box in boxes.values()), default=0)
    bottom = top + max((box.y + box.height for box in boxes.values()), default=0)
    page = _page(right if boxes and not words else places.WIDTH, bottom)
    for k, line in enumerate(words):
        page.text(0, places.LINE * k, line, fontsize=12, va="top")
    for name, box in boxes.items():
        box = box._replace(y=box.y + top)
        for k, line in enumerate(reversed(box.title)):
            page.text(box.x, box.y - 5 - places.LINE * k, line, fontsize=13, weight="bold")
        panel = scene.panels.get(name)
        if panel is None:
            _table(page, box, scene.tables[name])
        elif chart := _CHARTS.get(panel.drawn_as()):
            _chart(page, box, chart, panel)
        elif panel.ruler:
            _strip(page, box, panel, windows.get(name, ((), ()))[1])
        else:
            _tiles(page, box, panel, windows.get(name))
    return Picture(page.figure, alt)


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
    grids = [sc.Grid(*each, **kind) for *each, kind in zip(arrays, titles, kinds, strict=True)]
    return draw_scene(sc.Scene({str(k): grid for k, grid in enumerate(grids)}), alt)


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


def _page(width, height):
    """Make a sheet whose coordinates are pixels, from the left upper corner."""
    from matplotlib.figure import Figure

    wide, high = math.ceil(width) + 2 * _MARGIN, math.ceil(height) + 2 * _MARGIN
    page = Figure(figsize=(wide / 72, high / 72), dpi=72).add_axes((0, 0, 1, 1))
    page.set(xlim=(-_MARGIN, wide - _MARGIN), ylim=(high - _MARGIN, -_MARGIN), autoscale_on=False)
    page.set_axis_off()
    return page


def _table(page, box, rows):
    right, (widths, size) = box.x, places.widths(rows)
    for column, wide in zip(zip(*rows, strict=True), widths, strict=True):
        right += wide
        for k, cell in enumerate(column):
            how = {"fontsize": size, "weight": "normal" if k else "bold", "ha": "right", "va": "top"}
            page.text(right - 8, box.y + places.LINE * k, cell, **how)
    page.plot([box.x, right], [box.y + places.LINE - 2] * 2, color=look.LINE, linewidth=1)


def _chart(page, box, draw, panel):
    """Draw a chart, and then make it smaller by what its names and numbers need around it."""
    from matplotlib.transforms import Bbox

    figure = page.figure
    corners = [(box.x, box.y + box.height), (box.x + box.width, box.y)]
    room, before = page.transData.transform(corners) / figure.bbox.max, len(figure.axes)
    grid = figure.add_gridspec(1, 1, **_sides(room))
    draw(figure.add_subplot(grid[0]), panel)
    axes = figure.axes[before:]
    drawn = Bbox.union([one.get_tightbbox() for one in axes]).get_points() / figure.bbox.max
    grid.update(**_sides(2 * room - drawn))
    for one in axes:
        one.set_position(one.get_subplotspec().get_position(figure))


def _sides(corners):
    return dict(zip(("left", "bottom", "right", "top"), corners.ravel(), strict=True))


def _tiles(page, box, panel, window):
    (_, rows, cols), cell, (down, across) = panel.shape(), box.cell, window or ((), ())
    down, across = [at for at in down if 0 <= at < rows], [at for at in across if 0 <= at < cols]
    stack = panel.array if panel.array.ndim == 3 and panel.kind != "rgb" else panel.array[None]
    for tile, (array, (x, y)) in enumerate(zip(stack, box.corners, strict=True)):
        left, top = box.x + x, box.y + y
        _cells(page, panel, array, (left, top, cols * cell, rows * cell))
        for above, before, below, after in panel.frames:
            for k, colour in enumerate(look.FOUND):  # one cell wide each
                size = (after - before - 2 * k) * cell, (below - above - 2 * k) * cell
                place = left + (before + k + 0.5) * cell, top + (above + k + 0.5) * cell
                _rectangle(page, *place, *size, fill=False, edgecolor=colour, linewidth=cell)
        if panel.labels:
            page.text(left, top - 4, panel.labels[tile], fontsize=11)
        if box.numbers:
            _numbers(page, panel, array, (left, top), cell)
        _stripes(page, panel, (left, top), cell, cell)
        if down and across:
            away = 3 if cell < 8 else 0  # on photographs the frame stands off, so that it hides no pixel
            corner = left + across[0] * cell - away, top + down[0] * cell - away
            sides = (cells[-1] - cells[0] + 1 for cells in (across, down))
            frame = *corner, *(side * cell + 2 * away for side in sides)
            for wide, colour in ((4, look.HALO), (2, look.ACCENT)):
                _rectangle(page, *frame, fill=False, edgecolor=colour, linewidth=wide)
    if not (box.numbers or panel.kind == "rgb" or panel.plain):
        _legend(page, panel, box)


def _strip(page, box, panel, read):
    """Draw a row of cells on the ruler that it shares with others, its name before it."""
    left, pitch, length = panel.ruler
    cols, unit = panel.array.shape[1], (box.width - look.NAME) / length
    first, cell = box.x + look.NAME + left * unit, pitch * unit
    middle = box.y + look.STRIP / 2
    page.text(box.x + look.NAME - 8, middle, panel.title, fontsize=11, ha="right", va="center")
    _cells(page, panel, panel.array, (first, box.y, cols * cell, look.STRIP))
    _stripes(page, panel, (first, box.y), cell, look.STRIP)
    mark = {"color": look.ACCENT, "alpha": 0.45, "linewidth": 0}
    for col in (col for col in read if 0 <= col < cols):
        _rectangle(page, first + col * cell, box.y, cell, look.STRIP, **mark)


def _cells(page, panel, array, place):
    left, top, wide, high = place
    page.imshow(array, extent=(left, left + wide, top + high, top), aspect="auto", **_colours(panel))
    # A white map needs a frame on a white page.
    _rectangle(page, *place, fill=False, edgecolor=look.LINE, linewidth=1)


def _colours(panel):
    from matplotlib.colors import LinearSegmentedColormap

    stops = np.divide(look.SIGNED if panel.signed() else look.GREY, 255)
    low, high = _colour_ends(panel)
    return {"cmap": LinearSegmentedColormap.from_list("convlab", stops), "vmin": low, "vmax": high}


def _colour_ends(panel):
    low, high = panel.limits()
    return (low - 1, low) if panel.plain else (low, high)  # plain: all of it bright


def _legend(page, panel, box):
    """Draw the scale of colours below a map, with the numbers at its ends."""
    low, high = panel.limits()
    left, right, y = box.x, box.x + min(190, max(110, box.width)), box.y + box.height - 8
    least, most = places.short(low), places.short(high)
    page.text(left, y, least, fontsize=11, ha="left", va="center")
    page.text(right, y, most, fontsize=11, ha="right", va="center")
    extent = (left + 7 * len(least) + 5, right - 7 * len(most) - 5, y + 5, y - 5)
    page.imshow(np.linspace(low, high, 64)[None], extent=extent, aspect="auto", **_colours(panel))


def _numbers(page, panel, array, corner, cell):
    low, high = _colour_ends(panel)
    left, top = corner
    for (i, j), value in np.ndenumerate(array):
        bright = (float(value) - low) / ((high - low) or 1) > 0.46
        text = places.short(value)
        how = {"fontsize": min(15, 1.375 * cell / max(3, len(text))), "color": "black" if bright else "white"}
        x, y = left + (j + 0.5) * cell, top + (i + 0.5) * cell
        page.text(x, y, text, ha="center", va="center_baseline", **how)


def _stripes(page, panel, corner, cell, tall):
    """Draw stripes over padding, and over the rows and columns that no window reads."""
    (left, top), (_, rows, cols) = corner, panel.shape()
    above, below, before, after = panel.inset
    middle = rows - above - below
    padding = [(0, 0, above, cols), (rows - below, 0, below, cols)]
    padding += [(above, 0, middle, before), (above, cols - after, middle, after)]
    unread = [(row, 0, 1, cols) for row in panel.unread[0]]
    unread += [(0, col, rows, 1) for col in panel.unread[1]]
    for cells, colour in ((padding, look.PADDING), (unread, look.UNREAD)):
        for row, col, high, wide in cells:
            place = left + col * cell, top + row * tall, wide * cell, high * tall
            _rectangle(page, *place, fill=False, hatch="////", edgecolor=colour, linewidth=0)


def _rectangle(page, left, top, wide, high, **how):
    from matplotlib.patches import Rectangle

    page.add_patch(Rectangle((left, top), wide, high, **how))
