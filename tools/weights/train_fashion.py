"""Train the network of notebook 03 and write convlab/networks/weights/fashion.npz.

Needs torch (2.13 was used) and Fashion-MNIST (apt install dataset-fashion-mnist).
About 15 minutes on one core. The official test images are never opened here:
5,000 training images are held out for every choice; tools/weights/evaluate_fashion.py
opens the test images, once. Also stored: what torch answers to 20 of the
held-out images, for tests/unit/test_model.py.

    python -m tools.weights.train_fashion --out convlab/networks/weights/fashion.npz
"""

import argparse
import json
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tools.weights import fashion_mnist

SEED, BATCH, VALIDATION = 3, 128, 5000
# (name, input channels, filters, kernel, pooled afterwards)
CONVS = [
    ("conv1", 1, 16, 5, True),
    ("conv2", 16, 32, 3, False),
    ("conv3", 32, 32, 3, True),
    ("conv4", 32, 64, 3, False),
    ("conv5", 64, 64, 3, False),
]


def build():
    """Convolutions with batch norm, then the mean of each map, then ten scores."""
    layers = []
    for _, before, filters, kernel, pooled in CONVS:
        layers += [
            nn.Conv2d(before, filters, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
        ]
        layers += [nn.MaxPool2d(2)] * pooled
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def augment(images, noise, random):
    """Shift by up to 2 pixels, mirror half of them, add noise. (N, 28, 28) uint8 in, floats out."""
    count = len(images)
    padded = F.pad(images, (2, 2, 2, 2))
    span = torch.arange(28)
    top, left = torch.randint(0, 5, (2, count, 1), generator=random)
    mirrored = torch.rand(count, 1, generator=random) < 0.5
    cols = torch.where(mirrored, span.flip(0), span) + left
    shifted = padded[torch.arange(count)[:, None, None], (span + top)[:, :, None], cols[:, None, :]]
    batch = shifted[:, None].float() / 255
    return batch + noise * torch.randn(batch.shape, generator=random) if noise else batch


def accuracy(net, images, labels):
    """Share of images (N, 28, 28) uint8 put in the right class."""
    net.eval()
    with torch.no_grad():
        scores = torch.cat([net(part[:, None].float() / 255) for part in images.split(500)])
    net.train()
    return (scores.argmax(1) == labels).float().mean().item()


def train(epochs, clean, noise):
    """Train with input noise, which makes the first filters smooth; the last epochs are clean."""
    random = torch.Generator().manual_seed(SEED)
    images, labels = (torch.from_numpy(part.copy()) for part in fashion_mnist.load("train"))
    order, labels = torch.randperm(len(images), generator=random), labels.long()
    held, used = order[:VALIDATION], order[VALIDATION:]
    net = build()
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=0.02)
    steps = epochs * (len(used) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps, pct_start=0.2)
    for epoch in range(epochs):
        started = time.process_time()
        sigma = noise if epoch < epochs - clean else 0.0
        shuffled = used[torch.randperm(len(used), generator=random)]
        for picked in shuffled.split(BATCH)[: len(used) // BATCH]:
            optimiser.zero_grad()
            F.cross_entropy(net(augment(images[picked], sigma, random)), labels[picked]).backward()
            optimiser.step()
            schedule.step()
        print(
            f"epoch {epoch + 1}: held-out accuracy {accuracy(net, images[held], labels[held]):.4f}"
            f", {time.process_time() - started:.0f} CPU s",
            flush=True,
        )
    return net, images[held[:20]]


def fold(net):
    """The trained numbers as arrays, each batch norm folded into the convolution before it."""
    arrays = {}
    modules = [layer for layer in net if isinstance(layer, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))]
    for (name, *_), conv, norm in zip(CONVS, modules[:-1:2], modules[1::2], strict=True):
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        arrays[f"{name}.weight"] = conv.weight * gain[:, None, None, None]
        arrays[f"{name}.bias"] = norm.bias - norm.running_mean * gain
    arrays["scores.weight"], arrays["scores.bias"] = modules[-1].weight, modules[-1].bias
    return {name: array.detach().numpy().astype(np.float16) for name, array in arrays.items()}


def layers():
    """The layers in order, each with what convlab's `Layer` needs."""
    rows = []
    for name, _, filters, kernel, pooled in CONVS:
        number = name.removeprefix("conv")
        rows.append({"name": name, "kernel": kernel, "padding": kernel // 2, "channels": filters})
        rows.append({"name": f"relu{number}", "kind": "relu"})
        rows += [{"name": f"pool{number}", "kind": "max_pool", "kernel": 2, "stride": 2}] * pooled
    return rows + [
        {"name": "mean", "kind": "avg_pool", "kernel": "all"},
        {"name": "scores", "kernel": "all", "channels": len(fashion_mnist.CLASSES)},
        {"name": "probability", "kind": "softmax"},
    ]


def scores(arrays, images):
    """What torch makes of the folded weights: scores (N, 10) of images (N, 1, H, W), 0 to 255."""
    maps = images / 255
    for name, _, _, kernel, pooled in CONVS:
        weight, bias = (torch.as_tensor(arrays[f"{name}.{part}"]).to(maps) for part in ("weight", "bias"))
        maps = F.relu(F.conv2d(maps, weight, bias, padding=kernel // 2))
        maps = F.max_pool2d(maps, 2) if pooled else maps
    weight, bias = (torch.as_tensor(arrays[f"scores.{part}"]).to(maps) for part in ("weight", "bias"))
    return maps.mean((2, 3)) @ weight.T + bias


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", default="convlab/networks/weights/fashion.npz")
    parser.add_argument("--logits", default="tests/data/fashion_logits.npz")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--clean", type=int, default=7, help="last epochs, trained without noise")
    parser.add_argument("--noise", type=float, default=0.15, help="standard deviation, where white is 1")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net, pictures = train(options.epochs, options.clean, options.noise)
    arrays = fold(net)
    about = {"layers": layers(), "classes": fashion_mnist.CLASSES, "scale": 255}
    np.savez_compressed(options.out, network=json.dumps(about), **arrays)
    np.savez_compressed(options.logits, images=pictures, scores=scores(arrays, pictures[:, None].float()))


if __name__ == "__main__":
    main()
