"""Time the arithmetic against scipy and torch, and print one table. Run it with `make bench`.

Every library gets one thread. Each time is the fastest of many, taken in turns, so that a busy machine
slows all of them alike. torch is optional and never a dependency.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is imported
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)  # a processor forced from outside would slow numpy, and nobody else

import platform  # noqa: E402
import time  # noqa: E402
import tracemalloc  # noqa: E402

import numpy as np  # noqa: E402
from scipy import ndimage, signal  # noqa: E402

from convlab import conv2d  # noqa: E402

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None

CASES = [  # channels, filters, size, kernel, stride
    (1, 1, 256, 3, 1),
    (1, 1, 256, 7, 1),
    (3, 16, 224, 3, 1),
    (16, 32, 112, 3, 1),
    (64, 64, 56, 3, 1),
    (3, 64, 224, 7, 2),
]


def fastest(*works, rounds=25):
    """Time each work in turn, `rounds` times; return the least milliseconds of each."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            for _ in range(4):  # the first of four also pays for the caches that the others filled
                start = time.perf_counter()
                work()
                best[place] = min(best[place], (time.perf_counter() - start) * 1e3)
    return best


def rivals(x, w, stride, padding):
    """Name the other libraries that can do this work, with the work."""
    works = {}
    if len(w) == len(x) == 1:
        works["ndimage"] = lambda: ndimage.correlate(x[0], w[0, 0], mode="constant")
        works["correlate2d"] = lambda: signal.correlate2d(x[0], w[0, 0], "same")
    if torch:
        image, kernels = torch.from_numpy(x)[None], torch.from_numpy(w)
        works["torch"] = lambda: torch.nn.functional.conv2d(image, kernels, stride=stride, padding=padding)
    return works


def compare(dtype):
    """Print, for each case, our time and how many times longer the others take."""
    rng = np.random.default_rng(0)
    for channels, filters, size, kernel, stride in CASES:
        x = rng.random((channels, size, size), dtype)
        w = rng.random((filters, channels, kernel, kernel), dtype)
        others = rivals(x, w, stride, kernel // 2)
        ours, *theirs = fastest(
            lambda x=x, w=w, s=stride: conv2d(x, w, stride=s, padding=len(w[0, 0]) // 2), *others.values()
        )
        ratios = "   ".join(f"{name} ×{t / ours:.2f}" for name, t in zip(others, theirs, strict=True))
        what = f"{channels}→{filters}, {size}², {kernel}×{kernel}, stride {stride}"
        print(f"{what:34} {np.dtype(dtype).name}  {ours:7.2f} ms   {ratios}")


def growth():
    """Print the time per pixel from 64² to 1024²."""
    w = np.ones((3, 3), np.float32) / 9
    for size in (64, 128, 256, 512, 1024):
        x = np.random.default_rng(0).random((size, size), np.float32)
        (ms,) = fastest(lambda x=x: conv2d(x, w, padding=1), rounds=60)
        print(f"1→1, {size}², 3×3: {ms:7.3f} ms, {ms * 1e6 / size**2:5.2f} ns a pixel")


def memory():
    """Print the peak memory of 3×3 convolutions, against input + output."""
    for channels, filters, size in [(1, 1, 256), (1, 1, 1024), (3, 16, 224), (64, 64, 56), (512, 512, 14)]:
        x = np.ones((channels, size, size), np.float32)
        w = np.ones((filters, channels, 3, 3), np.float32)
        tracemalloc.start()
        y = conv2d(x, w, padding=1)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(
            f"{channels}→{filters}, {size}², 3×3: peak {peak / (x.nbytes + y.nbytes):.1f} × (input + output)"
        )


if __name__ == "__main__":
    print(
        f"numpy {np.__version__}, {platform.machine()}, one thread; ×2 means: the other takes twice as long"
    )
    compare(np.float32)
    compare(np.float64)
    growth()
    memory()
