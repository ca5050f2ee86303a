"""The built static site in headless Chromium: what is loaded, how long until a lab is live, memory, speed.

make site && python -m tools.bench.site [presses]
"""

import gzip
import os
import platform
import statistics
import sys
import time
from pathlib import Path

from tests.drivers.jupyter import NOTEBOOK, SESSION, JupyterLab
from tests.drivers.site import FOLDER, Site
from tools.bench.labs import COMMON, MEASURE

# Points at the first lab as soon as it is there; `answered` is when its sum is of that place.
POINT = """requestAnimationFrame(function look() {
    const lab = document.querySelector(".convlab-lab");
    const canvas = lab?.querySelector("[data-panel=output] canvas");
    const { x, y } = canvas?.getBoundingClientRect() ?? {};
    canvas?.dispatchEvent(new PointerEvent("pointermove", { clientX: x + 40, clientY: y + 60 }));
    const sum = lab?.querySelector(".convlab-arithmetic")?.innerText ?? "";
    if (/^output .(?!127, 127)/.test(sum)) window.answered = performance.now();
    else requestAnimationFrame(look);
});"""
# Presses a slider until its lab's sentence changes; when all cells have run, the median of more presses.
LIVE = """async ([name, presses]) => {
    const handle = [...document.querySelectorAll(".noUi-handle")].find((one) => one.ariaLabel === name);
    const says = handle.closest(".convlab-lab").querySelector(".convlab-status");
    const press = async () => {
        const before = says.textContent, start = performance.now();
        handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        while (says.textContent === before) await new Promise(requestAnimationFrame);
        return performance.now() - start;
    };
    const first = await press(), times = [];
    while (document.body.dataset.python !== "ready") await new Promise(requestAnimationFrame);
    for (let k = 0; k < presses + 3; k++) {
        await new Promise((done) => setTimeout(done, 120));
        times.push(await press());
    }
    return [first, times.slice(3).sort((a, b) => a - b)[presses >> 1]];
}"""
NOTEBOOKS = sorted(path.name for path in (FOLDER / "files").glob("*.ipynb"))  # what can run in a browser
LAB = [COMMON + 'labs.kernel_lab("camera", "gaussian blur", size=7)']


def visit(site):
    """Return the seconds from the address of notebook 00 to its first lab, cells run as soon as they show."""
    start = time.perf_counter()
    site.go(f"lab/index.html?path={NOTEBOOKS[0]}")
    site.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
    site.page.evaluate(f"async () => {{ await {NOTEBOOK}.revealed; await {SESSION}.ready; }}")
    site.command("notebook:run-all-cells")
    site.page.locator(".convlab-lab canvas").first.wait_for(timeout=180_000)
    return time.perf_counter() - start


def read(site):
    """Print how soon the page to read of notebook 01 is text, and answers the pointer; and its weight."""
    site.requested.clear()
    site.page.add_init_script(POINT)
    site.go("read/01_kernels.html")
    site.page.wait_for_function("window.answered")
    hovered = site.page.evaluate("answered") / 1000
    site.page.wait_for_selector("body[data-labs=stand]")
    painted = site.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    size = sum(compressed(path) for path in set(site.requested) if path.startswith("read/"))
    print(f"page to read, notebook 01: text                        {painted:6.1f} s")
    print(f"page to read, notebook 01: first number under a pointer {hovered:5.1f} s")
    print(f"page to read, notebook 01: loaded, as compressed       {size / 1e6:6.2f} MB")


def live(site, presses, when):
    """Print how long a slider of a page to read takes to become live, and what a step takes then."""
    site.go("read/01_kernels.html")
    site.page.wait_for_selector("body[data-labs=stand]")
    took, step = site.page.evaluate(LIVE, ["bias", presses])
    print(f"page to read, {when} visit: first touch to a live slider  {took / 1000:6.1f} s")
    print(f"page to read, {when} visit: slider step to a new sentence {step:6.0f} ms")


def compressed(path):
    """Return the bytes of a file as a web server sends it; wheels and pictures are compressed already."""
    data = (FOLDER / path).read_bytes()
    return min(len(data), len(gzip.compress(data)))


def memory(site):
    """Return the megabytes of the tab and its workers (Linux only)."""
    session = site.context.browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [one["id"] for one in processes if one["type"] == "renderer"]
    lines = [line for pid in pages for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


def sitting(site):
    """Go through all notebooks in one tab, as links do; print what the tab then holds."""
    for name in NOTEBOOKS:
        site.command("docmanager:open", path=name)
        site.page.wait_for_function(
            "path => jupyterapp.shell.currentWidget?.context?.path === path", arg=name
        )
        site.page.evaluate(f"async () => {{ await {NOTEBOOK}.revealed; await {SESSION}.ready; }}")
        site.run_all()
        if sys.platform == "linux":
            print(f"memory of the tab after {name:30} {memory(site):6.0f} MB", flush=True)


def steps(lab, presses):
    """Return the median milliseconds from a key press on a slider to changed pixels."""
    lab.run_code(LAB)
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    return statistics.median(lab.page.evaluate(MEASURE, ["sigma (px)", presses]))


def main():
    """Measure everything once, in one run."""
    if not (FOLDER / "index.html").exists():
        return print("the static site is not built, and not measured: make site")
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.machine()}, {os.cpu_count()} cores{load}")
    with Site() as site:
        read(site)
        live(site, presses, "first")
        site.page.close()
        site.new_page()
        live(site, presses, "second")
        site.new_browser()
        print(f"first visit: notebook 00 asked for to first live lab   {visit(site):6.1f} s")
        size = sum(
            compressed(path) for path in {path for path in site.requested if (FOLDER / path).is_file()}
        )
        print(f"first visit: loaded, as compressed by a web server     {size / 1e6:6.1f} MB")
        site.page.close()
        site.new_page()
        print(f"second visit: to first live lab                        {visit(site):6.1f} s")
        browser = steps(site, presses)
        site.context.close()
        site.new_browser()
        site.load(f"?path={NOTEBOOKS[0]}")
        sitting(site)
        site.new_browser()
        for page in sorted((FOLDER / "read").glob("*.html")):
            site.go(f"read/{page.name}")
            site.page.wait_for_selector("body[data-labs=stand]")
        if sys.platform == "linux":
            print(f"memory of the tab after all pages to read              {memory(site):6.0f} MB")
    with JupyterLab() as lab:
        local = steps(lab, presses)
    print(f"slider step to pixels, median of {presses} presses             {browser:6.0f} ms")
    print(
        f"the same in JupyterLab, same run                       {local:6.0f} ms: {browser / local:.2f} times"
    )


if __name__ == "__main__":
    main()
