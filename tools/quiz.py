"""Write tests on paper, in `build/quiz/`: six items before, six after, a ticket of two a lesson.

    python -m tools.quiz 7          # the seed: the same number gives the same sheets

Each file holds form A and form B, a page of A4 each: the same skills with other numbers, equally hard.
`key.html` has the answers, how they are found, and which slip leads to which wrong number.
"""
import random
import sys
from pathlib import Path

from convlab import checks
from convlab.checks.expressions import evaluate
from convlab.checks.skills import SKILLS, draw
from tools.paper import page, text
from tools.routes import lessons

TARGET = Path(__file__).resolve().parent.parent / "build" / "quiz"
SIX = ("output numbers by hand", "output size", "padding", "parameters", "receptive fields", "pooling")


def sheets(seed):
    """Every test: name → (title, form → questions)."""
    wanted = {"before": ("Before", SIX), "after": ("After", SIX)}
    for name, lesson in lessons().items():
        wanted[f"exit-{name}"] = (f"Exit ticket: {lesson['title']}", lesson["exit"])
    return {name: (title, _forms(subjects, f"{seed} {name}")) for name, (title, subjects) in wanted.items()}


def _forms(subjects, seed):
    """Forms A and B: for each subject two questions that are equally hard, with different answers."""
    numbers, forms = random.Random(seed), {"A": [], "B": []}
    for subject in subjects:
        first = other = draw(checks.subjects()[subject], 0, numbers)
        while other["answer"] == first["answer"] or hardness(other) != hardness(first):
            other = draw(checks.subjects()[subject], 0, numbers)
        forms["A"].append(first)
        forms["B"].append(other)
    return forms


def hardness(question):
    """What makes a question hard: the slips one can make in it, and how many of its numbers are above 1."""
    task = SKILLS[question["skill"]]
    names = {**task.get("usual", {}), **question["given"]}
    possible = [bool(evaluate(slip.get("when", "1"), **names)) for slip in task["slips"]]
    return possible, sum(value > 1 for value in question["given"].values())


def sheet(title, forms):
    """One test as a page for each form."""
    line, room, pages = "<i class='line'></i>", "<div class='room'></div>", []
    for form, questions in forms.items():
        items = "".join(f"<li>{text(question['text'])}{room}Answer: {line}</li>" for question in questions)
        name = f"<p><span>Name: {line}</span><span>Date: {line}</span></p>"
        head = f"<header><h1>{text(title)} · form {form}</h1>{name}</header>"
        pages.append(f"<section>{head}<ol>{items}</ol></section>")
    return page(title, "".join(pages))


def key(tests):
    """Answers, solutions and slips of all tests."""
    parts = []
    for title, forms in tests.values():
        for form, questions in forms.items():
            items = "".join(map(_solved, questions))
            parts.append(f"<section><h1>{text(title)} · form {form}</h1><ol>{items}</ol></section>")
    return page("Key", "".join(parts))


def _solved(question):
    """Answer, solution and slips of one question."""
    found = {}
    for value, why in checks.slips(question):
        found.setdefault(value, why)
    slips = "".join(
        f"<tr><td>{f'{value:,.7g}'.replace('-', '−')}</td><td>{text(why)}</td></tr>"
        for value, why in found.items() if value != question["answer"]
    )
    return f"<li><b>{question['answer']:,}</b>. {text(question['right'])}<table>{slips}</table></li>"


def main():
    """Write all sheets and the key."""
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("Give a seed, a whole number: make quiz SEED=7")
    TARGET.mkdir(parents=True, exist_ok=True)
    tests = sheets(int(sys.argv[1]))
    pages = {name: sheet(*test) for name, test in tests.items()} | {"key": key(tests)}
    for name, content in pages.items():
        (TARGET / f"{name}.html").write_text(content, encoding="utf-8")
        print(TARGET / f"{name}.html")


if __name__ == "__main__":
    main()
