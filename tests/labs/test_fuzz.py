"""What a page can send to a lab, and what a learner can type into a call: each ends in a picture or words.

A small fixed set by default; with CONVLAB_FULL=1 ten thousand inputs.
"""

import functools
import inspect
import os
import random

import ipywidgets as widgets
import numpy as np
import pytest

from convlab import images, labs, networks
from convlab.arithmetic import kernels
from convlab.arithmetic.geometry import Layer
from convlab.errors import ConvlabError
from convlab.networks import programs
from tests.drivers.hostile_images import odd, refused
from tests.drivers.kernel import describe
from tests.labs.helpers import assert_links_tell_the_truth, is_a_sentence

FULL = bool(os.environ.get("CONVLAB_FULL"))
EVENTS = 10_000 // len(labs.__all__) if FULL else 100
CALLS = 10_000 if FULL else 600
TEXTS = ["", " ", "-", "1", "−2", "0,5", " 3 ", "1e400", "nan", "inf", "-Infinity", "1_000", "٣", "½", "0x10"]
TEXTS += [
    "1e308",
    "-1e-320",
    "999999999999",
    "<b>1</b>",
    "<script>alert(1)</script>",
    "1;2",
    "é" * 1000,
    "\0",
    "2**8",
]
NUMBERS = [0, 1, -1, 3, 7, 28, 10**6, -(10**9), 2**53, 0.5, -0.0, 1e-9, 1e12]
ODD = [
    None,
    True,
    0,
    1,
    3,
    8,
    -1,
    2.5,
    10**9,
    10**400,
    float("nan"),
    float("inf"),
    1j,
    "",
    "same",
    "camera",
    b"x",
]
ODD += [[], (1, 2), ((1, 2), (3, 4)), {"a": 1}, object(), np.ones(3), np.ones((2, 2)), np.array("a"), [None]]
ODD += [
    [Layer(3)],
    [Layer("all")],
    [(3, 1, 1, 1)],
    [(3, 1, 1, 1)] * 99,
    [(3, 1)],
    Layer(3),
    range(3),
    (3, 8, 8),
    np.float16(2),
]


# ---- what a page can send


def file(name, content):
    return {
        "name": name,
        "type": "",
        "size": len(content),
        "content": memoryview(content),
        "last_modified": 0,
    }


@functools.cache
def files():
    """Hostile and odd image files, and ordinary ones under names that are programs in HTML."""
    named = {f"<img src=x onerror=alert({k})>.png": content for k, content in enumerate(odd().values())}
    return list({**refused(), **odd(), **named}.items())


def events(lab, rng):
    """Endless: one thing after the other that a page can send, as (what, action)."""
    for_sliders = describe(lab)["controls"]
    while True:
        name = rng.choice([*lab.controls, "view"])
        control = lab.controls.get(name)
        if isinstance(control, widgets.FileUpload):
            title, content = rng.choice(files())
            yield title, functools.partial(control.set_state, {"value": [file(title, content)]})
        elif isinstance(control, widgets.Button):
            if name != "measure":  # it takes a second, and asks for nothing
                yield name, control.click
        elif name in for_sliders:
            legal = rng.choice(for_sliders[name][2])
            any_number = (
                NUMBERS if for_sliders[name][1] == "value" and not isinstance(legal, bool) else [legal]
            )
            value = rng.choice([legal, legal, rng.choice(any_number)])
            yield f"{name} = {value}", functools.partial(control.set_state, {for_sliders[name][1]: value})
        else:
            yield from view_events(lab, rng)


def view_events(lab, rng):
    """An edit of one box of an editable panel, too few boxes, a panel that is none; a cell chosen."""
    panels = lab.scene.panels
    for name in [name for name, panel in panels.items() if getattr(panel, "edits", None)] + ["nothing"]:
        array = lab.controls[name].value if name in lab.controls else np.zeros(3)
        texts = [f"{value:g}" for value in array.ravel()]
        texts[rng.randrange(len(texts))] = rng.choice(TEXTS + [str(number) for number in NUMBERS])
        texts = texts[: rng.choice([len(texts), len(texts), 1])]
        edit = {"panel": name, "texts": texts, "count": rng.random()}
        yield f"edit {edit}", functools.partial(lab.view.set_state, {"edit": edit})
    tiles, rows, cols = panels[name := rng.choice(list(panels))].shape()
    cell = {"tile": rng.randrange(tiles), "row": rng.randrange(rows), "col": rng.randrange(cols)}
    yield f"pick {name} {cell}", functools.partial(lab.view.set_state, {"pick": {"panel": name, **cell}})


@pytest.fixture
def few_channels(monkeypatch):
    """Give random stacks of effective_lab 4 channels, not 16: they take most of its time.

    No test here reads their numbers, and shapes and words stay the same. `unit/test_fields.py` judges the 16.
    """
    monkeypatch.setattr(networks, "random_map", functools.partial(networks.random_map, channels=4))


@pytest.mark.usefixtures("few_channels")
@pytest.mark.parametrize("name", labs.__all__)
def test_a_lab_survives_whatever_a_page_sends(name):
    rng, lab = random.Random(f"{name} 8"), getattr(labs, name)()
    stream = events(lab, rng)
    for count in range(EVENTS):
        what, action = next(stream)
        action()
        assert not lab.view.problem or is_a_sentence(lab.view.problem), (what, lab.view.problem)
        shown = [lab.view.layout_["panels"][k] for k in range(len(lab.scene.panels))]
        assert [panel["name"] for panel in shown] == list(lab.scene.panels), what
        if count % 20 == 0 and not any(link.post for link in lab.scene.links):
            assert_links_tell_the_truth(lab.scene)


# ---- what a learner can type


def calls():
    """Public functions; those of ops and geometry are in `unit/test_errors.py`."""
    makers = [getattr(labs, name) for name in labs.__all__]
    named = [
        one for name, one in vars(kernels).items() if callable(one) and one.__module__ == kernels.__name__
    ]
    more = [programs.pytorch, programs.keras, programs.convlab]
    more += [networks.one_channel, networks.profile, networks.spread]
    more += [images.load, images.read, networks.vgg16, networks.alexnet, networks.resnet50]
    return [one for one in [*makers, *named, *more] if not one.__name__.startswith("_")]


LEGAL = {
    "layers": [Layer(3, padding=1)],
    "shape": (3, 8, 8),
    "name": "sobel",
    "share": np.ones(3) / 3,
    "data": b"x",
}


def test_whatever_a_learner_types_is_answered_by_a_result_or_a_sentence():
    rng, wrong = random.Random(8), {}
    for _ in range(CALLS):
        call = rng.choice(calls())
        names = [name for name, one in inspect.signature(call).parameters.items() if one.kind < 4]
        needed = [
            n
            for n, one in inspect.signature(call).parameters.items()
            if one.default is inspect.Parameter.empty
        ]
        values = {name: LEGAL.get(name, 3) for name in needed}
        values |= {name: rng.choice(ODD) for name in names if rng.random() < 2 / len(names)}
        try:
            call(**values)
        except ConvlabError as error:
            if not is_a_sentence(str(error)):
                wrong[call.__name__, "sentence"] = (values, error)
        except Exception as error:  # all kinds at once, not one a run
            wrong.setdefault((call.__name__, type(error).__name__), (values, error))
    assert not wrong


@pytest.mark.parametrize("value", [10**400, "rows", [[1, 2], [3]]])
def test_a_grid_starts_from_rows_of_numbers(value):
    with pytest.raises(ConvlabError, match="needs rows of numbers"):
        labs.patch_lab(patch=value)
