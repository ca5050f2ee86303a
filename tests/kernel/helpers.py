"""What the kernel tests share: the truth about a lab, worked out in another process."""

import base64
import json
import pickle

import numpy as np

from convlab import labs


def remote(kernel, expression):
    """The value of an expression in the kernel, by way of pickle."""
    code = f"import base64, pickle; print(base64.b64encode(pickle.dumps({expression})).decode())"
    return pickle.loads(base64.b64decode(kernel.run(code)[0]))


def seen(page):
    """What a page draws of a view's state, as far as it tells a learner something."""
    about = page["layout_"]
    arrays = [np.frombuffer(page[f"array{k}"], one["dtype"]) for k, one in enumerate(about["panels"])]
    panels = {
        one["name"]: (one["title"], one["shape"], array.astype(float).tobytes())
        for one, array in zip(about["panels"], arrays, strict=True)
    }
    links = [(one["source"], one["target"], one["rows"], one["cols"]) for one in about["links"]]
    return panels, links, page["words"]


def truth(name, state):
    """The same for a lab with its controls in this state: its scene, drawn once and here, without a view."""
    scene = getattr(labs, name).draw(**state)
    panels = {
        key: (panel.title, list(panel.shape()), np.asarray(panel.array, float).tobytes())
        for key, panel in scene.panels.items()
    }
    links = [(one.source, one.target, _axis(one.rows), _axis(one.cols)) for one in scene.links]
    return panels, links, json.loads(json.dumps({"says": scene.says, "tables": scene.tables}))


def _axis(axis):
    return {"starts": list(axis[0]), "taps": list(axis[1])}
