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


def whole(name, value, least=0, most=LARGEST):
    """Return `value` as an int from `least` to `most`, or raise a sentence that names it."""
    if _is_truth(value):
        raise ConvlabError(f"{name} is {value}, a truth value. {_whole(math.nan, least, most)}")
    try:
        return _within(name, operator.index(value), least, most)
    except TypeError:
        raise ConvlabError(f"{name} is {shown(value)}. {_whole(_float(value), least, most)}") from None


def real(name, value, least=-math.inf, most=math.inf):
    """Return `value` as a finite float from `least` to `most`, or raise a sentence that names it."""
    number = _float(value)
    if not math.isfinite(number):
        raise ConvlabError(f"{name} is {shown(value)}. It must be one finite number, such as 1.")
    return _within(name, number, least, most)


def named(what, name, names):
    """Return `name` if it is one of `names`, or raise a sentence that lists them; `what` says what they name.

    >>> named("fruit", "pear", ["apple", "pear"])
    'pear'
    """
    if isinstance(name, str) and name in names:
        return name
    raise ConvlabError(f"There is no {what} {shown(name)}. There are: {', '.join(names)}.")


def truth(name, value):
    """Return `value` if it is True or False, of Python or numpy."""
    if not _is_truth(value):
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


def _within(name, number, least, most):
    if least <= number <= most:
        return number
    huge = "larger than a billion" if number > 0 else "a huge negative number"
    given = minus(f"{number:,}").removesuffix(".0") if abs(number) <= LARGEST else huge
    end = f"smallest legal value is {minus(least)}" if number < least else f"largest legal value is {most:,}"
    raise ConvlabError(f"{name} is {given}. The {end}.")


def _whole(number, least, most):
    """Say that a number must be a whole one, and which is near."""
    if not math.isfinite(number):
        return f"It must be a whole number, such as {min(max(1, least), most)}."
    return f"It must be a whole number; the nearest is {round(min(max(number, least), most)):,}."


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
