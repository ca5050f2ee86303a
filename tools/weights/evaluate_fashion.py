"""Run convlab's garment network, in numpy, over the 10,000 official test images.

Needs Fashion-MNIST (apt install dataset-fashion-mnist); about half a minute.
Prints the lines that convlab/networks/weights/fashion.md states; --store writes the
counts that tests/unit/test_model.py compares the card with.

    python -m tools.weights.evaluate_fashion
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np

from convlab import networks
from tools.weights import fashion_mnist

WEIGHTS, STORED = "convlab/networks/weights/fashion.npz", "tests/data/fashion_counts.json"


def confusion(network, images, labels):
    """Counts (true class, answer)."""
    counts = np.zeros((len(network.classes),) * 2, int)
    for image, label in zip(images, labels, strict=True):
        counts[label, network.probabilities(image).argmax()] += 1
    return counts


def lines(counts, classes, digest):
    """The result as the card states it."""
    right = np.diag(counts)
    yield f"Accuracy: {right.sum() / counts.sum():.2%} ({right.sum():,} of {counts.sum():,})"
    yield f"Weights: sha256 {digest}"
    yield ""
    yield "| class | found (recall) | right when said (precision) | most often taken for |"
    yield "|---|---|---|---|"
    wrong = counts - np.diag(right)
    for i, name in enumerate(classes):
        other = wrong[i].argmax()
        yield (
            f"| {name} | {right[i] / counts[i].sum():.1%} | {right[i] / counts[:, i].sum():.1%} "
            f"| {classes[other]} ({wrong[i, other]}) |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--store", action="store_true", help=f"write {STORED}")
    options = parser.parse_args()
    network = networks.load("fashion")
    counts = confusion(network, *fashion_mnist.load("test"))
    digest = hashlib.sha256(Path(WEIGHTS).read_bytes()).hexdigest()
    print("\n".join(lines(counts, network.classes, digest)))
    if options.store:
        Path(STORED).write_text(json.dumps({"sha256": digest, "confusion": counts.tolist()}) + "\n")


if __name__ == "__main__":
    main()
