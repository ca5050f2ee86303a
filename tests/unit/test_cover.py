"""A result stays covered until its question is answered: on the page, in words, in the stored picture."""

import re

import ipywidgets as widgets
import numpy as np
import pytest

from convlab import ConvlabError, checks, labs, plots
from convlab.checks.cover import COVERED, covered

QUESTION = "kernels.sobel-x-on-patch"


def body(prediction):
    return prediction.children[2]


def button(prediction):
    return prediction.children[1].children[0]


@pytest.mark.parametrize("answer", [8, 24, -123])
def test_any_number_right_or_wrong_uncovers(answer):
    lab = labs.patch_lab()
    asked = checks.predict(QUESTION, lab)
    assert not asked.opened and body(asked) is not lab
    assert asked.answer(answer) is asked and asked.opened and body(asked) is lab
    assert button(asked).value and button(asked).description == "Cover it again"


@pytest.mark.parametrize("answer", ["", "abc"])
def test_what_is_no_answer_uncovers_nothing(answer):
    assert not checks.predict(QUESTION, labs.patch_lab()).answer(answer).opened


def test_the_button_opens_and_covers_and_an_answer_opens_again():
    asked = checks.predict(QUESTION, labs.patch_lab())
    button(asked).value = True
    assert asked.opened and body(asked) is asked.result and COVERED not in str(asked)
    button(asked).value = False
    assert not asked.opened and body(asked) is not asked.result and COVERED in str(asked)
    asked.answer(8)
    assert asked.opened and button(asked).value


def test_what_is_stored_says_question_and_cover_and_not_the_answer():
    asked = checks.predict(QUESTION, labs.patch_lab())
    data, metadata = asked._repr_mimebundle_()
    question = str(checks.card(QUESTION))
    assert data["text/plain"] == f"{question}\n\n{COVERED}"
    alt = metadata["image/png"]["alt"]
    assert alt.startswith("The patch has the rows") and alt.endswith(COVERED) and "is 8" not in alt
    assert data["image/png"].startswith(b"\x89PNG") and "application/vnd.jupyter.widget-view+json" in data
    text = asked.answer(8)._repr_mimebundle_()[0]["text/plain"]
    assert "✓ Right." in text and "patch_lab: The nine products add up to 8." in text


def test_the_picture_of_the_cover_is_the_same_whatever_comes_out():
    first, second = (
        checks.predict(QUESTION, labs.patch_lab(bias=bias))._repr_mimebundle_()[0]["image/png"]
        for bias in (0.0, 5.0)
    )
    assert first == second


@pytest.mark.parametrize("name", labs.__all__)
def test_of_every_lab_only_what_is_given_can_be_seen(name):
    """No panel that a window makes, no words, no table, no outline of a window, no stripes."""
    scene = getattr(labs, name)().scene
    cover = covered(scene)
    seen = set(cover.panels) - {"covered"}
    assert not seen & {link.target for link in scene.links}
    assert seen <= {end for link in scene.links for end in (link.source, link.kernel)} | {
        name for name, panel in scene.panels.items() if getattr(panel, "edits", None)
    }
    assert cover.says == "" and not cover.tables and cover.first_pick() is None
    assert not any(len(lines) for name in seen for lines in getattr(cover.panels[name], "unread", ()))


def test_pictures_and_values_are_covered_too():
    picture = plots.images([np.eye(3)], ["one"], "a <diagonal> of ones")
    asked = checks.predict("kernels.impulse-flip", picture)
    data, metadata = asked._repr_mimebundle_()
    assert (
        "image/png" not in data and not metadata and "diagonal" not in body(asked).value + data["text/plain"]
    )
    asked.opened = True
    assert re.match(
        r'<img alt="a &lt;diagonal&gt; of ones" .*src="data:image/png;base64,\w', body(asked).value
    )
    assert asked._repr_mimebundle_()[0]["image/png"] == picture.png
    asked = checks.predict("kernels.overflow", {"<b>": 1800.0})
    assert "1800" not in str(asked) + body(asked).value
    asked.opened = True
    assert body(asked).value == "<pre>{&#x27;&lt;b&gt;&#x27;: 1800.0}</pre>" and str(asked).endswith(
        "1800.0}"
    )


def test_any_widget_can_be_covered():
    slider = widgets.IntSlider()
    asked = checks.predict(QUESTION, slider)
    assert body(asked) is not slider
    asked.opened = True
    assert body(asked) is slider


def test_an_unknown_question_is_a_sentence():
    with pytest.raises(ConvlabError, match=r"The nearest is 'kernels.sobel-x-on-patch'"):
        checks.predict("kernels.sobel-x", 8)
