"""What the nodes of an ONNX file are in a network.

A handler takes a `Node`. It gives what the `Layer` needs (the kind "each", unless it says otherwise), the
weights that the layer keeps (`own`), and the axes of height and width in the result, where they move; or it
says why it cannot.
"""

import math
from typing import NamedTuple

import numpy as np

from convlab.arithmetic.inputs import named_sides
from convlab.errors import ConvlabError
from convlab.networks.files import bare

SAME = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower"}  # what ONNX calls a padding


class Node(NamedTuple):
    """A node and what is known of the first map it reads. Shapes are without the batch."""

    op: str
    names: list  # of all it reads, maps and constants
    maps: list  # of the maps alone
    settings: dict
    constants: dict
    shape: tuple
    axes: tuple  # where height and width are in it; None where there are none, or nobody knows
    after: tuple  # shape of the result
    version: int  # of ONNX's operators

    def constant(self, place):
        """Give the constant that is read at a place; None if there is nothing."""
        name = self.names[place] if place < len(self.names) else ""
        must(not name or self.constants.get(name) is not None, "it takes its weights from another layer.")
        return self.constants.get(name)


def must(holds, why):
    """Stop at a node where something does not hold."""
    if not holds:
        raise ConvlabError(why)


def _upright(node):
    must(node.axes == (1, 2) and len(node.shape) == 3, "what it reads are no maps (C, H, W).")


def _window(node, kernel):
    """Read kernel, stride, padding and dilation of a node."""
    _upright(node)
    stride, dilation = (node.settings.get(name, [1, 1]) for name in ("strides", "dilations"))
    auto, pads = node.settings.get("auto_pad"), node.settings.get("pads", [0, 0, 0, 0])
    must(len(kernel) == 2 and min(pads) >= 0, "its window is not two-dimensional, or it is cut off.")
    pads = tuple(zip(pads[:2], pads[2:], strict=True))
    if auto in SAME:
        pads = named_sides(SAME[auto], node.shape[1:], kernel, stride, dilation)
    window = {"kernel": kernel, "stride": stride, "padding": [pad[0] for pad in pads], "dilation": dilation}
    uneven = any(before != after for before, after in pads)
    plain = {name: one[0] if one[0] == one[1] else tuple(one) for name, one in window.items()}
    return plain | ({"padding": pads} if uneven else {})


def _conv(node):
    weight, bias, groups = node.constant(1), node.constant(2), node.settings.get("group", 1)
    layer = {"kind": "conv", "channels": len(weight), "groups": groups, **_window(node, weight.shape[2:])}
    if node.op == "ConvTranspose":
        plain = "output_shape" not in node.settings and node.settings.get("auto_pad", "NOTSET") == "NOTSET"
        must(plain, "its padding is not given in pixels.")
        layer |= {"kind": "conv_transpose", "channels": weight.shape[1] * groups}
        layer["output_padding"] = tuple(node.settings.get("output_padding", (0, 0)))
    return layer | {"bias": int(bias is not None), "own": {"weight": weight, "bias": bias}}


def _pool(node):
    kind = "max_pool" if node.op == "MaxPool" else "avg_pool"
    more = {name: bool(node.settings.get(name)) for name in ("ceil_mode", "count_include_pad")}
    return {"kind": kind, **_window(node, node.settings.get("kernel_shape", ())), **more}


def _global(node):
    rank = len(node.shape) + 1
    over = node.settings.get("axes", node.constant(1)) if node.op == "ReduceMean" else range(2, rank)
    known = node.axes is not None and over is not None
    whole = known and sorted(one % rank - 1 for one in over) == list(node.axes)
    must(whole, "it takes the mean of something else than the whole map.")
    kind = "avg_pool" if node.axes == (1, 2) and "Max" not in node.op else "mix"
    return {"kind": kind, "kernel": "all", "axes": node.axes if node.settings.get("keepdims", 1) else None}


def _norm(node):
    _upright(node)
    must(not node.settings.get("training_mode"), "it looks at the whole batch, as in training.")
    return {"bias": 2}


def _channels(node):
    """Read a function that looks at all channels of one position: a softmax, a layer norm."""
    rank, old = len(node.shape) + 1, node.op == "Softmax" and node.version < 13
    axis = node.settings.get("axis", 1 if old else -1) % rank - 1
    over = range(axis, rank - 1) if old or node.op != "Softmax" else [axis]
    must(axis >= 0 and not {*over} & {*(node.axes or ())}, "it looks at every position of the map.")
    if node.op == "Softmax":
        return {"kind": "softmax" if axis == 0 else "mix"}
    return {"kind": "mix", "bias": len(node.names) - 1}


def _each(node):
    depth = math.prod(node.shape) // math.prod(node.shape[axis] for axis in node.axes or ())
    sizes = [np.size(node.constants.get(one)) for one in node.names if one not in node.maps]
    return {"bias": sum(size == depth > 1 for size in sizes)}


def _concat(node):
    must(node.maps == node.names, "what it joins is no map.")
    plain = node.axes in ((1, 2), None) and node.settings["axis"] % (len(node.shape) + 1) == 1
    return {"kind": "concat"} if plain else {"kind": "move", "kernel": None}


def _reshape(node):
    before, after, axes = node.shape, node.after, node.axes
    must(after and math.prod(before) == math.prod(after), "what it makes of the shape is not known.")
    if len(after) == 1 or axes is None or all(before[axis] == 1 for axis in axes):
        return {"kind": "move", "axes": None}
    if axes == (len(before) - 2, len(before) - 1) and after[-2:] == before[-2:]:
        return {"kind": "move", "axes": (len(after) - 2, len(after) - 1)}
    return {"kind": "move", "kernel": None, "axes": None}


def _transpose(node):
    first, *order = (one - 1 for one in node.settings.get("perm", [1]))
    must(first == -1, "it moves the batch.")
    return {"kind": "move", "axes": node.axes and tuple(order.index(axis) for axis in node.axes)}


def _linear(node):
    plain = node.maps == node.names[:1] and not node.settings.get("transA")
    must(plain, "it multiplies maps with each other: a position may read every other.")
    weight, bias, last = node.constant(1), node.constant(2), len(node.shape) - 1
    of_channels = not last or (node.axes is not None and last not in node.axes)
    must(weight.ndim == 2 and of_channels, "it mixes positions, not channels.")
    weight = weight if node.settings.get("transB") else weight.T
    layer = {"channels": len(weight), "bias": int(bias is not None)}
    if last:
        return layer | {"kind": "mix"}
    scales = [np.float32(node.settings.get(name, 1)) for name in ("alpha", "beta")]
    parts = zip(("weight", "bias"), (weight, bias), scales, strict=True)
    own = {name: one if one is None or bare(one) else one * by for name, one, by in parts}
    return layer | {"kind": "conv", "kernel": "all", "own": own}


def _pad(node):
    pads, both = node.settings.get("pads", node.constant(1)), len(node.shape) + 1
    known = node.axes is not None and pads is not None and min(pads) >= 0 and len(node.names) < 4
    must(known, "what it adds or cuts off is not known.")
    pairs = [(int(pads[axis]), int(pads[axis + both])) for axis in range(1, both)]
    must(not any(sum(pair) for k, pair in enumerate(pairs) if k not in node.axes), "it adds channels.")
    return {"kind": "move", "padding": tuple(pairs[axis] for axis in node.axes)}


def _resize(node):
    _upright(node)
    must(node.after and node.after[0] == node.shape[0], "what it makes of the shape is not known.")
    factors, rest = np.divmod(node.after[1:], node.shape[1:])
    if rest.any() or not factors.all():
        return {"kind": "resize", "kernel": None}
    kernel, border = factors, 0 * factors
    if node.settings.get("mode", "nearest") != "nearest":  # each pixel reaches as far as its neighbours
        kernel, border = 2 * factors - factors % 2, factors // 2
    sizes = zip(("kernel", "stride", "padding"), (kernel, factors, border), strict=True)
    return {"kind": "resize"} | {name: tuple(map(int, each)) for name, each in sizes}


EACH = """
    Abs Add Cast Celu Clip Div Dropout Elu Erf Exp Gelu HardSigmoid HardSwish Identity LeakyRelu Log Mish Mul
    Neg PRelu Pow Reciprocal Selu Sigmoid Softplus Softsign Sqrt Sub Sum Swish Tanh ThresholdedRelu
""".split()
HANDLERS = {
    **dict.fromkeys(EACH, _each),
    **dict.fromkeys(["Conv", "ConvTranspose"], _conv),
    **dict.fromkeys(["Flatten", "Reshape", "Squeeze", "Unsqueeze"], _reshape),
    **dict.fromkeys(["GlobalAveragePool", "GlobalMaxPool", "ReduceMean"], _global),
    **dict.fromkeys(["LayerNormalization", "Softmax"], _channels),
    **dict.fromkeys(["MaxPool", "AveragePool"], _pool),
    **dict.fromkeys(["Gemm", "MatMul"], _linear),
    **dict.fromkeys(["Resize", "Upsample"], _resize),
    "BatchNormalization": _norm,
    "Concat": _concat,
    "LRN": lambda node: {"kind": "mix"},
    "Pad": _pad,
    "Relu": lambda node: {"kind": "relu"},
    "Transpose": _transpose,
}
