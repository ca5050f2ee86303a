"""Make the notebooks of the routes, `notebooks/instructor/routes/`, from `routes.toml` and the series.

    python -m tools.routes

A lesson is a script for the teacher with only its labs and cards: its code cells are copied from the series,
where a step names them by words in them. A test holds the notebooks equal to what this makes.
"""
import ast
import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat

from tools.notebooks import normalise

HERE = Path(__file__).resolve().parent
SERIES = HERE.parent / "notebooks"
TARGET = SERIES / "instructor" / "routes"
CLOCK = "| minute | step | if time is short |\n|---|---|---|\n"


@cache
def lessons():
    """Every lesson: name → title, aim, exit, step."""
    found = tomllib.loads((HERE / "routes.toml").read_text(encoding="utf-8"))["lesson"]
    return {lesson["name"]: lesson for lesson in found}


def made(lesson):
    """Return the notebook of a lesson."""
    minute, clock, cells = 0, CLOCK, []
    for number, step in enumerate(lesson["step"], 1):
        span = f"{minute}–{minute + step['minutes']}"
        clock += f"| {span} | {step['title']} | {step.get('drop', '')} |\n"
        cells += [nbformat.v4.new_markdown_cell(script(number, span, step)), *map(copied, step["cells"])]
        if number == 1:
            cells.append(nbformat.v4.new_code_cell(imports(lesson)))
        minute += step["minutes"]
    intro = (
        f"# {lesson['title']}\n\nAt the end learners can {lesson['aim']}. Each step says what to do, what to "
        f"ask and what to listen for. {minute} minutes, the start included:\n\n{clock}"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(intro.strip()), *cells])
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count = count
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
    normalise(notebook, lesson["name"])
    return notebook


def script(number, span, step):
    """What the teacher reads before a step."""
    lines = [f"## {number}. {step['title']}", f"*Minute {span}.* {step['say']}"]
    if step["ask"]:
        lines.append(f"**Ask.** {step['ask']}")
    if "wrong" in step:
        heard = (answer.split(" → ") for answer in step["wrong"])
        lines.append("**Listen for**\n\n" + "\n".join(f"- *{said}* Ask next: {then}" for said, then in heard))
    if step.get("drop"):
        lines.append(f"**If time is short.** {step['drop']}")
    return "\n\n".join(lines)


@cache
def code(number):
    """Return the code cells of one notebook of the series."""
    (path,) = SERIES.glob(f"{number}_*.ipynb")
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def copied(name):
    """Return the first code cell of a notebook of the series that has the words in it, with what it shows."""
    number, words = name.split(": ")
    for cell in code(number):
        if words in cell.source:
            return nbformat.v4.new_code_cell(cell.source, outputs=deepcopy(cell.outputs))
    raise LookupError(f"no code cell of notebook {number} has {words!r} in it")


def imports(lesson):
    """What the cells of a lesson need of the imports of their notebooks, each module once."""
    cells = [cell for step in lesson["step"] for cell in step["cells"]]
    trees = (ast.walk(ast.parse(copied(cell).source)) for cell in cells)
    used = {node.id for tree in trees for node in tree if isinstance(node, ast.Name)}
    lines, modules = set(), {}
    for line in "\n".join(code(number)[0].source for number in {cell[:2] for cell in cells}).splitlines():
        module, found, names = line.partition(" import ")
        if found:
            modules[module] = modules.get(module, set()) | (used & set(names.split(", ")))
        elif line.split()[-1] in used:
            lines.add(line)
    lines |= {f"{module} import {', '.join(sorted(names))}" for module, names in modules.items() if names}
    return "\n".join(sorted(lines, key=lambda line: (line.startswith("from"), line)))


def main():
    """Write all routes anew."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("*.ipynb"):
        old.unlink()
    for name, lesson in lessons().items():
        text = nbformat.writes(made(lesson)).rstrip("\n") + "\n"
        (TARGET / f"{name}.ipynb").write_text(text, encoding="utf-8", newline="\n")
        print(TARGET / f"{name}.ipynb")


if __name__ == "__main__":
    main()
