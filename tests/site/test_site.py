"""The built site, driven as a learner does: every notebook, a slider of every lab, what may go wrong."""

import contextlib
import hashlib
import json
import os
import re
import zipfile
from collections import Counter
from itertools import chain

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from convlab import labs
from tests.drivers.jupyter import NOTEBOOK, ROOT, SESSION
from tests.drivers.site import FOLDER
from tools.site import build
from tools.site.pyodide import canonical

NOTEBOOKS = [path.name for path in build.NOTEBOOKS]
LABS = re.compile(r"(\w+_lab): ")
# Both what a lab shows and what it says: pictures as a string, and its status line.
LOOK = """root => [
    [...root.querySelectorAll("canvas")].map(canvas => canvas.toDataURL()).join()
        + root.querySelector(".convlab-picture")?.innerText,
    root.querySelector(".convlab-status")?.innerText]"""
CHANGED = f"([root, before]) => ({LOOK})(root).every((part, k) => part !== before[k])"
# Sliders first; a lab without has boxes to type in, or only a list to choose from.
HANDLES = [".noUi-target:not([disabled]) .noUi-handle", "figure input, input[type=number]", "select"]
# Up, but down from the upper end of a slider and the first line of a list.
DOWN = """one => one.matches("select") ? one.selectedIndex < one.length - 1
    : one.ariaValueNow && one.ariaValueNow === one.ariaValueMax"""


def names_of_labs(notebook):
    """Return the lab that each code cell shows, or None, for a notebook as JSON."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    texts = [[output.get("data", {}).get("text/plain", "") for output in cell["outputs"]] for cell in cells]
    found = [LABS.match("".join("".join(text) for text in one)) for one in texts]
    return [match and match[1] for match in found]


@pytest.fixture(scope="module", params=NOTEBOOKS)
def opened(request, site):
    """One notebook after the other, reached by its direct link and run to its end."""
    site.errors.clear()
    site.open(request.param)
    site.run_all()
    return request.param


def test_every_cell_ran(site, opened):
    cells = site.page.evaluate(f"{NOTEBOOK}.content.model.toJSON().cells")
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    stored = json.loads((ROOT / "notebooks" / opened).read_text(encoding="utf-8"))
    assert names_of_labs({"cells": cells}) == names_of_labs(stored)
    assert site.errors == [] and site.outside == []


def test_a_slider_of_every_lab_moves_picture_and_text(site, opened):
    notebook = json.loads((ROOT / "notebooks" / opened).read_text(encoding="utf-8"))
    roots, seen = site.page.locator(".convlab-lab"), set()
    names = [name for name in names_of_labs(notebook) if name]
    assert roots.count() == len(names)
    for number, name in enumerate(names):
        if name not in seen:
            seen.add(name)
            assert move(site.page, roots.nth(number)), f"{name}: no slider changes both picture and text"
    assert site.errors == [] and site.outside == []


def move(page, root):
    """Press an arrow key on one slider or box after the other until the lab looks different; say whether."""
    root.locator(".convlab-panel >> visible=true").first.wait_for()  # tables and boxes may come first
    before = root.evaluate(LOOK)
    handles = list(chain.from_iterable(root.locator(kind).all() for kind in HANDLES))
    for number, handle in enumerate(handles):
        handle.press("ArrowDown" if handle.evaluate(DOWN) else "ArrowUp")
        with contextlib.suppress(PlaywrightTimeout):
            patience = 1500 if number + 1 < len(handles) else 15_000
            page.wait_for_function(CHANGED, arg=[root.element_handle(), before], timeout=patience)
            return True
    return False


def test_names_are_completed(site, opened):
    matches = site.page.evaluate(f"""async () => {{
        const asked = {{ code: "labs.kernel_l", cursor_pos: 13 }};
        return (await {SESSION}.session.kernel.requestComplete(asked)).content.matches; }}""")
    assert any("kernel_lab" in match for match in matches), opened


def test_every_lab_is_in_a_notebook():
    files = [(ROOT / "notebooks" / name).read_text(encoding="utf-8") for name in NOTEBOOKS]
    assert {name for one in files for name in re.findall(r"labs\.(\w+_lab)\(", one)} == set(labs.__all__)


def test_an_own_picture_is_read_in_the_browser(site, opened, tmp_path):
    uploads = site.page.locator(".convlab-lab:has(.jupyter-button:has-text('your own picture'))")
    assert uploads.count() or opened[:2] not in ("01", "02", "03")
    if uploads.count():
        path = tmp_path / "stripes.png"
        Image.fromarray(np.tile(np.uint8([0, 255]), (40, 20))).save(path)
        lab = uploads.first
        picture = lab.evaluate(LOOK)[0]
        with site.page.expect_file_chooser() as chooser:
            lab.get_by_role("button", name="your own picture").click()
        chooser.value.set_files(path)
        lab.locator("option", has_text="yours: stripes").wait_for(state="attached")
        if opened[:2] in ("01", "02", "03"):  # elsewhere the picture may stand on a page behind
            site.page.wait_for_function(
                f"([root, before]) => ({LOOK})(root)[0] !== before", arg=[lab.element_handle(), picture]
            )
    assert site.errors == []


def test_what_a_learner_changes_survives_a_reload(tab):
    tab.open(NOTEBOOKS[0])
    source = f"{NOTEBOOK}.content.widgets[2].model.sharedModel"
    tab.page.evaluate(f"{source}.setSource('from convlab import labs\\nlabs.sliding_lab()')")
    tab.run_all(errors_allowed=True)
    tab.page.locator(".convlab-lab canvas").first.wait_for()
    tab.page.wait_for_function(f"!{NOTEBOOK}.context.model.dirty", timeout=60_000)  # saved by itself
    tab.load()  # no notebook in the address: the last one
    tab.page.locator(".convlab-lab canvas").first.wait_for(timeout=60_000)
    assert "labs.sliding_lab()" in tab.page.evaluate(f"{source}.source")
    assert tab.page.get_by_text("Error displaying widget").count() == 0
    assert tab.page.evaluate("jupyterapp.shell.currentWidget.context.path") == NOTEBOOKS[0]
    assert len(tab.page.evaluate("[...jupyterapp.shell.widgets('main')].map(one => one.id)")) == 1
    assert tab.errors == []


def test_what_a_learner_answers_is_kept_in_the_browser(tab):
    """In the same file as elsewhere, which JupyterLite stores: another page and another Python find it."""
    ask = ["from convlab import checks", 'checks.card("kernels.overflow")', "checks.missed()"]
    tab.load()
    tab.run_code(ask)
    box = tab.page.get_by_role("textbox", name="Your answer")
    box.fill("255")
    box.press("Enter")
    text = tab.wait_text(".convlab-card", lambda text: "Not yet" in text)
    assert "not kept" not in text
    tab.run_code(ask)
    tab.page.locator(".convlab-card").nth(1).wait_for()  # missed() asks it, too
    for card in tab.page.locator(".convlab-card").all():
        assert "answered before, not yet right" in card.inner_text()
    assert tab.errors == []


def test_nothing_is_fetched_twice_and_a_second_visit_needs_no_network(tab):
    tab.requested.clear()
    tab.open(NOTEBOOKS[0])
    tab.page.wait_for_selector("body[data-files=kept]", state="attached")
    twice = [path for path, times in Counter(tab.requested).items() if times > 1]
    assert set(twice) <= {"lab/index.html"}  # in which JupyterLite looks for settings, too
    tab.page.close()
    tab.offline = True
    tab.new_page()
    tab.open(NOTEBOOKS[0])
    tab.run_all()
    tab.page.locator(".convlab-lab canvas").first.wait_for()
    assert move(tab.page, tab.page.locator(".convlab-lab").first)
    assert tab.outside == []


# ---- the front page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (420, "dark")])
def test_front_page_names_every_notebook_and_loads_python(tab, width, scheme):
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.page.emulate_media(color_scheme=scheme)
    tab.go()
    links = [link.get_attribute("href") for link in tab.page.locator(".notebooks a").all()]
    pages = [f"read/{name.removesuffix('.ipynb')}.html" for name in NOTEBOOKS]
    ways = [(page, page, f"lab/index.html?path={name}") for page, name in zip(pages, NOTEBOOKS, strict=True)]
    ways.append(("read/07_your_network.html", "read/07_your_network.html", "#computer"))  # it needs onnx
    assert links == list(chain.from_iterable(ways))
    rows = tab.page.locator(".notebooks > li").all_inner_texts()
    assert all("?" in row and re.search(r"\d+ minutes", row) for row in rows)
    tab.page.get_by_text("Python is loaded").wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.errors == [] and tab.outside == []


def test_a_notebook_has_the_width_of_a_phone(tab):
    tab.page.set_viewport_size({"width": 420, "height": 900})
    tab.load(f"?path={NOTEBOOKS[0]}")
    wide = f"path => {NOTEBOOK}?.context?.path === path && {NOTEBOOK}.node.offsetWidth > 0.8 * innerWidth"
    tab.page.wait_for_function(wide, arg=NOTEBOOKS[0])
    assert tab.errors == []


def alert(site):
    """Wait for what the page says is wrong."""
    return site.wait_text("#convlab-loading [role=alert]", bool)


@pytest.mark.parametrize("page", ["", f"lab/index.html?path={NOTEBOOKS[0]}"])
def test_a_browser_without_webassembly_is_told(tab, page):
    tab.page.add_init_script("delete window.WebAssembly")
    tab.go(page)
    text = alert(tab)
    assert "WebAssembly is missing" in text and "Binder" in text and "make lab" in text


@pytest.mark.parametrize("page", ["", f"lab/index.html?path={NOTEBOOKS[0]}"])
def test_a_package_that_does_not_arrive_is_named(tab, page):
    tab.broken.add("numpy-")
    tab.go(page)
    text = alert(tab)
    assert "(numpy-2." in text and "reload" in text and "Binder" in text and "make lab" in text


def test_a_full_storage_is_told_before_work_is_lost(tab):
    devtools = tab.context.new_cdp_session(tab.page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": tab.url, "quotaSize": 1000})
    tab.go()
    assert "after a reload your changes will be gone" in alert(tab)
    assert tab.page.locator("#convlab-keeping").inner_text() == "Your changes are not kept: see above."


def test_blocked_storage_is_told_and_the_way_out(tab):
    tab.page.add_init_script("""Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("Access is denied", "SecurityError"); } })""")
    tab.go()
    text = alert(tab)
    assert "site data are blocked" in text and "Binder" in text and "make lab" in text


# ---- what was built


@pytest.mark.usefixtures("site")
def test_python_comes_from_the_site_and_is_what_the_lock_says():
    config = json.loads((FOLDER / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    options = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert options["pyodideUrl"] == "./static/pyodide/pyodide.js"
    assert options["disablePyPIFallback"] is True
    folder = FOLDER / "static" / "pyodide"
    packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    for entry in packages.values():
        assert hashlib.sha256((folder / entry["file_name"]).read_bytes()).hexdigest() == entry["sha256"]
        assert {canonical(name) for name in entry["depends"]} <= set(packages)
    files = {path.name for path in folder.glob("*.whl")} | {path.name for path in folder.glob("*.zip")}
    assert files == {entry["file_name"] for entry in packages.values()} | {"python_stdlib.zip"}


@pytest.mark.usefixtures("site")
def test_modules_are_compiled_for_the_browser_and_ours_can_be_read():
    """By Python 3.12, whose files begin with 3531, and never compared with a source (PEP 552)."""
    folder, compiled = FOLDER / "static" / "pyodide", 0
    for path in [*folder.glob("*.whl"), folder / "python_stdlib.zip"]:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".pyc"):
                    compiled += 1
                    assert archive.read(name)[:8] == b"\xcb\r\r\n\x01\0\0\0", f"{path.name}: {name}"
            if path.name.startswith("convlab-"):
                assert "convlab/labs/kernels.py" in archive.namelist()
    assert compiled > 1000 or not os.environ.get("PYTHON312")


@pytest.mark.usefixtures("site")
def test_every_notebook_and_no_solution_is_in_the_site():
    assert sorted(path.name for path in (FOLDER / "files").rglob("*.ipynb")) == NOTEBOOKS
