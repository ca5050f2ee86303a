"""The top level is fixed: whoever opens the project sees what it is."""
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOP = {
    "notebooks", "convlab", "tests", "binder", "tools",
    "environment.yml", "README.md", "pyproject.toml", "LICENSE", "CONTRIBUTING.md", "CHANGELOG.md",
    "Makefile", ".ci", ".github", ".gitignore", ".gitattributes", ".pre-commit-config.yaml",
}


def tracked():
    """Every file in the repository, relative to its root."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in done.stdout.split("\0") if name]


def test_nothing_else_at_the_top():
    assert {path.parts[0] for path in tracked()} == TOP


def test_nothing_personal():
    """No file names a home directory or a package index: it works anywhere or nowhere."""
    words = ("/" + "root/", "/" + "home/", "/" + "work/", "files.python" + "hosted", "pypi" + ".org")
    for path in tracked():
        if path.suffix not in {".png", ".jpg", ".gif", ".npz", ".onnx"}:
            text = (ROOT / path).read_text(encoding="utf-8")
            assert not [word for word in words if word in text], path
