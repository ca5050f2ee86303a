"""Where a network looks: sizes, windows, receptive fields and costs. Whole numbers only, no arrays.

The rules for one kernel stand in `sizes`; this file stacks them.
"""

from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

from convlab.arithmetic.axis import Windows, ends, output_size, same_padding, transposed_size, windows
from convlab.errors import ConvlabError, shown, whole

__all__ = ["Cost", "Field", "Layer", "Windows", "cost", "ends", "output_size", "receptive_field"]
__all__ += ["same_padding", "transposed_size", "window_below", "windows"]

MOST = 10**6  # positions that one listing may hold


@dataclass(frozen=True)
class Layer:
    """One layer of a network, as far as its geometry goes.

    Parameters
    ----------
    kernel : int or "all"
        Side of the square kernel. "all" covers the whole map below: a fully connected layer
        (kind "conv") or a global pooling (kind "pool").
    stride, padding, dilation : int
        As in `output_size`.
    channels : int
        Output channels of a convolution: the number of its filters. Only `cost` needs it.
    groups : int
        Channel groups of a convolution.
    kind : {"conv", "pool"}
        A pooling layer keeps its channels and learns nothing.
    bias : int
        Learned numbers a filter besides its kernel: 1 for a bias, 2 for the scale and shift of a
        batch norm, 0 for neither.
    skip : int
        0 for a plain layer. Otherwise this layer stands on a skip connection: it reads what the
        layer `skip` places before it reads, and its result is added to that of the layer before it.
    name : str
        What tables call it.

    Raises
    ------
    ConvlabError
        If a value is out of range.

    Examples
    --------
    >>> Layer(3, stride=2, padding=1, channels=64).channels
    64
    """

    kernel: int | str
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    channels: int = 0
    groups: int = 1
    kind: str = "conv"
    bias: int = 1
    skip: int = 0
    name: str = ""

    def __post_init__(self):
        """Refuse values that no layer can have."""
        if not isinstance(self.kind, str) or self.kind not in ("conv", "pool"):
            raise ConvlabError(f'kind is {shown(self.kind)}. The kinds of layer are "conv" and "pool".')
        if not (isinstance(self.kernel, str) and self.kernel == "all"):
            whole("kernel", self.kernel, 1)
        for name, least in [
            ("stride", 1),
            ("padding", 0),
            ("dilation", 1),
            ("channels", 0),
            ("groups", 1),
            ("bias", 0),
        ]:
            whole(name, getattr(self, name), least)
        whole("skip", self.skip)


class Field(NamedTuple):
    """What units see along one axis: unit `i` reads pixels `start + i*jump` … `start + i*jump + size - 1`."""

    size: int
    jump: int
    start: int


def receptive_field(layers, n=None):
    """Find how far each layer of a stack sees, along one axis of the image.

    Parameters
    ----------
    layers : sequence of Layer
        From the image upwards.
    n : int, optional
        Image size. Needed only below a kernel that covers "all".

    Returns
    -------
    list of Field
        One for each layer. Where a skip connection joins, a unit has several fields: the largest is given.

    Raises
    ------
    ConvlabError
        If a layer is not a `Layer`, or a kernel does not fit.

    References
    ----------
    Araujo, Norris & Sim (2019), Computing Receptive Fields of Convolutional Neural Networks, Distill.

    Examples
    --------
    >>> receptive_field([Layer(3, stride=3, padding=1), Layer(2)])
    [Field(size=3, jump=3, start=-1), Field(size=6, jump=3, start=-1)]
    """
    layers = _stack(layers)
    fields = [Field(1, 1, 0)]  # a pixel sees itself
    for layer, kernel in zip(layers, _kernels(layers, n), strict=True):
        size, jump, start = fields[-1 - layer.skip]
        size += layer.dilation * (kernel - 1) * jump
        start -= layer.padding * jump
        jump *= layer.stride
        field = Field(size, jump, start)
        fields.append(max(field, fields[-1]) if layer.skip else field)
    return fields[1:]


def window_below(layers, unit, level=0, n=None):
    """List the positions that one unit of the last layer reads in a level below, along one axis.

    Parameters
    ----------
    layers : sequence of Layer
        From the image upwards; cut the list to start from an earlier layer.
    unit : int
        Position in the map of the last layer.
    level : int
        Where to look: 0 is the image, 1 the map of the first layer, and so on.
    n : int, optional
        Image size. Needed only below a kernel that covers "all".

    Returns
    -------
    list of int
        Positions in rising order, with the holes that dilation or a long stride leaves. Those below 0
        or beyond the end are padding.

    Raises
    ------
    ConvlabError
        If there is no such level.

    Examples
    --------
    >>> window_below([Layer(3, dilation=2), Layer(3, dilation=2)], 0)
    [0, 2, 4, 6, 8]
    >>> window_below([Layer(3, stride=2), Layer(2)], 5, level=1)
    [5, 6]
    """
    layers, unit, level = _stack(layers), whole("unit", unit), whole("level", level)
    if level > len(layers):
        raise ConvlabError(
            f"level is {level}. The highest level of this stack is {len(layers)}, the map of its last layer."
        )
    kernels = _kernels(layers, n)
    read = [set() for _ in range(len(layers))] + [{unit}]
    for top in range(len(layers), level, -1):
        layer = layers[top - 1]
        offsets = range(-layer.padding, layer.dilation * kernels[top - 1] - layer.padding, layer.dilation)
        if len(read[top]) * len(offsets) > MOST:
            raise ConvlabError(
                f"Unit {unit} reads more than {MOST:,} positions. Choose a smaller kernel or stack."
            )
        read[top - 1 - layer.skip] |= {i * layer.stride + offset for i in read[top] for offset in offsets}
        if layer.skip:
            read[top - 1] |= read[top]
    return sorted(read[level])


class Cost(NamedTuple):
    """What one layer costs for one image. `macs` are multiply-adds; some tables count each as two."""

    name: str
    shape: tuple
    parameters: int
    macs: int
    activations: int
    bytes: int


def cost(layers, shape):
    """Count what each layer of a stack learns, computes and stores for one image.

    Parameters
    ----------
    layers : sequence of Layer
    shape : (int, int, int)
        Channels, height and width of the image.

    Returns
    -------
    list of Cost
        One for each layer: name, output shape, parameters, multiply-adds, activations (numbers in the
        output), and bytes (parameters and activations in float32).

    Raises
    ------
    ConvlabError
        If a kernel does not fit its map, channels and groups do not match, or the two branches of a
        skip connection differ in shape.

    Examples
    --------
    >>> cost([Layer(3, padding=1, channels=64)], (3, 224, 224))[0].parameters
    1792
    """
    if not isinstance(shape, (tuple, list)) or len(shape) != 3:
        raise ConvlabError(f"The image shape is {shown(shape)}. It must be (channels, height, width).")
    maps = [tuple(whole("A side of the image", side, 1) for side in shape)]
    costs = []
    for place, layer in enumerate(_stack(layers)):
        depth, *sides = maps[place - layer.skip]
        kernel = [side if layer.kernel == "all" else layer.kernel for side in sides]
        sides = [_after(side, k, layer) for side, k in zip(sides, kernel, strict=True)]
        weights = 0
        if layer.kind == "conv":
            weights = _kernel_weights(layer, layer.name.capitalize() or f"Layer {place}", depth, kernel)
            depth = layer.channels
        maps.append((depth, *sides))
        if layer.skip and maps[-1] != maps[-2]:
            raise ConvlabError(
                f"Layer {place} joins maps of shape {maps[-1]} and {maps[-2]}. They must be equal."
            )
        parameters = weights + layer.bias * depth * (layer.kind == "conv")
        positions, activations = sides[0] * sides[1], depth * sides[0] * sides[1]
        costs.append(
            Cost(
                layer.name,
                maps[-1],
                parameters,
                weights * positions,
                activations,
                4 * (parameters + activations),
            )
        )
    return costs


def _after(n, kernel, layer):
    return output_size(n, kernel, stride=layer.stride, padding=layer.padding, dilation=layer.dilation)


def _kernel_weights(layer, who, depth, kernel):
    """Count the weights of a convolution's filters, once its channels are known to agree."""
    if layer.channels < 1:
        raise ConvlabError(f"{who} is a convolution, and its channels are 0. The smallest legal value is 1.")
    if depth % layer.groups or layer.channels % layer.groups:
        raise ConvlabError(
            f"{who} has {layer.groups} groups. They must divide its {depth} input channels "
            f"and its {layer.channels} filters; the largest number that does is {gcd(depth, layer.channels)}."
        )
    return layer.channels * (depth // layer.groups) * kernel[0] * kernel[1]


def _stack(layers):
    """Return the layers as a list, once every one is known to be a `Layer` with something to read."""
    if not isinstance(layers, (list, tuple)):
        raise ConvlabError(f"The stack is {shown(layers)}. It must be a list of layers, such as [Layer(3)].")
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise ConvlabError(
                f"Layer {place} is {shown(layer)}. Write it as Layer(kernel, stride, padding, dilation)."
            )
        if layer.skip > place:
            raise ConvlabError(
                f"Layer {place} has a skip of {layer.skip}. The largest legal value here is {place}."
            )
    return layers


def _kernels(layers, n):
    """Give each layer's kernel as a number: "all" becomes the size of the map below it."""
    sizes, kernels = [n], []
    for place, layer in enumerate(layers):
        size = sizes[place - layer.skip]
        if layer.kernel == "all" and size is None:
            raise ConvlabError(
                f"Layer {place} covers the whole map, so its field depends on the image size: give n."
            )
        kernels.append(size if layer.kernel == "all" else layer.kernel)
        sizes.append(None if size is None else _after(size, kernels[-1], layer))
    return kernels
