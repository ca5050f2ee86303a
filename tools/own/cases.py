"""Keep ONNX's own cases of the operators that a network of images uses, for the tests.

    python -m tools.own.cases

Each is kept as a model whose other inputs are constants, as in a network, with its image and the answer
expected. Cases whose first input is no float32 array of four axes are left out: no network of images has
them.
"""

import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

TARGET = Path(__file__).resolve().parents[2] / "tests" / "data" / "onnx" / "network_cases.npz"
OPERATORS = """
    Conv ConvTranspose MaxPool AveragePool GlobalAveragePool GlobalMaxPool BatchNormalization Add Sum Sub Mul
    Div Concat Pad Resize Flatten Reshape Squeeze Unsqueeze Transpose Gemm MatMul ReduceMean Relu LeakyRelu
    PRelu Clip Sigmoid Tanh HardSigmoid HardSwish Elu Selu Celu Gelu Swish Softplus Softsign Mish Erf Exp Log
    Sqrt Abs Neg Pow Reciprocal Identity Dropout Cast Softmax ThresholdedRelu LayerNormalization
""".split()


def constant(case):
    """Give (model, image, answer) of a case, or None if it is none of a network of images."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    inputs, outputs = case.data_sets[0]
    arrays = [numpy_helper.to_array(one) if hasattr(one, "dims") else np.asarray(one) for one in inputs]
    if len(model.graph.node) != 1 or not arrays or arrays[0].ndim != 4 or arrays[0].dtype != np.float32:
        return None
    for info, array in zip(model.graph.input[1:], arrays[1:], strict=True):
        model.graph.initializer.append(numpy_helper.from_array(array, info.name))
    del model.graph.input[1:]
    return model, arrays[0], np.asarray(outputs[0])


def main():
    """Collect and write them."""
    warnings.simplefilter("ignore")
    from onnx.backend.test.case.node import collect_testcases

    kept = {}
    for case in collect_testcases(None):
        found = constant(case) if case.model.graph.node[0].op_type in OPERATORS else None
        if found:
            model, image, answer = found
            kept |= {f"{case.name}/model": np.frombuffer(model.SerializeToString(), np.uint8)}
            kept |= {f"{case.name}/image": image, f"{case.name}/answer": answer}
    np.savez_compressed(TARGET, **kept)
    print(f"{len(kept) // 3} cases, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
