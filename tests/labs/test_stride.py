import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convlab import labs
from convlab.arithmetic.geometry import windows
from convlab.errors import ConvlabError
from convlab.labs.windows import OWN, axis_of
from tests.labs.helpers import assert_links_tell_the_truth, drive

OPS = {"sum of the window": np.sum, "max pooling": np.max, "mean pooling": np.mean}
RULES = [OWN, "valid", "same", "full"]
SIZES = range(1, 29)
KERNELS, STRIDES, DILATIONS, PADS = range(1, 10), range(6), range(5), range(7)


def shape(lab):
    return lab.scene.panels["output"].array.shape


def margins_of(n, k, s, d, p, rule):
    """Padding before and after, as the definitions of the rules say."""
    if rule == "valid":
        return 0, 0
    if rule == "full":
        return (d * (k - 1),) * 2
    if rule == "same":
        total = max(0, (math.ceil(n / s) - 1) * s + d * (k - 1) + 1 - n)
        return total // 2, total - total // 2
    return p, p


def walk(n, k, s, d, before, after):
    """Every window along one axis, found by walking: lists of positions in the padded input."""
    length, span = n + before + after, d * (k - 1) + 1
    return [list(range(i, i + span, d)) for i in range(0, length - span + 1, s)]


@pytest.mark.parametrize(
    ("i", "k", "s", "p", "d", "o"),
    [  # Dumoulin & Visin (2016), figures of sections 2, 4 and 5.1
        (4, 3, 1, 0, 1, 2),
        (5, 4, 1, 2, 1, 6),
        (5, 3, 1, 1, 1, 5),
        (5, 3, 1, 2, 1, 7),
        (5, 3, 2, 0, 1, 2),
        (5, 3, 2, 1, 1, 3),
        (6, 3, 2, 1, 1, 3),
        (7, 3, 1, 0, 2, 3),
        # Krizhevsky et al. (2012), AlexNet, layer by layer, on 227 pixels or on 224 with padding 2
        (227, 11, 4, 0, 1, 55),
        (224, 11, 4, 2, 1, 55),
        (55, 3, 2, 0, 1, 27),
        (27, 5, 1, 2, 1, 27),
        (27, 3, 2, 0, 1, 13),
        (13, 3, 1, 1, 1, 13),
        (13, 3, 2, 0, 1, 6),
        (224, 11, 4, 0, 1, 54),
        (54, 3, 2, 0, 1, 26),
        (12, 3, 2, 0, 1, 5),
        # the documentation of torch.nn.Conv2d: (50, 100) with kernel (3, 5), stride (2, 1), padding (4, 2)
        (50, 3, 2, 4, 1, 28),
        (100, 5, 1, 2, 1, 100),
        (28, 3, 2, 0, 1, 13),
        (224, 7, 2, 3, 1, 112),
    ],
)
def test_published_sizes(i, k, s, p, d, o):
    lab = labs.stride_lab(i, k, s, p, d)
    assert shape(lab) == (o, o)
    assert f"= {o}." in lab.scene.says


def test_height_and_width_apart():
    lab = labs.stride_lab((50, 100), 3, 2)
    assert shape(lab) == (24, 49)  # torch.nn.Conv2d(16, 33, 3, stride=2) in its documentation
    assert "Height: ⌊(50" in lab.scene.says and "Width: ⌊(100" in lab.scene.says


def test_tensorflow_same_pads_two_before_and_three_after():
    lab = labs.stride_lab(224, 7, 2, "same")
    assert shape(lab) == (112, 112)
    assert lab.scene.panels["input"].inset == (2, 3, 2, 3)
    assert "224 + 2 + 3" in lab.scene.says


def test_published_values():
    lab = labs.stride_lab(5, 3, 1, 1)  # the example of the ONNX operator Conv
    expected = [
        [12, 21, 27, 33, 24],
        [33, 54, 63, 72, 51],
        [63, 99, 108, 117, 81],
        [93, 144, 153, 162, 111],
        [72, 111, 117, 123, 84],
    ]
    np.testing.assert_array_equal(lab.scene.panels["output"].array, expected)
    lab.controls["padding"].value = "valid"
    np.testing.assert_array_equal(lab.scene.panels["output"].array, np.array(expected)[1:-1, 1:-1])


def test_how_often_each_pixel_is_read():
    lab = labs.stride_lab(8, 3, 1, also="times read")
    reads = lab.scene.panels["reads"].array
    assert reads[0, 0] == reads[-1, -1] == 1  # corner
    assert (reads[0, 2:-2] == 3).all() and (reads[2:-2, -1] == 3).all()  # edge
    assert (reads[2:-2, 2:-2] == 9).all()
    assert "top left corner 1, top edge up to 3, whole input up to 9" in lab.scene.says
    lab.controls["padding"].value = "full"
    assert (lab.scene.panels["reads"].array == 9).all()


def test_why_28_pixels_give_13():
    lab = labs.stride_lab(28, 3, 2, also="one row")
    says, panels = lab.scene.says, lab.scene.panels
    assert "⌊25/2⌋ + 1 = ⌊12.5⌋ + 1 = 12 + 1 = 13" in says  # whoever says 13.5 meets the floor
    assert "One more window would start at column 26 and need column 28, but the last is 27." in says  # 14
    assert "Never read (red stripes): column 27." in says
    assert panels["input"].unread == ([27], [27]) and panels["strip"].unread[1] == [27]
    assert lab.scene.tables["rule"][2][3] == "column 27"
    lab.controls["p"].value = 1
    assert shape(lab) == (14, 14) and "column 28 of the padding" in lab.scene.says


@pytest.mark.parametrize("kernel", [1, 5])
def test_a_long_row_has_each_output_over_its_window(kernel):
    panels = labs.stride_lab(20, kernel, 3, also="one row").scene.panels
    (first, _, whole), (left, pitch, length) = panels["strip"].ruler, panels["strip_output"].ruler
    assert length == whole and left + pitch / 2 - first == kernel / 2 and pitch == 3
    assert left >= 0 and left + pitch * panels["strip_output"].shape()[2] <= whole


@pytest.mark.parametrize("op", OPS)
def test_every_control_at_its_ends_and_middle(op):
    lab = labs.stride_lab((12, 11), 4, 2, op=op, also="everything")
    outputs = {}
    for name, _ in drive(lab):
        if not lab.view.problem:
            assert_links_tell_the_truth(lab.scene)
        outputs.setdefault(name, set()).add(lab.scene.panels["output"].array.tobytes())
    assert len(outputs.pop("also")) == 1  # what else is shown changes no number
    assert all(len(found) > 1 for found in outputs.values())


@pytest.mark.parametrize(
    ("control", "value", "sentence"),
    [
        ("stride", 0, "stride is 0. The smallest legal value is 1."),
        ("dilation", 0, "dilation is 0. The smallest legal value is 1."),
        ("kernel", 9, "⌊(7 + 2·0 − 9)/2⌋ + 1 = 0. The largest kernel that fits is 7"),
        ("width", 1, "⌊(1 + 2·0 − 3)/2⌋ + 1 = 0"),
    ],
)
def test_an_illegal_corner_is_a_sentence_and_the_picture_stays(control, value, sentence):
    lab = labs.stride_lab()
    good, before = lab.scene, lab.controls[control].value
    lab.controls[control].value = value
    assert sentence in lab.view.problem
    assert lab.scene is good
    lab.controls[control].value = before
    assert not lab.view.problem


def test_the_padding_slider_waits_while_a_rule_decides():
    lab = labs.stride_lab(7, 3, 1, "full")
    assert lab.controls["p"].disabled and shape(lab) == (9, 9)
    lab.controls["padding"].value = OWN
    assert not lab.controls["p"].disabled and shape(lab) == (5, 5)


def every_axis():
    """Every setting along one axis, once: (size, kernel, stride, dilation, margins)."""
    rules = [(p, OWN) for p in PADS] + [(0, rule) for rule in RULES[1:]]
    for n, k, s, d in itertools.product(SIZES, KERNELS, STRIDES, DILATIONS):
        for margins in {margins_of(n, k, s, d, *rule) for rule in rules} if s and d else {(0, 0)}:
            yield n, k, s, d, margins


def test_every_setting_of_one_axis():
    """All 75,600 settings along one axis: the windows are those found by walking, or none fits.

    A setting has a padding or a rule, but the axis depends only on the margins these give: each is walked
    once. Without a stride or a dilation a rule gives none, and (0, 0) stands for all ten.
    """
    legal = 0
    for n, k, s, d, margins in every_axis():
        found = walk(n, k, s, d, *margins) if s and d else []
        if not found:
            with pytest.raises(ConvlabError):
                windows(n, k, stride=s, padding=margins, dilation=d)
            continue
        axis = axis_of(n, margins, windows(n, k, stride=s, padding=margins, dilation=d))
        starts, taps = axis.places
        assert len(starts) == len(found)
        assert [start + tap for start in starts for tap in taps] == sum(found, [])
        counts = np.bincount(sum(found, []), minlength=n + sum(margins))
        assert axis.unread == np.flatnonzero(counts == 0).tolist()
        assert axis.counts.tolist() == counts[margins[0] : margins[0] + n].tolist()
        assert axis.formula.endswith(f"= {len(found)}")
        legal += 1
    assert legal > 33_000


def picture_or_sentence(height, width, k, s, d, p, rule, op):
    """Draw one state: is the picture right, or the sentence due? Return whether there was a picture."""
    state = {"height": height, "width": width, "kernel": k, "stride": s, "dilation": d, "p": p}
    axes = []
    if s and d:
        margins = [margins_of(n, k, s, d, p, rule) for n in (height, width)]
        axes = [walk(n, k, s, d, *pads) for n, pads in zip((height, width), margins, strict=True)]
    try:
        scene = labs.stride_lab.draw(**state, padding=rule, op=op, also="everything")
    except ConvlabError as error:
        assert len(str(error)) > 20 and str(error).endswith(".")
        nothing = not axes or not all(axes)
        only_padding = op != "sum of the window" and any(
            not any(before <= i < before + n for i in window)
            for n, (before, _), found in zip((height, width), margins if axes else [], axes, strict=False)
            for window in found
        )
        assert nothing or only_padding
        return False
    x = np.pad(np.arange(height * width).reshape(height, width), margins)
    expected = [[OPS[op](x[np.ix_(r, c)]) for c in axes[1]] for r in axes[0]]
    np.testing.assert_allclose(scene.panels["output"].array, expected, atol=1e-9)
    np.testing.assert_array_equal(scene.panels["input"].array, x)
    assert scene.says.startswith(f"Input {height}×{width}, output {len(axes[0])}×{len(axes[1])}. ")
    return True


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_every_setting_of_a_square_is_a_right_picture_or_a_sentence(n):
    ops = itertools.cycle(OPS)
    pads = [(p, OWN) for p in PADS] + [(0, rule) for rule in RULES[1:]]
    outcomes = [
        picture_or_sentence(n, n, k, s, d, p, rule, next(ops))
        for k, s, d, (p, rule) in itertools.product(KERNELS, STRIDES, DILATIONS, pads)
    ]
    assert any(outcomes) and not all(outcomes)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SIZES),
    st.sampled_from(SIZES),
    st.sampled_from(KERNELS),
    st.sampled_from(STRIDES),
    st.sampled_from(DILATIONS),
    st.sampled_from(PADS),
    st.sampled_from(RULES),
    st.sampled_from(list(OPS)),
)
def test_any_height_and_width_is_a_right_picture_or_a_sentence(height, width, k, s, d, p, rule, op):
    picture_or_sentence(height, width, k, s, d, p, rule, op)
