"""What the tests of all labs share."""

import re

import ipywidgets as widgets
import numpy as np

SECRETS = r"Traceback|Something went wrong|<class|object at 0x|traitlets|instance of"


def is_a_sentence(text):
    """Tell whether a learner could read this: a whole sentence, without words from inside the program."""
    return re.match(r"\S.{10,}[.)\]]$", text, re.DOTALL) and not re.search(SECRETS, text)


def places(control):
    """Values to drive a control to: every option, or both ends and the middle."""
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    if isinstance(control, widgets.Checkbox):
        return [True, False]
    if hasattr(control, "min"):
        middle = control.min + round((control.max - control.min) / 2 / control.step) * control.step
        return [control.min, middle, control.max]
    return []


def drive(lab):
    """Move every control of a lab to every one of its places, one at a time; yield after each move."""
    for name, control in lab.controls.items():
        start = getattr(control, "value", None)  # a button has none
        for value in places(control):
            control.value = value
            yield name, value
        if places(control):
            control.value = start


def point(lab, panel, row, col, tile=0):
    """Choose a cell, as a click on it does."""
    lab.view.pick = {"panel": panel, "tile": tile, "row": row, "col": col}


AFTER = {"": float, "ReLU": lambda y: max(y, 0.0), "absolute value": abs}


def work_out(scene, name, cell):
    """Give one cell of a panel in float64: from the links that make it, down to panels nothing makes."""
    into = [link for link in scene.links if link.target == name and link.op not in ("window", "stamp", "row")]
    if not into:
        panel = scene.panels[name]
        return float(panel.array.reshape(panel.shape())[cell])
    return AFTER[into[0].post](sum(recompute(scene, link, cell) for link in into))


def recompute(scene, link, pick):
    """Compute what one link gives for a cell, as the page does, without `post`."""
    tile, row, col = pick
    source, target = (scene.panels[name] for name in (link.source, link.target))
    _, rows, cols = source.shape()
    weights = None
    if link.kernel:
        kernel = scene.panels[link.kernel]
        weights = kernel.array.reshape(kernel.shape()).astype(float)
    per_group = source.shape()[0] // link.groups
    first = tile * link.groups // target.shape()[0] * per_group
    given, terms = list(link.weights) or [1.0] * len(link.cols[1]), []
    for c in range(per_group):
        for a, u in enumerate(link.rows[1]):
            for b, v in enumerate(link.cols[1]):
                i, j = link.rows[0][row] + u, link.cols[0][col] + v
                inside = 0 <= i < rows and 0 <= j < cols
                value = work_out(scene, link.source, (first + c, i, j)) if inside else 0.0
                terms.append(value * (weights[tile * per_group + c, a, b] if link.kernel else given[b]))
    combine = {"dot": sum, "sum": sum, "max": max, "mean": np.mean}[link.op]
    return combine(terms) + np.ravel(link.bias)[min(tile, np.size(link.bias) - 1)]


def assert_links_tell_the_truth(scene, after=lambda y: y):
    """Check that corner and middle cells of every linked panel are what their windows give."""
    for link in scene.links:
        if link.op == "stamp" and link.kernel:
            assert_stamps_add_up(scene, link)
        if link.op in ("window", "row", "stamp"):
            continue
        target = scene.panels[link.target]
        tiles, rows, cols = target.shape()
        array = target.array.reshape(target.shape())
        for pick in [(0, 0, 0), (tiles // 2, rows // 2, cols // 2), (tiles - 1, rows - 1, cols - 1)]:
            into = [one for one in scene.links if one.target == link.target and one.op != "window"]
            expected = sum(recompute(scene, one, pick) for one in into)
            if link.post:
                expected = after(expected)
            np.testing.assert_allclose(array[pick], expected, rtol=1e-4, atol=1e-3)


def assert_stamps_add_up(scene, link):
    """Check that stamping every cell of the target, times the kernel, gives the source."""
    numbers, kernel, found = (scene.panels[name].array for name in (link.target, link.kernel, link.source))
    painted = np.zeros(found.shape)
    for (i, j), value in np.ndenumerate(numbers):
        for (u, v), weight in np.ndenumerate(kernel):
            row, col = link.rows[0][i] + link.rows[1][u], link.cols[0][j] + link.cols[1][v]
            if 0 <= row < found.shape[0] and 0 <= col < found.shape[1]:
                painted[row, col] += value * weight
    np.testing.assert_allclose(painted, found, atol=1e-9)
