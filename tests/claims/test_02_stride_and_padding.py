"""What notebook 02 says of its pictures."""

import re

import numpy as np
import pytest

from convlab import avg_pool2d, conv2d, kernels, labs, output_size, pad
from convlab.arithmetic.geometry import same_padding, windows
from convlab.arithmetic.waves import alias
from tests.claims.helpers import claims

states = claims("02_stride_and_padding")


def unread(lab, axis):
    return list(lab.scene.panels["input"].unread[axis])


@states(
    "*Its windows* has a line for each window: 1 where it reads, 0 where it does not.",
    "Set *width* to 8. The last column turns red: no window reads it.",
    "A 14th window would need column 28. The last column is 27, and it is **never read**:",
    "28 − 3 = 25 pixels of room hold 12.5 steps of 2",
    "the **floor** ⌊12.5⌋ = 12 drops the half, and with the first place, which takes no step, it is 13.",
)
def test_what_no_window_reads():
    lab = labs.stride_lab(n=7, kernel=3, stride=2, also="one row")
    lines = lab.scene.panels["windows"].array
    assert lines.tolist() == [[1 if 2 * k <= j < 2 * k + 3 else 0 for j in range(7)] for k in range(3)]
    lab.controls["width"].value = 8
    assert unread(lab, 1) == [7] and unread(lab, 0) == []
    large = labs.stride_lab(n=28, kernel=3, stride=2)
    assert large.scene.panels["output"].array.shape == (13, 13) and unread(large, 1) == [27]
    assert list(windows(28, 3, stride=2).starts)[-1] + 2 + 2 == 28 and (28 - 3) / 2 == 12.5


@states(
    "Press *same* and set *kernel k* to 4. The stripes are no longer equal: one before, two after.",
    "the frame of its window moves, and keeps its size.",
)
def test_padding_in_the_lab():
    lab = labs.stride_lab(n=(7, 8), kernel=5, stride=1, padding="same")
    assert lab.scene.panels["output"].array.shape == (7, 8)
    lab.controls["kernel"].value = 4
    assert lab.scene.panels["input"].inset == (1, 2, 1, 2)
    narrow, wide = (windows(8, 5, padding=p) for p in (0, 2))
    assert len(narrow.taps) == len(wide.taps) == 5 and wide.starts[0] == narrow.starts[0] - 2


@states(
    "a corner fits into one window only, a pixel on the edge into three, the middle into nine.",
    "Press *full*: now every pixel is read nine times. Set *stride s* to 4: the gaps between windows turn "
    "red.",
)
def test_how_often_each_pixel_is_read():
    lab = labs.stride_lab(n=8, kernel=3, stride=1, also="times read")
    reads = lab.scene.panels["reads"].array
    assert [reads[0, 0], reads[0, 4], reads[4, 4]] == [1, 3, 9]
    full = labs.stride_lab(n=8, kernel=3, stride=1, padding="full", also="times read")
    assert {number for number in full.scene.panels["reads"].array.ravel() if number} == {9}
    full.controls["stride"].value = 4
    assert unread(full, 0) and unread(full, 1)


@states(
    "With zeros, 20 of the 36 outputs are not 0: the whole rim. With the other four, none is.",
    "The edges are gone.",
    "**reflect** mirrors without repeating the edge pixel, **symmetric** repeats it, **replicate** copies "
    "it, **circular** takes the opposite side.",
)
def test_one_even_grey():
    for mode in ("zeros", "reflect", "replicate", "circular", "symmetric"):
        answer = labs.border_lab("constant", mode, size=6, padding=1).scene.panels["output"].array
        assert np.count_nonzero(answer) == (20 if mode == "zeros" else 0)
        assert not answer[1:-1, 1:-1].any()
    row = np.arange(1, 7)[None].repeat(3, 0)
    begins = {mode: pad(row, 2, mode)[2, :2].tolist() for mode in ("reflect", "symmetric", "replicate")}
    assert begins == {"reflect": [3, 2], "symmetric": [2, 1], "replicate": [1, 1]}
    assert pad(row, 2, "circular")[2, :2].tolist() == [5, 6]


@states(
    "With *zeros*, a bright frame appears along the seam. *Circular* joins grass to sky: another frame. "
    "*Reflect*, *replicate* and *symmetric* are no louder there than the picture itself.",
)
def test_the_seam_on_a_photograph():
    for mode in ("zeros", "circular", "reflect", "replicate", "symmetric"):
        says = labs.border_lab("camera", mode, padding=16).scene.says
        inside, seam = map(float, re.findall(r"±([\d.]+) on average", says))
        assert seam > 1.5 * inside if mode in ("zeros", "circular") else seam < 1.1 * inside, mode


@states(
    "Conv2d and Keras both give 112, but their windows are one pixel apart.",
    "Try 28, 3, 2, 0: who says 14?",
)
def test_two_libraries():
    lab = labs.conventions_lab(n=224, kernel=7, stride=2, padding=3)
    sizes = {name: panel.array.shape[1] for name, panel in lab.scene.panels.items()}
    assert sizes["PyTorch Conv2d"] == sizes["Keras same"] == 112
    first = [windows(224, 7, stride=2, padding=p).starts[0] for p in (3, same_padding(224, 7, stride=2))]
    assert first == [-3, -2]
    panels = labs.conventions_lab(n=28, kernel=3, stride=2, padding=0).scene.panels
    says_14 = {name for name, panel in panels.items() if panel.array.shape[1] == 14}
    assert says_14 == {"Keras same", "PyTorch MaxPool2d, ceil_mode=True"}
    assert panels["PyTorch Conv2d"].array.shape[1] == 13


@states(
    "Red stripes appear in every second row and column: with d = 2 and s = 2 all taps fall on even pixels",
    "nine cells with gaps between them.",
)
def test_dilation_and_stride():
    lab = labs.stride_lab(n=9, kernel=3, stride=1, dilation=2)
    assert list(windows(9, 3, dilation=2).taps) == [0, 2, 4] and unread(lab, 0) == []
    lab.controls["stride"].value = 2
    assert unread(lab, 0) == unread(lab, 1) == [1, 3, 5, 7]


@states(
    "Every pixel is read once. Set *width* to 7: the last column is never read.",
    "With *mean pooling*, padding counts as pixels, here and in PyTorch unless you say otherwise: it pulls "
    "the mean at the border towards 0.",
    "Mean pooling *is* a convolution: a box blur with a stride.",
)
def test_pooling():
    lab = labs.stride_lab(n=6, kernel=2, stride=2, op="max pooling", also="times read")
    assert (lab.scene.panels["reads"].array == 1).all()
    lab.controls["width"].value = 7
    assert unread(lab, 1) == [6]
    x = np.full((4, 4), 8.0)
    padded = avg_pool2d(x, 2, padding=1)
    assert padded[0, 0] == 2 and padded[1, 1] == 8
    np.testing.assert_allclose(avg_pool2d(x, 2), conv2d(x, np.full((2, 2), 0.25), stride=2))


@states(
    "A stride of 2 leaves a quarter of the positions, so a quarter of the work, and of the memory for the "
    "output. The weights stay as many as before.",
)
def test_what_a_stride_saves():
    def counted(lab):
        return re.search(r"= ([\d,]+) multiply-adds. The output holds ([\d,]+)", lab.scene.says).groups()

    whole, quarter = (
        [int(one.replace(",", "")) for one in counted(labs.cost_lab("stride", stride=s))] for s in (1, 2)
    )
    assert whole == [4 * one for one in quarter]


@states(
    "The input has one centre. The output has nine: eight of them are false.",
    "Raise *blur sigma* to 2: the false rings go, and grey stands where the detail was.",
)
def test_the_zone_plate():
    sharp = labs.tradeoff_lab("zone plate", stride=4, shift=0).scene.panels["output"].array
    soft = labs.tradeoff_lab("zone plate", stride=4, shift=0, blur=2.0).scene.panels["output"].array
    # where the frequency r/204 is a multiple of 1/4 along each axis, every fourth pixel sees the same phase
    centres = [(row, col) for row in (4, 17, 30) for col in (4, 17, 30)]
    for row, col in centres:
        rings = sharp[row - 1 : row + 2, col - 1 : col + 2]
        assert np.ptp(rings) < 90, (row, col)  # calm, as in the middle of rings
    assert np.ptp(sharp[9:12, 9:12]) > 110 and np.ptp(sharp[22:25, 22:25]) > 200  # between them it is not
    for row, col in [(row - 1, col - 1) for row, col in centres]:  # the blur takes a cell from each side
        patch = soft[max(0, row - 3) : row + 4, max(0, col - 3) : col + 4]
        assert patch.std() > 40 if (row, col) == (16, 16) else patch.std() < 10, (row, col)


@states(
    "it jumps from pixel to pixel, bright here and dim there. In the second output other parts are bright. "
    "A shift of one pixel is a quarter of a cell.",
)
def test_one_joint_of_the_wall():
    scene = labs.tradeoff_lab("brick", stride=4, shift=1).scene
    first, second = (scene.panels[name].array for name in ("output", "shifted"))
    photo = scene.panels["input"].array.astype(float)
    assert np.abs(first - second).max() > 60
    # the mean step between neighbours is far larger in the output than between neighbouring pixels
    assert np.abs(np.diff(first, axis=1)).mean() > 1.5 * np.abs(np.diff(photo, axis=1)).mean()


@states(
    "Set *shift* to 4, then 8: nothing is left. Set it to 2: much is.",
    "79.3 % without blur, 20.0 % and 10.4 % with it.",
    "Without blur each cell shows one pixel and knows nothing of its neighbours, so after a shift other "
    "pixels are seen; with blur each cell is a mean over the pixels between it and the next",
)
def test_the_equivariance_error():
    def error(**start):
        says = labs.tradeoff_lab("brick", stride=4, **start).scene.says
        return float(re.search(r"explain: ([\d.]+)%", says)[1])

    assert error(shift=4) == error(shift=8) == 0 and error(shift=2) > 40
    assert [error(shift=1, blur=blur) for blur in (0.0, 2.0, 2.5)] == [79.3, 20.0, 10.4]
    scene = labs.tradeoff_lab("brick", stride=4, blur=2.0).scene
    assert scene.panels["kernel"].array.shape[0] >= 2 * 4 and kernels.gaussian(9, 2.0)[4, 8] > 0
    assert labs.tradeoff_lab("brick", stride=4).scene.panels["kernel"].array.shape == (1, 1)


@states(
    "7 pixels become 3, or 4 with padding 1.",
    "What repeats within fewer than 2 · s pixels comes out as something else.",
)
def test_rules_of_thumb():
    assert [output_size(7, 3, stride=2, padding=p) for p in (0, 1)] == [3, 4]
    at = np.arange(400)
    for period in range(3, 16):
        seen = np.cos(2 * np.pi * at / period)[::4]
        strongest = np.abs(np.fft.rfft(seen * np.hanning(len(seen))))[1:].argmax() + 1
        true = len(seen) * 4 / period
        assert (abs(strongest - true) < 1) == (period >= 8), period


@states(
    "Turn *angle* a little: the false stripes turn the other way.",
    "choose the kernel *box blur* at 5×5: the stripes are gone *before* the stride, and nothing false "
    "appears. "
    "The rule is short: a stride of s carries wavelengths of 2 · s pixels and more",
)
def test_stripes_that_were_never_there():
    def loudest(x):
        """The frequency (down, across) that a map holds most of, across not negative."""
        found = np.abs(np.fft.fft2(x - x.mean()))
        down, across = np.unravel_index(found.argmax(), found.shape)
        f = np.array([np.fft.fftfreq(n)[i] for n, i in zip(x.shape, (down, across), strict=True)])
        return f if f[1] >= 0 else -f

    def shown(**options):
        return labs.frequency_lab("stripes", wavelength=5.0, stride=4, **options).scene.panels

    turned = shown(kernel="identity", size=3, angle=10)
    assert loudest(turned["input"].array)[0] > 0 > loudest(turned["output"].array)[0]
    gone = shown(kernel="box blur", size=5)["output"].array
    assert np.ptp(gone) < 1e-3
    for stride in range(2, 7):
        assert alias(2.0 * stride, stride) == pytest.approx(2 * stride)
        assert alias(2 * stride - 0.5, stride) > 2 * stride


def test_every_telling_cell_has_its_test():
    silent = ["Your numbers differ from anyone else's"]  # measured on the reader's computer
    assert [cell for cell in states.untold() if not any(words in cell for words in silent)] == []
