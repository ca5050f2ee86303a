"""Write a network as a program: the same layers for PyTorch, for Keras, with `convlab` alone, and as ONNX.

Every convolution is followed by a ReLU. Comments give the shape of each map. `programs.toml` has the text of
each language, and what `conventions` says of one window.
"""

import tomllib
from itertools import pairwise
from pathlib import Path

from convlab.arithmetic.axis import same_padding, windows
from convlab.arithmetic.geometry import WINDOW, Layer, cost
from convlab.errors import ConvlabError

TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
NAMES = {name: name for name in (*WINDOW[1:], "groups")}  # what a library calls a setting → what we do
NAMES |= {"strides": "stride", "dilation_rate": "dilation"}  # Keras
PLAIN = Layer()


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
    return _program("pytorch", layers, shape)


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

    def parts(layer):
        main = "thinned" if layer.stride > 1 and layer.dilation > 1 else "layer"
        return ["padded", main] if layer.padding else [main]

    return _program("keras", layers, shape, parts)


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
    return _program("convlab", layers, shape)


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
    return _program("onnx", layers, shape)


def conventions(n, kernel, stride=1, padding=0, dilation=1):
    """List what each convention makes of the same numbers.

    Parameters
    ----------
    n, kernel, stride, padding, dilation : int
        As in `output_size`.

    Returns
    -------
    dict
        Name → (padding before and after, windows, the framework's call, convlab's call).

    Raises
    ------
    ConvlabError
        As `output_size`.

    References
    ----------
    Documentation of torch.nn.Conv2d, torch.nn.MaxPool2d and keras.layers.Conv2D.

    Examples
    --------
    >>> for name, (pads, windows, *_) in conventions(224, 7, 2, 3).items():
    ...     print(name, pads, len(windows.starts))
    PyTorch Conv2d (3, 3) 112
    Keras same (2, 3) 112
    PyTorch MaxPool2d (3, 3) 112
    PyTorch MaxPool2d, ceil_mode=True (3, 3) 113
    """
    layer, found = Layer(kernel, stride, padding, dilation), {}
    for name, calls in TEXTS["conventions"].items():
        pads = same_padding(n, kernel, stride, dilation) if name == "Keras same" else (padding, padding)
        options = {"stride": stride, "padding": pads, "dilation": dilation, "ceil_mode": "ceil" in name}
        texts = [call.format(**_named(layer)) for call in calls]
        found[name] = pads, windows(n, kernel, **options), *texts
    return found


def _program(language, layers, shape, parts=lambda layer: ["layer"]):
    """Fill in the texts of a language: the beginning, its parts for each layer, the end."""
    text, maps = TEXTS[language], [shape, *(one.shape for one in cost(layers, shape))]
    lines = [text["begin"].format(shape=shape)]
    for place, (layer, (below, above)) in enumerate(zip(layers, pairwise(maps), strict=True)):
        if layer.kind != "conv" or layer.kernel == "all" or layer.reads or layer.bias != 1:
            raise ConvlabError(
                f"{layer.name.capitalize() or f'Layer {place}'} is not a plain convolution with a bias. "
                "Only those can be written as a program."
            )
        known = {"place": place + 1, "depth": below[0], "each": below[0] // layer.groups, "map": above}
        lines += [text[part].format(**known, **_named(layer)) for part in parts(layer)]
    return "\n".join([*lines, text["end"].format(shape=shape)])


def _named(layer):
    """Give a layer, and each of its settings as an argument, where it is not that of a plain layer."""
    texts = {"layer": layer}
    for name, ours in NAMES.items():
        value = getattr(layer, ours)
        texts[name] = f", {name}={value}" if value != getattr(PLAIN, ours) else ""
    return texts
