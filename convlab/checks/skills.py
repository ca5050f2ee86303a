"""The skills that are asked with numbers: a formula, and the slips that learners make in its place."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from convlab.checks.expressions import evaluate

HERE = Path(__file__).parent


class Slip(NamedTuple):
    """A wrong formula, where it can be met (a formula that is not 0 there), and the sentence for it."""

    value: str
    why: str
    when: str = "1"


@cache
def skills():
    """Every skill by its name, as `skills.toml` explains it; its slips are `Slip`s."""
    found = tomllib.loads((HERE / "skills.toml").read_text(encoding="utf-8"))
    return {
        name: skill | {"slips": [Slip(**slip) for slip in skill["slips"]]} for name, skill in found.items()
    }


def solve(skill, given):
    """Right number of a skill, and the wrong ones.

    Parameters
    ----------
    skill : str
        A name in `skills()`.
    given : dict
        Numbers for its names; those with a usual value may be left out.

    Returns
    -------
    right : Fraction
    wrong : dict
        Number → the different sentences of the slips that lead to it; never the right number.

    Examples
    --------
    >>> right, wrong = solve("padding", {"k": 5})
    >>> int(right), wrong[4]
    (2, ['That is both sides together; padding counts each side.'])
    """
    task = skills()[skill]
    names = {**task.get("usual", {}), **given}
    right, wrong = evaluate(task["right"], **names), {}
    for value, why, when in task["slips"]:
        number = evaluate(value, **names)
        if evaluate(when, **names) and number != right and why not in wrong.setdefault(number, []):
            wrong[number].append(why)
    return right, {number: reasons for number, reasons in wrong.items() if reasons}
