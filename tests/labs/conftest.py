import pytest

from convlab.labs import controls


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    """A callback that goes wrong fails the test, instead of becoming a sentence in the lab."""
    monkeypatch.setenv("CONVLAB_STRICT", "1")


@pytest.fixture(autouse=True)
def no_uploads():
    """What one test uploads is not offered to the next."""
    controls.UPLOADED.clear()
    controls.photo.cache_clear()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Draw at every change, as in a script: a browser test before may have left a running event loop."""
    monkeypatch.setattr("convlab.labs.lab.event_loop", lambda: None)
