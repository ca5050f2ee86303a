import numpy as np
from scipy import signal

from convlab import labs
from tests.labs.helpers import assert_links_tell_the_truth, drive


def test_every_control_gives_the_correlation_of_input_and_kernel():
    lab = labs.sliding_lab()
    seen = set()
    for _ in drive(lab):
        panels = lab.scene.panels
        expected = signal.correlate2d(panels["input"].array, panels["kernel"].array, mode="valid")
        np.testing.assert_allclose(panels["output"].array, expected, atol=1e-12)
        assert_links_tell_the_truth(lab.scene)
        assert not lab.view.problem
        seen.add(panels["output"].array.tobytes())
    assert len(seen) >= 7  # four inputs and four kernels, one of each at the start


def test_an_edited_weight_changes_the_output_and_a_bad_one_is_named():
    lab = labs.sliding_lab("a ramp", "copy")
    lab.view.edit = {"panel": "kernel", "texts": ["0"] * 8 + ["2"], "count": 1}
    np.testing.assert_array_equal(
        lab.scene.panels["output"].array, 2 * lab.scene.panels["input"].array[2:, 2:]
    )
    good = lab.scene
    lab.view.edit = {"panel": "kernel", "texts": ["0"] * 8 + ["two"], "count": 2}
    assert "“two” in row 2, column 2 of the kernel is not a number" in lab.view.problem
    assert lab.scene is good
    lab.view.edit = {"panel": "kernel", "texts": ["0"] * 8 + ["−1,5"], "count": 3}
    assert not lab.view.problem
    assert lab.controls["kernel"].value[2, 2] == -1.5


def test_it_plays_through_the_output():
    assert labs.sliding_lab().view.layout_["play"] == "output"
