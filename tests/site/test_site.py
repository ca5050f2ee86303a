"""The built site, driven as a learner does: every notebook, a slider of every lab, what may go wrong."""

import contextlib
import json
import re
from itertools import chain

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from convlab import labs
from jupyter_driver import NOTEBOOK, ROOT

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
LABS = re.compile(r"(\w+_lab): ")
# Both what a lab shows and what it says: pictures as a string, and its status line.
LOOK = """root => [
    [...root.querySelectorAll("canvas")].map(canvas => canvas.toDataURL()).join(),
    root.querySelector(".convlab-status")?.innerText]"""
CHANGED = f"([root, before]) => ({LOOK})(root).every((part, k) => part !== before[k])"
# Sliders first; a lab without has boxes to type in, or only a list to choose from.
HANDLES = [".noUi-target:not([disabled]) .noUi-handle", "figure input, input[type=number]", "select"]


def names_of_labs(notebook):
    """Return the lab that each code cell shows, or None, for a notebook as JSON."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    texts = [[output.get("data", {}).get("text/plain", "") for output in cell["outputs"]] for cell in cells]
    found = [LABS.match("".join("".join(text) for text in one)) for one in texts]
    return [match and match[1] for match in found]


@pytest.fixture(scope="module", params=NOTEBOOKS)
def opened(request, site):
    """One notebook after the other, reached by its direct link and run to its end."""
    site.errors.clear()
    site.open(request.param)
    site.run_all()
    return request.param


def test_every_cell_ran(site, opened):
    cells = site.page.evaluate(f"{NOTEBOOK}.content.model.toJSON().cells")
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    stored = json.loads((ROOT / "notebooks" / opened).read_text(encoding="utf-8"))
    assert names_of_labs({"cells": cells}) == names_of_labs(stored)
    assert site.errors == [] and site.outside == []


def test_a_slider_of_every_lab_moves_picture_and_text(site, opened):
    notebook = json.loads((ROOT / "notebooks" / opened).read_text(encoding="utf-8"))
    roots, seen = site.page.locator(".convlab-lab"), set()
    names = [name for name in names_of_labs(notebook) if name]
    assert roots.count() == len(names)
    for number, name in enumerate(names):
        if name not in seen:
            seen.add(name)
            assert move(site.page, roots.nth(number)), f"{name}: no slider changes both picture and text"
    assert site.errors == [] and site.outside == []


def move(page, root):
    """Press an arrow key on slider after slider until the lab looks different; say whether it did."""
    root.locator("canvas").first.wait_for()
    before = root.evaluate(LOOK)
    for handle in chain.from_iterable(root.locator(kind).all() for kind in HANDLES):
        for key in ("ArrowUp", "ArrowDown"):
            handle.press(key)
            with contextlib.suppress(PlaywrightTimeout):
                page.wait_for_function(CHANGED, arg=[root.element_handle(), before], timeout=4000)
                return True
    return False


def test_every_lab_is_in_a_notebook():
    files = [json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8")) for name in NOTEBOOKS]
    assert {name for one in files for name in names_of_labs(one)} - {None} == set(labs.__all__)
