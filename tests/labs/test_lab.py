"""What all labs share: controls that are checked, rules that settle first, one drawing a change."""

import re
import subprocess
import sys
import textwrap
import threading
import time
import tomllib
import types
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest

from convlab import ConvlabError, images, labs
from convlab.labs.controls import OWN, Control, one_of, photo, ranged
from convlab.labs.lab import lab
from convlab.view.live import SLOTS, View
from convlab.view.scene import Curve, Grid, Scene
from tests.labs import helpers

LABS = Path(labs.__file__).parent


def edited(one, panel, texts):
    one.view.edit = {"panel": panel, "texts": texts, "count": 1 + one.view.edit.get("count", 0)}


@pytest.mark.parametrize(
    ("name", "given", "nearest"),
    [
        ("wires_lab", {"kernel": 4}, 3),
        ("effective_lab", {"kernel": 4}, 3),
        ("kernel_lab", {"size": 4}, 3),
        ("tower_lab", {"size": 100}, 96),
    ],
)
def test_a_value_between_two_steps_is_refused_with_the_nearest(name, given, nearest):
    with pytest.raises(ConvlabError, match=f"in steps of .* The nearest is {nearest}"):
        getattr(labs, name)(**given)


@pytest.mark.parametrize("bad", [4, "three", None])
def test_a_bad_value_from_code_is_a_sentence_and_changes_nothing(bad):
    one = labs.kernel_lab()
    good = one.scene
    one.controls["size"].value = bad
    assert one.view.problem.startswith("size is ") and one.controls["size"].value == 3
    one.controls["preset"].value = "no such kernel"
    assert "It must be one of these" in one.view.problem and one.controls["preset"].value == "sobel"
    one.controls["kernel"].value = "rows"
    assert "needs rows of numbers, in the shape" in one.view.problem and one.scene is good
    edited(one, "kernel", ["1"] * 9)
    assert one.view.problem == "" and one.controls["preset"].value == OWN


@pytest.mark.parametrize(
    ("name", "panel", "count"),
    [
        ("sliding_lab", "kernel", 9),
        ("patch_lab", "kernel", 9),
        ("kernel_lab", "kernel", 9),
        ("rgb_lab", "kernel", 27),
    ],
)
def test_an_edited_cell_turns_the_preset_into_your_own(name, panel, count):
    one = getattr(labs, name)()
    edited(one, panel, ["2"] * count)
    assert one.controls["preset"].value == OWN
    assert (one.scene.panels[panel].array == 2).all()


def test_no_slider_discards_an_edit_without_a_word():
    one = labs.rgb_lab()
    edited(one, "kernel", ["2"] * 27)
    assert one.controls["red"].disabled
    one.controls["red"].value = 0.5  # code can move it all the same
    assert (one.scene.panels["kernel"].array == 2).all()
    one.controls["preset"].value = "sharpen"
    assert not one.controls["red"].disabled and one.scene.panels["kernel"].array[0, 1, 1] == 2.5


@pytest.mark.parametrize("name", labs.__all__)
def test_one_move_of_a_list_draws_at_most_once(name, monkeypatch):
    one, drawn = getattr(labs, name)(), []
    monkeypatch.setattr(one.view, "show", drawn.append)
    for control in one.controls.values():
        for option in control.options if isinstance(control, widgets.Dropdown) else ():
            drawn.clear()
            control.value = option[1] if isinstance(option, tuple) else option
            assert len(drawn) <= 1


@pytest.mark.parametrize("name", ["sliding_lab", "patch_lab", "kernel_lab", "rgb_lab", "receptive_lab"])
def test_a_new_preset_draws_once(name, monkeypatch):
    one, drawn = getattr(labs, name)(), []
    monkeypatch.setattr(one.view, "show", drawn.append)
    one.controls["preset"].value = one.controls["preset"].options[-1]
    assert len(drawn) == 1


@pytest.mark.parametrize("name", ["stride_lab", "receptive_lab", "network_lab"])
def test_a_first_look_is_calm_and_the_rest_is_asked_for(name):
    one, found = getattr(labs, name)(), {}
    for kind in one.controls["also"].options:
        one.controls["also"].value = kind
        found[kind] = set(one.scene.panels)
        ends = {end for link in one.scene.links for end in (link.source, link.target, link.kernel)}
        assert one.scene.first_pick()[0] in found[kind] and ends - {None} <= found[kind]
        assert any(link.target == one.scene.first_pick()[0] for link in one.scene.links)
    first, *more = found.values()
    assert len(first) <= 3 and all(first < kind for kind in more)
    assert max(more, key=len) == set().union(*more)


def test_a_page_that_asks_how_things_stand_hears_of_a_drawing_that_waits(monkeypatch):
    """It asks once after a change: were that drawing lost afterwards, nobody would ask for it again."""
    said = []
    timer = types.SimpleNamespace(cancel=lambda: None)
    loop = types.SimpleNamespace(call_later=lambda wait, action: timer)
    monkeypatch.setattr("convlab.labs.lab.event_loop", lambda: loop)
    monkeypatch.setattr(View, "send", lambda view, content, buffers=None: said.append(content))
    one = labs.sliding_lab()
    before, one.rests = one.view.turn, time.perf_counter() + 60
    one.controls["grid"].value = "a dot"
    assert one.waits and one.view.turn == before
    one.view._handle_custom_msg("here?", [])
    assert said[-1]["turn"] == one.view.turn == before + 1 and not one.waits


def test_two_messages_at_once_are_dealt_with_one_after_the_other(monkeypatch):
    """JupyterLab hands the first message of a control to another thread of the kernel than the rest."""
    one, fit = labs.kernel_lab("camera", "identity"), Control.fit
    bias, image = one.controls["bias"], one.controls["image"]
    meanwhile = threading.Thread(target=bias.set_state, args=({"value": 5.0, "stamp": 1},))

    def slow(self, name, widget, values):
        if name == "bias" and meanwhile.ident is None:
            meanwhile.start()
            meanwhile.join(0.3)  # without a lock it would end now
        fit(self, name, widget, values)

    monkeypatch.setattr(Control, "fit", slow)
    image.set_state({"index": 1, "stamp": 1})
    meanwhile.join()
    assert (one.state()["image"], one.state()["bias"], bias.value) == (image.options[1], 5.0, 5.0)


def test_a_move_that_comes_later_than_a_newer_one_is_left():
    one = labs.kernel_lab("camera", "identity")
    for stamp, value in ((2, 10.0), (1, 5.0)):
        one.controls["bias"].set_state({"value": value, "stamp": stamp})
    texts = ["4", *"00010000"], ["3", *"00010000"]
    for count, text in zip((2, 1), texts, strict=True):
        one.view.set_state({"edit": {"panel": "kernel", "texts": text, "count": count}})
    assert one.state()["bias"] == 10.0 and one.state()["kernel"][0, 0] == 4 and one.view.seen == 2


def test_a_rule_that_fails_once_does_not_leave_a_dead_lab(monkeypatch):
    one, fit = labs.kernel_lab("camera", "identity"), Control.fit

    def fails(*_):
        raise ConvlabError("Not this time.")

    monkeypatch.setattr(Control, "fit", fails)
    one.controls["bias"].value = 5.0
    assert one.view.problem == "Not this time."
    monkeypatch.setattr(Control, "fit", fit)
    one.controls["bias"].value = 10.0
    assert one.state()["bias"] == 10.0 and not one.view.problem


def test_pictures_on_show_cannot_be_written_to():
    one = labs.kernel_lab("camera")
    with pytest.raises(ValueError, match="read-only"):
        one.scene.panels["input"].array[:] = 0
    np.testing.assert_array_equal(photo("camera"), images.load("camera"))


def test_too_many_panels_are_refused():
    panels = {str(k): Grid(np.eye(2), str(k)) for k in range(SLOTS + 1)}
    with pytest.raises(ConvlabError, match=f"{SLOTS + 1} panels. The view has room for {SLOTS}"):
        View().show(Scene(panels))


def test_controls_that_follow_each_other_in_a_circle_are_refused():
    with pytest.raises(ConvlabError, match="“a” follows “b”, which is declared after it.* circle"):
        lab(a=Control(follows=lambda b: b), b=Control(follows=lambda a: a))


def test_a_bound_that_moves_takes_its_value_along():
    @lab(words=one_of("words", ["ab", "abcd"]), place=ranged("place", 0, lambda words: len(words) - 1))
    def letter_lab(words="abcd", place=3):
        return Scene({"x": Grid(np.eye(2), "x")}, says=f"{words[place]}.")

    one = letter_lab()
    assert one.scene.says == "d." and one.name == "letter_lab"
    one.controls["words"].value = "ab"
    assert one.scene.says == "b." and one.controls["place"].max == 1


@pytest.mark.parametrize("name", labs.__all__)
def test_both_axes_of_every_curve_have_a_name(name):
    for panel in getattr(labs, name)().scene.panels.values():
        if isinstance(panel, Curve):
            assert all(panel.axes) and panel.array.shape == (1 + len(panel.series), len(panel.x))


def test_every_sentence_in_says_belongs_to_a_lab_and_is_said():
    sentences = tomllib.loads((LABS / "says.toml").read_text(encoding="utf-8"))
    code = "".join(path.read_text(encoding="utf-8") for path in LABS.glob("*.py"))
    assert sentences.keys() == set(labs.__all__)
    named = [name for said in sentences.values() if isinstance(said, dict) for name in said]
    assert named and all(f'"{name}"' in code for name in named)


def test_the_two_steps_in_contributing_make_a_lab():
    text = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## A new lab in two steps")[2].partition("\n## ")[0]
    blocks = re.findall(r"^ *```python\n(.*?)```", section, re.DOTALL | re.MULTILINE)
    function, test = map(textwrap.dedent, blocks)
    rooms = ("errors", "labs.controls", "labs.lab", "view.scene")
    there = {}
    exec("\n".join([*(f"from convlab.{room} import *" for room in rooms), function]), there)
    here = {"labs": types.SimpleNamespace(**there), "images": images, "np": np, **vars(helpers)}
    exec(test, here)
    here["test_brightness_is_added"]()


COLAB = """
import sys, types
google, colab, output = (types.ModuleType(name) for name in ("google", "google.colab", "google.colab.output"))
on = []
output.enable_custom_widget_manager = lambda: on.append(True)
output._widgets = types.SimpleNamespace(_installed_url="https://manager")
sys.modules |= {"google": google, "google.colab": colab, "google.colab.output": output}
from convlab import labs
data, metadata = labs.sliding_lab()._repr_mimebundle_()
view = "application/vnd.jupyter.widget-view+json"
manager = metadata[view]["colab"]["custom_widget_manager"]
print(on, manager["url"], "alt" in metadata["image/png"], view in data)
"""


def test_in_colab_a_lab_switches_on_the_manager_of_widgets():
    done = subprocess.run([sys.executable, "-c", COLAB], capture_output=True, text=True, check=True)
    assert done.stdout == "[True] https://manager True True\n"
