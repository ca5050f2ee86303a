"""The skills that are asked with numbers: a formula, the slips in its place, questions without end."""

import re
import tomllib
from functools import cache
from pathlib import Path

from convlab.checks.expressions import evaluate
from convlab.errors import minus


@cache
def texts(name):
    """Read a text file of this room, by its name without .toml."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


SKILLS = texts("skills")


def solve(skill, given):
    """Right number of a skill, and the numbers that slips lead to.

    Parameters
    ----------
    skill : str
        A name in `SKILLS`.
    given : dict
        Numbers for its names; those with a usual value may be left out.

    Returns
    -------
    right : int, float or a tuple of them
    slips : dict
        Number → the different sentences of the slips that lead to it. Where wrong thinking leads to the right
        number, that stands there as well.

    Examples
    --------
    >>> right, slips = solve("padding", {"k": 5})
    >>> right, slips[4]
    (2, ['That is both sides together; padding counts each side.'])
    """
    task = SKILLS[skill]
    names = {**task.get("usual", {}), **given}
    slips = {}
    for slip in task["slips"]:
        if evaluate(slip.get("when", "1"), **names):
            reasons = slips.setdefault(evaluate(slip["value"], **names), [])
            said = filled(slip["why"], names)
            reasons += [] if said in reasons else [said]
    return evaluate(task["right"], **names), slips


def draw(skill, level, random):
    """One more question of a skill, in the form of the question bank.

    Parameters
    ----------
    skill : str
        A name in `SKILLS`, of a skill with levels.
    level : int
        From 0, easy, to 2, hard.
    random : random.Random
        Where its numbers come from.

    Returns
    -------
    dict
        As in `questions`, with skill and given; also steps (how it is solved), and lab (the name and the
        arguments of one that shows it) where there is one. No slip leads to its answer.
    """
    task = SKILLS[skill] | SKILLS[skill]["level"][level]
    while True:
        given = _numbers(task, random)
        right, slips = solve(skill, given)
        if right > 0 and right not in slips:
            break
    question = {key: filled(task[key], given) for key in ("text", "hint")}
    steps = [filled(step, given) for step in task["steps"]]
    shown = {key: evaluate(value, **given) for key, value in task.get("arguments", {}).items()}
    return question | {
        "kind": "number", "answer": right, "wrong": [], "steps": steps, "right": " ".join(steps),
        "skill": skill, "given": given, "lab": task.get("lab", {}) | shown,
    }  # fmt: skip


def filled(text, names):
    """Put numbers in for what stands in braces: names, and formulas of them.

    >>> filled("{k} pixels, half of them {k // 2}", {"k": 1500})
    '1,500 pixels, half of them 750'
    """
    return re.sub(r"\{([^{}]+)\}", lambda part: minus(f"{evaluate(part[1], **names):,}"), text)


def _numbers(task, random):
    """Numbers for the names of a level: the usual, one of a list, or what a formula makes of others."""
    given = dict(task.get("usual", {}))
    for name in task["names"]:
        wanted = task.get(name) or task.get("every", {}).get(name[0])
        if isinstance(wanted, str):
            given[name] = evaluate(wanted, **given)
        elif wanted:
            given[name] = random.choice(wanted)
    return given
