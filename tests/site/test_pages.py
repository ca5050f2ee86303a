"""The pages to read: alive at once, with no Python, in every browser; readable when something is missing."""

import gzip
import json
import re
import struct
from importlib.resources import files
from urllib.parse import unquote

import pytest

from convlab import checks, labs
from tests.drivers import webdriver
from tests.drivers.jupyter import ROOT
from tests.drivers.site import FOLDER

NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
READ = FOLDER / "read"
KERNELS = "read/01_kernels.html"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
STAND = "document.body.dataset.labs === 'stand'"
LAB = "document.querySelectorAll('.convlab-lab')[0]"
SUM = f"{LAB}.querySelector('.convlab-arithmetic').innerText"
SAYS = "([lab, text]) => lab.querySelector('.convlab-status').innerText.trim() === text"
HEAR = """what => {
    window.heard = [];
    const part = document.querySelector(what);
    const hear = () => part.textContent.trim() && heard.push(part.textContent);
    new MutationObserver(hear).observe(part, { childList: true, characterData: true, subtree: true });
}"""
PICTURE = ".convlab-lab [data-panel=output] canvas"
# Typed answers, right, wrong and unreadable; beside them the card itself, which runs in Python, is the judge.
NUMBERS = ("8", "8.0", "16/2", "−8", "2^3", "24", "12 + 12", "1,500", "x", "<b>8</b>", "-2 * -4", "5", " ")


def opened(site, path):
    """Open a page and wait until all its widgets stand."""
    site.go(path)
    site.page.wait_for_function(STAND)
    return site.page


def test_every_page_stands_with_no_python_and_asks_no_other_host(tab):
    for name in NAMES:
        page = opened(tab, f"read/{name}.html")
        assert page.evaluate("document.querySelectorAll('.widget:not([data-stands=yes])').length") == 0
        assert page.locator(".convlab-lab:visible").count() > 0
        assert page.locator(".jupyter-widgets-disconnected").count() == 0  # the red icons
        assert page.locator("#tell.told").count() == 0  # nobody has touched anything
        assert not re.search(r"^,", page.locator("main").inner_text(), re.MULTILINE)  # lines not joined
        page.set_viewport_size({"width": 400, "height": 800})
        page.wait_for_function("document.documentElement.scrollWidth <= 400")
        page.set_viewport_size({"width": 1366, "height": 768})
    assert tab.outside == [] and tab.errors == []
    assert not [path for path in tab.requested if "pyodide" in path]


@pytest.mark.parametrize(("name", "scheme"), [("01_kernels", "light"), ("02_stride_and_padding", "dark")])
def test_axe_finds_nothing(tab, name, scheme):
    tab.page.emulate_media(color_scheme=scheme)
    page = opened(tab, f"read/{name}.html")
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [
        (rule["id"], node["html"], node["failureSummary"]) for rule in found for node in rule["nodes"]
    ] == []


def test_a_lab_answers_pointer_keys_and_buttons(tab):
    page = opened(tab, KERNELS)
    picture = page.locator(PICTURE).first
    picture.hover(position={"x": 40, "y": 60})
    page.wait_for_function(f"{SUM}.startsWith('output [')")
    picture.focus()
    for key in ("ArrowRight", "ArrowDown"):
        before = page.evaluate(SUM)
        page.keyboard.press(key)
        page.wait_for_function(f"before => {SUM} !== before", arg=before)
    page.keyboard.press("f")
    page.wait_for_selector(".convlab-presented")
    page.keyboard.press("Escape")
    page.wait_for_selector(".convlab-presented", state="detached")
    opened(tab, "read/00_start_here.html")
    before = page.evaluate(SUM)
    page.get_by_role("button", name="Step ▶").first.click()
    page.wait_for_function(f"before => {SUM} !== before", arg=before)
    assert page.locator("#tell.told").count() == 0 and tab.errors == []


def test_a_slider_brings_python_which_takes_what_was_chosen(tab):
    page = opened(tab, KERNELS)
    lab = page.locator(".convlab-lab:has(.noUi-handle)").first
    bias = lab.get_by_role("slider", name="bias")
    page.evaluate(HEAR, "#tell [role=status]")  # on a quick machine it says the next before it is read
    for _ in range(3):
        bias.press("ArrowUp")
    page.wait_for_function("heard.length")
    assert "loading" in page.evaluate("heard[0]")
    for chosen in (15.0, 20.0):
        expected = labs.kernel_lab("camera", "sobel", bias=chosen).scene.says
        page.wait_for_function(SAYS, arg=[lab.element_handle(), expected])
        bias.press("ArrowUp")
    assert tab.errors == [] and tab.outside == []
    tab.ready()
    code = page.get_by_role("textbox", name="Code").last
    code.fill("print(6 * 7)\nlabs.kernel_lab('camera', 'sharpen')")
    code.press("Shift+Enter")
    page.locator(".output").last.get_by_text("42", exact=True).wait_for()
    lab = page.locator(".output").last.locator(".convlab-lab")
    lab.get_by_role("slider", name="bias").press("ArrowUp")
    expected = labs.kernel_lab("camera", "sharpen", bias=5.0).scene.says
    page.wait_for_function(SAYS, arg=[lab.element_handle(), expected])
    assert tab.errors == []


def test_where_python_lacks_a_library_a_control_leads_to_the_computer(tab):
    page = opened(tab, "read/07_your_network.html")
    assert page.locator("#start").count() == 0
    page.locator(".convlab-lab .noUi-target:not([disabled]) .noUi-handle").first.press("ArrowRight")
    assert "need Python" in tab.wait_text("#tell [role=status]", bool)
    assert page.locator("#tell a").get_attribute("href") == f"{tab.url}/index.html#computer"


def test_cards_say_what_the_cards_in_python_say(tab):
    page = opened(tab, KERNELS)
    number = page.locator(".convlab-card", has_text="Multiply cell by cell and add").first
    for given in NUMBERS:
        card = checks.card("kernels.sobel-x-on-patch").answer(given)
        box = number.get_by_role("textbox")
        box.fill(given)
        box.press("Enter")
        says(page, number, card)
    choice = page.locator(".convlab-card", has_text="Which kernel does give 24?").first
    for k in (3, 0, 2):
        card = checks.card("kernels.which-gives-24")
        choice.get_by_role("radio").nth(k).check()
        choice.get_by_role("button", name="Check").click()
        says(page, choice, card.answer(card.question["options"][k]))


def says(page, place, card):
    """Wait until a card on the page says what its twin in Python says."""
    expected = re.sub(r"[`*]", "", card.feedback)
    page.wait_for_function(
        "([card, text]) => card.querySelector('[role=alert], [role=status]').innerText.trim() === text",
        arg=[place.element_handle(), expected],
    )


def test_an_answer_uncovers_the_lab_and_the_button_covers_it(tab):
    page = opened(tab, KERNELS)
    question = page.locator(".convlab-prediction").first
    assert question.locator(".convlab-lab").count() == 0
    question.get_by_role("textbox").fill("9")
    question.get_by_role("button", name="Check").click()
    question.locator(".convlab-lab canvas").first.wait_for()
    question.get_by_role("button", name="Cover it again").click()
    question.locator(".convlab-lab").wait_for(state="detached")
    assert tab.errors == []


def test_every_notebook_has_a_moving_picture_on_the_front_page(tab):
    moves = """name => { const film = document.querySelector(`.film[data-name="${name}"]`);
        film.scrollIntoView({ block: "center" });
        return [...film.querySelectorAll("canvas")].map((one) => one.toDataURL()).join(); }"""
    tab.go()
    tab.page.wait_for_function("document.querySelectorAll('.film canvas').length > 12")
    for name in NAMES:
        before = tab.page.evaluate(moves, name)
        tab.page.wait_for_function(f"([name, before]) => ({moves})(name) !== before", arg=[name, before])
    tab.page.emulate_media(reduced_motion="reduce")
    tab.go()
    tab.page.wait_for_function("document.querySelectorAll('.film canvas').length > 12")
    tab.page.evaluate(AXE)
    assert tab.page.evaluate("async () => (await axe.run()).violations.map((one) => one.id)") == []
    assert tab.errors == [] and tab.outside == []


# ---- when something is missing


def test_without_scripts_there_are_text_and_pictures(site):
    context = site.page.context.browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{site.url}/{KERNELS}")
        assert "Kernels: what can a few weights do" in page.locator("h1").inner_text()
        picture = page.locator(".widget img[alt^='kernel_lab. Input 256×256']").first
        picture.scroll_into_view_if_needed()
        page.wait_for_function("one => one.naturalWidth > 300", arg=picture.element_handle())
    finally:
        context.close()


@pytest.mark.parametrize("missing", ["01_kernels.bin", "view.js", "page.js"])
def test_a_missing_file_leaves_the_pictures_and_is_told(tab, missing):
    tab.broken.add(missing)
    tab.go(KERNELS)
    assert "did not arrive" in tab.wait_text("#lost", lambda text: "arrive" in text)
    assert tab.page.locator(".widget img").first.is_visible()
    assert tab.outside == []


def test_python_that_does_not_arrive_is_told_and_the_labs_stay(tab):
    tab.broken.add("numpy-")
    page = opened(tab, KERNELS)
    page.locator(".convlab-lab").first.get_by_role("slider", name="bias").press("ArrowUp")
    assert "(numpy-2." in tab.wait_text("#tell [role=alert]:not([hidden])", bool)
    assert "not running" in tab.wait_text("#tell [role=status]", lambda text: "need Python" in text)
    assert "path=01_kernels.ipynb" in page.locator("#tell a").get_attribute("href")
    page.locator(PICTURE).first.hover(position={"x": 40, "y": 60})
    page.wait_for_function(f"{SUM}.startsWith('output [')")


@pytest.mark.parametrize(
    "gone",
    [
        "delete window.WebAssembly",
        """Object.defineProperty(window, "localStorage",
    { get() { throw new DOMException("Access is denied", "SecurityError"); } })""",
    ],
)
def test_labs_need_neither_webassembly_nor_storage(tab, gone):
    tab.page.add_init_script(gone)
    opened(tab, "read/00_start_here.html")
    assert tab.page.locator(".convlab-lab canvas").first.is_visible()


# ---- in other browsers


@pytest.mark.parametrize("browser", ["firefox", "webkit"])
def test_a_page_in_another_browser(site, browser):
    if not webdriver.find(browser):
        pytest.skip(f"no {browser}")
    with webdriver.open_page(browser) as page:
        page.goto(f"{site.url}/read/00_start_here.html")
        page.wait_for_function(STAND)
        before = page.evaluate(SUM)
        place = f"{LAB}.querySelector('[data-act=step]')"
        page.evaluate(f"{place}.scrollIntoView({{block: 'center'}})")
        x, y = page.evaluate(f"(box => [box.x + 5, box.y + 5])({place}.getBoundingClientRect())")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.up()
        page.wait_for_function(f"before => {SUM} !== before", arg=before)


@pytest.mark.parametrize("browser", ["firefox", "webkit"])
def test_python_comes_in_another_browser(site, browser):
    if not webdriver.find(browser):
        pytest.skip(f"no {browser}")
    lab = "document.querySelector('.convlab-lab:has(.noUi-handle)')"
    with webdriver.open_page(browser) as page:
        page.goto(f"{site.url}/{KERNELS}")
        page.wait_for_function(STAND)
        page.evaluate(f"{lab}.querySelector('.noUi-handle[aria-label=bias]').focus()")
        page.keyboard.press("ArrowUp")
        expected = labs.kernel_lab("camera", "sobel", bias=5.0).scene.says
        page.wait_for_function(f"says => ({SAYS})([{lab}, says])", expected)


# ---- what was built


@pytest.mark.usefixtures("site")
def test_every_link_between_pages_leads_somewhere():
    pages = {path: path.read_text(encoding="utf-8") for path in READ.glob("*.html")}
    assert sorted(path.stem for path in pages) == NAMES
    for path, text in pages.items():
        assert "://" not in re.sub(
            r"https?://www\.w3\.org/\S+", "", "".join(re.findall(r'src="[^"]*"', text))
        )
        for link in re.findall(r'<a [^>]*href="([^"]+)"', text):
            file, _, place = link.partition("#")
            if not file.startswith(("http", "../lab/")):
                target = (path.parent / (file or path.name)).resolve()
                assert target.exists(), f"{path.name}: {link}"
                assert not place or f'id="{unquote(place)}"' in target.read_text(encoding="utf-8"), (
                    f"{path.name}: {link}"
                )


@pytest.mark.usefixtures("site")
def test_formulas_are_mathml_and_no_markup_is_left_over():
    pages = {name: (READ / f"{name}.html").read_text(encoding="utf-8") for name in NAMES}
    sources = {
        name: json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")) for name in NAMES
    }
    for name, page in pages.items():
        prose = "".join(
            "".join(cell["source"]) for cell in sources[name]["cells"] if cell["cell_type"] == "markdown"
        )
        assert page.count("<math") == prose.count("$$") // 2
        assert "$$" not in page and "<!-- formula" not in page


@pytest.mark.usefixtures("site")
def test_a_page_is_small_before_python():
    parts = ["01_kernels.html", "page.js", "page.css", "view.js", "view.css"]
    parts += [path.name for path in READ.glob("chunk-*.js")]
    scenes = (READ / "01_kernels.bin").read_bytes()
    assert sum(len(gzip.compress((READ / one).read_bytes())) for one in parts) + len(scenes) < 1_000_000
    plain = gzip.decompress(scenes)
    about = json.loads(plain[4 : 4 + struct.unpack_from("<I", plain)[0]])
    assert all(offset % 8 == 0 for offset, _ in about["buffers"])
