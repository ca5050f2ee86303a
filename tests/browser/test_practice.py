"""Practice and progress in a real JupyterLab: by keys, after a restart, and a link to where one was."""

import pytest

from convlab import checks
from tests.drivers.jupyter import SESSION

START = "from convlab import checks"
ALERT, CARD, LIVE = "[role=alert]", ".convlab-card", ".convlab-lab:has([data-lm-suppress-shortcuts])"
ACTIVE = "document.activeElement.innerText"
IN_SIGHT = """one => {
    const { top, bottom } = one.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
}"""


@pytest.fixture
def practice(lab):
    """Practice on sizes, and the same questions here, to know their answers."""
    lab.run_code([START, 'checks.practice("output size", seed=5)'])
    lab.page.wait_for_selector(CARD)
    yield checks.practice("output size", seed=5)
    assert not lab.errors


def answer(lab, value):
    """Type an answer and press Enter."""
    box = lab.page.get_by_role("textbox", name="Your answer")
    box.fill(str(value))
    box.press("Enter")


def test_hint_solution_lab_and_another_question_by_keys(lab, practice):
    page, question = lab.page, practice.card.question
    assert question["text"] in page.inner_text(CARD)
    answer(lab, question["answer"] + 100)
    lab.wait_text(CARD, lambda text: "Not yet" in text)
    page.keyboard.press("Tab")
    shown = {"Check": None, "Hint": question["hint"], "Show the solution": question["steps"][-1]}
    for name, words in shown.items():
        assert page.evaluate(ACTIVE) == name
        if words:
            page.keyboard.press("Space")
            page.get_by_text(words, exact=True).last.wait_for()
        page.keyboard.press("Tab")
    assert page.evaluate(ACTIVE) == "See it in a lab"
    page.keyboard.press("Space")
    page.wait_for_selector(LIVE)
    n, k = (question["given"][name] for name in "nk")
    assert page.get_by_role("slider", name="width", exact=True).get_attribute("aria-valuenow") == str(
        float(n)
    )
    assert page.get_by_role("slider", name="kernel k").get_attribute("aria-valuenow") == str(float(k))
    assert f"output {question['answer']}×{question['answer']}" in page.inner_text(".convlab-status")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    practice.next()
    lab.wait_text(CARD, lambda text: practice.card.question["text"] in text)
    assert page.evaluate(ACTIVE) == "Another question"
    assert page.locator(LIVE).count() == 0


def test_wrong_twice_and_right_and_harder_after_three(lab, practice):
    levels = []
    for right in (False, False, True, True, True, True):
        question = practice.card.question
        practice.card.answer(question["answer"] + (not right) * 1000)
        answer(lab, practice.card.question["answer"] + (not right) * 1000)
        lab.wait_text(CARD, lambda text, right=right: ("Right." if right else "Not yet.") in text)
        levels.append(practice.level)
        practice.next()
        lab.page.get_by_role("button", name="Another question").press("Space")
        lab.wait_text(CARD, lambda text: practice.card.question["text"] in text)
    assert levels == [0, 0, 0, 0, 1, 1]


@pytest.fixture
def kept(lab):
    """A place in the learner's folder where answers are kept, as they are outside tests."""
    file = lab.folder / "kept.jsonl"
    yield f"import os\nos.environ['CONVLAB_PROGRESS'] = {file.name!r}\n{START}"
    file.unlink(missing_ok=True)


def test_after_a_restart_a_card_knows_and_asks_again(lab, kept):
    lab.run_code([kept, 'checks.card("kernels.overflow")', "checks.missed()"])
    answer(lab, 255)
    lab.wait_text(CARD, lambda text: "Not yet" in text)
    lab.page.evaluate(f"async () => {{ await {SESSION}.session.kernel.restart(); }}")
    lab.run_all()
    lab.page.wait_for_function(
        f"document.querySelectorAll('{CARD}').length === 2"
    )  # and missed() asks it too
    card = lab.page.locator(CARD).first
    assert "answered before, not yet right. To answer again, type a number" in card.inner_text()
    box = card.get_by_role("textbox", name="Your answer")
    assert box.input_value() == ""
    box.fill("8")
    box.press("Enter")
    lab.wait_text(card, lambda text: "✓ Right." in text)
    assert '"given": "8", "right": true' in (lab.folder / "kept.jsonl").read_text(encoding="utf-8")
    assert not lab.errors


def test_progress_opens_the_section_that_is_worth_another_look(lab, kept):
    missed = "checks.card('stride_padding.28-3-2').answer(14)"
    lab.run_code([kept, f"{missed}\nchecks.progress('notebooks')"])
    row = lab.page.locator("tr", has_text="28 pixels in a row")
    assert row.inner_text().startswith("02 1. Count the places\t0 of 1")
    row.get_by_role("link").press("Enter")
    lab.page.wait_for_function(
        "() => jupyterapp.shell.currentWidget?.context?.path === 'notebooks/02_stride_and_padding.ipynb'"
    )
    heading = lab.page.get_by_role("heading", name="1. Count the places")
    heading.wait_for()
    lab.page.wait_for_function(IN_SIGHT, arg=heading.element_handle())
    assert not lab.errors
