"""Practice without end: a fresh question of one skill each time, easier after misses, harder after hits."""

import html
import random

import ipywidgets as widgets

from convlab.checks.cards import Card, Stack
from convlab.checks.skills import SKILLS, draw
from convlab.errors import named

HARDER, EASIER = 3, 2  # hits and misses in a row after which the level changes


def subjects():
    """Return what can be practised: title → name of the skill."""
    return {task["title"]: name for name, task in SKILLS.items() if "level" in task}


def practice(title, seed=None):
    """Questions on one subject, one after the other, as many as you like.

    Parameters
    ----------
    title : str
        One of `subjects()`, such as "output size".
    seed : int, optional
        The same seed gives the same questions for the same answers.

    Returns
    -------
    Practice
        A widget. `.card` is the present question, `.next()` asks another one.

    Raises
    ------
    ConvlabError
        If there is no such subject.

    Examples
    --------
    >>> print(practice("output size", seed=1))
    10 pixels in a row, a kernel of 5, stride 1, no padding. How many outputs?
    ○ To do: type a number and press Check.
    """
    return Practice(subjects()[named("practice on", title, subjects())], random.Random(seed))


class Practice(Stack):
    """A question and what goes with it; made by `practice`.

    Attributes
    ----------
    card : Card
    level : int
        0, 1 or 2, from easy to hard.
    """

    def __init__(self, skill, numbers):
        self.level, self._skill, self._numbers = 0, skill, numbers
        self._row = []  # whether each answer was right, since the level changed
        self._ask, self._below = Stack(), widgets.VBox()
        buttons = {
            "Hint": self.hint,
            "Show the solution": self.solve,
            "See it in a lab": self.see,
            "Another question": self.next,
        }
        self._buttons = [widgets.Button(description=name, layout={"width": "auto"}) for name in buttons]
        for button, do in zip(self._buttons, buttons.values(), strict=True):
            button.on_click(lambda _, do=do: do())
        bar = widgets.Box(self._buttons, layout={"flex_flow": "row wrap"})
        super().__init__([self._ask, bar, self._below])
        self.next()

    def next(self):
        """Ask another question."""
        self.card = Card(draw(self._skill, self.level, self._numbers))
        self._fresh = True  # only the first answer to a question counts
        self.card.observe(self._heard, "feedback")
        self._buttons[2].layout.display = "" if self.card.question["lab"] else "none"
        self._ask.children, self._below.children = [self.card], ()  # the buttons stay, and so does the focus

    def hint(self):
        """Show where to begin."""
        self._below.children = [widgets.HTML(f"<p>{html.escape(self.card.question['hint'])}</p>")]

    def solve(self):
        """Show how the question is solved, step by step; an answer after that does not count."""
        self._fresh = False
        steps = "".join(f"<li>{html.escape(step)}</li>" for step in self.card.question["steps"])
        self._below.children = [widgets.HTML(f"<ol class='convlab-steps'>{steps}</ol>")]

    def see(self):
        """Open a lab in the state of the question."""
        from convlab import labs  # only when asked for: cards do without labs

        given = dict(self.card.question["lab"])
        self._below.children = [getattr(labs, given.pop("name"))(**given)]

    def _heard(self, _):
        if not (self._fresh and self.card.answered):
            return
        self._fresh = False
        self._row.append(self.card.passed)
        if self._row[-HARDER:] == [True] * HARDER:
            self.level, self._row = min(self.level + 1, 2), []
        if self._row[-EASIER:] == [False] * EASIER:
            self.level, self._row = max(self.level - 1, 0), []
