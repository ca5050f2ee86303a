"""The built site in one browser, for all tests of it."""

import pytest

from tests.drivers.jupyter import find_browser
from tests.drivers.site import FOLDER, Site


@pytest.fixture(scope="session")
def site():
    """The site, served with nothing else reachable."""
    if not (FOLDER / "index.html").exists():
        pytest.skip("the static site is not built: `make site` first")
    if find_browser() is None:
        pytest.skip("no Chromium or Chrome")
    with Site() as built:
        yield built


@pytest.fixture
def tab(site):
    """Yield the site in an empty browser context of its own; the other tests' tab comes back afterwards."""
    with site.fresh():
        yield site
