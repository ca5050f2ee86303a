"""What notebook 03 says of its pictures."""

import re
from pathlib import Path

import numpy as np

import convlab
from convlab import conv2d, geometry, images, kernels, labs, networks
from tests.claims.helpers import claims

states = claims("03_feature_maps")
CARD = (Path(convlab.__file__).parent / "networks" / "weights" / "fashion.md").read_text(encoding="utf-8")


def net():
    return networks.load("fashion")


def classes(map_, layer):
    """How many of the twelve patches come from which class."""
    says = labs.network_lab("Ankle boot 1", layer, map_, "patches").scene.says
    listed = says.partition("come from: ")[2].rstrip(".")
    return {name: int(count) for name, count in re.findall(r"([A-Z][\w/ -]*?) (\d+)", listed)}


@states(
    "The first four maps show the same coat, each from another side: pale orange where brightness grows in "
    "the filter's direction, dark blue where it falls.",
    "as many maps as filters. The filters share all directions evenly, so each of them turns a little.",
)
def test_four_directions():
    four, five = (labs.filter_bank_lab(filters=n).scene.panels for n in (4, 5))
    x, weights, maps = four["input"].array, four["kernels"].array, four["maps"].array
    assert len(five["maps"].array) == 5 and len({one.tobytes() for one in weights}) == 4
    for kernel, answer in zip(weights, maps, strict=True):
        direction = [(kernel * np.indices((3, 3))[axis]).sum() for axis in (0, 1)]
        ramp = direction[0] * np.arange(9.0)[:, None] + direction[1] * np.arange(9.0)
        assert (conv2d(ramp, kernel) > 0).all() and (conv2d(-ramp, kernel) < 0).all()
        np.testing.assert_allclose(answer, conv2d(x, kernel), atol=1e-3)
        assert answer.min() < 0 < answer.max()
    for panels in (four, five):
        n = len(panels["kernels"].array)
        at = np.indices((3, 3)) - 1
        ways = [np.arctan2(*[(one * axis).sum() for axis in at]) for one in panels["kernels"].array]
        apart = np.sort(np.mod(ways, 2 * np.pi))
        np.testing.assert_allclose(np.diff(apart), np.diff(apart)[0], atol=1e-6)
        assert len(set(apart.round(6))) == n


@states(
    "The line below adds four partial sums and the bias.",
    "The four partial sums are added to one number, with one bias",
    "filters 0 and 1 read channels 0 and 1 only. With *groups* 4, each filter reads a single channel.",
    "A 1×1 layer sees no neighbours.",
    "the first looks at neighbours, the second mixes channels.",
)
def test_partial_sums_and_groups():
    panels = labs.channel_lab(groups=1, kernel=3).scene.panels
    np.testing.assert_allclose(panels["partial"].array.sum(0) + 1, panels["map"].array.squeeze())
    readers = {n: labs.channel_lab(groups=n).scene.panels["readers"].array.squeeze() for n in (2, 4)}
    assert [np.flatnonzero(row).tolist() for row in readers[2] != 0][:2] == [[0, 1], [0, 1]]
    assert [np.flatnonzero(row).tolist() for row in readers[4] != 0] == [[0], [1], [2], [3]]
    x = np.random.default_rng(0).normal(size=(4, 5, 5))
    mixed = np.random.default_rng(1).normal(size=(2, 4, 1, 1))
    poked = x.copy()
    poked[0, 2, 2] += 1
    assert np.count_nonzero((conv2d(poked, mixed) - conv2d(x, mixed))[0]) == 1
    alone = np.random.default_rng(2).normal(size=(4, 1, 3, 3))
    changed = conv2d(poked, alone, groups=4) - conv2d(x, alone, groups=4)
    assert changed[0].any() and not changed[1:].any()


def fired(**start):
    panels = labs.activation_lab(**start).scene.panels
    return panels["fires"].array, panels["response"].array, panels["match"].array


@states(
    "It answers 12 on the line, and 27 at the border of the block.",
    "there the line gets 1, the best possible, and the border of the block 0.5.",
    "−27 just outside the block is the opposite pattern, and ReLU removes it.",
    "A high value says that weights times pixels, plus bias, was large: the pattern may be there, or the "
    "contrast is high, or the bias.",
)
def test_line_and_block():
    _, response, match = fired()
    assert (response[1, 1], response[5, 6], response[4, 6]) == (12, 27, -27)
    assert abs(match[1, 1] - 1) < 1e-6 and abs(match[5, 6] - 0.5) < 1e-6
    assert match.max() <= 1 + 1e-6 and response.max() == 27
    assert labs.activation_lab().scene.panels["active"].array[4, 6] == 0


@states(
    "Raise *threshold* to 15: the line is lost, the block stays.",
    "Raise *contrast* to 1.3: the line fires again, yet *match* does not change.",
    "*bias* to 20: even empty black places fire.",
    "the whole block answers 27, also its inside, where nothing happens.",
    "Then choose the photograph *brick*: it fires everywhere. With *line detector* it does not.",
)
def test_neither_move_changes_the_pattern():
    fires, _, match = fired(threshold=15.0)
    assert not fires[1].any() and fires[5, 6]
    stronger, _, same = fired(threshold=15.0, contrast=1.3)
    assert stronger[1, 1] and np.allclose(same, match)
    empty, response, _ = fired(bias=20.0)
    assert response[0, 9] == 20 and empty[0, 9]
    _, plain, _ = fired(kernel="line")
    assert (plain[5:9, 6:8] == 27).all()
    everywhere, detector = (fired(image="brick", kernel=name)[0] for name in ("line", "line detector"))
    assert everywhere.all() and detector.mean() < 0.25


@states(
    "It is right for 92.02 % of 10,000 test pictures",
    "Over 4,000 questions the score is **91.2 %**",
    "From 80 % to 100 %: with 40 questions, chance decides a lot",
)
def test_numbers_of_the_card():
    assert "Accuracy: 92.02%" in CARD and "91.2 % of 4,000 questions" in CARD
    pictures, labels = networks.sample()
    games = [networks.pointing_game(net(), pictures, labels, scenes=10, seed=seed) for seed in range(10)]
    assert (min(games), max(games)) == (0.8, 1.0)
    assert abs(np.mean(games) - 0.912) < 2 * np.sqrt(0.912 * 0.088 / 400)


@states(
    "In conv1 a cell sees 5×5 pixels. Map 2 asks for a bright column with a dark one on its right. Map 13 "
    "asks for a bright horizontal bar. Map 8 asks for dark on the left, bright on the right.",
    "garments of every kind excite them.",
)
def test_what_conv1_asks_for():
    weights = net().weights["conv1.weight"][:, 0].astype(float)
    assert net().field("conv1").size == 5
    columns, rows = weights.mean(1), weights.mean(2)
    bright = columns[2].argmax()
    assert bright < 4 and columns[2][bright] > 0 > columns[2][bright + 1 :].min()
    assert columns[2].argmin() > bright
    inner = rows[13].argmax()
    assert 0 < inner < 4 and rows[13][inner] > 0 > rows[13].min()
    assert columns[8][:2].mean() < 0 < columns[8][3:].mean()
    assert len({name for map_ in (2, 8, 13) for name in classes(map_, "conv1 + ReLU")}) >= 5


@states(
    "In conv3 a cell sees 14×14 pixels. The patches of map 7 are toes of shoes. Try map 1: mostly the hollow "
    "in front of a heel. Map 16: thin slanted straps, and handles of bags.",
)
def test_what_conv3_asks_for():
    shoes = {"Sandal", "Sneaker", "Ankle boot"}
    assert net().field("conv3").size == 14
    assert set(classes(7, "conv3 + ReLU")) <= shoes
    heels = classes(1, "conv3 + ReLU")
    assert sum(count for name, count in heels.items() if name in shoes) >= 7
    assert sum(count for name, count in classes(16, "conv3 + ReLU").items() if name in {"Sandal", "Bag"}) >= 7


@states(
    "In conv5 the window is 32×32, larger than the picture. All twelve patches of map 32 are trousers. Map "
    "35 finds ankle boots with a heel. Others are mixed: map 42 likes trousers, and also some boots.",
    "A filter of conv5 has 64 slices, one for each map below:",
    "Each layer can only combine what the layer below says, and sees a little more of the picture.",
)
def test_what_conv5_asks_for():
    assert net().field("conv5").size == 32 > 28
    assert classes(32, "conv5 + ReLU") == {"Trouser": 12}
    assert classes(35, "conv5 + ReLU").get("Ankle boot", 0) >= 10
    mixed = classes(42, "conv5 + ReLU")
    assert mixed["Trouser"] >= 4 and mixed["Ankle boot"] >= 2
    assert net().weights["conv5.weight"].shape[1] == 64
    sizes = [net().field(layer).size for layer in networks.CONVS]
    assert sizes == sorted(set(sizes))


@states(
    "activations are most in the first layers, parameters in the first fully connected layer, *fc6*, and "
    "multiply-adds are spread over the convolutions.",
    "its weights do not depend on the picture's size, while its work grows with the area: (288/224)² is 1.65."
    " Only *fc6* needs more weights for a larger picture",
)
def test_the_tower():
    small, large = (geometry.cost(networks.vgg16(), (3, side, side)) for side in (224, 288))
    assert max(small, key=lambda one: one.activations).name.startswith("conv1")
    assert max(small, key=lambda one: one.parameters).name == "fc6"
    assert max(one.macs for one in small) < 0.15 * sum(one.macs for one in small)
    grown = [a.name for a, b in zip(small, large, strict=True) if a.parameters != b.parameters]
    assert grown == ["fc6"] and round((288 / 224) ** 2, 2) == 1.65


@states(
    "*Bag row* and *Bag col.*: the bright spot follows.",
    "The map of the bag is not clean. Something above the collar of the pullover looks like a handle to it.",
    "The map follows in steps: two poolings make one cell 4 pixels wide.",
    "Convolution and pooling keep the order of places",
)
def test_four_garments():
    lab = labs.scene_lab(find="Bag")
    heat = lab.scene.panels["cam"].array.squeeze()
    field = net().field("conv5")
    assert field.jump == 4

    def peak():
        where = np.unravel_index(lab.scene.panels["cam"].array.squeeze().argmax(), heat.shape)
        return [field.start + (field.size - 1) / 2 + one * field.jump for one in where]

    row, col = 8, 52  # the bag's corner; the pullover's is (50, 8)
    assert row <= peak()[0] < row + 28 and col <= peak()[1] < col + 28
    middle = field.start + (field.size - 1) / 2 + field.jump * np.arange(len(heat))
    collar = heat[np.ix_((middle > 38) & (middle < 62), (middle > 8) & (middle < 36))]
    elsewhere = heat[np.ix_((middle > 60), (middle > 44))]  # the ankle boot
    assert 0.3 * heat.max() < collar.max() and elsewhere.max() < collar.max()
    for place in (40, 44, 48):
        lab.controls["col_1"].value = place
        assert place <= peak()[1] < place + 28


@states(
    "at 0.2 a window covers 60×60 pixels. Raise *threshold* to 0.9: two boxes are left, both on the face.",
    "tick *search every scale*. Boxes appear on the suit and in the background: **false alarms**.",
    "There is no human face here, yet boxes pass.",
)
def test_the_face_detector():
    lab = labs.face_lab("astronaut", scale=0.2, threshold=0.9)
    assert "covers 60×60 pixels" in lab.scene.says and "2 boxes reach" in lab.scene.says
    x = images.load("astronaut", grey=False)
    detector = networks.load("pnet")
    _, two = networks.faces(detector, x, [0.2], 0.9)
    middles = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in two[:, :4]]
    assert len(two) == 2 and all(80 < across < 170 and 60 < down < 125 for across, down in middles)
    _, many = networks.faces(detector, x, networks.pyramid(256, 256), 0.7)
    away = [(left + right) / 2 for left, top, right, bottom in many[:, :4] if (top + bottom) / 2 > 130]
    assert len(many) > 4 and away
    assert int(re.search(r"false alarms: (\d+)", labs.face_lab("cat", all_scales=True).scene.says)[1]) > 0


@states(
    "Most places are 0: an output reads only pixels near each other.",
    "the same nine weights stand in every row.",
    "A row of the Sobel matrix holds six numbers, not nine: three of its weights are 0.",
)
def test_a_convolution_as_a_matrix():
    matrix = labs.matrix_lab(n=6, kernel="nine weights").scene.panels["matrix"].array
    assert matrix.shape == (16, 36) and np.count_nonzero(matrix) == 144
    assert all(sorted(row[row != 0]) == list(range(1, 10)) for row in matrix)
    sobel = labs.matrix_lab(n=6, kernel="sobel").scene.panels["matrix"].array
    assert (np.count_nonzero(sobel, axis=1) == 6).all()


@states(
    "The dense layer below has 14,400 weights.",
    "Up to column 4 both maps agree. Then the dense layer's answer breaks off and fades.",
    "The dense layer has other weights for other places, and weights that met no object were never taught; "
    "the convolution has the same nine weights everywhere.",
)
def test_only_the_convolution_follows():
    assert 12 * 12 * 10 * 10 == 14_400 and "the dense layer 14,400" in labs.dense_lab().scene.says
    strongest = []
    for col in range(10):
        panels = labs.dense_lab(row=4, col=col).scene.panels
        assert np.allclose(panels["dense"].array, panels["conv"].array) == (col <= 4)
        strongest.append(np.abs(panels["dense"].array).max())
    assert strongest[4] > strongest[5] > strongest[6] > 1 and max(strongest[7:]) < 1e-9


@states(
    "Show the dense layer the object in all 100 places, and it learns them one by one. One picture is enough "
    "for the nine weights: they work everywhere."
)
def test_what_it_takes_to_learn_a_convolution():
    pictures = [labs.dense_lab(*place).scene.panels["input"].array for place in np.ndindex(10, 10)]
    flat = np.array([x.ravel() for x in pictures])
    answers = np.array([conv2d(x, kernels.sobel()).ravel() for x in pictures])
    learned = np.linalg.lstsq(flat, answers, rcond=None)[0]
    np.testing.assert_allclose(flat @ learned, answers, atol=1e-9)
    windows = np.lib.stride_tricks.sliding_window_view(pictures[44], (3, 3)).reshape(100, 9)
    weights = np.linalg.lstsq(windows, answers[44], rcond=None)[0]
    np.testing.assert_allclose(weights, kernels.sobel().ravel(), atol=1e-9)


@states(
    "At stride 1 the map follows exactly. The pooled map does at every second step, since its cells are two "
    "pixels wide. The mean of the map stays.",
    "At stride 4 everything returns to 0 only at every fourth pixel, and the pooled map at every eighth.",
    "A stride of 4 keeps one position in 4, so after a move by 4 pixels the kept positions see the same "
    "again, "
    "one cell further; in between they see something else, and no interpolation brings it back.",
)
def test_what_follows_and_what_stays():
    for stride, every in ((1, (1, 2, 1)), (4, (4, 8, 4))):
        series = labs.moved_lab(stride=stride).scene.panels["errors"].series
        for found, step in zip(series.values(), every, strict=True):
            assert [by for by in range(17) if found[by] < 1e-6] == list(range(0, 17, step))


def test_every_telling_cell_has_its_test():
    assert states.untold() == []
