"""Networks of one's own: published architectures, ONNX's own cases, random graphs, hostile files."""

import pickle
import re
import tracemalloc
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from convlab import ConvlabError, networks
from convlab.arithmetic.geometry import UP, Field, Layer, cost, receptive_field, total, window_below
from convlab.labs.design import ALL, SHAPE, STARTS
from convlab.labs.stack import layers_of
from convlab.networks import programs
from convlab.networks.nodes import EACH

GRAPHS = Path(__file__).parent.parent / "data" / "graphs"
FLOAT = TensorProto.FLOAT


def model_of(nodes, shape, weights=None, opset=20, out="y"):
    """Write a model with one image as its input."""
    tensors = [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()]
    image = helper.make_tensor_value_info("x", FLOAT, [1, *shape])
    result = helper.make_empty_tensor_value_info(out)
    graph = helper.make_graph(nodes, "graph", [image], [result], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def test_a_network_can_be_handed_to_another_process():
    node = helper.make_node("Elu", ["x"], ["y"])
    net = networks.from_onnx(model_of([node], (1, 2, 2)).SerializeToString())
    x = np.array([[-1.0, 0.0], [1.0, 2.0]])
    again = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(again.forward(x)["y"], net.forward(x)["y"])


# Published architectures ---------------------------------------------------------------------------

# Parameters and billions of multiply-adds: torchvision's documentation of the weights (num_params, GFLOPS);
# for Inception v3 that counts a second classifier too, so here its layers without, counted by torch.
# Fields (size, stride, effective padding): Araujo, Norris & Sim (2019), Distill, has VGG-16 and Inception v3,
# and AlexNet and ResNet-50 with other padding and stride; the others follow by its recurrence.
PUBLISHED = {
    "alexnet": (61_100_840, 0.71, (195, 32, 66)),
    "vgg16": (138_357_544, 15.47, (212, 32, 90)),
    "resnet18": (11_689_512, 1.81, (435, 32, 217)),
    "resnet50": (25_557_032, 4.09, (427, 32, 213)),
    "inception_v3": (23_834_568, 5.71, (1311, 32, 618)),
    "densenet121": (7_978_856, 2.83, (2071, 32, 1021)),
    "mobilenet_v2": (3_504_872, 0.30, (491, 32, 245)),
    "efficientnet_b0": (5_288_548, 0.39, None),
    "convnext_tiny": (28_589_128, 4.46, (1688, 32, 828)),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_architectures(name):
    parameters, billions, field = PUBLISHED[name]
    net = networks.from_onnx((networks.FILES if name == "resnet18" else GRAPHS) / f"{name}.onnx")
    assert not [layer.name for layer in net.graph if layer.kernel is None]
    costs = net.cost()
    assert sum(one.parameters for one in costs) == parameters
    assert round(sum(one.macs for one in costs) / 1e9, 2) == billions
    assert costs[-1].shape == (1000, 1, 1)
    if field:
        size, jump, padding = field
        before = next(layer for layer in net.graph if layer.kernel == "all")
        for axis in (0, 1):
            assert net.field(net.reads[before.name][0], axis) == Field(size, jump, -padding)


def test_squeeze_and_excitation_sees_everything_and_says_so():
    net = networks.from_onnx(GRAPHS / "efficientnet_b0.onnx")
    first = next(layer.name for layer in net.graph if layer.kernel == "all")
    assert net.field(net.reads[first][0]).size == 7
    with pytest.raises(ConvlabError, match=f"{first} sees the whole map"):
        net.field(list(net.layers)[-1])
    above = {name for name in net.layers if first in [layer.name for layer in net.path(name)]}
    after = next(name for name in net.layers if name in above and len(net.reads[name]) == 2)  # scaled by it
    with pytest.raises(ConvlabError, match="sees the whole map"):
        net.field(after)


def test_a_u_net():
    net = networks.from_onnx(GRAPHS / "unet.onnx")
    depths = (64, 128, 256, 512, 1024)
    convs = [9 * a * b + b + 9 * b * b + b for a, b in zip((3, *depths), depths, strict=False)]
    ups = [
        4 * a * b + b + 9 * a * b + b + 9 * b * b + b
        for a, b in zip(depths[:0:-1], depths[-2::-1], strict=True)
    ]
    assert sum(one.parameters for one in net.cost()) == sum(convs) + sum(ups) + 64 * 2 + 2 == 31_031_810
    assert net.cost()[-1].shape == (2, 224, 224) and net.cost((3, 64, 96))[-1].shape == (2, 64, 96)
    up = next(name for name, layer in net.layers.items() if layer.kind == "conv_transpose")
    assert net.field(net.reads[up][0])[:2] == (140, 16)  # 3 5 6 10 14 16 24 32 36 52 68 76 108 140, by hand
    with pytest.raises(ConvlabError, match=f"{up} makes the map larger, so its units see unequal parts"):
        net.field(up)


# Files that come with the package onnx, whose weights are constants that take no room. Parameters: Simonyan &
# Zisserman (2014) and He et al. (2015) as torchvision counts them; SqueezeNet 1.1's are torchvision's too.
@pytest.mark.parametrize(
    "name, parameters", [("vgg19", 143_667_240), ("resnet50", 25_557_032), ("squeezenet", 1_235_496)]
)
def test_files_of_others(name, parameters):
    path = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light" / f"light_{name}.onnx"
    assert sum(one.parameters for one in networks.from_onnx(path).cost()) == parameters


def test_shapes_only_open_and_say_that_there_are_no_weights():
    net = networks.from_onnx(networks.FILES / "resnet18.onnx")
    assert net.shape == (3, 224, 224) and not net.weights
    with pytest.raises(ConvlabError, match="has no weights here: only the shape of the network is known"):
        net.forward(np.zeros((3, 64, 64)))


# Operators -----------------------------------------------------------------------------------------

ONNX = np.load(Path(__file__).parent.parent / "data" / "onnx" / "network_cases.npz")
CASES = sorted({name.split("/")[0] for name in ONNX.files})
# What ONNX has cases of and our networks do not understand: they open, and say so.
STRANGE = re.compile(
    r"resize_.*(cubic|crop|antialias|axes|policy|sizes)|upsample_.*cubic|reduce_mean_|reshape_|softmax_|"
    r"layer_normalization_|transpose_all|flatten_|squeeze|pad|training_mode|matmul_|half_pixel_symmetric|"
    r"convtranspose_(autopad|output_shape|kernel_shape)"
)


@pytest.mark.parametrize("name", CASES)
def test_onnx_cases(name):
    """Every case is answered as ONNX expects, or refused with the reason."""
    net = networks.from_onnx(ONNX[f"{name}/model"].tobytes())
    last, images = net.graph[-1], ONNX[f"{name}/image"]
    if last.kind == "unknown":
        assert STRANGE.search(name), last.why
        with pytest.raises(ConvlabError, match="cannot be run"):
            net.forward(images[0])
        return
    found = np.stack([net.forward(image)[last.name] for image in images])
    np.testing.assert_allclose(found, ONNX[f"{name}/answer"], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("op", sorted(set(EACH) - {"Add", "Sub", "Mul", "Div", "Sum", "Cast"}))
def test_every_function_of_single_numbers_equals_the_reference(op):
    x = np.random.default_rng(0).normal(size=(1, 3, 4, 5)).astype(np.float32) * 3
    x = np.abs(x) if op in ("Log", "Sqrt", "Pow") else x
    more = {"Pow": np.float32(1.5), "Clip": np.float32(-1), "PRelu": np.full((3, 1, 1), 0.1, np.float32)}
    names = ["x", "more"] if op in more else ["x"]
    model = model_of(
        [helper.make_node(op, names, ["y"])], (3, 4, 5), {"more": more.get(op, np.float32(0))}, 22
    )
    net = networks.from_onnx(model.SerializeToString())
    (expected,) = ReferenceEvaluator(model).run(None, {"x": x})
    np.testing.assert_allclose(net.forward(x[0])["y"], expected[0], rtol=1e-4, atol=1e-5)
    assert net.field("y") == Field(1, 1, 0)


@st.composite
def networks_of_branches(draw, channels=1, grow=True):
    """Draw the nodes of a network along its width, and for each map its width, jump and channels."""
    nodes, weights, maps = [], {}, {"x": (128, Fraction(1), channels)}
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    for place in range(draw(st.integers(4, 9))):
        source, name = draw(st.sampled_from(list(maps)[-4:])), f"t{place}"
        wide, jump, depth = maps[source]
        alike = [one for one in maps if one != source and maps[one][:2] == (wide, jump)]
        op = draw(
            st.sampled_from(
                ["Conv", "Conv", "join", "join", "MaxPool", "AveragePool", "up", "up", "up", "Relu"]
            )
        )
        if op == "join" and alike:
            other = draw(st.sampled_from(alike))
            op = "Add" if maps[other][2] == depth and depth > 2 else "Concat"
            axis = {"axis": 1} if op == "Concat" else {}
            nodes.append(helper.make_node(op, [source, other], [name], **axis))
            maps[name] = wide, jump, depth + maps[other][2] * (op == "Concat")
            continue
        if op in ("Relu", "join"):
            nodes.append(helper.make_node("Relu", [source], [name]))
            maps[name] = maps[source]
            continue
        if op == "up" and wide < 128 and grow:  # its units see unequal parts
            if draw(st.booleans()):
                kernel = draw(st.integers(2, 4))
                left = draw(st.integers(0, kernel - 2))
                weights[name + "w"] = rng.uniform(0.5, 1.5, (depth, depth, 1, kernel)).astype(np.float32)
                node = helper.make_node("ConvTranspose", [source, name + "w"], [name], strides=[1, 2],
                                        pads=[0, left, 0, kernel - 2 - left])  # fmt: skip
            else:
                weights[name + "s"] = np.array([1, 1, 1, 2], np.float32)
                mode = draw(st.sampled_from(["nearest", "linear"]))
                node = helper.make_node("Resize", [source, "", name + "s"], [name], mode=mode)
            nodes.append(node)
            maps[name] = wide * 2, jump / 2, depth
            continue
        kernel, stride = draw(st.integers(1, 4)), draw(st.sampled_from([1, 1, 1, 2]))
        wide_apart = op == "Conv" or (op == "MaxPool" and channels == 1)
        dilation = draw(st.integers(1, 3)) if wide_apart else 1
        stride = stride if wide % 2 == 0 and kernel > 1 else 1
        total = dilation * (kernel - 1) + 1 - stride
        total, stride = (total, stride) if total >= 0 else (dilation * (kernel - 1), 1)
        left = draw(st.integers(0, min(total, kernel - 1)))
        left = left if total - left <= kernel - 1 or op in ("Conv", "up") else total - (kernel - 1)
        window = {"strides": [1, stride], "pads": [0, left, 0, total - left]}
        uneven = op == "MaxPool" and channels > 1 and total  # with a border ONNX's reference fails
        if op in ("Conv", "up") or max(left, total - left) >= kernel or uneven:
            weights[name + "w"] = rng.uniform(0.5, 1.5, (2, depth, 1, kernel)).astype(np.float32) / depth
            node = helper.make_node("Conv", [source, name + "w"], [name], dilations=[1, dilation], **window)
            depth = 2
        else:
            more = {"count_include_pad": 1} if op == "AveragePool" else {"dilations": [1, dilation]}
            node = helper.make_node(op, [source], [name], kernel_shape=[1, kernel], **window, **more)
        nodes.append(node)
        maps[name] = wide // stride, jump * stride, depth
    return nodes, weights, maps


@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.filter_too_much]
)
@given(drawn=networks_of_branches(grow=False))
def test_in_random_networks_the_pixels_that_change_a_unit_are_those_predicted(drawn):
    nodes, weights, maps = drawn
    last = nodes[-1].output[0]
    net = networks.from_onnx(model_of(nodes, (1, 128, 128), weights, out=last).SerializeToString())
    path = net.path(last)
    assume(any(len(layer.reads) > 1 for layer in path))
    wide, jump, _ = maps[last]
    field, sides = (
        net.field(last, axis=1),
        [maps["x" if name == "input" else name][0] for name in ("input", *(one.name for one in path))],
    )
    kept = net.forward(np.eye(128))[
        last
    ]  # each row is a poke of one pixel; no weight is below 0, so none cancel
    units, sizes = range(wide // 2 - 4, wide // 2 + 4), []
    for unit in units:
        read = [window_below(path, unit, level, axis=1) for level in range(len(path) + 1)]
        assume(
            all(not one or (one[0] >= 0 and one[-1] < side) for one, side in zip(read, sides, strict=True))
        )
        assert np.flatnonzero(kept[:, :, unit].any(axis=0)).tolist() == read[0]
        sizes.append(read[0][-1] - read[0][0] + 1)
    assert field.jump == jump and field.size == max(sizes)


@settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.filter_too_much]
)
@given(drawn=networks_of_branches())
def test_above_layers_that_enlarge_each_unit_reads_what_is_predicted(drawn):
    nodes, weights, maps = drawn
    last = nodes[-1].output[0]
    net = networks.from_onnx(model_of(nodes, (1, 128, 128), weights, out=last).SerializeToString())
    path = net.path(last)
    assume(any(layer.kind in UP for layer in path))
    kept, wide = net.forward(np.eye(128))[last], maps[last][0]  # each row is a poke of one pixel
    sides = [128, *(maps[one.name][0] for one in path)]
    for unit in range(wide // 2 - 4, wide // 2 + 4):
        read = [window_below(path, unit, level, axis=1) for level in range(len(sides))]
        inside = all(0 <= one[0] and one[-1] < side for one, side in zip(read, sides, strict=True) if one)
        assume(inside)
        assert np.flatnonzero(kept[:, :, unit].any(axis=0)).tolist() == read[0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(drawn=networks_of_branches(channels=3))
def test_random_networks_keep_what_the_reference_computes(drawn):
    nodes, weights, maps = drawn
    model = model_of(nodes, (3, 2, 128), weights, out=nodes[-1].output[0])
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in maps if name != "x")
    x = np.random.default_rng(0).normal(size=(3, 2, 128)).astype(np.float32)
    found = networks.from_onnx(model.SerializeToString()).forward(x)
    expected = ReferenceEvaluator(model).run(None, {"x": x[None]})
    assert list(found)[1:] == [node.output[0] for node in nodes]
    for one, answer in zip(model.graph.output, expected, strict=True):
        np.testing.assert_allclose(found[one.name], answer[0], rtol=1e-4, atol=1e-4)


# Gradients -----------------------------------------------------------------------------------------


def everything(seed=0):
    """Write a network with every kind of layer in it, for an image of 3×8×8."""
    rng = np.random.default_rng(seed)
    node, weights = helper.make_node, {}

    def array(name, *shape):
        weights[name] = rng.normal(size=shape).astype(np.float32)
        return name

    for name, value in {"sizes": [1, 4, 8, 8], "pads": [0, 0, 1, 0, 0, 0, 0, 1]}.items():
        weights[name] = np.array(value)
    weights |= {"scales": np.array([1, 1, 2, 2], np.float32), "var": np.ones(4, np.float32)}
    nodes = [
        node("Conv", ["x", array("w1", 4, 3, 3, 3), array("b1", 4)], ["c1"], pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["c1", array("g", 4), array("h", 4), array("m", 4), "var"], ["n1"]),
        node("LeakyRelu", ["n1"], ["r1"], alpha=0.1),
        node("AveragePool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        node(
            "ConvTranspose",
            ["p1", array("w2", 4, 4, 3, 3)],
            ["u1"],
            strides=[2, 2],
            pads=[0, 0, 1, 1],
        ),
        node("Resize", ["p1", "", "scales"], ["u2"], mode="nearest"),
        node("Add", ["u1", "u1"], ["a1"]),
        node("Mul", ["a1", array("scale", 4, 1, 1)], ["s1"]),
        node("Sub", ["s1", "r1"], ["s2"]),
        node("Pad", ["s2", "pads"], ["p2"], mode="reflect"),
        node("MaxPool", ["p2"], ["p3"], kernel_shape=[3, 3], strides=[1, 1], pads=[0, 1, 1, 0]),
        node("GlobalAveragePool", ["p3"], ["g1"]),
        node("Sigmoid", ["g1"], ["g2"]),
        node("Mul", ["p3", "g2"], ["e1"]),
        node("Exp", ["g2"], ["g3"]),
        node("Div", ["e1", "g3"], ["e2"]),
        node("Concat", ["e2", "p3"], ["k1"], axis=1),
        node("Transpose", ["k1"], ["t1"], perm=[0, 2, 3, 1]),
        node("MatMul", ["t1", array("w3", 8, 5)], ["t3"]),
        node("Gelu", ["t3"], ["t4"]),
        node("Transpose", ["t4"], ["t5"], perm=[0, 3, 1, 2]),
        node("PRelu", ["t5", array("slope", 5, 1, 1)], ["t6"]),
        node("GlobalMaxPool", ["t6"], ["g4"]),
        node("Flatten", ["g4"], ["f1"]),
        node("Gemm", ["f1", array("w4", 3, 5), array("b4", 3)], ["y1"], transB=1, alpha=0.5, beta=2.0),
        node("Softmax", ["y1"], ["y2"]),
        node("Add", ["u1", "u2"], ["l1"]),
        node("Transpose", ["l1"], ["l2"], perm=[0, 2, 3, 1]),
        node("LayerNormalization", ["l2", array("l3", 4), array("l4", 4)], ["l5"]),
    ]
    return model_of(nodes, (3, 8, 8), weights, out="y2")


@pytest.mark.parametrize("op, more", [("Sum", {}), ("Concat", {"axis": 1})])
def test_a_map_may_be_read_twice_before_another(op, more):
    nodes = [helper.make_node("Neg", ["x"], ["n"]), helper.make_node(op, ["x", "x", "n"], ["y"], **more)]
    model, x = model_of(nodes, (1, 2, 3)), np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)
    (expected,) = ReferenceEvaluator(model).run(None, {"x": x})
    net = networks.from_onnx(model.SerializeToString())
    np.testing.assert_array_equal(net.forward(x[0])["y"], expected[0])


def test_everything_equals_the_reference():
    model, image = everything(), np.random.default_rng(1).normal(size=(3, 8, 8))
    names = [node.output[0] for node in model.graph.node]
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    net = networks.from_onnx(model.SerializeToString())
    assert not [layer for layer in net.graph if layer.kind == "unknown"]
    found = net.forward(image.astype(np.float32))
    expected = ReferenceEvaluator(model).run(None, {"x": image[None].astype(np.float32)})
    for name, answer in zip(names, expected, strict=True):
        np.testing.assert_allclose(found[name], answer[0], rtol=1e-3, atol=1e-4, err_msg=name)
    assert [one.shape for one in net.cost() if one.name == "y2"] == [(3, 1, 1)]
    with pytest.raises(ConvlabError, match=r"The gradient of t3 \(mix\) is not known."):
        net.gradient(image, "t3", (0, 0, 0))


def test_gradients_are_what_small_changes_of_the_pixels_do():
    """Through batch norms, transposed convolutions, borders, squeeze-and-excitation, a linear layer."""
    rng = np.random.default_rng(3)
    net = networks.from_onnx(everything().SerializeToString(), scale=2.0, bgr=True)
    x, directions = rng.normal(size=(3, 8, 8)), rng.normal(size=(4, 3, 8, 8))
    for layer, unit in {"u1": (1, 3, 3), "p2": (2, 0, 0), "k1": (5, 4, 4), "t1": (2, 3, 6)}.items():
        slope = net.gradient(x, layer, unit)
        assert np.ptp(slope) > 1e-3
        for way in directions:
            ends = [net.forward(x + step * way, [layer])[layer][unit] for step in (1e-6, -1e-6)]
            np.testing.assert_allclose((slope * way).sum(), (ends[0] - ends[1]) / 2e-6, rtol=1e-4)


# Export --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", STARTS)
def test_a_design_leaves_as_onnx_and_comes_back(preset, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    layers = layers_of(np.array(STARTS[preset], float).T[:, :, None], ALL)
    exec(programs.onnx(layers, SHAPE), {})
    net = networks.from_onnx("design.onnx")
    assert net.shape == SHAPE
    convs = [layer for layer in net.graph if layer.kind == "conv"]
    assert [layer.kind for layer in net.graph] == ["conv", "relu"] * len(layers)
    for ours, theirs in zip(layers, convs, strict=True):
        for what in ALL:
            assert getattr(ours, what) == getattr(theirs, what)
    assert total(net.cost())[2:4] == total(cost(layers, SHAPE))[2:4]
    assert net.field(convs[-1].name) == receptive_field(layers)[-1]
    onnx.checker.check_model("design.onnx", full_check=True)


BRANCHED = [
    Layer((3, 5), stride=(2, 1), padding=((1, 0), (2, 2)), dilation=(1, 1), channels=4, name="one"),
    Layer(kind="relu", name="two"),
    Layer(3, padding=1, channels=4, groups=2, bias=0, name="three"),
    Layer(kind="add", reads=["two", "three"], name="four"),
    Layer(3, stride=2, padding=1, ceil_mode=True, kind="max_pool", name="five"),
    Layer(2, stride=1, kind="avg_pool", name="six", count_include_pad=False),
    Layer(1, channels=2, reads="five", name="seven"),
    Layer(2, stride=2, channels=3, kind="conv_transpose", reads="six", name="eight"),
    Layer("all", kind="avg_pool", reads="eight", name="nine"),
    Layer("all", channels=5, name="ten"),
    Layer(kind="softmax", name="eleven"),
]


def test_what_is_written_is_what_runs():
    rng, depths = np.random.default_rng(0), {"eight": (4, 3, 2, 2)}
    plain = [layer for layer in BRANCHED if layer.kind != "conv_transpose"]
    weights = networks.untrained([replace(one, reads=()) if one.name == "nine" else one for one in plain],
                                 (3, 12, 9)).weights  # fmt: skip
    weights |= {f"{name}.weight": rng.normal(size=size) for name, size in depths.items()}
    weights |= {f"{name}.bias": rng.normal(size=size[1]) for name, size in depths.items()}
    weights["ten.weight"] = rng.normal(size=(5, 3))
    net = networks.Network(BRANCHED, weights, channels=3, shape=(3, 12, 9))
    model, x = onnx.load_model_from_string(networks.to_onnx(net)), rng.normal(size=(3, 12, 9))
    onnx.checker.check_model(model, full_check=True)
    (answer,) = ReferenceEvaluator(model).run(None, {"input": x[None].astype(np.float32)})
    np.testing.assert_allclose(net.forward(x)["eleven"], answer[0], atol=1e-5)
    again = networks.from_onnx(networks.to_onnx(net))
    for name, kept in net.forward(x.astype(np.float32)).items():
        np.testing.assert_allclose(again.forward(x.astype(np.float32))[name].ravel(), kept.ravel(), atol=1e-5)


def test_what_cannot_be_written_is_said():
    with pytest.raises(ConvlabError, match=r"conv1 \(conv\) has no weights, or ONNX has no operator like it"):
        networks.to_onnx(networks.Network(networks.resnet18(), {}, channels=3, shape=(3, 224, 224)))


def test_only_what_is_asked_for_is_run_and_kept():
    net = networks.from_onnx(everything().SerializeToString(), room=800)
    image = np.zeros((3, 8, 8))
    assert list(net.forward(image, ["y2"])) == ["input", "y2"]
    with pytest.raises(ConvlabError, match="The activations up to p1 are more than 800 numbers."):
        net.forward(image)


# Hostile files -------------------------------------------------------------------------------------


CONV = helper.make_node("Conv", ["x", "w"], ["y"])
WEIGHT = {"w": np.ones((1, 1, 3, 3), np.float32)}


def broken(**fields):
    """Write a model of one convolution whose weights say something else."""
    model = model_of([CONV], (1, 8, 8), WEIGHT)
    tensor = model.graph.initializer[0]
    for name, value in fields.items():
        if name == "location":
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value=value)
        else:
            del tensor.dims[:]
            tensor.dims.extend(value)
    return model.SerializeToString()


CIRCLE = [helper.make_node("Relu", ["b"], ["a"]), helper.make_node("Add", ["x", "a"], ["b"])]
HOSTILE = {
    "truncated": (
        model_of([CONV], (1, 8, 8), WEIGHT).SerializeToString()[:-40],
        "not ONNX, or it is cut off",
    ),
    "no model": (b"<html>", "not ONNX, or it is cut off"),
    "empty": (b"", "no operators of ONNX"),
    "circle": (model_of(CIRCLE, (1, 8, 8), out="b").SerializeToString(), "cannot go in a circle"),
    "huge": (broken(dims=[2**20, 2**20, 1, 1]), "says it holds 1,099,511,627,776 numbers"),
    "negative": (broken(dims=[-1, 1, 3, 3]), "says it holds -9 numbers"),
    "short": (
        broken(dims=[1, 1, 5, 5]),
        r"has the shape \(1, 1, 5, 5\). So many numbers, no more, must be in the file\.",
    ),
    "outside": (broken(location="../../etc/passwd"), "must be in the file .*, in the folder of the network"),
    "absolute": (broken(location="/etc/passwd"), "must be in the file .*, in the folder of the network"),
    "newer": (
        model_of([CONV], (1, 8, 8), WEIGHT, 999).SerializeToString(),
        "version 999 of ONNX's operators",
    ),
    "no image": (model_of([CONV], (8,), WEIGHT).SerializeToString(), "has 2 axes. An image has 4"),
    "open size": (
        model_of([CONV], (1, 0, 0), WEIGHT).SerializeToString(),
        "give shape=\\(channels, height, width",
    ),
    "no file": ("nowhere.onnx", "There is no file 'nowhere.onnx'."),
    "a number": (3, "file is 3. It must be the name of an ONNX file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_a_sentence(name, tmp_path):
    data, sentence = HOSTILE[name]
    tracemalloc.start()
    with pytest.raises(ConvlabError, match=sentence):
        networks.from_onnx(data)
    if isinstance(data, bytes):
        (tmp_path / "net.onnx").write_bytes(data)
        with pytest.raises(ConvlabError, match=sentence):
            networks.from_onnx(tmp_path / "net.onnx")
    assert tracemalloc.get_traced_memory()[1] < 5e6
    tracemalloc.stop()


def test_settings_that_no_node_can_have_are_said():
    odd, joined = helper.make_node("Conv", ["x", "w"], ["y"]), helper.make_node("Concat", ["x", "x"], ["y"])
    odd.attribute.add(name="strides")  # of no type
    for node in (odd, joined, helper.make_node("Conv", ["x", "w"], ["y"], strides=[1])):
        net = networks.from_onnx(model_of([node], (1, 8, 8), WEIGHT).SerializeToString())
        with pytest.raises(ConvlabError, match=rf"y \({node.op_type}\): its settings cannot be read\."):
            net.field("y")


def test_external_weights_are_read_from_the_folder_and_no_link_leads_out(tmp_path):
    data, inside, outside = broken(location="w.bin"), tmp_path / "inside", tmp_path / "secret.bin"
    inside.mkdir()
    (inside / "net.onnx").write_bytes(data)
    (inside / "w.bin").write_bytes(np.ones((3, 3), np.float32).tobytes())
    assert networks.from_onnx(inside / "net.onnx").forward(np.ones((3, 3)))["y"] == 9
    (inside / "w.bin").write_bytes(b"1234")
    with pytest.raises(ConvlabError, match="must be in the file 'w.bin', in the folder"):
        networks.from_onnx(inside / "net.onnx")
    outside.write_bytes(bytes(36))
    (inside / "w.bin").unlink()
    (inside / "w.bin").symlink_to(outside)
    with pytest.raises(ConvlabError, match="must be in the file 'w.bin', in the folder"):
        networks.from_onnx(inside / "net.onnx")


def test_what_is_not_understood_opens_and_names_the_node_and_what_stops_there():
    nodes = [
        CONV,
        helper.make_node("Sin", ["y"], ["strange"]),
        helper.make_node("Relu", ["strange"], ["after"]),
        helper.make_node("Relu", ["y"], ["beside"]),
    ]
    net = networks.from_onnx(model_of(nodes, (1, 8, 8), WEIGHT, out="after").SerializeToString())
    assert list(net.layers) == ["y", "strange", "after", "beside"]
    assert net.field("beside") == Field(3, 1, 0) and len(net.cost()) == 2
    with pytest.raises(ConvlabError, match=r"strange \(Sin\): Sin is not understood."):
        net.field("after")
    with pytest.raises(ConvlabError, match="strange cannot be run"):
        net.forward(np.ones((8, 8)))
    assert net.forward(np.ones((8, 8)), ["beside"])["beside"].shape == (1, 6, 6)


def test_a_border_that_the_file_works_out_itself():
    """As exporters of PyTorch and Keras write one: zeros for what is missing, by the shape of a constant."""
    weights = {
        "sides": np.array([1, 2, 1, 0]),
        "eight": np.array([8]),
        "two": np.array([-1, 2]),
        "flat": np.array([-1]),
        "last": np.array([-1]),
        "before": np.array([-(2**62)]),
        "zero": np.array([0]),
    }
    node = helper.make_node
    nodes = [
        node("Shape", ["sides"], ["given"]),
        node("Sub", ["eight", "given"], ["missing"]),
        node("ConstantOfShape", ["missing"], ["none"], value=numpy_helper.from_array(np.array([0]))),
        node("Concat", ["sides", "none"], ["all"], axis=0),
        node("Reshape", ["all", "two"], ["pairs"]),
        node("Slice", ["pairs", "back", "before", "zero", "back"], ["turned"]),
        node("Transpose", ["turned"], ["rows"], perm=[1, 0]),
        node("Reshape", ["rows", "flat"], ["pads"]),
        node("Pad", ["x", "pads", ""], ["wide"]),
        node("Conv", ["wide", "w"], ["map"]),
        node("Transpose", ["map"], ["last"], perm=[0, 2, 3, 1]),
        node("ReduceMean", ["last", "axes"], ["mean"], keepdims=0),
        node("MatMul", ["mean", "dense"], ["y"]),
    ]
    rng = np.random.default_rng(0)
    weights |= {"w": rng.normal(size=(2, 1, 3, 3)).astype(np.float32), "axes": np.array([1, 2])}
    weights |= {"dense": rng.normal(size=(2, 3)).astype(np.float32), "back": weights.pop("last")}
    model, x = model_of(nodes, (1, 4, 5), weights), rng.normal(size=(1, 1, 4, 5)).astype(np.float32)
    net = networks.from_onnx(model.SerializeToString())
    assert net.layers["wide"].padding == ((1, 0), (1, 2))
    assert net.field("map") == Field(3, 1, -1) and net.cost()[-1].shape == (3, 1, 1)
    (answer,) = ReferenceEvaluator(model).run(None, {"x": x})
    np.testing.assert_allclose(net.forward(x[0])["y"], answer[0], atol=1e-5)


def test_sides_that_the_file_leaves_open():
    data = model_of([CONV], (1, 0, 0), WEIGHT).SerializeToString()
    net = networks.from_onnx(data, shape=(1, 9, 7), classes=("a",), offset=[1.0], scale=[2.0])
    assert net.shape == (1, 9, 7) and net.cost()[0].shape == (1, 7, 5) and net.classes == ("a",)
    assert net.forward(np.full((9, 7), 3.0))["y"][0, 0, 0] == 9
