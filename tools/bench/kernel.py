"""What happens in the kernel: storms, imports, notebooks, memory. Every part prints a table of its own.

python -m tools.bench.kernel [storms] [imports] [notebooks]
"""

import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import nbformat

from tests.drivers.kernel import Kernel

ROOT = Path(__file__).resolve().parents[2]
COUNT = 1000
MEMORY = "(gc.collect(), psutil.Process().memory_info().rss)[1] / 2**20"
MODULES = ["numpy", "convlab", "matplotlib.figure", "ipywidgets", "convlab.labs"]


def storms():
    """Send every control of every lab a thousand updates at once; print the worst of each lab."""
    print(f"{COUNT} updates of a control, as fast as the kernel takes them; the worst control of each lab")
    print(f"{'':18} {'controls':>8} {'drained, s':>10} {'':11} {'memory, MiB':>12}")
    with Kernel() as kernel:
        kernel.run("import gc, psutil\nfrom convlab import labs\nfrom tests.drivers.kernel import describe")
        for name in kernel.ask("labs.__all__"):
            kernel.run(f"lab = labs.{name}()")
            controls = kernel.ask("describe(lab)")["controls"]
            found = {control: storm(kernel, control, *reach) for control, reach in controls.items()}
            seconds, slowest = max((seconds, control) for control, (seconds, _) in found.items())
            grown, most = max((growth, control) for control, (_, growth) in found.items())
            print(f"{name:18} {len(found):8} {seconds:10.2f} {slowest:11} {grown:+12.1f} {most}", flush=True)


def storm(kernel, control, model, trait, values):
    """Send a thousand updates: seconds until the last is drawn, and MiB more than before."""
    kernel.warm(control, trait, values)
    memory, start = kernel.ask(MEMORY), time.perf_counter()
    kernel.storm(model, [{trait: values[7 * k % len(values)]} for k in range(COUNT)])
    kernel.settle()
    return time.perf_counter() - start, kernel.ask(MEMORY) - memory


def imports(rounds=7):
    """Start Python anew for each module; the time and the memory beyond those of an empty Python."""
    code = "import time, psutil; s = time.perf_counter(); import {}; print(time.perf_counter() - s, "
    code += "psutil.Process().memory_info().rss)"
    print(f"import, median of {rounds}")
    print(f"{'':18} {'ms':>6} {'process, MiB':>13}")
    for module in ["time", *MODULES]:
        command = [sys.executable, "-c", code.format(module)]
        runs = [subprocess.check_output(command, cwd=ROOT).split() for _ in range(rounds)]
        seconds, size = (statistics.median(map(float, column)) for column in zip(*runs, strict=True))
        print(f"{'(nothing)' if module == 'time' else module:18} {1000 * seconds:6.0f} {size / 2**20:13.0f}")


def notebooks():
    """Run each notebook from its first cell to its last; the memory is that of its kernel afterwards."""
    print("notebooks, one kernel each")
    print(f"{'':26} {'start, s':>9} {'run, s':>7} {'slowest cell, s':>16} {'kernel, MiB':>12}")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        start = time.perf_counter()
        with Kernel() as kernel:
            ready, cells = time.perf_counter() - start, []
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    begun = time.perf_counter()
                    kernel.run(cell.source)
                    cells.append(time.perf_counter() - begun)
            kernel.run("import gc, psutil")
            memory = kernel.ask(MEMORY)
        print(f"{path.stem:26} {ready:9.1f} {sum(cells):7.1f} {max(cells):16.1f} {memory:12.0f}", flush=True)


def main():
    """Measure what is named, or everything."""
    parts = {"storms": storms, "imports": imports, "notebooks": notebooks}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {time.strftime('%Y-%m-%d')}")
    for name, part in parts.items():
        if name in sys.argv[1:] or len(sys.argv) == 1:
            print()
            part()


if __name__ == "__main__":
    main()
