"""Environments of their own, in `.venv-NAME`, for what must not stand beside the tests' own libraries."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(name, *packages):
    """Make `.venv-NAME` with convlab and `packages`, unless it is there; return the path of its Python."""
    folder = ROOT / f".venv-{name}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / ".made").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-e", ROOT, *packages], check=True)
        (folder / ".made").touch()
    return str(python)
