"""Notebook 04: three proofs of a receptive field, on the learner's own stack, and what can fool them."""

import numpy as np

from convlab import images, networks
from convlab.arithmetic.levels import levels_of
from convlab.errors import number
from convlab.labs.controls import Control, one_of, photo, picture, ranged, yes_no
from convlab.labs.lab import lab
from convlab.labs.stack import MOST, STACKS, layers_of, stack, stack_panel
from convlab.view.scene import Grid, Link, Ruler, Scene, Strip

SMALL = {name: rows for name, rows in STACKS.items() if len(rows) < MOST}
OPS = {"weighted sum": "sum", "weighted sum, then ReLU": "relu", "maximum (max-pool)": "max"}


@lab(
    image=picture(),
    size=ranged("image (px)", 8, 40),
    op=one_of("each layer", OPS),
    seed=ranged("weights no.", 0, 20),
    zero=yes_no("all pixels zero"),
    **stack(SMALL),
    pick=Control(),
)
def proofs_lab(
    preset="dilation 1-2-4", image="cat", *, op="weighted sum", zero=False, seed=0, size=24, layers=None, pick
):
    """Find what one unit reads in three ways: by the recurrence, by poking pixels, by the gradient.

    Parameters
    ----------
    preset : str
        A name in `SMALL`.
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    op : {"weighted sum", "weighted sum, then ReLU", "maximum (max-pool)"}
        What each layer does with its window.
    zero : bool
        Whether every pixel of the image is 0.
    seed : int
        Which random weights, 0 to 20.
    size : int
        Side of the image in pixels, 8 to 40.
    layers : list of (kernel, stride, padding, dilation), optional
        Up to eight layers to start from instead of a preset.
    """
    built = layers_of(layers)
    last = levels_of(built, size)[-1]
    x = images.square(photo(image), size).astype(float) * (not zero)
    unit = min(pick[3], last.n - 1) if pick and pick[0] == "top" else last.n // 2
    rows, columns = ([at + side * last.field.jump for at in last.reads] for side in (last.n // 2, unit))
    inside = [row for row in rows if 0 <= row < size]
    row = inside[len(inside) // 2] if inside else 0
    net = networks.one_channel(built, OPS[op], seed)
    slope = net.gradient(x, net.graph[-1].name, (0, last.n // 2, unit))[0]
    found = {
        "recurrence": np.isin(range(size), columns).astype(float),
        "poke": networks.poke(net, x, row, (last.n // 2, unit)),
        "gradient": slope[row],
    }
    axis, picture_rows = (last.starts(), last.reads), ([last.n // 2 * last.field.jump], last.reads)
    panels = {
        "stack": stack_panel(layers),
        "photo": Grid(x, "image", low=0, high=255),
        "slope": Grid(slope, "gradient at every pixel", kind="signed"),
        **(strips := _strips(last, found, x[row])),
    }
    links = [  # the strips of the proofs stay free of marks: their colours are the evidence
        Link("row", "top", ((0,), (0,)), axis, op="window"),
        Link("photo", "top", picture_rows, axis, op="window"),
    ]
    says = _says(last, unit, row, size, found, OPS[op])
    rows = (("stack", "photo", "slope"), (list(strips), "proofs"))
    return Scene(panels, links, says, {"proofs": _table(found)}, pick=("top", 0, 0, unit), rows=rows)


def _strips(last, found, row):
    """Draw the units on top, the row of pixels and what each proof finds there, above each other."""
    jump, left = last.field.jump, min(0, last.left)
    length = max(len(row), last.left + last.n * jump) - left
    above, ruler = Ruler(last.left - left, jump, length), Ruler(-left, 1, length)
    strips = {"top": Strip(last.seen(len(row))[None], last.name, low=0, high=1, ruler=above)}
    for name, values in found.items():
        # Whatever is not 0 gets the full colour of its sign.
        small = np.abs(values[values != 0]).min(initial=1.0)
        strips[name] = Strip(values[None], name, "signed", -small, small, ruler=ruler)
    return {**strips, "row": Strip(row[None], "pixels", low=0, high=255, ruler=ruler)}


def _table(found):
    rows = [["proof", "columns", "first", "last"]]
    for name, values in found.items():
        at = np.flatnonzero(values).tolist()
        rows.append([name, str(len(at)), *(map(str, (at[0], at[-1])) if at else "––")])
    return rows


def _says(last, unit, row, size, found, op):
    counts = {name: np.count_nonzero(values) for name, values in found.items()}
    first = last.field.start + unit * last.field.jump
    end = first + last.field.size - 1
    says = (
        f"Unit {unit} of {last.name}, row {row} of the image: by the recurrence, the window goes from column "
        f"{number(first)} to {end}, and {counts['recurrence']} columns of the image are read. "
        f"Poking moves the unit at {counts['poke']} columns, the gradient is not 0 at {counts['gradient']}. "
    )
    if first < 0 or end >= size:
        says += "The part of the window outside the image cannot be poked. "
    agree = len({(values != 0).tobytes() for values in found.values()}) == 1
    return says + ("All three agree." if agree else f"They do not agree: {WHY[op]}")


WHY = {
    "sum": "at the border, the recurrence also counts paths that run through padding, where nothing flows.",
    "relu": "where a ReLU is off, a change stops. The recurrence says what the unit can read; "
    "the other two say what moves it in this one image.",
    "max": "a maximum lets only the largest pixel of its window through. The recurrence says what the unit "
    "can read; the other two say what moves it in this one image.",
}
