"""What notebook 04 says of its pictures."""

import re

import numpy as np

from convlab import Layer, labs, networks, receptive_field
from convlab.networks import wires
from tests.claims.helpers import claims

states = claims("04_receptive_fields")


def column(lab, name):
    """A column of the lab's table, as text."""
    rows = next(iter(lab.scene.tables.values()))
    return [row[rows[0].index(name)] for row in rows[1:]]


def sizes(*layers):
    return [field.size for field in receptive_field(layers)]


def reached(layers):
    """Distances that a unit on top reads, by stepping from tap to tap."""
    found = {0}
    for layer in layers:
        found = {at + layer.dilation * tap for at in found for tap in (-1, 0, 1)}
    return sorted(found)


@states(
    "Follow the pink cells down: 1, 3, 5, 7.",
    "The grey map tells how much of each unit's window lies on the image: white is all of it.",
    "The three units it reads stand side by side and see almost the same pixels: the left one sees one "
    "pixel more on the left, the right one one more on the right",
)
def test_three_layers():
    lab = labs.receptive_lab("three 3×3", also="every layer")
    scene = lab.scene
    windows = scene.windows_of(("layer 3", 0, 0, 16))
    assert [len(windows[name][1]) for name in ("layer 2", "layer 1", "image")] == [3, 5, 7]
    share = scene.panels["top"].array
    assert share[16, 16] == share.max() and share[0, 0] < share[0, 16] < share[16, 16]
    two = [set(range(at - 2, at + 3)) for at in (-1, 0, 1)]  # what neighbours of layer 2 see
    assert set.union(*two) - two[1] == {-3, 3} and min(two[0]) == -3 and max(two[2]) == 3


@states(
    "each unit is drawn as wide as its jump, above the pixels it looks at.",
    "The column *size* of the table starts with your two answers.",
    "Sizes change in the layers that follow, never in the layer itself.",
    "1. size = size below + dilation · (kernel − 1) · jump 2. jump = jump · stride",
)
def test_strides():
    kernels, strides = (3, 7, 3, 3), (2, 1, 2, 1)
    stack = [(k, stride, k // 2, 1) for k, stride in zip(kernels, strides, strict=True)]
    lab = labs.receptive_lab(layers=stack, also="every layer")
    pitch = lab.scene.panels["image"].ruler[1]
    drawn = [lab.scene.panels[f"layer {k}"].ruler[1] / pitch for k in range(1, 5)]
    assert drawn == [field.jump for field in receptive_field([Layer(*one[:2]) for one in stack])]
    assert column(lab, "size")[1:3] == ["3", "15"]  # after the image's own
    before = sizes(*[Layer(*one[:2]) for one in stack])
    for changed in (0, 2):
        after = sizes(*[Layer(k, 1 if at == changed else s) for at, (k, s, *_) in enumerate(stack)])
        assert after[: changed + 1] == before[: changed + 1] and after[-1] < before[-1]
    size = jump = 1
    for kernel, stride, dilation, want in zip((3, 5, 2), (2, 1, 2), (1, 2, 1), (3, 19, 21), strict=True):
        size, jump = size + dilation * (kernel - 1) * jump, jump * stride
        assert size == want
    assert sizes(Layer(3, 2), Layer(5, dilation=2), Layer(2, 2)) == [3, 19, 21]


@states(
    "*Size* stays at 7. *Start* moves to the left, and the map has more units.",
    "Start goes down by padding · jump.",
    "It is the same number without the minus sign: 2 where the start is −2.",
)
def test_padding():
    found = [receptive_field([Layer(3, padding=p), Layer(5)])[-1] for p in (0, 1, 2)]
    assert [(field.size, field.start) for field in found] == [(7, 0), (7, -1), (7, -2)]
    late = [receptive_field([Layer(3, 2), Layer(5, padding=p)])[-1].start for p in (0, 1)]
    assert late[0] - late[1] == 2
    stacks = ([(3, 1, p, 1), (5, 1, 0, 1)] for p in (0, 2))
    units = [labs.receptive_lab(layers=one, size=24).scene.panels["top"].array.shape[1] for one in stacks]
    assert units[0] < units[1]


@states(
    "The column *reads* counts them along one row: 7 of 13.",
    "Choose the stack *dilation 1-2-4*: 15 of 15.",
    "three steps with d = 2 reach even distances only, and several paths end at the same pixel, while "
    "steps of 1, 2 and 4 reach every distance from −7 to 7.",
)
def test_gridding():
    for preset, reads, size in (("dilation 2-2-2", "7", "13"), ("dilation 1-2-4", "15", "15")):
        lab = labs.receptive_lab(preset)
        assert (column(lab, "reads")[-1], column(lab, "size")[-1]) == (reads, size)
    twos, growing = ([Layer(3, dilation=d) for d in rates] for rates in ((2, 2, 2), (1, 2, 4)))
    assert reached(twos) == [-6, -4, -2, 0, 2, 4, 6] and reached(growing) == list(range(-7, 8))
    paths = (27 * networks.profile(twos)).round()
    assert paths.max() > 1 and ((paths == 0) == (np.arange(13) % 2 == 1)).all()


@states(
    "One unit of pool5 sees 212 × 212 pixels of an image of 224 × 224. Move to a corner of the map: "
    "most of its window hangs over the border.",
    "Lower *image* to 64. The field does not shrink. It is now larger than the image.",
    "the field is 427 or 483 pixels.",
)
def test_published():
    size, jump, start = receptive_field(networks.vgg16()[:18])[-1]
    assert size == 212
    seen = max(0, start + size) / size  # of the corner unit, along one axis
    assert seen**2 < 0.5
    lab = labs.receptive_lab("VGG-16 to pool5", "camera", size=64)
    assert "receptive field of 212×212" in lab.scene.says and jump == 32


def counts(**start):
    says = labs.proofs_lab("dilation 1-2-4", **start).scene.says
    return [int(n) for n in re.search(r"and (\d+) columns.*at (\d+) columns?.*at (\d+)\.", says).groups()]


@states(
    "Which pixels have an effect is the same in all three.",
    "With a ReLU after each layer the three disagree. The formula says 15 columns, poke and gradient "
    "find fewer. Move *weights no.*: sometimes nothing gets through at all, sometimes everything (no. "
    "9).",
    "On an image of zeros a ReLU has slope 0, so the gradient sees nothing where a poke may.",
    "a maximum passes only its largest pixel.",
)
def test_three_proofs():
    assert counts() == [15, 15, 15]
    relu = {seed: counts(op="weighted sum, then ReLU", seed=seed) for seed in range(10)}
    assert all(one[0] == 15 for one in relu.values())
    assert relu[6][1] < 15 and relu[6][2] < 15 and relu[9] == [15, 15, 15]
    assert any(one[1:] == [0, 0] for one in relu.values())
    largest = counts(op="maximum (max-pool)")
    assert largest[1] < 15 and largest[2] <= 1
    flat = {seed: counts(op="weighted sum, then ReLU", zero=True, seed=seed) for seed in range(10)}
    assert all(one[2] == 0 for one in flat.values()) and any(one[1] for one in flat.values())


@states(
    "one layer is a flat **box**. Two layers give 1, 2, 3, 2, 1: a **triangle**, because three paths "
    "lead to the middle pixel and one to each end. With every layer it looks more like a bell.",
    "The receptive field grows by 2 pixels with every layer. The bell grows too, but more slowly, so "
    "its share of the field falls like 1/√n.",
    "After n layers σ = √(n (k² − 1)/12).",
    "The marked square is 4σ wide.",
)
def test_the_bell():
    profiles = [networks.profile([Layer(3)] * n) for n in (1, 2, 5, 20)]
    np.testing.assert_allclose(profiles[0] * 3, 1)
    np.testing.assert_allclose(profiles[1] * 9, [1, 2, 3, 2, 1])
    off = []
    for profile in profiles:
        bell = networks.bell(len(profile), networks.spread(profile))
        off.append(np.abs(profile - bell).max() / bell.max())
    assert off == sorted(off, reverse=True)
    for n in (5, 10, 20, 40):
        for k in (3, 5):
            share = networks.profile([Layer(k)] * n)
            assert abs(networks.spread(share) - np.sqrt(n * (k * k - 1) / 12)) < 1e-9
            assert len(share) == 1 + n * (k - 1)
    ratio = {n: networks.spread(networks.profile([Layer(3)] * n)) / (2 * n + 1) for n in (10, 40)}
    assert abs(ratio[40] / ratio[10] - 0.5) < 0.03
    box = labs.effective_lab(20).scene.windows_of(("box", 0, 0, 0))["map"][1]
    assert abs(len(box) - 4 * np.sqrt(20 * 8 / 12)) <= 1


def spreads(layer, trained, power):
    """4σ over the field of a layer of the net; of |gradient| to a power, as `net_map` measures squares."""
    net, random, (garments, _) = networks.load("fashion"), np.random.default_rng(0), networks.sample()
    size, jump, start = net.field(layer)
    place = round((20 - start - (size - 1) / 2) / jump)
    first = start + place * jump
    total = np.zeros((size, size))
    for _ in range(3):
        four = garments[random.choice(len(garments), 4, replace=False)].astype(np.float32)
        scene = np.block([[four[0], four[1]], [four[2], four[3]]])[8:48, 8:48]
        for channel in random.choice(len(net.weights[f"{layer}.weight"]), 4, replace=False):
            slope = net.gradient(scene, layer, (int(channel), place, place))[0]
            total += np.abs(slope[first : first + size, first : first + size]) ** power
    total /= total.sum()
    return 2 * (networks.spread(total.sum(0)) + networks.spread(total.sum(1))) / size


@states(
    "In this network training did **not** widen what counts; it is a little narrower",
    "In conv5, 4σ is 63 % of the field by squared gradients. By their absolute values, which give "
    "small slopes more weight, it is 82 %.",
    "so the lab **squares the gradient**",
    "The picture is rougher, but the bell is there.",
)
def test_measures():
    assert round(spreads("conv5", True, 2), 2) == 0.63 and round(spreads("conv5", True, 1), 2) == 0.82
    assert "squared gradient" in labs.effective_lab(weights="random").scene.panels["map"].title
    assert (
        "4σ = 20.2 px is 63% of it" in labs.effective_lab(weights="the trained net", layer="conv5").scene.says
    )

    def sigma(layer, trained):
        energy = networks.net_map(layer, trained)
        return networks.spread(energy.sum(0)) + networks.spread(energy.sum(1))

    assert all(sigma(layer, True) < sigma(layer, False) for layer in networks.CONVS)
    layers = [Layer(3)] * 20
    rough, even = networks.random_map(layers).sum(0), networks.profile(layers)
    assert np.corrcoef(rough, even)[0, 1] > 0.95
    assert np.abs(np.diff(rough, 2)).sum() > 2 * np.abs(np.diff(even, 2)).sum()


@states(
    "Its window on the first two pictures does not reach the plug. The unit has no answer, and a guess "
    "is right half of the time.",
    "Eight layers of 3×3 see 8 pixels to each side: exactly the wires of length 8 or less are "
    "answered, and all of them rightly.",
    "Now *kernel* 7: ten layers see 30 pixels to each side, and 156 of the 160 wires are right. Two "
    "are wrong, because a wide window may jump to a neighbouring wire. Then *dilation* 2: the field is "
    "wide, and nearly every charge is lost in the holes.",
    "A large field is **necessary**, because without it no weights help; it is not **sufficient**",
)
def test_wires():
    _, _, ends, truth = wires.pictures()

    def answers(layers, kernel, dilation):
        charge = wires.carry(kernel=kernel, dilation=dilation)[layers]
        return charge[np.arange(len(ends))[:, None], ends[..., 0], ends[..., 1]]

    eight = answers(8, 3, 1)
    assert ((eight != 0) == (ends[..., 1] <= 8)).all() and ((eight == truth) | (eight == 0)).all()
    assert ends[0, :, 1].max() > 8 and sizes(*[Layer(3)] * 8)[-1] == 17
    wide = answers(10, 7, 1)
    assert ((wide == truth).sum(), ((wide != truth) & (wide != 0)).sum(), wide.size) == (156, 2, 160)
    assert sizes(*[Layer(7)] * 10)[-1] == 61
    holes = answers(30, 3, 2)
    assert (holes != 0).mean() < 0.2 and sizes(*[Layer(3, dilation=2)] * 30)[-1] == 121
    longest = ends[..., 1].max()
    assert (answers(longest, 3, 1) == truth).all()


@states(
    "VGG-16 has the larger receptive field, 212 against 195 pixels. With equal weights it has the "
    "**smaller** effective one: σ is 27.6 against 29.6 pixels. It pays 23 times the multiply-adds.",
    "windows of 11, placed 4 apart, overlap unevenly.",
    "13 convolutions with a ReLU each, instead of 5.",
    "That is 27 C² against 49 C², for C channels in and out.",
)
def test_rivals():
    says = labs.rivals_lab("pool5").scene.says
    assert "212 px and σ 27.6 px" in says and "195 px and σ 29.6 px" in says and "23.4 times" in says
    covered = np.zeros(40, int)
    for start in range(0, 27, 4):
        covered[start : start + 11] += 1
    assert set(covered[12:24]) == {2, 3}
    counted = [
        sum(layer.kind == "conv" and layer.kernel != "all" for layer in one()[:stop])
        for one, stop in ((networks.vgg16, 18), (networks.alexnet, 8))
    ]
    assert counted == [13, 5] and (3 * 9, 7 * 7) == (27, 49)


def test_every_telling_cell_has_its_test():
    assert states.untold() == []
