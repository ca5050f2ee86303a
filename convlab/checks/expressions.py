"""Arithmetic written as text: the answers that learners type, and the formulas of the question bank."""

import ast
import math
import re
import unicodedata
from contextlib import suppress
from fractions import Fraction
from operator import add, floordiv, mod, mul, neg, pos, sub, truediv

LONGEST = 80  # characters of an answer that are read
SCALES = {"%": "1/100", "percent": "1/100", "thousand": "1000", "k": "1000", "million": "10**6", "M": "10**6"}
SIGNS = str.maketrans("−–×·⋅÷⁄:", "--***///") | str.maketrans({"^": "**", "²": "**2", "³": "**3"})


def evaluate(text, **names):
    """Value of an arithmetic expression; nothing but arithmetic is run.

    Parameters
    ----------
    text : str
        Numbers, names, `+ - * / // % **` and brackets.
    **names : int
        What the names in it stand for.

    Returns
    -------
    int or float
        An int where the exact value is whole; a tuple of them for `(a, b)`.

    Raises
    ------
    ValueError
        If the text is anything else, divides by 0, or has a power too large to be meant.

    Examples
    --------
    >>> evaluate("(n - k) // s + 1", n=28, k=3, s=2)
    13
    >>> evaluate("(1/3 + 1/6, 4/2)")
    (0.5, 2)
    """
    try:
        return _plain(_value(ast.parse(text, mode="eval").body, names))
    except (SyntaxError, TypeError, KeyError, ArithmeticError, MemoryError, RecursionError) as error:
        raise ValueError(f"{text!r} is not arithmetic") from error


def numbers(text):
    """Every number that `text` may stand for; none if it is not one number.

    Accepts arithmetic, a fraction, a percentage, a true minus sign, "million" and its like, a unit after the
    number, and spaces, commas or points between thousands. `1,500` can be 1500 or 1.5, so both come back.

    >>> numbers("−8"), numbers("1/2"), numbers("1,500"), numbers("6 pixels"), numbers("abc")
    ([-8.0], [0.5], [1500.0, 1.5], [6.0], [])
    >>> numbers("512×256"), numbers("12 + 1 = 13"), numbers("2¼"), numbers("0.44 million"), numbers("25 %")
    ([131072.0], [13.0], [2.25], [440000.0], [0.25])
    """
    if len(text) > LONGEST:
        return []
    text = re.sub(r"(\d*)\s?([¼-¾⅐-⅞])", r"(0\1+\2)", text.rpartition("=")[2].strip(" ≈~"))
    text = unicodedata.normalize("NFKC", text.translate(SIGNS)).replace("⁄", "/")  # ¼ is 1⁄4 by now
    text = re.sub(r"(?<=[\d)])\s*[xX]\s*(?=[\d(])", "*", text)
    text = re.sub(r"(?<=\d)[\s_'’](?=\d{3}(?!\d))", "", text)
    scales = "|".join(SCALES)
    match = re.fullmatch(rf"([-+*/().,\s\d]+(?:e[+-]?\d+)?\s*)(?:({scales})(?!\w))?\s*[^\W\d_]*\.?", text)
    if not match or re.search(r"[-+]\s*[-+]", match[1]):
        return []
    body, scale = match[1].strip().removesuffix("."), SCALES.get(match[2], "1")
    found = []
    for between in (r"\b\d{1,3}(?:,\d{3})+\b", r"(?!)", r"\b[1-9]\d{0,2}(?:\.\d{3})+\b"):
        plain = re.sub(between, lambda run: re.sub("[.,]", "", run[0]), body).replace(",", ".")
        plain = re.sub(r"(?<![\d.])0+(?=\d)", "", plain)
        with suppress(ValueError, OverflowError):
            found.append(float(evaluate(f"({plain}) * {scale}")))
    return list(dict.fromkeys(found))


def _power(base, power):
    if power % 1 or not 0 <= power <= 16 or abs(base) > 10**9:
        raise ArithmeticError("this power is too large to be meant")
    return base ** int(power)


OPERATORS = {
    ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv, ast.FloorDiv: floordiv, ast.Mod: mod,
    ast.Pow: _power, ast.UAdd: pos, ast.USub: neg,
}  # fmt: skip


def _value(node, names):
    match node:
        case ast.Constant(value=int() | float()) if math.isfinite(node.value):
            return Fraction(str(node.value))
        case ast.Name():
            return Fraction(names[node.id])
        case ast.UnaryOp():
            return OPERATORS[type(node.op)](_value(node.operand, names))
        case ast.Tuple():
            return tuple(_value(part, names) for part in node.elts)
        case ast.BinOp():
            return Fraction(OPERATORS[type(node.op)](_value(node.left, names), _value(node.right, names)))
    raise SyntaxError(f"{type(node).__name__} is not arithmetic")


def _plain(value):
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return int(value) if value.denominator == 1 else float(value)
