"""Make graded work of the coding exercises, in `build/assignment/`: for nbgrader, and for plain pytest.

    python -m tools.assignment                              # four exercises
    python -m tools.assignment conv2d max_pool              # or those you name

`source/convlab/exercises.ipynb` is an assignment for nbgrader: copy `source` into your course. For pytest,
hand out `answers.py`, and run `test_answers.py` beside what comes back. Either way a student reads our
sentence.
"""
import ast
import sys
from pathlib import Path

import nbformat

from convlab.checks.exercises import EXERCISES
from tools.notebooks import METADATA

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "assignment"
USUAL = ("moving_average", "output_size", "count_parameters", "receptive_field")
IMPORTS = "import numpy as np\nfrom convlab import checks, conv2d"
INTRO = """# Coding exercises

Write each function. Run the cell below it: it says what is right, or what to look at. Your work is graded by
the same check."""
TEST = '''"""Grade answers.py, which lies beside this file: python -m pytest test_answers.py"""
import answers
import pytest
from convlab import checks


@pytest.mark.parametrize("name", {names})
def test_answer(name):
    feedback = checks.exercise(name, getattr(answers, name))
    assert feedback.passed, f"\\n{{feedback}}"
'''


def function(name, folder):
    """Return the function of an exercise as a notebook in `folder` has it, under the exercise's name."""
    for path in sorted((ROOT / "notebooks" / folder).glob("0*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and f'checks.exercise("{name}"' in cell.source:
                node = next(node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef))
                lines = cell.source.splitlines()[node.lineno - 1 : node.end_lineno]
                return "\n".join(lines).replace(f"def {node.name}(", f"def {name}(", 1)
    raise LookupError(f"no notebook asks for {name!r}")


def solution(name):
    """Return the function with its body between nbgrader's marks, which cuts it out for students."""
    head, _, body = function(name, "solutions").partition("\n")
    return f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def notebook(names):
    """Return the assignment for nbgrader: for each exercise a cell to write in, and one that grades it."""
    cells = [nbformat.v4.new_markdown_cell(INTRO), nbformat.v4.new_code_cell(IMPORTS)]
    for name in names:
        check = f'feedback = checks.exercise("{name}", {name})\nassert feedback.passed, feedback\nfeedback'
        cells += [
            nbformat.v4.new_markdown_cell(f"## {name}"),
            _cell(solution(name), f"{name}-answer", solution=True, grade=False, locked=False),
            _cell(check, f"{name}-check", solution=False, grade=True, locked=True, points=1),
        ]
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _cell(source, grade_id, **role):
    role |= {"grade_id": grade_id, "schema_version": 3, "task": False}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": role})


def main():
    """Write the notebook, the file of answers and its test."""
    names = sys.argv[1:] or USUAL
    if unknown := set(names) - set(EXERCISES):
        sys.exit(f"There is no exercise {', '.join(sorted(unknown))}. There are: {', '.join(EXERCISES)}.")
    folder = TARGET / "source" / "convlab"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(names), folder / "exercises.ipynb")
    stubs = "\n\n\n".join([IMPORTS, *(function(name, "") for name in names)])
    (TARGET / "answers.py").write_text(stubs + "\n", encoding="utf-8")
    (TARGET / "test_answers.py").write_text(TEST.format(names=list(names)), encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
