"""Whatever code gives a control of any lab: a legal value is drawn, any other ends in a sentence."""

import inspect
import math

import numpy as np
import pytest

from convlab import ConvlabError, labs
from tests.labs.helpers import is_a_sentence

WRONG = [
    None, True, -1, 4, 10**9, 10**400, 2.25, -1e12, math.nan, math.inf, 1j, "", "no such thing", b"x", [], {},
    (1, 2), [[1, 2], [3]], [["a"]], object(), range(3), np.ones(3), np.zeros((4, 9, 1)), np.float64(0.5),
    np.int64(5), np.array("a"), np.full((3, 3), math.nan), ({"name": "x.png"},),
]  # fmt: skip


def same(one, other):
    return type(one) is type(other) and (one is other or bool(np.all(one == other)))


def is_legal(control, value):
    """Tell whether a widget could hold this value as it is; whatever has no widget holds numbers."""
    if hasattr(control, "options"):
        return any(same(value, one[1] if isinstance(one, tuple) else one) for one in control.options)
    if hasattr(control, "step"):
        steps = (value - control.min) / control.step
        return control.min <= value <= control.max and abs(steps - round(steps)) < 1e-6
    return isinstance(value, bool) or isinstance(value, np.ndarray) and np.isfinite(value).all()


@pytest.mark.parametrize("name", labs.__all__)
def test_no_value_raises_or_leaves_a_wrong_state(name):
    one = getattr(labs, name)()
    for key, control in one.controls.items():
        walked = one.controls.get("step") or one.controls.get("stamps")
        held = walked if key == "play" else control  # a player has no value but its slider's
        for wrong in WRONG if hasattr(control, "value") else ():
            before, one.view.problem = held.value, ""
            control.value = wrong
            if same(held.value, before):
                assert is_a_sentence(one.view.problem) or same(wrong, before), (key, wrong, one.view.problem)
            else:
                assert is_legal(held, held.value), (key, wrong, held.value)
                assert not one.view.problem or is_a_sentence(one.view.problem), (key, wrong)
    one.refresh()
    if not one.view.problem:
        assert one.scene.says == getattr(labs, name).draw(**one.state()).says


@pytest.mark.parametrize("name", labs.__all__)
def test_a_slider_refuses_what_it_would_bend(name):
    """Beyond an end, a slider by itself takes the end without a word."""
    one = getattr(labs, name)()
    for key, control in one.controls.items():
        if hasattr(control, "step") and not hasattr(control, "interval"):
            before = control.value
            control.value = control.max + control.step
            assert control.value == before and "The nearest is" in one.view.problem, key


@pytest.mark.parametrize("name", labs.__all__)
def test_none_means_as_the_rule_says_or_ends_in_a_sentence(name):
    call = getattr(labs, name)
    for parameter in inspect.signature(call).parameters:
        try:
            assert call(**{parameter: None}).scene.says
        except ConvlabError as error:
            assert is_a_sentence(str(error)), parameter
