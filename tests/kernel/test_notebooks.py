"""Notebooks in another order than theirs: every cell twice, and all labs driven once the last cell has run.

The kernel refuses the network, and an exception in a callback reaches `stderr` (CONVLAB_STRICT).
"""

import os
from pathlib import Path

import nbformat
import pytest

from tests.drivers.kernel import Kernel
from tests.kernel.helpers import remote, seen, truth

ROOT = Path(__file__).resolve().parents[2]
FULL = bool(os.environ.get("CONVLAB_FULL"))
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb") if FULL else (ROOT / "notebooks").glob("*.ipynb"))
FIND = """import gc
from convlab.labs.lab import Lab
from tests.drivers.kernel import describe
found = [one for one in gc.get_objects() if isinstance(one, Lab) and one.comm]
"""


def words(results):
    """What a learner would read of some results, without the ids of widgets."""
    return [bundle["text/plain"] for bundle in results]


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: "/".join(path.parts[-2:]))
def ran(request):
    """A kernel in which every cell of a notebook has run twice: (kernel, [(id, first, second)])."""
    cells = nbformat.read(request.param, as_version=4).cells
    with Kernel() as kernel:
        pairs = []
        for cell in cells:
            if cell.cell_type == "code":
                once, twice = ((text, words(results)) for text, results in map(kernel.run, [cell.source] * 2))
                pairs.append((cell.id, once, twice))
        yield kernel, pairs


def test_every_cell_twice(ran):
    kernel, pairs = ran
    for name, once, twice in pairs:
        assert once == twice, name
    assert pairs and not kernel.stderr
    assert kernel.ask("no_network.refused") == []


def test_labs_still_answer_after_the_last_cell(ran):
    """Every control of every lab goes to its end and to its middle; the page shows what that gives."""
    kernel, _ = ran
    kernel.run(FIND)
    for number, about in enumerate(kernel.ask("[describe(one) for one in found]")):
        before = dict(kernel.models[about["view"]])
        for model, trait, values in about["controls"].values():
            middle = values[len(values) // 2]
            kernel.storm(model, [{trait: values[-1]}, {trait: middle}])
            kernel.settle(f"found[{number}]")
        page = kernel.models[about["view"]]
        name, state = kernel.ask(f"found[{number}].name"), remote(kernel, f"found[{number}].state()")
        assert seen(page) != seen(before) and not kernel.stderr, name
        if not page["problem"]:
            assert seen(page) == truth(name, state), name
    assert kernel.ask("no_network.refused") == []
