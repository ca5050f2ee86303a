"""One slider step to changed pixels, in a real JupyterLab: our labs beside the floor and the usual ways.

The floor is a slider that changes one line of HTML text and computes nothing. Every way shows the same thing:
a 256×256 photograph through a 7×7 Gaussian whose sigma is on the slider.

    python tools/bench_labs.py [presses]
"""
import os
import platform
import statistics
import sys

from jupyter_driver import JupyterLab

COMMON = "import ipywidgets as widgets\nfrom convlab import conv2d, images, kernels, labs\n"
PICTURE = COMMON + """
import numpy as np
x = images.load("camera")
box = dict(min=0.3, max=3.0, step=0.05, value=1.0, description="sigma (px)")
def filtered(sigma):
    return conv2d(x, kernels.gaussian(7, sigma))
"""
WAYS = {
    "floor: one line of HTML text": (COMMON + """
slider, line = widgets.FloatSlider(min=0.3, max=3.0, step=0.05, value=1.0), widgets.HTML("-")
slider.observe(lambda change: setattr(line, "value", f"<b class='seen'>{change.new}</b>"), "value")
widgets.VBox([slider, line])""", "text"),
    "convlab kernel_lab": (COMMON + 'labs.kernel_lab("camera", "gaussian blur", size=7)', "canvas"),
    "Image widget + savefig": (PICTURE + """
import io
from matplotlib.figure import Figure
figure = Figure(figsize=(7, 3.2))
left, right = figure.subplots(1, 2)
left.imshow(x, cmap="gray")
shown = right.imshow(filtered(1.0), cmap="gray", vmin=0, vmax=255)
picture, slider = widgets.Image(), widgets.FloatSlider(**box)
def draw(change=None):
    shown.set_data(filtered(slider.value))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    picture.value = buffer.getvalue()
slider.observe(draw, "value"); draw()
widgets.VBox([slider, picture])""", "image"),
    "interact + inline matplotlib": (PICTURE + """
%matplotlib inline
import matplotlib.pyplot as plt
def draw(sigma):
    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.2))
    left.imshow(x, cmap="gray")
    right.imshow(filtered(sigma), cmap="gray", vmin=0, vmax=255)
    plt.show()
widgets.interact(draw, sigma=widgets.FloatSlider(**box));""", "image"),
}
# A press is a real key event on the slider's handle; then every frame looks whether the result has changed.
MEASURE = """async ([name, kind]) => {
    const look = {
        text: () => document.querySelector(".seen")?.textContent,
        image: () => [...document.querySelectorAll(".jp-OutputArea-output img")].map(
            one => one.complete && one.naturalWidth ? one.src.slice(-4000) : "").at(-1),
        canvas: () => {
            const canvas = document.querySelector("[data-panel=output] canvas");
            return canvas.getContext("2d").getImageData(60, 60, 40, 40).data.join();
        },
    }[kind];
    const frame = () => new Promise(requestAnimationFrame);
    const handles = [...document.querySelectorAll(".noUi-handle")];
    const handle = handles.find(one => one.ariaLabel === name) ?? handles[0];
    const times = [];
    for (let k = 0; k < PRESSES + 3; k++) {
        await new Promise(done => setTimeout(done, 120));
        const before = look(), start = performance.now();
        const key = k % 2 ? "ArrowLeft" : "ArrowRight";
        handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        while ([before, "", undefined].includes(look())) {
            if (performance.now() - start > 10000) throw new Error(`${name}: nothing changed in 10 s`);
            await frame();
        }
        times.push(performance.now() - start);
    }
    return times.slice(3);
}"""


def main():
    """Measure every way in one run and print a table."""
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    rows = {}
    with JupyterLab() as lab:
        for name, (code, kind) in WAYS.items():
            lab.run_code([code])
            lab.page.wait_for_selector(".noUi-handle")
            lab.page.wait_for_timeout(1000)
            rows[name] = lab.page.evaluate(MEASURE.replace("PRESSES", str(presses)), ["sigma (px)", kind])
            lab.forget()
    floor = statistics.median(rows["floor: one line of HTML text"])
    print(f"One slider step to changed pixels, {presses} presses, milliseconds ({platform.machine()}, "
          f"{os.cpu_count()} cores, Python {platform.python_version()})")
    print(f"{'':32} {'median':>7} {'p95':>7} {'× floor':>8}")
    for name, times in rows.items():
        p95 = sorted(times)[int(0.95 * len(times))]
        print(f"{name:32} {statistics.median(times):7.0f} {p95:7.0f} {statistics.median(times) / floor:8.2f}")


if __name__ == "__main__":
    main()
