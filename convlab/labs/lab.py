"""What makes a lab of a pure function: controls, and the wire from them through the function to the view."""

import asyncio
import functools
import inspect
import os
import time

import ipywidgets as widgets
import numpy as np

from convlab.errors import ConvlabError
from convlab.labs import controls as kinds
from convlab.view import plots
from convlab.view.live import View


def lab(start=None, **controls):
    """Make a lab of a pure function from the values of its controls to a `Scene`.

    Parameters
    ----------
    start : callable, optional
        For a lab that is not called with the values of its controls: it takes what the lab is called with
        and returns the first values, {name: value}. What is no control stays as it is.
    **controls : Control
        By name, in the order on the page; see `convlab.labs.controls`. A picture brings its upload.

    Returns
    -------
    callable
        Called with first values, it returns a `Lab`. Its attribute `draw` is the function itself. A parameter
        without a default is a control that cannot be set in the call. None for a control with a rule means:
        as the rule says. A name in place of cells chooses their preset.
    """
    declared = {}
    for name, one in controls.items():
        declared |= {name: one} | ({"upload": kinds.UPLOAD} if name == "image" else {})
    sorted_controls = {name: declared[name] for name in kinds.order(declared)}

    def decorate(draw):
        call = inspect.signature(start or draw)
        given = [one for one in call.parameters.values() if one.default is not one.empty]
        call = call.replace(parameters=given)

        @functools.wraps(draw)
        def make(*arguments, **named):
            bound = call.bind(*arguments, **named)
            bound.apply_defaults()
            values = start(**bound.arguments) if start else bound.arguments
            return Lab(draw, list(declared), sorted_controls, _first(sorted_controls, values))

        make.draw, make.__signature__ = draw, call
        return make

    return decorate


def _first(controls, given):
    """Complete and check the first values."""
    values = {name: one.start for name, one in controls.items()} | given
    for name, one in controls.items():
        if one.own and isinstance(given.get(name), str):
            values[one.own], values[name] = given[name], None
        elif one.own and given.get(name) is not None:
            values[one.own] = kinds.OWN
    for name, one in controls.items():
        if name not in given and callable(one.start):
            values[name] = kinds.ask(one.start, values)
        if values[name] is None and one.follows:
            found = kinds.ask(one.follows, values)
            values[name] = one.start if found is None else found
        values[name] = one.check(values[name], values)
    for name in controls:
        _resize(controls, name, values)
    return values


def _resize(controls, name, values):
    """Let the controls that say how large cells are follow them; refuse cells of a size that none can say."""
    one, given = controls[name], values[name]
    if not one.own or not isinstance(given, np.ndarray):
        return
    for other, rule in controls.items():
        if callable(rule.start) and name in kinds.asks(rule.start):
            values[other] = rule.check(kinds.ask(rule.start, values), values)
    fits = kinds.ask(one.follows, values | {one.own: kinds.OWN})
    if fits is not None and fits.shape != given.shape:
        raise ConvlabError(
            f"“{name}” has the shape {given.shape}; beside the other controls it must be {fits.shape}."
        )


class Lab(widgets.VBox):
    """A live explorer, made by a function decorated with `lab`.

    Attributes
    ----------
    controls, view, scene
        The controls by name, each with a `value`; the `View`; and the scene that the view shows.
    """

    def __init__(self, draw, names, declared, values):
        self.name, self._draw, self._declared, self._values = draw.__name__, draw, declared, values
        self._asks, self.view = kinds.asks(draw), View()
        self._scene, self._timer, self._rest_until, self._settling = draw(**self.state()), None, 0.0, False
        self.view.show(self._scene)
        self.controls = {name: declared[name].widget(values[name], values) for name in names}
        for name, control in self.controls.items():
            self._listen(name, control)
        self._fit()
        self.view.observe(self._edited, "edit")
        seen = {name: one for name, one in self.controls.items() if isinstance(one, widgets.Widget)}
        pages = [one for name, one in seen.items() if isinstance(declared[name], kinds.Page)]
        shown = [one for one in seen.values() if one not in pages]
        super().__init__([widgets.Box(shown, layout={"flex_flow": "row wrap"}), self.view, *pages])
        self.add_class("convlab-lab")

    def _listen(self, name, control):
        """Hear of whatever a person or a program does to one control."""
        one = self._declared[name]
        if hasattr(one, "press"):
            control.on_click(lambda _: self.attempt(self._pressed, one.press))
        elif hasattr(one, "last"):
            widgets.jslink((control, "value"), (self.controls[one.steps], "value"))
        elif name == "upload":
            control.observe(lambda change: self.attempt(self._uploaded, change.new), "value")
        else:
            control.observe(lambda change: self._moved(name, change.new), "value")
        if name == "pick":
            self.view.observe(self._picked, "pick")
        if hasattr(control, "refuse"):
            control.refuse = lambda value: self._moved(name, value)

    def state(self):
        """Return ``{name: value}`` of all that the picture depends on."""
        return {name: self._values[name] for name in self._asks}

    @property
    def scene(self):
        """The scene for the present state of the controls, or the last good one."""
        if self._timer:
            self.refresh()
        return self._scene

    def refresh(self):
        """Draw the present state; on a problem, say it and keep the last good picture."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self.attempt(self._redraw)

    def rest(self, seconds):
        """Draw nothing for a while; changes are collected meanwhile."""
        self._rest_until = time.perf_counter() + seconds

    def attempt(self, action, *arguments):
        """Run `action`; turn what goes wrong into a sentence in the lab."""
        try:
            action(*arguments)
        except ConvlabError as error:
            self.view.problem = str(error)
        except Exception as error:
            if os.environ.get("CONVLAB_STRICT"):
                raise
            self.view.problem = f"Something went wrong inside this lab ({type(error).__name__}: {error})."

    def _redraw(self):
        start = time.perf_counter()
        self._scene = self._draw(**self.state())
        self.view.show(self._scene)
        # Rest as long as the drawing took: a queue of slider messages is then read, not drawn one by one.
        self.rest(time.perf_counter() - start)

    def _moved(self, name, value):
        """Take a new value of one control, from the page or from code."""
        if not self._settling:
            self.attempt(self._take, {name: value})

    def _take(self, new, by_hand=True):
        """Check new values, let the rules settle, and draw once; what is refused goes back to what it was."""
        try:
            values = dict(self._values)
            for name, value in new.items():
                values[name] = self._declared[name].check(value, values)
                _resize(self._declared, name, values)
            values = kinds.settle(self._declared, values, new, by_hand)
            before, self._values = self._values, values
        finally:
            self._fit()
        if any(values[name] is not before[name] for name in self._asks):
            self._draw_soon()

    def _fit(self):
        """Bring every control to its value, its ends, and whether it can be moved."""
        self._settling = True
        for name, control in self.controls.items():
            one, value = self._declared[name], self._values[name]
            one.fit(control, self._values)
            if one.valued and not _same(control.value, value):
                control.value = value
            if one.when:
                control.disabled = not kinds.ask(one.when, self._values)
        self._settling = False

    def _draw_soon(self):
        if self._timer:
            return
        wait = self._rest_until - time.perf_counter()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel around us: a script or a test
            wait = 0
        if wait <= 0:
            self.refresh()
        else:
            self._timer = loop.call_later(wait, self.refresh)

    def _edited(self, change):
        self.attempt(self._read, change.new)
        if not self._timer:  # else it is answered when it is drawn
            self.view.answer()

    def _read(self, edit):
        panel = self._scene.panels.get(edit.get("panel"))
        name = panel.edits if panel else None
        if name is None:
            return
        old = self._values[name]
        numbers = kinds.numbers_of(edit["texts"], old.shape, edit["panel"])
        if len(numbers) == old.size:  # a late message from before the panel changed its size is dropped
            self._take({name: numbers.reshape(old.shape)})

    def _pressed(self, press):
        self._take(kinds.ask(press, self._values), by_hand=False)

    def _uploaded(self, files):
        if files:
            self._take({"image": kinds.keep_upload(files[0])})
            self.refresh()  # the same name may hold another picture now

    def _picked(self, change):
        self._moved("pick", tuple(change.new[key] for key in ("panel", "tile", "row", "col")))

    def _repr_mimebundle_(self, **kwargs):
        live = super()._repr_mimebundle_(**kwargs)
        text = f"{self.name}: {self.scene.says}"
        picture = plots.draw_scene(self.scene, f"{self.name}. {self.scene.says}")
        data, metadata = picture._repr_mimebundle_()
        return {**(live or {}), **data, "text/plain": text}, metadata


def _same(one, other):
    plain = isinstance(one, int | float | str)  # arrays, and dicts of them, are never changed but replaced
    return type(one) is type(other) and one == other if plain else one is other
