"""Read the Fashion-MNIST files (Debian: apt install dataset-fashion-mnist).

Run as a script, it draws the test pictures that ship: 25 of each class, by seed.
"""

import gzip
from pathlib import Path

import numpy as np

FOLDER = Path("/usr/share/datasets/fashion-mnist")
CLASSES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
]
FILES = {"train": "train", "test": "t10k"}


def read_idx(path, header):
    """The bytes of one gzipped IDX file after its header."""
    with gzip.open(path) as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=header)


def load(split, folder=FOLDER):
    """Images (N, 28, 28) uint8, black background, and labels (N,) of "train" or "test"."""
    name = FILES[split]
    images = read_idx(Path(folder) / f"{name}-images-idx3-ubyte.gz", 16)
    labels = read_idx(Path(folder) / f"{name}-labels-idx1-ubyte.gz", 8)
    return images.reshape(-1, 28, 28), labels


def draw(path="convlab/networks/weights/fashion_sample.npz", each=25, seed=0):
    """Write the sample; its order is shuffled, so that any slice holds several classes."""
    images, labels = load("test")
    random = np.random.default_rng(seed)
    of_class = [np.flatnonzero(labels == label) for label in range(len(CLASSES))]
    chosen = random.permutation(np.concatenate([random.choice(own, each, replace=False) for own in of_class]))
    np.savez_compressed(path, images=images[chosen], labels=labels[chosen])


if __name__ == "__main__":
    draw()
