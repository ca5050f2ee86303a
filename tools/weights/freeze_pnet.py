"""Freeze MTCNN's P-Net and the first layer of its O-Net: pnet.npz and onet.npz in convlab/networks/weights.

Takes the weights from the PyPI package mtcnn 1.0.0 (MIT). The numbers are not
changed: only the axes are put in PyTorch order and the names made plain.

    pip install joblib lz4 mtcnn==1.0.0 --no-deps
    python -m tools.weights.freeze_pnet

With --check it also runs the original network (needs tensorflow) on a small
picture and stores what it answered, for tests/unit/test_model.py.
"""

import argparse
import json
from importlib import resources

import joblib
import numpy as np

WEIGHTS, CHECK = "convlab/networks/weights", "tests/data/pnet_original.npz"
INPUT = {"channels": 3, "offset": 127.5, "scale": 128}
LAYERS = [
    {"name": "conv1", "kernel": 3, "channels": 10},
    {"name": "prelu1", "kind": "prelu"},
    # TensorFlow's "same" pooling: a last window may hang over the end
    {"name": "pool1", "kind": "max_pool", "kernel": 2, "stride": 2, "ceil_mode": True},
    {"name": "conv2", "kernel": 3, "channels": 16},
    {"name": "prelu2", "kind": "prelu"},
    {"name": "conv3", "kernel": 3, "channels": 32},
    {"name": "prelu3", "kind": "prelu"},
    {"name": "box", "channels": 4},
    {"name": "scores", "channels": 2, "reads": "prelu3"},
    {"name": "probability", "kind": "softmax"},
]


def read(name):
    """Arrays of one network in the order of its layers: kernel, bias, slopes, kernel, …"""
    # joblib files are pickles: read here once, from the published package, never by convlab
    return joblib.load(resources.files("mtcnn.assets.weights") / f"{name}.lz4")


def named(arrays, names):
    """Name the arrays, kernels turned from (kH, kW, C_in, C_out) to (C_out, C_in, kH, kW)."""
    turned = [array.transpose(3, 2, 0, 1) if array.ndim == 4 else array.ravel() for array in arrays]
    return {name: np.ascontiguousarray(array, np.float32) for name, array in zip(names, turned, strict=True)}


def freeze():
    """Write both networks. O-Net stops after the layer whose 32 kernels look at colours."""
    names = [
        f"{layer}.{part}"
        for n in (1, 2, 3)
        for layer, part in ((f"conv{n}", "weight"), (f"conv{n}", "bias"), (f"prelu{n}", "slope"))
    ]
    onet = named(read("onet")[:3], names[:3])
    pnet = named(read("pnet"), names + ["box.weight", "box.bias", "scores.weight", "scores.bias"])
    save("onet", [LAYERS[0] | {"channels": 32}, LAYERS[1]], onet)
    save("pnet", LAYERS, pnet, classes=["no face", "face"])


def save(name, layers, arrays, **about):
    """Write one network as `networks.load` reads it."""
    text = json.dumps({"layers": layers, **INPUT, **about})
    np.savez_compressed(f"{WEIGHTS}/{name}.npz", network=text, **arrays)
    print(name, sum(array.size for array in arrays.values()), "weights")


def check():
    """Store what the original network answers on a 60 × 47 picture (odd before its pool)."""
    from mtcnn.stages import StagePNet

    from convlab import images

    picture = images.load("astronaut", grey=False)[:, 3:243:4, 40:240:4][:, :, :47]
    box, probability = StagePNet()._model((picture.transpose(1, 2, 0)[None] - np.float32(127.5)) / 128)
    box, probability = (found.numpy()[0].transpose(2, 0, 1) for found in (box, probability))
    np.savez_compressed(CHECK, picture=picture, box=box, probability=probability)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="also run the original network")
    options = parser.parse_args()
    freeze()
    if options.check:
        check()


if __name__ == "__main__":
    main()
