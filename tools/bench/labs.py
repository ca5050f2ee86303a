"""One slider step to changed pixels, in a real JupyterLab: every lab beside the floor and the usual ways.

The floor is a slider that changes one line of text and computes nothing. Every usual way shows the same thing
as our kernel_lab: a 256×256 photograph through a 7×7 Gaussian whose sigma is on the slider.

    python -m tools.bench.labs [presses] [words in the names of what to measure]
"""

import importlib.util
import os
import platform
import statistics
import sys

from convlab import labs
from tests.drivers.jupyter import ROOT, JupyterLab

PLOT = ROOT / "tools" / "pictures" / "slider_to_pixels.png"
FLOOR = "floor: one line of text"
COMMON = "import ipywidgets as widgets\nfrom convlab import conv2d, images, kernels, labs\n"
PICTURE = (
    COMMON
    + """
x = images.load("camera")
box = dict(min=0.3, max=3.0, step=0.05, value=1.0, description="sigma (px)")
def filtered(sigma):
    return conv2d(x, kernels.gaussian(7, sigma))
"""
)
FIGURE = """
left, right = figure.subplots(1, 2)
left.imshow(x, cmap="gray")
shown = right.imshow(filtered(1.0), cmap="gray", vmin=0, vmax=255)
"""
USUAL = {
    FLOOR: COMMON + """
slider, line = widgets.FloatSlider(min=0.3, max=3.0, step=0.05, value=1.0), widgets.HTML("-")
slider.observe(lambda change: setattr(line, "value", f"<b class='seen'>{change.new}</b>"), "value")
widgets.VBox([slider, line])""",
    "Image widget + savefig": PICTURE + """
import io
from matplotlib.figure import Figure
figure = Figure(figsize=(7, 3.2))
""" + FIGURE + """
picture, slider = widgets.Image(), widgets.FloatSlider(**box)
def draw(change=None):
    shown.set_data(filtered(slider.value))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    picture.value = buffer.getvalue()
slider.observe(draw, "value"); draw()
widgets.VBox([slider, picture])""",
    "ipympl, draw_idle": "%matplotlib widget\n" + PICTURE + """
import matplotlib.pyplot as plt
plt.ioff()
figure = plt.figure(figsize=(7, 3.2))
""" + FIGURE + """
slider = widgets.FloatSlider(**box)
def draw(change):
    shown.set_data(filtered(slider.value))
    figure.canvas.draw_idle()
slider.observe(draw, "value")
widgets.VBox([slider, figure.canvas])""",
    "interact + inline matplotlib": PICTURE + """
%matplotlib inline
import matplotlib.pyplot as plt
def draw(sigma):
    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.2))
    left.imshow(x, cmap="gray")
    right.imshow(filtered(sigma), cmap="gray", vmin=0, vmax=255)
    plt.show()
widgets.interact(draw, sigma=widgets.FloatSlider(**box));""",
}  # fmt: skip
# After a run of a second or more, JupyterLab tells how long it took, and lays out its toolbar anew with every
# message: some 4 ms a step. What imports a lab or matplotlib runs that long; with this cell the floor too.
A_SECOND = "import time; time.sleep(1.2)"
STARTS = {"kernel_lab": '"camera", "gaussian blur", size=7'}
# What is on show: the text a step changes, the end of every picture, two patches of pixels of every canvas.
LOOK = """() => {
    const all = (css, read) => [...document.querySelectorAll(css)].map(read);
    const words = all(".seen, .convlab-status, .convlab-sheet", one => one.textContent);
    const sum = (pixels) => new Uint32Array(pixels.data.buffer).reduce((sum, one) => (31 * sum + one) | 0, 0);
    const patch = (one, part) =>
        sum(one.getContext("2d").getImageData(part * one.width - 15, one.height / 2 - 15, 30, 30));
    const pixels = all(".convlab-panel canvas, .jupyter-matplotlib canvas",
        one => [patch(one, 0.5), patch(one, 0.7)]);
    const images = all(".jp-OutputArea-output img",
        one => one.complete && one.naturalWidth ? one.src.slice(-4000) : "loading");
    return images.includes("loading") ? null : JSON.stringify([words, pixels, images]);
}"""
# A press is a real key event on the slider's handle; then every frame looks whether something has changed.
# The screen's clock runs all the while and a press falls anywhere between two frames, as a hand's would:
# a page at rest starts its clock with the press, and every time is then a whole number of frames.
SETUP = """
    const look = LOOK, frame = () => new Promise(requestAnimationFrame);
    const handles = [...document.querySelectorAll(".noUi-handle")];
    const handle = handles.find(one => one.ariaLabel === name) ?? handles[0];
    const press = (key) => handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const full = () => Number(handle.ariaValueNow) >= Number(handle.ariaValueMax);
    const keys = full() ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
""".replace("LOOK", LOOK)
MEASURE = (
    "async ([name, presses]) => {"
    + SETUP
    + """
    const times = [];
    let clock = requestAnimationFrame(function tick() { clock = requestAnimationFrame(tick); });
    for (let k = 0; k < presses + 3; k++) {
        await new Promise(done => setTimeout(done, 120 + 17 * Math.random()));
        const before = look(), start = performance.now();
        press(keys[k % 2]);
        do {
            const waited = performance.now() - start;
            if (k < 3 && waited > 2000) break;             // warming up: a figure may still be arriving
            if (waited > 10000) throw new Error(`${name}: nothing changed in 10 s`);
            await frame();
        } while ([before, null].includes(look()));
        times.push(performance.now() - start);
    }
    cancelAnimationFrame(clock);
    return times.slice(3);
}"""
)
# A drag: a hundred moves, one a frame; how long after the last one something still changes.
DRAG = (
    "async ([name]) => {"
    + SETUP
    + """
    for (let k = 0; k < 100; k++) { press(keys[Math.floor(k / 10) % 2]); await frame(); }
    const start = performance.now();
    let before = look(), last = start;
    while (performance.now() - last < 1500) {
        await frame();
        const now = look();
        if (now !== before && now !== null) [before, last] = [now, performance.now()];
    }
    return last - start;
}"""
)


def ways():
    """Name everything that is measured: {name: code}; a lab without a slider has nothing to press."""
    found = dict(USUAL)
    if importlib.util.find_spec("ipympl") is None:
        del found["ipympl, draw_idle"]
        print("ipympl is not installed, and not measured: pip install ipympl")
    for name in labs.__all__:
        if any(hasattr(one, "readout_format") for one in getattr(labs, name)().controls.values()):
            found[name] = COMMON + f"labs.{name}({STARTS.get(name, '')})"
    return found


def measure(lab, name, code, presses):
    """Return the milliseconds of each press, and how long a drag went on after its end."""
    lab.run_code([A_SECOND, code])
    lab.page.locator(".noUi-handle").first.wait_for()
    if name in labs.__all__:
        lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    slider = "sigma (px)" if name == "kernel_lab" else ""
    times = lab.page.evaluate(MEASURE, [slider, presses])
    settled = lab.page.evaluate(DRAG, [slider])
    lab.forget()
    return times, settled


def p95(times):
    """Return what 95 of 100 stay within."""
    return sorted(times)[int(0.95 * len(times))]


def draw(rows):
    """Draw medians as bars, p95 as a line, to the picture of the README."""
    from matplotlib.figure import Figure

    names = sorted(rows, key=lambda name: statistics.median(rows[name][0]), reverse=True)
    figure = Figure(figsize=(8, 0.26 * len(names) + 1), layout="constrained")
    axes = figure.subplots()
    medians = [statistics.median(rows[name][0]) for name in names]
    late = [max(0, p95(rows[name][0]) - median) for name, median in zip(names, medians, strict=True)]
    colours = [
        "#009e73" if name in labs.__all__ else "#444444" if name == FLOOR else "#d55e00" for name in names
    ]
    axes.barh(names, medians, xerr=[[0] * len(names), late], color=colours, ecolor="#888888", capsize=2)
    axes.set_xlabel("one slider step to changed pixels, ms: median, and what 95 of 100 stay within")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PLOT, dpi=100)


def main():
    """Measure every way in one run and print a table; all of them measured, draw the plot too."""
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    words, chosen, rows = sys.argv[2:], ways(), {}
    if words:
        chosen = {
            name: chosen[name] for name in chosen if name == FLOOR or any(word in name for word in words)
        }
    print(
        f"One slider step to changed pixels, {presses} presses; and a drag of 100 moves: milliseconds "
        f"({platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()})"
    )
    print(f"{'':32} {'median':>7} {'p95':>7} {'× floor':>8} {'drag settles after':>19}")
    with JupyterLab() as lab:
        measure(lab, FLOOR, USUAL[FLOOR], 10)  # a new JupyterLab is slower at its first page
        for name, code in chosen.items():
            rows[name] = times, settled = measure(lab, name, code, presses)
            median, floor = statistics.median(times), statistics.median(rows[FLOOR][0])
            print(
                f"{name:32} {median:7.0f} {p95(times):7.0f} {median / floor:8.2f} {settled:19.0f}", flush=True
            )
        times, _ = measure(lab, FLOOR, USUAL[FLOOR], presses)  # is the page slower by now?
        print(f"{'floor, once more':32} {statistics.median(times):7.0f} {p95(times):7.0f}")
    if not words:
        draw(rows)


if __name__ == "__main__":
    main()
