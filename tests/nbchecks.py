"""A pytest plugin: what strict nbval lets pass, and these notebooks do not.

nbval runs every code cell and compares its outputs. It says nothing of a cell that never ran, of pictures,
or of a magic that fails the same way twice. This adds those, and one `committed form` test a notebook for
what can be read off the file. Switched on for the whole suite by `-p tests.nbchecks` in pyproject.toml.
"""
import base64
import io
import os
import re

import nbformat
import nbval.kernel
import numpy as np
import pytest
from nbval.plugin import IPyNbCell, find_comment_markers, find_metadata_tags
from PIL import Image

from tests.drivers.kernel import manager

PICTURE = "image/png"
RMS_LIMIT = 2                     # grey levels of 255: rounding passes, a moved line does not
PICTURE_BYTES = 150_000
NOTEBOOK_BYTES = 2_000_000


def pytest_configure(config):
    """Let an exception that a lab would turn into a sentence reach the test, in kernels too.

    No answers are kept: each test is a learner who comes first.
    """
    os.environ.setdefault("CONVLAB_STRICT", "1")
    os.environ["CONVLAB_PROGRESS"] = ""
    nbval.kernel.KernelManager = manager


# --- after a cell ran ---

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Check what nbval does not, once it has run and compared the cell."""
    result = yield
    if isinstance(item, IPyNbCell):
        for problem in cell_problems(item.cell, item.test_outputs or []):
            item.raise_cell_error(problem)
    return result


def cell_problems(cell, fresh):
    """Say what is wrong with a code cell whose outputs, run again, are `fresh`."""
    if cell.source.strip() and cell.execution_count is None:
        yield "This cell never ran before it was committed"
    if any(out.get("name") == "stderr" and "UsageError" in out.text for out in fresh):
        yield "A magic failed: UsageError"
    yield from picture_problems(pictures(cell.outputs), pictures(fresh))


def pictures(outputs):
    """Every PNG among the outputs, with its alt text: (base64 text, alt)."""
    return [(out.data[PICTURE], out.metadata.get(PICTURE, {}).get("alt", ""))
            for out in map(nbformat.from_dict, outputs) if PICTURE in out.get("data", {})]


def picture_problems(stored, fresh):
    """Compare stored pictures with fresh ones, each as `pictures` gives them."""
    if len(stored) != len(fresh):
        yield f"The cell has {len(stored)} pictures stored, and now makes {len(fresh)}"
        return
    for (old, old_alt), (new, new_alt) in zip(stored, fresh, strict=True):
        before, after = pixels(old), pixels(new)
        if before.shape != after.shape:
            yield f"A picture of {before.shape[1::-1]} pixels is now one of {after.shape[1::-1]}"
        elif (rms := np.sqrt(np.mean((before - after) ** 2))) > RMS_LIMIT:
            yield f"A picture changed: RMS {rms:.1f} grey levels, and {RMS_LIMIT} are allowed"
        if old_alt != new_alt:
            yield f"A picture's alt text was {old_alt!r} and is now {new_alt!r}"


def pixels(text):
    """A base64 PNG as floats, (height, width, 4)."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA"), float)


# --- read off the file ---

def pytest_collect_file(file_path, parent):
    """Give every notebook that nbval collects its `committed form` test."""
    if parent.config.option.nbval and file_path.suffix == ".ipynb":
        return CommittedFile.from_parent(parent, path=file_path)
    return None


class CommittedFile(pytest.File):
    """A notebook as it lies in the repository."""

    def collect(self):
        """One test for the whole file."""
        yield CommittedForm.from_parent(self, name="committed form")


class CommittedForm(pytest.Item):
    """Fails with every problem that `file_problems` finds."""

    def runtest(self):
        """Look for problems."""
        if problems := list(file_problems(self.path)):
            raise AssertionError("\n".join(problems))

    def repr_failure(self, excinfo, style=None):
        """Show the problems, and no traceback."""
        known = excinfo.errisinstance(AssertionError)
        return str(excinfo.value) if known else super().repr_failure(excinfo, style)

    def reportinfo(self):
        """Where the failure is reported."""
        return self.path, 0, f"{self.path.name}: committed form"


def file_problems(path):
    """Say everything that is wrong with a notebook file."""
    notebook = nbformat.read(path, as_version=4)
    if "widgets" in notebook.metadata:
        yield "metadata.widgets: widget state is saved in the file"
    if path.stat().st_size > NOTEBOOK_BYTES:
        yield f"{path.stat().st_size} bytes; a notebook stays under {NOTEBOOK_BYTES}"
    yield from heading_problems(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for number, cell in enumerate(notebook.cells):
        check = code_problems if cell.cell_type == "code" else image_problems
        yield from (f"cell {number}: {problem}" for problem in check(cell))


def code_problems(cell):
    """What may not be in a code cell: ways past the comparison, pictures too big or without words."""
    options = [*find_metadata_tags(cell.metadata), *find_comment_markers(cell.source)]
    if any(option != ("check", True) for option in options):
        yield "a tag or comment switches the comparison of outputs off"
    for picture, alt in pictures(cell.outputs):
        if not alt.strip():
            yield 'a picture has no alt text in metadata["image/png"]["alt"]'
        if (size := len(base64.b64decode(picture))) > PICTURE_BYTES:
            yield f"a picture of {size} bytes; it stays under {PICTURE_BYTES}"


def image_problems(cell):
    """Pictures in prose need words too."""
    if re.search(r"!\[\s*\]\(|<img(?![^>]*\balt=[\"'][^\"'])", cell.source):
        yield "an image has no alt text"


def heading_problems(sources):
    """One H1, first; below it no level is jumped."""
    prose = re.sub(r"^(```|~~~).*?^\1", "", "\n\n".join(sources), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^ {0,3}(#{1,6})[ \t]+(.*)$", prose, flags=re.MULTILINE)
    if (count := sum(marks == "#" for marks, _ in headings)) != 1:
        yield f"{count} headings of level 1; a notebook has one"
    level = 0
    for marks, title in headings:
        if len(marks) > level + 1:
            yield f"the heading {title!r} jumps from level {level} to {len(marks)}"
        level = len(marks)
