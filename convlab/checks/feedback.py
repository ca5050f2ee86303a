"""Run a reader's function on the cases of an exercise, and say what went wrong in its thought.

A diagnosis is a wrong version of the function. Only when the reader's results equal those of a wrong version
on every case, its sentence is the feedback: nobody is told a slip that the results do not prove.
"""

import copy
import html
import textwrap
import warnings
from dataclasses import dataclass

import numpy as np

from convlab.arithmetic.kernels import sobel
from convlab.checks import kept
from convlab.checks.cards import LEADS
from convlab.checks.exercises import EXERCISES, TEXTS
from convlab.errors import named

STYLE = "white-space: pre-wrap; margin: 0; padding-left: 0.6em; border-left: 3px solid #6b7280"


@dataclass(frozen=True)
class Feedback:
    """What is said to what a learner has done: a text, and the same as a page, for a notebook."""

    text: str
    page: str
    passed: bool = False  # of an exercise: whether every case was right

    def __repr__(self):
        """Plain text, for readers without a page."""
        return self.text

    def _repr_html_(self):
        return self.page


def exercise(name, function):
    """Check a reader's function (or, for "kernel_24", her kernel) and say what to look at.

    Parameters
    ----------
    name : str
        A key of `EXERCISES`, or "kernel_24".
    function : callable or array_like
        What the reader wrote. A `...` still in it is "to do", not a mistake.

    Returns
    -------
    Feedback
        Prints as one short paragraph; `.passed` is True when every case is right. Never raises for what the
        reader's function does: an exception in it becomes a line of the feedback.

    Raises
    ------
    ConvlabError
        If there is no exercise of that name.
    """
    named("exercise", name, ["kernel_24", *EXERCISES])
    state, message = _kernel_24(function) if name == "kernel_24" else _judged(name, function)
    text = f"{LEADS[state].replace('.', ':')} {message}"
    if state != "to do":
        text = f"{text}\n{kept.keep(name, state, state == 'right')}".rstrip()
    page = f"<pre role='status' style='{STYLE}'>{html.escape(text)}</pre>"
    return Feedback(text, page, passed=state == "right")


def _judged(name, function):
    """Return the state, and what is said to it."""
    if function is not ... and not callable(function):
        return "not yet", f"hand in the function {name} itself, without brackets."
    task = EXERCISES[name]
    trials = [(given, task.right(*given), _run(function, given)) for given in task.cases]
    if any(_unfilled(result, function) for _, _, result in trials):
        return "to do", f"fill in the ... of {name}, then run this cell again."
    failing = [trial for trial in trials if not _same(trial[2], trial[1])]
    if not failing:
        return "right", f"{name} agrees with convlab on all {len(trials)} cases."
    why = _diagnose(task.slips, trials, *failing[0])
    return "not yet", _report(name, *failing[0], why)


def _run(function, arguments):
    """Return what the reader's function makes of copies of the arguments, or the exception it raised."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        try:
            return function(*copy.deepcopy(arguments))
        except Exception as error:
            return error


def _unfilled(result, function):
    """Whether a `...` is still to be filled in."""
    if isinstance(result, Exception):
        return "ellipsis" in str(result)
    parts = result if isinstance(result, list | tuple) else [result]
    return any(part is ... for part in parts) or (result is None and _is_stub(function))


def _is_stub(function):
    """Whether the body is nothing but `...`, so that None comes back: not the same as a forgotten return."""
    code = getattr(function, "__code__", None)
    return code is not None and len(code.co_code) <= len((lambda: None).__code__.co_code)


def _same(result, other):
    """Whether two results hold the same numbers; an error is the same as another, whatever its words."""
    if isinstance(result, Exception) or isinstance(other, Exception):
        return isinstance(result, Exception) and isinstance(other, Exception)
    try:
        result, other = np.asarray(result, float), np.asarray(other, float)
    except (TypeError, ValueError):
        return False
    return result.shape == other.shape and np.allclose(result, other, rtol=1e-5, atol=1e-8)


def _diagnose(slips, trials, arguments, expected, result):
    """Sentence on the first failing case; it names a slip only if all results are what that slip gives."""
    if isinstance(result, Exception) and result.__traceback__.tb_next is None:  # it never got inside
        return f"Does your function take {len(arguments)} inputs?"
    if result is None:
        return "Nothing came back. Does the function end with `return`?"
    late = _eight_bits(arguments)  # what overflows is looked at when all else is right
    shown = [trial for trial in trials if late or not _eight_bits(trial[0])]
    for why, wrong in slips:
        if all(_same(got, _run(wrong, given)) for given, _, got in shown):
            return why
    if isinstance(result, Exception):
        said = TEXTS["raised"]
        return next(said[kind.__name__] for kind in type(result).__mro__ if kind.__name__ in said)
    if _shape(result) != np.shape(expected):
        return f"Look at the shape first: it is {_shape(result)}, and should be {np.shape(expected)}."
    return "Work this case out by hand, one step at a time, and compare with what your code does."


def _eight_bits(arguments):
    return any(getattr(argument, "dtype", None) == np.uint8 for argument in arguments)


def _shape(result):
    try:
        return np.shape(result)
    except ValueError:
        return "uneven"


def _report(name, arguments, expected, result, why):
    got = _failure(result) if isinstance(result, Exception) else _shown(result)
    inputs = [_shown(argument) for argument in arguments]
    lines = [f"{name}({', '.join(inputs)})"]
    if any("\n" in text for text in inputs):
        lines = [f"{name} of", *(_labelled("input", text) for text in inputs)]
    lines += [_labelled("expected", _shown(expected)), _labelled("got", got), textwrap.fill(why, 88)]
    return "\n".join(lines)


def _labelled(label, text):
    return f"  {label:<9}" + text.replace("\n", "\n" + " " * 11)


def _failure(error):
    """Say an exception in one line: its kind, its words, and the line of the reader's function it left by."""
    words = textwrap.shorten(f"{type(error).__name__}: {error}", 160, placeholder=" …")
    theirs = error.__traceback__.tb_next  # the first frame is ours
    if theirs is None:
        return words
    code = theirs.tb_frame.f_code
    return f"{words}, in line {theirs.tb_lineno - code.co_firstlineno + 1} of {code.co_name}"


def _shown(value):
    if isinstance(value, np.ndarray) and value.ndim:
        form = {"float_kind": "{:.6g}".format}
        return np.array2string(value, separator=", ", formatter=form, threshold=60, max_line_width=88)
    value = value.item() if isinstance(value, (np.generic, np.ndarray)) else value
    return textwrap.shorten(repr(value), 200, placeholder=" …")


def _kernel_24(kernel):
    if kernel is ... or kernel is None:
        return "to do", "put your nine weights in place of the ..., then run this cell again."
    try:
        kernel = np.array(kernel, float)
    except (TypeError, ValueError):
        return "not yet", "a kernel is three rows of three numbers: [[1, 0, 0], [0, 0, 0], …]."
    if kernel.shape != (3, 3):
        return "not yet", f"your kernel has the shape {kernel.shape}; the patch needs (3, 3)."
    said = TEXTS["kernel_24"]
    total = (said["patch"] * kernel).sum()
    if np.isclose(total, 24, rtol=0, atol=1e-6):
        known = " It is Sobel-y, the transpose of Sobel-x." if np.array_equal(kernel, sobel().T) else ""
        return "right", f"the patch and your kernel give 24.{known} Many others do as well."
    if not np.isfinite(total):
        return "not yet", "every weight has to be a finite number."
    why = next((slip["why"] for slip in said["wrong"] if slip["value"] == total), said["hint"])
    return "not yet", f"the patch and your kernel give {total:g}, not 24.\n{textwrap.fill(why, 88)}"
