"""Write tests on paper, in `build/quiz/`: six items before, six after, a ticket of two a lesson.

    python -m tools.quiz 7          # the seed: the same number gives the same sheets

Each file holds form A and form B, a page of A4 each: the same skills at the same level, with other numbers.
`key.html` has the answers, how they are found, and which slip leads to which wrong number.
"""
import html
import random
import re
import sys
from pathlib import Path

from convlab import checks
from convlab.checks.skills import draw
from tools.routes import lessons

TARGET = Path(__file__).resolve().parent.parent / "build" / "quiz"
SIX = ("output numbers by hand", "output size", "padding", "parameters", "receptive fields", "pooling")
STYLE = """
@page { size: A4; margin: 18mm 20mm }
body { font: 12pt/1.45 "DejaVu Sans", Verdana, sans-serif; color: #000; margin: 0 auto; max-width: 170mm }
section { break-after: page }
section:last-child { break-after: auto }
h1 { font-size: 16pt; margin: 0 0 2mm }
header p { display: flex; gap: 8mm; margin: 0 0 4mm }
header span { flex: 1 }
ol { padding-left: 7mm }
li { margin-bottom: 5mm; break-inside: avoid }
.room { height: 17mm }
.line { border-bottom: 1px solid #000; display: inline-block; width: 40mm }
table { font-size: 10pt }
td { text-align: left; vertical-align: top; padding: 0 4mm 1mm 0 }
code { font-family: "DejaVu Sans Mono", monospace; font-size: 11pt; white-space: nowrap }
"""


def sheets(seed):
    """Every test: name → (title, form → questions)."""
    wanted = {"before": ("Before", SIX), "after": ("After", SIX)}
    for name, lesson in lessons().items():
        wanted[f"exit-{name}"] = (f"Exit ticket: {lesson['title']}", lesson["exit"])
    return {name: (title, _forms(subjects, f"{seed} {name}")) for name, (title, subjects) in wanted.items()}


def _forms(subjects, seed):
    """Forms A and B: for each subject two questions of one level, with different answers."""
    numbers, forms = random.Random(seed), {"A": [], "B": []}
    for subject in subjects:
        first = other = draw(checks.subjects()[subject], 0, numbers)
        while other["answer"] == first["answer"]:
            other = draw(checks.subjects()[subject], 0, numbers)
        forms["A"].append(first)
        forms["B"].append(other)
    return forms


def sheet(title, forms):
    """One test as a page for each form."""
    line, room, pages = "<i class='line'></i>", "<div class='room'></div>", []
    for form, questions in forms.items():
        items = "".join(f"<li>{_text(question['text'])}{room}Answer: {line}</li>" for question in questions)
        name = f"<p><span>Name: {line}</span><span>Date: {line}</span></p>"
        head = f"<header><h1>{_text(title)} · form {form}</h1>{name}</header>"
        pages.append(f"<section>{head}<ol>{items}</ol></section>")
    return _page(title, "".join(pages))


def key(tests):
    """Answers, solutions and slips of all tests."""
    parts = []
    for title, forms in tests.values():
        for form, questions in forms.items():
            items = "".join(map(_solved, questions))
            parts.append(f"<section><h1>{_text(title)} · form {form}</h1><ol>{items}</ol></section>")
    return _page("Key", "".join(parts))


def _solved(question):
    """Answer, solution and slips of one question."""
    found = {}
    for value, why in checks.slips(question):
        found.setdefault(value, why)
    slips = "".join(
        f"<tr><td>{f'{value:,.7g}'.replace('-', '−')}</td><td>{_text(why)}</td></tr>"
        for value, why in found.items() if value != question["answer"]
    )
    return f"<li><b>{question['answer']:,}</b>. {_text(question['right'])}<table>{slips}</table></li>"


def _text(text):
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))
    return re.sub(r"\*(\w+)\*", r"<em>\1</em>", text)


def _page(title, body):
    return (f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(title)}</title>"
            f"<style>{STYLE}</style></head><body>{body}</body></html>\n")


def main():
    """Write all sheets and the key."""
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("Give a seed, a whole number: make quiz SEED=7")
    TARGET.mkdir(parents=True, exist_ok=True)
    tests = sheets(int(sys.argv[1]))
    pages = {name: sheet(*test) for name, test in tests.items()} | {"key": key(tests)}
    for name, page in pages.items():
        (TARGET / f"{name}.html").write_text(page, encoding="utf-8")
        print(TARGET / f"{name}.html")


if __name__ == "__main__":
    main()
