"""Write a network as a program: the same layers for PyTorch, for Keras, and with `convlab` alone.

Every convolution is followed by a ReLU. Comments give the shape of each map.
"""

from convlab.arithmetic.geometry import WINDOW, Layer, cost
from convlab.errors import ConvlabError

SAME = {name: name for name in (*WINDOW[1:], "groups")}  # what PyTorch and convlab call alike


def pytorch(layers, shape):
    """Write a stack of convolutions as a PyTorch program.

    Parameters
    ----------
    layers : sequence of Layer
        Plain convolutions, from the image upwards.
    shape : (int, int, int)
        Channels, height and width of the image.

    Returns
    -------
    str
        The program. It makes the network `net` and prints the shape of its output for one image.

    Raises
    ------
    ConvlabError
        If a layer is not a plain convolution, or does not fit.

    References
    ----------
    The documentation of `torch.nn.Conv2d`.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import Layer
    >>> print(pytorch([Layer(3, stride=2, padding=1, channels=16)], (3, 32, 32)))
    import torch
    from torch import nn
    <BLANKLINE>
    net = nn.Sequential(
        nn.Conv2d(3, 16, kernel_size=3, stride=2, padding=1),  # 16 × 16 × 16
        nn.ReLU(),
    )
    print(net(torch.zeros(1, 3, 32, 32)).shape)
    """
    lines = ["import torch", "from torch import nn", "", "net = nn.Sequential("]
    for layer, c_in, after in _steps(layers, shape):
        window = _named(layer, **SAME)
        arguments = ", ".join([f"{c_in}, {layer.channels}, kernel_size={layer.kernel}", *window])
        lines += [f"    nn.Conv2d({arguments}),  # {_by(after)}", "    nn.ReLU(),"]
    image = ", ".join(map(str, (1, *shape)))
    return "\n".join([*lines, ")", f"print(net(torch.zeros({image})).shape)"])


def keras(layers, shape):
    """Write a stack of convolutions as a Keras program.

    Keras puts the channels last and knows no padding in pixels, so zeros are added in a layer of their own.
    It refuses a stride together with dilation: such a layer steps by 1, and a pooling of 1 pixel keeps
    every s-th position, which gives the same numbers.

    Parameters
    ----------
    layers, shape
        As in `pytorch`; the shape with its channels first.

    Returns
    -------
    str
        The program. It makes the network `net` and prints its layers.

    Raises
    ------
    ConvlabError
        As `pytorch`.

    References
    ----------
    The documentation of `keras.layers.Conv2D`.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import Layer
    >>> print(keras([Layer(3, stride=2, padding=1, channels=16)], (3, 32, 32)))
    from keras import Input, Sequential, layers
    <BLANKLINE>
    net = Sequential([
        Input((32, 32, 3)),
        layers.ZeroPadding2D(1),
        layers.Conv2D(16, 3, strides=2, activation="relu"),  # 16 × 16 × 16
    ])
    net.summary()
    """
    steps, image = _steps(layers, shape), (*shape[1:], shape[0])
    lines = ["from keras import Input, Sequential, layers", "", f"net = Sequential([\n    Input({image}),"]
    for layer, _, after in steps:
        both = layer.stride > 1 and layer.dilation > 1
        names = {"dilation": "dilation_rate", "groups": "groups"} | ({} if both else {"stride": "strides"})
        window = _named(layer, **names)
        arguments = ", ".join([f"{layer.channels}, {layer.kernel}", *window, 'activation="relu"'])
        calls = [f"ZeroPadding2D({layer.padding})"] if layer.padding else []
        calls.append(f"Conv2D({arguments})")
        calls += [f"MaxPooling2D(1, strides={layer.stride})"] if both else []
        lines += [f"    layers.{call}," for call in calls]
        lines[-1] += f"  # {_by((*after[1:], after[0]))}"
    return "\n".join([*lines, "])", "net.summary()"])


def convlab(layers, shape):
    """Write a stack of convolutions with `conv2d` and `relu` alone; the weights are random.

    Parameters
    ----------
    layers, shape
        As in `pytorch`.

    Returns
    -------
    str
        The program. It runs a random image through the network and prints the shape of the result, `x`.

    Raises
    ------
    ConvlabError
        As `pytorch`.

    References
    ----------
    He, Zhang, Ren & Sun (2015), arXiv:1502.01852: the size of the random weights.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import Layer
    >>> exec(convlab([Layer(3, stride=2, padding=1, channels=16)], (3, 32, 32)))
    (16, 16, 16)
    """
    steps = _steps(layers, shape)
    lines = [
        "import numpy as np",
        "from convlab import conv2d, relu",
        "",
        "random = np.random.default_rng(0)",
        "weights = lambda *shape: random.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape)",
        "",
        f"x = random.normal(size={tuple(shape)})",
    ]
    for layer, c_in, after in steps:
        window = _named(layer, **SAME)
        made = f"{layer.channels}, {c_in // layer.groups}, {layer.kernel}, {layer.kernel}"
        arguments = ", ".join(["x", f"weights({made})", f"np.zeros({layer.channels})", *window])
        lines.append(f"x = relu(conv2d({arguments}))  # {_by(after)}")
    return "\n".join([*lines, "print(x.shape)"])


def onnx(layers, shape):
    """Write a program that keeps a stack of convolutions as an ONNX file, with random weights.

    Parameters
    ----------
    layers, shape
        As in `pytorch`.

    Returns
    -------
    str
        The program. `networks.from_onnx("design.onnx")` reads what it writes.

    Raises
    ------
    ConvlabError
        As `pytorch`.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import Layer
    >>> print(onnx([Layer(3, stride=2, padding=1, channels=16)], (3, 32, 32)))
    from convlab import Layer, networks
    <BLANKLINE>
    layers = [
        Layer(3, channels=16, stride=2, padding=1, name="conv1"),  # 16 × 16 × 16
        Layer(kind="relu", name="relu1"),
    ]
    net = networks.untrained(layers, (3, 32, 32))
    with open("design.onnx", "wb") as file:
        file.write(networks.to_onnx(net))
    """
    lines = ["from convlab import Layer, networks", "", "layers = ["]
    for place, (layer, _, after) in enumerate(_steps(layers, shape), start=1):
        window = ", ".join([f"{layer.kernel}, channels={layer.channels}", *_named(layer, **SAME)])
        lines.append(f'    Layer({window}, name="conv{place}"),  # {_by(after)}')
        lines.append(f'    Layer(kind="relu", name="relu{place}"),')
    lines += ["]", f"net = networks.untrained(layers, {tuple(shape)})"]
    return "\n".join(
        [*lines, 'with open("design.onnx", "wb") as file:', "    file.write(networks.to_onnx(net))"]
    )


def _steps(layers, shape):
    """List (layer, channels of its input, shape of its output), once every layer is a plain convolution."""
    shapes = [shape, *(one.shape for one in cost(layers, shape))]
    for place, layer in enumerate(layers):
        if layer.kind != "conv" or layer.kernel == "all" or layer.reads or layer.bias != 1:
            raise ConvlabError(
                f"{layer.name.capitalize() or f'Layer {place}'} is not a plain convolution with a bias. "
                "Only those can be written as a program."
            )
    depths = [channels for channels, *_ in shapes]
    return list(zip(layers, depths[:-1], shapes[1:], strict=True))


def _named(layer, **names):
    """Write the settings that differ from a plain layer's, by the names a library gives them."""
    plain = Layer(1)
    return [
        f"{theirs}={getattr(layer, ours)}"
        for ours, theirs in names.items()
        if getattr(layer, ours) != getattr(plain, ours)
    ]


def _by(shape):
    return " × ".join(map(str, shape))
