"""A thousand messages to one control, as fast as they can be sent; `make bench` says how long that takes."""

import pytest

from convlab import labs
from tests.drivers.kernel import Kernel
from tests.kernel.helpers import remote, seen, truth

COUNT, GROWTH = 1000, 10 * 2**20
STEP, NEW_PHOTOGRAPH = 72_000, 3 * 256 * 256  # bytes
MEMORY = "(gc.collect(), psutil.Process().memory_info().rss)[1]"
FIGURES = """sum(type(one).__name__ == "Figure" for one in gc.get_objects()), \
len(sys.modules["matplotlib.pyplot"].get_fignums()) if "matplotlib.pyplot" in sys.modules else 0"""


def start(kernel, name):
    """Make a lab, and its twin, in the kernel; describe the lab."""
    kernel.stderr.clear()
    kernel.run(f"lab, twin = labs.{name}(), labs.{name}()")
    return kernel.ask("describe(lab)")


@pytest.mark.parametrize("name", labs.__all__)
def test_storm(kernel, name):
    about = start(kernel, name)
    control, (model, trait, values) = next(iter(about["controls"].items()))
    kernel.warm(control, trait, values)
    memory, figures = kernel.ask(MEMORY), kernel.ask(f"[{FIGURES}]")
    twin = kernel.ask("describe(twin)")["models"]
    quiet = {one: dict(kernel.models[one]) for one in twin}

    last = values[len(values) // 2]
    states = [{trait: values[7 * k % len(values)]} for k in range(COUNT - 1)] + [{trait: last}]
    kernel.storm(model, states)
    kernel.settle()

    page = kernel.models[about["view"]]
    assert kernel.ask(f"lab.controls[{control!r}].{trait}") == last
    assert page["problem"] == "" and not kernel.stderr
    assert seen(page) == truth(name, remote(kernel, "lab.state()"))
    assert {one: kernel.models[one] for one in twin} == quiet, "its twin moved too"
    assert kernel.ask(f"[{FIGURES}]") == figures
    if (now := kernel.ask(MEMORY)) - memory >= GROWTH:  # room kept is used again; a leak grows again
        kernel.storm(model, states)
        kernel.settle()
        assert kernel.ask(MEMORY) - now < GROWTH
    assert kernel.ask("no_network.refused") == []


@pytest.mark.parametrize("name", labs.__all__)
def test_a_step_is_small(kernel, name):
    """Every control, at its ends and between, with the others at their first values and at their last."""
    about = start(kernel, name)
    controls = list(about["controls"].items())
    for order in (1, -1):
        for control, (model, trait, values) in controls[::order]:
            for value in (values[-1], values[len(values) // 3], values[0])[::order]:
                kernel.received = 0
                kernel.storm(model, [{trait: value}])
                kernel.settle()
                photograph = NEW_PHOTOGRAPH if control == "image" else 0  # sent once when it is chosen
                assert kernel.received <= STEP + photograph, (control, value)


@pytest.mark.parametrize(
    ("name", "panel", "control"), [("patch_lab", "patch", "patch"), ("receptive_lab", "stack", "layers")]
)
def test_storm_of_edits(kernel, name, panel, control):
    about = start(kernel, name)
    texts = [f"{value:g}" for value in remote(kernel, f"lab.controls[{control!r}].value").ravel()]
    edits = [{"panel": panel, "texts": [str(k % 7 + 1), *texts[1:]], "count": k} for k in range(COUNT)]
    kernel.storm(about["view"], [{"edit": edit} for edit in edits])
    kernel.settle()
    page, state = kernel.models[about["view"]], remote(kernel, "lab.state()")
    assert state[control].flat[0] == (COUNT - 1) % 7 + 1 and page["problem"] == "" and not kernel.stderr
    assert seen(page) == truth(name, state)


def test_a_change_while_the_lab_rests_is_drawn_after_the_rest(kernel):
    about = start(kernel, "sliding_lab")
    model, trait, _ = about["controls"]["grid"]
    drawn = kernel.updates[about["view"]]
    kernel.run("import time; lab.rests = time.perf_counter() + 0.3")
    kernel.storm(model, [{trait: k % 4} for k in range(4)])
    kernel.settle()
    assert seen(kernel.models[about["view"]]) == truth("sliding_lab", remote(kernel, "lab.state()"))
    assert kernel.updates[about["view"]] == drawn + 1, "four changes in a rest are one drawing"


def test_a_storm_that_ends_in_an_illegal_state_says_so_and_recovers(kernel):
    about = start(kernel, "stride_lab")
    model, trait, values = about["controls"]["stride"]
    good = seen(kernel.models[about["view"]])
    kernel.storm(model, [{trait: k % 3} for k in range(COUNT)] + [{trait: 2}, {trait: 0}])
    kernel.settle()
    page = kernel.models[about["view"]]
    assert "stride is 0" in page["problem"]
    kernel.storm(model, [{trait: 2}])
    kernel.settle()
    assert page["problem"] == "" and seen(page) == good and not kernel.stderr


def test_a_refused_connection_is_refused_and_noted():
    with Kernel() as kernel:
        with pytest.raises(RuntimeError, match="refused: socket.connect"):
            kernel.run("import socket; socket.socket().connect(('192.0.2.1', 80))")
        with pytest.raises(RuntimeError, match="refused: socket.getaddrinfo"):
            kernel.run("import urllib.request; urllib.request.urlopen('http://example.org')")
        assert len(kernel.ask("no_network.refused")) == 2
