"""A claim of a notebook: its words, and beside them what computes it."""

import re
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
# How a cell begins that says what can be seen, or why.
TELLS = re.compile(r"\*\*(See|So|Why|The reason|The rule|Look closely|Compare|What it is for)|<details>")


def prose(name):
    """The prose cells of a notebook, each with single spaces."""
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    return [" ".join(cell.source.split()) for cell in cells if cell.cell_type == "markdown"]


def claims(name):
    """Return a decorator for the tests of one notebook: `@states(words, …)` holds that it says these words.

    `states.words` lists all that have a test, so that `untold` finds the cell that has none.
    """
    text = prose(name)

    def states(*words):
        states.words += words

        def decorate(test):
            def told():
                for said in words:
                    assert any(said in cell for cell in text), f"{name} no longer says: {said}"
                test()

            return told

        return decorate

    states.words = []
    states.untold = lambda: [
        cell for cell in text if TELLS.match(cell) and not any(said in cell for said in states.words)
    ]
    return states
