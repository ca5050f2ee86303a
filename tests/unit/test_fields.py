"""Receptive fields: gold values, three proofs that agree, and what really counts."""

import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convlab import ConvlabError, networks
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
    name = net.layers[-1]["name"]
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
