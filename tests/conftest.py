"""The browser tests need a browser: when none is found the whole run says so, or fails if it must not be."""
import os

import pytest

from tests.drivers.jupyter import find_browser

HELP = """\
The browser tests were SKIPPED: neither Chromium nor Chrome was found.
    Debian, Ubuntu:  apt install chromium          macOS:  brew install --cask chromium
    or set CONVLAB_BROWSER to the path of one you have."""


def pytest_configure(config):
    """Fail before anything runs if a browser is required and missing."""
    if os.environ.get("CONVLAB_REQUIRE_BROWSER") and not find_browser():
        words = HELP.replace("were SKIPPED", "are required (CONVLAB_REQUIRE_BROWSER) and cannot run")
        raise pytest.UsageError(words)


def pytest_terminal_summary(terminalreporter):
    """Say at the very end, where it is read, that something was not tested."""
    if not find_browser():
        terminalreporter.section("NO BROWSER", sep="!", red=True, bold=True)
        terminalreporter.line(HELP, red=True)
