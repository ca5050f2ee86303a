"""The stored picture: arranged as the lab says, 1000 pixels wide, small; nothing over another or cut."""

import io

import numpy as np
import pytest
from PIL import Image

from convlab import labs
from convlab.checks.cover import covered
from convlab.view import look, places, plots
from convlab.view.scene import Grid, Scene

MOST = 150_000


@pytest.fixture(scope="module", params=labs.__all__)
def scene(request):
    return getattr(labs, request.param)().scene


def test_a_stored_picture_is_1000_pixels_wide_and_small(scene):
    png = plots.draw_scene(scene, "words").png
    assert Image.open(io.BytesIO(png)).width == 1000 and len(png) < MOST


def test_nothing_lies_over_another_or_beyond_the_edge(scene):
    for one in (scene, covered(scene, "How many?")):
        spans = []
        for box in places.arrange(one).values():
            top = box.y - places.LINE * len([line for line in box.title if line])
            assert box.x >= 0 and top >= 0 and box.x + box.width <= places.WIDTH + 1e-6
            spans.append((box.x, top, box.x + box.width, box.y + box.height))
        for k, (left, top, right, bottom) in enumerate(spans):
            for other in spans[k + 1 :]:
                assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_panels_stand_as_the_lab_says(scene):
    """Names of a row from left to right, those of a column below each other, rows from top to bottom."""
    boxes, end = places.arrange(scene), 0
    programs = {name for name, table in scene.tables.items() if isinstance(table, str)}
    named = {name for row in scene.arrangement() for column in row for name in column}
    assert set(boxes) == (named | set(scene.tables)) - programs
    for row in scene.arrangement():
        columns = [[boxes[name] for name in column if name in boxes] for column in row]
        columns = [column for column in columns if column]
        for column in columns:
            assert len({box.x for box in column}) == 1
            assert [box.y for box in column] == sorted(box.y for box in column)
        heads = [(column[0].y, column[0].x) for column in columns]  # a row may be broken into several
        assert heads == sorted(heads) and all(y >= end for y, _ in heads)
        end = max((box.y for column in columns for box in column), default=end)


def test_numbers_and_photographs_can_be_read(scene):
    for name, box in places.arrange(scene).items():
        panel = scene.panels.get(name)
        if not isinstance(panel, Grid) or panel.ruler:
            continue
        tiles, rows, cols = panel.shape()
        if box.numbers:
            longest = max(len(places.short(value)) for value in panel.array.flat)
            assert box.cell >= 24 and 1.375 * box.cell / max(3, longest) >= 10.9
        elif tiles == 1 and max(rows, cols) > 40:
            assert max(rows, cols) * box.cell >= 200 - 1e-6


def test_a_large_scene_keeps_its_file_small():
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    panels = {str(k): Grid(noise, "noise", "rgb") for k in range(2)}
    assert len(plots.draw_scene(Scene(panels), "noise").png) < MOST


def test_numbers_without_room_become_colours_the_last_first():
    wide = {name: Grid(np.arange(256.0).reshape(16, 16), name) for name in "abc"}
    boxes = places.arrange(Scene(wide, rows=["ab", "c"]))
    assert [boxes[name].numbers for name in "abc"] == [True, True, False]


def ink(scene, colour):
    """Where a picture has a colour of `look`, (rows, columns) of bool."""
    picture = np.asarray(Image.open(io.BytesIO(plots.draw_scene(scene, "").png)).convert("RGB"), int)
    return np.abs(picture - [int(colour[k : k + 2], 16) for k in (1, 3, 5)]).sum(axis=2) < 30


def test_the_frame_around_the_chosen_cell_and_its_window_is_where_the_scene_says():
    lab = labs.sliding_lab()
    boxes = places.arrange(lab.scene)
    rows, cols = np.nonzero(ink(lab.scene, look.ACCENT)[:, : int(boxes["input"].x + boxes["input"].width)])
    side = 3 * boxes["input"].cell
    assert abs(np.ptp(rows) - side) <= 4 and abs(np.ptp(cols) - side) <= 4


def test_a_row_on_a_ruler_has_red_stripes_where_no_window_reads():
    row = Grid(np.zeros((1, 20)), "row", unread=((), (5, 6)), ruler=(0, 1, 20))
    _, cols = np.nonzero(ink(Scene({"row": row}), look.UNREAD))
    box = places.arrange(Scene({"row": row}))["row"]
    cell, left = (box.width - look.NAME) / 20, box.x + look.NAME
    assert left + 5 * cell < cols.mean() < left + 7 * cell + 12 and np.ptp(cols) > 1.5 * cell
