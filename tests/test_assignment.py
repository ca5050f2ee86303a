"""Graded work, by nbgrader's own commands and by plain pytest: a student reads our sentence."""
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import assignment

ROOT = Path(__file__).resolve().parent.parent
RIGHT = "def output_size(n, k, s, p):\n    return (n + 2 * p - k) // s + 1"
SLIP = "def moving_average(x):\n    return x[:-2] + x[1:-1] + x[2:]"


def run(folder, *command, code=0):
    """Run a module as in an environment that is switched on: nbgrader calls a program of it by name."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PATH": path},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setattr(assignment, "TARGET", tmp_path)
    monkeypatch.setattr(sys, "argv", ["assignment", "output_size", "moving_average"])
    assignment.main()
    return tmp_path


def test_nbgrader_generates_grades_and_gives_our_sentence_back(course):
    run(course, "nbgrader", "generate_assignment", "convlab", "--create")
    released = nbformat.read(course / "release/convlab/exercises.ipynb", as_version=4)
    assert not [cell for cell in released.cells if "// s" in cell.source or "SOLUTION" in cell.source]
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = RIGHT if "output_size" in cell.source else SLIP
    folder = course / "submitted/ada/convlab"
    folder.mkdir(parents=True)
    nbformat.write(released, folder / "exercises.ipynb")
    run(course, "nbgrader", "autograde", "convlab", "--create")
    run(course, "nbgrader", "generate_feedback", "convlab")
    page = (course / "feedback/ada/convlab/exercises.html").read_text(encoding="utf-8")
    assert "That is the sum of the three neighbours. Divide it by 3." in page
    assert "output_size agrees with convlab" in page
    with sqlite3.connect(course / "gradebook.db") as book:
        table = "grade join base_cell on grade.cell_id = base_cell.id"
        points = dict(book.execute(f"select base_cell.name, grade.auto_score from {table}"))
    assert points == {"output_size-check": 1, "moving_average-check": 0}


def test_pytest_grades_a_file_of_answers(course):
    answers = course / "answers.py"
    assert "To do: fill in the ..." in run(course, "pytest", "-q", "test_answers.py", code=1)
    answers.write_text(f"{RIGHT}\n\n\n{SLIP}\n")
    said = run(course, "pytest", "-q", "-p", "no:cacheprovider", "test_answers.py", code=1)
    assert "That is the sum of the three neighbours. Divide it by 3." in said
    assert "1 failed, 1 passed" in said


@pytest.mark.parametrize("name", assignment.USUAL)
def test_the_solutions_pass_their_own_check(name):
    from convlab import checks

    names = {}
    exec(f"{assignment.IMPORTS}\n{assignment.function(name, 'solutions')}", names)
    assert checks.exercise(name, names[name]).passed


def test_an_exercise_that_is_not_there(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["assignment", "conv3d"])
    with pytest.raises(SystemExit, match="There is no exercise conv3d. There are: moving_average"):
        assignment.main()
