"""`convlab`: the notebooks in a folder of the learner's."""

import subprocess
import sys
from pathlib import Path

import pytest

from convlab import __main__ as start

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, folder):
    command = [sys.executable, "-m", "convlab", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def tracked():
    done = subprocess.run(
        ["git", "ls-files", "notebooks"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {Path(name).relative_to("notebooks") for name in done.stdout.splitlines()}


def test_everything_is_copied_and_a_changed_file_stays(tmp_path):
    mine = tmp_path / "mine"
    copied, kept = start.copy(mine)
    assert set(copied) >= tracked() and kept == []
    for name in copied:
        assert (mine / name).read_bytes() == (ROOT / "notebooks" / name).read_bytes()
    (mine / "01_kernels.ipynb").write_text("my work")
    (mine / "05_design_a_network.ipynb").unlink()
    assert start.copy(mine) == ([Path("05_design_a_network.ipynb")], [Path("01_kernels.ipynb")])
    assert (mine / "01_kernels.ipynb").read_text() == "my work"


def test_what_a_learner_reads(tmp_path, monkeypatch):
    done = run("mine", "--copy-only", folder=tmp_path)
    assert done.returncode == 0 and f"in {tmp_path / 'mine'}: " in done.stdout
    (tmp_path / "mine" / start.FIRST).write_text("changed")
    assert "0 files copied, 1 left as you changed them" in run("mine", "--copy-only", folder=tmp_path).stdout
    (tmp_path / "file").write_text("no folder")
    done = run("file", folder=tmp_path)
    assert done.returncode == 1 and "Name another folder" in done.stderr and "Traceback" not in done.stderr
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r'pip install "convlab\[lab\]"'):
        start.main([str(tmp_path / "mine")])


def test_jupyterlab_is_opened_at_the_first_notebook(tmp_path, monkeypatch):
    commands = []

    def note(command):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(start.subprocess, "run", note)
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: name)  # it may not be installed here
    assert start.main([str(tmp_path / "mine")]) == 0
    (command,) = commands
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert command[-1] == str(tmp_path / "mine" / "00_start_here.ipynb") and Path(command[-1]).exists()
