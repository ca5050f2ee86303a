"""A question comes before its answer: in the stored notebooks, what answers a card cannot be seen with it."""

import re
from pathlib import Path

import nbformat
import pytest

from convlab import checks, labs
from convlab.checks.cover import COVERED

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
ASKS = re.compile(r"checks\.(card|predict)\(\s*[\"']([\w.-]+)[\"']")


def answers_in_sight(cells):
    """Yield (question, cell number) where a result that can be seen with a question answers it.

    A card by itself is answered by the learner alone, so to the end of its section no result may say the
    number. A covered one is followed by its result: until the next prose. A choice cannot be looked for in
    a result, so no result stands beside it at all.
    """
    for number, cell in enumerate(cells):
        if asked := ASKS.search(cell.source):
            kind, name = asked.groups()
            question = checks.questions(name.partition(".")[0])[name]
            choice = question["kind"] == "choice"
            if not choice and said(question["answer"], code(cell, question).replace(name, "") + words(cell)):
                yield name, number
            for later, other in enumerate(cells[number + 1 :], number + 1):
                if other.cell_type == "markdown":
                    if other.source.startswith("#") or choice or kind == "predict":
                        break
                elif not ("checks." in other.source or not words(other)):
                    if choice or said(question["answer"], code(other, question) + words(other)):
                        yield name, later


def code(cell, question):
    """The source of a cell, where a 0 or a 1 says nothing."""
    return f"{cell.source}\n" if question["kind"] == "choice" or question["answer"] not in (0, 1) else ""


def words(cell):
    """What the outputs of a cell show as text; of a lab, its tables too; of a card, not the question."""
    found = ""
    for output in cell.get("outputs", []):
        text = output.get("text", "") + output.get("data", {}).get("text/plain", "")
        found += "" if "○ To do:" in text else text + str(output.get("metadata", ""))
        found += text.partition(COVERED)[2]
    if cell.source.startswith("labs."):
        found += str(eval(cell.source, {"labs": labs}).scene.tables)
    return found


def said(answer, text):
    """Whether a text states a number, or of a fraction its inverse."""
    for value in {answer, 1 / answer if 0 < answer < 1 else answer}:
        if re.search(rf"(?<![\w.−-]){re.escape(f'{value:g}')}(?!\d|\.[1-9])", text.replace(",", "")):
            return True
    return False


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_answer_stands_beside_its_question(path):
    assert list(answers_in_sight(nbformat.read(path, as_version=4).cells)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_covered_is_stored_as_question_and_cover(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if "checks.predict(" in cell.source:
            (output,) = cell.outputs
            assert output.data["text/plain"].endswith(COVERED)
            if "labs." in cell.source:
                assert output.metadata["image/png"]["alt"].endswith(COVERED)


def lesson(*sources):
    """Cells as they are stored after a run: a source, or (source, what it shows)."""
    cells = []
    for source in sources:
        source, text = source if isinstance(source, tuple) else (source, None)
        cell = (
            nbformat.v4.new_code_cell(source) if text is not None else nbformat.v4.new_markdown_cell(source)
        )
        if text:
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": text})]
        cells.append(cell)
    return cells


@pytest.mark.parametrize(
    "cells",
    [
        [('checks.card("start.output-side")', "○ To do:"), ("labs.sliding_lab()", "output 4×4")],
        [('checks.card("start.output-side")', "○ To do:"), "See.", ("size", "4")],
        [('checks.card("design.plain-depth")', "○ To do:"), ("plain[31], plain[32]", "(63, 65)")],
        [('checks.card("design.early-stride")', "○ To do:"), ("work(1) / work(2)", "4.0")],
        [('checks.card("design.find-the-grid")', "○ To do:"), ("macs", "14,112 of them")],
        [('checks.card("kernels.impulse-flip")', "○ To do:"), ("impulse = 1", ""), ("plot", "a picture")],
        [('checks.predict("start.output-side", 4)', COVERED)],
        [('checks.predict("start.output-side", n)', f"○ To do: … {COVERED}"), ("n", "4")],
        [('checks.predict("start.output-side", n)', f"{COVERED} 4")],
    ],
)
def test_an_answer_in_sight_is_found(cells):
    assert list(answers_in_sight(lesson(*cells)))


def test_what_is_no_answer_is_none():
    assert not said(4, "14, 4.5, 0.4, −4, 41 and 64") and said(4, "4.0 it is") and said(0.25, "4 times")
    after = ["## The next section", ("size", "4")]
    assert not list(answers_in_sight(lesson(('checks.card("start.output-side")', "○ To do:"), *after)))
