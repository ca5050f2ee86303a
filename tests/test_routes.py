"""The routes are made from the series, fit their time, and leave no wrong answer without a question."""
import re

import nbformat
import pytest

from convlab import checks
from tests.drivers.jupyter import find_browser, playwright
from tools import routes

LESSONS = routes.lessons()


def cards_of(step):
    """Every cell of a step asks one question, or shows a lab."""
    names = [cell.partition(": ")[2] for cell in step["cells"]]
    return [name for name in names if not name.startswith("labs.")]


@pytest.mark.parametrize("name", LESSONS)
def test_a_route_is_what_the_series_makes_of_it(name):
    """After a change of the series or of the script: python -m tools.routes."""
    stored = nbformat.read(routes.TARGET / f"{name}.ipynb", as_version=4)
    assert stored == routes.made(LESSONS[name])
    printed = (routes.TARGET / f"{name}.html").read_text(encoding="utf-8")
    assert printed == routes.script(LESSONS[name])


def test_nothing_else_lies_there():
    found = {path.name for path in routes.TARGET.iterdir()}
    assert found == {f"{name}.{kind}" for name in LESSONS for kind in ("ipynb", "html")}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_fits_its_time_and_says_what_to_do(name):
    lesson = LESSONS[name]
    assert sum(step["minutes"] for step in lesson["step"]) == (90 if name.startswith("90") else 45)
    assert set(lesson["exit"]) <= set(checks.subjects())
    assert len(lesson["exit"]) == 2
    for step in lesson["step"]:
        assert step["minutes"] >= 2.5 * len(step["cells"])
        assert all(answer.count(" → ") == 1 for answer in step.get("wrong", []))


def test_every_wrong_answer_of_every_card_has_its_next_question():
    cards = {card for lesson in LESSONS.values() for step in lesson["step"] for card in cards_of(step)}
    assert set(routes.asks()) == cards
    for card, asks in routes.asks().items():
        question = checks.questions(card.partition(".")[0])[card]
        assert list(asks) == [str(mistake["value"]) for mistake in question["wrong"]], card
        assert all(then.endswith("?") for then in asks.values()), card


@pytest.mark.parametrize("name", LESSONS)
def test_learners_see_no_answer_and_the_teacher_every_one(name):
    notebook = nbformat.read(routes.TARGET / f"{name}.ipynb", as_version=4)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    page = (routes.TARGET / f"{name}.html").read_text(encoding="utf-8")
    for step in LESSONS[name]["step"]:
        assert step["title"] in prose
        for card in cards_of(step):
            right = checks.questions(card.partition(".")[0])[card]["right"]
            assert routes.text(right) in page
            assert right not in prose
            assert not any(then in prose for then in routes.asks()[card].values())


@pytest.mark.skipif(find_browser() is None, reason="no Chromium or Chrome")
def test_a_script_is_one_sheet_of_paper():
    browser = playwright().chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
    try:
        page = browser.new_page()
        for name, lesson in LESSONS.items():
            page.set_content(routes.script(lesson))
            pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
            assert pages == 1 + name.startswith("90"), name      # both sides of it for 90 minutes
    finally:
        browser.close()


def test_a_cell_that_is_not_there_is_named():
    with pytest.raises(LookupError, match="no code cell of notebook 01 has 'kernels.nothing' in it"):
        routes.copied("01: kernels.nothing")
