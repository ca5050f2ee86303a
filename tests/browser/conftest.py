"""One JupyterLab and one browser for all browser tests; every test gets them empty."""
import pytest

from tests.drivers.jupyter import JupyterLab, find_browser


@pytest.fixture(scope="session")
def jupyterlab():
    """The server and the page, started once."""
    if find_browser() is None:
        pytest.skip("no Chromium or Chrome")
    with JupyterLab() as lab:
        yield lab


@pytest.fixture
def lab(jupyterlab):
    """JupyterLab with nothing open; see `tests/drivers/jupyter.py` for what it can do."""
    jupyterlab.page.set_viewport_size({"width": 1280, "height": 900})
    jupyterlab.page.emulate_media(reduced_motion="no-preference")
    yield jupyterlab
    jupyterlab.rest()
