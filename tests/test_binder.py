"""What Binder and conda would build, held without a network and without a container engine."""
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SPECS = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
POST_BUILD = ROOT / "binder" / "postBuild"
CONDA_NAMES = {"matplotlib": "matplotlib-base"}              # the whole of it brings Qt along


def test_binder_builds_the_same_environment():
    assert (ROOT / "binder" / "environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_conda_specs_are_strictly_right():
    for spec in SPECS:
        assert MatchSpec(spec, strict=True)
    with pytest.raises(InvalidMatchSpecError):
        MatchSpec("numpy=>2.0", strict=True)                 # so the line above can fail


def test_conda_ranges_are_those_of_pip():
    extras = PROJECT["optional-dependencies"]
    wanted = map(Requirement, PROJECT["dependencies"] + extras["lab"] + extras["own"])
    wanted = {f"{CONDA_NAMES.get(need.name, need.name)}{need.specifier}" for need in wanted}
    assert set(SPECS) == wanted | {"python=3.12", "pip"}
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains("3.12")


def test_post_build_can_run():
    script = POST_BUILD.read_bytes()
    assert script.startswith(b"#!/usr/bin/env bash\n") and b"\r" not in script
    assert b"pip install --no-deps -e ." in script
    command = ["git", "ls-files", "-s", POST_BUILD]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert listed.startswith("100755 ")
    assert sys.platform == "win32" or os.access(POST_BUILD, os.X_OK)


@pytest.mark.skipif(sys.platform == "win32", reason="repo2docker does not run on Windows")
def test_what_repo2docker_would_build():
    done = subprocess.run([sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."],
                          cwd=ROOT, capture_output=True, text=True, check=True)
    rendered = done.stdout + done.stderr
    assert "Building conda environment for python=3.12" in rendered
    assert '--file "binder/environment.yml"' in rendered
    assert "\nRUN ./binder/postBuild" in rendered


@pytest.mark.skipif("CONVLAB_CLEAN" not in os.environ, reason="a minute of installing: set CONVLAB_CLEAN=1")
@pytest.mark.skipif(sys.platform == "win32", reason="Binder runs Linux; postBuild is a shell script")
def test_a_clean_environment_runs_a_notebook(tmp_path):
    """What Binder does, with pip in place of conda: install, run postBuild, use it from another folder."""
    copy, environment = tmp_path / "copy", tmp_path / "environment"
    subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
    specs = [spec for spec in SPECS if not spec.startswith("python=") and spec != "pip"]
    for name, conda_name in CONDA_NAMES.items():
        specs = [spec.replace(conda_name, name) for spec in specs]
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    programs = environment / "bin"
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    outside["PATH"] = os.pathsep.join([str(programs), outside["PATH"]])

    def run(*command, folder):
        done = subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("python", "-m", "pip", "install", "--quiet", *specs, folder=tmp_path)
    run("./binder/postBuild", folder=copy)
    assert str(copy) in run("python", "-c", "import convlab; print(convlab.__file__)", folder=tmp_path)
    assert (environment / "share/jupyter/lab/settings/overrides.d/convlab.json").exists()
    assert (environment / "etc/jupyter/jupyter_server_config.d/convlab.json").exists()
    shutil.copy(copy / "notebooks" / "00_start_here.ipynb", tmp_path)
    run("jupyter", "execute", "00_start_here.ipynb", folder=tmp_path)
