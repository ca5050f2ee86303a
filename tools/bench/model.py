"""Time the networks that ship: median of many runs, in milliseconds, on one thread. Writes nothing."""

import os
import statistics
import time

for library in ("OMP", "OPENBLAS", "MKL"):  # read when numpy is first imported
    os.environ[f"{library}_NUM_THREADS"] = "1"

from convlab import images, networks  # noqa: E402


def median(work, runs):
    """Median milliseconds of `work`, once warm."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main():
    fashion, pnet, (pictures, _) = networks.load("fashion"), networks.load("pnet"), networks.sample()
    scene = networks.arrange(pictures[:4], [(0, 0), (0, 56), (56, 0), (56, 56)])
    photograph = images.load("astronaut", grey=False)
    rows = [
        ("forward, 28 × 28 (to reach: 3)", lambda: fashion.forward(pictures[0]), 200),
        ("gradient of a score, 28 × 28", lambda: fashion.gradient(pictures[0], "scores", 0), 50),
        ("moved garment → activation map, 84 × 84 (to reach: 60)", lambda: fashion.cam(scene, 0), 50),
        ("peaks of all maps in 250 images", lambda: networks.peaks(fashion, pictures), 3),
        ("P-Net, 256 × 256 photograph at scale 0.3", lambda: networks.faces(pnet, photograph, [0.3]), 20),
        ("P-Net, 256 × 256 photograph at full size", lambda: networks.faces(pnet, photograph, [1.0]), 5),
    ]
    for what, work, runs in rows:
        print(f"{what:56s}{median(work, runs):8.1f} ms")


if __name__ == "__main__":
    main()
