"""What Binder and conda would build, held without a network and without a container engine."""
import os
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
    wanted = map(Requirement, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lab"])
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
