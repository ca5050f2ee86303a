"""How the site is built: what is refused, and in which words. Needs no browser and no built site."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import zipfile

import pytest

from tests.drivers.jupyter import ROOT
from tools.site import build, precompile, pyodide


def test_a_file_that_is_not_the_official_one_is_refused(tmp_path, monkeypatch):
    local, target = tmp_path / "packages", tmp_path / "site"
    local.mkdir(), target.mkdir()
    (local / "numpy.whl").write_bytes(b"right")
    entry = {"file_name": "numpy.whl", "sha256": hashlib.sha256(b"right").hexdigest()}
    monkeypatch.setenv("PYODIDE_DIR", str(local))
    pyodide.fetch_package(entry, target)
    assert (target / "numpy.whl").read_bytes() == b"right"
    (local / "numpy.whl").write_bytes(b"wrong")
    with pytest.raises(pyodide.SiteError, match=r"numpy\.whl is not the file it should be: its sha256 is "):
        pyodide.fetch_package(entry, target)


def test_a_package_missing_from_the_local_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PYODIDE_DIR", str(tmp_path))
    with pytest.raises(pyodide.SiteError, match=r"has no numpy\.whl\. Unset it to download"):
        pyodide.fetch_package({"file_name": "numpy.whl", "sha256": ""}, tmp_path)


def test_without_a_local_folder_the_official_release_is_asked(tmp_path, monkeypatch):
    monkeypatch.delenv("PYODIDE_DIR", raising=False)
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "numpy.whl").write_bytes(b"right")
    monkeypatch.setattr(pyodide, "RELEASE", (tmp_path / "release").as_uri() + "/")
    pyodide.fetch_package(
        {"file_name": "numpy.whl", "sha256": hashlib.sha256(b"right").hexdigest()}, tmp_path
    )
    assert (tmp_path / "numpy.whl").read_bytes() == b"right"


def test_a_wheel_is_described_as_the_lock_wants_it(tmp_path):
    wheel = tmp_path / "Typing_Extensions-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("typing_extensions.py", "")
        archive.writestr(
            "typing_extensions-1.0.dist-info/METADATA", "Name: Typing_Extensions\nVersion: 1.0\n"
        )
    entry = pyodide.describe(wheel)
    assert entry["name"] == "typing-extensions" and entry["imports"] == ["typing_extensions"]
    assert entry["sha256"] == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_a_wheel_is_compiled_and_loses_what_nothing_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHON312", sys.executable)
    wheels = {top: tmp_path / f"{top}-1.0-py3-none-any.whl" for top in ("other", "convlab")}
    for top, path in wheels.items():
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("__init__.py", "notebooks/00.ipynb"):
                archive.writestr(f"{top}/{name}", "answer = 42\n")
            archive.writestr(f"{top}-1.0.data/data/share/server.json", "{}")
        precompile.rewrite(path)
    names = {top: zipfile.ZipFile(path).namelist() for top, path in wheels.items()}
    assert names["other"] == ["other/__init__.pyc", "other/notebooks/00.ipynb"]
    cached = importlib.util.cache_from_source("convlab/__init__.py")
    assert names["convlab"] == ["convlab/__init__.py", cached]
    command = [sys.executable, "-c", "import other; print(other.answer)"]
    environment = os.environ | {"PYTHONPATH": str(wheels["other"])}
    assert subprocess.check_output(command, env=environment, text=True) == "42\n"


def test_the_same_files_give_the_same_wheel(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHON312", raising=False)
    path = tmp_path / "other-1.0-py3-none-any.whl"
    for date in [(1999, 1, 1, 0, 0, 0), (2026, 1, 1, 0, 0, 0)]:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("other/__init__.py", date), "answer = 42\n")
        precompile.rewrite(path)
        assert zipfile.ZipFile(path).namelist() == ["other/__init__.py"]
        same = path.with_suffix(".first")
        assert not same.exists() or same.read_bytes() == path.read_bytes()
        path.rename(same)


def test_closure_follows_names_however_they_are_written():
    packages = {
        "a-b": {"depends": ["C_d"]},
        "c-d": {"depends": ["a_b"]},
        "e": {"depends": []},
    }
    assert set(pyodide.closure(["A.b"], packages)) == {"a-b", "c-d"}


def test_a_notebook_says_its_question_and_minutes_and_keeps_its_pictures(tmp_path):
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        about = build.prepare(path, tmp_path)
        assert about["question"].endswith("?") and 5 <= int(about["minutes"]) <= 60
        stored = path.read_text(encoding="utf-8")
        copied = (tmp_path / path.name).read_text(encoding="utf-8")
        assert copied.count("image/png") == stored.count("image/png") and build.WIDGET not in copied
        assert "(07_your_network.ipynb)" not in copied  # it is no notebook of the site
        for cell in json.loads(copied)["cells"]:  # lists of lines would get commas
            for output in cell.get("outputs", []):
                assert not any(isinstance(text, list) for text in (output | output.get("data", {})).values())


def test_a_notebook_without_its_question_stops_the_build(tmp_path):
    path = tmp_path / "06_new.ipynb"
    cell = {"cell_type": "markdown", "source": ["# New\n", "**Time:** about 5 minutes."]}
    path.write_text(json.dumps({"cells": [cell]}))
    with pytest.raises(pyodide.SiteError, match=r"06_new\.ipynb: its first cell does not give its question"):
        build.prepare(path, tmp_path / "site")


def test_the_way_to_binder_is_known_on_github_only(monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert build.binder_link() is None
    monkeypatch.setenv("GITHUB_REPOSITORY", "someone/convlab")
    assert build.binder_link().startswith("https://mybinder.org/v2/gh/someone/convlab/HEAD?urlpath=lab/tree/")
