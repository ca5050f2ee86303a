"""What a reader sees after everything was closed, on a busy page, and on paper."""

import re

from convlab import labs
from tests.drivers.jupyter import ROOT

BROKEN = "Error displaying widget"


def test_a_notebook_that_ran_and_was_closed_comes_back(lab):
    path = "notebooks/00_start_here.ipynb"
    lab.open(path)
    lab.run_all()
    lab.page.wait_for_selector(".convlab-status")
    said = lab.page.locator(".convlab-status").all_inner_texts()
    cards = lab.page.locator(".convlab-card").count()
    lab.save()
    lab.forget()
    lab.load()
    lab.open(path)
    lab.page.wait_for_function(
        "([labs, cards]) => document.querySelectorAll('.convlab-status').length === labs"
        " && document.querySelectorAll('.convlab-card').length === cards",
        arg=[len(said), cards],
    )
    assert lab.page.locator(".convlab-status").all_inner_texts() == said
    assert lab.page.get_by_text(BROKEN).count() == 0 and cards > 2


# anywidget gives up after two seconds in which a busy page could not load the script of a lab: here, at once.
IMPATIENT = """() => {
    AbortSignal.timeout = () => {
        const given = new AbortController();
        queueMicrotask(() => given.abort());
        return given.signal;
    };
}"""


def test_a_page_that_was_busy_gets_its_lab_all_the_same(lab):
    lab.page.evaluate(IMPATIENT)
    lab.run_code(["from convlab import labs\nlabs.kernel_lab('camera', 'sobel')"])
    lab.page.get_by_role("slider", name="bias").press("ArrowRight")
    right = labs.kernel_lab("camera", "sobel", bias=5.0).scene.says
    lab.wait_text(".convlab-status", lambda text: text == right)
    assert lab.errors and all("Failed to initialize model" in error for error in lab.errors)
    lab.load()


def test_the_handout_prints_on_one_page(lab):
    page = lab.page.context.browser.new_page()
    page.goto((ROOT / "notebooks" / "instructor" / "handout.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
