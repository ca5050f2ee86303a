"""Make the site's wheels quick to start: compiled ahead, and without what nothing reads in a browser.

A browser that compiles every module by itself spends half of a start on it.
"""

import fnmatch
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

READABLE = "convlab"  # learners open its sources: they stay, beside what was made of them
LEFT_OUT = (
    "*.data/*",  # for a server
    "anywidget/labextension/*",
    "anywidget/nbextension/*",
    "convlab/notebooks/*",  # the site has them as files
    "matplotlib/mpl-data/fonts/afm/*",  # for files of PostScript and PDF
    "matplotlib/mpl-data/fonts/pdfcorefonts/*",
    "matplotlib/mpl-data/images/*",  # for windows on a desktop
    "matplotlib/mpl-data/sample_data/*",
    "numpy/f2py/*",
    "numpy/_core/include/*",
)
COMPILE = "-m compileall -q --invalidation-mode unchecked-hash".split()
DATE = (1980, 1, 1, 0, 0, 0)  # one for all, so that the same files give the same archive


def rewrite(archive):
    """Write a wheel or zip again, in place, with its modules compiled if there is a Python to do it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(archive) as old:
            old.extractall(folder, filter(is_read, old.namelist()))
        if python := os.environ.get("PYTHON312"):
            compile_folder(folder, python)
        with zipfile.ZipFile(archive, "w") as new:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), DATE)
                new.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def is_read(name):
    """Whether something in a browser may read this file of a wheel."""
    return not any(fnmatch.fnmatch(name, pattern) for pattern in LEFT_OUT)


def compile_folder(folder, python):
    """Compile all modules. What is compiled takes the place of its source, but not of ours."""
    command = [python, *COMPILE, "-s", folder, folder]
    if (folder / READABLE).is_dir():
        subprocess.run(command, check=True)
        return
    subprocess.run([*command, "-b"], check=True)
    for source in folder.rglob("*.py"):
        if source.with_suffix(".pyc").exists():
            source.unlink()
