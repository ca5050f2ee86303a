"""The kinds of control a lab can declare, and the rules between them.

A rule is a function whose parameters are names of controls. `settle` applies all of them after one control
moved; it knows nothing of widgets.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
import traitlets

from convlab import images
from convlab.errors import ConvlabError, minus, real, shown, truth, whole

OWN = "your own"
_WIDE = {"width": "310px"}
_STYLE = {"description_width": "110px"}


class Held(traitlets.HasTraits):
    """A value without a widget of its own: the numbers of an editable panel, a chosen cell, kept results."""

    value = traitlets.Any()


class _Spoken:
    """A widget that hands a value it cannot take to its lab, which answers with a sentence."""

    refuse = None

    def __setattr__(self, name, value):
        try:
            super().__setattr__(name, value)
        except traitlets.TraitError:
            if name != "value" or self.refuse is None:
                raise
            self.refuse(value)


@functools.cache
def _spoken(kind):
    return type(kind.__name__, (_Spoken, kind), {})


@dataclass(frozen=True, kw_only=True)
class Control:
    """What every declared control may say; by itself it is a value that only rules and buttons set.

    Parameters
    ----------
    start : object
        Its first value, if the lab is not called with one; or a rule that gives it.
    follows : callable, optional
        When a control that this function asks for has moved, its result becomes the value; None leaves it.
        It may ask for its own control too: that is the value before.
    when : callable, optional
        Whether the control can be moved now.
    own : str, optional
        The preset that turns into "your own" when this control is changed by hand.
    """

    valued = True  # whether its widget holds the value
    start: object = None
    follows: Callable | None = None
    when: Callable | None = None
    own: str | None = None

    def widget(self, value, values):
        """Return what holds the value."""
        return Held(value=value)

    def check(self, value, values):
        """Return the value as the lab's function needs it, or raise `ConvlabError`."""
        return value

    def clamp(self, value, values):
        """Return the nearest legal value, after what it depends on has moved."""
        return value

    def fit(self, widget, values):
        """Bring a widget's ends or options up to date."""


@dataclass(frozen=True, kw_only=True)
class _Ranged(Control):
    label: object
    low: object
    high: object
    step: float
    widest: float

    def _ends(self, values, value=0):
        low, high = _given(self.low, values), _given(self.high, values)
        return low, max(high, min(value, self.widest)) if self.widest else high

    def widget(self, value, values):
        kind = widgets.IntSlider if isinstance(self.step, int) else widgets.FloatSlider
        low, high = self._ends(values, value)
        label = _given(self.label, values)
        return _spoken(kind)(
            value=value, min=low, max=high, step=self.step, description=label, style=_STYLE, layout=_WIDE
        )

    def check(self, value, values):
        label = _given(self.label, values)
        value = (whole if isinstance(self.step, int) else real)(label, value)
        low, high = self._ends(values, value)
        steps = (value - low) / self.step
        if not low <= value <= high or abs(steps - round(steps)) > 1e-6:
            nearest = min(max(low + round(steps) * self.step, low), high)
            ends = f"{minus(low)} to {minus(high)}"
            by = "" if self.step == 1 else f" in steps of {self.step:g}"
            near = minus(nearest if isinstance(nearest, int) else f"{nearest:g}")
            raise ConvlabError(f"{label} is {minus(value)}; it goes from {ends}{by}. The nearest is {near}.")
        return value

    def clamp(self, value, values):
        if callable(self.low) or callable(self.high):
            low, high = self._ends(values)
            value = min(max(value, low), high)
        return value

    def fit(self, widget, values):
        if callable(self.high):
            widget.max = self._ends(values)[1]


def ranged(label, low, high, step=1, *, widest=None, **rules):
    """Declare a slider: whole numbers if `step` is whole, else decimals.

    `label`, `low` and `high` may be functions of other controls. A lab may start beyond `high`, to `widest`.
    """
    return _Ranged(label=label, low=low, high=high, step=step, widest=widest, **rules)


@dataclass(frozen=True, kw_only=True)
class _Number(_Ranged):
    def widget(self, value, values):
        return _spoken(widgets.BoundedIntText)(
            value=value, min=self.low, max=self.high, description=self.label, layout={"width": "170px"}
        )


def typed(label, low, high):
    """Declare a box for a whole number."""
    return _Number(label=label, low=low, high=high, step=1, widest=None)


@dataclass(frozen=True, kw_only=True)
class _OneOf(Control):
    label: str
    options: object
    buttons: bool = False

    def _options(self, values):
        return list(_given(self.options, values))

    def widget(self, value, values):
        options = self._options(values)
        if self.buttons:
            look = {"button_width": "auto", "description_width": "110px"}
            room = {"width": "auto", "height": "auto"}
            return _spoken(widgets.ToggleButtons)(
                value=value, options=options, description=self.label, style=look, layout=room
            )
        return _spoken(widgets.Dropdown)(
            value=value, options=options, description=self.label, style=_STYLE, layout=_WIDE
        )

    def check(self, value, values):
        legal = [one[1] if isinstance(one, tuple) else one for one in self._options(values)]
        if not any(type(value) is type(one) and value == one for one in legal):
            names = ", ".join(map(str, legal))
            raise ConvlabError(f"{self.label} is {shown(value)}. It must be one of these: {names}.")
        return value

    def fit(self, widget, values):
        if callable(self.options) and list(widget.options) != self._options(values):
            widget.options = self._options(values)


def one_of(label, options, **rules):
    """Declare a list to choose from; an option is a value, or (words, value). A function may give them."""
    return _OneOf(label=label, options=options, **rules)


@dataclass(frozen=True, kw_only=True)
class _YesNo(Control):
    label: str

    def widget(self, value, values):
        return _spoken(widgets.Checkbox)(
            value=value, description=self.label, indent=False, layout={"width": "auto"}
        )

    def check(self, value, values):
        return truth(self.label, value)


def yes_no(label):
    """Declare a check box."""
    return _YesNo(label=label)


@dataclass(frozen=True, kw_only=True)
class _Cells(Control):
    name: str
    read: Callable
    wanted: str

    def check(self, value, values):
        try:
            array = np.array(value, dtype=float)
        except (TypeError, ValueError, OverflowError):
            raise ConvlabError(f"The {self.name} is {shown(value)}. {self.wanted}") from None
        return self.read(array)


def cells(name, read=lambda array: array, *, wanted="It needs rows of numbers.", **rules):
    """Declare the numbers of an editable panel; `read` checks an array of them and gives it its shape."""
    return _Cells(name=name, read=read, wanted=wanted, **rules)


def numbers_of(texts, shape, name):
    """Read the texts of an edited panel as numbers; raise `ConvlabError` for the first that is none."""
    numbers = [
        _number(text, name, np.unravel_index(k % np.prod(shape), shape)) for k, text in enumerate(texts)
    ]
    return np.array(numbers)


def _number(text, name, cell):
    clean = text.strip().replace("−", "-").replace(",", ".")
    try:  # Python also reads 1_000 and ٣, which the page marks as wrong
        value = float(clean) if clean.isascii() and "_" not in clean else None
    except ValueError:
        value = None
    if value is None or not abs(value) <= 1e6:
        part = f" of part {cell[0]}" if len(cell) == 3 else ""
        raise ConvlabError(
            f"“{text[:20]}” in row {cell[-2]}, column {cell[-1]}{part} of the {name} is not a number from "
            "−1,000,000 to 1,000,000. Type a number such as −1 or 0.25."
        )
    return value


@dataclass(frozen=True, kw_only=True)
class _Button(Control):
    valued = False
    label: str
    press: Callable

    def widget(self, value, values):
        return widgets.Button(description=self.label, layout={"width": "200px"})


def button(label, press):
    """Declare a button; `press` asks for controls and returns {name: new value}."""
    return _Button(label=label, press=press)


@dataclass(frozen=True, kw_only=True)
class _Player(Control):
    valued = False
    steps: str
    last: int

    def widget(self, value, values):
        return widgets.Play(
            min=0, max=self.last, interval=250, value=values[self.steps], description="play the steps"
        )


def player(steps, last):
    """Declare a player that walks the slider `steps` from 0 to `last`."""
    return _Player(steps=steps, last=last)


@dataclass(frozen=True, kw_only=True)
class Page(Control):
    """A piece of HTML below the picture; `follows` writes it."""

    def widget(self, value, values):
        """Return the box."""
        return widgets.HTML(value)


_uploads = {}


@functools.lru_cache(maxsize=32)
def photo(name, grey=True):
    """Return a picture by name, one that ships or one the learner uploaded, as `images.load` does."""
    if name in _uploads:
        return images.to_grey(_uploads[name]) if grey else _uploads[name]
    return images.load(name, grey)


def keep_upload(file):
    """Read an uploaded file and keep it for every lab; return the name it goes by."""
    name = f"yours: {images.short(file.name)}"
    _uploads[name] = images.read(file.content.tobytes(), file.name)
    photo.cache_clear()
    return name


def forget_uploads():
    """Drop every uploaded picture."""
    _uploads.clear()
    photo.cache_clear()


def picture(names=None):
    """Declare the choice of a picture, of `names` or of all that ship; and the button to upload one."""
    return _OneOf(label="picture", options=lambda upload: [*(names or images.names()), *_uploads])


class _Upload(Control):
    valued = False

    def widget(self, value, values):
        return widgets.FileUpload(
            description="your own picture", tooltip="choose a file of yours", layout={"width": "200px"}
        )


UPLOAD = _Upload()


# ---- rules


@functools.cache
def asks(function):
    """Return the names of a function's parameters."""
    return tuple(inspect.signature(function).parameters)


def ask(function, values):
    """Call a rule with the controls it asks for."""
    return function(*(values[name] for name in asks(function)))


def _given(value, values):
    return ask(value, values) if callable(value) else value


def order(controls):
    """Sort the names so that each comes after what it follows; refuse a circle."""
    waiting = {
        name: set(asks(one.follows)) & set(controls) - {name} if one.follows else set()
        for name, one in controls.items()
    }
    done = []
    while waiting:
        free = [name for name, needs in waiting.items() if needs <= set(done)]
        if not free:
            raise ConvlabError(f"These controls follow each other in a circle: {', '.join(waiting)}.")
        done += free
        waiting = {name: needs for name, needs in waiting.items() if name not in free}
    return done


def settle(controls, values, moved, by_hand=True):
    """Apply every rule after some controls moved.

    Parameters
    ----------
    controls : dict of str to Control
        In the order of `order`.
    values : dict
        With the new values of the controls that moved.
    moved : iterable of str
    by_hand : bool
        Whether a person moved them: then an edited panel turns its preset into "your own".

    Returns
    -------
    dict
        The values of all controls.
    """
    values, moved = dict(values), set(moved)
    for name in list(moved):
        if by_hand and controls[name].own:
            values[controls[name].own] = OWN
    hands = set(moved)
    for name, one in controls.items():
        if one.follows and name not in hands and moved & set(asks(one.follows)) - {name}:
            found = ask(one.follows, values)
            if found is not None:
                values[name] = found
                moved.add(name)
        values[name] = one.clamp(values[name], values)
    return values
