"""Who imports whom in the package: the arrows point one way, and three libraries are kept apart."""
import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "convlab"
FILES = sorted(PACKAGE.rglob("*.py"))
ONLY = {
    "ipywidgets": {"labs", "checks"},
    "anywidget": {"view/live.py", "view/answer.py"},
    "matplotlib": {"view/plots.py", "view/charts.py"},
}
ORDER = [  # nothing reaches what stands below it, by any way round
    {"errors", "jupyter_server"},
    {"images", "arithmetic", "view"},
    {"networks", "__init__", "__main__"},
    {"checks", "labs"},
]
PLUMBING = {"__init__", "lab", "controls", "stack"}  # what labs may import; not each other


def topic(path):
    """`convlab/errors.py` is errors; all of `convlab/labs/` is labs."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(path):
    """Every import in a file: [(dotted name as a list, whether inside a function)]."""
    found = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    lazy = {id(node) for function in functions for node in ast.walk(function)}
    package = ["convlab", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[:len(package) + 1 - node.level] if node.level else []
            module = node.module.split(".") if node.module else []
            names = [[*start, *module, alias.name] for alias in node.names]
        else:
            continue
        found += [(name, id(node) in lazy) for name in names]
    return found


def arrows():
    """For every topic, the topics it imports; a name taken from the package itself counts as `__init__`."""
    topics = {topic(path) for path in FILES}
    graph = {name: set() for name in topics}
    for path in FILES:
        inner = [name[1] for name, _ in imports(path) if name[0] == "convlab" and len(name) > 1]
        graph[topic(path)] |= {name if name in topics else "__init__" for name in inner} - {topic(path)}
    return graph


def reached(graph, start):
    """Return every topic that importing `start` brings along."""
    found, waiting = set(), list(graph.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph[name]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_libraries_kept_apart(path):
    here = path.relative_to(PACKAGE).as_posix()
    for (library, *_), lazy in imports(path):
        assert {topic(path), here} & ONLY.get(library, {here}), f"{library} is for {ONLY[library]} only"
        assert lazy or library != "matplotlib", "import matplotlib inside functions: convlab stays quick"


@pytest.mark.parametrize("name", ["errors.py", "arithmetic/axis.py", "arithmetic/geometry.py"])
def test_integers_only(name):
    assert not any(library == "numpy" for (library, *_), _ in imports(PACKAGE / name))


def test_arrows_point_one_way():
    graph = arrows()
    assert set().union(*ORDER) == set(graph), "every room has its place in ORDER"
    for name in graph:
        assert name not in reached(graph, name), f"{name} imports itself by way of {graph[name]}"
    for number, floor in enumerate(ORDER):
        above = set().union(*ORDER[number + 1 :])
        for name in floor:
            assert not reached(graph, name) & above, f"{name} reaches {reached(graph, name) & above}"


def test_at_most_six_floors():
    """A room stands one floor above the highest that it uses."""
    graph = arrows()

    def floor(name):
        return 1 + max(map(floor, graph[name]), default=0)

    assert max(map(floor, graph)) <= 6


def test_labs_do_not_import_each_other():
    for path in (PACKAGE / "labs").glob("*.py"):
        if path.stem not in PLUMBING:
            inner = {name[2] for name, _ in imports(path) if name[:2] == ["convlab", "labs"]}
            assert inner <= PLUMBING, f"{path.stem} imports {inner - PLUMBING}"


def test_the_map_names_every_file():
    """CONTRIBUTING draws the rooms: whatever is in them is on it."""
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    missing = [path.stem for path in FILES if path.stem != "__init__" and f"`{path.stem}`" not in text]
    assert not missing


def test_import_is_quiet():
    code = "import convlab, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "convlab.arithmetic.geometry" in loaded
    assert not loaded & {"matplotlib", "ipywidgets", "anywidget", "PIL"}
