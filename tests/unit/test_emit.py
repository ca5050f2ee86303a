"""The programs that `emit` writes: run where their library is installed, else read and followed."""

import ast
import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convlab import ConvlabError, Layer
from convlab.arithmetic.geometry import cost
from convlab.networks import programs

SHAPE = (3, 40, 28)
STACKS = {
    "plain": [Layer(3, channels=8)] * 2,
    "strided": [Layer(5, stride=2, padding=2, channels=4), Layer(2, stride=3, channels=6)],
    "dilated": [Layer(3, dilation=3, padding=3, channels=4), Layer(3, stride=2, dilation=2, channels=4)],
    "grouped": [
        Layer(3, padding=1, channels=6, groups=3),
        Layer(7, channels=6, groups=6),
        Layer(1, channels=9),
    ],
}
# What the documentation of each library calls its arguments, beside those that are given by position.
TORCH = {"kernel_size", "stride", "padding", "dilation", "groups"}
KERAS = {"strides", "dilation_rate", "groups", "activation"}


def shapes(layers, shape=SHAPE):
    return [one.shape for one in cost(layers, shape)]


def calls(text, name):
    """Every call of `name` in a program, with its values: (positional, named)."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
            named = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            found.append((node.lineno, [ast.literal_eval(value) for value in node.args], named))
    return [(positional, named) for _, positional, named in sorted(found, key=lambda call: call[0])]


def run_convlab(text):
    """Run the program line by line; return the shape of `x` after each layer."""
    space, seen = {}, []
    for line in text.splitlines():
        exec(line, space)
        if line.startswith("x = relu"):
            seen.append(space["x"].shape)
            assert (space["x"] >= 0).all() and np.isfinite(space["x"]).all()
    return seen


def follow_keras(text):
    """Work out each output as the documentation of Keras says; give it as (C, H, W)."""
    tree = ast.parse(text).body[1].value.args[0].elts
    size, seen = list(ast.literal_eval(tree[0].args[0])), []
    for node in tree[1:]:
        positional = [ast.literal_eval(value) for value in node.args]
        named = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
        if node.func.attr == "ZeroPadding2D":
            size = [size[0] + 2 * positional[0], size[1] + 2 * positional[0], size[2]]
            continue
        strides = named.get("strides", 1)
        if node.func.attr == "MaxPooling2D":
            assert positional == [1]
            seen.pop()
            filters, span = size[2], 1
        else:
            filters, kernel = positional
            dilation = named.get("dilation_rate", 1)
            assert strides == 1 or dilation == 1, "Keras refuses both at once"
            assert set(named) <= KERAS and named["activation"] == "relu"
            assert size[2] % named.get("groups", 1) == filters % named.get("groups", 1) == 0
            span = dilation * (kernel - 1) + 1
        size = [(n - span) // strides + 1 for n in size[:2]] + [filters]
        seen.append((size[2], size[0], size[1]))
    return seen


@pytest.mark.parametrize("name", STACKS)
def test_the_convlab_program_runs_and_gives_the_shapes(name):
    text = programs.convlab(STACKS[name], SHAPE)
    assert run_convlab(text) == shapes(STACKS[name])
    weights = sum(np.prod(positional) for positional, _ in calls(text, "weights"))
    biases = sum(np.prod(positional) for positional, _ in calls(text, "zeros"))
    assert weights + biases == sum(one.parameters for one in cost(STACKS[name], SHAPE))


@pytest.mark.parametrize("name", STACKS)
def test_the_keras_program_compiles_and_keeps_to_its_conventions(name):
    text = programs.keras(STACKS[name], SHAPE)
    compile(text, "keras", "exec")
    assert calls(text, "Input") == [([(40, 28, 3)], {})]
    assert follow_keras(text) == shapes(STACKS[name])


@pytest.mark.parametrize("name", STACKS)
def test_the_pytorch_program_compiles_and_names_every_layer(name):
    text = programs.pytorch(STACKS[name], SHAPE)
    compile(text, "torch", "exec")
    depth = SHAPE[0]
    for layer, (positional, named) in zip(STACKS[name], calls(text, "Conv2d"), strict=True):
        assert positional == [depth, layer.channels] and set(named) <= TORCH
        window = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **named}
        assert window.pop("kernel_size") == layer.kernel
        assert window == {key: getattr(layer, key) for key in window}
        depth = layer.channels
    assert text.count("nn.ReLU()") == len(STACKS[name])


@pytest.mark.parametrize("write", [programs.pytorch, programs.keras, programs.convlab])
def test_comments_tell_the_shapes(write):
    for layers in STACKS.values():
        told = [line.split("# ")[1] for line in write(layers, SHAPE).splitlines() if "# " in line]
        order = (1, 2, 0) if write is programs.keras else (0, 1, 2)
        assert told == [" × ".join(str(shape[axis]) for axis in order) for shape in shapes(layers)]


LAYERS = st.lists(
    st.builds(
        lambda kernel, stride, padding, dilation, depth, groups: Layer(
            kernel, stride, padding, dilation, channels=depth * groups, groups=groups
        ),
        st.integers(1, 5), st.integers(1, 3), st.integers(0, 4), st.integers(1, 3), st.integers(1, 4),
        st.sampled_from([1, 1, 3]),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(LAYERS)
def test_any_stack_that_can_be_is_written_and_any_other_is_refused(layers):
    try:
        expected = shapes(layers)
    except ConvlabError:
        for write in (programs.pytorch, programs.keras, programs.convlab):
            with pytest.raises(ConvlabError):
                write(layers, SHAPE)
        return
    assert run_convlab(programs.convlab(layers, SHAPE)) == expected
    assert follow_keras(programs.keras(layers, SHAPE)) == expected
    assert compile(programs.pytorch(layers, SHAPE), "torch", "exec")


@pytest.mark.parametrize(
    "layer",
    [
        Layer(2, kind="max_pool"),
        Layer("all", channels=4),
        Layer(1, channels=8, reads="input"),
        Layer(3, channels=4, bias=2),
    ],
)
def test_what_is_no_plain_convolution_is_refused_by_name(layer):
    for write in (programs.pytorch, programs.keras, programs.convlab):
        with pytest.raises(ConvlabError, match="Layer 1 is not a plain convolution with a bias."):
            write([Layer(3, padding=1, channels=8), layer], SHAPE)


# Runs the programs on its standard input, parted by a line of dashes, and prints each layer's output shape.
TORCH_RUN = """
import sys
for text in sys.stdin.read().split("\\n-----\\n"):
    space = {"print": lambda *_: None}
    exec(text, space)
    x, torch = space["torch"].zeros(1, 3, 40, 28), space["torch"]
    found = []
    for step in space["net"]:
        x = step(x)
        if isinstance(step, torch.nn.Conv2d):
            found.append(tuple(x.shape[1:]))
    print([found, sum(p.numel() for p in space["net"].parameters())])
"""
KERAS_RUN = """
import sys
for text in sys.stdin.read().split("\\n-----\\n"):
    space = {}
    exec(text.replace("net.summary()", ""), space)
    print([space["net"].output_shape[1:], space["net"].count_params()])
"""


def run_programs(code, write):
    """Run the programs of all stacks in a Python of their own; return what each prints, as values."""
    texts = "\n-----\n".join(write(layers, SHAPE) for layers in STACKS.values())
    python = os.environ.get("CONVLAB_TORCH_PYTHON", sys.executable)
    done = subprocess.run([python, "-c", code], input=texts, capture_output=True, text=True, check=True)
    return [ast.literal_eval(line) for line in done.stdout.splitlines()]


def missing(library):
    return "CONVLAB_TORCH_PYTHON" not in os.environ and importlib.util.find_spec(library) is None


@pytest.mark.skipif(missing("torch"), reason="torch is not installed")
def test_the_pytorch_program_runs_and_gives_the_shapes():
    for layers, (found, parameters) in zip(
        STACKS.values(), run_programs(TORCH_RUN, programs.pytorch), strict=True
    ):
        assert found == shapes(layers)
        assert parameters == sum(one.parameters for one in cost(layers, SHAPE))


@pytest.mark.skipif(missing("keras"), reason="keras is not installed")
def test_the_keras_program_runs_and_gives_the_shapes():
    for layers, (found, parameters) in zip(
        STACKS.values(), run_programs(KERAS_RUN, programs.keras), strict=True
    ):
        depth, *sides = shapes(layers)[-1]
        assert found == (*sides, depth)
        assert parameters == sum(one.parameters for one in cost(layers, SHAPE))
