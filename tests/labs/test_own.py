"""Labs that take a network of one's own."""

import itertools
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from convlab import ConvlabError, Layer, images, labs, networks
from convlab.arithmetic.geometry import window_below
from tests.labs.helpers import drive, is_a_sentence

GRAPHS = Path(__file__).parent.parent / "data" / "graphs"


@pytest.fixture(scope="module")
def garments():
    classes = networks.load("fashion").classes
    return networks.from_onnx(networks.FILES / "garments.onnx", scale=255, classes=classes)


@pytest.fixture(scope="module")
def resnet():
    return networks.from_onnx(networks.FILES / "resnet18.onnx")


def test_the_tower_counts_every_layer_once(garments, resnet):
    for net, parameters in ((garments, 70_378), (resnet, 11_689_512)):
        lab = labs.tower_lab(net)
        for _ in drive(lab):
            assert is_a_sentence(lab.scene.says) and not lab.view.problem
        rows = lab.scene.tables["layers"]
        numbers = [[int(cell.replace(",", "")) for cell in row[2:]] for row in rows[2:]]
        assert np.sum(numbers[:-1], axis=0).tolist() == numbers[-1]
        assert numbers[-1][0] == parameters == sum(one.parameters for one in net.cost())
        assert lab.scene.says.startswith("Your network on a picture of ")


def test_a_network_without_weights_has_a_tower():
    lab = labs.tower_lab(networks.from_onnx(GRAPHS / "resnet50.onnx"))
    assert "25,557,032 parameters" in lab.scene.says


def test_the_receptive_lab_draws_the_windows_of_a_residual_network(resnet):
    lab = labs.receptive_lab(resnet, "/layer2/layer2.0/Add_output_0")
    assert "67×67 pixels" in lab.scene.says and "jump is 8" in lab.scene.says
    path = resnet.path("/layer2/layer2.0/Add_output_0")
    link = next(link for link in lab.scene.links if (link.source, link.target) == ("photo", "top"))
    (starts, taps), margin = link.rows, lab.scene.panels["photo"].inset[0]
    for unit in (0, 5, 27):
        assert [starts[unit] + tap - margin for tap in taps] == window_below(path, unit)
    lab.controls["layer"].value = "/maxpool/MaxPool_output_0"
    assert "11×11 pixels" in lab.scene.says
    assert list(lab.controls["layer"].options)[-1] == "/layer4/layer4.1/relu_1/Relu_output_0"


def test_the_receptive_lab_stops_where_maps_grow_again():
    net = networks.from_onnx(GRAPHS / "unet.onnx")
    lab = labs.receptive_lab(net)
    assert "140×140 pixels" in lab.scene.says and "95" not in lab.controls["layer"].options


def test_the_network_lab_shows_the_maps_that_run(garments):
    lab = labs.network_lab(garments, "conv5")
    kept = garments.forward(images.fit(images.load("cat", grey=False), (1, 28, 28)))
    np.testing.assert_allclose(lab.scene.panels["maps"].array, kept["conv5"], atol=1e-5)
    lab.view.pick = {"panel": "maps", "tile": 7, "row": 0, "col": 0}
    assert lab.controls["map"].value == 7
    np.testing.assert_allclose(lab.scene.panels["map"].array, kept["conv5"][7], atol=1e-5)
    assert "64 maps of 7×7" in lab.scene.says and "32×32 pixels" in lab.scene.says
    row, col = np.argwhere(kept["conv5"][7] == kept["conv5"][7].max())[0]
    assert f"Map 7 is largest at row {row}, column {col}:" in lab.scene.says
    assert lab.scene.pick == ("map", 0, row, col)
    lab.controls["layer"].value = "probability"
    best = garments.classes[int(kept["probability"].argmax())]
    assert f"The strongest answers: {best}" in lab.scene.says
    for _ in drive(lab):
        assert is_a_sentence(lab.scene.says) and not lab.view.problem


def test_the_effective_lab_measures_the_squared_gradient(garments):
    lab = labs.effective_lab(garments, "conv2", "coffee")
    image, share = images.fit(images.load("coffee", grey=False), (1, 28, 28)), lab.scene.panels["map"].array
    map = int(garments.forward(image)["conv2"][:, 7, 7].argmax())
    assert f"in map {map}, the strongest there" in lab.scene.says and share.max() == 1
    size, jump, start = garments.field("conv2")
    first = start + 7 * jump
    for row, col in ((0, 0), (3, 5), (size // 2, size // 2), (size - 1, size - 1)):
        ends = []
        for step in (1e-3, -1e-3):
            poked = image.astype(float)
            poked[0, first + row, first + col] += step
            ends.append(garments.forward(poked, ["conv2"])["conv2"][map, 7, 7])
        slope = (ends[0] - ends[1]) / 2e-3
        largest = np.abs(garments.gradient(image, "conv2", (map, 7, 7))).max()
        np.testing.assert_allclose(share[row, col], (slope / largest) ** 2, atol=1e-4)
    for _ in drive(lab):
        assert is_a_sentence(lab.scene.says) and not lab.view.problem


def test_photographs_of_ones_own(garments, tmp_path):
    files = []
    for name, value in (("dog.png", 60), ("bird.png", 200)):
        files.append(tmp_path / name)
        Image.fromarray(np.full((40, 50, 3), value, np.uint8)).save(files[-1])
    lab = labs.network_lab(garments, "conv1", pictures=files)
    assert lab.controls["image"].value == "yours: dog.png" and (lab.scene.panels["image"].array == 0).all()
    np.testing.assert_allclose(
        lab.scene.panels["maps"].array, garments.forward(np.full((28, 28), 60))["conv1"], atol=1e-5
    )
    assert "yours: bird.png" in lab.controls["image"].options
    with pytest.raises(ConvlabError, match=r"There is no picture 'cat.png' that can be read"):
        labs.network_lab(garments, pictures=[tmp_path / "cat.png"])
    with pytest.raises(ConvlabError, match="is not a picture convlab can read"):
        (tmp_path / "text.png").write_text("words")
        labs.network_lab(garments, pictures=[tmp_path / "text.png"])


def test_a_long_run_says_how_far_it_is_and_can_be_stopped(garments, monkeypatch):
    lab, said, clock = labs.network_lab(garments, "conv1"), [], itertools.count(step=0.4)
    before, image = lab.scene.says, lab.controls["image"]
    lab.view.observe(lambda change: said.append(change.new), "problem")
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    lab.controls["layer"].value = "conv5"
    assert said[0].startswith("Running layer 3 of 11.") and 2 < len(said) < 8 and said[-1] == ""

    def stopped(*maps):
        raise KeyboardInterrupt

    monkeypatch.setattr(networks.Network, "forward", stopped)
    image.value = "coffee"
    assert lab.view.problem == "Stopped." and "64 maps of 7×7" in lab.scene.says != before


def wide(depth=200):
    """Write a network of one layer with many maps, for a large picture."""
    weight = np.random.default_rng(0).normal(0, 0.05, (depth, 3, 3, 3)).astype(np.float32)
    node = helper.make_node("Conv", ["x", "w"], ["c"], pads=[1] * 4, strides=[8, 8])
    ends = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 224, 224])]
    ends.append(helper.make_tensor_value_info("c", TensorProto.FLOAT, [1, depth, 28, 28]))
    graph = helper.make_graph([node], "wide", ends[:1], ends[1:], [numpy_helper.from_array(weight, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return networks.from_onnx(model.SerializeToString())


def test_layers_of_many_maps_have_pages():
    lab = labs.network_lab(wide())
    first = lab.scene.panels["maps"].array
    assert first.shape[0] * first[0].size <= 60_000 and lab.controls["page"].max == 199 // len(first)
    lab.controls["page"].value = lab.controls["page"].max
    assert lab.scene.panels["maps"].title.endswith("to 199 of 200")
    lab.view.pick = {"panel": "maps", "tile": 1, "row": 0, "col": 0}
    assert lab.controls["map"].value == lab.controls["page"].value * len(first) + 1


@pytest.mark.parametrize("bgr", [False, True])
def test_a_network_of_colour_shows_the_picture_in_colour(bgr):
    lab = labs.network_lab(replace(wide(), bgr=bgr), image="coffee")
    seen = images.fit(images.load("coffee", grey=False), (3, 224, 224)).transpose(1, 2, 0).astype(float)
    bright = (seen - seen.min()) * 255 / np.ptp(seen)
    np.testing.assert_allclose(lab.scene.panels["image"].array, bright, atol=0.51)
    assert "image/png" in lab._repr_mimebundle_()[0]


def test_the_effective_lab_shows_the_picture_in_colour():
    net = networks.untrained([Layer(3, padding=1, channels=2, name="conv")], (3, 12, 12))
    image = labs.effective_lab(net, "conv").scene.panels["image"]
    assert image.kind == "rgb"
    cat = images.fit(images.load("cat", grey=False), (3, 12, 12))
    np.testing.assert_array_equal(image.array, cat.transpose(1, 2, 0))


def test_what_cannot_be_is_said(resnet):
    with pytest.raises(ConvlabError, match="has no weights: only its shape is known"):
        labs.network_lab(resnet)
    with pytest.raises(ConvlabError, match="It must be one of these"):
        labs.receptive_lab(resnet, "nowhere")
    for make in (labs.receptive_lab, labs.network_lab, labs.effective_lab):
        with pytest.raises(ConvlabError, match="does not say which image it was made for. Give it its shape"):
            make(networks.load("fashion"))


@pytest.mark.parametrize(("kernel", "size"), [((3, 5), (32, 32)), (3, (32, 48))])
def test_the_receptive_lab_draws_squares_and_says_so(kernel, size):
    net = networks.untrained([Layer(kernel, channels=2, name="conv")], (1, *size))
    with pytest.raises(ConvlabError, match="conv has windows of 3×[35] pixels on an image of 32×(32|48)"):
        labs.receptive_lab(net)


def test_names_with_markup_stay_text():
    nodes = [helper.make_node("Relu", ["x"], ["<img src=x onerror=alert(1)>"])]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, 8, 8])
        for name in ("x", nodes[0].output[0])
    ]
    model = helper.make_model(helper.make_graph(nodes, "g", ends[:1], ends[1:]))
    net = networks.from_onnx(model.SerializeToString())
    lab = labs.receptive_lab(net)
    page = lab._repr_mimebundle_()[0].get("text/html", "")
    assert "<img src=x" not in page
