"""What was answered stays: in one file, under two kernels, and whatever happens to the file."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from convlab import checks
from convlab.checks import kept

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A learner's folder, with answers kept as they are outside tests."""
    monkeypatch.delenv("CONVLAB_PROGRESS")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(folder):
    return (folder / kept.FILE).read_text(encoding="utf-8").splitlines()


def test_an_answer_is_found_again(folder):
    checks.card("kernels.overflow").answer(255).answer("8 ")
    checks.card("kernels.which-gives-24").answer("All nine weights 1/9")
    checks.exercise("flip", lambda k: k[::-1])
    checks.exercise("flip", ...)
    found = kept.answers()
    assert {name: (answer["given"], answer["right"]) for name, answer in found.items()} == {
        "kernels.overflow": ("8 ", True),
        "kernels.which-gives-24": ("All nine weights 1/9", False),
        "flip": ("not yet", False),
    }
    assert len(lines(folder)) == 1 + 4
    assert "delete this file" in lines(folder)[0]
    assert [path.name for path in folder.iterdir()] == [kept.FILE]


def test_a_card_says_that_it_was_answered_and_asks_again(folder):
    checks.card("kernels.overflow").answer(255)
    card = checks.card("kernels.overflow")
    assert card.feedback.startswith("○ To do: answered before, not yet right. To answer again, type a number")
    assert not card.passed
    assert not card.answered
    assert card.answer(8).passed
    assert "answered before, right." in str(checks.card("kernels.overflow"))


def test_nothing_is_kept_when_nobody_answered(folder):
    card = checks.card("kernels.overflow").answer("").answer("abc")
    assert "answered before" not in card.feedback
    str(checks.self_check("kernels"))
    assert not list(folder.iterdir())


def test_missed_questions_come_again_until_they_are_right(folder):
    assert repr(checks.missed()).startswith("Nothing was missed so far.")
    ids = list(checks.questions("stride_padding"))[:7]
    for name in ids:
        question = checks.questions("stride_padding")[name]
        checks.card(name).answer(question["wrong"][0]["value"])
    cards = checks.missed().children
    assert [card.name for card in cards] == ids[:1:-1]
    cards[0].answer(cards[0].question["answer"])
    assert [card.name for card in checks.missed().children] == ids[1:6][::-1]
    assert len(checks.missed(2).children) == 2


def test_progress_names_sections_and_links_to_them(folder):
    for name in ("01_kernels", "00_start_here"):
        (folder / f"{name}.ipynb").write_bytes((ROOT / "notebooks" / f"{name}.ipynb").read_bytes())
    checks.exercise("moving_average", lambda x: (x[:-2] + x[1:-1] + x[2:]) / 3)
    checks.card("kernels.overflow").answer(255)
    shown = checks.progress()
    assert "1 of " in repr(shown)
    assert kept.FILE in repr(shown)
    rows = repr(shown).splitlines()[1:]
    assert sum(" 1 of " in row for row in rows) == 1
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)
    page = shown._repr_html_()
    assert "<a href='01_kernels.ipynb#" in page
    assert page.count("A photograph is stored as 8-bit integers") == 1


def test_progress_of_the_series_knows_every_question(folder):
    shown = repr(checks.progress(ROOT / "notebooks"))
    asked = sum(int(row.rpartition(" of ")[2]) for row in shown.splitlines()[1:])
    bank = [key for topic in checks.TOPICS for key in checks.questions(topic)]
    assert asked >= len(bank)


def test_an_answer_in_a_lesson_or_a_solution_counts_in_the_series(folder, monkeypatch):
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    name = "stride_padding.28-3-2"  # asked in notebook 02, in two lessons and in a solution
    for place, answer in (("instructor/routes", 14), ("solutions", 13), (".", 13)):
        monkeypatch.chdir(folder / "notebooks" / place)
        assert ("answered before" in checks.card(name).feedback) == (place != "instructor/routes")
        checks.card(name).answer(answer)
    assert repr(checks.progress()).startswith("1 of ")
    assert [path.parent.name for path in folder.rglob(kept.FILE)] == ["notebooks"]


def test_who_returns_after_a_week_finds_where_she_was(folder):
    assert "You were last at" not in repr(checks.progress(ROOT / "notebooks"))
    checks.card("receptive_fields.three-3x3").answer(9)
    checks.card("kernels.overflow").answer(8)
    checks.card("stride_padding.28-3-2").answer(14)
    file = folder / kept.FILE
    today = json.loads(lines(folder)[-1])["when"][:10]
    file.write_text(file.read_text(encoding="utf-8").replace(today, "2026-01-02"), encoding="utf-8")
    said = repr(checks.progress(ROOT / "notebooks"))
    assert "1 of " in said and "You were last at 02 1. Count the places, on 2026-01-02." in said
    assert [card.name for card in checks.missed().children] == [
        "stride_padding.28-3-2",
        "receptive_fields.three-3x3",
    ]
    assert "answered before, not yet right" in checks.card("stride_padding.28-3-2").feedback


WRITER = """
from convlab.checks import kept
for i in range(500):
    assert kept.keep(f"{PREFIX}.{i}", "é" * 40, True) == ""
"""


def test_a_thousand_answers_under_two_kernels(folder):
    code = [WRITER.replace("{PREFIX}", prefix) for prefix in "ab"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    kernels = [subprocess.Popen([sys.executable, "-c", text], cwd=folder, env=environment) for text in code]
    assert [kernel.wait() for kernel in kernels] == [0, 0]
    assert len(kept.answers()) == 1000
    assert kept.trouble() == ""


def test_an_empty_line_is_no_damage(folder):
    checks.card("kernels.overflow").answer(8)
    with open(kept.FILE, "a", encoding="utf-8") as file:
        file.write("\n")
    checks.card("kernels.box-on-patch").answer(5)
    assert len(kept.answers()) == 2 and kept.trouble() == ""


def test_a_damaged_file_loses_only_what_is_damaged(folder):
    kept.keep("a", "1", True)
    with open(kept.FILE, "ab") as file:
        file.write(b'{"name": "b", "given": "2", "ri')
    assert kept.keep("c", "3", False) == ""
    with open(kept.FILE, "ab") as file:
        file.write(b'\xff\xfe\n[1]\n{"name": 3, "given": "", "right": true, "when": ""}\n')
    assert list(kept.answers()) == ["a", "c"]
    assert "4 of its lines cannot be read" in repr(checks.progress())


@pytest.mark.parametrize("content", ["name,points\nAda,7\n", '{"cells": []}', "\n"])
def test_a_foreign_file_is_left_alone(folder, content):
    Path(kept.FILE).write_text(content)
    card = checks.card("kernels.overflow").answer(8)
    assert card.passed
    assert card.feedback.endswith(f"(This answer is not kept: {kept.FOREIGN})")
    assert Path(kept.FILE).read_text() == content
    assert kept.FOREIGN in repr(checks.progress())
    assert kept.FOREIGN in " ".join(repr(checks.exercise("flip", lambda k: k)).split())


def test_a_folder_of_that_name(folder):
    Path(kept.FILE).mkdir()
    assert checks.card("kernels.overflow").answer(8).feedback.endswith(f"{kept.FILE} is a folder.)")
    assert kept.answers() == {}


@pytest.mark.parametrize(
    "number, words",
    [
        (errno.ENOSPC, "the disk is full."),
        (errno.EROFS, "can only be read."),
        (errno.EACCES, "may not be written"),
        (errno.EIO, "Input/output error."),
    ],
)
def test_what_the_system_refuses_is_said(folder, monkeypatch, number, words):
    kept.keep("a", "1", True)

    def refuse(file, mode, **how):
        assert "a" in mode, "it is read, too"
        raise OSError(number, os.strerror(number))

    assert list(kept.answers()) == ["a"]
    monkeypatch.setattr(kept, "open", refuse, raising=False)
    card = checks.card("kernels.overflow").answer(8)
    assert card.passed
    assert words in card.feedback
    assert list(kept.answers()) == ["a"]


FULL = """
import resource
from convlab.checks import kept
resource.setrlimit(resource.RLIMIT_FSIZE, (450, 450))  # no file may grow beyond: as on a full disk
print([kept.keep(f"q{i}", "1", True) for i in range(9)][-1])
"""


def test_a_disk_that_fills_up_loses_nothing_that_was_written(folder):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.check_output([sys.executable, "-c", FULL], env=environment, text=True)
    assert "This answer is not kept" in said
    before = list(kept.answers())
    assert 1 <= len(before) < 9
    assert kept.keep("later", "1", True) == ""  # there is room again
    assert list(kept.answers()) == [*before, "later"]


def test_a_file_that_is_deleted_is_forgotten(folder):
    for name in "abc":
        kept.keep(name, "1", True)
    assert len(kept.answers()) == 3
    os.remove(kept.FILE)
    assert kept.answers() == {}
    kept.keep("d", "1", True)
    assert list(kept.answers()) == ["d"]


def test_lines_are_json_that_others_can_read(folder):
    kept.keep("kernels.overflow", "8" * 500, True)
    written = [json.loads(line) for line in lines(folder)]
    assert written[1]["name"] == "kernels.overflow"
    assert len(written[1]["given"]) == 80
