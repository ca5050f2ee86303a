import pytest

from convlab.labs import base


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    """A callback that goes wrong fails the test, instead of becoming a sentence in the lab."""
    monkeypatch.setenv("CONVLAB_STRICT", "1")


@pytest.fixture(autouse=True)
def no_uploads():
    """What one test uploads is not offered to the next."""
    base._uploads.clear()
    base.photo.cache_clear()
