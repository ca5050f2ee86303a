import numpy as np
import pytest

from convlab import ConvlabError, images, labs, networks
from convlab.arithmetic.geometry import receptive_field, window_below
from convlab.labs.controls import OWN
from convlab.labs.receptive import DEEP, OPS
from convlab.labs.stack import LARGEST, NEW, STACKS, layers_of
from tests.labs.helpers import drive


def edit(lab, stack):
    texts = [str(v) for v in np.array(stack, float).T.ravel()]
    lab.view.edit = {"panel": "stack", "texts": texts, "count": id(texts)}


def rows_of(lab):
    return [[int(v) for v in row] for row in lab.controls["layers"].value[:, :, 0].T]


def stack_of(lab):
    preset = lab.controls["preset"].value
    return DEEP[preset]() if preset in DEEP else layers_of(lab.controls["layers"].value)


def inside(scene, name):
    """The panel without its padding."""
    panel = scene.panels[name]
    top, bottom, left, right = panel.inset
    height, width = panel.array.shape
    return panel.array[top : height - bottom, left : width - right]


def assert_shows_the_window(lab):
    """Photograph, strips and table say what `geometry` says, for the unit chosen at first."""
    scene, layers = lab.scene, stack_of(lab)
    size, jump, start = receptive_field(layers)[-1]
    _, _, row, col = scene.first_pick()
    margin = scene.panels["photo"].inset[0]
    reached = scene.windows_of(scene.first_pick())
    for unit, pixels in zip((row, col), reached["photo"], strict=True):
        assert [pixel - margin for pixel in pixels] == window_below(layers, unit)
    assert scene.tables["layers"][-1][5:8] == [str(size), str(jump), str(start).replace("-", "−")]
    if lab.controls["also"].value == "nothing more":
        return
    assert reached[scene.tables["layers"][-1][0]] == ([0], [col])
    strip = scene.panels["image"]
    on_strip = {pixel - strip.inset[2] for pixel in reached["image"][1]}
    n = lab.controls["size"].value
    # Strips stop at padding; what they reach on the image the formula must know, and no more.
    assert {pixel for pixel in on_strip if 0 <= pixel < n} <= set(window_below(layers, col))


@pytest.mark.parametrize("preset", [*STACKS, *DEEP])
def test_receptive_lab_every_preset(preset):
    lab = labs.receptive_lab(preset, also="every layer")
    assert lab.controls["preset"].value == preset
    assert not lab.view.problem
    assert_shows_the_window(lab)
    assert len(lab.scene.panels) <= 16


def test_receptive_lab_every_control():
    lab = labs.receptive_lab("3×3 with stride", also="every layer")
    shown = {}
    for name, value in drive(lab):
        if lab.view.problem:
            assert (name, value) == ("size", 8) or "Layer" in lab.view.problem
            continue
        assert_shows_the_window(lab)
        n = lab.controls["size"].value
        np.testing.assert_array_equal(
            inside(lab.scene, "photo"), images.square(images.load(lab.controls["image"].value), n)
        )
        shown.setdefault(name, set()).add(repr(lab.scene.tables) + str(lab.scene.panels["photo"].array.sum()))
    for name in ("image", "preset", "size", "depth"):
        assert len(shown[name]) > 1, f"{name} changes nothing"


def test_published_fields_are_in_the_tables():
    columns = {
        name: [row[5] for row in labs.receptive_lab(name).scene.tables["layers"][1:]]
        for name in (*STACKS, *DEEP)
    }
    # Araujo, Norris & Sim (2019), Distill, and its table of networks.
    assert columns["VGG-16 to pool5"] == ("1 3 5 6 10 14 16 24 32 40 44 60 76 92 100 132 164 196 212".split())
    assert columns["AlexNet to pool5"] == "1 11 19 51 67 99 131 163 195".split()
    assert columns["ResNet-50, stride on 1×1"][-1] == "483"
    assert columns["ResNet-50, stride on 3×3"][-1] == "427"


def test_padding_is_settled_in_one_move():
    lab = labs.receptive_lab(layers=[(3, 1, 0, 1), (5, 1, 0, 1)], size=24)
    before = lab.scene.tables["layers"][-1]
    edit(lab, [(3, 1, 2, 1), (5, 1, 0, 1)])
    after = lab.scene.tables["layers"][-1]
    assert before[5] == after[5] == "7"
    assert (before[7], after[7]) == ("0", "−2")
    assert (before[9], after[9]) == ("18", "22")
    assert lab.controls["preset"].value == OWN


def test_dilation_leaves_holes_and_says_so():
    lab = labs.receptive_lab("dilation 2-2-2")
    assert "reads only 7 of these 13 columns" in lab.scene.says
    assert lab.scene.tables["layers"][-1][8] == "7"
    lab.controls["preset"].value = "dilation 1-2-4"
    assert lab.scene.tables["layers"][-1][5] == lab.scene.tables["layers"][-1][8] == "15"
    assert "holes" not in lab.scene.says


def test_map_tells_how_much_of_each_window_is_image():
    lab = labs.receptive_lab("dilation 1-2-4", size=20)
    layers, shares = stack_of(lab), lab.scene.panels["top"].array
    for i, j in [(0, 0), (3, 10), (19, 19)]:
        rows, cols = (sum(0 <= p < 20 for p in window_below(layers, unit)) for unit in (i, j))
        assert shares[i, j] == pytest.approx(rows * cols / 15**2)


def test_strips_stop_at_padding():
    lab = labs.receptive_lab(layers=[(5, 1, 0, 1), (2, 1, 1, 10)], size=24, also="every layer")
    # Unit 0 reads units −1 and 9 below. −1 is padding, so pixels −1 … 3 never reach it.
    reached = lab.scene.windows_of(("top", 0, 0, 0))
    strip = lab.scene.panels["image"]
    assert [pixel - strip.inset[2] for pixel in reached["image"][1]] == list(range(9, 14))


def test_layers_are_added_on_top_and_taken_from_it():
    lab = labs.receptive_lab("dilation 1-2-4")
    lab.controls["depth"].value = 5
    assert rows_of(lab) == [*STACKS["dilation 1-2-4"], [*NEW], [*NEW]]
    lab.controls["depth"].value = 2
    assert rows_of(lab) == STACKS["dilation 1-2-4"][:2]
    lab.controls["preset"].value = "three 3×3"
    assert (rows_of(lab), lab.controls["depth"].value) == (STACKS["three 3×3"], 3)


@pytest.mark.parametrize(
    ("stack", "says"),
    [
        ([(3, 1, 1, 1), (99, 1, 1, 1)], "Layer 2: A kernel of 99 does not fit in an input of 32"),
        ([(3, 1.5, 1, 1)] * 2, "Layer 1: stride is 1.5. It must be a whole number; the nearest is 2."),
        ([(3, 0, 1, 1)] * 2, "Layer 1: stride is 0. The smallest legal value is 1."),
        ([(3, 1, -1, 1)] * 2, "Layer 1: padding is −1."),
        ([(3, 1, 1, 1000)] * 2, f"Layer 1: dilation is 1,000. The largest legal value is {LARGEST}"),
        ([(2, 32, 0, 1), (2, 1, 0, 1)], "Layer 2: A kernel of 2 does not fit in an input of 1"),
    ],
)
def test_what_does_not_fit_gets_a_sentence_and_the_last_good_picture(stack, says):
    lab = labs.receptive_lab(layers=[(3, 1, 1, 1)] * 2, size=32)
    good = lab.scene
    edit(lab, stack)
    assert lab.view.problem.startswith(says)
    assert lab.scene is good
    edit(lab, [(5, 1, 1, 1)] * 2)
    assert not lab.view.problem


@pytest.mark.parametrize("layers", [[], [(3, 1, 1, 1)] * 9])
def test_an_empty_or_endless_stack_is_refused(layers):
    with pytest.raises(ConvlabError, match="1 to 8"):
        labs.receptive_lab(layers=layers)


def columns_found(lab):
    return {row[0]: int(row[1]) for row in lab.scene.tables["proofs"][1:]}


@pytest.mark.parametrize("preset", [name for name in STACKS if "AlexNet" not in name])
@pytest.mark.parametrize("end", [0, 1])
def test_three_proofs_agree_for_weighted_sums(preset, end):
    lab = labs.proofs_lab(preset, size=40)
    last = lab.scene.panels["top"].array.shape[1] - 1
    for unit in (lab.scene.pick[3], end * last):
        lab.view.pick = {"panel": "top", "tile": 0, "row": 0, "col": unit}
        assert len(set(columns_found(lab).values())) == 1
        assert "All three agree" in lab.scene.says
        for name in ("poke", "gradient"):
            np.testing.assert_array_equal(
                lab.scene.panels[name].array != 0, lab.scene.panels["recurrence"].array != 0
            )


def test_proofs_lab_every_control():
    lab = labs.proofs_lab()
    for _ in drive(lab):
        assert not lab.view.problem
        found = columns_found(lab)
        assert found["poke"] <= found["recurrence"]
        assert found["gradient"] <= found["recurrence"]
        layers = layers_of(lab.controls["layers"].value)
        net = networks.one_channel(layers, OPS[lab.controls["op"].value], lab.controls["seed"].value)
        x = images.square(images.load(lab.controls["image"].value), lab.controls["size"].value).astype(float)
        x *= not lab.controls["zero"].value
        unit = (0, net.forward(x)[net.graph[-1].name].shape[1] // 2, lab.scene.pick[3])
        np.testing.assert_array_equal(
            lab.scene.panels["slope"].array, net.gradient(x, net.graph[-1].name, unit)[0]
        )


def test_what_fools_poke_and_gradient_is_said():
    lab = labs.proofs_lab("dilation 1-2-4", op="weighted sum, then ReLU", seed=6)
    assert columns_found(lab) == {"recurrence": 15, "poke": 3, "gradient": 3}
    assert "where a ReLU is off" in lab.scene.says
    lab.controls["seed"].value = 9
    assert set(columns_found(lab).values()) == {15}
    lab.controls["op"].value = "maximum (max-pool)"
    assert columns_found(lab)["gradient"] <= 1 < columns_found(lab)["poke"] < 15
    assert "a maximum lets only the largest" in lab.scene.says
    lab.controls["zero"].value = True
    assert columns_found(lab)["poke"] == 15  # any poke becomes the largest


def test_window_wider_than_the_image_cannot_be_poked():
    lab = labs.proofs_lab("dilation 1-2-4", size=8)
    assert "outside the image cannot be poked" in lab.scene.says
    assert set(columns_found(lab).values()) == {8}


def test_deep_networks_are_the_published_ones_without_branches():
    for where in ("3x3", "1x1"):
        plain = DEEP[f"ResNet-50, stride on {where.replace('x', '×')}"]()
        assert receptive_field(plain)[-1] == receptive_field(networks.resnet50(where), 224)[-3]
