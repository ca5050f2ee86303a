"""What makes a lab of a pure function: its controls, the wire through it to the view, and its sentences."""

import asyncio
import functools
import inspect
import os
import time
import tomllib
from pathlib import Path
from string import Formatter

import ipywidgets as widgets
import numpy as np

from convlab.errors import ConvlabError, number, plural, times
from convlab.labs import controls as kinds
from convlab.networks import Network
from convlab.view import live, plots

SAYS = tomllib.loads(Path(__file__).with_name("says.toml").read_text(encoding="utf-8"))


def lab(start=None, own=None, **controls):
    """Make a lab of a pure function from the values of its controls to a `Scene`.

    Parameters
    ----------
    start : callable, optional
        For a lab that is not called with the values of its controls: it takes what the lab is called with
        and returns the first values, {name: value}. What is no control stays as it is.
    own : callable, optional
        The lab that is made instead for a network of one's own, given as the first argument.
    **controls : Control
        By name, in the order on the page; see `convlab.labs.controls`.

    Returns
    -------
    callable
        Called with first values, it returns a `Lab`. Its attribute `draw` is the function itself. A parameter
        without a default is a control that cannot be set in the call. None for a control with a rule means:
        as the rule says. A name in place of cells chooses their preset.
    """
    kinds.refuse_circles(controls)

    def decorate(draw):
        call = inspect.signature(start or draw)
        given = [one for one in call.parameters.values() if one.default is not one.empty]
        call = call.replace(parameters=given)

        @functools.wraps(draw)
        def make(*arguments, **named):
            if own and arguments and isinstance(arguments[0], Network):
                if not arguments[0].shape:
                    raise ConvlabError(
                        "This network does not say which image it was made for. "
                        "Give it its shape: dataclasses.replace(network, shape=(channels, height, width))."
                    )
                return own(*arguments, **named)
            bound = call.bind(*arguments, **named)
            bound.apply_defaults()
            values = start(**bound.arguments) if start else bound.arguments
            return Lab(draw, controls, kinds.first(controls, values))

        make.draw, make.__signature__ = draw, call
        return make

    return decorate


class Lab(widgets.VBox):
    """A live explorer, made by a function decorated with `lab`.

    Attributes
    ----------
    controls, view, scene
        The controls by name, each with a `value`; the `View`; and the scene that the view shows.
    waits, rests
        What will draw a change that has to wait, if there is one; and until when changes are collected.
    """

    now = None  # the lab that was drawn last

    def __init__(self, draw, declared, values):
        self.name = draw.__name__
        self._draw, self._declared, self._values = draw, declared, values
        self.view = live.View()
        self._redraw()
        self.waits, self.rests, self._settling = None, 0.0, False
        self.controls = {name: one.widget(name, values) for name, one in declared.items()}
        for name, control in self.controls.items():
            self._listen(name, control)
        self._fit()
        self.view.observe(self._edited, "edit")
        if "pick" in declared:
            self.view.observe(self._picked, "pick")
        seen = [one for one in self.controls.values() if isinstance(one, widgets.Widget)]
        self.view.controls = [one.model_id for one in (self.view, *seen)]
        self.view.stands = lambda: self._stands(seen)
        super().__init__([widgets.Box(seen).add_class("convlab-controls"), self.view])
        self.add_class("convlab-lab")

    def _listen(self, name, control):
        """Hear of whatever a person or a program does to one control."""
        one = self._declared[name]
        control.guard = lambda value: self.attempt(self._set, one.plays or name, value)
        if one.plays:
            widgets.jslink((self.controls[one.plays], "value"), (control, "value"))
        elif one.valued:
            control.observe(lambda change: self._moved(name, change.new), "value")
        else:
            control.on_click(lambda _: self._moved(name))

    def _stands(self, seen):
        """Tell the page how all controls stand; what waits is drawn first, so that it can miss nothing."""
        if self.waits:
            self.refresh()
        return {one.model_id: kinds.stands(one) for one in seen}

    def state(self):
        """Return ``{name: value}`` of all that the picture depends on."""
        return {name: self._values[name] for name in kinds.asks(self._draw)}

    @property
    def scene(self):
        """The scene for the present state of the controls, or the last good one."""
        if self.waits:
            self.refresh()
        return self._scene

    def refresh(self):
        """Draw the present state; on a problem, say it and keep the last good picture."""
        if self.waits:
            self.waits.cancel()
            self.waits = None
        self.attempt(self._redraw)

    def attempt(self, action, *arguments):
        """Run `action`, and no other meanwhile; turn what goes wrong into a sentence in the lab."""
        try:
            with live.ONE_AT_A_TIME:
                action(*arguments)
        except ConvlabError as error:
            self.view.problem = str(error)
        except Exception as error:
            if os.environ.get("CONVLAB_STRICT"):
                raise
            self.view.problem = f"Something went wrong inside this lab ({type(error).__name__}: {error})."
        except KeyboardInterrupt:  # the button that stops the kernel
            self.view.problem = "Stopped."

    def _redraw(self):
        Lab.now = self
        start = self._said = time.perf_counter()
        self._scene = self._draw(**self.state())
        self.view.show(self._scene)
        # Rest as long as the drawing took: a queue of slider messages is then read, not drawn one by one.
        now = time.perf_counter()
        self.rests = now + (now - start)

    def _moved(self, name, value=None):
        """Take what a person or a program did to one control."""
        with live.ONE_AT_A_TIME:
            if not self._settling:
                self.attempt(self._take, kinds.move, name, value)

    def _set(self, name, value):
        """Check a value that code sets, and give it to the widget as if the page had sent it."""
        if not self._settling:
            value = kinds.checked(self._declared, self._values, name, value)
        self.controls[name].set_trait("value", value)

    def _take(self, rule, *change):
        """Let the rules settle after a change, and draw once; what is refused goes back to what it was."""
        before = self._values
        try:
            self._values = rule(self._declared, before, *change)
        finally:
            self._fit()
        if any(self._values[name] is not before[name] for name in kinds.asks(self._draw)):
            self._draw_soon()

    def _fit(self):
        """Bring every control up to date."""
        self._settling = True
        try:
            for name, control in self.controls.items():
                self._declared[name].fit(name, control, self._values)
        finally:
            self._settling = False

    def _draw_soon(self):
        wait, loop = self.rests - time.perf_counter(), event_loop()
        if wait <= 0 or loop is None:
            self.refresh()
        elif not self.waits:
            self.waits = loop.call_later(wait, self.refresh)

    def _edited(self, change):
        self.attempt(self._read, change.new)
        if not self.waits:  # else it is answered when it is drawn
            self.view.answer()

    def _read(self, edit):
        name = getattr(self._scene.panels.get(edit.get("panel")), "edits", None)
        if name:
            old = self._values[name]
            shape = edit.get("shape", old.shape)[-old.ndim :]
            self._take(kinds.move, name, kinds.numbers_of(edit["texts"], shape, old, edit["panel"]))

    def _picked(self, change):
        cell = tuple(change.new[key] for key in ("panel", "tile", "row", "col"))
        self.attempt(self._take, kinds.settle, {"pick": cell})

    def _repr_mimebundle_(self, **kwargs):
        # anywidget's own bundle switches Colab's manager of widgets on, and says where that is.
        anywidgets = self.view._repr_mimebundle_(**kwargs)
        colab = anywidgets[1] if isinstance(anywidgets, tuple) else {}
        name = self.name.removeprefix("own_")
        text = f"{name}: {self.scene.says}"
        picture = plots.draw_scene(self.scene, f"{name}. {self.scene.says}")
        data, metadata = picture._repr_mimebundle_()
        return super()._repr_mimebundle_(**kwargs) | data | {"text/plain": text}, colab | metadata


def running(place, of):
    """Say in the lab that draws which layer of a network it runs, once a second."""
    one = Lab.now
    if one and one._said < time.perf_counter() - 1:
        one._said = time.perf_counter()
        one.view.problem = f"Running layer {place} of {of}. Stop it with the kernel's stop button."


def event_loop():
    """Return the running event loop, in which a drawing can be put off; None in a script."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


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
    texts = SAYS[lab]
    chosen = [texts[name] for name in sentences if name] if sentences else [texts]
    return _Numbers().vformat(" ".join(line for text in chosen for line in text.splitlines()), (), values)


class _Numbers(Formatter):
    def format_field(self, value, spec):
        value = value() if callable(value) else value
        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, tuple):
            return times(*value)
        if isinstance(value, float) and (spec.isdigit() or not spec):
            return number(value, int(spec or 4))
        return plural(value, spec) if spec.isalpha() else format(value, spec)
