"""The question bank recomputed, the cards driven, and every diagnosis provoked."""

import os
import re
import tomllib
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, signal

from convlab import ConvlabError, avg_pool2d, checks, conv2d, max_pool2d, networks, pad, relu
from convlab.arithmetic import kernels
from convlab.arithmetic.axis import transposed_size
from convlab.arithmetic.backward import conv_matrix, input_gradient
from convlab.arithmetic.geometry import (
    Layer,
    cost,
    map_sizes,
    output_size,
    receptive_field,
    same_padding,
    window_below,
    windows,
)
from convlab.arithmetic.waves import alias, separate
from convlab.checks.exercises import EXERCISES
from convlab.labs.back import backwards

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
PATCH = np.arange(1, 10).reshape(3, 3)
EXAMPLES = 10_000 if os.environ.get("CONVLAB_FULL") else 100
BANK = {key: question for topic in checks.TOPICS for key, question in checks.questions(topic).items()}
NUMBERS = {key: question for key, question in BANK.items() if question["kind"] == "number"}
CHOICES = {key: question for key, question in BANK.items() if question["kind"] == "choice"}


def one(x, kernel, bias=0.0):
    """The single number of a window as large as its kernel."""
    return conv2d(np.array(x, float), np.array(kernel, float), bias).item()


def size(layers):
    return receptive_field([Layer(k, stride=s, dilation=d) for k, s, d in layers])[-1].size


def layer(c_in, c_out, kernel, side=8, **options):
    return cost([Layer(kernel, channels=c_out, **options)], (c_in, side, side))[0]


def readers(n, kernel):
    """How many outputs read each position of an n × n grid."""
    ones = np.ones((n - kernel + 1,) * 2)
    return conv2d(pad(ones, kernel - 1), np.ones((kernel, kernel)))


def read_by_top(dilations):
    reach = {0}
    for d in dilations:
        reach = {position + tap for position in reach for tap in (-d, 0, d)}
    return len(reach)


def equal_work(stride):
    return cost([Layer(3, stride, 1, channels=8), Layer(3, 1, 1, channels=8)], (3, 64, 64))[1].macs


def arrived(shift):
    """By how many cells the brightest place moves in a map of stride 4."""
    photo = np.zeros((1, 40, 40))
    photo[0, 12, 12] = 1
    kernel = np.ones((1, 1, 3, 3))
    maps = [conv2d(np.roll(photo, by, axis=2), kernel, stride=4, padding=1) for by in (0, shift)]
    return int(np.diff([np.argmax(m[0].max(0)) for m in maps])[0])


FLAT = np.full((3, 3), 1.0)
SHIFTED = [  # a join of −2 … 2 and 0 … 5
    Layer(5, padding=((2, 2), (0, 0)), name="a"),
    Layer(6, padding=((0, 5), (0, 0)), name="b", reads="input"),
    Layer(kind="add", reads=["a", "b"]),
]
INCEPTION = [
    Layer(3, stride=2, padding=1, name="below"),
    *(Layer(k, padding=k // 2, name=f"k{k}", reads="below") for k in (1, 3, 5)),
    Layer(kind="concat", reads=["k1", "k3", "k5"]),
]
RESIDUAL = [*networks.resnet18()[:4], Layer(kind="add", reads=["conv2_1_2", "pool1"])]
HALVED, DOUBLED = [Layer(2, stride=2)], [Layer(2, stride=2, kind="conv_transpose")]
COMPUTED = {
    "start.output-side": lambda: output_size(6, 3),
    "start.positions": lambda: conv2d(np.ones((6, 6)), FLAT).size,
    "start.first-number": lambda: one([[1, 0, 2], [3, 1, 0], [0, 2, 1]], [[0, 1, 0], [1, 1, 1], [0, 1, 0]]),
    "start.new-cells": lambda: len({(r, c + 1) for r in range(3) for c in range(3)} - set(np.ndindex(3, 3))),
    "start.eight": lambda: output_size(8, 3),
    "start.corner": lambda: readers(6, 3)[0, 0],
    "start.middle": lambda: readers(8, 3)[3, 4],
    "kernels.rows-that-grow": lambda: one([[2] * 3, [5] * 3, [9] * 3], kernels.sobel()),
    "kernels.weights-that-sum": lambda: one(30 * FLAT, 2 * kernels.box(), 5.0),
    "kernels.red-and-green": lambda: len(conv2d(np.ones((3, 2, 2)), np.ones((1, 3, 2, 2)))),
    "kernels.step-average": lambda: conv2d(np.array([[0.0, 0, 0, 9, 9, 9]]), np.ones((1, 3)) / 3)[0, 1],
    "kernels.sobel-x-on-patch": lambda: one(PATCH, kernels.sobel()),
    "kernels.laplacian-on-patch": lambda: one(PATCH, kernels.laplacian()),
    "kernels.two-3x3": lambda: size([(3, 1, 1)] * 2),
    "kernels.rgb-sum": lambda: one([[[2.0]], [[3.0]], [[-1.0]]], np.ones((1, 3, 1, 1)), [4.0]),
    "kernels.overflow": lambda: int(np.full(9, 200, np.uint8).sum(dtype=np.uint8)),
    "kernels.line-on-flat": lambda: one(200 * FLAT, kernels.line()),
    "kernels.box-on-patch": lambda: one(PATCH, kernels.box()),
    "kernels.bias-on-flat": lambda: one(90 * FLAT, kernels.sobel(), 10.0),
    "kernels.three-small-or-one-large": lambda: 3 * layer(1, 1, 3, bias=0).parameters,
    "stride_padding.28-3-2": lambda: output_size(28, 3, stride=2),
    "stride_padding.28-5-2": lambda: output_size(28, 5, stride=2),
    "stride_padding.keep-size": lambda: same_padding(28, 5)[0],
    "stride_padding.dilated-span": lambda: windows(20, 3, dilation=2).taps[-1] + 1,
    "stride_padding.21-7-2-1": lambda: output_size(21, 7, stride=2, padding=1),
    "stride_padding.fraction-kept": lambda: Fraction(output_size(201, 3, stride=2, padding=1) ** 2, 201**2),
    "stride_padding.dilated-size": lambda: output_size(10, 3, dilation=2),
    "stride_padding.full-size": lambda: conv2d(np.ones((1, 5)), np.ones((1, 3)), padding="full").size,
    "stride_padding.ceil-pool": lambda: avg_pool2d(np.ones((5, 5)), 2, ceil_mode=True).shape[0],
    "stride_padding.32-5-3": lambda: output_size(32, 5, stride=3),
    "stride_padding.keep-size-dilated": lambda: same_padding(99, 5, 1, 3)[0],
    "feature_maps.filters-again": lambda: len(conv2d(np.ones((48, 5, 5)), np.ones((96, 48, 5, 5)))),
    "feature_maps.parameters-again": lambda: layer(16, 32, 3).parameters,
    "receptive_fields.two-strides": lambda: size([(5, 2, 1), (3, 2, 1), (3, 1, 1)]),
    "feature_maps.maps-out": lambda: len(conv2d(np.ones((32, 3, 3)), np.ones((64, 32, 3, 3)))),
    "feature_maps.filters": lambda: layer(256, 512, 3).shape[0],
    "feature_maps.slices": lambda: layer(256, 512, 3, bias=0).parameters / 9,
    "feature_maps.maps-of-rgb": lambda: len(conv2d(np.ones((3, 9, 9)), np.ones((1, 3, 5, 5)))),
    "feature_maps.one-by-one": lambda: layer(256, 64, 1).parameters,
    "feature_maps.depthwise": lambda: layer(32, 32, 3, groups=32, bias=0).parameters,
    "feature_maps.relu": lambda: relu(np.array([-3.0])).item(),
    "feature_maps.contrast": lambda: one([[4.0, 8]], [[2.0, 2]]) / one([[2.0, 4]], [[2.0, 2]]) * 12,
    "feature_maps.first-layer": lambda: cost(networks.vgg16(), (3, 224, 224))[0].parameters,
    "feature_maps.shift-of-a-map": lambda: arrived(8),
    "feature_maps.numbers-in-output": lambda: layer(1, 16, 5, side=28, padding=2).activations,
    "receptive_fields.three-3x3": lambda: size([(3, 1, 1)] * 3),
    "receptive_fields.three-5x5": lambda: size([(5, 1, 1)] * 3),
    "receptive_fields.own-stride": lambda: size([(3, 2, 1)]),
    "receptive_fields.after-a-stride": lambda: size([(3, 2, 1), (7, 1, 1)]),
    "receptive_fields.pooling": lambda: size([(5, 1, 1), (2, 2, 1)]),
    "receptive_fields.more-padding": lambda: receptive_field([Layer(3, padding=2), Layer(5)])[-1].size,
    "receptive_fields.gridding": lambda: read_by_top((2, 2, 2)),
    "receptive_fields.one-by-one-field": lambda: size([(3, 2, 1), (1, 1, 1)]) - size([(3, 2, 1)]),
    "receptive_fields.vgg-next": lambda: receptive_field(networks.vgg16(), 224)[10].size,
    "receptive_fields.start": lambda: receptive_field([Layer(7, stride=2, padding=3)])[0].start,
    "kernels.two-passes": lambda: sum(one[0].size for one in separate(kernels.gaussian(7))[:2]),
    "stride_padding.alias": lambda: alias(5, 4),
    "feature_maps.dense-weights": lambda: conv_matrix(FLAT, (6, 6)).size,
    "back_up.stamps": lambda: transposed_size(3, 3, stride=2),
    "back_up.size-back": lambda: transposed_size(3, 3, stride=2, padding=1),
    "back_up.pixel-slope": lambda: input_gradient(np.array([[5.0, 3]]), np.array([[2.0, -1]]), (1, 3))[0, 1],
    "back_up.weight-slope": lambda: one([[1.0, 4, 2]], [[2.0, 1, -1]]),
    "back_up.batch-norm": lambda: 3 * (11 - 3) / np.sqrt(4) + 1,
    "back_up.double-size": lambda: transposed_size(4, 4, stride=2, padding=1),
    "back_up.transposed-weights": lambda: layer(8, 16, 4, bias=0).parameters,
    "back_up.folded-weight": lambda: EXERCISES["fold_norm"].right(np.array([2.0]), 0, 0, 16, 6, 0)[0],
    "back_up.residual-factor": lambda: backwards(1.0, 0.7)[1].sum(),
    "receptive_fields.outside-the-field": lambda: input_gradient(np.eye(1, 5), np.ones((5, 5)), (5, 9))[2, 6],
    "stride_padding.64-5-3-2": lambda: output_size(64, 5, stride=3, padding=2),
    "design.plain-depth": lambda: next(n for n in range(99) if size([(3, 1, 1)] * (n + 1)) >= 65) + 1,
    "design.late-layer": lambda: size([(3, 2, 1)] * 3 + [(3, 1, 1)]) - size([(3, 2, 1)] * 3),
    "design.early-stride": lambda: Fraction(equal_work(2), equal_work(1)),
    "design.twice-as-wide": lambda: layer(64, 128, 3).macs / layer(32, 64, 3).macs,
    "design.find-the-grid": lambda: layer(4, 8, 3, side=14, stride=2, padding=1).macs,
    "design.megabytes": lambda: 4e-6 * (vgg_activations()),
    "design.stack-or-7x7": lambda: 3 * layer(64, 64, 3, bias=0).parameters,
    "design.separable": lambda: (
        layer(64, 64, 3, groups=64, bias=0).parameters + layer(64, 128, 1, bias=0).parameters
    ),
    "your_network.weights-of-a-conv": lambda: layer(32, 64, 3).parameters,
    "your_network.joined-field": lambda: receptive_field(SHIFTED)[-1].size,
    "your_network.poked-pixel": lambda: window_below(networks.load("fashion").path("relu5"), 5)[0],
    "your_network.three-branches": lambda: (
        receptive_field(INCEPTION)[-1].size - receptive_field(INCEPTION)[0].size
    ),
    "your_network.shortcut": lambda: receptive_field(RESIDUAL)[-1].size,
    "your_network.up-again": lambda: 224 // map_sizes([*HALVED * 4, *DOUBLED * 2], 224)[-1],
    "feature_maps.depthwise-again": lambda: layer(24, 24, 3, groups=24, bias=0).parameters,
    "design.reach-again": lambda: size([(3, 2, 1), (3, 2, 1), (5, 1, 1)]) - size([(3, 2, 1), (3, 2, 1)]),
    "design.global-average": lambda: cost([Layer("all", kind="avg_pool")], (512, 7, 7))[0].parameters,
    "design.multiply-adds": lambda: layer(3, 16, 3, side=32, padding=1).macs,
    "design.alexnet": lambda: output_size(224, 11, stride=4),
}


def vgg_activations():
    """CS231n's rows: the picture, every convolution and pooling, the three fully connected layers."""
    return 3 * 224 * 224 + sum(step.activations for step in cost(networks.vgg16(), (3, 224, 224)))


def test_every_number_is_recomputed():
    assert set(COMPUTED) == set(NUMBERS)


@pytest.mark.parametrize("key", NUMBERS)
def test_answer_is_what_convlab_computes(key):
    question = NUMBERS[key]
    within = question.get("within", 0.003 if "fraction" in key else 0)
    assert float(COMPUTED[key]()) == pytest.approx(question["answer"], abs=within + 1e-9)


def test_choices_say_what_convlab_computes():
    """Choice questions that arithmetic can answer."""
    assert one(PATCH, kernels.sobel().T) == 24
    frame = conv2d(np.full((6, 6), 10.0), kernels.laplacian(), padding=1)
    assert not frame[1:-1, 1:-1].any()
    assert (frame[[0, -1]] != 0).all()
    assert (frame[:, [0, -1]] != 0).all()
    assert same_padding(224, 7, stride=2) == (2, 3)
    assert output_size(224, 7, stride=2, padding=(2, 3)) == output_size(224, 7, stride=2, padding=3) == 112
    impulse, kernel = np.zeros((5, 5)), np.arange(9.0).reshape(3, 3)
    impulse[2, 2] = 1
    assert (conv2d(impulse, kernel) == kernel[::-1, ::-1]).all()
    convs = [Layer(3, padding=1, channels=64)] * 2
    block = cost([*convs, Layer(2, stride=2, kind="max_pool")], (3, 224, 224))
    assert [step.shape for step in block] == [(64, 224, 224), (64, 224, 224), (64, 112, 112)]
    assert conv2d(np.ones((32, 3, 3)), np.ones((64, 32, 3, 3))).shape == (64, 1, 1)
    row = np.arange(20.0)[None] ** 2
    maps = [conv2d(np.roll(row, by, 1), np.ones((1, 3)), stride=2)[0] for by in (0, 1, 2)]
    assert np.allclose(maps[2][2:], maps[0][1:-1])
    assert not any(np.allclose(maps[1][2:], maps[0][2 - by : len(maps[0]) - by]) for by in (0, 1))


def test_facts_the_explanations_mention():
    assert [windows(28, 3, stride=2).starts[-1] + 2, output_size(7, 3)] == [26, 5]
    assert np.convolve([0, 0, 0, 9, 9, 9], np.ones(3) / 3)[2:6] == pytest.approx([0, 3, 6, 9])
    assert layer(64, 64, 7, bias=0).parameters == 200_704
    assert layer(64, 128, 3, bias=0).parameters == 73_728
    assert layer(512, 4096, 7, bias=0).parameters > 102_000_000
    assert layer(1, 16, 5).parameters == 416
    assert read_by_top((1, 2, 4)) == 15
    assert vgg_activations() == pytest.approx(15.24e6, rel=1e-3)
    assert max_pool2d(np.ones((5, 5)), 2).shape == (2, 2)


def test_bank_is_complete_and_well_formed():
    for topic in checks.TOPICS:
        places = [question["place"] for question in checks.questions(topic).values()]
        assert places.count("end") == 5
        assert 2 <= places.count("flow") <= 12
        assert places == sorted(places, key=["flow", "end", "later"].index)
    assert len({question["text"] for question in BANK.values()}) == len(BANK)


def test_self_checks_ask_about_earlier_notebooks_too():
    """Every question set aside for later is asked once, at the end of a later notebook."""
    asked = {}
    for place, topic in enumerate(checks.TOPICS):
        texts = [card.question["text"] for card in checks.self_check(topic).children]
        later = [key for key, q in BANK.items() if q["place"] == "later" and q["text"] in texts]
        assert len(texts) == 5 + len(later)
        assert len(later) == (2 if place else 0)
        assert all(key.partition(".")[0] in checks.TOPICS[:place] for key in later)
        asked |= {key: topic for key in later}
    assert set(asked) == {key for key, question in BANK.items() if question["place"] == "later"}
    assert all(BANK[key]["text"].startswith("From notebook 0") for key in asked)


def test_every_question_is_used():
    used = "".join(path.read_text(encoding="utf-8") for path in NOTEBOOKS.glob("0*.ipynb"))
    unused = [key for key, question in BANK.items() if question["place"] == "flow" and key not in used]
    assert not unused


@pytest.mark.parametrize("key", BANK)
def test_question_is_well_formed(key):
    question = BANK[key]
    values = [mistake["value"] for mistake in question["wrong"]]
    assert len({question["answer"], *values}) == len(values) + 1
    texts = [question["text"], question["hint"], question["right"], *(m["why"] for m in question["wrong"])]
    for text in texts:
        assert text == text.strip()
        assert text[-1] in ".?)…"
        assert "!" not in text
        assert "simply" not in text.lower()
        assert len(text) <= 330
    if question["kind"] == "choice":
        assert sorted(question["options"]) == sorted([question["answer"], *values])
        assert not any(mark in option for option in question["options"] for mark in "`*")  # shown as they are
    else:
        assert len(values) >= 2


def test_right_choice_is_not_always_in_the_same_place():
    places = [question["options"].index(question["answer"]) for question in CHOICES.values()]
    assert len(set(places)) >= 3


def test_the_right_choice_is_not_the_longest():
    for key, question in CHOICES.items():
        longest = max(len(option) for option in question["options"] if option != question["answer"])
        assert len(question["answer"]) <= longest, key


def test_examples_of_numbers_are_no_answers():
    said = checks.card("start.eight").answer("abc").feedback
    examples = [checks.numbers(word)[0] for word in re.findall(r"[−\d./]*\d", said.partition("such as")[2])]
    assert len(examples) == 3
    for question in NUMBERS.values():
        assert not set(examples) & {question["answer"], *(value for value, _ in checks.slips(question))}


def test_known_misconceptions_have_their_words():
    assert "transposed" in checks.card("kernels.sobel-x-on-patch").answer(24).feedback
    assert "flipped" in checks.card("kernels.sobel-x-on-patch").answer("−8").feedback
    assert "floor" in checks.card("stride_padding.28-3-2").answer(13.5).feedback
    assert "halve" in checks.card("stride_padding.28-3-2").answer(14).feedback


@pytest.mark.parametrize("key", BANK)
def test_every_answer_of_the_bank_gets_its_own_feedback(key):
    card, question = checks.card(key), BANK[key]
    assert card.feedback.startswith("○ To do:")
    assert not card.passed
    for mistake in question["wrong"]:
        assert card.answer(mistake["value"]).feedback == f"✗ Not yet. {mistake['why']}"
        assert not card.passed
    assert card.answer(question["answer"]).feedback == f"✓ Right. {question['right']}"
    assert card.passed


def test_an_unknown_wrong_number_gets_the_hint_and_not_the_answer():
    card = checks.card("kernels.sobel-x-on-patch").answer(-123)
    assert card.feedback == f"✗ Not yet. A hint: {card.question['hint']}"
    for key, question in NUMBERS.items():
        answer = f"{question['answer']:g}"
        assert f"= {answer}." not in question["hint"], key


@pytest.mark.parametrize(
    "text",
    ["8", " 8 ", "8.0", "8,0", "+8", "= 8", "16/2", "８", "8 px", "8.", "0.8e1", "800%", "(8)", "2×4", "2·4",
     "2x4", "7+1", "24 − 16 = 8", "2³", "2^3", "2 * (3 + 1)", "08", "8 pixels.", "≈8", "7½ + ½"],
)
def test_ways_to_write_eight(text):
    assert checks.card("kernels.sobel-x-on-patch").answer(text).passed


@pytest.mark.parametrize(
    "text",
    ["16448", "16,448", "16 448", "16.448", "16.448e3", "16’448", "16448 parameters", "16.448 thousand",
     "64*(256+1)", "64 · 256 + 64", "0.016448 million", "16.448k"],
)
def test_ways_to_write_a_large_number(text):
    assert checks.card("feature_maps.one-by-one").answer(text).passed


@pytest.mark.parametrize(
    "text", ["1/4", "0.25", "0,25", ".25", "25%", "25 %", "25 percent", "¼", "1:4", "1 ÷ 4"]
)
def test_ways_to_write_a_quarter(text):
    assert checks.card("stride_padding.fraction-kept").answer(text).passed


@pytest.mark.parametrize(
    "text", ["abc", "8 or 9", "1/0", "nan", "inf", "1e999", "--8", "8-", "1.2.3", "<b>8</b>", "8 8",
             "()", "2**()", "\x1fA", "9**9**9", "__import__('os')", "n", "(8", "8)", "8 if 1 else 9", "[8]",
             "9" * 99]
)
def test_text_that_is_not_one_number_is_answered_calmly(text):
    card = checks.card("kernels.sobel-x-on-patch")
    card.answer(text)
    assert card.feedback.startswith("○ To do: “")
    assert card.children[1].value == text  # nothing lost
    assert not card.passed


def test_empty_answer_and_changed_mind():
    card = checks.card("kernels.sobel-x-on-patch").answer(8)
    assert card.passed
    card.answer("  ")
    assert not card.passed
    assert "no answer yet" in card.feedback
    choice = checks.card("kernels.which-gives-24")
    choice.check()
    assert "no answer yet" in choice.feedback
    with pytest.raises(ConvlabError, match="not one of the choices"):
        choice.answer("Sobel")


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_any_text_gets_a_sentence_and_no_markup_of_its_own():
    """One card hears them all, as a learner's does: making its widgets would take most of the time."""
    card = checks.card("kernels.sobel-x-on-patch")

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.one_of(st.text(), st.from_regex(r"[−–+-]? ?[\d., '/%e]{1,12}[a-z²]{0,3}\.?", fullmatch=True)))
    def hears(text):
        card.answer(text)
        assert card.feedback[:2] in ("○ ", "✗ ", "✓ ")
        page = Tags()
        page.feed(card.children[2].value)
        assert set(page.tags) <= {"div", "b", "code", "em"}
        assert len(card.feedback) < 400
        assert str(card)

    hears()


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6).map(lambda x: round(x, 4))))
def test_python_numbers_are_read_as_they_are(number):
    assert number in [pytest.approx(reading, abs=1e-9) for reading in checks.numbers(str(number))]


def test_passing_can_be_observed():
    card, seen = checks.card("kernels.sobel-x-on-patch"), []
    card.observe(lambda change: seen.append(change.new), "passed")
    card.answer(3).answer(8).answer(8).answer("")
    assert seen == [True, False]


def test_keyboard_enter_checks():
    card = checks.card("kernels.sobel-x-on-patch")
    card.children[1]._handle_custom_msg({"value": "8", "count": 1}, [])  # what the browser sends on Enter
    assert card.passed


@pytest.mark.parametrize("key", BANK)
def test_controls_have_names(key):
    entry = checks.card(key).children[1]
    assert entry.about == BANK[key]["text"] and entry.options == BANK[key].get("options", [])


def test_text_beside_the_widget():
    bundle = checks.card("stride_padding.28-3-2").answer(13)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"].splitlines()[0] == (
        "28 pixels in a row, a kernel of 3, stride 2, no padding. How many outputs?"
    )
    assert "Answer: 13\n✓ Right." in bundle["text/plain"]
    assert max(map(len, bundle["text/plain"].splitlines())) <= 88
    assert "`-1 0 1`" in str(checks.card("kernels.sobel-x-on-patch"))
    assert str(checks.self_check("kernels")).count("○ To do") == 7
    assert checks.self_check("kernels")._repr_mimebundle_()["text/plain"].count("○ To do") == 7


def test_unknown_names():
    with pytest.raises(ConvlabError, match="nearest is 'kernels.which-gives-24'"):
        checks.card("kernels.gives-24")
    with pytest.raises(ConvlabError, match="no topic 'colonel'. There are: start, kernels"):
        checks.card("colonel.x")
    with pytest.raises(ConvlabError, match="There are: kernel_24, moving_average"):
        checks.exercise("moving_avrage", sum)


@pytest.mark.parametrize("name", EXERCISES)
def test_right_function_passes(name):
    feedback = checks.exercise(name, EXERCISES[name].right)
    assert feedback.passed, feedback
    assert repr(feedback).startswith("✓ Right: ")


def same(one, other):
    one, other = ([np.asarray(result, float) for result in results] for results in (one, other))
    return all(a.shape == b.shape and np.allclose(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", EXERCISES)
def test_every_slip_gets_its_own_sentence(name):
    task = EXERCISES[name]
    right = [task.right(*given) for given in task.cases]
    for place, (why, wrong) in enumerate(task.slips):
        feedback = checks.exercise(name, wrong)
        if feedback.passed:  # a formula of a skill that these arguments cannot show
            assert "skill" in task_text(name), (place, why)
            assert same(right, [wrong(*given) for given in task.cases]), (place, why)
        else:
            assert " ".join(repr(feedback).split()).endswith(why), (place, why)
            assert "expected" in repr(feedback)


def task_text(name):
    return tomllib.loads((Path(checks.__file__).parent / "exercises.toml").read_text(encoding="utf-8"))[name]


def test_right_functions_are_what_others_compute():
    """The right function of each exercise beside one that shares nothing with it."""
    others = {
        "moving_average": lambda x: np.convolve(x, np.ones(3) / 3, "valid"),
        "correlate_1d": lambda x, k: np.correlate(x.astype(float), k.astype(float)),
        "conv2d": lambda x, k: signal.correlate2d(x.astype(float), k.astype(float), "valid"),
        "flip": lambda k: np.rot90(k, 2),
        "max_pool": lambda x: ndimage.maximum_filter(x, 2, origin=-1)[::2, ::2],
        "filter_map": lambda x, w, b: signal.correlate(x, w, "valid")[0] + b,
        "stamp": lambda x, w, s: signal.upfirdn(w, x, up=s),
        "fold_norm": lambda w, b, m, v, g, t: np.append(g * w / v**0.5, g * (b - m) / v**0.5 + t),
        "output_size": lambda n, k, s, p: output_size(n, k, stride=s, padding=p),
        "same_padding": lambda k, d: same_padding(100, k, 1, d)[0],
        "weight_shape": lambda c_in, c_out, k: (c_out, c_in, k, k),
        "count_parameters": lambda c_in, c_out, k: layer(c_in, c_out, k).parameters,
        "receptive_field": lambda layers: size([(k, s, 1) for k, s in layers]),
        "strided_macs": lambda i, o, k, s, p, n: layer(i, o, k, n, stride=s, padding=p).macs,
        "forward_memory": lambda shapes: sum(np.zeros(shape, np.float32).nbytes for shape in shapes),
    }
    assert set(others) == set(EXERCISES)
    for name, task in EXERCISES.items():
        assert same([task.right(*case) for case in task.cases], [others[name](*case) for case in task.cases])


def test_lists_and_numpy_numbers_are_welcome():
    assert checks.exercise("output_size", lambda n, k, s, p: np.int64((n + 2 * p - k) // s + 1)).passed
    assert checks.exercise("flip", lambda k: [list(row)[::-1] for row in k[::-1]]).passed
    assert checks.exercise("weight_shape", lambda i, o, k: [o, i, k, k]).passed


def stub(x, kernel): ...


def documented_stub(x, kernel):
    """Fill this in."""


def half_done(x, kernel):
    output = np.zeros(3)
    output[0] = ...
    return output


def returns_dots(x, kernel):
    return ...


@pytest.mark.parametrize("function", [stub, documented_stub, half_done, returns_dots, ...])
def test_unanswered_is_calm(function):
    feedback = checks.exercise("correlate_1d", function)
    assert repr(feedback) == "○ To do: fill in the ... of correlate_1d, then run this cell again."
    assert not feedback.passed


def forgets_return(x, kernel):
    output = x + 1
    output.sum()


def stumbles(x, kernel):
    output = []
    return output[7]


@pytest.mark.parametrize(
    "function, words",
    [
        (forgets_return, "does the function end with `return`"),
        (stumbles, "indexerror: list index out of range, in line 3 of stumbles"),
        (lambda x: x, "does your function take 2 inputs?"),
        (lambda x, kernel: [[1], [2, 3]], "look at the shape first"),
        (lambda x, kernel: "text", "look at the shape first: it is (), and should be (3,)"),
        (lambda x, kernel: np.full(3, 77), "work this case out by hand"),
        (lambda x, kernel: np.full(3, np.nan), "work this case out by hand"),
        (3, "hand in the function correlate_1d itself, without brackets"),
    ],
)
def test_other_mishaps_get_a_clear_line(function, words):
    feedback = checks.exercise("correlate_1d", function)
    assert words in " ".join(repr(feedback).lower().split())
    assert "Traceback" not in repr(feedback)
    assert not feedback.passed


def test_a_reader_may_change_her_input():
    def wasteful(x, kernel):
        result = np.correlate(x.astype(float), kernel.astype(float))
        x[:] = 0
        return result

    assert checks.exercise("correlate_1d", wasteful).passed
    assert checks.exercise("correlate_1d", wasteful).passed


def test_feedback_in_html_is_escaped():
    def rude(x, kernel):
        raise ValueError("<script>alert(1)</script>")

    shown = checks.exercise("correlate_1d", rude)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "role='status'" in shown


@pytest.mark.parametrize(
    "kernel, words",
    [
        (..., "○ To do"),
        (kernels.sobel(), "give 8, not 24.\nThat is what Sobel-x gives"),
        (-kernels.sobel(), "flipped"),
        (-kernels.sobel().T, "the sign is not"),
        (np.ones((3, 3)), "plain sum"),
        (np.eye(3), "Each weight counts"),
        (np.ones((2, 2)), "shape (2, 2)"),
        ("24", "shape ()"),
        ("a kernel", "three rows of three numbers"),
        ([[1, 2], [3]], "three rows of three numbers"),
        (np.full((3, 3), np.inf), "finite"),
    ],
)
def test_kernel_24_explains(kernel, words):
    feedback = checks.exercise("kernel_24", kernel)
    assert not feedback.passed
    assert words in repr(feedback)


@pytest.mark.parametrize("kernel", [kernels.sobel().T, [[24, 0, 0], [0, 0, 0], [0, 0, 0]], np.eye(3) * 1.6])
def test_kernel_24_takes_any_kernel_that_does_it(kernel):
    assert checks.exercise("kernel_24", kernel).passed
