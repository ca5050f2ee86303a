"""The one exception, the checks that every number passes through, and how numbers are said."""

import math
import operator

LARGEST = 10**9  # beyond any image; keeps every later sum and product small


class ConvlabError(ValueError):
    """An input that cannot be used. The message gives the value, the rule and the nearest legal value."""


def minus(number):
    """Write a number with a true minus sign (U+2212), as the formulas in the messages do."""
    return str(number).replace("-", "−")


def number(value, digits=4):
    """Write a number for a sentence: `digits` significant digits, a real minus sign.

    >>> number(-0.333333)
    '−0.3333'
    """
    return f"{round(float(value), 12) + 0.0:.{digits}g}".replace("-", "−")  # no −0, no rounding dust


def shown(value):
    """Name a value in a message: short, and in plain words."""
    if _sides(value):
        return f"an array of shape {_sides(value)}"
    try:
        text = repr(value) if isinstance(value, str) or not hasattr(value, "__float__") else minus(value)
    except Exception:  # a number too long to print, or an object that cannot describe itself
        text = f"a {type(value).__name__}"
    if text.startswith("<"):
        text = f"a {type(value).__name__}"
    return text if len(text) <= 40 else text[:37] + "..."


def whole(name, value, least=0):
    """Return `value` as an int between `least` and `LARGEST`, or raise a sentence that names it."""
    if _is_truth(value):
        raise ConvlabError(f"{name} is {value}, a truth value. {_whole(math.nan, least)}")
    try:
        number = operator.index(value)
    except TypeError:
        raise ConvlabError(f"{name} is {shown(value)}. {_whole(_float(value), least)}") from None
    if number > LARGEST:
        raise ConvlabError(f"{name} is larger than a billion. The largest legal value is {LARGEST:,}.")
    if number < least:
        given = minus(number) if number > -LARGEST else "a huge negative number"
        raise ConvlabError(f"{name} is {given}. The smallest legal value is {least}.")
    return number


def real(name, value):
    """Return `value` as a finite float, or raise a sentence that names it."""
    number = _float(value)
    if not math.isfinite(number):
        raise ConvlabError(f"{name} is {shown(value)}. It must be one finite number, such as 1.")
    return number


def truth(name, value):
    """Return `value` if it is True or False, of Python or numpy."""
    if not _is_truth(value) or _sides(value):
        raise ConvlabError(f"{name} is {shown(value)}. It must be True or False.")
    return bool(value)


def _is_truth(value):
    return type(value).__name__ in ("bool", "bool_")  # Python's and numpy's


def _sides(value):
    """Return the shape of an array; () of a number and of anything else."""
    shape = getattr(value, "shape", ())
    return shape if isinstance(shape, tuple) else ()


def _float(value):
    """Return one number as a float; NaN for anything else."""
    if isinstance(value, str | bytes) or _is_truth(value) or _sides(value):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _whole(number, least):
    """Say that a number must be a whole one, and which is near."""
    if not math.isfinite(number):
        return f"It must be a whole number, such as {max(1, least)}."
    return f"It must be a whole number; the nearest is {round(min(max(number, least), LARGEST)):,}."


def times(*numbers):
    """Join sizes with a multiplication sign.

    >>> times(3, 224, 224)
    '3×224×224'
    """
    return "×".join(map(str, numbers))


def plural(count, word):
    """Write a count and its noun.

    >>> plural(1, "layer"), plural(3, "layer")
    ('1 layer', '3 layers')
    """
    return f"{count} {word}{'s' * (count != 1)}"
