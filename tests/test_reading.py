"""What people read: pages without a kernel, the instructor's papers, and the tone of all prose."""
import html
import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from convlab import labs
from convlab.checks.cover import COVERED
from tools import answers, slides

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ALL = sorted((ROOT / "notebooks").rglob("*.ipynb"))
INSTRUCTOR = ROOT / "notebooks" / "instructor"
SAYS = ROOT / "convlab" / "labs" / "says.toml"
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(INSTRUCTOR.glob("*.*"))]
GUIDE = (INSTRUCTOR / "guide.md").read_text(encoding="utf-8")
named = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def prose(path):
    """Everything in a file that is meant to be read, without code, formulas and HTML tags."""
    if path.suffix == ".ipynb":
        text = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    for code in (r"<style>.*?</style>", r"<[^>]*>", r"```.*?```", r"`[^`]*`", r"\$\$.*?\$\$"):
        text = re.sub(code, " ", text, flags=re.DOTALL)
    return text.replace("![", "[")


# --- a page on the web, nothing running ---

@named
def test_a_web_page_of_a_notebook_tells_its_pictures_in_words(path):
    page, _ = HTMLExporter(template_name="classic").from_filename(str(path))  # the default drops descriptions
    shown = [html.unescape(alt) for alt in re.findall(r'<img[^>]*?\balt="([^"]*)"', page)]
    outputs = [output for cell in read(path).cells for output in cell.get("outputs", [])]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    stored = [picture.metadata["image/png"]["alt"] for picture in pictures]
    assert len(re.findall(r"<img\b", page)) == len(shown) and stored
    assert set(stored) <= set(shown) and all(re.search(r"\w+ \w+ \w+", alt) for alt in shown)
    assert len(re.findall(r"<h1\b", page)) == 1 and "application/vnd.jupyter.widget-view" not in page


@named
def test_the_words_of_a_lab_state_its_numbers(path):
    for cell in read(path).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}) and cell.source.startswith("labs."):
                name, _, says = output.data["text/plain"].partition(": ")
                assert says in output.metadata["image/png"]["alt"] and re.search(r"\d", says), name


@named
def test_slides_ask_then_show_and_leave_no_exercise(path):
    notebook = read(path)
    asked = [cell.source for cell in notebook.cells if "checks.predict(" in cell.source]
    show = slides.marked(notebook).cells
    kinds = {cell.metadata["slideshow"]["slide_type"] for cell in show}
    assert kinds == {"slide", "subslide", "notes", "skip"}
    on_screen = [cell for cell in show if cell.metadata["slideshow"]["slide_type"] not in ("notes", "skip")]
    assert not [cell.source for cell in on_screen if "checks." in cell.source or "To do" in cell.source]
    pages = [output.data["text/html"] for cell in on_screen for output in cell.get("outputs", [])
             if "text/html" in output.get("data", {})]
    assert len(pages) >= 2 and all(re.match('<img alt="[^"]+ [^"]+"', page) for page in pages)
    words = [str(output.data) for cell in on_screen for output in cell.get("outputs", []) if "data" in output]
    assert COVERED not in "".join(words) and len(on_screen) >= 2 * len(asked)


# --- the instructor's papers ---

def test_the_answer_key_is_the_question_bank():
    assert answers.TARGET.read_text(encoding="utf-8") == answers.key()


def parts():
    """(notebook title, minutes of its core, of all, text) of every notebook in the guide."""
    found = re.findall(
        r"^## (0\d .*?) \((\d+) of (\d+) minutes\)\n(.*?)(?=^## )", GUIDE, re.MULTILINE | re.DOTALL)
    return [(title, int(core), int(whole), text) for title, core, whole, text in found]


# What a cell takes, in minutes: beside 180 words of prose a minute.
TAKES = {
    r"\blabs\.(?!design_lab)\w+_lab\(": 2.5,
    r"\blabs\.design_lab\(": 10,
    r"\bchecks\.exercise\(": 5,
    r"\bchecks\.(?:card|predict)\(": 1.2,
    r'\bchecks\.self_check\("start"': 5 * 1.2,
    r'\bchecks\.self_check\((?!"start")': 7 * 1.2,  # two of them look back
}
BEYOND = "*Beyond the core.*"


def minutes(path):
    """[(heading, whether it is beyond the core, minutes)] of a notebook, section by section."""
    sections = []
    for cell in read(path).cells:
        text = cell.source
        if cell.cell_type == "markdown":
            if heading := re.match(r"#+ (.*)", text):
                sections.append([heading[1], BEYOND in text, 0])
            sections[-1][2] += len(re.sub(r"<[^>]*>", " ", text).split()) / 180
        else:
            sections[-1][2] += sum(one * len(re.findall(what, text)) for what, one in TAKES.items())
    return sections


def stated(path):
    """(core, all) minutes as the head of a notebook says them; one number stands for both."""
    head = read(path).cells[0].source
    said = re.search(r"Time:\*\* (?:about )?(\d+) minutes(?: for the core, (\d+) minutes in all)?", head)
    return int(said[1]), int(said[2] or said[1])


@named
def test_stated_minutes_are_honest_and_the_core_fits_into_40(path):
    """To the nearest five minutes, by the count that `TAKES` explains."""
    core, whole = stated(path)
    assert core == 5 * round(sum(one for _, beyond, one in minutes(path) if not beyond) / 5) <= 40
    assert whole == 5 * round(sum(one for *_, one in minutes(path)) / 5)


def test_minutes_agree_in_guide_map_and_readme():
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    first = prose(NOTEBOOKS[0])
    assert len(parts()) == len(NOTEBOOKS)
    for path, (title, core, whole, text) in zip(NOTEBOOKS, parts(), strict=True):
        rows = re.findall(r"^\| \**(\d+)\** \| ", text, re.MULTILINE)
        assert abs(sum(map(int, rows)) - core) <= 2, title
        assert (core, whole) == stated(path), title
        assert re.search(rf"\[{title}\]\(notebooks/{path.name}\).*\| {core} \| {whole} \|", front), title
        if path != NOTEBOOKS[0]:
            assert re.search(rf"\[{title}\]\({path.name}\).*\| {core} \| {whole} \|", first), title


def test_minutes_of_the_guide_are_those_of_the_sections():
    """Row by row, within a minute and a half; a class does nothing that is marked beyond the core."""
    for path, (*_, text) in zip(NOTEBOOKS, parts(), strict=True):
        takes = {heading: one for heading, beyond, one in minutes(path) if not beyond}
        for one, section in re.findall(r"^\| \**(\d+)\** \| \**(.*?)\** \|", text, re.MULTILINE):
            found = [heading for heading in takes if section in heading]
            assert found and abs(int(one) - takes[found[0]]) <= 1.5, f"{path.name}: {section}"


@pytest.mark.parametrize("call", re.findall(r"^labs\..*", GUIDE, re.MULTILINE))
def test_every_demo_starts_where_the_guide_says(call):
    lab = eval(call, {"labs": labs})
    assert lab.scene.says and not lab.view.problem


# --- all prose ---

@pytest.mark.parametrize("path", [*ALL, *PAPERS, SAYS], ids=lambda path: str(path.relative_to(ROOT)))
def test_the_tone(path):
    """Calm and exact: no exclamation, nothing called easy, nobody assumed to know."""
    loud = r"[^.\n]*(?:!|\b(?:simply|obviously|of course|trivial(?:ly)?|as we all know|needless to say)\b)"
    assert not re.findall(loud, prose(path), re.IGNORECASE)


@pytest.mark.parametrize("path", [*ALL, *PAPERS], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = prose(path) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        assert target.startswith(("https://", "data:")) or (path.parent / target).exists(), target


@named
def test_files_that_a_notebook_names_are_there(path):
    for name in re.findall(r"`((?:convlab|tools|notebooks)/[\w/.]+)`", path.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name


def test_slides_ask_no_other_host(path=ROOT / "notebooks" / "02_stride_and_padding.ipynb"):
    """The notebook with formulas: everything comes from the packages that lie beside the slides."""
    page = slides.show(path)
    asked = re.findall(r"""(?:<script[^>]*src|<link[^>]*href)=["']([^"']+)|from ['"](http[^'"]+)""", page)
    asked = {one or other for one, other in asked} | set(re.findall(r'"([^"\s]+\.js)"', page))
    assert {name.partition("/")[0] for name in asked} == set(slides.NPM)
