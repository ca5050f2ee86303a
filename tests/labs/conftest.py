import pytest


@pytest.fixture(autouse=True)
def strict(monkeypatch):
    """A callback that goes wrong fails the test, instead of becoming a sentence in the lab."""
    monkeypatch.setenv("CONVLAB_STRICT", "1")
