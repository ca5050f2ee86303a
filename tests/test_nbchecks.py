"""Each check of nbchecks fails on a notebook that strict nbval alone passes.

All faults stand in one notebook, for one kernel. Each has cells of its own, and a failure counts only at its
own cell: one fault cannot speak for another, and whatever fails beside them is an accusation without reason.
"""
import base64
import io
import os
import re
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
    "jump": ("from level 2 to 4", prose("#### Too deep")),
    "two titles": ("2 headings of level 1", prose("# Another title")),
    "saved state": ("widget state", []),                        # in the metadata of the notebook
}
OF_THE_FILE = ["big file", "jump", "two titles", "saved state"]  # said of no cell
TEXT = "text of a lab"                                          # nbval itself finds that, and no model id
PARTS = {"clean": CLEAN} | {name: cells for name, (_, cells) in FAULTS.items()}
PARTS |= {TEXT: lab(png(9), png(9), stored_text="answer 23")}


def write(path, cells, **metadata):
    nbformat.write(nbformat.v4.new_notebook(cells=prose(TITLE) + cells, metadata=metadata), path)


def failures(folder, *options):
    """Run pytest on a clean notebook and on the one with all faults: {(notebook, test): what it says}."""
    write(folder / "clean.ipynb", CLEAN)
    write(folder / "faults.ipynb", [cell for cells in PARTS.values() for cell in cells], widgets={})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", folder, "-p", "no:cacheprovider",
         "-p", "nbval.plugin", "--nbval", "--nbval-current-env", "--junitxml", folder / "report.xml",
         *options, folder],
        cwd=ROOT, env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = {}
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        place = Path(case.get("classname")).stem, case.get("name")
        found[place] = "\n".join(one.text for one in case if one.tag in ("failure", "error"))
    return found


def blamed(found):
    """Sort what is said of the notebook with all faults: {part, or "" for the whole file: words}."""
    cells = [("the title", TITLE), *((name, cell) for name, part in PARTS.items() for cell in part)]
    code_cells = [name for name, cell in cells if cell != TITLE and cell.cell_type == "code"]
    said = {}
    for (notebook, test), words in found.items():
        if notebook == "faults" and test == "committed form":
            for line in words.splitlines():
                number = re.match(r"cell (\d+): ", line)
                said.setdefault(cells[int(number[1])][0] if number else "", []).append(line)
        elif notebook == "faults" and words:
            said.setdefault(code_cells[int(test.removeprefix("Cell "))], []).append(words)
    return {name: "\n".join(words) for name, words in said.items()}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    return failures(tmp_path_factory.mktemp("checked"), "-p", "tests.nbchecks")


def test_a_clean_notebook_passes(checked):
    clean = [words for (notebook, _), words in checked.items() if notebook == "clean"]
    assert len(clean) == 1 + sum(cell.cell_type == "code" for cell in CLEAN) and not any(clean)


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(checked, name):
    assert FAULTS[name][0] in blamed(checked)["" if name in OF_THE_FILE else name]


def test_nothing_else_is_blamed(checked):
    said = blamed(checked)
    assert set(said) == {"", TEXT, *FAULTS} - set(OF_THE_FILE)
    assert len(said[""].splitlines()) == len(OF_THE_FILE)


def test_nbval_alone_finds_none_of_them(tmp_path):
    """So each of the checks is needed."""
    assert set(blamed(failures(tmp_path))) == {TEXT}
