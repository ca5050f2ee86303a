"""Notebook 05: build a network that sees 64 pixels, keep it within a budget, and write it as a program."""

import numpy as np

from convlab.arithmetic.geometry import WINDOW, cost, total
from convlab.arithmetic.levels import levels_of
from convlab.errors import times
from convlab.labs.controls import button, one_of, photo, picture
from convlab.labs.lab import lab, say
from convlab.labs.stack import PRESETS, layers_of, stack, stack_panel
from convlab.networks.programs import convlab, keras, onnx, pytorch
from convlab.view.scene import Curve, Grid, Link, Scene

SHAPE = (3, 128, 128)  # of the image
FIELD, CHANNELS, MAP = 64, 64, 16  # the goals
ALL = (*WINDOW, "channels", "groups")
NEW = (3, 1, 1, 1, 64, 1)
STARTS, BUDGETS = PRESETS["starts"], PRESETS["budgets"]
LANGUAGES = {"PyTorch": pytorch, "Keras": keras, "convlab": convlab, "ONNX": onnx}


def _keep(layers, tries):
    """Put the present stack on the board and in the list of stacks, unless it is there."""
    _measured(layers)
    known = [name for name, kept in tries.items() if np.array_equal(kept, layers)]
    name = known[0] if known else f"try {len(tries) + 1}"
    return {"tries": {**tries, name: layers}, "preset": name}


@lab(
    budget=one_of("budget", BUDGETS),
    **picture(),
    **stack(STARTS, new=NEW),
    language=one_of("write it in", LANGUAGES, start="PyTorch"),
    keep=button("keep this try", _keep),
)
def design_lab(budget="roomy", preset="eight plain 3×3", image="cat", layers=None, *, language, tries):
    """Build a network for an image of 128×128 pixels: reach the goals, keep the budget, compare your tries.

    Parameters
    ----------
    budget : str
        A name in `BUDGETS`.
    preset : str
        A name in `STARTS`.
    image : str
        A name in `images.names()`; the learner may also upload a picture.
    layers : list of (kernel, stride, padding, dilation, channels, groups), optional
        Up to eight layers to start from instead of a preset, the one next to the image first.
    """
    built = layers_of(layers, ALL)
    levels, costs = levels_of(built, SHAPE[1]), cost(built, SHAPE)
    parameters, macs = np.cumsum([(0, 0), *((one.parameters, one.macs) for one in costs)], axis=0).T
    sizes, most = [level.field.size for level in levels], BUDGETS[budget]
    x, top, everything = photo(image, SHAPE[1]), levels[-1], total(costs)
    margin = top.margin(len(x))
    starts = top.starts(margin)
    panels = {
        "stack": stack_panel(layers, ALL),
        "field": _chart("receptive field", "px", sizes, FIELD, "goal"),
        "parameters": _chart("parameters so far", "thousands", parameters / 1e3, most[0] / 1e3, "budget"),
        "macs": _chart("multiply-adds so far", "millions", macs / 1e6, most[1] / 1e6, "budget"),
        "top": Grid(top.seen(len(x))[None], "units on top", low=0, high=1, ruler=(0, 1, top.n)),
        "photo": Grid(np.pad(x, margin), "photograph", inset=(margin,) * 4),
    }
    middle = ([starts[top.n // 2]], top.reads)
    links = [Link("photo", "top", middle, (starts, top.reads), op="window")]
    aims = _goals(top, everything) + _limits(everything, budget)
    marked = [[*texts, "✓" if reached else "✗ not yet"] for *texts, reached in aims]
    missing = "; ".join(f"{name} {yours}, wanted {wanted}" for name, wanted, yours, got in aims if not got)
    tables = {
        "goals": [["goal", "wanted", "yours", ""], *marked],
        "tries": _board(tries),
        "layers": _table(levels, costs),
        "program": LANGUAGES[language](built, SHAPE),
    }
    rows = ((("stack", "goals"), ("field", "parameters", "macs"), ("top", "photo")),)
    words = {"top": top, "costs": everything, "share": _share(top, everything, budget), "budget": budget}
    says = say("design_lab", "size", "missing" if missing else "reached", missing=missing, **words)
    return Scene(panels, links, says, tables, rows=rows)


def _measured(stack):
    """Return the level on top of a stack, and what its layers cost together."""
    layers = layers_of(stack, ALL)
    return levels_of(layers, SHAPE[1])[-1], total(cost(layers, SHAPE))


def _goals(top, costs):
    """List the goals: name, wanted, reached, whether it is reached."""
    size, reads, (depth, *sides) = top.field.size, len(top.reads), costs.shape
    return [
        ("field (px)", f"at least {FIELD}", f"{size}", size >= FIELD),
        ("columns it reads", f"all {size}", f"{reads}", reads == size),
        ("channels on top", f"at least {CHANNELS}", f"{depth}", depth >= CHANNELS),
        ("map on top", f"at least {MAP}×{MAP}", times(*sides), min(sides) >= MAP),
    ]


def _limits(costs, budget):
    """List the limits of a budget in the same form."""
    used = {"parameters": costs.parameters, "multiply-adds": costs.macs}
    pairs = zip(used.items(), BUDGETS[budget], strict=True)
    return [(name, f"at most {most:,}", f"{have:,}", have <= most) for (name, have), most in pairs]


def _share(top, costs, budget):
    """Return the larger of the two shares of a budget that are used; infinite if a goal is missed."""
    reached = all(reached for *_, reached in _goals(top, costs))
    return max(np.divide((costs.parameters, costs.macs), BUDGETS[budget])) if reached else np.inf


def _chart(title, unit, values, line, name):
    """Draw what grows from layer to layer, and the line that it must reach or must not cross."""
    series = {"yours": values, name: [line] * len(values)}
    return Curve(range(len(values)), series, title, ("layer", f"{title} ({unit})"))


def _board(tries):
    """Compare the tries; a star marks the one that uses the smallest share of a budget."""
    counts = {name: _measured(stack) for name, stack in tries.items()}
    shares = {budget: {name: _share(*one, budget) for name, one in counts.items()} for budget in BUDGETS}
    rows = ["try layers field reads top parameters multiply-adds goals".split() + ["within budget"]]
    for name, (top, costs) in counts.items():
        within = [
            budget.split()[0] + " ★" * (name == min(found, key=found.get))
            for budget, found in shares.items()
            if found[name] <= 1
        ]
        sees = [f"{top.place}", f"{top.field.size:,}", f"{len(top.reads):,}", times(*costs.shape)]
        goals = f"{sum(reached for *_, reached in _goals(top, costs))} of 4"
        spent = [f"{costs.parameters:,}", f"{costs.macs:,}"]
        rows.append([name, *sees, *spent, goals, ", ".join(within) or "–"])
    return rows if tries else [["try"], ["none kept so far"]]


def _table(levels, costs):
    rows = [["layer", "map C×H×W", "field", "jump", "parameters", "multiply-adds"]]
    rows.append(["image", times(*SHAPE), "1", "1", "–", "–"])
    for level, one in zip(levels[1:], costs, strict=True):
        numbers = [f"{n:,}" for n in (*level.field[:2], one.parameters, one.macs)]
        rows.append([level.name, times(*one.shape), *numbers])
    return rows
