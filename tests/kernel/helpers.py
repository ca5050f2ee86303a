"""What the kernel tests share: the truth about a lab, worked out in another process."""

import base64
import json
import pickle
from inspect import ismodule

import numpy as np

from convlab import labs

# Every function of the labs' modules: those of a network of one's own are not in `labs` itself.
OWN = {name: one for room in vars(labs).values() if ismodule(room) for name, one in vars(room).items()}


def remote(kernel, expression):
    """The value of an expression in the kernel, by way of pickle."""
    code = f"import base64, pickle; print(base64.b64encode(pickle.dumps({expression})).decode())"
    return pickle.loads(base64.b64decode(kernel.run(code)[0]))


def seen(page):
    """What a page draws of a view's state, as far as it tells a learner something."""
    about = page["layout_"]
    panels = {
        one["name"]: (one["title"], one["shape"], unpack(one, page[f"array{k}"]))
        for k, one in enumerate(about["panels"])
    }
    links = [
        (
            one["source"],
            one["target"],
            *([unroll(runs) for runs in one[axis]] for axis in ("rows", "cols")),
        )
        for one in about["links"]
    ]
    return panels, links, page["words"]


def unpack(about, packed):
    """The cells of a panel as the page has them, as bytes of float64; of shades, the shades."""
    if "levels" in about:
        table = np.frombuffer(packed, about["dtype"], about["levels"])
        cells = table[np.frombuffer(packed[table.nbytes :], np.uint8)]
    else:
        cells = np.frombuffer(packed, about["dtype"])
    if "outer" in about:
        cells = np.outer(cells, cells)
    if "core" in about:
        (tiles, rows, cols), (top, bottom, left, right) = about["shape"], about["inset"]
        cells = cells.reshape(tiles, rows - top - bottom, cols - left - right)
        cells = np.pad(cells, ((0, 0), (top, bottom), (left, right)))
    return cells.astype(float).tobytes()


def unroll(runs):
    return [None if first is None else first + k * step for first, step, count in runs for k in range(count)]


def truth(name, state):
    """The same for a lab with its controls in this state: its scene, drawn once and here, without a view."""
    scene = (getattr(labs, name, None) or OWN[name]).draw(**state)
    panels = {
        key: (
            panel.title,
            list(panel.shape()),
            _cells(panel, [one for one in scene.links if one.target == key]),
        )
        for key, panel in scene.panels.items()
    }
    links = [(one.source, one.target, _axis(one.rows), _axis(one.cols)) for one in scene.links]
    return panels, links, json.loads(json.dumps({"says": scene.says, "tables": scene.tables}))


def _cells(panel, links):
    """The numbers of a panel; of a map that the page works out from links, where they lie on the scale."""
    array = np.asarray(panel.array)
    made = links and links[0].op not in ("window", "row")
    if array.dtype.kind == "f" and made and panel.drawn_as() == "image":
        low, high = panel.limits()
        array = np.floor((array - low) * (255 / (high - low)) + 0.5).clip(0, 255)
    return array.astype(float).tobytes()


def _axis(axis):
    return [list(part) for part in axis]
