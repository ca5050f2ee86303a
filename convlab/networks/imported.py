"""Networks of one's own: read from an ONNX file, from PyTorch or from Keras."""

from functools import partial
from pathlib import Path

import numpy as np

from convlab.arithmetic.geometry import IMAGE, Layer
from convlab.errors import ConvlabError, shown, whole
from convlab.networks import files
from convlab.networks.network import FORWARD, Network
from convlab.networks.nodes import HANDLERS, Node, must


def from_onnx(file, shape=None, **about):
    """Read a network from an ONNX file.

    Parameters
    ----------
    file : str, Path or bytes
        The file, or what it holds. External data must lie in the file's own folder.
    shape : (int, int, int), optional
        Channels, height and width of an image, where the file leaves them open.
    **about
        What a `Network` needs to know of its images and classes: `classes`, `offset`, `scale`, `bgr`, `room`.

    Returns
    -------
    Network
        Its layers have the names of the tensors they give. What is not understood still opens: such a layer
        has no window and cannot be run, and a sentence says why when it is asked for.

    Raises
    ------
    ConvlabError
        If the file is damaged, larger than 2 GB, newer than the package onnx, or has no image as its input.

    References
    ----------
    The operators of ONNX, https://onnx.ai/onnx/operators.
    """
    reader = _Reader(*files.model_of(file), shape)
    if not reader.graph:
        raise ConvlabError("The file holds no layer that works on an image.")
    return Network(reader.graph, reader.weights, **{**reader.about, **about})


def from_torch(module, shape, **about):
    """Read a network from PyTorch, by way of ONNX.

    Parameters
    ----------
    module : torch.nn.Module
        It is set to `eval`.
    shape : (int, int, int)
        Channels, height and width of an image.
    **about
        As in `from_onnx`.

    Returns
    -------
    Network
    """
    import io

    import torch

    file = io.BytesIO()
    options = {"dynamo": False, "training": torch.onnx.TrainingMode.PRESERVE}  # batch norms stay visible
    with torch.no_grad():
        torch.onnx.export(module.eval(), torch.zeros(1, *shape), file, **options)
    return from_onnx(file.getvalue(), **about)


def from_keras(model, shape=None, **about):
    """Read a network from Keras, by way of ONNX; Keras may ask for a package of its own to write it.

    Parameters
    ----------
    model : keras.Model
        Of pictures with their channels last.
    shape : (int, int, int), optional
        Channels, height and width of an image, where the model leaves them open.
    **about
        As in `from_onnx`.

    Returns
    -------
    Network
    """
    import tempfile

    size = model.input_shape[1:] if shape is None else (*shape[1:], shape[0])
    model(np.zeros((1, *size), np.float32))  # Keras writes only a model that was called
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        model.export(str(path), format="onnx", verbose=False)
        return from_onnx(path, shape, **about)


class _Reader:
    """Walks through the nodes of a file in order, and keeps what is known of every tensor.

    `shapes` are without the batch; `axes` say where height and width are, also without it.
    """

    def __init__(self, model, folder, shape):
        self.graph, self.weights, self.found, self.folder = [], {}, {}, folder
        self.model, self.version = model, files.opset(model)
        self.imports = tuple((one.domain, one.version) for one in model.opset_import)
        self.constants = {one.name: files.array_of(one, folder) for one in model.graph.initializer}
        image, last, shape = self._image(model.graph, shape)
        self.about = {"shape": shape, "channels": shape[0]}
        self.shapes, self.names, self.axes = files.shapes_of(model), {image: IMAGE}, {image: (1, 2)}
        if last:
            turn = partial(np.moveaxis, source=0, destination=-1)
            self.graph.append(Layer(kind="move", name="channels last", run=turn))
            self.names[image], self.axes[image] = "channels last", (0, 1)
        for node in model.graph.node:
            settings = {one.name: self._plain(one) for one in node.attribute}
            if all(one in self.constants for one in node.input if one):
                found = files.constant(node, settings, self.constants, self.imports)
                self.constants[node.output[0]] = self.found[node.output[0]] = found
            elif node.op_type == "Shape" and node.input[0] in self.shapes:
                found = np.array((1, *self.shapes[node.input[0]]))
                self.constants[node.output[0]] = self.found[node.output[0]] = found
            else:
                self._read(node, settings)

    def _image(self, graph, shape):
        """Find the input that is the image; return its name, whether its channels are last, and its shape."""
        images = [one for one in graph.input if one.name not in self.constants]
        parts = images[0].type.tensor_type.shape.dim if images else ()
        if len(parts) != 4:
            raise ConvlabError(f"The network's input has {len(parts)} axes. An image has 4, with the batch.")
        turns = [one.attribute[0].ints for one in graph.node if one.op_type == "Transpose" and one.attribute]
        last = [0, 3, 1, 2] in turns and parts[1].dim_value not in (1, 3)
        order = (3, 1, 2) if last else (1, 2, 3)  # of channels, height and width
        for place, side in zip(order, shape or (), strict=False):
            parts[place].dim_value = whole("A side of the image", side, 1)
        parts[0].dim_value = 1
        shape = tuple(parts[place].dim_value for place in order)
        if not all(shape):
            raise ConvlabError("The file leaves the image's size open: give shape=(channels, height, width).")
        return images[0].name, last, shape

    def _read(self, node, settings):
        """Turn a node into a layer; keep its weights, and what is known of its result."""
        tensor, maps = node.output[0], [one for one in node.input if one and one not in self.constants]
        strangers = [one for one in maps if one not in self.names]
        if strangers:
            raise ConvlabError(
                f"{shown(tensor)} reads {shown(strangers[0])}, which no node before it gives. "
                "The nodes of a network cannot go in a circle."
            )
        name = tensor if tensor != IMAGE else f"{IMAGE}_"
        why = f"the units of {name} see unequal parts."
        layer = {"kind": "each", "bias": 0, "axes": self.axes[maps[0]], "why": why}
        try:
            layer |= self._understood(node, settings, maps)
        except Exception as reason:  # whatever a handler raises for settings that no node can have
            text = reason if isinstance(reason, ConvlabError) else "its settings cannot be read."
            why = f"{name} ({node.op_type}): {text}"
            layer = {"kind": "unknown", "kernel": None, "axes": None, "why": why}
        self.names[tensor], self.axes[tensor] = name, layer.pop("axes")
        own = layer.pop("own", {})
        if not any(map(files.bare, own.values())):
            self.weights |= {f"{name}.{key}": array for key, array in own.items() if array is not None}
        if layer["kind"] not in FORWARD or layer.get("kernel") == "all":  # else our own operator runs it
            layer["run"] = files.runner(node, self.constants, self.imports)
        self.graph.append(Layer(name=name, reads=[self.names[one] for one in maps], **layer))

    def _understood(self, node, settings, maps):
        """Ask the handler of a node for its layer."""
        must(node.op_type in HANDLERS, f"{node.op_type} is not understood.")
        must(len({self.axes[one] for one in maps}) == 1, "the maps it joins lie differently.")
        if maps[0] not in self.shapes and self.found:
            self._infer()
        must(maps[0] in self.shapes, "the shape of what it reads is not known.")
        first = self.shapes[maps[0]], self.axes[maps[0]], self.shapes.get(node.output[0])
        known = Node(node.op_type, list(node.input), maps, settings, self.constants, *first, self.version)
        return HANDLERS[node.op_type](known)

    def _infer(self):
        """Work the shapes out again, now with the constants that were found since."""
        for name, array in self.found.items():
            if array is not None and array.size <= files.SMALL:
                tensor = files.package().numpy_helper.from_array(np.array(array), name)
                self.model.graph.initializer.append(tensor)
        self.shapes, self.found = self.shapes | files.shapes_of(self.model), {}

    def _plain(self, attribute):
        """Give the value of an attribute: text as str, a tensor as an array."""
        if attribute.HasField("t"):
            return files.array_of(attribute.t, self.folder)
        value = files.package().helper.get_attribute_value(attribute)
        return value.decode("utf8", "replace") if isinstance(value, bytes) else value
