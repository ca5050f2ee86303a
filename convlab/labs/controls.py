"""The kinds of control a lab can declare, and the rules between them.

A rule is a function whose parameters are names of controls. `move` says what all controls are after one of
them moved; it knows nothing of widgets.
"""

import functools
import inspect
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import ipywidgets as widgets
import numpy as np
import traitlets

from convlab import images
from convlab.errors import ConvlabError, minus, real, shown, truth, whole
from convlab.view.live import ONE_AT_A_TIME

OWN = "your own"
MOST = 10**6  # in a cell
_RANGE = f"from −{MOST:,} to {MOST:,}"


class Held(traitlets.HasTraits):
    """A value without a widget of its own: the numbers of an editable panel, a chosen cell, kept results."""

    value = traitlets.Any()


class _Guarded:
    """A widget whose value goes to its lab first when code sets it: by itself it would raise, or bend it.

    The page counts the moves by hand in `stamp`. With a value that the lab writes goes `told`, the last count
    it knew: if the page has moved on since, the value is old, and the page keeps its own.
    """

    guard = None

    def __setattr__(self, name, value):
        if name == "value" and self.guard:
            self.guard(value)
        else:
            super().__setattr__(name, value)

    def set_state(self, sync_data):
        """Take what the page sends; not a move that comes later than a newer one."""
        with ONE_AT_A_TIME:
            if sync_data.get("stamp", self.stamp) >= self.stamp:
                super().set_state(sync_data)


@functools.cache
def _guarded(kind):
    count = {name: traitlets.Int().tag(sync=True) for name in ("stamp", "told")}
    return type(kind.__name__, (_Guarded, kind), count)


def stands(widget):
    """Tell how a control stands, for the page to compare: its value, and the last move by hand it knows."""
    shows = "index" if "index" in widget.keys else "value"
    kept = {"stamp": widget.stamp, shows: getattr(widget, shows, None)}
    return kept if isinstance(kept[shows], int | float | str) else {}


@dataclass(frozen=True, kw_only=True)
class Control:
    """What a lab declares of a control; by itself, a value that only rules and buttons set.

    Parameters
    ----------
    start : object
        Its first value, if the lab is not called with one and it follows nothing.
    follows : callable, optional
        When a control that this rule asks for has moved, its result becomes the value; None leaves it. It
        may ask for controls that are declared before, and for its own: that is the value before.
    own : str, optional
        The preset that turns into "your own" when this control is changed by hand.
    sets : callable
        What else a change by hand sets: this rule gives {name: value}, all legal.
    when : callable
        Whether the control can be moved now.
    check : callable, optional
        From a value and the values of all controls, the value that the lab's function needs; or a
        `ConvlabError`. Without it, nobody can set the control by hand.
    clamp : callable
        From the same, the nearest legal value after other controls have moved.
    kind : type
        What holds the value.
    look : dict
        The traits of the widget; each may be a rule.
    valued : bool
        Whether the widget holds the value; a button, and a player, have none.
    plays : str, optional
        The slider that this player walks.
    """

    start: object = None
    follows: Callable = lambda: None
    own: str | None = None
    sets: Callable = lambda: {}
    when: Callable = lambda: True
    check: Callable | None = None
    clamp: Callable = lambda value, values: value
    kind: type = Held
    look: dict = field(default_factory=dict)
    valued: bool = True
    plays: str | None = None

    def widget(self, name, values):
        """Make what holds the value."""
        look = {trait: given(one, values) for trait, one in self.look.items()}
        return _guarded(self.kind)(**look, **({"value": values[name]} if self.valued else {}))

    def fit(self, name, widget, values):
        """Bring what holds the value up to date: its ends or options, its value, whether it can be moved."""
        with widget.hold_sync() if isinstance(widget, widgets.Widget) else nullcontext():
            for trait, one in self.look.items():
                if callable(one) and getattr(widget, trait) != given(one, values):
                    setattr(widget, trait, given(one, values))
            if self.valued and not _same(widget.value, values[name]):
                widget.set_trait("value", values[name])
                widget.told = widget.stamp
            widget.disabled = not given(self.when, values)


def _same(one, other):
    plain = isinstance(one, int | float | str)  # arrays, and dicts of them, are never changed but replaced
    return type(one) is type(other) and one == other if plain else one is other


# ---- kinds


def ranged(label, low, high, step=1, **rules):
    """Declare a slider: whole numbers if `step` is whole, else decimals. `high` may be a rule."""
    counted = isinstance(step, int)

    def check(value, values):
        last, value = given(high, values), (whole if counted else real)(label, value)
        steps = (value - low) / step
        if not low <= value <= last or abs(steps - round(steps)) > 1e-6:
            nearest = min(max(low + round(steps) * step, low), last)
            by = "" if step == 1 else f" in steps of {step:g}"
            raise ConvlabError(
                f"{label} is {minus(value)}; it goes from {minus(low)} to {minus(last)}{by}. "
                f"The nearest is {minus(nearest if counted else f'{nearest:g}')}."
            )
        return value

    return Control(
        kind=widgets.IntSlider if counted else widgets.FloatSlider,
        look={"min": low, "max": high, "step": step, "description": label},
        check=check,
        clamp=lambda value, values: min(value, given(high, values)),
        **rules,
    )


def typed(label, low, high):
    """Declare a box for a whole number."""
    return replace(ranged(label, low, high), kind=widgets.BoundedIntText)


def one_of(label, options, **rules):
    """Declare a list to choose from, of values or of (words, value); a rule may give it, as a tuple."""
    options = options if callable(options) else tuple(options)

    def check(value, values):
        legal = [one[1] if isinstance(one, tuple) else one for one in given(options, values)]
        if not any(type(value) is type(one) and value == one for one in legal):
            names = ", ".join(map(str, legal))
            raise ConvlabError(f"{label} is {shown(value)}. It must be one of these: {names}.")
        return value

    look = {"options": options, "description": label}
    return Control(kind=widgets.Dropdown, look=look, check=check, **rules)


def buttons(label, options):
    """Declare a choice among few, each a button."""
    return replace(one_of(label, options), kind=widgets.ToggleButtons)


def yes_no(label):
    """Declare a check box."""
    look = {"description": label, "indent": False}
    return Control(kind=widgets.Checkbox, look=look, check=lambda value, values: truth(label, value))


def also_show(*kinds):
    """Declare what stands beside a calm first look: nothing more, one of `kinds`, or everything."""
    return one_of("also show", ("nothing more", *kinds, *(["everything"] if kinds[1:] else [])))


def asked(kind, also):
    """Tell whether the choice of `also_show` asks for this kind."""
    return also in (kind, "everything")


def calm(scene, kinds, also):
    """Leave out of a scene the panels of each kind, {kind: their names}, that is not asked for."""
    out = {name for kind, names in kinds.items() if not asked(kind, also) for name in names}
    links = [one for one in scene.links if not out & {one.source, one.target, one.kernel}]
    return replace(scene, panels={k: v for k, v in scene.panels.items() if k not in out}, links=links)


def button(label, sets):
    """Declare a button; the rule `sets` gives {name: new value}."""
    return Control(kind=widgets.Button, look={"description": label}, valued=False, sets=sets)


def player(slider, last):
    """Declare a player that walks a slider from 0 to `last`."""
    look = {"min": 0, "max": last, "interval": 250, "description": "play the steps"}
    return Control(kind=widgets.Play, look=look, valued=False, plays=slider)


# ---- numbers


def cells(name, *shapes, read=lambda array: array, wanted="", **rules):
    """Declare the numbers of an editable panel, in one of these shapes; `read` may turn what code gives."""
    wanted = wanted or f"It needs rows of numbers, in the shape {' or '.join(map(str, shapes))}."

    def check(value, values):
        try:
            array = read(np.array(value, dtype=float))
        except (TypeError, ValueError, OverflowError):
            raise ConvlabError(f"The {name} is {shown(value)}. {wanted}") from None
        if array.shape not in shapes:
            raise ConvlabError(f"The {name} has the shape {array.shape}. {wanted}")
        if not (np.abs(array) <= MOST).all():
            raise ConvlabError(f"The {name} holds a number that is not {_RANGE}.")
        return array

    return Control(check=check, **rules)


def square(follows):
    """Declare an editable kernel of 3×3, 5×5 or 7×7; its side sets "size"."""
    shapes, side = [(n, n) for n in (3, 5, 7)], lambda kernel: {"size": len(kernel)}
    return cells("kernel", *shapes, own="preset", follows=follows, sets=side)


def numbers_of(texts, shape, old, name):
    """Read the texts of an edited panel as numbers; raise `ConvlabError` for the first that is none.

    Where there is no text, but None, the old number stays. If the panel has changed its size since, a text
    counts where its cell is still the same: in a row that is still there, but nowhere in a kernel.
    """
    numbers = old.copy()
    if len(texts) != np.prod(shape) or (old.ndim == 2 and tuple(shape) != old.shape):
        return old
    for cell, text in zip(np.ndindex(*shape), texts, strict=True):
        if text is not None and all(at < n for at, n in zip(cell, old.shape, strict=True)):
            numbers[cell] = _number(text, name, cell)
    return numbers


def _number(text, name, cell):
    clean = text.strip().replace("−", "-").replace(",", ".")
    try:  # Python also reads 1_000 and ٣, which the page marks as wrong
        value = float(clean) if clean.isascii() and "_" not in clean else None
    except ValueError:
        value = None
    if value is None or not abs(value) <= MOST:
        part = f" of part {cell[0]}" if len(cell) == 3 else ""
        raise ConvlabError(
            f"“{text[:20]}” in row {cell[-2]}, column {cell[-1]}{part} of the {name} is not a number "
            f"{_RANGE}. Type a number such as −1 or 0.25."
        )
    return value


# ---- pictures

UPLOADED = {}  # by the name it goes by, for every lab


@functools.lru_cache(maxsize=64)
def photo(name, side=None, grey=True):
    """Return a picture by name, one that ships or one the learner uploaded, as `images.load` does.

    With a `side`: its middle, as a square of so many pixels.
    """
    colour = UPLOADED[name] if name in UPLOADED else images.load(name, grey=False)
    layers = images.to_grey(colour)[None] if grey else colour
    layers = layers if side is None else np.stack([images.square(one, side) for one in layers])
    return layers[0] if grey else layers


def keep_upload(file):
    """Read an uploaded file and keep it; return the name it goes by."""
    name = f"yours: {images.short(file['name'])}"
    UPLOADED[name] = images.read(file["content"], file["name"])
    photo.cache_clear()
    return name


def picture(first=(), photographs=tuple(images.PICTURES)):
    """Declare the choice of a picture, `first`, a photograph or uploaded, and the button for uploads."""
    return {"image": one_of("picture", lambda: (*first, *photographs, *UPLOADED)), "upload": _upload()}


def _upload():
    look = {"description": "your own picture", "tooltip": "choose a file of yours"}

    def check(value, values):
        parts = {"name", "type", "size", "content", "last_modified"}
        with suppress(AttributeError, TypeError):  # it may be anything
            files = value if isinstance(value, tuple) else tuple(_file(**one) for one in value.values())
            if all(parts <= file.keys() for file in files) and (files or value == ()):
                return files
        raise ConvlabError(f"your own picture is {shown(value)}. Choose a file with the button.")

    def sets(upload):
        return {"image": keep_upload(upload[0])} if upload else {}

    return Control(kind=widgets.FileUpload, look=look, start=(), check=check, sets=sets)


def _file(metadata, content):
    """Give an uploaded file as ipywidgets 8 does, of what version 7 tells of it."""
    when = datetime.fromtimestamp(metadata.get("lastModified", 0) / 1000, UTC)
    return metadata | {"content": content, "last_modified": when}


# ---- rules


@functools.cache
def asks(rule):
    """Return the names of a rule's parameters."""
    return tuple(inspect.signature(rule).parameters)


def given(rule, values):
    """Return what a rule gives for the controls it asks for; what is no rule, as it is."""
    return rule(*(values[name] for name in asks(rule))) if callable(rule) else rule


def refuse_circles(controls):
    """Refuse a control that follows one declared after it: so no two can follow each other."""
    before = set()
    for name, one in controls.items():
        before.add(name)
        for other in set(asks(one.follows)) & set(controls) - before:
            raise ConvlabError(
                f"“{name}” follows “{other}”, which is declared after it. Declare “{other}” first; "
                "if it follows this one too, they go in a circle, and one of the two rules must go."
            )


def first(controls, called):
    """Complete and check the values that a lab starts with.

    Parameters
    ----------
    controls : dict of str to Control
    called : dict
        What the lab is called with. None means: as the control's rule says, if it has one. A name in place
        of cells chooses their preset. What is no control stays as it is.

    Returns
    -------
    dict
        The values of all controls, and what is no control.
    """
    called = {name: value for name, value in called.items() if value is not None}
    for name, one in controls.items():
        if one.own and name in called:
            called[one.own] = called.pop(name) if isinstance(called[name], str) else OWN
    values = {name: one.start for name, one in controls.items()} | called
    for name, one in controls.items():
        if name in called:
            values |= _by_hand(controls, values, name, called[name])
        else:
            values[name] = _followed(one, values, one.start)
            if values[name] is None and one.check:
                one.check(None, values)
    return values


def move(controls, values, name, value=None):
    """Return the values of all controls after a person moved one of them, or pressed this button."""
    return settle(controls, values, _by_hand(controls, values, name, value))


def settle(controls, values, new):
    """Apply every rule after some controls got new values; return the values of all."""
    values, moved = values | new, set(new)
    for name, one in controls.items():
        if name not in new and moved & set(asks(one.follows)) - {name}:
            found = _followed(one, values, values[name])
            if found is not values[name]:
                values[name] = found
                moved.add(name)
        values[name] = one.clamp(values[name], values)
    return values


def _followed(one, values, before):
    found = given(one.follows, values)
    return before if found is None else found


def checked(controls, values, name, value):
    """Return a value that a person gives to a control, as the lab's function needs it."""
    if not controls[name].check:
        raise ConvlabError(f"“{name}” cannot be set: it follows the other controls.")
    return controls[name].check(value, values)


def _by_hand(controls, values, name, value):
    """Check a value that a person gives; return it with all that it sets besides."""
    one = controls[name]
    new = {name: checked(controls, values, name, value)} if one.valued else {}
    if one.own:
        new[one.own] = OWN
    return new | given(one.sets, values | new)
