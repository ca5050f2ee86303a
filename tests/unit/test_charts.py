"""Charts of the still picture: names, round ticks, labels that keep apart, boxes to scale."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from convlab import networks
from convlab.arithmetic.geometry import cost
from convlab.view import charts
from convlab.view.scene import Curve, Tower

AXES = ("way (m)", "time (s)")
SHAPES = np.array([(3, 224, 224), *(one.shape for one in cost(networks.vgg16(), (3, 224, 224)))])


def drawn(draw, panel):
    figure = Figure(figsize=(5, 3.2), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    draw(figure.subplots(), panel)
    canvas.draw()
    return figure, canvas.get_renderer()


@pytest.mark.parametrize("seed", range(30))
def test_labels_keep_apart_in_their_order_and_inside(seed):
    random = np.random.default_rng(seed)
    heights = random.random(random.integers(1, 9)) ** 3
    places = charts.apart(heights, 0.1)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(np.array(places)[order]) >= 0.1 - 1e-9).all()
    assert min(places) >= -1e-9 and max(places) <= 1 + 1e-9
    if len(heights) == 1 or np.diff(heights[order]).min() >= 0.1:
        np.testing.assert_allclose(places, heights)


def test_names_at_the_ends_of_lines_do_not_overlap_and_nothing_is_cut_off():
    series = {f"line {k}": [0, 5 + 0.01 * k] for k in range(4)}
    figure, renderer = drawn(charts.curves, Curve([0, 60], series, "", AXES))
    boxes = [Text.get_window_extent(one, renderer) for one in figure.axes[0].texts]  # without the leader
    assert len(boxes) == 4 and [one.get_text() for one in figure.axes[0].texts] == list(series)
    spans = sorted((box.y0, box.y1) for box in boxes)
    assert all(below[1] <= above[0] for below, above in zip(spans, spans[1:], strict=False))
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


@pytest.mark.parametrize("most", [7, 60, 430, 0.3, 1234567])
def test_ticks_go_in_steps_of_one_two_or_five(most):
    x = np.linspace(0, most, 50)
    figure, _ = drawn(charts.curves, Curve(x, {"": x}, "", AXES))
    (box,) = figure.axes
    assert (box.get_xlabel(), box.get_ylabel()) == (f"{AXES[0]} →", f"↑ {AXES[1]}")
    for ticks in (box.get_xticks(), box.get_yticks()):
        step = np.diff(ticks)
        np.testing.assert_allclose(step, step[0])
        assert round(step[0] / 10 ** np.floor(np.log10(step[0]) + 1e-9), 6) in (1, 2, 5)
        assert 3 <= sum((0 <= ticks) & (ticks <= most)) <= 8


def test_few_points_have_a_dot_and_a_tick_each_where_there_is_room():
    figure, _ = drawn(charts.curves, Curve([1, 2, 4, 8, 16, 32], {"": range(6)}, "", AXES))
    assert list(figure.axes[0].lines[0].get_xdata()) == [1, 2, 4, 8, 16, 32]
    assert figure.axes[0].lines[0].get_marker() == "o"
    assert sorted(figure.axes[0].get_xticks()) == [2, 4, 8, 16, 32]


def test_a_log_axis_has_decades():
    figure, _ = drawn(charts.curves, Curve(range(7), {"": 10.0 ** -np.arange(7)}, "", AXES, log=True))
    decades = np.log10(figure.axes[0].get_yticks())
    np.testing.assert_allclose(decades, np.round(decades))


def test_bars_are_rows_on_one_scale_with_the_names_below():
    panel = Curve(range(3), {"a": [1, 2, 3], "b": [6, 0, 1]}, "", AXES, mark=1, bars=["p", "q", "r"])
    figure, _ = drawn(charts.bars, panel)
    rows = figure.axes
    assert len(rows) == 2 and len({row.get_ylim() for row in rows}) == 1
    for row, heights in zip(rows, panel.series.values(), strict=True):
        assert [bar.get_height() for bar in row.patches[:3]] == heights
    assert [one.get_text() for one in rows[-1].get_xticklabels()] == ["p", "q", "r"]
    assert (rows[-1].get_xlabel(), rows[0].get_ylabel()) == (f"{AXES[0]} →", f"↑ {AXES[1]}")


def test_boxes_are_to_scale():
    faces = charts.boxes(SHAPES, 1000, 200)
    channels, high, deep = SHAPES.T
    front = faces[:, 0]
    areas = np.ptp(front[..., 0], axis=1) ** 2 / channels
    np.testing.assert_allclose(areas, areas[0])
    large = high > 10
    tall, back = np.ptp(front[..., 1], axis=1), np.ptp(faces[:, 2, :, 0], axis=1)
    assert np.ptp((tall / high)[large]) < 1e-9 and np.ptp((back / deep)[large]) < 1e-9
    assert (tall >= 4).all()  # a map of one pixel can still be seen
    assert faces[..., 0].min() >= 0 and faces[..., 0].max() <= 1000
    assert np.ptp(faces[..., 1]) <= 200 + 1e-9
    middles = faces[:, 0].mean(axis=1) + faces[:, 2].mean(axis=1)
    assert (np.diff(middles[:, 0]) > 0).all() and (np.diff(front[:, :2, 0]) > 0).all()


def test_the_tower_names_every_sort_of_layer_and_shapes_do_not_overlap():
    kinds = ["image", *("pool" if name.name.startswith("pool") else "conv" for name in networks.vgg16())]
    figure, renderer = drawn(charts.tower, Tower(SHAPES, [str(k) for k in range(22)], kinds, "", mark=5))
    (box,) = figure.axes
    assert [one.get_text() for one in box.get_legend().get_texts()] == [
        "image",
        "conv",
        "pool",
        "5: 128×112×112",
    ]
    texts = {one.get_text() for one in box.texts}
    assert texts <= {"×".join(map(str, shape)) for shape in SHAPES} and "1000×1×1" in texts
