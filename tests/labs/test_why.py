"""Why convolve: the matrix, the dense layer, and what moves along; each against arithmetic of its own."""

import math

import numpy as np
import pytest
from scipy import ndimage, signal

from convlab import labs
from convlab.labs import why
from tests.labs.helpers import assert_links_tell_the_truth, drive, point


def test_every_row_of_the_matrix_gives_its_output():
    lab, seen = labs.matrix_lab(), set()
    for _ in drive(lab):
        panels = lab.scene.panels
        x, y = (panels[name].array for name in ("input", "output"))
        np.testing.assert_allclose(panels["matrix"].array @ x.ravel(), y.ravel(), atol=1e-9)
        assert_links_tell_the_truth(lab.scene)
        assert not lab.view.problem
        seen.add(panels["matrix"].array.tobytes())
    assert len(seen) >= 8


def test_a_cell_of_the_matrix_belongs_to_one_output_and_its_window():
    scene = labs.matrix_lab(n=6, stride=1, padding=0).scene
    windows = scene.windows_of(("matrix", 0, 6, 20))  # row 6 of 16: output row 1, column 2
    assert windows == {"matrix": ([6], [20]), "output": ([1], [2]), "input": ([1, 2, 3], [2, 3, 4])}


def test_a_weight_that_is_pointed_at_shows_its_places():
    lab = labs.matrix_lab()
    point(lab, "kernel", 0, 2)
    array = lab.scene.panels["matrix"].array
    assert np.count_nonzero(array) == 16 and set(np.unique(array)) == {0, 3}
    assert "The chosen weight, 3, stands in 16 of them." in lab.scene.says
    rows, cols = np.nonzero(array)  # pixel (i, j + 2) for output (i, j)
    np.testing.assert_array_equal(cols, rows // 4 * 6 + rows % 4 + 2)


def test_the_counts_are_said():
    says = labs.matrix_lab().scene.says
    assert "16 outputs, 36 pixels: a matrix of 16 × 36 = 576 places." in says
    assert "fills 144 places with the same 9 weights" in says


def test_the_convolution_follows_and_the_dense_layer_does_only_where_it_was_taught():
    lab = labs.dense_lab()
    for _ in drive(lab):
        x, w = lab.scene.panels["input"].array, why._KERNELS[lab.controls["kernel"].value]
        y = signal.correlate2d(x, w, mode="valid")
        np.testing.assert_allclose(lab.scene.panels["conv"].array, y, atol=1e-9)
        dense = (why.taught(lab.controls["kernel"].value) @ x.ravel()).reshape(y.shape)
        np.testing.assert_allclose(lab.scene.panels["dense"].array, dense, atol=0.5 + 1e-9)
        miss = np.sqrt(np.mean((dense - y) ** 2) / np.mean(y**2))
        assert f"off by {miss:.0%} of" in lab.scene.says
        assert (miss < 1e-6) == (lab.controls["col"].value <= why.TAUGHT)
    assert "9 weights, the dense layer 14,400" in lab.scene.says


def test_moved_every_control():
    lab, says = labs.moved_lab(), set()
    for _ in drive(lab):
        panels, state = lab.scene.panels, lab.state()
        w = why.kernels.preset(state["kernel"], 5)
        y = np.maximum(ndimage.correlate(panels["input"].array, w, mode="constant"), 0)
        y = y[:: state["stride"], :: state["stride"]]
        np.testing.assert_allclose(panels["map"].array, y, atol=1e-9)
        pooled = y.reshape(len(y) // 2, 2, -1, 2).max((1, 3))
        np.testing.assert_allclose(panels["pooled"].array, pooled, atol=1e-9)
        assert math.isclose(panels["mean"].array[0, 0], y.mean())
        assert_links_tell_the_truth(lab.scene)
        says.add(lab.scene.says)
    assert len(says) >= 7


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_moves_by_whole_cells_are_followed_exactly(stride):
    for right in range(why.MOST + 1):
        errors = why.errors_of(0, right, stride, "gaussian blur")
        assert (errors[0] < 1e-12) == (right % stride == 0)
        assert (errors[1] < 1e-12) == (right % (2 * stride) == 0)
        assert (errors[2] < 1e-9) or right % stride


def test_a_map_is_moved_by_parts_of_a_cell():
    y = np.random.default_rng(0).normal(size=(9, 9))
    theirs = ndimage.shift(y, (1.25, 2.5), order=1, mode="grid-constant")
    np.testing.assert_allclose(why.shifted(y, 1.25, 2.5), theirs, atol=1e-12)
