import numpy as np
import pytest
from scipy import ndimage

from convlab import images, labs
from convlab.arithmetic import kernels
from tests.labs.helpers import assert_links_tell_the_truth, drive

NUMPY = {
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
    "symmetric": "symmetric",
}


def test_every_control_at_its_ends_and_middle():
    lab = labs.border_lab(size=64, padding=6)
    outputs = {}
    for name, _ in drive(lab):
        state = {key: control.value for key, control in lab.controls.items()}
        if lab.view.problem:  # a border cannot copy more pixels than the picture has
            assert state["padding"] >= state["size"] - 1 and "The largest legal padding" in lab.view.problem
            continue
        x = images.square(images.load(state["image"]), 128)
        top, left = ((n - min(n, state["size"])) // 2 for n in x.shape)
        x = x[top : top + state["size"], left : left + state["size"]]
        padded = np.pad(x, state["padding"], NUMPY[state["mode"]])
        np.testing.assert_array_equal(lab.scene.panels["input"].array, padded)
        expected = ndimage.correlate(padded.astype(float), kernels.preset(state["kernel"]))[1:-1, 1:-1]
        np.testing.assert_allclose(lab.scene.panels["output"].array, expected, rtol=1e-5, atol=1e-3)
        assert_links_tell_the_truth(lab.scene)
        outputs.setdefault(name, set()).add(expected.tobytes())
    assert all(len(found) > 1 for found in outputs.values())


def test_a_constant_picture_gets_an_edge_only_where_zeros_are_read():
    lab = labs.border_lab("constant", size=6, padding=1)
    y = lab.scene.panels["output"].array
    assert y.shape == (6, 6) and not y[1:-1, 1:-1].any()
    assert (y[[0, 0, -1, -1], [0, -1, 0, -1]] == 5 * 128).all()  # a corner misses five neighbours
    assert (y[0, 1:-1] == 3 * 128).all() and (y[1:-1, -1] == 3 * 128).all()  # an edge misses three
    assert "Inside the picture the output is 0 everywhere" in lab.scene.says
    assert "±640 at most" in lab.scene.says
    for mode in ("reflect", "replicate", "circular", "symmetric"):
        lab.controls["mode"].value = mode
        assert not lab.scene.panels["output"].array.any()
        assert lab.scene.says.endswith("reads picture and border, 0 everywhere.")


def test_the_numbers_of_the_seam():
    lab = labs.border_lab("camera", size=32, padding=5)
    y = np.abs(lab.scene.panels["output"].array)
    inner = y[5:-5, 5:-5]
    seam = y[3:-3, 3:-3].sum() - inner.sum()
    assert (
        f"along the seam, where a window reads picture and border, ±{seam / (34**2 - 30**2):.3g} on"
        in lab.scene.says
    )
    assert f"Inside the picture the output is ±{inner.mean():.3g} on average" in lab.scene.says
    lab.controls["padding"].value = 0
    assert lab.scene.says.endswith("There is no border.")


def test_a_border_longer_than_the_picture_is_a_sentence_and_the_picture_stays():
    lab = labs.border_lab("camera", "reflect", size=4, padding=3)
    good = lab.scene
    lab.controls["padding"].value = 4
    assert '"reflect" copies it from an image side of 4: the largest legal padding is 3.' in lab.view.problem
    assert lab.scene is good
    lab.controls["mode"].value = "zeros"
    assert not lab.view.problem


@pytest.mark.parametrize("name", NUMPY)
def test_the_table_names_each_border_in_every_library(name):
    """numpy and scipy are asked; what PyTorch and OpenCV call it is from their documentation."""
    header, *lines = labs.border_lab(mode=name).scene.tables["borders"]
    line = next(line for line in lines if line[0] == f"→ {name}")
    row = np.arange(1.0, 7)
    written = np.array(line[1].replace("|", " ").split(), float)
    np.testing.assert_array_equal(np.pad(row, 3, line[header.index("numpy.pad")]), written)
    far = np.zeros(13)
    far[0] = 1  # reads what stands six positions to the left
    there = [ndimage.correlate1d(row, np.roll(far, 3 + k), mode=line[4])[0] for k in range(6)]
    np.testing.assert_array_equal(there, written[:6])
