"""A drag of 100 moves, and numbers typed, over a line of 75 ms each way and 5 Mbit/s.

    python -m tools.bench.slow_line [words in the names of the labs]

For each lab the bytes that came, and the milliseconds after the last move until the picture stands. Then 54
numbers are typed at 75 ms and 54 at 300 ms, a character every 120 ms.
"""

import random
import sys

from convlab import labs
from tests.drivers.jupyter import JupyterLab
from tests.drivers.slow_line import SlowLine
from tools.bench.labs import DRAG, STARTS

SPEED = 5e6 / 8
READY = ".convlab-lab [data-lm-suppress-shortcuts]"
BOXES = "all => all.map(one => one.value.replace('−', '-'))"


def show(lab, line, code, delay, speed):
    """Open one lab, then make the line slow."""
    line.delay, line.speed = 0, float("inf")
    lab.forget()
    lab.run_code(["from convlab import labs\n" + code])
    lab.page.wait_for_selector(READY)
    line.delay, line.speed = delay, speed


def drags(lab, line, names):
    """Drag the first slider of every lab; print a table."""
    print(f"{'':20} {'kB came':>8} {'settles after, ms':>18}")
    for name in names:
        show(lab, line, f"labs.{name}({STARTS.get(name, '')})", 0.075, SPEED)
        if not lab.page.locator(".noUi-handle").count():
            continue
        before = line.received
        settled = lab.page.evaluate(DRAG, ["sigma (px)" if name == "kernel_lab" else ""])
        print(f"{name:20} {(line.received - before) / 1e3:8.0f} {settled:18.0f}", flush=True)


def entries(lab, line, delay, count):
    """Type numbers into the boxes of a kernel, Tab after each; return how many came out otherwise."""
    show(lab, line, "labs.kernel_lab('camera', 'sobel')", delay, SPEED)
    boxes, rng, wrong = lab.page.locator("[data-panel=kernel] input"), random.Random(1), 0
    for _ in range(-(-count // 9)):
        texts = [
            f"{rng.choice([rng.uniform(-99, 99), rng.random(), rng.randint(-150, 150)]):.4g}"
            for _ in range(9)
        ]
        boxes.first.click()
        boxes.first.select_text()
        for text in texts:
            lab.page.keyboard.type(text, delay=120)
            lab.page.keyboard.press("Tab")
        lab.page.wait_for_timeout(1500 + 4000 * delay)
        kept = lab.page.locator("[data-panel=kernel] input").evaluate_all("all => all.map(one => one.title)")
        shown = [float(text.replace("−", "-")) for text in kept]
        wrong += sum(abs(one - float(text)) > 1e-9 for one, text in zip(shown, texts, strict=True))
    return wrong


def main():
    """Measure and print."""
    words = sys.argv[1:]
    names = [name for name in labs.__all__ if not words or any(word in name for word in words)]
    with JupyterLab() as lab, SlowLine(lab.port) as line:
        lab.load(line.port)
        drags(lab, line, names)
        for delay in (0.075, 0.3):
            print(
                f"numbers typed at {1000 * delay:.0f} ms: {entries(lab, line, delay, 54)} of 54 wrong",
                flush=True,
            )


if __name__ == "__main__":
    main()
