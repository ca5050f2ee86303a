import numpy as np
import pytest

from convlab import images, labs, networks
from convlab.labs.why import heat_maps
from tests.labs.helpers import drive
from tests.labs.test_kernels import upload


def test_one_pass_gives_the_class_activation_map_of_every_class():
    network, (pictures, _) = networks.load("fashion"), networks.sample()
    picture = networks.arrange(pictures[:2], [(0, 3), (50, 51)])
    expected = [network.cam(picture, category) for category in range(10)]
    np.testing.assert_allclose(heat_maps(network, picture), expected, atol=1e-4)


def test_scene_lab_every_control():
    lab, network = labs.scene_lab(), networks.load("fashion")
    for _ in drive(lab):
        panels, state = lab.scene.panels, lab.state()
        category = network.classes.index(state["find"])
        np.testing.assert_allclose(
            panels["cam"].array, network.cam(panels["scene"].array, category), atol=1e-4
        )
        row, col = networks.pointed(network, panels["scene"].array, category)
        assert f"peaks at row {row:g}, column {col:g} " in lab.scene.says
        assert not lab.view.problem


def test_the_map_follows_a_garment_by_whole_cells():
    """Eight pixels are two cells: the map of a garment alone moves by two, away from the border."""
    lab = labs.scene_lab("Bag", row_0=56, col_0=0, row_1=20, col_1=28, row_2=56, col_2=56, row_3=56, col_3=28)
    before = lab.scene.pick
    lab.controls["row_1"].value -= 8
    assert lab.scene.pick == (before[0], 0, before[2] - 2, before[3])


def test_the_table_says_what_each_peak_lies_on():
    lab = labs.scene_lab()
    assert [row[0] == row[3] for row in lab.scene.tables["peaks"][1:]] == [True] * 4
    lab.controls["find"].value = "Sandal"
    assert "There is no Sandal in the scene" in lab.scene.says


def test_the_overlay_is_the_scene_where_there_is_no_evidence():
    panels = labs.scene_lab().scene.panels
    without = np.kron(panels["cam"].array <= 0, np.ones((4, 4))) == 1
    assert without.any()
    for channel in range(3):
        np.testing.assert_array_equal(
            panels["overlay"].array[..., channel][without], panels["scene"].array[without]
        )


@pytest.mark.parametrize("all_scales", [False, True])
def test_the_boxes_are_those_of_the_detector(all_scales):
    network, x = networks.load("pnet"), images.load("astronaut", grey=False)
    scales = networks.pyramid(256, 256) if all_scales else [0.3]
    lab = labs.face_lab(scale=0.3, all_scales=all_scales)
    np.testing.assert_allclose(
        lab.scene.panels["map"].array, networks.faces(network, x, [0.3])[0][0], atol=1e-6
    )
    for threshold in (0.5, 0.75, 0.97):
        lab.controls["threshold"].value = threshold
        _, boxes = networks.faces(network, x, scales, threshold)
        count = "1 box reaches" if len(boxes) == 1 else f"{len(boxes)} boxes reach"
        assert f"{count} a probability of {threshold:g}" in lab.scene.says
        photo = lab.scene.panels["photo"]
        np.testing.assert_array_equal(photo.array, x.transpose(1, 2, 0))
        left, top, right, bottom = boxes[0, :4].round()
        assert photo.frames[-1] == (top, left, bottom, right)


def test_face_lab_every_control():
    lab = labs.face_lab()
    seen = set()
    for name, _ in drive(lab):
        assert not lab.view.problem
        if lab.controls["image"].value in images.names():
            assert "human face" in lab.scene.says
        seen.add((name, lab.scene.says))
    assert all(
        len({says for key, says in seen if key == name}) > 1
        for name in ("image", "scale", "threshold", "all_scales")
    )
    lab.controls["threshold"].value = 1.0
    assert "it is missed" in lab.scene.says


def test_false_alarms_are_counted_where_there_is_no_face():
    lab = labs.face_lab("cat", all_scales=True)
    _, boxes = networks.faces(
        networks.load("pnet"), images.load("cat", grey=False), networks.pyramid(256, 256), 0.7
    )
    assert len(boxes) > 0
    assert f"no human face: false alarms: {len(boxes)}." in lab.scene.says


def test_a_small_upload_is_searched_and_a_tiny_one_is_a_sentence():
    from tests.labs.test_network import picture_file

    lab = labs.face_lab(scale=0.06)
    upload(lab, "small.png", picture_file(np.zeros((30, 50, 3), np.uint8)))
    assert not lab.view.problem and "Count the faces yourself" in lab.scene.says
    upload(lab, "least.png", picture_file(np.zeros((12, 50, 3), np.uint8)))
    (link,) = lab.scene.links
    assert len(link.rows[1]) == len(link.cols[1]) == 12  # shown as large as it is, and never enlarged
    good = lab.scene
    upload(lab, "tiny.png", picture_file(np.zeros((6, 6, 3), np.uint8)))
    assert lab.view.problem and lab.scene is good
