"""Make the routes, `notebooks/instructor/routes/`, from `routes.toml` and the series.

    python -m tools.routes

A lesson is a notebook with only its labs and cards, and the script for its teacher, to print. Code cells are
copied from the series, where a step names them by words in them. A test holds both equal to what this makes.
"""
import ast
import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat

from convlab import checks
from convlab.errors import minus
from tools.notebooks import normalise
from tools.paper import page, text

HERE = Path(__file__).resolve().parent
SERIES = HERE.parent / "notebooks"
TARGET = SERIES / "instructor" / "routes"
STYLE = """
@page { margin: 10mm 13mm }
body { font-size: 8.8pt; line-height: 1.3; max-width: 184mm }
h2 { font-size: 10.5pt; margin: 2mm 0 0.5mm; border-top: 1px solid #000 }
h2 span { float: right; font-weight: normal }
p { margin: 0.6mm 0 }
code { font-size: 8.5pt }
div { break-inside: avoid }
section { columns: 2; margin: 0 0 1mm 4mm; break-after: auto }
section p { margin: 0; break-inside: avoid }
section b::after { content: ":" }
"""


def lessons():
    """Every lesson: name → title, aim, exit, step."""
    return {lesson["name"]: lesson for lesson in _toml()["lesson"]}


def asks():
    """What to ask next after a wrong answer: card → answer → question."""
    return _toml()["next"]


@cache
def _toml():
    return tomllib.loads((HERE / "routes.toml").read_text(encoding="utf-8"))


def timed(lesson):
    """Every step of a lesson with its minutes, such as "5–15"."""
    minute = 0
    for step in lesson["step"]:
        yield f"{minute}–{minute + step['minutes']}", step
        minute += step["minutes"]


def made(lesson):
    """Return the notebook of a lesson."""
    intro = f"# {lesson['title']}\n\nAt the end you can {lesson['aim']}."
    cells = [nbformat.v4.new_markdown_cell(intro)]
    for number, (span, step) in enumerate(timed(lesson), 1):
        head = f"## {number}. {step['title']}\n\n*Minute {span}.* {step['ask']}".strip()
        cells += [nbformat.v4.new_markdown_cell(head), *map(copied, step["cells"])]
        if number == 1:
            cells.append(nbformat.v4.new_code_cell(imports(lesson)))
    notebook = nbformat.v4.new_notebook(cells=cells)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, 1):
        cell.execution_count = count
    for place, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place}"
    normalise(notebook, lesson["name"])
    return notebook


def script(lesson):
    """Return what the teacher prints: for each step what to do, ask and listen for, and what to drop."""
    name = lesson["name"]
    lead = (
        f"At the end learners can {lesson['aim']}. Everybody opens "
        f"`notebooks/instructor/routes/{name}.ipynb`. Print this, and `exit-{name}.html`, which "
        "`make quiz SEED=7` writes. Below the answer to a card stands what you may hear instead, and what to "
        "ask next."
    )
    parts = [f"<h1>{text(lesson['title'])}</h1>\n<p>{text(lead)}</p>"]
    for number, (span, step) in enumerate(timed(lesson), 1):
        lines = [f"<h2>{number}. {text(step['title'])} <span>minute {span}</span></h2>"]
        lines += [_line("Do", step["say"]), _line("Ask", step["ask"])]
        lines.append(_heard(answer.split(" → ") for answer in step.get("wrong", [])))
        cards = [card for cell in step["cells"] if (card := cell.partition(": ")[2]) in asks()]
        for count, card in enumerate(cards, 1):
            answer, why = _right(card)
            lines += [_line(f"Card {count}: {answer}", why), _heard(asks()[card].items())]
        lines.append(_line("To drop if time is short", step.get("drop", "")))
        parts.append("<div>\n" + "\n".join(filter(None, lines)) + "\n</div>")
    return page(lesson["title"], "\n".join(parts), STYLE)


def _line(lead, words):
    return words and f"<p><b>{text(lead)}.</b> {text(words)}</p>"


def _heard(answers):
    """Lay out what one may hear, and what to ask next, in two columns."""
    answers = ((minus(said) if said.startswith("-") else said, then) for said, then in answers)
    rows = "".join(f"<p><b>{text(said)}</b> {text(then)}</p>\n" for said, then in answers)
    return rows and f"<section>\n{rows}</section>"


def _right(card):
    """Return the answer to a card, and why it is right."""
    question = checks.questions(card.partition(".")[0])[card]
    answer = question["answer"]
    return answer if isinstance(answer, str) else minus(f"{answer:,.7g}"), question["right"]


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
    for old in TARGET.iterdir():
        old.unlink()
    for name, lesson in lessons().items():
        notebook = nbformat.writes(made(lesson)).rstrip("\n") + "\n"
        for kind, content in {"ipynb": notebook, "html": script(lesson)}.items():
            (TARGET / f"{name}.{kind}").write_text(content, encoding="utf-8", newline="\n")
        print(TARGET / name)


if __name__ == "__main__":
    main()
