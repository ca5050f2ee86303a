"""A question and what answers it, in one call: the result stays covered until there is an answer."""

import base64
import html
from dataclasses import replace
from pathlib import Path

import ipywidgets as widgets
from IPython.core.formatters import DisplayFormatter
from IPython.lib.pretty import pretty
from traitlets import Bool

from convlab.checks.cards import TO_DO, Stack, card
from convlab.images import read
from convlab.view import plots
from convlab.view.scene import Grid, Scene

_MARK = read((Path(__file__).parent / "covered.png").read_bytes())  # a question mark
_HIDDEN = Grid(_MARK.transpose(1, 2, 0), "what comes out", "rgb")
_PLAIN = str.maketrans("", "", "`*")  # words in a picture have no markup
COVERED = "What comes out is covered until you answer, or press “Show me”."


def predict(question_id, result):
    """Ask a question, and cover what answers it until there is an answer.

    Parameters
    ----------
    question_id : str
        As in `card`.
    result : Lab, Picture or object
        What shows the answer. Of a lab, its input and its weights can be seen all the time.

    Returns
    -------
    Prediction
        A widget. `.answer(8)` answers the card from code; any answer, right or wrong, uncovers the result.

    Raises
    ------
    ConvlabError
        If there is no such question; the message names the nearest.

    Examples
    --------
    >>> print(predict("kernels.box-on-patch", sum(range(1, 10)) / 9))
    A box blur has nine weights of 1/9. What does it give on the patch `1 2 3`, `4 5 6`,
    `7 8 9`?
    ○ To do: type a number and press Check.
    <BLANKLINE>
    What comes out is covered until you answer, or press “Show me”.
    """
    return Prediction(card(question_id), result)


class Prediction(Stack):
    """A card, a button and a covered result; made by `predict`.

    Attributes
    ----------
    card : Card
    result : object
    opened : bool
        Whether the result can be seen; a trait. An answer opens it, the button opens and covers it.
    """

    opened = Bool(False)

    def __init__(self, card, result):
        self.card, self.result = card, result
        self._button, self._words = widgets.ToggleButton(layout={"width": "auto"}), widgets.HTML()
        bar = widgets.Box([self._button, self._words], layout={"flex_flow": "row wrap"})
        super().__init__([card, bar])
        self.add_class("convlab-prediction")
        card.observe(self._heard, "feedback")
        widgets.link((self, "opened"), (self._button, "value"))
        self.observe(lambda _: self._show(), "opened")
        self._show()

    def answer(self, value):
        """Answer the card, as `Card.answer` does; return the prediction."""
        self.card.answer(value)
        return self

    def __str__(self):
        """Card and result, or that it is covered, for text/plain."""
        return self._repr_mimebundle_()[0]["text/plain"]

    def _cover(self, question=""):
        """Draw a lab with what is asked for hidden, above the question; None for what is no lab."""
        scene = getattr(self.result, "scene", None)
        return scene and plots.draw_scene(covered(scene, question), f"{' '.join(question.split())} {COVERED}")

    def _heard(self, change):
        if self.card.answered:
            self.opened = True

    def _show(self):
        self._button.description = "Cover it again" if self.opened else "Show me"
        self._words.value = "" if self.opened else COVERED
        self.children = [*self.children[:2], _page(self.result if self.opened else self._cover())]

    def _repr_mimebundle_(self, **options):
        question = str(self.card).partition(f"\n{TO_DO}")[0]
        shown = self.result if self.opened else self._cover(question)
        data, metadata = DisplayFormatter().format(shown, include=("text/plain", "image/png"))
        text = data["text/plain"] if self.opened else COVERED
        live = super(Stack, self)._repr_mimebundle_(**options)  # a stack would ask for the text, made here
        return live | data | {"text/plain": f"{self.card}\n\n{text}"}, metadata


def covered(scene, question=""):
    """Leave of a scene what is given, input and weights; hide what the arithmetic makes of it, its size too.

    Parameters
    ----------
    scene : Scene
    question : str
        Takes the place of the scene's words.

    Returns
    -------
    Scene

    Examples
    --------
    >>> from convlab import labs
    >>> list(covered(labs.patch_lab().scene).panels)
    ['patch', 'kernel', 'covered']
    """
    given = {name for link in scene.links for name in (link.source, link.kernel)}
    given |= {name for name, panel in scene.panels.items() if getattr(panel, "edits", None)}
    given -= {link.target for link in scene.links}
    panels = {name: replace(scene.panels[name], unread=((), ())) for name in scene.panels if name in given}
    return Scene(panels | {"covered": _HIDDEN}, says=question.translate(_PLAIN))


def _page(shown):
    """Turn a picture, or any value, into a widget."""
    if isinstance(shown, widgets.Widget):
        return shown
    if isinstance(shown, plots.Picture):
        alt, data = html.escape(shown.alt), base64.b64encode(shown.png).decode()
        return widgets.HTML(f'<img alt="{alt}" style="max-width: 100%" src="data:image/png;base64,{data}">')
    return widgets.HTML("" if shown is None else f"<pre>{html.escape(pretty(shown))}</pre>")
