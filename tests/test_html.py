"""HTML made by nbconvert shows the pictures, whether or not the notebook holds the state of its widgets."""

import html
import json
import re

import nbformat
import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from tests.drivers.jupyter import ROOT

SETTINGS = json.loads((ROOT / "binder" / "jupyter-nbconvert.json").read_text())
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


def notebook(with_state):
    """Return a stored notebook; if wanted, as JupyterLab saves it after a run."""
    found = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    if with_state:
        views = [
            out.data[VIEW]["model_id"] for cell in found.cells for out in outputs(cell) if VIEW in out.data
        ]
        model = {"model_name": "VBoxModel", "model_module": "@jupyter-widgets/controls", "state": {}}
        state = {"version_major": 2, "version_minor": 0, "state": dict.fromkeys(views, model)}
        found.metadata["widgets"] = {STATE: state}
    return found


def outputs(cell):
    return [out for out in cell.get("outputs", []) if "data" in out]


def page(config, with_state):
    made, _ = HTMLExporter(config=Config(config)).from_notebook_node(notebook(with_state))
    return len(re.findall(r'<img[^>]*src="data:image/png;base64,', made))


@pytest.mark.parametrize("with_state", [False, True])
def test_pictures_are_in_the_page(with_state):
    stored = [out for cell in notebook(False).cells for out in outputs(cell) if "image/png" in out.data]
    assert page(SETTINGS, with_state) == len(stored) >= 2


def test_without_our_setting_they_would_not_be():
    assert page({}, True) == 0


@pytest.mark.parametrize(("template", "kept"), [("classic", True), ("lab", False)])
def test_one_template_keeps_descriptions(template, kept):
    """As README says of both."""
    exporter = HTMLExporter(config=Config(SETTINGS), template_name=template)
    made = html.unescape(exporter.from_notebook_node(notebook(False))[0])
    shown = [out for cell in notebook(False).cells for out in outputs(cell) if "image/png" in out.data]
    assert {f'<img alt="{out.metadata["image/png"]["alt"]}"' in made for out in shown} == {kept}
