import math

import numpy as np
import pytest

from convlab import labs
from convlab.arithmetic.geometry import Layer, cost, receptive_field, window_below
from convlab.labs.design import ALL, BUDGETS, LANGUAGES, SHAPE, STARTS
from tests.labs.helpers import drive

# One answer for each budget, found by hand.
ROOMY = [(3, 2, 1, 1, c, 1) for c in (16, 32, 64)] + [(3, 1, 1, 1, 64, 1)] * 4
QUICK = [
    (4, 4, 0, 1, 32, 1),
    (3, 2, 1, 1, 32, 1),
    (7, 1, 3, 1, 32, 32),
    (3, 1, 1, 1, 32, 32),
    (1, 1, 0, 1, 64, 1),
]
TINY = [
    (4, 4, 0, 1, 16, 1),
    (3, 2, 1, 1, 16, 1),
    (7, 1, 3, 1, 16, 16),
    (3, 1, 1, 1, 16, 16),
    (1, 1, 0, 1, 64, 1),
]

LIGHT = [(3, 2, 1, 1, 8, 1)] * 3 + [(3, 1, 1, 1, 8, 1)] * 2 + [(3, 1, 2, 2, 8, 1), (1, 1, 0, 1, 64, 1)]


def stack_of(rows):
    return np.array(rows, float).T[:, :, None]


def layers_of(stack):
    return [Layer(k, s, p, d, channels=c, groups=g) for k, s, p, d, c, g in stack[:, :, 0].T.astype(int)]


def edit(lab, texts):
    lab.view.edit = {"panel": "stack", "texts": texts, "count": id(texts)}


def typed(lab, layer, column, text):
    """Type into one box of the editor."""
    stack = lab.controls["layers"].value
    texts = [f"{value:g}" for value in stack.ravel()]
    texts[ALL.index(column) * stack.shape[1] + layer] = text
    edit(lab, texts)


def tables(lab):
    """The three tables, each a list of rows."""
    return [lab.scene.tables[name] for name in ("goals", "tries", "layers")]


def keep(lab, rows):
    lab.controls["layers"].value = stack_of(rows)
    lab.controls["keep"].click()


def assert_it_tells_the_truth(lab):
    """Panels, tables and words against the pure functions of `geometry`."""
    layers = layers_of(lab.controls["layers"].value)
    fields, costs = receptive_field(layers), cost(layers, SHAPE)
    reads, (depth, *sides) = len(window_below(layers, 0)), costs[-1].shape
    parameters, macs = (
        np.cumsum([0, *(getattr(one, name) for one in costs)]) for name in ("parameters", "macs")
    )
    panels, most = lab.scene.panels, BUDGETS[lab.controls["budget"].value]
    np.testing.assert_array_equal(panels["field"].array[1], [1, *(field.size for field in fields)])
    np.testing.assert_allclose(
        panels["parameters"].array[1:], [parameters / 1e3, [most[0] / 1e3] * len(parameters)]
    )
    np.testing.assert_allclose(panels["macs"].array[1:], [macs / 1e6, [most[1] / 1e6] * len(macs)])
    reached = [
        fields[-1].size >= 64, reads == fields[-1].size, depth >= 64, min(sides) >= 16,
        parameters[-1] <= most[0], macs[-1] <= most[1],
    ]  # fmt: skip
    goals, _, table = tables(lab)
    assert [row[3] == "✓" for row in goals[1:]] == reached
    assert [row[1] for row in table[2:]] == ["×".join(map(str, one.shape)) for one in costs]
    assert [row[4:] for row in table[2:]] == [[f"{one.parameters:,}", f"{one.macs:,}"] for one in costs]
    assert ("All goals are reached" in lab.scene.says) == all(reached)
    assert f"{parameters[-1]:,} parameters, {macs[-1]:,} multiply-adds" in lab.scene.says


@pytest.mark.parametrize("preset", STARTS)
def test_every_control_tells_the_truth(preset):
    lab = labs.design_lab(preset=preset)
    seen = {}
    for name, _ in drive(lab):
        assert not lab.view.problem
        assert_it_tells_the_truth(lab)
        arrays = [panel.array.tobytes() for panel in lab.scene.panels.values()]
        seen.setdefault(name, set()).add((*arrays, lab.scene.tables["program"]))
    assert all(len(found) > 1 for found in seen.values())


def test_each_start_misses_for_its_own_reason():
    misses = {}
    for preset in STARTS:
        goals, *_ = tables(labs.design_lab(preset=preset))
        misses[preset] = [row[0] for row in goals[1:] if row[3] != "✓"]
    assert misses == {
        "eight plain 3×3": ["field (px)", "multiply-adds"],
        "five with stride 2": ["field (px)", "map on top"],
        "one huge kernel": ["parameters"],
        "one dilated kernel": ["columns it reads"],
    }


@pytest.mark.parametrize(("budget", "rows"), list(zip(BUDGETS, [ROOMY, LIGHT, QUICK, TINY], strict=True)))
def test_every_budget_can_be_kept(budget, rows):
    lab = labs.design_lab(budget, layers=rows)
    assert_it_tells_the_truth(lab)
    assert f"of the budget “{budget}”" in lab.scene.says


def test_a_unit_shows_its_window_on_the_photograph():
    lab = labs.design_lab(layers=ROOMY)
    (link,), top, photo = lab.scene.links, lab.scene.panels["top"], lab.scene.panels["photo"]
    margin, layers = photo.inset[0], layers_of(stack_of(ROOMY))
    for unit in (0, 7, 15):
        columns = [column + margin for column in window_below(layers, unit)]
        assert lab.scene.windows_of(("top", 0, 0, unit))["photo"][1] == columns
        inside = [column for column in columns if margin <= column < margin + 128]
        assert math.isclose(top.array[0, unit], len(inside) / len(columns))
        assert columns[0] >= 0 and columns[-1] < photo.array.shape[1]
    assert link.op == "window"


def test_the_board_compares_and_stars_the_best_within_each_budget():
    lab = labs.design_lab(preset="five with stride 2")
    assert tables(lab)[1] == [["try"], ["none kept so far"]]
    lab.controls["keep"].click()
    for rows in (QUICK, LIGHT, TINY):
        keep(lab, rows)
    header, *board = tables(lab)[1]
    assert [row[0] for row in board] == ["try 1", "try 2", "try 3", "try 4"]
    assert [row[header.index("goals")] for row in board] == ["2 of 4", "4 of 4", "4 of 4", "4 of 4"]
    within = ["–", "roomy, quick", "roomy ★, light ★, quick", "roomy, light, quick ★, tiny ★"]
    assert [row[-1] for row in board] == within
    for name, rows in (("try 2", QUICK), ("try 1", STARTS["five with stride 2"])):
        lab.controls["preset"].value = name
        np.testing.assert_array_equal(lab.controls["layers"].value, stack_of(rows))
        assert_it_tells_the_truth(lab)
    assert len(tables(lab)[1]) == 5


def test_the_star_goes_to_the_smallest_share_of_the_budget():
    lab = labs.design_lab(layers=TINY)
    for rows in (TINY, LIGHT, QUICK):
        keep(lab, rows)
    for budget, (parameters, macs) in BUDGETS.items():
        shares = []
        for rows in (TINY, LIGHT, QUICK):
            costs = cost(layers_of(stack_of(rows)), SHAPE)
            share = max(sum(c.parameters for c in costs) / parameters, sum(c.macs for c in costs) / macs)
            shares.append(share)
        board, word = tables(lab)[1][1:], budget.split()[0]
        for row, share in zip(board, shares, strict=True):
            assert (word in row[-1]) == (share <= 1)
            assert (f"{word} ★" in row[-1]) == (share == min(shares) and share <= 1)


def test_a_try_is_kept_once_and_an_illegal_one_not_at_all():
    lab = labs.design_lab()
    for _ in range(2):
        lab.controls["keep"].click()
    assert list(lab.controls["tries"].value) == ["try 1"]
    assert lab.controls["preset"].value == "try 1"
    typed(lab, 0, "channels", "0")
    lab.controls["keep"].click()
    assert "channels is 0" in lab.view.problem and list(lab.controls["tries"].value) == ["try 1"]


def test_two_labs_share_nothing():
    one, two = labs.design_lab(), labs.design_lab()
    one.controls["keep"].click()
    assert tables(two)[1] == [["try"], ["none kept so far"]]
    assert "try 1" not in two.controls["preset"].options and "try 1" not in STARTS
    keep(two, TINY)
    assert tables(one)[1][1][1] == "8" and tables(two)[1][1][1] == "5"


@pytest.mark.parametrize(
    ("layer", "column", "text", "sentence"),
    [
        (
            1,
            "groups",
            "3",
            "Layer 2: groups is 3. It must divide the 16 input channels and the 32 filters; the ",
        ),
        (2, "channels", "0", "Layer 3: channels is 0. The smallest legal value is 1."),
        (0, "kernel", "0", "Layer 1: kernel is 0. The smallest legal value is 1."),
        (0, "stride", "1.5", "Layer 1: stride is 1.5. It must be a whole number; the nearest is 2."),
        (
            4,
            "kernel",
            "11",
            "Layer 5: A kernel of 11 does not fit in an input of 8: out = ⌊(8 + 2·1 − 11)/2⌋ + 1",
        ),
        (0, "kernel", "100", "Layer 1: kernel is 100. The largest legal value is 99."),
        (0, "channels", "4096", "Layer 1: channels is 4,096. The largest legal value is 2,048."),
        (3, "padding", "one", "“one” in row 3, column 0 of part 2 of the stack is not a number"),
        (3, "dilation", "-1", "Layer 4: dilation is −1. The smallest legal value is 1."),
    ],
)
def test_a_bad_entry_is_a_sentence_and_picture_board_and_program_stay(layer, column, text, sentence):
    lab = labs.design_lab(preset="five with stride 2")
    lab.controls["keep"].click()
    good, program = lab.scene, lab.scene.tables["program"]
    typed(lab, layer, column, text)
    assert sentence in lab.view.problem
    assert lab.scene is good and lab.scene.tables["program"] == program
    typed(lab, layer, column, "2" if column != "padding" else "1")
    assert not lab.view.problem and lab.scene is not good


def test_layers_are_added_and_taken_away():
    lab = labs.design_lab(preset="one huge kernel")
    lab.controls["depth"].value = 3
    assert lab.controls["layers"].value[:, 1:, 0].T.tolist() == [[3, 1, 1, 1, 64, 1]] * 2
    assert lab.controls["preset"].value == "your own"
    assert_it_tells_the_truth(lab)
    lab.controls["depth"].value = 1
    np.testing.assert_array_equal(lab.controls["layers"].value, stack_of(STARTS["one huge kernel"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_is_that_of_the_picture(language):
    lab = labs.design_lab(layers=TINY)
    lab.controls["language"].value = language
    for rows in (TINY, ROOMY):
        lab.controls["layers"].value = stack_of(rows)
        text = lab.scene.tables["program"]
        assert text == LANGUAGES[language](layers_of(stack_of(rows)), SHAPE)


def test_where_nothing_is_live_there_is_a_picture_with_its_numbers():
    data, metadata = labs.design_lab(layers=TINY)._repr_mimebundle_()
    assert data["image/png"][:4] == b"\x89PNG" and len(data["image/png"]) < 150_000
    assert "5,152 parameters, 1,875,968 multiply-adds. All goals are reached" in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"].replace("design_lab:", "design_lab.")
