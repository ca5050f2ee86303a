"""Prediction cards, and feedback on the functions a reader writes.

The questions are text, one file a notebook, in `questions/`; the coding exercises are in `exercises`.
"""

import difflib
import html
import math
import re
import textwrap

import ipywidgets as widgets
from traitlets import Bool, Unicode

from convlab.checks import kept
from convlab.checks.expressions import numbers
from convlab.checks.skills import solve, texts
from convlab.errors import ConvlabError, named
from convlab.view import look
from convlab.view.answer import Answer

TOPICS = "start kernels stride_padding feature_maps receptive_fields design back_up your_network".split()
TO_DO = "○ To do:"
LEADS = {"to do": TO_DO, "not yet": "✗ Not yet.", "right": "✓ Right."}


def questions(topic):
    """Questions of one notebook.

    Parameters
    ----------
    topic : str
        One of `TOPICS`.

    Returns
    -------
    dict
        id → question: text, kind ("number" or "choice"), answer, wrong (a list of value and why), hint, right
        (why the answer is right), place ("flow", "end", or "later": asked at the end of a later notebook);
        for a choice its options; for a number within (how far off is still right), and skill and given if it
        is an instance of a skill, whose slips are slips here as well.
    """
    bank = texts(f"questions/{named('topic', topic, TOPICS)}")["question"]
    return {f"{topic}.{question['id']}": question for question in bank}


def card(question_id):
    """Prediction card: a question, a place for the answer, a Check button and a line of feedback.

    Parameters
    ----------
    question_id : str
        Topic and question, such as "kernels.which-gives-24".

    Returns
    -------
    Card
        A widget. `card.answer(8)` answers it from code; `card.passed` and `card.feedback` tell the result.

    Raises
    ------
    ConvlabError
        If there is no such question; the message names the nearest.
    """
    bank = questions(str(question_id).partition(".")[0])
    if question_id not in bank:
        near = difflib.get_close_matches(question_id, bank, n=1, cutoff=0)[0]
        raise ConvlabError(f"There is no question {question_id!r}. The nearest is {near!r}.")
    return Card(bank[question_id], question_id)


def self_check(topic):
    """Return the closing questions of a notebook, then some on earlier ones; `.children` lists the cards."""
    return Stack(list(map(card, closing(topic))))


def closing(topic):
    """Names of the questions of `self_check`."""
    end = [name for name, question in questions(topic).items() if question["place"] == "end"]
    return [*end, *texts(f"questions/{topic}").get("earlier", [])]


def slips(question):
    """Wrong answers with what to say to each, the first that fits first.

    Parameters
    ----------
    question : dict
        One of `questions`.

    Returns
    -------
    list of (value, str)
        The question's own; then those of its skill, where a number that several slips lead to names two of
        them, and is left out if there are more; then what can befall any number: the sign, the per cent.
    """
    found = [(mistake["value"], mistake["why"]) for mistake in question["wrong"]]
    if "skill" in question:
        _, wrong = solve(question["skill"], question["given"])
        found += [(float(value), " Or: ".join(why)) for value, why in wrong.items() if len(why) < 3]
    if question["kind"] == "number" and question["answer"]:
        found.append((-question["answer"], "The size is right, the sign is not."))
        if 0 < question["answer"] < 1:
            found.append((100 * question["answer"], "Is that in per cent? Then write % behind it."))
    return found


class Stack(widgets.VBox):
    """Widgets one below the other, whose text/plain says what they ask, for readers without a kernel."""

    def __str__(self):
        """Plain text of every card."""
        return "\n\n".join(str(child) for child in self.children if isinstance(child, Stack))

    def _repr_mimebundle_(self, **options):
        return super()._repr_mimebundle_(**options) | {"text/plain": str(self)}


class Card(Stack):
    """One question; made by `card`. An answer to a question with a name is kept (see `kept`).

    Attributes
    ----------
    passed : bool
        Whether the last answer was right; a trait, so it can be observed.
    feedback : str
        The line below the question, as plain text; a trait as well.
    """

    passed, feedback = Bool(False), Unicode()

    def __init__(self, question, name=""):
        self.question, self.name = question, name
        options = question.get("options", [])
        self._entry = Answer(self.check, about=question["text"], options=options)
        self._line = widgets.HTML()
        ask = widgets.HTML(f"<div class='convlab-asked'>{_markup(question['text'])}</div>")
        super().__init__([ask, self._entry, self._line])
        self.add_class("convlab-card")
        do = "choose an answer" if options else "type a number"
        self._say("to do", f"{_before(name)}{do} and press Check.")

    @property
    def answered(self):
        """Whether an answer was given that could be judged, right or wrong."""
        return not self.feedback.startswith(TO_DO)

    def answer(self, value):
        """Give `value` as the answer and press Check; return the card."""
        if value not in self.question.get("options", [value]):
            raise ConvlabError(f"{value!r} is not one of the choices: {'; '.join(self.question['options'])}.")
        self._entry.value = str(value)
        self.check()
        return self

    def check(self):
        """Compare the present answer with the right one, and say what follows from it."""
        given = self._entry.value
        if not given.strip():
            return self._say("to do", "there is no answer yet. A guess is welcome; you can change it.")
        if self.question["kind"] == "choice":
            return self._judge([given], lambda a, b: a == b)
        readings = numbers(given)
        if not readings:
            shown = textwrap.shorten(given, 30, placeholder="…") or given[:30]
            return self._say("to do", f"“{shown}” is not one number. Type one, such as 37, −2.5 or 3/7.")
        within = self.question.get("within", 0)
        return self._judge(readings, lambda a, b: math.isclose(a, b, rel_tol=1e-6, abs_tol=within + 1e-9))

    def __str__(self):
        """Question and state, wrapped, for text/plain."""
        lines = [self.question["text"], *(f"( ) {option}" for option in self.question.get("options", []))]
        if self._entry.value:
            lines.append(f"Answer: {self._entry.value}")
        return "\n".join(map(_wrapped, [*lines, self.feedback]))

    def _judge(self, readings, same):
        question = self.question
        if any(same(reading, question["answer"]) for reading in readings):
            return self._say("right", question["right"])
        for value, why in slips(question):
            if any(same(reading, value) for reading in readings):
                return self._say("not yet", why)
        return self._say("not yet", f"A hint: {question['hint']}")

    def _say(self, state, words):
        if self.name and state != "to do":
            words = f"{words} {kept.keep(self.name, self._entry.value, state == 'right')}".strip()
        # Colour alone tells nothing: mark and words come first. A new "alert" is read out by screen readers.
        lead, role = LEADS[state], "status" if state == "to do" else "alert"
        self.passed, self.feedback = state == "right", f"{lead} {words}"
        about = f"class='convlab-said' role='{role}' style='border-color: {look.SAID[state]}'"
        self._line.value = f"<div {about}><b>{lead}</b> {_markup(words)}</div>"


def _before(name):
    """Say what was answered another day."""
    answer = kept.answers().get(name)
    if not answer:
        return ""
    return f"answered before, {'right' if answer['right'] else 'not yet right'}. To answer again, "


def _markup(text):
    """Text as HTML, everything escaped; `code` between backticks, *emphasis* between stars."""
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))
    return re.sub(r"\*(\w+)\*", r"<em>\1</em>", text)


def _wrapped(text):
    """Break `text` into lines, but not inside `code`."""
    whole = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", "\0"), text)
    return textwrap.fill(whole, 88).replace("\0", " ")
