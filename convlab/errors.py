"""The one exception of the package, and the check that every whole number passes through."""

import math
import operator

LARGEST = 10**9  # beyond any image; keeps every later sum and product small


class ConvlabError(ValueError):
    """An input that cannot be used. The message says what was given, the rule, and the nearest legal value."""


def minus(number):
    """Write a number with a true minus sign (U+2212), as the formulas in the messages do."""
    return str(number).replace("-", "−")


def shown(value):
    """Name a value in a message: short, and in plain words."""
    if hasattr(value, "shape") and value.shape != ():
        return f"an array of shape {tuple(value.shape)}"
    if not isinstance(value, str) and hasattr(value, "__float__"):
        return minus(value)
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def whole(name, value, least=0):
    """Return `value` as an int between `least` and `LARGEST`, or raise a sentence that names it."""
    if isinstance(value, bool):
        raise ConvlabError(
            f"{name} is {value}, a truth value. It must be a whole number, such as {int(value) or least}."
        )
    try:
        number = operator.index(value)
    except TypeError:
        raise ConvlabError(
            f"{name} is {shown(value)}. It must be a whole number; the nearest is {_nearest(value, least)}."
        ) from None
    if number < least:
        raise ConvlabError(f"{name} is {minus(number)}. The smallest legal value is {least}.")
    if number > LARGEST:
        raise ConvlabError(f"{name} has {len(str(number))} digits. The largest legal value is {LARGEST:,}.")
    return number


def _nearest(value, least):
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return least
    return least if math.isnan(number) else int(min(max(round(min(number, 1e9)), least), LARGEST))
