"""Where a network looks: sizes, windows, receptive fields and costs. Whole numbers only, no arrays.

The rules for one kernel stand in `axis`; this file joins them: a network is a list of layers, and each says
which layers below it reads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

from convlab.arithmetic.axis import Windows, output_size, pair, same_padding, sides, transposed_size, windows
from convlab.errors import ConvlabError, named, shown, truth, whole

WINDOW = ("kernel", "stride", "padding", "dilation")
MOST = 10**6  # positions that one listing may hold
IMAGE = "input"  # what a layer reads that reads the image itself
UP = ("conv_transpose", "resize")  # give larger maps than they read, by the stride
LARGER, JOINS = "makes the map larger", "joins a map with one number for all of it"
FILTERS = ("conv", "conv_transpose")
CALM = ("relu", "prelu", "softmax", "each", "mix", "move")  # read no neighbour
KINDS = (*FILTERS, "max_pool", "avg_pool", "resize", "add", "concat", *CALM, "unknown")


@dataclass(frozen=True)
class Layer:
    """One layer of a network: what it computes, its window, and what it reads.

    Parameters
    ----------
    kernel : int, (vertical, horizontal), "all" or None
        Size of the window. "all" covers the whole map below: a fully connected layer (kind "conv")
        or a global pooling. None: not known, and `receptive_field` says so.
    stride, padding, dilation, output_padding, ceil_mode, count_include_pad
        As in `conv2d`, `conv_transpose2d` and `avg_pool2d`; the padding in pixels.
    channels : int
        Output channels of a convolution: the number of its filters. Only `cost` needs it.
    groups : int
        Channel groups of a convolution.
    kind : str
        A name in `KINDS`. Those in `FILTERS` learn a kernel; those in `UP` turn the stride round.
    bias : int
        Learned numbers of a channel besides its kernel: 1 for a bias, 2 for the scale and shift of a
        batch norm, 0 for neither. Counted for `FILTERS`, "each" and "mix".
    name : str
        What tables call it, and what other layers read it by.
    reads : str or sequence of str
        Names of the layers it reads, "input" for the image; by default the layer before it. A layer
        that reads several joins them: "add" adds their maps, "concat" puts their channels behind
        each other. "each" is any function of single numbers, "mix" any that mixes the channels of one
        position, "move" any that moves numbers.
    run : callable, optional
        What gives its map from those it reads, if that is none of our operators.
    why : str
        Why its window is not known, or its units see unequal parts.

    Raises
    ------
    ConvlabError
        If a value is out of range.

    Examples
    --------
    >>> Layer(3, stride=2, padding=1, channels=64).channels
    64
    """

    kernel: int | tuple | str | None = 1
    stride: int | tuple = 1
    padding: int | tuple = 0
    dilation: int | tuple = 1
    channels: int = 0
    groups: int = 1
    kind: str = "conv"
    bias: int = 1
    ceil_mode: bool = False
    name: str = ""
    reads: tuple = ()
    output_padding: int | tuple = 0
    count_include_pad: bool = True
    run: Callable | None = None
    why: str = ""

    def __post_init__(self):
        """Refuse values that no layer can have."""
        named("kind", self.kind, KINDS)
        self.window(0)
        for name, least in (("channels", 0), ("groups", 1), ("bias", 0)):
            whole(name, getattr(self, name), least)
        truth("ceil_mode", self.ceil_mode)
        reads = (self.reads,) if isinstance(self.reads, str) else self.reads
        if not isinstance(reads, (tuple, list)) or not all(isinstance(one, str) for one in reads):
            raise ConvlabError(f"reads is {shown(reads)}. It must be a list of names of layers.")
        object.__setattr__(self, "reads", tuple(reads))

    def window(self, axis):
        """Give the kernel along one axis (0 rows, 1 columns), and the other arguments of `windows`."""
        known = self.kernel is not None and not (isinstance(self.kernel, str) and self.kernel == "all")
        options = {"ceil_mode": self.ceil_mode}
        if self.kind in UP:
            options = {"output_padding": pair("output_padding", self.output_padding)[axis]}
        return pair("kernel", self.kernel, 1)[axis] if known else self.kernel, options | {
            "stride": pair("stride", self.stride, 1)[axis],
            "padding": sides(self.padding)[axis],
            "dilation": pair("dilation", self.dilation, 1)[axis],
        }

    def windows(self, n, axis=0):
        """List what each output reads along one axis of a map of `n`."""
        kernel, options = self.window(axis)
        return windows(n, n if kernel == "all" else kernel, **options)


class Field(NamedTuple):
    """What units see along one axis: unit `i` reads pixels `start + i*jump` … `start + i*jump + size - 1`."""

    size: int
    jump: int
    start: int

    def windows(self, n):
        """List what each of `n` units sees, as `windows` does for one layer.

        >>> Field(size=5, jump=2, start=-1).windows(3)
        Windows(starts=range(-1, 5, 2), taps=range(0, 5))
        """
        return Windows(range(self.start, self.start + n * self.jump, self.jump), range(self.size))


def receptive_field(layers, n=None, axis=0):
    """Find how far each layer of a network sees, along one axis of the image.

    Parameters
    ----------
    layers : sequence of Layer
        From the image upwards.
    n : int, optional
        Image size. Needed only below a kernel that covers "all".
    axis : {0, 1}
        0 for the height, 1 for the width.

    Returns
    -------
    list of Field
        One for each layer. Where branches join, from the smallest start to the largest end.

    Raises
    ------
    ConvlabError
        If a layer is not a `Layer`, a kernel does not fit, or branches of unequal jump join.

    References
    ----------
    Araujo, Norris & Sim (2019), Computing Receptive Fields of Convolutional Neural Networks, Distill.

    Examples
    --------
    >>> receptive_field([Layer(3, stride=3, padding=1), Layer(2)])
    [Field(size=3, jump=3, start=-1), Field(size=6, jump=3, start=-1)]
    """
    fields = [Field(1, 1, 0)]  # a pixel sees itself
    for step in _steps(layers, n, axis):
        if step.why:
            raise ConvlabError(
                f"{step.who} {step.why}, so its units see unequal parts. Ask window_below for one unit."
            )
        below = [fields[level] for level in step.below]
        jump = _equal([field.jump for field in below], step.who, "jumps")
        start = min(field.start for field in below)
        size = max(field.start + field.size for field in below) - start
        size += (step.reads[-1] - step.reads[0]) * jump
        start += step.reads[0] * jump
        jump *= step.stride
        fields.append(Field(size, jump, start))
    return fields[1:]


def window_below(layers, unit, level=0, n=None, axis=0):
    """List the positions that one unit of the last layer reads in a level below, along one axis.

    Parameters
    ----------
    layers : sequence of Layer
        From the image upwards.
    unit : int
        Position in the map of the last layer.
    level : int
        Where to look: 0 is the image, 1 the map of the first layer, and so on.
    n : int, optional
        Image size. Needed only below a kernel that covers "all".
    axis : {0, 1}
        0 for the height, 1 for the width.

    Returns
    -------
    list of int
        Positions in rising order, with the holes that dilation, a long stride or branches leave. Those
        below 0 or beyond the end are padding.

    Raises
    ------
    ConvlabError
        If there is no such level, or as `receptive_field`.

    Examples
    --------
    >>> window_below([Layer(3, dilation=2), Layer(3, dilation=2)], 0)
    [0, 2, 4, 6, 8]
    >>> window_below([Layer(3, stride=2), Layer(2)], 5, level=1)
    [5, 6]
    """
    steps, unit = _steps(layers, n, axis), whole("unit", unit)
    level = whole("level", level, 0, len(steps))
    read = [set() for _ in steps] + [{unit}]
    for top in range(len(steps), level, -1):
        step = steps[top - 1]
        if len(read[top]) * len(step.reads) > MOST:
            raise ConvlabError(
                f"Unit {unit} reads more than {MOST:,} positions. Choose a smaller kernel or stack."
            )
        positions = {i * step.stride + offset for i in read[top] for offset in step.reads}
        if step.why == LARGER:  # the other way round: the units that reach these
            reached = {i - offset for i in read[top] for offset in step.reads}
            positions = {i // step.stride for i in reached if i % step.stride == 0}
        for below in step.below:
            one = step.why == JOINS and steps[below - 1].side == 1
            read[below] |= {0} if one else positions
    return sorted(read[level])


def map_sizes(layers, n, axis=0):
    """List the side of the image and of each layer's map, along one axis.

    >>> map_sizes([Layer(3), Layer(2, stride=2)], 28)
    [28, 26, 13]
    """
    return [n, *(step.side for step in _steps(layers, n, axis))]


class Cost(NamedTuple):
    """What one layer costs for one image. `macs` are multiply-adds; some tables count each as two."""

    name: str
    shape: tuple
    parameters: int
    macs: int
    activations: int
    bytes: int


def cost(layers, shape):
    """Count what each layer of a network learns, computes and stores for one image.

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
        If a kernel does not fit its map, channels and groups do not match, or maps of unequal shape join.

    Examples
    --------
    >>> cost([Layer(3, padding=1, channels=64)], (3, 224, 224))[0].parameters
    1792
    """
    if not isinstance(shape, (tuple, list)) or len(shape) != 3:
        raise ConvlabError(f"The image shape is {shown(shape)}. It must be (channels, height, width).")
    maps = [tuple(whole("A side of the image", side, 1) for side in shape)]
    costs, axes = [], [_steps(layers, n, axis) for axis, n in enumerate(maps[0][1:])]
    for layer, rows, cols in zip(layers, *axes, strict=True):
        below, weights = [maps[level] for level in rows.below], 0
        depths = [one[0] for one in below]
        depth = sum(depths) if layer.kind == "concat" else _equal(depths, rows.who, "channels")
        if layer.kind in FILTERS or layer.channels:
            filters = in_layer(rows.who, whole, "channels", layer.channels, 1)
            each = in_layer(rows.who, group_depth, layer.groups, depth, filters)
            weights, depth = each * len(rows.reads) * len(cols.reads) * filters, filters
        maps.append((depth, rows.side, cols.side))
        positions = below[0][1] * below[0][2] if layer.kind in UP else rows.side * cols.side
        parameters = weights + layer.bias * depth * (layer.kind in (*FILTERS, "each", "mix"))
        activations = depth * rows.side * cols.side
        memory = 4 * (parameters + activations)
        costs.append(Cost(layer.name, maps[-1], parameters, weights * positions, activations, memory))
    return costs


def total(costs):
    """Add up the costs of several layers; the name and the output shape are those of the last.

    >>> total(cost([Layer(3, channels=2), Layer(3, channels=2)], (1, 9, 9)))[2:]
    (58, 1782, 148, 824)
    """
    return costs[-1]._replace(**{what: sum(getattr(one, what) for one in costs) for what in Cost._fields[2:]})


def group_depth(groups, channels, filters):
    """Count the channels that each filter reads, once the groups are known to divide both."""
    if channels % groups or filters % groups:
        raise ConvlabError(
            f"groups is {groups}. It must divide the {channels} input channels and the {filters} filters; "
            f"the largest number that does is {gcd(channels, filters)}."
        )
    return channels // groups


def sources(layers):
    """List the levels that each layer reads: 0 is the image, 1 the map of the first layer, and so on.

    Parameters
    ----------
    layers : sequence of Layer

    Returns
    -------
    list of list of int

    Raises
    ------
    ConvlabError
        If it is no list of layers, two have the same name, or one reads what does not stand below it.

    Examples
    --------
    >>> sources([Layer(3, padding=1, name="conv"), Layer(kind="add", reads=["conv", "input"])])
    [[0], [1, 0]]
    """
    if not isinstance(layers, (list, tuple)):
        raise ConvlabError(f"The stack is {shown(layers)}. It must be a list of layers, such as [Layer(3)].")
    levels, found = {IMAGE: 0}, []
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise ConvlabError(
                f"Layer {place} is {shown(layer)}. Write it as Layer(kernel, stride, padding, dilation)."
            )
        for name in layer.reads:
            if name not in levels:
                raise ConvlabError(
                    f"{_who(place, layer)} reads {shown(name)}. It can read what stands below it: "
                    f"{', '.join(levels)}."
                )
        if layer.name in levels:
            raise ConvlabError(f"Two layers are called {shown(layer.name)}. Each needs a name of its own.")
        if layer.name:
            levels[layer.name] = place + 1
        found.append([levels[name] for name in layer.reads] or [place])
    return found


class _Step(NamedTuple):
    """One layer along one axis: the levels below, what unit 0 reads there, the side of its map if known."""

    who: str
    below: list
    reads: range
    stride: int
    why: str  # units see unequal parts
    side: int | None


def _steps(layers, n, axis):
    """Give each layer along one axis, "all" as the side of the map below it."""
    if type(axis) is not int or axis not in (0, 1):
        raise ConvlabError(f"axis is {shown(axis)}. It is 0 for the height or 1 for the width.")
    maps, steps = [n if n is None else whole("The image size", n, 1)], []
    for place, below in enumerate(sources(layers)):
        layer = layers[place]
        who, (kernel, window) = _who(place, layer), layer.window(axis)
        side = _equal([maps[level] for level in below], who, "sides")
        if kernel is None:
            raise ConvlabError(layer.why or f"The window of {who} is not known.")
        if kernel == "all":
            if side is None:
                raise ConvlabError(f"{who} sees the whole map, so its field depends on the image size, n.")
            kernel = side
        if side is not None:
            size = transposed_size if layer.kind in UP else output_size
            side = in_layer(who, size, side, kernel, **window)
        why = LARGER if layer.kind in UP else ""
        if len({maps[level] for level in below}) > 1:
            why = JOINS
        first, step = -window["padding"][0], window["dilation"]
        reads = range(first, first + step * (kernel - 1) + 1, step)
        steps.append(_Step(who, below, reads, window["stride"], why, side))
        maps.append(side)
    return steps


def _who(place, layer):
    """Name a layer at the beginning of a sentence."""
    return layer.name[:1].upper() + layer.name[1:] or f"Layer {place}"


def _equal(values, who, what):
    """Return the one value that all branches of a layer have; a side or depth of 1 fits every other."""
    found = set(values)
    if what != "jumps" and len(found) > 1:
        found.discard(1)
    if len(found) > 1:
        raise ConvlabError(
            f"{who} joins maps whose {what} are {' and '.join(map(str, sorted(found)))}. They must be equal."
        )
    return found.pop()


def in_layer(who, make, *arguments, **named):
    """Call `make`; if it complains, say in which layer."""
    try:
        return make(*arguments, **named)
    except ConvlabError as error:
        raise ConvlabError(f"{who}: {error}") from error
