"""The networks that ship: against torch, against what their makers' code answered, and against themselves."""

import hashlib
import json
import re
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from convlab import ConvlabError, Layer, networks
from convlab.arithmetic import geometry

DATA = Path(__file__).parent.parent / "data"
WEIGHTS = resources.files("convlab.networks") / "weights"


@pytest.fixture(scope="module")
def fashion():
    return networks.load("fashion")


@pytest.fixture(scope="module")
def pnet():
    return networks.load("pnet")


@pytest.fixture(scope="module")
def sample():
    return networks.sample()


def small(seed=0):
    """A random network with everything in it: strides, dilation, groups, hanging pools, a branch."""
    random = np.random.default_rng(seed)
    layers = [
        Layer(3, stride=2, padding=1, name="conv1"),
        Layer(kind="prelu", name="prelu1"),
        Layer(3, stride=2, padding=1, kind="max_pool", ceil_mode=True, name="pool1"),
        Layer(3, padding=2, dilation=2, groups=2, name="conv2"),
        Layer(kind="relu", name="relu2"),
        Layer(name="side", reads="prelu1"),
        Layer((3, 2), stride=(1, 2), padding=((1, 1), (0, 1)), name="uneven", reads="relu2"),
        Layer((1, 2), stride=(1, 2), padding=((0, 0), (0, 1)), kind="avg_pool", name="pool2", reads="relu2"),
        Layer(kind="add", name="sum", reads=["uneven", "pool2"]),
        Layer(2, padding=1, kind="avg_pool", ceil_mode=True, stride=2, name="pool3", reads="sum"),
        Layer(kind="concat", name="both", reads=["uneven", "sum", "uneven"]),
        Layer("all", kind="avg_pool", name="mean", reads="relu2"),
        Layer("all", name="scores"),
        Layer(kind="softmax", name="probability"),
    ]
    shapes = {
        "conv1.weight": (4, 2, 3, 3),
        "conv1.bias": (4,),
        "prelu1.slope": (4,),
        "conv2.weight": (6, 2, 3, 3),
        "side.weight": (1, 4, 1, 1),
        "scores.weight": (3, 6),
        "scores.bias": (3,),
        "uneven.weight": (6, 6, 3, 2),
    }
    weights = {name: random.normal(size=shape) for name, shape in shapes.items()}
    return networks.Network(layers, weights, classes=("a", "b", "c"), channels=2, offset=3, scale=5)


# --- the garment network against torch, and against what torch said when it was trained


def test_scores_equal_those_torch_gave_when_the_weights_were_stored(fashion):
    stored = np.load(DATA / "fashion_logits.npz")
    found = [fashion.forward(image)["scores"] for image in stored["images"]]
    assert len(found) == 20
    np.testing.assert_allclose(found, stored["scores"], atol=1e-4)


@pytest.mark.parametrize("side", [28, 84])
def test_scores_and_gradient_equal_torch(fashion, sample, side):
    torch = pytest.importorskip("torch")
    from tools.weights import train_fashion

    # in even areas cells of a pool are equal but for rounding, and either may get the gradient: noise decides
    images = np.random.default_rng(side).uniform(0, 50, (4, side, side)).astype(np.float32)
    images[:, :28, :28] += 0.8 * sample[0][:4]
    batch = torch.tensor(images[:, None], requires_grad=True)
    scores = train_fashion.scores(fashion.weights, batch)
    scores[:, 7].sum().backward()
    for i, image in enumerate(images):
        np.testing.assert_allclose(fashion.forward(image)["scores"], scores[i].detach(), atol=1e-4)
        gradient = fashion.gradient(image, "scores", 7)
        np.testing.assert_allclose(gradient, batch.grad[i], atol=1e-4 * abs(gradient).max())


# --- the card tells the truth


def test_the_card_states_what_the_full_test_set_gave():
    from tools.weights import evaluate_fashion

    stored, card = (
        json.loads((DATA / "fashion_counts.json").read_text()),
        (WEIGHTS / "fashion.md").read_text("utf8"),
    )
    counts = np.array(stored["confusion"])
    assert (counts.sum(axis=1) == 1000).all()
    assert stored["sha256"] == hashlib.sha256((WEIGHTS / "fashion.npz").read_bytes()).hexdigest()
    classes = networks.load("fashion").classes
    assert "\n".join(evaluate_fashion.lines(counts, classes, stored["sha256"])) in card
    assert np.trace(counts) >= 9100


def test_the_sample_is_judged_about_as_well_as_the_full_set(fashion, sample):
    images, labels = sample
    assert images.shape == (250, 28, 28) and images.dtype == np.uint8
    assert (np.bincount(labels) == 25).all()
    right = np.array([fashion.probabilities(image).argmax() for image in images]) == labels
    counts = np.array(json.loads((DATA / "fashion_counts.json").read_text())["confusion"])
    assert abs(right.mean() - np.trace(counts) / counts.sum()) < 3 * np.sqrt(0.09 * 0.91 / 250)


def test_the_network_is_small(fashion):
    assert sum(array.size for array in fashion.weights.values()) == 70_378
    assert len((WEIGHTS / "fashion.npz").read_bytes()) <= 200_000
    assert all(array.dtype == np.float32 for array in fashion.weights.values())


@pytest.mark.parametrize("name", networks.NETWORKS)
def test_weights_need_no_pickle_and_have_a_card(name):
    with (WEIGHTS / f"{name}.npz").open("rb") as stream:
        arrays = np.load(stream, allow_pickle=False)
        assert all(np.isfinite(arrays[key]).all() for key in arrays if key != "network")
    card = re.search(r"weights/\w+\.md", networks.NETWORKS[name]).group()
    text = (resources.files("convlab.networks") / card).read_text("utf8")
    assert "Permission is hereby granted, free of charge" in text


def oriented(kernel):
    """Share of a kernel's variation that depends only on the position across one of eight directions."""
    rows, cols = np.mgrid[-2:3, -2:3]
    flat, shares = (kernel - kernel.mean()).ravel(), []
    for angle in np.arange(8) * np.pi / 8:
        across = np.rint(rows * np.sin(angle) + cols * np.cos(angle)).astype(int).ravel() + 3
        sums, counts = np.bincount(across, flat, minlength=7), np.bincount(across, minlength=7)
        shares.append((sums**2 / np.maximum(counts, 1)).sum() / (flat**2).sum())
    return max(shares)


def test_first_filters_have_oriented_edges(fashion):
    kernels = fashion.weights["conv1.weight"][:, 0]
    edges = [kernel for kernel in kernels if oriented(kernel) > 0.65 and kernel.min() < 0 < kernel.max()]
    assert len(edges) >= 6
    # untrained kernels are rarely so: 2 of 16 at most in these draws
    draws = np.random.default_rng(0).normal(size=(50, 16, 5, 5))
    assert max(sum(oriented(kernel) > 0.65 for kernel in draw) for draw in draws) <= 2


# --- P-Net against the original


def test_pnet_answers_as_the_original_did(pnet):
    stored = np.load(DATA / "pnet_original.npz")
    found = pnet.forward(stored["picture"])
    np.testing.assert_allclose(found["probability"], stored["probability"], atol=1e-5)
    np.testing.assert_allclose(found["box"], stored["box"], atol=1e-5)
    assert stored["probability"][1].max() > 0.9
    assert sum(array.size for array in pnet.weights.values()) == 6_632


def test_pnet_looks_at_12_pixels_every_2(pnet):
    assert pnet.field("probability") == geometry.Field(size=12, jump=2, start=0)
    assert [layer.name for layer in pnet.path("box")[-2:]] == ["prelu3", "box"]
    assert "box" not in [layer.name for layer in pnet.path("scores")]


# --- any network


@pytest.mark.parametrize("shape", [(2, 11, 14), (2, 16, 9)])
@pytest.mark.parametrize(
    "layer, unit",
    [
        ("prelu1", (3, 2, 1)),
        ("pool1", (1, 0, 2)),
        ("conv2", (4, 1, 1)),
        ("side", (0, 3, 3)),
        ("sum", (2, 1, 1)),
        ("pool3", (1, 1, 1)),
        ("both", (14, 0, 1)),
        ("probability", 1),
    ],
)
def test_gradient_equals_finite_differences(shape, layer, unit):
    network, image = small(), np.random.default_rng(5).normal(size=shape) * 9
    gradient = network.gradient(image, layer, unit)
    differences, step = np.zeros(shape), 1e-5
    for place in np.ndindex(shape):
        up, down = image.copy(), image.copy()
        up[place] += step
        down[place] -= step
        rise = np.subtract(*(network.forward(one, [layer])[layer][unit] for one in (up, down)))
        differences[place] = rise / (2 * step)
    assert abs(gradient).max() > 1e-6
    np.testing.assert_allclose(gradient, differences, atol=1e-7)


def test_gradient_is_zero_outside_the_receptive_field():
    network, image = small(), np.random.default_rng(1).normal(size=(2, 30, 30))
    field = network.field("conv2")
    rows, cols = np.nonzero(network.gradient(image, "conv2", (0, 3, 4)).any(axis=0))
    for found, unit in ((rows, 3), (cols, 4)):
        first = field.start + unit * field.jump
        assert first <= found.min() and found.max() <= first + field.size - 1


def test_geometry_counts_what_runs(fashion):
    shapes = {name: maps.shape for name, maps in fashion.forward(np.zeros((28, 28))).items()}
    costs = geometry.cost(fashion.graph, (1, 28, 28))
    assert [cost.shape for cost in costs[:-3]] == [shapes[name] for name in fashion.layers][:-3]
    assert sum(cost.parameters for cost in costs) == 70_378


def test_an_equal_maximum_is_credited_once():
    layers = [Layer(2, stride=2, kind="max_pool", name="pool")]
    gradient = networks.Network(layers, {}).gradient(np.ones((4, 4)), "pool", (0, 0, 1))
    np.testing.assert_array_equal(gradient[0], [[0, 0, 1, 0]] + [[0] * 4] * 3)


def test_every_activation_is_kept_in_order(fashion):
    kept = fashion.forward(np.zeros((28, 28), np.uint8))
    assert list(kept) == ["input", *fashion.layers]
    assert kept["conv5"].shape == (64, 7, 7) and kept["probability"].sum() == pytest.approx(1)
    assert {value.dtype for value in kept.values()} == {np.dtype(np.float32)}
    assert fashion.forward(np.zeros((28, 28)))["scores"].dtype == np.float64


def test_the_mean_of_the_class_activation_map_is_the_score(fashion, sample):
    for image in (sample[0][0], networks.arrange(sample[0][:2], [(0, 0), (50, 40)])):
        score = fashion.forward(image)["scores"][3]
        bias = fashion.weights["scores.bias"][3]
        assert fashion.cam(image, 3).mean() + bias == pytest.approx(score, abs=1e-4)
    assert fashion.cam(image, 3).shape == (21, 21)


def test_shifting_by_the_jump_shifts_the_maps(fashion, sample):
    """Away from the border, 4 pixels in the image are 1 cell in the last maps."""
    first, second = (
        fashion.forward(networks.arrange(sample[0][:1], [place]))["relu5"] for place in ((28, 28), (32, 28))
    )
    np.testing.assert_allclose(first[:, 6:16, 6:16], second[:, 7:17, 6:16], atol=1e-4)
    assert first[:, 6:16, 6:16].max() > 0.5


def test_softmax_of_huge_scores_stays_finite():
    layers = [Layer(kind="softmax", name="probability")]
    found = networks.Network(layers, {}, channels=2).probabilities(np.array([[[1e9]], [[0.0]]]))
    np.testing.assert_array_equal(found.ravel(), [1, 0])


@pytest.mark.parametrize(
    "use, sentence",
    [
        (lambda net: net.forward(np.zeros((3, 28, 28))), "The image has 3 channels. This network sees 1."),
        (lambda net: net.forward(np.zeros(28)), "image has the shape (28,)."),
        (lambda net: net.forward(np.zeros((0, 5))), "image is empty"),
        (lambda net: net.forward("boot"), "holds no plain numbers"),
        (lambda net: net.forward(np.full((28, 28), np.nan)), "The image holds NaN or infinity."),
        (
            lambda net: net.forward(np.zeros((3, 28))),
            "An image of 3 × 28 does not pass through this network.",
        ),
        (
            lambda net: net.gradient(np.zeros((28, 28)), "conv9", 0),
            "There is no layer 'conv9'. There are: conv1,",
        ),
        (
            lambda net: net.gradient(np.zeros((28, 28)), "scores", 10),
            "unit, in scores, is 10. The largest legal value is 9.",
        ),
        (
            lambda net: net.gradient(np.zeros((28, 28)), "conv5", 3),
            "conv5 has shape (64, 7, 7): a unit has 3 numbers.",
        ),
        (lambda net: net.gradient(np.zeros((28, 28)), "conv5", (0, 0, -1)), "The smallest legal value is 0."),
        (
            lambda net: net.cam(np.zeros((28, 28)), 10),
            "category is 10. The largest legal value is 9.",
        ),
        (lambda net: net.field("scores"), "Mean sees the whole map, so its field depends on the image size"),
        (
            lambda net: networks.load("pnet").cam(np.zeros((3, 20, 20)), 0),
            "needs a mean and then a linear layer",
        ),
        (
            lambda net: networks.load("vgg"),
            "There is no network 'vgg'. There are: fashion, pnet, onet.",
        ),
    ],
)
def test_errors_are_sentences(fashion, use, sentence):
    with pytest.raises(ConvlabError, match=re.escape(sentence)):
        use(fashion)


def test_a_layer_made_by_hand_that_nothing_can_run_says_so():
    with pytest.raises(ConvlabError, match="each has no weights here"):
        networks.Network([Layer(kind="each", name="each")], {}).forward(np.ones((4, 4)))
