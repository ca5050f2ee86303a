"""One slider step to changed pixels for the labs of notebook 02, beside the floor of `bench_labs.py`.

    python tools/bench_stride.py [presses]
"""
import statistics
import sys

from bench_labs import COMMON, MEASURE, WAYS
from jupyter_driver import JupyterLab

FLOOR = "floor: one line of HTML text"
LABS = {
    "kernel_lab": ('labs.kernel_lab("camera", "gaussian blur", size=7)', "sigma (px)"),
    "stride_lab, 7×7": ("labs.stride_lab()", "stride s"),
    "stride_lab, 28×28": ("labs.stride_lab(n=28)", "kernel k"),
    "border_lab, 256×256": ("labs.border_lab()", "padding p"),
    "tradeoff_lab, 256×256": ("labs.tradeoff_lab(stride=2, blur=1.0)", "blur sigma (px)"),
}


def main():
    """Measure the floor and every lab in one run and print a table."""
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    ways = {FLOOR: (*WAYS[FLOOR], "")}
    ways |= {name: (COMMON + code, "canvas", slider) for name, (code, slider) in LABS.items()}
    floor = None
    print(f"{'':32} {'median':>7} {'p95':>7} {'× floor':>8}")
    with JupyterLab() as lab:
        for name, (code, kind, slider) in ways.items():
            lab.run_code([code])
            lab.page.wait_for_selector(".noUi-handle")
            lab.page.wait_for_function("name => !name || [...document.querySelectorAll('.noUi-handle')].some("
                                       "one => one.ariaLabel === name)", arg=slider)
            times = lab.page.evaluate(MEASURE.replace("PRESSES", str(presses)), [slider, kind])
            median, p95 = statistics.median(times), sorted(times)[int(0.95 * len(times))]
            floor = floor or median
            print(f"{name:32} {median:7.0f} {p95:7.0f} {median / floor:8.2f}")
            lab.forget()


if __name__ == "__main__":
    main()
