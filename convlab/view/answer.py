"""The place for an answer: a box for a number or a list of choices, and a button."""

import anywidget
import traitlets

from convlab.view.live import joined


class Answer(anywidget.AnyWidget):
    """Take an answer; what was typed arrives together with the press that gives it.

    Attributes
    ----------
    about : str
        The question.
    options : list of str
        What there is to choose from; if empty, the answer is typed.
    value : str
        The answer as it was given last, or "".
    seen : int
        The count of that answer: over a slow line, the page leaves what was typed since.
    give : callable
        Called, without arguments, when an answer is given.
    """

    _esm = joined("js/ending.js", "js/words.js", "js/answer.js")
    _css = joined("answer.css")  # and of the card around it
    about = traitlets.Unicode().tag(sync=True)
    options = traitlets.List().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)
    seen = traitlets.Int().tag(sync=True)

    def __init__(self, give, **kwargs):
        super().__init__(**kwargs)
        self.give = give
        self.on_msg(lambda widget, content, buffers: self._take(**content))

    def _take(self, value, count):
        with self.hold_sync():
            self.value, self.seen = value, count
        self.give()
