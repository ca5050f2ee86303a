"""Garments in scenes, patches that excite a map, faces in photographs."""

import re

import numpy as np
import pytest

from convlab import ConvlabError, images, networks
from convlab.networks import garments


@pytest.fixture(scope="module")
def fashion():
    return networks.load("fashion")


@pytest.fixture(scope="module")
def sample():
    return networks.sample()


@pytest.fixture(scope="module")
def pnet():
    return networks.load("pnet")


def test_the_best_patch_gives_the_stated_value(fashion, sample):
    """Put the patch on black where the receptive field was: the unit says the same again."""
    pictures = sample[0][:60]
    found = networks.peaks(fashion, pictures)
    for layer, unit in (("relu1", 3), ("relu3", 7), ("relu5", 20)):
        best, field = networks.top_patches(fashion, pictures, found, layer, unit, n=5), fashion.field(layer)
        assert best.patches.shape == (5, field.size, field.size)
        assert (np.diff(best.values) <= 0).all() and len(set(best.images)) == 5
        everything = [fashion.forward(picture)[layer][unit] for picture in pictures]
        assert best.values[0] == np.max(everything)
        for i, row, col, value, patch in zip(*best, strict=True):
            assert everything[i][row, col] == value
            alone = np.zeros((28, 28), np.uint8)
            top, left = field.start + row * field.jump, field.start + col * field.jump
            rows, cols = np.mgrid[0 : field.size, 0 : field.size]
            inside = (rows + top >= 0) & (rows + top < 28) & (cols + left >= 0) & (cols + left < 28)
            alone[(rows + top)[inside], (cols + left)[inside]] = patch[inside]
            assert not patch[~inside].any()
            assert fashion.forward(alone)[layer][unit, row, col] == pytest.approx(value, abs=1e-4)


def test_colour_patches_keep_their_channels():
    photograph = images.load("cat", grey=False)[:, :60, :60]
    network = networks.load("onet")
    best = networks.top_patches(
        network, [photograph], networks.peaks(network, [photograph]), "prelu1", 31, n=1
    )
    row, col = best.rows[0], best.cols[0]
    np.testing.assert_array_equal(best.patches[0], photograph[:, row : row + 3, col : col + 3])


def test_scene_lays_garments_where_asked(sample):
    first, second = sample[0][:2]
    field = networks.arrange([first, second], [(0, 56), (40, 3)])
    assert field.shape == (84, 84) and field.dtype == np.uint8
    np.testing.assert_array_equal(field[:28, 56:], first)
    np.testing.assert_array_equal(field[40:68, 3:31], second)
    assert field.sum() == first.sum(dtype=int) + second.sum(dtype=int)


def test_random_places_never_overlap():
    random = np.random.default_rng(2)
    for _ in range(20):
        field = networks.arrange([np.ones((28, 28))] * 4, garments.random_places(random))
        assert field.sum() == 4 * 28 * 28


# Scenes are independent and each scores from 0 to 1, so Hoeffding bounds what luck can do in 15 of them. Who
# finds 11 % in the long run, as blind pointing does, passes 80 % with probability exp(−2·15·0.69²) < 1e-6,
# and who finds 40 % with exp(−2·15·0.4²) < 0.01. In 60 scenes ours found 93 %; with the weights dealt, 3 %.
SCENES = 15


def test_pointing_game_beats_chance_by_far(fashion, sample):
    assert networks.pointing_game(fashion, *sample, scenes=SCENES, seed=1) > 0.8


def test_pointing_game_draws_its_scenes_by_the_seed(fashion, sample, monkeypatch):
    """Compare the scenes themselves: two scores may agree by chance."""

    def asked(seed):
        seen = []
        with monkeypatch.context() as patch:
            patch.setattr(networks.Network, "cam", lambda _, *question: seen.append(question) or np.eye(21))
            networks.pointing_game(fashion, *sample, scenes=3, seed=seed)
        return [(picture.tobytes(), category) for picture, category in seen]

    assert asked(1) == asked(1) != asked(2)
    assert len({picture for picture, _ in asked(1)}) == 3


def test_pointing_game_asks_about_the_right_class(fashion, sample):
    """With the score's weights dealt to other classes, pointing fails."""
    dealt = {**fashion.weights, "scores.weight": np.roll(fashion.weights["scores.weight"], 5, axis=0)}
    wrong = networks.Network(fashion.graph, dealt, fashion.classes, scale=fashion.scale)
    assert networks.pointing_game(wrong, *sample, scenes=SCENES, seed=1) < 0.4


def test_the_astronaut_has_one_face(pnet):
    photograph = images.load("astronaut", grey=False)
    (found,), boxes = networks.faces(pnet, photograph, [0.2], threshold=0.9, overlap=0.3)
    assert found.shape == (21, 21) and 0 <= found.min() and found.max() <= 1
    assert len(boxes) == 1
    left, top, right, bottom, probability = boxes[0]
    assert probability == found.max()
    # in this photograph her eyes are near (row 80, columns 111 and 148), her mouth near (115, 131)
    assert left < 111 and 148 < right and top < 80 and 115 < bottom
    assert right - left < 70 and bottom - top < 80


def test_a_photographed_garment_becomes_white_on_black(fashion, sample):
    trouser = sample[0][np.flatnonzero(sample[1] == 1)[0]].astype(float)
    large = (
        np.pad(255 - trouser * 0.8, ((20, 5), (30, 60)), constant_values=255)
        .repeat(4, axis=0)
        .repeat(4, axis=1)
    )
    photograph = np.stack([large] * 3).astype(np.uint8)
    found = networks.garment(photograph)
    assert found.shape == (28, 28) and found.dtype == np.uint8 and found.max() == 255
    assert found[[0, -1]].any() and not found[:, 0].any()  # as high as the picture, narrower, in the middle
    assert fashion.probabilities(found).argmax() == 1
    np.testing.assert_allclose(networks.garment(255 - photograph), found, atol=1)
    assert not networks.garment(np.full((3, 50, 70), 128, np.uint8)).any()


def test_the_pyramid_reaches_from_small_faces_to_the_whole_picture():
    scales = networks.pyramid(256, 200, smallest=30)
    assert 12 / scales[0] == 30
    assert 12 <= 200 * scales[-1] < 12 / 0.709
    np.testing.assert_allclose(np.divide(scales[1:], scales[:-1]), 0.709)


def test_threshold_and_overlap_thin_out_the_boxes(pnet):
    photograph, scales = images.load("astronaut", grey=False), [0.3, 0.2]
    many, fewer = (networks.faces(pnet, photograph, scales, threshold=value)[1] for value in (0.5, 0.9))
    assert len(many) > len(fewer) > 0
    assert (fewer[:, 4] >= 0.9).all() and (np.diff(many[:, 4]) <= 0).all()
    assert len(networks.faces(pnet, photograph, scales, 0.5, overlap=1.0)[1]) > len(many)
    assert networks.faces(pnet, np.zeros((3, 40, 40)), [1.0], 0.99)[1].shape == (0, 5)


def test_overlap_is_intersection_over_union():
    boxes = np.array([[0, 0, 10, 10, 0.5], [0, 0, 10, 5, 0.9], [20, 0, 30, 10, 0.7]])
    assert networks.keep_strongest(boxes, 0.5)[:, 4].tolist() == [0.9, 0.7, 0.5]
    assert networks.keep_strongest(boxes, 0.49)[:, 4].tolist() == [0.9, 0.7]


@pytest.mark.parametrize("shape, scale", [((3, 40, 30), 0.5), ((1, 17, 23), 0.37), ((2, 9, 9), 1)])
def test_shrinking_averages_areas(shape, scale):
    image = np.random.default_rng(0).integers(0, 256, shape).astype(float)
    found = networks.shrink(image, scale)
    assert found.shape == (shape[0], int(shape[1] * scale), int(shape[2] * scale))
    # the same by repeating every pixel until areas are whole numbers
    fine = image.repeat(found.shape[1], axis=1).repeat(found.shape[2], axis=2)
    blocks = fine.reshape(shape[0], found.shape[1], shape[1], found.shape[2], shape[2])
    np.testing.assert_allclose(found, blocks.mean(axis=(2, 4)), rtol=1e-5)


@pytest.mark.parametrize(
    "use, sentence",
    [
        (lambda net: networks.peaks(net, []), "There are no images."),
        (lambda net: _patches(net, "relu9", 0, 1), "There is no layer 'relu9'."),
        (lambda net: _patches(net, "relu1", 16, 1), "unit is 16. The largest legal value is 15."),
        (lambda net: _patches(net, "relu1", 0, 3), "n is 3. The largest legal value is 2."),
        (
            lambda net: networks.arrange([np.zeros((28, 28))], []),
            "There are 1 garments, but 0 places for them.",
        ),
        (
            lambda net: networks.arrange([np.zeros((28, 28))], [(57, 0)]),
            "row is 57. The largest legal value is 56.",
        ),
        (
            lambda net: networks.arrange([np.zeros((28, 28))], [(0, -1)]),
            "place is −1. The smallest legal value is 0.",
        ),
        (
            lambda net: networks.faces(networks.load("pnet"), np.zeros((3, 50, 50)), [2]),
            "scale is 2. The largest legal value is 1.",
        ),
        (
            lambda net: networks.faces(networks.load("pnet"), np.zeros((3, 50, 50)), [0.1]),
            "An image of 5 × 5 does not pass",
        ),
        (lambda net: networks.faces(networks.load("pnet"), np.zeros((3, 50, 50)), [1], 7), "threshold is 7."),
        (
            lambda net: networks.faces(networks.load("pnet"), np.zeros((50, 50)), [1]),
            "image has the shape (50, 50).",
        ),
    ],
)
def test_errors_are_sentences(fashion, use, sentence):
    with pytest.raises(ConvlabError, match=re.escape(sentence)):
        use(fashion)


def _patches(network, layer, unit, n):
    pictures = np.zeros((2, 28, 28), np.uint8)
    return networks.top_patches(network, pictures, networks.peaks(network, pictures), layer, unit, n)
