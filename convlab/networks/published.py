"""Published networks as lists of layers: what `receptive_field` and `cost` read.

A fully connected layer is written as a convolution whose kernel covers the whole map, which is what it is.
"""

from dataclasses import replace

from convlab.arithmetic.geometry import Layer
from convlab.errors import named


def alexnet():
    """List the layers of AlexNet, in the one-column form of 2014 that torchvision trains.

    Returns
    -------
    list of Layer
        For an image (3, 224, 224). The original padded nothing and read 227 pixels.

    References
    ----------
    Krizhevsky, Sutskever & Hinton (2012), NeurIPS. Krizhevsky (2014), arXiv:1404.5997.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import cost
    >>> sum(layer.parameters for layer in cost(alexnet(), (3, 224, 224)))
    61100840
    """
    return [
        Layer(11, stride=4, padding=2, channels=64, name="conv1"),
        _pool(3, 2, "pool1"),
        Layer(5, padding=2, channels=192, name="conv2"),
        _pool(3, 2, "pool2"),
        Layer(3, padding=1, channels=384, name="conv3"),
        Layer(3, padding=1, channels=256, name="conv4"),
        Layer(3, padding=1, channels=256, name="conv5"),
        _pool(3, 2, "pool5"),
        *_fully_connected(4096, 4096, 1000),
    ]


def vgg16():
    """List the layers of VGG-16: 3×3 convolutions in five blocks, each closed by a pooling.

    Returns
    -------
    list of Layer
        For an image (3, 224, 224).

    References
    ----------
    Simonyan & Zisserman (2014), arXiv:1409.1556, table 1, column D.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import cost
    >>> sum(layer.parameters for layer in cost(vgg16(), (3, 224, 224)))
    138357544
    """
    layers = []
    for block, (channels, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1):
        layers += [
            Layer(3, padding=1, channels=channels, name=f"conv{block}_{i}") for i in range(1, count + 1)
        ]
        layers.append(_pool(2, 2, f"pool{block}"))
    return [*layers, *_fully_connected(4096, 4096, 1000)]


def resnet18():
    """List the layers of ResNet-18: eight residual blocks of two 3×3 convolutions.

    Returns
    -------
    list of Layer
        For an image (3, 224, 224). Every convolution is followed by a batch norm.

    References
    ----------
    He, Zhang, Ren & Sun (2015), arXiv:1512.03385, table 1.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import cost
    >>> sum(layer.parameters for layer in cost(resnet18(), (3, 224, 224)))
    11689512
    """
    return _resnet(
        [2, 2, 2, 2], widen=1, block=lambda channels, stride: [(3, stride, channels), (3, 1, channels)]
    )


def resnet50(stride_on="3x3"):
    """List the layers of ResNet-50: sixteen residual blocks of a 1×1, a 3×3 and a 1×1 convolution.

    Parameters
    ----------
    stride_on : {"3x3", "1x1"}
        The convolution that takes the stride of a block: the 3×3 as in torchvision, or the first 1×1
        as in the paper.

    Returns
    -------
    list of Layer
        For an image (3, 224, 224). Every convolution is followed by a batch norm.

    Raises
    ------
    ConvlabError
        If `stride_on` is neither.

    References
    ----------
    He, Zhang, Ren & Sun (2015), arXiv:1512.03385, table 1. torchvision 0.2 and later move the stride.

    Examples
    --------
    >>> from convlab.arithmetic.geometry import cost, receptive_field
    >>> sum(layer.parameters for layer in cost(resnet50(), (3, 224, 224)))
    25557032
    >>> [receptive_field(resnet50(where), n=224)[-3].size for where in ("3x3", "1x1")]
    [427, 483]
    """
    named("stride_on", stride_on, ("3x3", "1x1"))

    def bottleneck(channels, stride):
        first, second = (1, stride) if stride_on == "3x3" else (stride, 1)
        return [(1, first, channels), (3, second, channels), (1, 1, 4 * channels)]

    return _resnet([3, 4, 6, 3], widen=4, block=bottleneck)


def _resnet(counts, widen, block):
    """Stack residual blocks; `block` gives (kernel, stride, channels) of each convolution in one."""
    layers = [_norm(7, 2, 64, "conv1"), Layer(3, stride=2, padding=1, kind="max_pool", name="pool1")]
    depth = 64
    for stage, count in enumerate(counts, start=2):
        channels = 64 * 2 ** (stage - 2)
        for i in range(1, count + 1):
            stride = 2 if i == 1 and stage > 2 else 1
            below, block_name = layers[-1].name, f"{stage}_{i}"
            convs = block(channels, stride)
            layers += [_norm(*conv, f"conv{block_name}_{j}") for j, conv in enumerate(convs, start=1)]
            joined = [layers[-1].name, below]
            # where the shape changes, a 1×1 convolution changes it too
            if stride > 1 or depth != widen * channels:
                joined[1] = f"project{block_name}"
                layers.append(replace(_norm(1, stride, widen * channels, joined[1]), reads=(below,)))
            layers.append(Layer(kind="add", name=f"skip{block_name}", reads=joined))
            depth = widen * channels
    return [*layers, Layer("all", kind="avg_pool", name="average"), Layer("all", channels=1000, name="fc")]


def _norm(kernel, stride, channels, name):
    return Layer(kernel, stride=stride, padding=kernel // 2, channels=channels, bias=2, name=name)


def _pool(kernel, stride, name):
    return Layer(kernel, stride=stride, kind="max_pool", name=name)


def _fully_connected(*channels):
    return [Layer("all", channels=count, name=f"fc{place}") for place, count in enumerate(channels, start=6)]
