"""Tests on paper: two forms of equal difficulty, a page of A4 each, and a key with the slips."""
import re

import pytest

from tests.drivers.jupyter import find_browser, playwright
from tools import quiz
from tools.routes import lessons


@pytest.fixture(scope="module")
def tests():
    return quiz.sheets(7)


def test_the_same_seed_makes_the_same_sheets(tests):
    assert quiz.sheets(7) == tests
    assert quiz.sheets(8) != tests


def test_forms_ask_the_same_skills_with_other_numbers(tests):
    assert set(tests) == {"before", "after", *(f"exit-{name}" for name in lessons())}
    for name, (_, forms) in tests.items():
        assert list(forms) == ["A", "B"]
        assert len(forms["A"]) == (2 if name.startswith("exit") else 6)
        assert [q["skill"] for q in forms["A"]] == [q["skill"] for q in forms["B"]]
        for one, other in zip(forms["A"], forms["B"], strict=True):
            assert one["answer"] != other["answer"], name


def test_forms_are_equally_hard():
    """Of every pair: as many slips are possible, and a floor must be taken in both or in neither."""
    for seed in range(12):
        for _, forms in quiz.sheets(seed).values():
            for one, other in zip(forms["A"], forms["B"], strict=True):
                assert quiz.hardness(one) == quiz.hardness(other)
                if one["skill"] == "output_size":
                    left = [(q["given"]["n"] - q["given"]["k"]) % q["given"]["s"] for q in (one, other)]
                    assert bool(left[0]) == bool(left[1])
                    assert (one["given"]["s"] == 1) == (other["given"]["s"] == 1)


def test_the_key_has_every_answer_and_its_slips(tests):
    page = quiz.key(tests)
    assert page.count("<section>") == 2 * len(tests)
    for _, forms in tests.values():
        for questions in forms.values():
            for question in questions:
                assert f"<b>{question['answer']:,}</b>" in page
    assert page.count("<tr>") >= 3 * page.count("<b>")
    assert "{" not in re.sub("<style>.*?</style>", "", page, flags=re.S)


def test_no_sheet_gives_an_answer_away_or_asks_the_network(tests):
    for title, forms in tests.values():
        page = quiz.sheet(title, forms)
        assert "http" not in page
        assert not any(question["right"] in page for questions in forms.values() for question in questions)


@pytest.mark.skipif(find_browser() is None, reason="no Chromium or Chrome")
def test_each_form_is_one_page_of_paper(tests):
    browser = playwright().chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
    try:
        page = browser.new_page()
        for title, forms in tests.values():
            page.set_content(quiz.sheet(title, forms))
            printed = page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2, title
    finally:
        browser.close()
