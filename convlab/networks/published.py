"""Published networks as lists of layers, from `published.toml`: what `receptive_field` and `cost` read.

A fully connected layer is written as a convolution whose kernel covers the whole map, which is what it is.
"""

import functools
import tomllib
from dataclasses import replace
from pathlib import Path

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
    return [*_layers("alexnet")]


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
    return [*_layers("vgg16")]


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
    return [*_layers("resnet18")]


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
    if stride_on == "3x3":
        return [*_layers("resnet50")]
    moved = {f"conv{stage}_1_{place}": 3 - place for stage in (3, 4, 5) for place in (1, 2)}
    return [replace(layer, stride=moved.get(layer.name, layer.stride)) for layer in _layers("resnet50")]


@functools.cache
def _layers(name):
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return [Layer(**row) for row in table[name]]
