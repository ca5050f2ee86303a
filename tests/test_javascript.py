"""The page's files: formatted, short, joined in full, and ended by one signal."""
import re

import pytest

from convlab.view import answer, live
from tools.format import MARKS, ROOT, fingerprints

FILES = sorted((ROOT / "convlab" / "view" / "js").glob("*.js"))


def test_formatted():
    kept = dict(reversed(line.split()) for line in MARKS.read_text(encoding="utf-8").splitlines())
    assert fingerprints() == kept, "run `make format`: a file has changed since"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_read_in_one_sitting(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert text in live.View._esm + answer.Answer._esm, "every file is joined to a module"
    assert len(lines) <= 150 and max(map(len, lines)) <= 160
    ends = [k for k, line in enumerate(lines) if line.startswith(("}", "]", ")"))]
    starts = [max(k for k in range(end) if re.match(r"\w", lines[k])) for end in ends]  # as prettier indents
    assert all(end - start < 40 for start, end in zip(starts, ends, strict=True)), "a function over 40 lines"


def test_colours_have_one_home():
    """They stand in look.toml, for the page and the still picture; black and white are no choice."""
    view = FILES[0].parent.parent
    for path in (*FILES, *view.glob("*.css"), *view.glob("*.py")):
        assert not re.search(r"#[0-9a-fA-F]{6}", path.read_text(encoding="utf-8")), path.name


def test_everything_ends_with_the_view():
    """Every listener has the signal, and timers and observers are started in one place that has it too."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for call in re.findall(r"addEventListener\((.*?)\);\n", text, re.DOTALL):
            assert "signal" in call or call.startswith('"abort"'), (path.stem, call)
        if path.stem != "ending":
            assert not re.search(r"setTimeout|setInterval|Observer\(|model\.on\(", text), path.stem
