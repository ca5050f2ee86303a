"""Sizes, windows, receptive fields and costs, against published numbers and against the operators."""

import os
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convlab.arithmetic import ops
from convlab.arithmetic.geometry import (
    Field,
    Layer,
    cost,
    output_size,
    receptive_field,
    same_padding,
    transposed_size,
    window_below,
    windows,
)
from convlab.errors import ConvlabError

FULL = bool(os.environ.get("CONVLAB_FULL"))


def examples(few, many):
    """Take few random inputs, always the same ones; or many new ones in a full run."""
    return settings(max_examples=many if FULL else few, derandomize=not FULL, deadline=None)


# i, k, s, p, d → o: Dumoulin & Visin (2016), arXiv:1603.07285, figures 2.1 to 2.7 and 5.1
DUMOULIN = [
    (4, 3, 1, 0, 1, 2),
    (5, 4, 1, 2, 1, 6),
    (5, 3, 1, 1, 1, 5),
    (5, 3, 1, 2, 1, 7),
    (5, 3, 2, 0, 1, 2),
    (5, 3, 2, 1, 1, 3),
    (6, 3, 2, 1, 1, 3),
    (7, 3, 1, 0, 2, 3),
]


@pytest.mark.parametrize(("n", "k", "s", "p", "d", "out"), DUMOULIN)
def test_published_sizes(n, k, s, p, d, out):
    assert output_size(n, k, stride=s, padding=p, dilation=d) == out


def test_sizes_of_the_pytorch_documentation():
    # torch.nn.Conv2d, examples: input (20, 16, 50, 100)
    assert [output_size(n, 3, stride=2) for n in (50, 100)] == [24, 49]
    assert output_size(50, 3, stride=2, padding=4) == 28
    assert output_size(100, 5, stride=1, padding=2) == 100


def test_same_padding_is_uneven_where_tensorflow_says_so():
    assert same_padding(224, 7, stride=2) == (2, 3)
    assert same_padding(224, 7, stride=2, lower=True) == (3, 2)
    assert same_padding(5, 1, stride=3) == (0, 0)  # never negative


def test_ceil_mode_adds_a_window_only_where_it_reads_something():
    assert output_size(4, 3, stride=2) == 1
    assert output_size(4, 3, stride=2, ceil_mode=True) == 2  # ONNX, test_maxpool_2d_ceil
    assert output_size(3, 1, stride=3, ceil_mode=True) == 1  # the next would start at 3, beyond the end


AXIS = {
    "n": st.integers(1, 30),
    "kernel": st.integers(1, 6),
    "stride": st.integers(1, 5),
    "padding": st.tuples(st.integers(0, 4), st.integers(0, 4)),
    "dilation": st.integers(1, 4),
    "ceil_mode": st.booleans(),
}


@examples(100, 2000)
@given(**AXIS)
def test_windows_are_all_the_positions_that_fit(n, kernel, stride, padding, dilation, ceil_mode):
    before, after = padding
    span = dilation * (kernel - 1) + 1
    options = dict(stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    if span > n + before + after:
        with pytest.raises(ConvlabError, match="does not fit"):
            windows(n, kernel, **options)
        return
    starts = [start for start in range(-before, n + after, stride) if start + span <= n + after]
    unread = starts[-1] + span < n + after
    if ceil_mode and unread and starts[-1] + stride < n:  # one more, hanging over the end
        starts.append(starts[-1] + stride)
    rows = windows(n, kernel, **options)
    assert list(rows.starts) == starts
    assert list(rows.taps) == [tap * dilation for tap in range(kernel)]
    assert output_size(n, kernel, **options) == len(starts)


@examples(100, 1000)
@given(n=AXIS["n"], kernel=AXIS["kernel"], stride=AXIS["stride"], dilation=AXIS["dilation"])
def test_same_padding_gives_n_over_stride_outputs(n, kernel, stride, dilation):
    for lower in (False, True):
        before, after = same_padding(n, kernel, stride, dilation, lower)
        assert output_size(n, kernel, stride=stride, dilation=dilation, padding=(before, after)) == -(
            -n // stride
        )
        assert (before - after if lower else after - before) in (0, 1)


@examples(100, 1000)
@given(
    n=AXIS["n"], kernel=AXIS["kernel"], stride=AXIS["stride"], dilation=AXIS["dilation"], p=st.integers(0, 4)
)
def test_a_transposed_convolution_gives_back_the_size(n, kernel, stride, dilation, p):
    assume(dilation * (kernel - 1) < n + 2 * p)
    out = output_size(n, kernel, stride=stride, padding=p, dilation=dilation)
    lost = (n + 2 * p - dilation * (kernel - 1) - 1) % stride
    assert transposed_size(out, kernel, stride=stride, padding=p, output_padding=lost, dilation=dilation) == n


# Receptive fields ----------------------------------------------------------------------------------


def test_small_receptive_fields():
    stack = [Layer(3), Layer(3, stride=2), Layer(2, stride=2), Layer(3, dilation=2)]
    assert [field.size for field in receptive_field(stack)] == [3, 5, 7, 23]
    # Araujo, Norris & Sim (2019), Distill: the leftmost unit sees input -1 … 4
    assert receptive_field([Layer(3, stride=3, padding=1), Layer(2)])[-1] == Field(6, 3, -1)
    assert receptive_field([]) == []


def test_dilation_leaves_holes():
    gridding = [Layer(3, dilation=2)] * 3
    assert receptive_field(gridding)[-1].size == 13
    assert len(window_below(gridding, 0)) == 7
    assert window_below([Layer(3, dilation=d) for d in (1, 2, 4)], 0) == list(range(15))


def test_windows_of_levels_between():
    stack = [Layer(3, padding=1), Layer(2, stride=2), Layer(3, dilation=2)]
    assert window_below(stack, 1, level=3) == [1]
    assert window_below(stack, 1, level=2) == [1, 3, 5]
    assert window_below(stack, 1, level=1) == [2, 3, 6, 7, 10, 11]
    assert window_below(stack, 1) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11][:4] + [*range(5, 9), *range(9, 13)]


def test_a_join_reads_both_branches_with_the_holes_between_them():
    joined = [Layer(2, dilation=4, padding=2, name="conv"), Layer(kind="add", reads=["conv", "input"])]
    assert window_below(joined, 5) == [3, 5, 7]
    assert receptive_field(joined) == [Field(5, 1, -2)] * 2


def test_a_join_goes_from_the_smallest_start_to_the_largest_end():
    # neither branch has the joined field: one looks to the left, the other to the right
    shifted = [
        Layer(3, padding=((0, 0), (2, 0)), name="left"),
        Layer(4, padding=((0, 0), (0, 3)), name="right", reads="input"),
        Layer(kind="concat", name="both", reads=["left", "right"]),
    ]
    assert receptive_field(shifted, axis=1) == [Field(3, 1, -2), Field(4, 1, 0), Field(6, 1, -2)]
    assert receptive_field(shifted, axis=0)[-1] == Field(4, 1, 0)
    assert window_below(shifted, 5, axis=1) == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        (lambda: receptive_field(UNEQUAL), "Sum joins maps whose jumps are 1 and 2. They must be equal."),
        (lambda: receptive_field(UNEQUAL, 8), "Sum joins maps whose sides are 4 and 8. They must be equal."),
        (lambda: cost(DEEPER, (2, 8, 8)), "Layer 1 joins maps whose channels are 2 and 3."),
        (lambda: receptive_field([Layer(reads="b"), Layer(name="b")]), "Layer 0 reads 'b'."),
        (lambda: receptive_field([Layer(name="a", reads="a")]), "A reads 'a'. It can read what stands below"),
        (lambda: receptive_field([Layer(name="a"), Layer(name="a")]), "Two layers are called 'a'."),
        (lambda: receptive_field([Layer(name="input")]), "Two layers are called 'input'."),
        (lambda: receptive_field([Layer(3)], axis=2), "axis is 2. It is 0 for the height"),
        (lambda: Layer(reads=[3]), "reads is [3]. It must be a list of names of layers."),
        (lambda: cost([Layer(3, channels=1), Layer(9, channels=1)], (1, 8, 8)), "Layer 1: A kernel of 9"),
    ],
)
def test_what_is_no_graph_is_refused(use, sentence):
    with pytest.raises(ConvlabError, match=re.escape(sentence)):
        use()


UNEQUAL = [Layer(2, stride=2, name="half"), Layer(kind="add", name="sum", reads=["half", "input"])]
DEEPER = [Layer(channels=3, name="deeper"), Layer(kind="add", reads=["deeper", "input"])]

STACKS = st.lists(
    st.builds(
        Layer,
        kernel=st.integers(1, 5),
        stride=st.integers(1, 3),
        padding=st.integers(0, 3),
        dilation=st.integers(1, 3),
    ),
    min_size=1,
    max_size=5,
)


def along_rows(operator, x, layer, **options):
    """Run one layer of ones along the rows of `x`; every row is an image of its own."""
    kernel = np.ones((1, layer.kernel))
    steps = dict(
        stride=(1, layer.stride), dilation=(1, layer.dilation), padding=((0, 0), (layer.padding,) * 2)
    )
    return operator(x, kernel, **steps, **options)


@examples(60, 1000)
@given(stack=STACKS, data=st.data())
def test_recurrence_poke_and_gradient_agree(stack, data):
    size, jump, start = receptive_field(stack)[-1]
    assume(size + 3 * jump < 400)
    first = -(start // jump)  # the first unit whose whole window lies on the image
    unit = first + data.draw(st.integers(0, 2))
    left = start + unit * jump
    n = left + size + data.draw(st.integers(0, 3))

    maps = [np.eye(n)]  # poke: image j is black but for pixel j
    for layer in stack:
        maps.append(along_rows(ops.conv2d, maps[-1], layer))
    poked = np.flatnonzero(maps[-1][:, unit])

    gradient = np.eye(maps[-1].shape[1])[unit : unit + 1]  # 1 at our unit, sent back down
    for layer, below in zip(stack[::-1], maps[-2::-1], strict=True):
        window = output_size(below.shape[1], layer.kernel, padding=layer.padding, dilation=layer.dilation)
        lost = (0, (window - 1) % layer.stride)
        if lost[1] >= max(layer.stride, layer.dilation):
            raise AssertionError("a stride cannot lose more than stride - 1 pixels")
        gradient = along_rows(ops.conv_transpose2d, gradient, layer, output_padding=lost)
    support = np.flatnonzero(gradient[0])

    assert (poked[0], poked[-1]) == (left, left + size - 1)
    assert poked.tolist() == support.tolist() == window_below(stack, unit)


# Costs ---------------------------------------------------------------------------------------------


def test_cost_of_one_layer_by_hand():
    (one,) = cost([Layer(3, stride=2, padding=1, channels=8, groups=2, name="conv")], (4, 9, 7))
    assert one.shape == (8, 5, 4)
    assert one.parameters == 8 * 2 * 9 + 8
    assert one.macs == 8 * 2 * 9 * 5 * 4
    assert one.activations == 8 * 5 * 4
    assert one.bytes == 4 * (one.parameters + one.activations)


def test_pooling_is_free_and_all_means_fully_connected():
    pool, linear = cost([Layer(2, stride=2, kind="max_pool"), Layer("all", channels=10)], (3, 8, 6))
    assert (pool.parameters, pool.macs, pool.shape) == (0, 0, (3, 4, 3))
    assert (linear.parameters, linear.macs, linear.shape) == (3 * 4 * 3 * 10 + 10, 360, (10, 1, 1))


def test_channels_of_a_1x1_convolution():
    (one,) = cost([Layer(1, channels=64, bias=0)], (256, 7, 7))  # facts: it has weights, and no field
    assert one.parameters == 256 * 64 and receptive_field([Layer(1)]) == [Field(1, 1, 0)]


def test_three_3x3_cost_less_than_one_7x7():
    three = cost([Layer(3, padding=1, channels=64, bias=0)] * 3, (64, 28, 28))
    one = cost([Layer(7, padding=3, channels=64, bias=0)], (64, 28, 28))
    assert sum(c.parameters for c in three) == 27 * 64**2 and one[0].parameters == 49 * 64**2
    assert receptive_field([Layer(3)] * 3)[-1].size == receptive_field([Layer(7)])[-1].size


def test_fastbook_multiplications_use_the_output_grid():
    # fastbook, chapter 13, multiplies by the input grid and so finds both equal; corrected here
    layers = [Layer(3, padding=1, stride=2, channels=channels, bias=0) for channels in (8, 16)]
    assert [layer.macs for layer in cost(layers, (4, 14, 14))] == [14_112, 18_432]
