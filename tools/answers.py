"""Write the instructor's answer key, `notebooks/instructor/answers.md`, from the question bank.

    python -m tools.answers

Every question stands in one place, `convlab/checks/questions/`; a test holds the key equal to what this
writes.
"""
from pathlib import Path

from convlab import checks

TARGET = Path(__file__).resolve().parent.parent / "notebooks" / "instructor" / "answers.md"
TITLES = ("00 Start here", "01 Kernels", "02 Stride and padding", "03 Feature maps", "04 Receptive fields",
          "05 Design a network", "06 Back and up", "07 Your network")
INTRO = """# Answer key

Every question of the series, its answer, and the wrong answers to expect with what lies behind them.
A learner who gives one of these sees the same reason on the card. Written by `tools/answers.py` from
`convlab/checks/questions`: change it there. The coding exercises are solved in [solutions](../solutions).
"""


def entry(name, question):
    """One question as Markdown."""
    lines = [f"### {name}", "", question["text"]]
    if "options" in question:
        lines += ["", f"Choices: {'; '.join(question['options'])}."]
    lines += ["", f"**Answer: {shown(question['answer'])}.** {question['right']}", ""]
    lines += [f"- *{shown(mistake['value'])}*: {mistake['why']}" for mistake in question["wrong"]]
    return "\n".join(lines)


def shown(value):
    """Return a number with a true minus sign and its thousands apart, or a choice without its full stop."""
    return value.rstrip(".") if isinstance(value, str) else f"{value:,}".replace("-", "−")


def key():
    """Return the whole answer key as Markdown."""
    parts = [INTRO.strip()]
    for title, topic in zip(TITLES, checks.TOPICS, strict=True):
        parts.append(f"## {title}")
        parts += [entry(name, question) for name, question in checks.questions(topic).items()]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(key(), encoding="utf-8", newline="\n")
