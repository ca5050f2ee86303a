"""What a learner has done: every section with what is right in it, and what was missed, asked again."""

import html
import json
import re
from pathlib import Path

from convlab.checks import kept
from convlab.checks.cards import TOPICS, Stack, card, closing, questions
from convlab.checks.feedback import Feedback

ASKS = re.compile(r'checks\.(card|predict|exercise|self_check)\(\s*"([\w.-]+)"')
WHERE = (
    f"What you answer is kept in one small file, {kept.FILE}, in the folder of this notebook. "
    "Nothing is sent anywhere. Delete the file, and everything in it is forgotten."
)
NONE = "Nothing was missed so far. Questions that you answer wrong come again here."


def progress(folder="."):
    """Show what is done: where you were, and for each section what is right and what is worth another look.

    Parameters
    ----------
    folder : str
        Where the notebooks lie.

    Returns
    -------
    Feedback
        A text; in a notebook it is a table with links.
    """
    answers, rows, where = kept.answers(), [], ""
    last = next(reversed(answers), None)
    for (file, heading), names in _sections(folder).items():
        right = [name for name in names if name in answers and answers[name]["right"]]
        again = [_title(name) for name in names if name in answers and name not in right]
        rows.append((file, heading, len(right), len(names), again))
        if last in names:
            where = where or f"You were last at {file.name[:2]} {heading}, on {answers[last]['when'][:10]}."
    done, every = sum(row[2] for row in rows), sum(row[3] for row in rows)
    lead = " ".join(filter(None, [f"{done} of {every} answers are right.", where, WHERE, kept.trouble()]))
    text = [f"{file.name[:2]}  {heading}: {good} of {count}" for file, heading, good, count, _ in rows]
    cells = "".join(_row(*row) for row in rows)
    head = _columns("th", ["section", "right", "worth another look"])
    return Feedback("\n".join([lead, *text]), f"<p>{html.escape(lead)}</p><table>{head}{cells}</table>")


def missed(count=5):
    """Ask again what was answered wrong: the latest first, one card below the other.

    Parameters
    ----------
    count : int
        How many at most.

    Returns
    -------
    Stack or Feedback
        Cards; or a sentence, if nothing was missed.
    """
    wrong = [name for name, answer in kept.answers().items() if not answer["right"] and _known(name)]
    if wrong:
        return Stack([card(name) for name in wrong[::-1][:count]])
    return Feedback(NONE, f"<p>{NONE}</p>")


def _known(name):
    topic = name.partition(".")[0]
    return topic in TOPICS and name in questions(topic)


def _title(name):
    """Return the beginning of a question, or the name of an exercise."""
    text = questions(name.partition(".")[0])[name]["text"] if _known(name) else name
    return text if len(text) < 60 else f"{text[:60].rsplit(' ', 1)[0]} …"


def _sections(folder):
    """(path, heading) → names of what it asks, for every notebook in a folder."""
    found = {}
    for file in sorted(Path(folder).glob("[0-9][0-9]_*.ipynb")):
        heading = ""
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                heading = (re.findall(r"^##? +(.+)$", source, re.M) or [heading])[-1]
            for kind, name in ASKS.findall(source) if cell["cell_type"] == "code" else ():
                names = closing(name) if kind == "self_check" else [name]
                found.setdefault((file, heading), []).extend(names)
    return found


def _row(file, heading, good, count, again):
    link = html.escape(f"{file.as_posix()}#{heading.replace(' ', '-')}", quote=True)
    section = f"<a href='{link}'>{html.escape(f'{file.name[:2]} {heading}')}</a>"
    return _columns("td", [section, f"{good} of {count}", "<br>".join(map(html.escape, again))])


def _columns(kind, cells):
    columns = "".join(f"<{kind} style='text-align: left'>{cell}</{kind}>" for cell in cells)
    return f"<tr>{columns}</tr>"
