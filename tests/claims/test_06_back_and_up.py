"""What notebook 06 says of its pictures."""

import re

import numpy as np

from convlab import conv2d, conv_transpose2d, labs, relu
from convlab.arithmetic.backward import conv_matrix
from tests.claims.helpers import claims

states = claims("06_back_and_up")


def ripple(kernel, stride, way=1):
    """In percent, as the lab says it: of the stamps (1), or of the repeated pixels (2)."""
    says = labs.checkerboard_lab("one even grey", kernel=kernel, stride=stride).scene.says
    return int(re.search(r"ripples by (\d+)% .* pixels by (\d+)%", says)[way])


def gradient(share, weights=0.7, depth=20):
    """How large it is beside the output's, and the share of the field that it fills, in percent."""
    scene = labs.skip_lab(share, weights, depth).scene
    filled = re.search(r"(\d+)% of it", scene.says)[1]
    return scene.panels["sizes"].series["yours"][depth], int(filled)


@states("The corner cell is stamped once. The cell in row 2, column 2 is stamped four times.")
def test_stamps_overlap():
    lab = labs.transposed_lab(n=3, kernel=3, stride=2)
    counts = np.zeros((7, 7), int)
    for i in (0, 2, 4):
        for j in (0, 2, 4):
            counts[i : i + 3, j : j + 3] += 1
    np.testing.assert_array_equal(lab.scene.panels["counts"].array, counts)
    assert counts[0, 0] == 1 and counts[2, 2] == 4


@states("now each input owns a column, and that column holds its stamp.")
def test_the_matrix_on_its_side():
    w = np.arange(1.0, 10).reshape(3, 3)
    matrix = conv_matrix(w, (6, 6)).T
    one = np.zeros((4, 4))
    one[1, 2] = 1
    stamp = np.zeros((6, 6))
    stamp[1:4, 2:5] = w
    np.testing.assert_array_equal(matrix[:, 6].reshape(6, 6), stamp)
    np.testing.assert_allclose(conv_transpose2d(one, w), stamp)


@states(
    "It never ripples, whatever the kernel.",
    "It ripples when the stride does not divide the kernel. Along one axis, a stamp of k covers k/s steps of "
    "the stride. If s divides k, every cell lies under k/s stamps. If not, some cells lie under one stamp "
    "more "
    "than their neighbours.",
)
def test_where_checkerboards_come_from():
    for stride in (2, 3):
        for kernel in range(1, 7):
            assert (ripple(kernel, stride) == 0) == (kernel % stride == 0)
            assert ripple(kernel, stride, way=2) == 0
            covered = np.zeros(60, int)
            for start in range(0, 60 - kernel, stride):
                covered[start : start + kernel] += 1
            assert {*covered[12:40]} == {kernel // stride, -(-kernel // stride)}


@states("At kernel 3 and stride 4 the stamps do not even touch: there are black lines between them.")
def test_stamps_that_do_not_touch():
    y = labs.checkerboard_lab("cat", kernel=3, stride=4).scene.panels["stamped"].array
    assert not y[3::4].any() and not y[:, 3::4].any() and (y[0::4, 0::4] > 0).all()


@states("The poke and the slope agree, cell by cell.")
def test_poke_and_slope():
    lab = labs.gradient_lab("identity", wanted="edge")
    for panel, side in (("to_input", 6), ("to_weights", 3)):
        for row, col in np.ndindex(side, side):
            lab.view.pick = {"panel": panel, "tile": 0, "row": row, "col": col}
            poked, slope = re.search(r"· (.*); the slope there is (.*?)\. One", lab.scene.says).groups()
            assert poked == slope


@states(
    "the last sentence says what one step does to the loss. Somewhere it stops falling, and then it grows."
)
def test_a_step_can_be_too_long():
    lab, losses = labs.gradient_lab("identity", wanted="edge"), []
    for rate in lab.controls["rate"].options:
        lab.controls["rate"].value = rate
        losses.append(float(re.search(r"takes the loss to ([\d.,]+)\.", lab.scene.says)[1].replace(",", "")))
    lowest = int(np.argmin(losses))
    assert 0 < lowest < len(losses) - 1
    assert losses[-1] > losses[0]


@states(
    "The hidden numbers are −2, 1 and −2. The ReLU keeps the 1.",
    "The first weight of the second kernel has slope 0: it met a sleeping unit. The ReLU lets a slope "
    "through "
    "only where its unit is awake, so one hidden unit hands −4 on. It has read the pixels 3 and 2, so the "
    "first kernel gets −12 and −8.",
)
def test_one_step_by_hand():
    x, weights = np.array([1.0, 3, 2, 4]), np.array([1.0, -1, 2, 1])

    def loss(four):
        hidden = relu(np.array([four[0] * x[i] + four[1] * x[i + 1] for i in range(3)]))
        return (four[2] * hidden[0] + four[3] * hidden[1] - 5) ** 2 / 2

    assert conv2d(x[None], weights[None, :2]).tolist() == [[-2, 1, -2]]
    poked = [(loss(weights + 1e-5 * e) - loss(weights - 1e-5 * e)) / 2e-5 for e in np.eye(4)]
    np.testing.assert_allclose(poked, [-12, -8, 0, -4], atol=1e-6)


@states(
    "Raise *share that skips* from 0 to 1 and watch *yours* rise between the two other lines. Then raise "
    "*weight size* to 1: the plain network keeps its gradient, and the residual one explodes.",
    "With more skipping it gets narrower: a part of the gradient goes straight down and never spreads. The "
    "chart on the right gives the widths. The receptive field grows by two cells a layer, and what counts of "
    "it falls further and further behind.",
    "Only the part that went *through* layers spreads to neighbours, and the part that skipped stays where "
    "it was.",
    "At 0.7 and no skip that is 0.49; with a full skip it is 1.49.",
)
def test_what_a_skip_does():
    sizes, widths = zip(*(gradient(share) for share in (0.0, 0.5, 1.0)), strict=True)
    assert list(sizes) == sorted(sizes) and list(widths) == sorted(widths, reverse=True)
    np.testing.assert_allclose([sizes[0], sizes[2]], [0.49**10, 1.49**10], rtol=0.01)
    np.testing.assert_allclose([gradient(share, 1.0)[0] for share in (0.0, 1.0)], [1, 2**10])
    for share in (0.0, 0.5, 1.0):
        _, _, _, yours, field = labs.skip_lab(share, 0.7, 20).scene.panels["widths"].array
        assert (np.diff(field) == 2).all() and (np.diff(field - yours)[1:] > 0).all()


def test_every_telling_cell_has_its_test():
    assert states.untold() == []
