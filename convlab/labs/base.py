"""What every lab shares: its controls, and the wire from controls through a pure function to the view."""

import asyncio
import functools
import inspect
import os
import time

import ipywidgets as widgets
import numpy as np
import traitlets

from convlab import images, plots
from convlab.errors import ConvlabError, minus, real, shown, truth, whole
from convlab.view import View

_WIDE = {"width": "310px"}
_STYLE = {"description_width": "110px"}


def slider(label, value, low, high, step=1):
    """Return a slider: whole numbers if `step` is whole, else decimals."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    value = (whole if isinstance(step, int) else real)(label, value)
    if not low <= value <= high:
        low, high, nearest = minus(low), minus(high), minus(min(max(value, low), high))
        raise ConvlabError(
            f"{label} is {minus(value)}; it goes from {low} to {high}. The nearest is {nearest}."
        )
    return kind(value=value, min=low, max=high, step=step, description=label, style=_STYLE, layout=_WIDE)


def choice(label, value, options):
    """Return a drop-down list; an option is a value, or (words, value)."""
    legal = [option[1] if isinstance(option, tuple) else option for option in options]
    if not any(type(value) is type(one) and value == one for one in legal):
        names = ", ".join(map(str, legal))
        raise ConvlabError(f"{label} is {shown(value)}. It must be one of these: {names}.")
    return widgets.Dropdown(value=value, options=options, description=label, style=_STYLE, layout=_WIDE)


def toggle(label, value):
    """Return a check box."""
    truth(label, value)
    return widgets.Checkbox(value=value, description=label, indent=False, layout={"width": "auto"})


def photo_controls(image, names=None):
    """Return the two controls of a lab with a picture: choose one of `names`, or upload your own."""
    box = widgets.FileUpload(
        description="your own picture", tooltip="choose a file of yours", layout={"width": "200px"}
    )
    return {"image": choice("picture", image, [*(names or images.names()), *_uploads]), "upload": box}


_uploads = {}


@functools.lru_cache(maxsize=32)
def photo(name, grey=True):
    """Return a picture by name, one that ships or one the learner uploaded, as `images.load` does."""
    if name in _uploads:
        return images.to_grey(_uploads[name]) if grey else _uploads[name]
    return images.load(name, grey)


class Entry(traitlets.HasTraits):
    """A control that lives inside the picture: the numbers of an editable panel, as a float64 array."""

    value = traitlets.Any()

    def __init__(self, value):
        try:
            super().__init__(value=np.array(value, dtype=float))
        except (TypeError, ValueError, OverflowError):
            raise ConvlabError(f"A panel starts from {shown(value)}. It needs rows of numbers.") from None

    def read(self, texts, name):
        """Take the texts of an edited panel; raise `ConvlabError` for the first that is not a number."""
        numbers = [
            _number(text, name, np.unravel_index(k % self.value.size, self.value.shape))
            for k, text in enumerate(texts)
        ]
        if (
            len(numbers) == self.value.size
        ):  # a late message from before the panel changed its size is dropped
            self.value = np.array(numbers).reshape(self.value.shape)

    @traitlets.validate("value")
    def _as_array(self, proposal):
        return np.array(proposal["value"], dtype=float)


def _number(text, name, place):
    clean = text.strip().replace("−", "-").replace(",", ".")
    try:  # Python also reads 1_000 and ٣, which the page marks as wrong
        value = float(clean) if clean.isascii() and "_" not in clean else None
    except ValueError:
        value = None
    if value is None or not abs(value) <= 1e6:
        part = f" of part {place[0]}" if len(place) == 3 else ""
        raise ConvlabError(
            f"“{text[:20]}” in row {place[-2]}, column {place[-1]}{part} of the {name} is not a number from "
            "−1,000,000 to 1,000,000. Type a number such as −1 or 0.25."
        )
    return value


class Pick(traitlets.HasTraits):
    """A control that is set by choosing a cell: (panel, tile, row, column), or None before that."""

    value = traitlets.Any()


class Lab(widgets.VBox):
    """A live explorer.

    Parameters
    ----------
    name : str
        The call that makes it, such as "kernel_lab".
    controls : dict
        Name → widget, or `Entry` for a control inside the picture. Each has a ``value``.
    draw : callable
        ``draw(**{name: value}) -> Scene``, pure. It raises `ConvlabError` for a state it cannot draw.
        A control that `draw` does not ask for only sets others, as a preset does.

    Attributes
    ----------
    controls, view, scene
        The controls, the `View`, and the scene that the view shows.
    """

    def __init__(self, name, controls, draw):
        self.name, self.controls, self.view, self._draw = name, controls, View(), draw
        self._asks = set(inspect.signature(draw).parameters)
        self._scene, self._timer, self._rest_until = draw(**self.state()), None, 0.0
        self.view.show(self._scene)
        for name in self._asks:
            controls[name].observe(self._changed, "value")
        self.view.observe(self._edited, "edit")
        if "upload" in controls:
            controls["upload"].observe(lambda change: self.attempt(self._uploaded, change.new), "value")
        if "pick" in controls:
            self.view.observe(self._picked, "pick")
        shown = [control for control in controls.values() if isinstance(control, widgets.Widget)]
        super().__init__([widgets.Box(shown, layout={"flex_flow": "row wrap"}), self.view])
        self.add_class("convlab-lab")

    def state(self):
        """Return ``{name: value}`` of every control that the picture depends on."""
        return {name: control.value for name, control in self.controls.items() if name in self._asks}

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
        self._rest_until = 2 * time.perf_counter() - start

    def _changed(self, change):
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
        panel = change.new.get("panel")
        if panel in self.controls:
            self.attempt(self.controls[panel].read, change.new["texts"], panel)

    def _uploaded(self, files):
        if not files:
            return
        array = images.read(files[0].content.tobytes(), files[0].name)
        name = f"yours: {images.short(files[0].name)}"
        _uploads[name] = array
        photo.cache_clear()
        control = self.controls["image"]
        control.unobserve(self._changed, "value")  # new options choose the first for a moment
        control.options = list(dict.fromkeys([*control.options, name]))
        control.value = name
        control.observe(self._changed, "value")
        self.refresh()

    def _picked(self, change):
        self.controls["pick"].value = tuple(change.new[key] for key in ("panel", "tile", "row", "col"))

    def _repr_mimebundle_(self, **kwargs):
        live = super()._repr_mimebundle_(**kwargs)
        text = f"{self.name}: {self.scene.says}"
        picture = plots.draw_scene(self.scene, f"{self.name}. {self.scene.says}")
        data, metadata = picture._repr_mimebundle_()
        return {**(live or {}), **data, "text/plain": text}, metadata
