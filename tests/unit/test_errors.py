"""Every refusal says what was given, the rule with its numbers put in, and the nearest legal value."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convlab.arithmetic import geometry, ops
from convlab.arithmetic.geometry import Layer
from convlab.errors import ConvlabError, whole

FULL = bool(os.environ.get("CONVLAB_FULL"))
NAMES = {**vars(ops), **vars(geometry), "np": np, "ops": ops}
GREY, KERNEL = np.ones((4, 4)), np.ones((3, 3))

GOLDEN = re.findall(
    r">>> (.+)\n(.+)", (Path(__file__).parent.parent / "data" / "sentences.txt").read_text("utf-8")
)


@pytest.mark.parametrize(("call", "sentence"), GOLDEN, ids=[call for call, _ in GOLDEN])
def test_golden_sentences(call, sentence):
    with pytest.raises(ConvlabError) as error:
        eval(call, {**NAMES, "g": GREY, "k3": KERNEL})
    assert str(error.value) == sentence


def test_numpy_whole_numbers_are_whole_numbers():
    assert whole("stride", np.int64(2)) == 2 and type(whole("stride", np.uint8(2))) is int
    assert ops.conv2d(GREY, KERNEL, stride=np.int32(2)).shape == (1, 1)
    with pytest.raises(ConvlabError, match="truth value"):
        whole("stride", np.True_)


def test_refused_before_anything_is_made():
    with pytest.raises(ConvlabError, match="The limit is"):
        ops.pad(GREY, 10**8)  # 4 × 10^16 numbers: making them would not raise ConvlabError
    with pytest.raises(ConvlabError, match="The limit is"):
        ops.conv_transpose2d(GREY, KERNEL, stride=10**6)


class Unreadable:
    """An object whose own conversions fail."""

    def __array__(self, *_, **__):
        raise RuntimeError("no array here")

    def __repr__(self):
        raise RuntimeError("no words either")


ODD = [
    None,
    True,
    "same",
    "",
    "3",
    2.5,
    1e300,
    float("nan"),
    float("inf"),
    1j,
    10**12,
    10**5000,
    -(10**5000),
    b"x",
]
ODD += [
    [],
    (),
    [1],
    (1, 2),
    (1, 2, 3),
    ((1, 2), (3, 4)),
    [[1, 2], [3]],
    {"a": 1},
    {1, 2},
    object(),
    Unreadable(),
    np,
]
ODD += [
    np.ones(3),
    np.ones((0, 3)),
    np.ones((1, 2, 3)),
    np.ones((2, 1, 2, 2)),
    np.array("a"),
    np.array([None]),
    np.bool_(1),
]
ODD += [
    np.array(["2020-01-01"], "datetime64[D]"),
    np.array([(1, 2.0)], "i4,f4"),
    np.ones((3, 3)) * np.inf,
    np.float16(2),
]
ODD += [
    Layer(3),
    [Layer(3)],
    [Layer("all")],
    [3, None],
    range(3),
    slice(2),
    np.array(2),
    np.array(2.5),
    np.ones((2, 2)) > 0,
]
VALUE = st.one_of(
    st.sampled_from(ODD),
    st.integers(-3, 9),
    st.floats(),
    st.text(max_size=3),
    st.tuples(st.integers(-2, 6), st.integers(-2, 6)),
)

FUNCTIONS = {
    "conv2d": ("x w", "bias stride padding dilation groups padding_mode"),
    "convolve2d": ("x w", "bias stride padding dilation groups padding_mode"),
    "conv_transpose2d": ("x w", "bias stride padding output_padding dilation groups"),
    "max_pool2d": ("x size", "stride padding dilation ceil_mode"),
    "avg_pool2d": ("x size", "stride padding dilation ceil_mode count_include_pad"),
    "global_avg_pool2d": ("x", ""),
    "relu": ("x", ""),
    "pad": ("x size", "mode"),
    "output_size": ("size size", "stride padding dilation ceil_mode"),
    "windows": ("size size", "stride padding dilation ceil_mode"),
    "same_padding": ("size size", "stride dilation lower"),
    "transposed_size": ("size size", "stride padding output_padding dilation"),
    "Layer": ("size", "stride padding dilation channels groups kind bias ceil_mode name reads"),
    "receptive_field": ("stack", "n axis"),
    "window_below": ("stack size", "level n axis"),
    "cost": ("stack shape", ""),
    "map_sizes": ("stack size", "axis"),
    "sources": ("stack", ""),
}
LEGAL = {
    "x": np.ones((2, 6, 5)),
    "w": np.ones((2, 2, 2, 3)),
    "size": 3,
    "stack": [Layer(3, channels=2), Layer(2, kind="max_pool")],
    "shape": (2, 8, 8),
}


@settings(max_examples=8000 if FULL else 300, derandomize=not FULL, deadline=None)
@given(name=st.sampled_from(sorted(FUNCTIONS)), data=st.data())
def test_any_input_gives_an_answer_or_a_sentence(name, data):
    positional, named = (text.split() for text in FUNCTIONS[name])
    wrong = data.draw(
        st.integers(0, len(positional) + len(named) - 1)
    )  # at least this argument is drawn at random
    values = [data.draw(VALUE) if place == wrong else LEGAL[kind] for place, kind in enumerate(positional)]
    options = {
        key: data.draw(VALUE)
        for place, key in enumerate(named, start=len(positional))
        if place == wrong or data.draw(st.integers(0, 4)) == 0
    }
    try:
        NAMES[name](*values, **options)
    except ConvlabError as error:
        sentence = str(error)
        assert re.fullmatch(r"[\w\"].{15,400}[.)\]]", sentence, re.DOTALL), sentence
        internals = r"<class|numpy|np\.|ufunc|broadcast|traceback|object at|__|dtype|ndarray"
        assert not re.search(internals, sentence, re.IGNORECASE), sentence
