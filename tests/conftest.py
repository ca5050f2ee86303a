"""The browser tests need browsers: when one is missing the whole run says so, or fails if it must not."""

import os

import pytest

from tests.drivers import webdriver
from tests.drivers.jupyter import find_browser

HELP = """\
Browser tests were SKIPPED, for want of: {}.
    Debian:  apt install chromium firefox-esr webkit2gtk-driver xvfb
    macOS:   brew install --cask chromium firefox
    or set CONVLAB_BROWSER to the path of a Chromium or Chrome you have."""

LONGEST = ("tests/site", "tests/browser", "tests/kernel", "tests/test_", "notebooks")

os.environ["CONVLAB_PROGRESS"] = ""  # what tests answer is kept nowhere, whichever plugins run


def missing():
    """Return the browsers that are not there."""
    found = {"chromium": find_browser(), **{name: webdriver.find(name) for name in ("firefox", "webkit")}}
    return [name for name, path in found.items() if path is None]


def pytest_configure(config):
    """Fail before anything runs if a browser is required and missing."""
    if lacking := set(os.environ.get("CONVLAB_REQUIRE_BROWSERS", "").split()) & set(missing()):
        words = HELP.replace("were SKIPPED", "are required (CONVLAB_REQUIRE_BROWSERS) and cannot run")
        raise pytest.UsageError(words.format(", ".join(lacking)))


def pytest_collection_modifyitems(items):
    """Begin with what takes longest: a worker that came to it last would be alone with it at the end."""
    rank = {item: [item.nodeid.startswith(room) for room in LONGEST] for item in items}
    items.sort(key=rank.get, reverse=True)


def pytest_terminal_summary(terminalreporter):
    """Say at the very end, where it is read, that something was not tested."""
    if lacking := missing():
        terminalreporter.section("NOT EVERY BROWSER", sep="!", red=True, bold=True)
        terminalreporter.line(HELP.format(", ".join(lacking)), red=True)
