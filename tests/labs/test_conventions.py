import itertools
import math

import numpy as np
import pytest

from convlab import labs
from convlab.arithmetic import ops
from convlab.networks.programs import conventions


def sizes(lab):
    return [int(line[2]) for line in lab.scene.tables["calls"][1:]]


def test_224_pixels_in_pytorch_and_in_tensorflow():
    lab = labs.conventions_lab(224, 7, 2, 3)
    torch, keras, *_ = lab.scene.tables["calls"][1:]
    assert torch[1:3] == ["3 + 3", "112"] and keras[1:3] == ["2 + 3", "112"]
    assert "the first windows start at −3 and −2" in lab.scene.says
    assert "F.pad(x, (2, 3, 2, 3)), then padding=0" in lab.scene.says


@pytest.mark.parametrize(
    ("n", "k", "s", "p", "expected"),
    [
        (28, 3, 2, 0, [13, 14, 13, 14]),
        (227, 11, 4, 0, [55, 57, 55, 55]),
        (224, 11, 4, 0, [54, 56, 54, 55]),
        (5, 2, 2, 0, [2, 3, 2, 3]),
        (112, 3, 2, 1, [56, 56, 56, 57]),  # the pooling of ResNet, with ceil_mode
        (7, 3, 1, 1, [7, 7, 7, 7]),
        (50, 3, 2, 4, [28, 25, 28, 28]),
    ],
)
def test_sizes(n, k, s, p, expected):
    lab = labs.conventions_lab(n, k, s, p)
    assert sizes(lab) == expected
    assert ("Ceil mode changes nothing here" in lab.scene.says) == (expected[2] == expected[3])


def test_every_row_is_what_its_own_call_gives():
    """The convlab calls of the table are run; those of the frameworks name the same numbers."""
    for n, k, s, p, d in itertools.product((7, 12, 28), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2)):
        if n + 2 * p < d * (k - 1) + 1 or p > d * (k - 1) // 2:
            continue
        x, w = np.arange(n * n, dtype=float).reshape(n, n), np.ones((k, k))
        scope = {"x": x, "w": w, "conv2d": ops.conv2d, "max_pool2d": ops.max_pool2d}
        for name, (pads, windows, theirs, ours) in conventions(n, k, s, p, d).items():
            y = eval(ours, scope)
            assert y.shape == (len(windows.starts),) * 2, (name, ours)
            assert -windows.starts[0] == pads[0]
            for number in (k, s, p, d):
                assert str(number) in theirs + "1 0" or name == "Keras same" and number == p
        assert len(conventions(n, k, s, p, d)["Keras same"][1].starts) == math.ceil(n / s)


@pytest.mark.parametrize("numbers", [(12, 3, 2, 1), (7, 1, 2, 0)])
def test_the_picture_puts_each_output_over_its_window(numbers):
    scene = labs.conventions_lab(*numbers).scene
    before, (first, _, whole) = scene.panels["input"].inset[2], scene.panels["input"].ruler
    for link in scene.links:
        panel = scene.panels[link.target]
        starts, taps = link.cols
        left, pitch, length = panel.ruler
        assert length == whole and left >= 0 and left + pitch * len(starts) <= whole
        for j, start in enumerate(starts):
            middle = left + (j + 0.5) * pitch - first
            assert middle == start + len(taps) / 2
            assert panel.array[0, j] == start - starts[0]
        assert scene.tables["calls"][1 + scene.links.index(link)][3].startswith(
            str(starts[0] - before).replace("-", "−")
        )


def test_what_a_framework_refuses_is_said():
    assert "Keras refuses a stride and a dilation" in labs.conventions_lab(28, 3, 2, 0, 2).scene.says
    assert "PyTorch's pooling refuses" in labs.conventions_lab(28, 3, 2, 2).scene.says


@pytest.mark.parametrize(("control", "value"), [("stride", 0), ("dilation", 0), ("kernel", 100), ("n", 1)])
def test_an_illegal_number_is_a_sentence_and_the_table_stays(control, value):
    lab = labs.conventions_lab(28, 3, 2, 0)
    good = lab.scene
    lab.controls[control].value = value
    assert lab.view.problem.endswith(".") and lab.scene is good


def test_the_largest_numbers_are_drawn():
    lab = labs.conventions_lab(1000, 100, 1, 100, 5)
    assert not lab.view.problem and sizes(lab)[1] == 1000
