"""Receptive fields: gold values, three proofs that agree, and what really counts."""

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convlab import ConvlabError, conv2d, networks
from convlab.arithmetic.geometry import Layer, receptive_field, window_below

EXAMPLES = 1000 if os.environ.get("CONVLAB_FULL") else 60
window = st.builds(
    Layer,
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 3),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(layers=st.lists(window, min_size=1, max_size=5), seed=st.integers(0, 99))
def test_recurrence_poke_and_gradient_agree_on_random_stacks(layers, seed):
    size, jump, _ = receptive_field(layers)[-1]
    n = (
        size + 2 * sum(layer.padding for layer in layers) * jump + jump
    )  # room for a unit that sees no padding
    assume(n <= 48)
    net = networks.one_channel(layers, seed=seed)
    x = np.random.default_rng(seed).uniform(0, 255, (n, n))
    name = net.graph[-1].name
    unit = next((i for i in range(net.forward(x)[name].shape[1]) if clear_of_padding(layers, i, n)), None)
    assume(unit is not None)
    reads = window_below(layers, unit)
    row = reads[len(reads) // 2]
    poked = np.flatnonzero(networks.poke(net, x, row, (unit, unit))).tolist()
    slope = net.gradient(x, name, (0, unit, unit))[0]
    assert poked == reads
    assert np.flatnonzero(slope.any(axis=0)).tolist() == reads
    assert np.flatnonzero(slope.any(axis=1)).tolist() == reads


def clear_of_padding(layers, unit, n):
    """Tell whether no path of the unit runs through padding, in any map."""
    for level in range(len(layers)):
        reads = window_below(layers, unit, level)
        side = n
        for layer in layers[:level]:
            side = (side + 2 * layer.padding - layer.dilation * (layer.kernel - 1) - 1) // layer.stride + 1
        if reads[0] < 0 or reads[-1] >= side:
            return False
    return True


@st.composite
def graphs(draw):
    """Draw a graph of windows with branches that join: maps of one jump are added or concatenated."""
    graph, jumps = [], {"input": (1, 1)}  # of each map: its jump and its channels
    for place in range(draw(st.integers(3, 9))):
        source = draw(st.sampled_from(list(jumps)[-4:]))
        jump, depth = jumps[source]
        alike = [name for name in jumps if name != source and jumps[name][0] == jump]
        name, kind = f"{place}", draw(st.sampled_from(["conv", "conv", "add", "concat"]))
        if kind == "conv" or not alike:
            pads = st.tuples(st.integers(0, 2), st.integers(0, 2))
            stride = draw(st.sampled_from([1, 1, 1, 2]))
            shape = {"kernel": draw(st.integers(1, 3)), "dilation": draw(st.integers(1, 4))}
            layer = Layer(**shape, stride=stride, padding=((0, 0), draw(pads)), name=name, reads=source)
            layer = replace(layer, kernel=(1, layer.kernel), stride=(1, stride), channels=depth)
            jumps[name] = jump * stride, depth
        else:
            other = draw(st.sampled_from(alike))
            kind = "concat" if jumps[other][1] != depth else kind
            layer = Layer(kind=kind, name=name, reads=[source, other])
            jumps[name] = jump, depth + jumps[other][1] * (kind == "concat")
        graph.append(layer)
    return graph


def run_axis(graph, x, weights):
    """Run a graph, every row an image of its own; where maps join, both end where the shorter does."""
    kept = {"input": x}
    for layer in graph:
        maps = [kept[name] for name in layer.reads]
        wide = min(one.shape[2] for one in maps)
        maps = [one[:, :, :wide] for one in maps]
        if layer.kind == "conv":
            (top, _), (left, right) = layer.padding
            window = {
                "stride": layer.stride,
                "dilation": layer.dilation,
                "padding": ((top, 0), (left, right)),
            }
            kept[layer.name] = conv2d(maps[0], weights[layer.name], **window)
        else:
            kept[layer.name] = sum(maps) if layer.kind == "add" else np.concatenate(maps)
    return kept


@settings(max_examples=max(300, EXAMPLES), deadline=None, derandomize=EXAMPLES < 1000)
@given(graph=graphs(), seed=st.integers(0, 99), which=st.integers(0, 20))
def test_in_random_graphs_the_pixels_that_change_a_unit_are_those_predicted(graph, seed, which):
    rng, last = np.random.default_rng(seed), graph[-1].name
    graph = networks.Network(graph, {}).path(last)
    assume(any(len(layer.reads) > 1 for layer in graph))
    size, jump, start = receptive_field(graph, axis=1)[-1]
    weights = {
        layer.name: rng.uniform(0.5, 1.5, (layer.channels, layer.channels, *layer.kernel))
        for layer in graph
        if layer.kind == "conv"
    }
    unit = -(start // jump) + 40 // jump + which % 4  # away from the border: no path runs through padding
    n = start + unit * jump + size + 60
    pixels = np.eye(n)[None]  # each row is a poke of one pixel; weights above 0 let none cancel
    kept = run_axis(graph, pixels, weights)
    found = window_below(graph, unit, axis=1)
    assert np.flatnonzero(kept[last][:, :, unit].any(axis=0)).tolist() == found
    assert (found[0], found[-1] - found[0] + 1) == (start + unit * jump, size)


def test_poke_of_every_pixel_lights_up_the_square():
    layers = [Layer(3, dilation=2), Layer(3, stride=2), Layer(2)]
    net, x = networks.one_channel(layers), np.random.default_rng(0).uniform(0, 255, (20, 20))
    pokes = np.array([networks.poke(net, x, row, (3, 2)) for row in range(20)])
    expected = np.zeros((20, 20), bool)
    expected[np.ix_(window_below(layers, 3), window_below(layers, 2))] = True
    np.testing.assert_array_equal(pokes != 0, expected)
    # A linear network answers a poke with its slope: a proof of the size of each change, too.
    np.testing.assert_allclose(pokes, 50 * net.gradient(x, "3", (0, 3, 2))[0], atol=1e-9)


@pytest.mark.parametrize(
    ("n", "sigma", "ratio"), [(5, 1.826, 0.66), (10, 2.582, 0.49), (20, 3.651, 0.36), (40, 5.164, 0.26)]
)
def test_effective_field_of_3x3_stacks(n, sigma, ratio):
    share = networks.profile([Layer(3)] * n)  # Luo et al. (2016): σ² = Σ j² (k² − 1) / 12
    assert networks.spread(share) == pytest.approx(sigma, abs=5e-4)
    assert 4 * networks.spread(share) / len(share) == pytest.approx(ratio, abs=5e-3)


@pytest.mark.parametrize(("net", "size", "sigma"), [("vgg16", 212, 27.6), ("alexnet", 195, 29.6)])
def test_the_larger_field_has_the_smaller_effective_one(net, size, sigma):
    share = networks.profile([layer for layer in getattr(networks, net)() if layer.kernel != "all"])
    assert len(share) == size
    assert networks.spread(share) == pytest.approx(sigma, abs=0.05)


@settings(max_examples=EXAMPLES, deadline=None)
@given(layers=st.lists(window, min_size=1, max_size=5))
def test_profile_is_where_the_window_is_and_as_wide_as_the_formula(layers):
    share = networks.profile(layers)
    reads = window_below(layers, 0)
    np.testing.assert_array_equal(np.flatnonzero(share) + reads[0], reads)
    assert share.sum() == pytest.approx(1)
    jumps = [1, *(field.jump for field in receptive_field(layers))]
    variance = sum(
        (layer.dilation * jump) ** 2 * (layer.kernel**2 - 1) / 12
        for layer, jump in zip(layers, jumps, strict=False)
    )
    assert networks.spread(share) == pytest.approx(variance**0.5, abs=1e-6)


def test_random_maps_tend_to_the_map_of_equal_weights():
    layers = [Layer(3), Layer(3, stride=2), Layer(3, dilation=2)]
    mean = np.mean([networks.random_map(layers, seed=seed) for seed in range(200)], axis=0)
    line = networks.profile(layers)
    np.testing.assert_allclose(mean, np.outer(line, line), atol=0.003)


def test_bell_is_a_gaussian():
    assert networks.spread(networks.bell(101, 7.0)) == pytest.approx(7.0, rel=1e-3)


def test_network_says_what_does_not_fit():
    with pytest.raises(ConvlabError, match="does not pass through"):
        networks.poke(networks.one_channel([Layer(9)]), np.zeros((8, 8)), 0, (0, 0))
