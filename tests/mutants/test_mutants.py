"""The list of mutants stays true to the files it names. `make mutants` runs them."""
from pathlib import Path

import pytest

from tests.mutants.run import MUTANTS, mutated

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant["name"] for mutant in MUTANTS])
def test_the_place_is_there(mutant):
    text = (ROOT / mutant["file"]).read_text(encoding="utf-8")
    assert mutated(mutant, text) != text
    files = [word for word in mutant["tests"].split() if word.endswith((".py", ".ipynb"))]
    assert files and all((ROOT / file).exists() for file in files)


def test_there_are_enough():
    assert len({mutant["name"] for mutant in MUTANTS}) == len(MUTANTS) >= 30
