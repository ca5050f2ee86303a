"""Practice: 2,000 questions a subject beside code that shares nothing with theirs, and the widget driven."""
import os
import random
import re

import numpy as np
import pytest

from convlab import ConvlabError, checks, labs
from convlab.checks.skills import SKILLS, draw, solve
from convlab.labs.lab import Lab

QUESTIONS = 2000 if os.environ.get("CONVLAB_FULL") else 90
SUBJECTS = checks.subjects()


def stands(n, k, s=1, p=0, d=1, over=0):
    """Count the places where a window of k taps, d apart, fits, by trying every pixel of the padded row."""
    return sum(start + d * (k - 1) < n + 2 * p + over for start in range(0, n + 2 * p, s))


def reaches(layers):
    """The pixels that one unit reads, followed down tap by tap."""
    read = {0}
    for kernel, stride in reversed(layers):
        read = {unit * stride + tap for unit in read for tap in range(kernel)}
    return len(range(min(read), max(read) + 1))


def keeps(n, k, d=1):
    return next(p for p in range(99) if stands(n, k, p=p, d=d) == n)


def by_hand(b=0, **cells):
    patch, kernel = (np.array([cells[f"{name}{i}"] for i in range(1, 10)]) for name in "xw")
    return int(patch @ kernel + b)


def macs(i, o, k, n, s=1, p=0):
    side = range(stands(n, k, s, p))
    return sum(np.ones((o, i, k, k), np.uint8).size for _ in side for _ in side)


def spread(n, k, s, p=0, d=1, q=0):
    """Add one window for each pixel, as a transposed convolution does, and look where the last one ends."""
    last = max(pixel * s + tap * d for pixel in range(n) for tap in range(k))
    return len(range(last + 1)[p : last + 1 - p]) + q


OTHER = {
    "output size": stands,
    "padding": keeps,
    "parameters": lambda i, o, k: np.ones((o, i, k, k), np.uint8).size + np.ones(o).size,
    "multiply-adds": macs,
    "receptive fields": lambda **g: reaches([(g[f"k{n}"], g[f"s{n}"]) for n in "123" if f"k{n}" in g]),
    "output numbers by hand": by_hand,
    "pooling": lambda n, k, s, c=0: stands(n, k, s, over=(s - 1) * c),
    "transposed size": spread,
}


def drawn(title, count=QUESTIONS):
    numbers = random.Random(7)
    return [draw(SUBJECTS[title], i % 3, numbers) for i in range(count)]


@pytest.mark.parametrize("title", OTHER)
def test_answers_are_what_other_code_computes_and_no_slip_reaches_them(title):
    for question in drawn(title):
        assert question["answer"] == OTHER[title](**question["given"]), question["text"]
        right, wrong = solve(question["skill"], question["given"])
        assert right == question["answer"]
        assert right not in wrong, question["text"]
        said = dict(reversed(checks.slips(question)))  # the first sentence for a number counts
        for number, reasons in wrong.items():
            if len(reasons) > 2:
                assert float(number) not in said or said[float(number)].startswith("The size is right")
            else:
                assert all(reason in said[float(number)] for reason in reasons), (number, question["text"])
        texts = [question["text"], question["hint"], *question["steps"], *said.values()]
        assert not [text for text in texts if "{" in text]
        assert f"{question['answer']:,}".replace("-", "−") in question["steps"][-1]
        assert f"= {question['answer']:,}" not in question["hint"]


def test_subjects():
    assert set(SUBJECTS) == set(OTHER)
    assert all(len(SKILLS[name]["level"]) == 3 for name in SUBJECTS.values())
    with pytest.raises(ConvlabError, match="no practice on 'stride'. There are: output size, padding"):
        checks.practice("stride")


@pytest.mark.parametrize("title", SUBJECTS)
def test_the_same_seed_asks_the_same(title):
    one, other, third = (checks.practice(title, seed) for seed in (3, 3, 4))
    asked = []
    for practice in (one, other, third):
        texts = []
        for _ in range(4):
            texts.append(str(practice))
            practice.next()
        asked.append(texts)
    assert asked[0] == asked[1] != asked[2]
    assert len(set(asked[0])) > 1


def answer(practice, right):
    practice.card.answer(practice.card.question["answer"] + (not right) * 1000)
    practice.next()
    return practice.level


def test_easier_after_two_misses_harder_after_three_hits():
    practice = checks.practice("output size", 5)
    assert [answer(practice, True) for _ in range(7)] == [0, 0, 1, 1, 1, 2, 2]
    assert [answer(practice, False) for _ in range(5)] == [2, 1, 1, 0, 0]
    assert [answer(practice, right) for right in (True, True, False, True, True, True)] == [0, 0, 0, 0, 0, 1]


def test_only_the_first_answer_counts_and_none_after_the_solution():
    practice = checks.practice("padding", 5)
    for _ in range(3):
        practice.card.answer(practice.card.question["answer"] + 1000)
        practice.card.answer(practice.card.question["answer"])
        assert practice.card.passed
        practice.next()
        practice.solve()
        answer(practice, True)
    assert practice.level == 0
    assert [answer(practice, True) for _ in range(3)] == [0, 0, 1]


def buttons(practice):
    return {button.description: button for button in practice.children[1].children}


def test_hint_then_solution_then_another():
    practice = checks.practice("multiply-adds", 2)
    question = practice.card.question
    assert practice.children[2].children == ()
    buttons(practice)["Hint"].click()
    assert question["hint"] in practice.children[2].children[0].value
    buttons(practice)["Show the solution"].click()
    for step in question["steps"]:
        assert step in practice.children[2].children[0].value
    buttons(practice)["Another question"].click()
    assert practice.card.question["text"] != question["text"]
    assert practice.children[2].children == ()
    assert practice._repr_mimebundle_()["text/plain"] == str(practice.card)


@pytest.mark.parametrize("title", [title for title, name in SUBJECTS.items() if "lab" in SKILLS[name]])
@pytest.mark.parametrize("level", range(3))
def test_a_lab_opens_in_the_state_of_the_question(title, level):
    for question in drawn(title, 9)[level::3]:
        given = dict(question["lab"])
        lab = getattr(labs, given.pop("name"))(**given)
        assert isinstance(lab, Lab)
    practice = checks.practice(title, level)
    buttons(practice)["See it in a lab"].click()
    assert isinstance(practice.children[2].children[0], Lab)


def test_the_lab_shows_the_answer():
    for question in drawn("output size", 12):
        given = dict(question["lab"])
        said = getattr(labs, given.pop("name"))(**given).scene.says
        assert re.search(rf"\b{question['answer']}\b", said), (question["text"], said)


def test_no_button_where_there_is_no_lab():
    assert buttons(checks.practice("transposed size", 1))["See it in a lab"].layout.display == "none"
