"""Copy the notebooks into a folder of the learner's and open them: `convlab`, or `python -m convlab`."""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from convlab.errors import ConvlabError

HERE = Path(__file__).resolve().parent
FIRST = "00_start_here.ipynb"


def source():
    """Return the folder of the notebooks: in the package when installed, or beside it."""
    folders = HERE / "notebooks", HERE.parent / "notebooks"
    return next(folder for folder in folders if (folder / FIRST).exists())


def copy(folder):
    """Copy the notebooks into `folder`; a file that is there stays as it is.

    Parameters
    ----------
    folder : Path
        Made if it is missing.

    Returns
    -------
    copied, kept : list of Path
        Relative to `folder`: the files that are new there, and those that were there with another content.

    Raises
    ------
    ConvlabError
        If the folder cannot be written.
    """
    copied, kept = [], []
    for path in sorted(one for one in source().rglob("*") if one.is_file()):
        name = path.relative_to(source())
        if any(part.startswith(".") for part in name.parts):
            continue
        target = folder / name
        try:
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                copied.append(name)
            elif target.read_bytes() != path.read_bytes():
                kept.append(name)
        except OSError as error:
            raise ConvlabError(
                f"{target} cannot be written: {error.strerror}. Name another folder."
            ) from error
    return copied, kept


def say(folder, copied, kept):
    """Return what was done, in a sentence or two."""
    words = f"The notebooks are in {folder.resolve()}: {len(copied)} files copied"
    left = f"{len(kept)} left as you changed them. To have one as it was, rename yours and start again"
    return f"{words}, {left}." if kept else f"{words}."


def main(arguments=None):
    """Copy, say what was done, and open JupyterLab; return its exit status, or leave with a sentence."""
    parser = argparse.ArgumentParser("convlab", description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("convlab-notebooks"), help="where to put them"
    )
    parser.add_argument("--copy-only", action="store_true", help="do not open JupyterLab")
    given = parser.parse_args(arguments)
    try:
        print(say(given.folder, *copy(given.folder)), flush=True)
    except ConvlabError as error:
        sys.exit(str(error))
    if given.copy_only:
        return 0
    if importlib.util.find_spec("jupyterlab") is None:
        sys.exit('JupyterLab is not installed here. Install it: pip install "convlab[lab]"')
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # as in a container
    command = [sys.executable, "-m", "jupyterlab", *root, str(given.folder / FIRST)]
    try:
        return subprocess.run(command).returncode
    except KeyboardInterrupt:  # the way to end JupyterLab, which says so itself
        return 0


if __name__ == "__main__":
    sys.exit(main())
