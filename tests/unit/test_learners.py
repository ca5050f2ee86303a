"""A battery of programs as learners write them: none is told a slip that it has not made."""
import tomllib
from pathlib import Path

import pytest

from convlab import checks
from tests.unit.learners import (
    conv2d,
    correlate_1d,
    filter_map,
    flip,
    fold_norm,
    formulas,
    max_pool,
    moving_average,
    stamp,
)

ARRAYS = {"moving_average": moving_average, "correlate_1d": correlate_1d, "conv2d": conv2d, "flip": flip,
          "max_pool": max_pool, "filter_map": filter_map, "stamp": stamp, "fold_norm": fold_norm}
FORMULAS = ["output_size", "same_padding", "weight_shape", "count_parameters", "receptive_field",
            "strided_macs", "forward_memory"]
WRONG = {name: programs.WRONG for name, programs in ARRAYS.items()}
WRONG |= {name: getattr(formulas, name.upper()) for name in FORMULAS}
RIGHT = {name: programs.RIGHT for name, programs in ARRAYS.items()}
RIGHT |= {name: getattr(formulas, f"{name.upper()}_RIGHT") for name in FORMULAS}
SAID = tomllib.loads((Path(checks.__file__).parent / "exercises.toml").read_text(encoding="utf-8"))
OTHER = {
    "none": ("Work this case out by hand", "Look at the shape first", "print what is in it"),
    "return": ("Does the function end with `return`?",),
    "index": ("An index in that line goes past the end.",),
    "sees no such name": ("A name in that line is not known yet.",),
}


def sentences(name, slip):
    """What a program with this slip may be told."""
    own, shared = (SAID[task].get("slips", {}).get(slip, {}) for task in (name, "any"))
    return OTHER.get(slip) or ((shared | own).get("why", slip),)


def told(name, program):
    return " ".join(repr(checks.exercise(name, program)).split())


def test_the_battery_is_large_enough():
    assert set(WRONG) == set(RIGHT) == set(SAID) - {"any", "raised", "kernel_24"}
    for name in WRONG:
        own = [slip for slip, _ in WRONG[name] if slip != "none"]
        assert len(WRONG[name]) >= 25, name
        assert len(RIGHT[name]) >= 10, name
        assert len(own) >= 0.8 * len(WRONG[name]), name


@pytest.mark.parametrize("name", WRONG)
def test_no_wrong_program_is_accepted_and_each_is_told_its_own_slip(name):
    for place, (slip, program) in enumerate(WRONG[name]):
        said = told(name, program)
        assert said.startswith("✗ Not yet: "), (place, slip, said)
        assert any(words in said for words in sentences(name, slip)), (place, slip, said)


@pytest.mark.parametrize("name", RIGHT)
def test_no_right_program_is_rejected(name):
    for place, program in enumerate(RIGHT[name]):
        assert checks.exercise(name, program).passed, (place, told(name, program))
