"""Numbers that learners type and no question lists: what each must be told, and nothing else.

`value` alone must get the hint of the question: nothing about it is proven. `value:word` must get a sentence
with that word in it, which a rule for many cards has proven.
"""
import pytest

from convlab import checks

WRONG = {
    "start.output-side": "16:square 4.5 7 18 -4:sign 1",
    "start.positions": "12 24 15 25 -16:sign",
    "start.first-number": "7 3 8 9 -6:sign",
    "start.new-cells": "2 5 12 -3:sign 0",
    "start.eight": "7 4 11 2 -6:sign 24",
    "start.corner": "2 5 36 16 -1:sign",
    "start.middle": "8 6 12 4 -9:sign",
    "kernels.step-average": "1 18 2 27 -3:sign",
    "kernels.sobel-x-on-patch": "16 12 4 9 -24",
    "kernels.laplacian-on-patch": "35 45 -5 13 1",
    "kernels.two-3x3": "7:adds 18 8 25 -5:sign",
    "kernels.rgb-sum": "6 5 7 12 -8:sign",
    "kernels.overflow": "256 200 9 -8:sign 1792",
    "kernels.line-on-flat": "201 67 800 1 -600:sign",
    "kernels.box-on-patch": "9 1 4.5 6 -5:sign",
    "kernels.bias-on-flat": "720 810 80 1 -10:sign",
    "kernels.three-small-or-one-large": "21 147 36 12 -27:sign",
    "kernels.rows-that-grow": "14 16 7 -21 1",
    "kernels.weights-that-sum": "95 10 32 150 -65:sign",
    "kernels.red-and-green": "2 5 0 9 -1:sign",
    "stride_padding.28-3-2": "169:square 12.5:Two 25 28 -13:sign 15",
    "stride_padding.28-5-2": "144:square 11.5:Two 23 28 -12:sign 10",
    "stride_padding.keep-size": "3:grow 0 10 25 -2:sign 6",
    "stride_padding.dilated-span": "9 2 1 8 -5:sign",
    "stride_padding.21-7-2-1": "81:square 23:padded 7 8.5:Divide -9:sign 16",
    "stride_padding.fraction-kept": "25:per 0.75 2 1 0.33 -0.25:sign",
    "stride_padding.dilated-size": "36:square 7 9 2 -6:sign 12",
    "stride_padding.full-size": "49:square 8 10 2:Two 4:Two -7:sign 15",
    "stride_padding.ceil-pool": "1 5 6 10 -3:sign",
    "back_up.stamps": "49 10 4 3 -7:sign 12",
    "back_up.size-back": "25 4 8 10 -5:sign 2",
    "back_up.pixel-slope": "10 2 3 -1:sign -30",
    "back_up.weight-slope": "16 6 1 3 -4:sign",
    "back_up.batch-norm": "169 4 8 11 -13:sign",
    "back_up.double-size": "64 4 16 6 -8:sign 12",
    "back_up.transposed-weights": "24 1024 4096 32 -2048:sign",
    "back_up.folded-weight": "9 2 1 6 -3:sign",
    "back_up.residual-factor": "0.7 1 2.2201 3 -1.49:sign",
    "receptive_fields.outside-the-field": "5 25 -1 4 0.5",
    "stride_padding.64-5-3-2": "484 23 63 12 -22:sign 59",
    "stride_padding.32-5-3": "100:square 27 32 11 -10:sign 9.3333333333:Divide",
    "stride_padding.keep-size-dilated": "13:spans 4:Two 6.5:centre 9:tap -6:sign 8",
    "kernels.two-passes": "21 28 15 343 -14:sign",
    "stride_padding.alias": "4 16 25 8 -20:sign",
    "your_network.weights-of-a-conv": "18433 576 9 2048 -18496:sign",
    "your_network.joined-field": "9 3 30 2 -8:sign",
    "your_network.poked-pixel": "37 4 18 -6:sign 160",
    "your_network.three-branches": "2 16 5 24 -8:sign",
    "your_network.shortcut": "13 23 44 9 -27:sign",
    "your_network.up-again": "8 2 1 32 -4:sign",
    "feature_maps.depthwise-again": "240 48 576 225 -216:sign",
    "design.reach-again": "5 1 25 10 -16:sign",
    "feature_maps.dense-weights": "36 16 54 577 -576:sign",
    "feature_maps.maps-out": "1 18432 9 65 -64:sign",
    "feature_maps.filters": "3 9 1 513 -512:sign",
    "feature_maps.slices": "2304 9 1 131584 -131072:sign",
    "feature_maps.maps-of-rgb": "75 15 0 9 -1:sign",
    "feature_maps.one-by-one": "257:filter 16385:layer 32768:bias 384:multiplied -16448:sign 16500",
    "feature_maps.depthwise": "96 41 297 1 -288:sign",
    "feature_maps.relu": "-1 2 6 9 -9",
    "feature_maps.contrast": "6 13 144 0 -24:sign",
    "feature_maps.first-layer": "27:filters 1729:layer 91:biases 256:kernel 1700 -1792:sign",
    "feature_maps.shift-of-a-map": "1 12 3 16 -2:sign",
    "feature_maps.numbers-in-output": "400 25 10000 12560 -12544:sign",
    "feature_maps.filters-again": "5 25 2400 1 -96:sign",
    "feature_maps.parameters-again": "145:filter 4609:layer 176:biases 512:weights 4000 -4640:sign",
    "receptive_fields.three-3x3": "10:overlap 8 13:side 49 -7:sign 18",
    "receptive_fields.three-5x5": "5:first 16:overlap 25:side 14 -13:sign 10",
    "receptive_fields.own-stride": "7 1 9 8 -3:sign",
    "receptive_fields.after-a-stride": "2:jump 10:overlap 14:start 18:overlap 29:side 8 -15:sign 7 3:first",
    "receptive_fields.pooling": "8 4 9 12 -6:sign",
    "receptive_fields.more-padding": "3 8 14 2 -7:sign",
    "receptive_fields.gridding": "3 5 4 8 -7:sign",
    "receptive_fields.one-by-one-field": "4 3 8 0.5 64",
    "receptive_fields.vgg-next": "47 45 48 56 -60:sign",
    "receptive_fields.start": "-1 1 -2 2 7",
    "receptive_fields.two-strides": "4:jump 25:own 15:own 45:multiply -17:sign 18",
    "design.plain-depth": "16 63 30 10 -32:sign",
    "design.late-layer": "6 3 48 18 -16:sign",
    "design.early-stride": "25:per 0.75 2 0 -0.25:sign",
    "design.twice-as-wide": "1 3 6 9 -4:sign",
    "design.find-the-grid": "2304 196 49 7056 -14112:sign",
    "design.megabytes": "30.5 24 4 372 -61:sign",
    "design.stack-or-7x7": "27 576 12288 331776 -110592:sign",
    "design.separable": "8960 9216 64 1152 -8768:sign",
    "design.global-average": "1 4096 7 0.02 100",
    "design.multiply-adds": "448:parameters 13824:row 16384:numbers 458752:bias -442368:sign 1024",
    "design.alexnet": "2916:square 53.25:Two 214:stride 53.5:Divide -54:sign 20",
}


@pytest.mark.parametrize("key", WRONG)
def test_numbers_outside_the_list(key):
    card = checks.card(key)
    listed = [mistake["value"] for mistake in card.question["wrong"]]
    answers = [answer.partition(":") for answer in WRONG[key].split()]
    assert len(answers) >= 5
    for value, _, word in answers:
        assert float(value) not in [*listed, card.question["answer"]], value
        said = card.answer(value).feedback
        assert said.startswith("✗ Not yet. ")
        if word:
            assert word in said, (value, said)
            assert "A hint" not in said, (value, said)
        else:
            assert said == f"✗ Not yet. A hint: {card.question['hint']}", (value, said)


def test_every_number_card_has_its_five():
    bank = {key: question for topic in checks.TOPICS for key, question in checks.questions(topic).items()}
    assert set(WRONG) == {key for key, question in bank.items() if question["kind"] == "number"}


def test_no_wrong_rule_gives_the_field_after_a_stride():
    """The answer was 7: a stride added or multiplied in, or three 3×3 layers remembered, gave it too."""
    question = checks.card("receptive_fields.after-a-stride").question
    k1, s1, k2 = (question["given"][name] for name in ("k1", "s1", "k2"))
    rules = {k1 * s1 + k2, k1 * s1 + 1, k1 + k2 + s1, k1 + k2 - 1, k1 * k2, k1 * k2 - s1, (k1 - 1) * s1 + k2}
    assert question["answer"] not in rules
