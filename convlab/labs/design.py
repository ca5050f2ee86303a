"""Notebook 05: build a network that sees 64 pixels, keep it within a budget, and write it as a program."""

from typing import NamedTuple

import numpy as np

from convlab.arithmetic.geometry import WINDOW, cost, total
from convlab.arithmetic.levels import levels_of
from convlab.errors import ConvlabError, times
from convlab.labs.controls import button, one_of, photo, picture
from convlab.labs.lab import lab, say
from convlab.labs.stack import layers_of, stack, stack_panel
from convlab.networks import programs
from convlab.view.scene import Curve, Grid, Link, Ruler, Scene, Strip

SHAPE = (3, 128, 128)  # of the image
FIELD, CHANNELS, MAP = 64, 64, 16  # the goals
ALL = (*WINDOW, "channels", "groups")
NEW = (3, 1, 1, 1, 64, 1)
STARTS = {
    "eight plain 3×3": [NEW] * 8,
    "five with stride 2": [(3, 2, 1, 1, channels, 1) for channels in (16, 32, 64, 64, 64)],
    "one huge kernel": [(64, 8, 28, 1, 64, 1)],
    "one dilated kernel": [(3, 8, 32, 32, 64, 1)],
}
BUDGETS = {  # parameters, multiply-adds
    "roomy": (500_000, 500_000_000),
    "light (few parameters)": (10_000, 100_000_000),
    "quick (few multiply-adds)": (500_000, 5_000_000),
    "tiny (few of both)": (10_000, 2_000_000),
}
LANGUAGES = {"PyTorch": programs.pytorch, "Keras": programs.keras, "convlab": programs.convlab}
LANGUAGES["ONNX"] = programs.onnx


def _keep(layers, tries):
    """Put the present stack on the board and in the list of stacks, unless it is there."""
    _count(layers)
    known = [name for name, kept in tries.items() if np.array_equal(kept, layers)]
    name = known[0] if known else f"try {len(tries) + 1}"
    return {"tries": {**tries, name: layers}, "preset": name}


def _program(built, language):
    """Write the network's program, or say why it cannot be written in this language."""
    try:
        return LANGUAGES[language](built, SHAPE)
    except ConvlabError as error:
        return str(error)


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
    built, count = layers_of(layers, ALL), _count(layers)
    levels, costs = levels_of(built, SHAPE[1]), cost(built, SHAPE)
    parameters, macs = np.cumsum([(0, 0), *((one.parameters, one.macs) for one in costs)], axis=0).T
    sizes, most = [level.field.size for level in levels], BUDGETS[budget]
    x, top = photo(image, SHAPE[1]), levels[-1]
    margin = top.margin(len(x))
    starts = top.starts(margin)
    panels = {
        "stack": stack_panel(layers, ALL),
        "field": _chart("receptive field", "px", sizes, FIELD, "goal"),
        "parameters": _chart("parameters so far", "thousands", parameters / 1e3, most[0] / 1e3, "budget"),
        "macs": _chart("multiply-adds so far", "millions", macs / 1e6, most[1] / 1e6, "budget"),
        "top": Strip(top.seen(len(x))[None], "units on top", low=0, high=1, ruler=Ruler(0, 1, top.n)),
        "photo": Grid(np.pad(x, margin), "photograph", inset=(margin,) * 4),
    }
    middle = ([starts[top.n // 2]], top.reads)
    links = [Link("photo", "top", middle, (starts, top.reads), op="window")]
    goals = [[*texts, "✓" if reached else "✗ not yet"] for *texts, reached in count.aims(budget)]
    tables = {
        "goals": [["goal", "wanted", "yours", ""], *goals],
        "tries": _board(tries),
        "layers": _table(levels, costs),
        "program": _program(built, language),
    }
    rows = ((("stack", "goals"), ("field", "parameters", "macs"), ("top", "photo")),)
    return Scene(panels, links, _says(count, budget), tables, rows=rows)


class Count(NamedTuple):
    """What a stack reaches and costs. `reads`: how many columns of the image a unit reads."""

    layers: int
    size: int
    reads: int
    shape: tuple
    parameters: int
    macs: int

    def goals(self):
        """List the goals: name, wanted, reached, whether it is reached."""
        depth, *sides = self.shape
        return [
            ("field (px)", f"at least {FIELD}", f"{self.size}", self.size >= FIELD),
            ("columns it reads", f"all {self.size}", f"{self.reads}", self.reads == self.size),
            ("channels on top", f"at least {CHANNELS}", f"{depth}", depth >= CHANNELS),
            ("map on top", f"at least {MAP}×{MAP}", f"{sides[0]}×{sides[1]}", min(sides) >= MAP),
        ]

    def aims(self, budget):
        """List the goals and, in the same form, the two limits of a budget."""
        used = {"parameters": self.parameters, "multiply-adds": self.macs}
        pairs = zip(used.items(), BUDGETS[budget], strict=True)
        limits = [(name, f"at most {most:,}", f"{have:,}", have <= most) for (name, have), most in pairs]
        return self.goals() + limits

    def share(self, budget):
        """Return the larger of the two shares of a budget that are used; infinite if a goal is missed."""
        reached = all(reached for *_, reached in self.goals())
        return max(np.divide((self.parameters, self.macs), BUDGETS[budget])) if reached else np.inf


def _count(stack):
    layers = layers_of(stack, ALL)
    top, (_, shape, parameters, macs, *_) = levels_of(layers, SHAPE[1])[-1], total(cost(layers, SHAPE))
    return Count(len(layers), top.field.size, len(top.reads), shape, parameters, macs)


def _chart(title, unit, values, line, name):
    """Draw what grows from layer to layer, and the line that it must reach or must not cross."""
    series = {"yours": values, name: [line] * len(values)}
    return Curve(range(len(values)), series, title, ("layer", f"{title} ({unit})"))


def _board(tries):
    """Compare the tries; a star marks the one that uses the smallest share of a budget."""
    counts = {name: _count(stack) for name, stack in tries.items()}
    shares = {budget: {name: one.share(budget) for name, one in counts.items()} for budget in BUDGETS}
    rows = ["try layers field reads top parameters multiply-adds goals".split() + ["within budget"]]
    for name, one in counts.items():
        within = [
            budget.split()[0] + " ★" * (name == min(found, key=found.get))
            for budget, found in shares.items()
            if found[name] <= 1
        ]
        texts = [times(*n) if isinstance(n, tuple) else f"{n:,}" for n in one]
        goals = f"{sum(reached for *_, reached in one.goals())} of 4"
        rows.append([name, *texts, goals, ", ".join(within) or "–"])
    return rows if tries else [["try"], ["none kept so far"]]


def _table(levels, costs):
    rows = [["layer", "map C×H×W", "field", "jump", "parameters", "multiply-adds"]]
    rows.append(["image", times(*SHAPE), "1", "1", "–", "–"])
    for level, one in zip(levels[1:], costs, strict=True):
        numbers = [f"{n:,}" for n in (*level.field[:2], one.parameters, one.macs)]
        rows.append([level.name, times(*one.shape), *numbers])
    return rows


def _says(count, budget):
    aims = count.aims(budget)
    missing = "; ".join(f"{name} {yours}, wanted {wanted}" for name, wanted, yours, got in aims if not got)
    goals, share = "missing" if missing else "reached", count.share(budget)
    return say("design_lab", "size", goals, count=count, missing=missing, share=share, budget=budget)
