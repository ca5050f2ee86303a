"""The wheel in an empty environment: what a learner gets who installs it, without this folder."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
    "targets"
]["wheel"]["shared-data"].values()
needs_network = pytest.mark.skipif(
    "CONVLAB_CLEAN" not in os.environ, reason="it installs: set CONVLAB_CLEAN=1"
)


def pythons():
    """Every Python from 3.11 on at hand when all is tested, else the one that runs this."""
    if "CONVLAB_FULL" not in os.environ:
        return [sys.executable]
    names = [f"python3.{minor}" for minor in range(11, 20)]
    places = [Path(path) for name in names if (path := shutil.which(name))]
    places += (Path.home() / ".pyenv" / "versions").glob("3.*/bin/python3")
    code = "import ensurepip, sys; assert sys.version_info >= (3, 11); print(sys.version.split()[0])"
    found = {}
    for place in places:
        done = subprocess.run([place, "-c", code], capture_output=True, text=True)
        if done.returncode == 0:
            found.setdefault(done.stdout.strip(), str(place))
    return list(found.values())


def run(*command, folder):
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run([*map(str, command)], cwd=folder, env=outside, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build what would be published, from what git knows."""
    folder = tmp_path_factory.mktemp("wheel")
    run("git", "clone", "--quiet", ROOT, folder / "copy", folder=folder)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "-w",
        folder,
        folder / "copy",
        folder=folder,
    )
    (path,) = folder.glob("convlab-*.whl")
    return path


@needs_network
@pytest.mark.parametrize("python", pythons())
def test_an_empty_environment_runs_a_notebook(wheel, tmp_path, python):
    run(python, "-m", "venv", "environment", folder=tmp_path)
    programs = tmp_path / "environment" / ("Scripts" if sys.platform == "win32" else "bin")
    # JupyterLab takes most of the time; where it is left out, what runs a notebook is not
    wanted = [f"{wheel}[lab]"] if "CONVLAB_FULL" in os.environ else [wheel, "ipykernel", "nbclient"]
    run(programs / "python", "-m", "pip", "install", "--quiet", *wanted, folder=tmp_path)
    said = run(programs / "convlab", "mine", "--copy-only", folder=tmp_path)
    assert "files copied" in said
    with zipfile.ZipFile(wheel) as inside:
        brought = [name for name in inside.namelist() if name.startswith("convlab/notebooks/")]
    assert len(brought) == sum(path.is_file() for path in (tmp_path / "mine").rglob("*")) > 12
    for setting in SETTINGS:
        assert (tmp_path / "environment" / setting).exists()
    run(programs / "jupyter", "execute", "00_start_here.ipynb", folder=tmp_path / "mine")
