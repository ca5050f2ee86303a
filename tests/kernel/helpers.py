"""What the kernel tests share: the truth about a lab, worked out in another process."""

import base64
import json
import pickle

from convlab import labs
from convlab.view import View


def remote(kernel, expression):
    """The value of an expression in the kernel, by way of pickle."""
    code = f"import base64, pickle; print(base64.b64encode(pickle.dumps({expression})).decode())"
    return pickle.loads(base64.b64decode(kernel.run(code)[0]))


def seen(state):
    """What a page draws of a view's state: layout, words and the arrays in use."""
    used = [f"array{slot}" for slot in range(len(state["layout_"]["panels"]))]
    arrays = {name: bytes(state[name]) for name in used}
    return {**arrays, **json.loads(json.dumps({name: state[name] for name in ("layout_", "words")}))}


def truth(name, state):
    """What a page should draw for this lab with its controls in this state: drawn once, here."""
    scene = getattr(labs, name)()._draw(**state)
    view = View()
    view.show(scene)
    try:
        return seen(view.get_state())
    finally:
        view.close()
