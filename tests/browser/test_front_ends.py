"""Other front ends, each in an environment of its own: the oldest JupyterLab, Notebook 7, Voilà."""

import os

import nbformat
import pytest

from tests.browser.test_walk import WAYS, Walk
from tests.drivers.environments import environment
from tests.drivers.jupyter import JupyterLab

pytestmark = pytest.mark.skipif(
    "CONVLAB_FULL" not in os.environ, reason="minutes of installing: CONVLAB_FULL=1"
)
PATH = "notebooks/01_kernels.ipynb"


class Notebook(JupyterLab):
    """Notebook 7, which also serves Voilà; a notebook has a page of its own."""

    program = "notebook"

    def load(self, port=None):
        """Do nothing: there is no page before a notebook is open."""

    def go(self, place):
        """Open an address below the server's root."""
        self.page.goto(f"http://127.0.0.1:{self.port}/{place}?token={self._token}")


def count(lab):
    """Return how many labs the stored notebook shows openly."""
    cells = nbformat.read(lab.folder / PATH, as_version=4).cells
    texts = [out.data["text/plain"] for cell in cells for out in cell.get("outputs", []) if "data" in out]
    return sum(text.split(":")[0].endswith("_lab") for text in texts)


def walk(lab):
    """All labs are live, and the first of each kind answers."""
    lab.page.wait_for_function("n => document.querySelectorAll('.convlab-lab').length >= n", arg=count(lab))
    hand = Walk(lab.page)
    hand.labs(lab.page.evaluate("all().length"))
    for way, what in WAYS.items():
        if (number := hand.offers(what)) >= 0:
            getattr(hand, way)(number)
    assert lab.page.evaluate("thrown") == []


def test_the_oldest_jupyterlab():
    with JupyterLab(python=environment("jupyterlab42", "jupyterlab==4.2.*")) as lab:
        assert lab.page.evaluate("jupyterapp.version").startswith("4.2.")
        lab.open(PATH)
        lab.run_all()
        walk(lab)


@pytest.fixture(scope="module")
def notebook():
    with Notebook(python=environment("notebook", "notebook>=7", "voila>=0.5")) as found:
        yield found


def test_notebook_7(notebook):
    notebook.go(f"notebooks/{PATH}")
    notebook.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context?.isReady")
    notebook.page.evaluate("async () => { await jupyterapp.shell.currentWidget.sessionContext.ready; }")
    notebook.wait_idle()
    notebook.run_all()
    walk(notebook)


def test_voila(notebook):
    notebook.go(f"voila/render/{PATH}")
    walk(notebook)
