"""A network as an ONNX file, for other libraries to run and for `from_onnx` to read again."""

import numpy as np

from convlab.arithmetic.axis import pair, sides
from convlab.arithmetic.geometry import FILTERS, IMAGE
from convlab.errors import ConvlabError
from convlab.networks.files import package

OPERATORS = {
    "conv": "Conv",
    "conv_transpose": "ConvTranspose",
    "max_pool": "MaxPool",
    "avg_pool": "AveragePool",
    "relu": "Relu",
    "softmax": "Softmax",
    "add": "Sum",
    "concat": "Concat",
}


def to_onnx(network):
    """Write a network as an ONNX file.

    Parameters
    ----------
    network : Network
        With weights and a `shape`. Its `offset`, `scale` and `classes` are not in the file.

    Returns
    -------
    bytes
        The file. Its tensors have the names of the layers.

    Raises
    ------
    ConvlabError
        If a layer has no weights, or is nothing that one operator of ONNX does.

    References
    ----------
    The operators of ONNX, https://onnx.ai/onnx/operators.

    Examples
    --------
    >>> from convlab import Layer
    >>> from convlab.networks import from_onnx, untrained
    >>> stack = [Layer(3, padding=1, channels=8, name="conv"), Layer(kind="relu", name="relu")]
    >>> from_onnx(to_onnx(untrained(stack, (3, 32, 32)))).layers["conv"].channels
    8
    """
    onnx, nodes = package(), []
    node = onnx.helper.make_node
    for name, layer in network.layers.items():
        own = [f"{name}.{part}" for part in ("weight", "bias")[: layer.bias + 1] if layer.kind in FILTERS]
        if layer.kind not in OPERATORS or layer.bias > 1 or not network.weights.keys() >= {*own}:
            raise ConvlabError(f"{name} ({layer.kind}) has no weights, or ONNX has no operator like it.")
        reads = network.reads[name]
        if layer.kind == "conv" and layer.kernel == "all":
            nodes.append(node("Flatten", reads, [f"{name}.flat"]))
            nodes.append(node("Gemm", [f"{name}.flat", *own], [name], transB=1))
        else:
            op = "GlobalAveragePool" if layer.kernel == "all" else OPERATORS[layer.kind]
            nodes.append(node(op, [*reads, *own], [name], **_settings(layer)))
    image = onnx.helper.make_tensor_value_info(IMAGE, onnx.TensorProto.FLOAT, [1, *network.shape])
    ends = [image], [onnx.helper.make_empty_tensor_value_info(name)]
    arrays = ((np.asarray(array, np.float32), one) for one, array in network.weights.items())
    tensors = [onnx.numpy_helper.from_array(*one) for one in arrays]
    graph = onnx.helper.make_graph(nodes, "network", *ends, tensors)
    versions = [onnx.helper.make_opsetid("", 19)]  # of 2023: most libraries read it
    model = onnx.helper.make_model(graph, opset_imports=versions, ir_version=9)
    return onnx.shape_inference.infer_shapes(model).SerializeToString()


def _settings(layer):
    """Write the window of a layer, or the axis it works on, as ONNX calls them."""
    if layer.kind in ("softmax", "concat"):
        return {"axis": 1}
    if layer.kind in ("relu", "add") or layer.kernel == "all":
        return {}
    (top, bottom), (left, right) = sides(layer.padding)
    found = {"kernel_shape": pair("kernel", layer.kernel), "pads": (top, left, bottom, right)}
    found |= {"strides": pair("stride", layer.stride), "dilations": pair("dilation", layer.dilation)}
    if layer.kind == "conv_transpose":
        found["output_padding"] = pair("output_padding", layer.output_padding)
    if layer.kind == "avg_pool":
        found["count_include_pad"] = int(layer.count_include_pad)
    return found | ({"group": layer.groups} if layer.kind in FILTERS else {"ceil_mode": int(layer.ceil_mode)})
