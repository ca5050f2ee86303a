"""What the labs say: the sentences of `says.toml`, with the lab's numbers in them."""

import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import numpy as np

from convlab.errors import number, plural, times


def say(lab, *sentences, **values):
    """Fill in what a lab says.

    Parameters
    ----------
    lab : str
        A name in `says.toml`.
    *sentences : str
        Which of its sentences, where it has several with names; what is false counts for nothing, so that a
        lab can write ``stride > 1 and "coarse"``.
    **values
        What stands in their {braces}. A fraction is written with four digits, or as many as ``{x:3}`` says; a
        tuple with multiplication signs; ``{n:layer}`` is a count and its noun, ``{y.max}`` the largest number
        of an array. All else is as Python formats.

    Examples
    --------
    >>> say("patch_lab", total=-8.0, bias=0.5, output=-7.5)
    'The nine products add up to −8. With the bias of 0.5, the output is −7.5.'
    """
    texts = _read()[lab]
    chosen = [texts[name] for name in sentences if name] if sentences else [texts]
    return _Numbers().vformat(" ".join(line for text in chosen for line in text.splitlines()), (), values)


@cache
def _read():
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


class _Numbers(Formatter):
    def format_field(self, value, spec):
        value = value() if callable(value) else value
        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, tuple):
            return times(*value)
        if isinstance(value, float) and (spec.isdigit() or not spec):
            return number(value, int(spec or 4))
        return plural(value, spec) if spec.isalpha() else format(value, spec)
