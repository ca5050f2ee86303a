"""Write the graphs of published networks as small ONNX files without weights, for the tests and notebook 07.

    pip install torch torchvision onnx onnxscript
    python -m tools.own.graphs

Only the shapes of the weights are kept: tensors without data are read as weights that are not here. Numbers
that say how a node works stay.
"""

import io
from pathlib import Path

import onnx
import torch
import torchvision
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "tests" / "data" / "graphs"
SHIPPED = ROOT / "convlab" / "networks" / "weights"  # notebook 07 opens one
NAMES = (
    "alexnet", "vgg16", "resnet18", "resnet50", "inception_v3", "densenet121", "mobilenet_v2",
    "efficientnet_b0", "convnext_tiny",
)  # fmt: skip


class UNet(nn.Module):
    """The network of Ronneberger, Fischer & Brox (2015), arXiv:1505.04597, figure 1, with padding."""

    def __init__(self, depths=(64, 128, 256, 512, 1024)):
        super().__init__()
        self.down = nn.ModuleList(self.twice(a, b) for a, b in zip((3, *depths), depths, strict=False))
        pairs = list(zip(depths[:0:-1], depths[-2::-1], strict=True))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in pairs)
        self.join = nn.ModuleList(self.twice(a, b) for a, b in pairs)
        self.last = nn.Conv2d(depths[0], 2, 1)

    @staticmethod
    def twice(before, after):
        convs = nn.Conv2d(before, after, 3, padding=1), nn.Conv2d(after, after, 3, padding=1)
        return nn.Sequential(convs[0], nn.ReLU(), convs[1], nn.ReLU())

    def forward(self, x):
        kept = []
        for block in self.down:
            x = block(x if not kept else nn.functional.max_pool2d(x, 2))
            kept.append(x)
        for up, join, left in zip(self.up, self.join, kept[-2::-1], strict=True):
            x = join(torch.cat([left, up(x)], dim=1))
        return self.last(x)


def graph_of(module, side):
    """Export a network as an ONNX model that keeps no weights."""
    file = io.BytesIO()
    options = {"dynamo": False, "training": torch.onnx.TrainingMode.PRESERVE, "input_names": ["image"]}
    torch.onnx.export(module.eval(), torch.zeros(1, 3, side, side), file, **options)
    model = onnx.load_model_from_string(file.getvalue())
    for node in model.graph.node:
        node.ClearField("doc_string")
        node.ClearField("metadata_props")
    for tensor in model.graph.initializer:
        if onnx.numpy_helper.to_array(tensor).size > 1 and tensor.data_type == onnx.TensorProto.FLOAT:
            bare = onnx.TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims)
            tensor.CopyFrom(bare)
    return model


def main():
    """Write them all."""
    TARGET.mkdir(exist_ok=True)
    models = {name: getattr(torchvision.models, name) for name in NAMES}
    for name, make in {**models, "unet": UNet}.items():
        more = {"aux_logits": False, "init_weights": False} if name == "inception_v3" else {}
        model = graph_of(make(**more), 299 if name == "inception_v3" else 224)
        path = (SHIPPED if name == "resnet18" else TARGET) / f"{name}.onnx"
        path.write_bytes(model.SerializeToString())
        print(f"{name}: {len(model.graph.node)} nodes, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
