"""ONNX files, read with care: sizes are checked before anything is allocated, and nothing is run."""

import functools
import math
from pathlib import Path

import numpy as np

from convlab.errors import ConvlabError, shown

MOST = 2**29  # numbers of one tensor; four bytes each, so 2 GB, which is also the limit of a file
SMALL = 4096  # numbers of a constant that is worked out while a file is read
FOLDED = "Add Cast Ceil Concat Div Floor Gather Mul Reshape Shape Slice Squeeze Sub Unsqueeze".split()
DATA = ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data")


def package():
    """Import onnx, or say how to get it."""
    try:
        import onnx.reference
    except ImportError as error:
        raise ConvlabError("This needs the package onnx. Install it: pip install onnx.") from error
    return onnx


def model_of(file):
    """Decode a file, given by its name or as bytes; return the model and the folder it lies in."""
    onnx, folder, data = package(), None, file
    if isinstance(file, (str, Path)):
        path = Path(file)
        if not path.is_file():
            raise ConvlabError(f"There is no file {shown(str(file))}.")
        if path.stat().st_size > 4 * MOST:
            raise ConvlabError(f"{path.name} is {path.stat().st_size / 1e9:.1f} GB. The limit is 2 GB.")
        folder, data = path.parent, path.read_bytes()
    if not isinstance(data, bytes):
        raise ConvlabError(f"file is {shown(file)}. It must be the name of an ONNX file, or its bytes.")
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # whatever the decoder raises for a damaged file
        raise ConvlabError("The file is not ONNX, or it is cut off.") from error
    version, newest = opset(model), onnx.defs.onnx_opset_version()
    if not 0 < version <= newest:
        have = f"version {version} of ONNX's operators" if version else "no operators of ONNX"
        raise ConvlabError(f"The file needs {have}. The package onnx that is installed knows up to {newest}.")
    return model, folder


def opset(model):
    """Return the version of ONNX's operators that a model is written for; 0 if it uses none."""
    return max((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), default=0)


def array_of(tensor, folder):
    """Read a tensor whose size agrees with its data; NaN, taking no room, where it has none (`bare`)."""
    onnx, dims, name = package(), tuple(tensor.dims), shown(tensor.name)
    if min(dims, default=1) < 0 or math.prod(dims) > MOST:
        raise ConvlabError(f"{name} says it holds {math.prod(dims):,} numbers. The limit is {MOST:,}.")
    beside = {entry.key: entry.value for entry in tensor.external_data}.get("location")
    if beside is None and math.prod(dims) and not any(len(getattr(tensor, part)) for part in DATA):
        return np.broadcast_to(np.array(np.nan, np.float32), dims)
    try:
        if beside is not None and (folder / beside).stat().st_size > 4 * MOST:
            raise ValueError("more than 2 GB")
        return onnx.numpy_helper.to_array(tensor, str(folder))  # reads no file outside the folder
    except Exception as error:  # whatever onnx raises for a type, a size or a place that cannot be
        where = f"the file {shown(beside)}, in the folder of the network" if beside else "the file"
        raise ConvlabError(
            f"{name} has the shape {dims}. So many numbers, no more, must be in {where}."
        ) from error


def bare(array):
    """Tell whether an array stands for weights that the file does not hold."""
    return array is not None and array.size > 0 and not any(array.strides) and np.isnan(array.flat[0])


def shapes_of(model):
    """Let onnx work out the shapes of all tensors: {name: shape without the batch}."""
    try:
        model = package().shape_inference.infer_shapes(model, data_prop=True)
    except Exception as error:  # whatever it raises for a graph that contradicts itself
        raise ConvlabError("The shapes in the file contradict each other.") from error
    found = {}
    for one in (*model.graph.input, *model.graph.value_info, *model.graph.output):
        dims = [part.dim_value for part in one.type.tensor_type.shape.dim]
        if dims and all(dims[1:]):
            found[one.name] = tuple(dims[1:])
    return found


@functools.lru_cache(maxsize=1024)
def _reference(node, imports):
    """Make onnx's own reference of a node, given as bytes: a function of {name: array}."""
    onnx = package()
    node, info = onnx.NodeProto.FromString(node), onnx.helper.make_empty_tensor_value_info
    names = dict.fromkeys(filter(None, node.input))
    graph = onnx.helper.make_graph([node], "node", [*map(info, names)], [info(node.output[0])])
    return functools.partial(onnx.reference.ReferenceEvaluator(graph, opsets=dict(imports)).run, None)


def constant(node, settings, constants, imports):
    """Work out what a node makes of constants alone; None where that is large, and seldom needed."""
    given = {one: constants[one] for one in node.input if one}
    if node.op_type == "Constant":
        return settings.get("value")
    try:
        first, *_ = given.values()
        if node.op_type in ("Identity", "Transpose"):
            return first if node.op_type == "Identity" else first.transpose(settings.get("perm"))
        if node.op_type == "ConstantOfShape" and math.prod(first.tolist()) <= MOST:  # it takes no room
            return np.broadcast_to(settings.get("value", np.zeros(1, np.float32)), first)
        small = node.op_type in FOLDED and all(x.size <= SMALL and not bare(x) for x in given.values())
        return _reference(node.SerializeToString(), imports)(given)[0] if small else None
    except Exception:  # whatever comes of constants that are not known, or do not fit
        return None


def runner(node, constants, imports):
    """Make a function that runs a node on maps without the batch; None if it lacks a constant."""
    given = list(filter(None, node.input))
    fixed = {one: constants[one] for one in given if one in constants}
    if any(array is None or bare(array) for array in fixed.values()):
        return None
    names = [one for one in given if one not in constants]
    return functools.partial(_run, node, imports, fixed, names)


def _run(node, imports, fixed, names, *maps):
    kind = maps[0].dtype
    feeds = {one: x.astype(kind) if x.dtype.kind == "f" else x for one, x in fixed.items()}
    feeds |= {one: array[None] for one, array in zip(names, maps, strict=True)}
    try:
        with np.errstate(all="ignore"):  # the logarithm of 0 is −∞, in silence
            return _reference(node.SerializeToString(), imports)(feeds)[0][0]
    except Exception as error:  # whatever the reference raises for sizes that do not fit
        raise ConvlabError(f"{node.output[0]} ({node.op_type}) cannot take these maps.") from error
