import datetime
import io

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from traitlets import Bunch

from convlab import images, labs
from convlab.arithmetic import kernels, ops
from convlab.labs.controls import OWN
from tests.labs.helpers import assert_links_tell_the_truth, drive

AFTER = {
    "picture": lambda y: y,
    "signed": lambda y: y,
    "absolute": np.abs,
    "ReLU": lambda y: np.maximum(y, 0),
}


def upload(lab, name, content):
    when = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    file = Bunch(name=name, type="", size=len(content), last_modified=when, content=memoryview(content))
    lab.controls["upload"].value = (file,)


def edit(lab, name, array):
    lab.view.edit = {"panel": name, "texts": [str(v) for v in np.ravel(array)], "count": id(array)}


def test_patch_lab_gives_the_published_values():
    lab = labs.patch_lab()
    assert (
        lab.scene.panels["output"].array == 8
    )  # Sobel-x on 1…9; its transpose gives 24, true convolution −8
    edit(lab, "kernel", kernels.sobel().T)
    assert lab.scene.panels["output"].array == 24
    assert lab.controls["preset"].value == OWN
    edit(lab, "kernel", kernels.sobel()[::-1, ::-1])
    assert lab.scene.panels["output"].array == -8
    edit(lab, "patch", np.zeros((3, 3)))
    assert lab.scene.panels["output"].array == 0


def test_patch_lab_every_control():
    lab = labs.patch_lab()
    for _ in drive(lab):
        patch, kernel, bias = (lab.controls[name].value for name in ("patch", "kernel", "bias"))
        np.testing.assert_allclose(
            lab.scene.panels["output"].array, np.sum(patch * kernel) + bias, atol=1e-12
        )
        np.testing.assert_allclose(lab.scene.panels["products"].array, patch * kernel)
        assert_links_tell_the_truth(lab.scene)


@pytest.mark.parametrize("kernel", kernels.PRESETS)
def test_kernel_lab_every_control(kernel):
    lab = labs.kernel_lab("text", kernel, size=5)
    moves = set()
    for name, _ in drive(lab):
        state = {key: control.value for key, control in lab.controls.items()}
        x = images.load(state["image"]).astype(float)
        expected = ndimage.correlate(x, state["kernel"], mode="constant")
        cut = len(state["kernel"]) // 2
        expected = AFTER[state["show"]](expected[cut:-cut, cut:-cut] + state["bias"])
        y = lab.scene.panels["output"].array
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-2)
        assert not lab.view.problem
        moves.add((name, y.tobytes() + lab.scene.panels["output"].kind.encode()))
        assert_links_tell_the_truth(lab.scene, AFTER[state["show"]])
    changing = {name for name, _ in moves} - {"size", "sigma", "angle", "strength"} | set(
        kernels.uses(kernel)
    )
    for name in changing - {"upload", "play"}:
        assert len({y for key, y in moves if key == name}) > 1, f"{name} changes nothing"


def test_sliders_a_kernel_does_not_have_are_off():
    lab = labs.kernel_lab(kernel="box blur")
    assert lab.controls["sigma"].disabled and not lab.controls["size"].disabled
    lab.controls["preset"].value = "gaussian blur"
    assert not lab.controls["sigma"].disabled


def test_an_edited_weight_makes_the_kernel_your_own_and_keeps_it_when_the_size_changes():
    lab = labs.kernel_lab(kernel="identity")
    mine = np.arange(9.0).reshape(3, 3)
    edit(lab, "kernel", mine)
    assert lab.controls["preset"].value == OWN
    lab.controls["size"].value = 7
    np.testing.assert_array_equal(lab.controls["kernel"].value, np.pad(mine, 2))
    lab.controls["size"].value = 3
    np.testing.assert_array_equal(lab.controls["kernel"].value, mine)


def test_a_preset_chooses_how_it_is_shown():
    lab = labs.kernel_lab(kernel="sobel")
    assert lab.controls["show"].value == "signed"
    lab.controls["preset"].value = "box blur"
    assert lab.controls["show"].value == "picture"


def test_an_upload_becomes_the_picture_and_a_bad_one_changes_nothing():
    lab = labs.kernel_lab("camera", "identity")
    buffer = io.BytesIO()
    Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (90, 1))).save(buffer, "png")
    upload(lab, "<b>ramp</b>.png", buffer.getvalue())
    x = lab.scene.panels["input"].array
    assert x.shape == (90, 200)
    np.testing.assert_array_equal(lab.scene.panels["output"].array, x[1:-1, 1:-1])
    good = lab.scene
    upload(lab, "notes.txt", b"not a picture at all")
    assert "notes.txt" in lab.view.problem
    assert lab.scene is good
    upload(lab, "cut.png", buffer.getvalue()[:60])
    assert "cut.png" in lab.view.problem and lab.scene is good
    lab.controls["bias"].value = 10
    assert not lab.view.problem
    np.testing.assert_array_equal(lab.scene.panels["output"].array, x[1:-1, 1:-1] + 10.0)


@pytest.mark.parametrize("content", [bytes, memoryview])
def test_an_upload_in_the_shape_of_ipywidgets_7_is_the_same_upload(content):
    buffer = io.BytesIO()
    Image.fromarray(np.tile(np.arange(90, dtype=np.uint8), (50, 1))).save(buffer, "png")
    data = buffer.getvalue()
    about = {"name": "a.png", "type": "image/png", "size": len(data), "lastModified": 1767225600000}
    lab, other = labs.kernel_lab("camera", "identity"), labs.kernel_lab("camera", "identity")
    lab.controls["upload"].value = {"a.png": {"metadata": about, "content": content(data)}}
    upload(other, "a.png", data)
    assert lab.view.problem == "" and lab.state()["image"] == "yours: a.png"
    np.testing.assert_array_equal(lab.scene.panels["input"].array, other.scene.panels["input"].array)
    sent, wanted = (one.controls["upload"].get_state("value")["value"][0] for one in (lab, other))
    assert sent["last_modified"] == wanted["last_modified"] and bytes(sent["content"]) == data
    for wrong in (
        {"a.png": data},
        {"a.png": {"metadata": about}},
        {"a.png": {"metadata": 3, "content": data}},
    ):
        lab.controls["upload"].value = wrong
        assert "Choose a file with the button." in lab.view.problem
    assert lab.state()["image"] == "yours: a.png"


def test_a_kernel_larger_than_an_uploaded_picture_is_a_sentence():
    lab = labs.kernel_lab("camera", "box blur", size=7)
    good = lab.scene
    buffer = io.BytesIO()
    Image.new("L", (4, 4), 7).save(buffer, "png")
    upload(lab, "tiny.png", buffer.getvalue())
    assert "⌊(4 + 2·0 − 7)/1⌋ + 1 = −2" in lab.view.problem
    assert lab.scene is good
    lab.controls["size"].value = 3
    assert not lab.view.problem and lab.scene.panels["output"].array.shape == (2, 2)


def small(name):
    return np.stack([images.square(channel, 128) for channel in images.load(name, grey=False)])


def test_rgb_lab_every_control():
    lab = labs.rgb_lab()
    for _ in drive(lab):
        weights, bias = lab.controls["kernel"].value, lab.controls["bias"].value
        x = small(lab.controls["image"].value).astype(float)
        parts = [
            ndimage.correlate(c, w, mode="constant")[1:-1, 1:-1] for c, w in zip(x, weights, strict=True)
        ]
        np.testing.assert_allclose(lab.scene.panels["partial"].array, parts, rtol=1e-4, atol=1e-2)
        np.testing.assert_allclose(lab.scene.panels["output"].array, sum(parts) + bias, rtol=1e-4, atol=1e-2)
    assert_links_tell_the_truth(lab.scene)


def test_one_slice_of_the_rgb_kernel_can_be_edited():
    lab = labs.rgb_lab("coffee", "identity")
    only_green = np.zeros((3, 3, 3))
    only_green[1, 1, 1] = 1
    edit(lab, "kernel", only_green)
    np.testing.assert_array_equal(lab.scene.panels["output"].array, small("coffee")[1, 1:-1, 1:-1])


def test_labs_show_a_picture_and_their_numbers_where_nothing_is_live():
    data, metadata = labs.kernel_lab()._repr_mimebundle_()
    assert data["image/png"][:4] == b"\x89PNG" and len(data["image/png"]) < 150_000
    assert metadata["image/png"]["alt"].startswith("kernel_lab. Input 256×256, kernel 3×3, output 254×254.")
    assert "application/vnd.jupyter.widget-view+json" in data
    y = ops.conv2d(images.load("camera"), kernels.sobel())
    assert f"Output from −{-y.min():.4g} to {y.max():.4g}" in data["text/plain"]
