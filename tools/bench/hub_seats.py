"""What a seat in a class costs: memory and processor time of each notebook, and of all sliders moving.

    python -m tools.bench.hub_seats [seats]
"""
import os
import platform
import sys
import threading
import time

import nbformat
import psutil

from tests.drivers.jupyter import JupyterLab
from tests.drivers.kernel import ROOT, Kernel

LAB = 'from convlab import labs; lab = labs.kernel_lab("camera", "gaussian blur", size=7)'
RATE, SECONDS = 10, 20                     # slider steps a second, as of a hand that never rests
MEGA = 1e6


def process(kernel):
    """Return the operating system's view of a kernel."""
    return psutil.Process(kernel.ask("__import__('os').getpid()"))


def used(one):
    """Seconds of processor time so far."""
    return sum(one.cpu_times()[:2])


def notebook(path):
    """Run all in a fresh kernel: seconds until its first cell is done, and its last; CPU seconds; peak MB."""
    start = time.perf_counter()
    with Kernel() as kernel:
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        kernel.run(cells[0])
        ready = time.perf_counter() - start
        for source in cells[1:]:
            kernel.run(source)
        peak = kernel.ask("__import__('resource').getrusage(0).ru_maxrss") / 1024 * 2**20 / MEGA
        return ready, time.perf_counter() - start, used(process(kernel)), peak


def move(kernel, model, begin):
    """Move a slider of one kernel for the agreed time."""
    begin.wait()
    start = time.perf_counter()
    for step in range(RATE * SECONDS):
        time.sleep(max(0, start + step / RATE - time.perf_counter()))
        kernel.send(model, value=0.3 + 0.05 * (step % 54))
        kernel._read_waiting()
    kernel.run("pass")                     # everything sent before this has been dealt with


def crowd(count):
    """Return memory in MB and cores of every seat, and the pictures a second that each got."""
    kernels = [Kernel() for _ in range(count)]
    try:
        for kernel in kernels:
            kernel.run(LAB)
        sigmas = [kernel.ask("lab.controls['sigma'].model_id") for kernel in kernels]
        views = [kernel.ask("lab.view.model_id") for kernel in kernels]
        seats = [process(kernel) for kernel in kernels]
        memory = [one.memory_info().rss / MEGA for one in seats]
        before, begin = [used(one) for one in seats], threading.Event()
        drawn = [kernel.updates.get(view, 0) for kernel, view in zip(kernels, views, strict=True)]
        hands = [threading.Thread(target=move, args=(kernel, sigma, begin))
                 for kernel, sigma in zip(kernels, sigmas, strict=True)]
        for hand in hands:
            hand.start()
        start = time.perf_counter()
        begin.set()
        for hand in hands:
            hand.join()
        took = time.perf_counter() - start
        cores = [(used(one) - old) / took for one, old in zip(seats, before, strict=True)]
        pictures = [(kernel.updates[view] - old) / took
                    for kernel, view, old in zip(kernels, views, drawn, strict=True)]
        return memory, cores, pictures
    finally:
        for kernel in kernels:
            kernel.close()


def main():
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"load before: {os.getloadavg()[0]:.1f}")
    with JupyterLab() as lab:
        server = psutil.Process(lab._server.pid).memory_info().rss
        print(f"JupyterLab's server, a seat: {server / MEGA:.0f} MB")
    print("notebook                      first cell   all cells   CPU seconds   peak MB of its kernel")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        ready, whole, cpu, peak = notebook(path)
        print(f"{path.stem:28}{ready:9.1f} s {whole:9.1f} s {cpu:13.1f} {peak:16.0f}")
    for seats in (1, count):
        memory, cores, pictures = crowd(seats)
        print(f"{seats} kernels, {RATE} slider steps a second each: {sum(memory) / seats:.0f} MB and "
              f"{sum(cores) / seats:.3f} cores a seat; "
              f"pictures a second: {min(pictures):.1f} to {max(pictures):.1f}")


if __name__ == "__main__":
    main()
