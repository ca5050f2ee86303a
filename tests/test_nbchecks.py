"""Each check of nbchecks fails on a notebook that strict nbval alone passes."""
import base64
import io
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TITLE = "# A title\n\n## A part\n```\n# no heading\n```"
SHOW = """\
import base64
from IPython.display import display
def show(png, alt="a square"):
    data = {"image/png": base64.b64decode(png), "text/plain": "square"}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})
"""
LAB = """\
import ipywidgets
class Tiny(ipywidgets.VBox):
    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        return data | {"image/png": "PNG", "text/plain": "answer 24"}, {"image/png": {"alt": "a square"}}
Tiny()"""


def png(level, size=8):
    """Base64 of a square of one grey level, or of noise."""
    noise = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise if level is None else np.full((size, size), level, np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def code(source, *outputs, count=1, **metadata):
    return [new_code_cell(source, execution_count=count, outputs=list(outputs), metadata=metadata)]


def prose(source):
    return [new_markdown_cell(source)]


def stream(name, text):
    return new_output("stream", name=name, text=text)


def picture(data, alt="a square"):
    bundle = {"image/png": data, "text/plain": "square"}
    return new_output("display_data", bundle, metadata={"image/png": {"alt": alt}})


def shows(now, stored, now_alt="a square", stored_alt="a square"):
    """Make a cell that shows one picture where another is stored."""
    return code(f"{SHOW}show({now!r}, {now_alt!r})", picture(stored, stored_alt))


def lab(now, stored, stored_text="answer 24"):
    """Make a cell with a widget that shows a bundle as the labs do, and what was stored of it."""
    widget = "application/vnd.jupyter.widget-view+json"
    model = {"model_id": "0" * 32, "version_major": 2, "version_minor": 0}
    data = {"image/png": stored, "text/plain": stored_text, widget: model}
    shown = {"output_type": "execute_result", "execution_count": 1, "data": data}
    return code(LAB.replace("PNG", now), nbformat.from_dict(picture(stored) | shown))


CLEAN = [
    *shows(png(100), png(101)),                                 # within two grey levels
    *lab(png(100), png(100)),
    *code("print(6 * 7)", stream("stdout", "42\n")),
    *code("", count=None),                                      # an empty cell need not run
    *prose("Words, and ![a photograph](photo.png)."),
]
FAULTS = {                                                      # what the failure says, and the cells
    "never ran": ("never ran", code("print(6 * 7)", count=None)),
    "magic": ("UsageError", code(
        "%no", stream("stderr", "UsageError: Line magic function `%no` not found.\n"))),
    "pixels": ("RMS 8.7", shows(png(100), png(110))),
    "shape": ("now one of (8, 8)", shows(png(100), png(100, 9))),
    "fewer": ("1 pictures stored, and now makes 2", code(
        f"{SHOW}show({png(9)!r}), display({{'image/png': base64.b64decode({png(9)!r})}}, raw=True); None",
        picture(png(9)))),
    "alt changed": ("alt text was", shows(png(100), png(100), now_alt="a circle")),
    "picture of a lab": ("RMS 8.7", lab(png(100), png(110))),
    "tag": ("comparison", code("print(1)", stream("stdout", "2\n"), tags=["nbval-ignore-output"])),
    "comment": ("comparison", code("# NBVAL_IGNORE_OUTPUT\nprint(1)", stream("stdout", "2\n"))),
    "skip": ("comparison", code("1/0", tags=["nbval-skip"])),
    "raises": ("comparison", code(
        "1/0", new_output("error", ename="ZeroDivisionError", evalue="division by zero"),
        tags=["raises-exception"])),
    "no alt": ("no alt text", shows(png(100), png(100), " ", " ")),
    "no alt in prose": ("no alt text", prose("![](photo.png)")),
    "big picture": ("under 150000", shows(png(None, 300), png(None, 300))),
    "big file": ("under 2000000", code("print('x' * 2_100_000)", stream("stdout", "x" * 2_100_000 + "\n"))),
    "two titles": ("2 headings of level 1", prose("# Another title")),
    "jump": ("from level 2 to 4", prose("#### Too deep")),
    "saved state": ("widget state", prose("Words.")),
}

TEXT = "text of a lab"                                          # nbval itself finds that, and no model id


def failures(folder, *options):
    """Write every notebook, run pytest on them: {notebook: what its failures say}."""
    faults = {name: cells for name, (_, cells) in FAULTS.items()}
    faults |= {"clean": CLEAN, TEXT: lab(png(9), png(9), stored_text="answer 23")}
    for name, cells in faults.items():
        metadata = {"widgets": {}} if name == "saved state" else {}
        notebook = nbformat.v4.new_notebook(cells=prose(TITLE) + cells, metadata=metadata)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", folder, "-p", "no:cacheprovider",
         "--nbval", "--nbval-current-env", "--junitxml", folder / "report.xml", *options, folder],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = {}
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        words = [failure.text for failure in case if failure.tag in ("failure", "error")]
        found.setdefault(case.get("classname"), []).extend(words)
    return {Path(name).stem: "\n".join(words) for name, words in found.items()}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    return failures(tmp_path_factory.mktemp("checked"), "-p", "tests.nbchecks")


def test_a_clean_notebook_passes(checked):
    assert checked["clean"] == ""


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(checked, name):
    assert FAULTS[name][0] in checked[name]


def test_nbval_alone_finds_none_of_them(tmp_path):
    """So each of the checks is needed."""
    assert [name for name, words in failures(tmp_path).items() if words] == [TEXT]
