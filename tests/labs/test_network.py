import io

import numpy as np
import pytest
from PIL import Image

from convlab import labs, networks
from convlab.labs.network import LAYERS, STRANGERS, pictures
from tests.labs.helpers import assert_links_tell_the_truth
from tests.labs.helpers import places as ends
from tests.labs.test_kernels import upload


@pytest.fixture(scope="module")
def network():
    return networks.load("fashion")


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("also", ["nothing more", "everything"])
def test_every_layer_shows_its_maps_and_true_arithmetic(network, layer, also):
    lab = labs.network_lab("Bag 2", layer, 0, also)
    maps = network.forward(pictures()["Bag 2"][0])[LAYERS[layer]]
    assert lab.controls["map"].max == len(maps) - 1
    for map in ends(lab.controls["map"]):
        lab.controls["map"].value = map
        panels = lab.scene.panels
        np.testing.assert_allclose(panels["maps"].array, maps, atol=1e-5)
        np.testing.assert_array_equal(panels["map"].array, panels["maps"].array[map])
        assert panels["maps"].labels[map] == f"● {map}"
        assert_links_tell_the_truth(lab.scene, lambda y: max(y, 0))
        assert not lab.view.problem


def test_the_window_of_a_cell_is_all_it_reads(network):
    """Pixels outside the outlined window do not change the cell; some inside do."""
    picture = pictures()["Sandal 1"][0].astype(float)
    for layer in ("conv1 + ReLU", "conv3 + ReLU", "pool3"):
        scene = labs.network_lab("Sandal 1", layer, 3).scene
        row, col = scene.pick[2:]
        rows, cols = scene.windows_of(scene.pick)["image"]
        slope = network.gradient(picture, LAYERS[layer], (3, row, col))[0]
        inside = np.zeros((28, 28), bool)
        inside[np.ix_([r for r in rows if 0 <= r < 28], [c for c in cols if 0 <= c < 28])] = True
        assert slope[inside].any() and not slope[~inside].any()


def test_the_patches_are_the_best_of_the_sample(network):
    images, labels = networks.sample()
    lab = labs.network_lab("Trouser 1", "conv3 + ReLU", 7, "patches")
    highest = np.array([network.forward(image)["relu3"][7].max() for image in images])
    best = np.argsort(-highest, kind="stable")[:12]
    panel = lab.scene.panels["patches"]
    assert panel.labels == [network.classes[labels[i]] for i in best]
    assert panel.array.shape == (12, 14, 14)
    assert all(patch.max() <= images[i].max() for patch, i in zip(panel.array, best, strict=True))
    assert f"{highest.max():.3g}" in lab.scene.says


def test_choosing_a_cell_of_all_maps_chooses_the_map():
    lab = labs.network_lab()
    lab.view.pick = {"panel": "maps", "tile": 11, "row": 3, "col": 4}
    assert lab.controls["map"].value == 11
    lab.view.pick = {"panel": "image", "tile": 0, "row": 3, "col": 4}
    assert lab.controls["map"].value == 11


def test_a_layer_with_fewer_maps_takes_its_last():
    lab = labs.network_lab(layer="conv5 + ReLU", map=63)
    lab.controls["layer"].value = "conv1 + ReLU"
    assert lab.controls["map"].value == lab.controls["map"].max == 15
    assert not lab.view.problem


def test_every_picture_gets_the_answer_of_the_network(network):
    lab = labs.network_lab()
    for name in lab.controls["image"].options:
        lab.controls["image"].value = name
        if name in STRANGERS:
            assert "knows ten garments only" in lab.scene.says
            continue
        picture, category = pictures()[name]
        answer = network.classes[network.probabilities(picture).argmax()]
        assert lab.scene.says.startswith(f"The network says {answer} ")
        right = "right" if answer == network.classes[category] else "wrong"
        assert f"The label says {network.classes[category]}: {right}." in lab.scene.says


def picture_file(array):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "png")
    return buffer.getvalue()


def test_an_uploaded_garment_is_cut_out_and_named():
    lab = labs.network_lab("Bag 1")
    shop = np.full((150, 150), 250, np.uint8)  # dark on a light ground, larger than the network's pictures
    shop[20:132, 20:132] -= np.kron(pictures()["Trouser 3"][0] // 2, np.ones((4, 4), np.uint8))
    upload(lab, "mine.png", picture_file(shop))
    assert lab.scene.says.startswith("The network says Trouser")
    assert "knows ten garments only" in lab.scene.says
    assert "Bag 2" in lab.controls["image"].options


def test_an_empty_upload_is_answered_honestly_and_a_bad_one_changes_nothing():
    lab = labs.network_lab()
    upload(lab, "empty.png", picture_file(np.full((40, 40), 200, np.uint8)))
    assert lab.scene.says.startswith("Nothing in this picture stands out from its border")
    good = lab.scene
    upload(lab, "notes.txt", b"no picture")
    assert "notes.txt" in lab.view.problem and lab.scene is good
