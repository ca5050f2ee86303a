"""A network: a graph of layers, and their weights. It runs forwards, keeping everything, and backwards."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from convlab.arithmetic import inputs, ops
from convlab.arithmetic.axis import pair, sides
from convlab.arithmetic.backward import input_gradient
from convlab.arithmetic.geometry import FILTERS, IMAGE, UP, WINDOW, Layer, cost, receptive_field, sources
from convlab.arithmetic.inputs import ROOM, grid
from convlab.errors import ConvlabError, named, whole

NETWORKS = {
    "fashion": "ten kinds of garment; trained for this series (weights/fashion.md)",
    "pnet": "is this a face? the first stage of MTCNN (weights/pnet.md)",
    "onet": "only the first layer of MTCNN's last stage: 32 kernels on colour (weights/pnet.md)",
}
FILES = Path(__file__).parent / "weights"  # also two ONNX files to try: garments and resnet18


def tell_nobody(place, count):
    """Keep to itself how far a run is."""


@dataclass(frozen=True, repr=False, eq=False)
class Network:
    """Layers with their weights.

    Parameters
    ----------
    graph : sequence of Layer
        In the order in which they run. Each has a name of its own.
    weights : dict of str to array
        `NAME.weight` (C_out, C_in/groups, kH, kW) and `NAME.bias` (C_out,) of the convolution NAME, the
        weight (C_out, C_in) of a linear layer; `NAME.slope` (C,) of a prelu. None: nothing can be run.
    classes : sequence of str
        What the scores stand for.
    channels : int
        Channels of the image: 1 for grey, 3 for red, green, blue.
    offset, scale : float or sequence of float
        The network sees `(image - offset) / scale`; one number, or one for each channel.
    bgr : bool
        Whether it sees blue, green, red.
    shape : (int, int, int)
        Channels, height and width of the image it was made for, if that is known.
    room : int
        How many numbers `forward` may keep.
    told : callable
        Called before each layer that is run, with its place and how many there are.

    Raises
    ------
    ConvlabError
        If a layer has no name, or reads what does not stand below it.

    Examples
    --------
    >>> edges = Network([Layer((1, 2), name="edges")], {"edges.weight": [[[[-1, 1]]]]})
    >>> edges
    Network(edges; 2 weights)
    >>> edges.forward([[0, 0, 9]])["edges"]
    array([[[0., 9.]]], dtype=float32)
    """

    graph: tuple
    weights: dict
    classes: tuple = ()
    channels: int = 1
    offset: float | tuple = 0.0
    scale: float | tuple = 1.0
    bgr: bool = False
    shape: tuple = ()
    room: int = ROOM
    told: Callable = tell_nobody

    def __post_init__(self):
        """Refuse what is no graph."""
        sources(self.graph)
        nameless = [place for place, layer in enumerate(self.graph) if not layer.name]
        if nameless:
            raise ConvlabError(f"Layer {nameless[0]} has no name. In a network, each layer needs one.")

    def __repr__(self):
        """Name the layers and count the weights, where a dataclass would print them all."""
        count = sum(np.size(array) for array in self.weights.values())
        return f"Network({' → '.join(self.layers)}; {count:,} weights)"

    @functools.cached_property
    def layers(self):
        """The layers by their names, in the order in which they run."""
        return {layer.name: layer for layer in self.graph}

    @functools.cached_property
    def reads(self):
        """Names of what each layer reads, "input" for the image."""
        levels = [IMAGE, *self.layers]
        each = zip(self.layers, sources(self.graph), strict=True)
        return {name: [levels[level] for level in below] for name, below in each}

    def forward(self, image, only=None):
        """Run the network and keep every activation.

        Parameters
        ----------
        image : array (H, W) or (C, H, W)
            Pixel values, 0 … 255. Any size: where no kernel covers "all", or only a global
            pooling and what follows it, a larger image gives larger maps.
        only : sequence of str, optional
            Names of the layers to keep; what these do not need is not run.

        Returns
        -------
        dict of str to array
            "input", what the network sees, then one entry a layer in order: maps (C, H', W') or, from a
            kernel that covers "all", one number a map (C,). float64 when the image is, else float32.

        Raises
        ------
        ConvlabError
            If the image has the wrong channels, is too small or too large, or holds NaN or infinity.
        """
        kept = {IMAGE: self._see(image)}
        graph = self.graph if only is None else self.path(*only)
        last = {name: layer.name for layer in graph for name in self.reads[layer.name]}  # that reads it
        for place, layer in enumerate(graph, start=1):
            self.told(place, len(graph))
            maps = [kept[name] for name in self.reads[layer.name]]
            kept[layer.name] = self._run(layer, maps, kept[IMAGE])
            if only is not None:
                for done in {name for name in kept if last.get(name) == layer.name} - {IMAGE, *only}:
                    del kept[done]
            if sum(kept[name].size for name in kept if name != IMAGE) > self.room:
                raise ConvlabError(
                    f"The activations up to {layer.name} are more than {self.room:,} numbers. "
                    "Name the few to keep, forward(image, only=[…]), or give the network more room."
                )
        return kept

    def _run(self, layer, maps, image):
        """Run one layer, by its own operator if it brings one; if something does not fit, say so."""
        own, ours = self._of(layer), FORWARD.get(layer.kind)
        if layer.kind == "unknown":
            raise ConvlabError(f"{layer.name} cannot be run: {layer.why}")
        if not (layer.run or (ours and (own or layer.kind not in FILTERS))):
            raise ConvlabError(f"{layer.name} has no weights here: only the shape of the network is known.")
        try:
            return layer.run(*maps) if layer.run else ours(layer, own, *maps)
        except ConvlabError as error:
            size = " × ".join(map(str, image.shape[1:]))
            raise ConvlabError(f"An image of {size} does not pass through this network. {error}") from error

    def probabilities(self, image):
        """Give the probability of each class: (classes,), or (classes, H', W') if there is no mean."""
        return self.forward(image)["probability"]

    def gradient(self, image, layer, unit):
        """Find how much one unit changes for a small change of each pixel.

        Parameters
        ----------
        image : array (H, W) or (C, H, W)
            As in `forward`.
        layer : str
            Name of a layer.
        unit : int or tuple of int
            (map, row, column) in that layer, or one number after a mean.

        Returns
        -------
        array (C, H, W)
            Change of the unit per unit of pixel value.

        Raises
        ------
        ConvlabError
            If there is no such layer or unit, or as `forward`.
        """
        steps = self.path(layer)
        kept = self.forward(image, [step.name for step in steps])
        unit = self._unit(layer, unit, kept[layer].shape)
        grads = {layer: np.zeros_like(kept[layer])}
        grads[layer][unit] = 1
        for place, step in enumerate(reversed(steps), start=1):
            self.told(place, len(steps))
            grad, names = grads.pop(step.name), self.reads[step.name]
            below = [kept[name] for name in names]
            if step.kind not in BACKWARD or step.kernel is None:
                raise ConvlabError(f"The gradient of {step.name} ({step.kind}) is not known.")
            parts = BACKWARD[step.kind](grad, kept[step.name], step, self._of(step), *below)
            for name, part in zip(names, parts, strict=True):
                grads[name] = grads.get(name, 0) + part
        grad = grads[IMAGE][::-1] if self.bgr else grads[IMAGE]
        return grad / _channels(self.scale, grad.dtype)

    def cam(self, image, category):
        """Map what each place adds to the score of one class: the class-activation map.

        The score is `bias + Σ_k weight[k] · mean(map k)`, so it is the bias plus the mean of
        `Σ_k weight[k] · map k`: that sum, before the mean, is the map returned.

        Parameters
        ----------
        image : array (H, W) or (C, H, W)
            As in `forward`.
        category : int
            Number of the class in `classes`.

        Returns
        -------
        array (H', W')
            Evidence for the class (positive) and against it (negative), at each cell of the last maps.

        Raises
        ------
        ConvlabError
            If the network does not end in a mean and a linear layer, there is no such class, or as `forward`.

        References
        ----------
        Zhou et al. (2016), Learning Deep Features for Discriminative Localization, arXiv:1512.04150.
        """
        last, scores = self.head()
        weight = self.weights[f"{scores}.weight"]
        category = whole("category", category, 0, len(weight) - 1)
        return np.tensordot(weight[category], self.forward(image)[last], 1)

    def head(self):
        """Name the last maps, whose means are scored, and the layer that gives the scores.

        Raises
        ------
        ConvlabError
            If there is no global mean with a fully connected layer on it.
        """
        for name, layer in self.layers.items():
            mean = self.layers.get(self.reads[name][0])
            while mean and mean.kind == "move":
                mean = self.layers.get(self.reads[mean.name][0])
            if layer.kernel == "all" and layer.kind == "conv" and mean and mean.kernel == "all":
                return self.reads[mean.name][0], name
        raise ConvlabError(
            "A class-activation map needs a mean and then a linear layer. This network has none."
        )

    def path(self, *layers):
        """List the layers up to those named, only what they depend on.

        Raises
        ------
        ConvlabError
            If there is no such layer.
        """
        wanted = {named("layer", layer, self.layers) for layer in layers}
        for name in reversed(self.layers):
            if name in wanted:
                wanted.update(self.reads[name])
        return [one for one in self.graph if one.name in wanted]

    @functools.cached_property
    def runs(self):
        """Names of the layers that can be run and whose maps have a known shape, in order."""
        return self.above(lambda layer: layer.kind != "unknown" and layer.kernel is not None)

    @functools.cached_property
    def windowed(self):
        """Names of the layers with a window, in order, below the first where maps grow again."""
        return self.above(lambda layer: layer.kernel not in (None, "all") and layer.kind not in UP)

    def above(self, fits):
        """List the names of the layers that fit, as all layers do that they depend on."""
        found = {IMAGE: None}
        for name, layer in self.layers.items():
            if fits(layer) and found.keys() >= set(self.reads[name]):
                found[name] = layer
        return tuple(found)[1:]

    def field(self, layer, axis=0):
        """Give the receptive field of a layer in the image: `geometry.Field(size, jump, start)`.

        Raises
        ------
        ConvlabError
            If there is no such layer; if one on the way reads the whole image, joins branches of unequal
            jump, or has no window that is known.
        """
        return receptive_field(self.path(layer), axis=axis)[-1]

    def cost(self, shape=None):
        """Count what the layers learn, compute and store, as `geometry.cost`; up to what is not understood.

        Parameters
        ----------
        shape : (int, int, int), optional
            Channels, height and width of the image; by default what the network was made for.
        """
        known = self.above(lambda layer: layer.kernel is not None)
        return cost([self.layers[name] for name in known], shape or self.shape)

    def _see(self, image):
        """Check the image and scale it."""
        image = grid("image", image, "(H, W)", "(C, H, W)")
        image = image[None] if image.ndim == 2 else image
        if len(image) != self.channels:
            raise ConvlabError(f"The image has {len(image)} channels. This network sees {self.channels}.")
        if not np.isfinite(image).all():
            raise ConvlabError("The image holds NaN or infinity. Every pixel must be a number, 0 … 255.")
        kind = np.float64 if image.dtype == np.float64 else np.float32
        image = (image.astype(kind) - _channels(self.offset, kind)) / _channels(self.scale, kind)
        return image[::-1] if self.bgr else image

    def _of(self, layer):
        """Weights of one layer: "weight", "bias", "slope"."""
        mine = {part: self.weights.get(f"{layer.name}.{part}") for part in ("weight", "bias", "slope")}
        return {part: np.asarray(array) for part, array in mine.items() if array is not None}

    def _unit(self, layer, unit, shape):
        """Check that a unit exists."""
        numbers = unit if isinstance(unit, (tuple, list)) else (unit,)
        if len(numbers) != len(shape):
            raise ConvlabError(f"unit is {unit}. {layer} has shape {shape}: a unit has {len(shape)} numbers.")
        each = zip(numbers, shape, strict=True)
        return tuple(whole(f"unit, in {layer},", number, 0, size - 1) for number, size in each)


def nickname(name, longest=26):
    """Shorten the name of a layer to its end, without what PyTorch puts behind every name.

    >>> nickname("/layer1/layer1.0/conv1/Conv_output_0")
    'layer1/layer1.0/conv1/Conv'
    """
    name = name.removesuffix("_output_0").strip("/")
    return name if len(name) <= longest else f"…{name[1 - longest :]}"


def _channels(values, kind):
    """Lay one number, or one for each channel, over an image."""
    return np.reshape(values, (-1, 1, 1)).astype(kind)


def load(name):
    """Load a network that comes with convlab.

    Parameters
    ----------
    name : str
        "fashion", "pnet" or "onet".

    Returns
    -------
    Network

    Raises
    ------
    ConvlabError
        If there is no such network.

    References
    ----------
    Data, licences, accuracy and limits: weights/fashion.md and weights/pnet.md.

    Examples
    --------
    >>> load("fashion").classes[:3]
    ('T-shirt/top', 'Trouser', 'Pullover')
    """
    named("network", name, NETWORKS)
    with (FILES / f"{name}.npz").open("rb") as stream:
        arrays = dict(np.load(stream, allow_pickle=False))
    about = json.loads(str(arrays.pop("network")))
    layers, classes = [Layer(**row) for row in about.pop("layers")], tuple(about.pop("classes", ()))
    weights = {key: array.astype(np.float32) for key, array in arrays.items()}
    return Network(layers, weights, classes, **about)


shipped = functools.cache(load)  # for those who only read its weights


def untrained(layers, shape):
    """Make a network with random weights: normal, of variance 2 over the inputs of a unit, and biases of 0.

    Parameters
    ----------
    layers : sequence of Layer
        Each with a name.
    shape : (int, int, int)
        Channels, height and width of the image.

    Returns
    -------
    Network

    References
    ----------
    He, Zhang, Ren & Sun (2015), arXiv:1502.01852.

    Examples
    --------
    >>> untrained([Layer(3, channels=8, name="conv")], (3, 32, 32))
    Network(conv; 224 weights)
    """
    rng, weights = np.random.default_rng(0), {}
    shapes = [tuple(shape), *(one.shape for one in cost(layers, shape))]
    for layer, below in zip(layers, sources(layers), strict=True):
        if layer.kind == "conv":
            depth, *sides = shapes[below[0]]
            each = [depth * prod(sides)]
            if layer.kernel != "all":
                each = [depth // layer.groups, *pair("kernel", layer.kernel)]
            kernels = (2 / prod(each)) ** 0.5 * rng.normal(size=(layer.channels, *each))
            weights[f"{layer.name}.weight"] = kernels.astype(np.float32)
            if layer.bias:
                rng.normal(size=layer.channels)  # drawn once, when biases were random: kernels stay as stored
                weights[f"{layer.name}.bias"] = np.zeros(layer.channels, np.float32)
    return Network(layers, weights, channels=shape[0], shape=tuple(shape))


def _options(layer, *names):
    return {name: getattr(layer, name) for name in (*WINDOW[1:], *names)}


def _conv(layer, own, x):
    if layer.kernel == "all":
        return own["weight"].astype(x.dtype) @ x.ravel() + own.get("bias", x.dtype.type(0)).astype(x.dtype)
    return ops.conv2d(x, own["weight"], own.get("bias"), **_options(layer, "groups"))


def _conv_transpose(layer, own, x):
    options = _options(layer, "groups", "output_padding")
    return ops.conv_transpose2d(x, own["weight"], own.get("bias"), **options)


def _avg_pool(layer, own, x):
    if layer.kernel == "all":
        return ops.global_avg_pool2d(x)
    return ops.avg_pool2d(x, layer.kernel, **_options(layer, "ceil_mode", "count_include_pad"))


def _softmax(layer, own, x):
    raised = np.exp(x - x.max(axis=0))  # the largest taken off first: exp never overflows
    return raised / raised.sum(axis=0)


def _slope(x, own):
    """Give what a prelu multiplies by: 1 above zero, and a learned slope for each channel below."""
    return np.where(x > 0, x.dtype.type(1), own["slope"].astype(x.dtype)[:, None, None])


def _conv_back(grad, y, layer, own, x):
    """Spread each gradient over the window it came from; the transposed convolution does just that."""
    if layer.kernel == "all":
        return [(grad @ own["weight"].astype(x.dtype)).reshape(x.shape)]
    return [input_gradient(grad, own["weight"], x.shape[1:], **_options(layer, "groups"))]


def _each_back(grad, y, layer, own, *maps):
    """Measure the slope of a function of single numbers, and add up where a number is read more than once."""
    parts, maps = [], [x.astype(float) for x in maps]
    for k, x in enumerate(maps):
        step = 1e-6 * max(1.0, np.abs(x).max())
        above, below = (layer.run(*maps[:k], x + by, *maps[k + 1 :]) for by in (step, -step))
        part = grad * (above - below) / (2 * step)
        wide = tuple(axis for axis, n in enumerate(x.shape) if n == 1)
        parts.append(part.sum(axis=wide, keepdims=True))
    return parts


def _move_back(grad, y, layer, own, x):
    """Send each gradient where its number came from; what a border added came from nowhere."""
    place = np.arange(1.0, x.size + 1).reshape(x.shape)
    came = np.rint(layer.run(2 * place) - layer.run(place)).astype(int)
    return [np.bincount(came.ravel(), grad.ravel(), x.size + 1)[1:].reshape(x.shape)]


def _pool_back(grad, y, layer, own, x):
    """Send each gradient to the largest cell of its window, or to all, if it is an average."""
    if layer.kernel == "all":
        return [np.broadcast_to(grad.reshape(-1, 1, 1), x.shape) / x[0].size]
    options = _options(layer, "ceil_mode")
    wide, axes, inside, bordered = inputs.pool(x, layer.kernel, **options, border=-np.inf)
    back, free = np.zeros_like(wide), np.ones(y.shape, bool)
    if layer.kind == "avg_pool":
        counts = bordered if layer.count_include_pad else inside
        grad = grad / np.outer(*counts).astype(x.dtype)
    for u, v in np.ndindex(*(len(windows.taps) for windows in axes)):
        cells = np.s_[:, axes[0].meets(u), axes[1].meets(v)]
        here = free
        if layer.kind == "max_pool":  # where several are largest, to the first
            here = free & (wide[cells] == y)
            free = free & ~here
        back[cells] += grad * here
    (top, _), (left, _) = sides(layer.padding)
    return [back[:, top : top + x.shape[1], left : left + x.shape[2]]]


FORWARD = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "max_pool": lambda layer, own, x: ops.max_pool2d(x, layer.kernel, **_options(layer, "ceil_mode")),
    "avg_pool": _avg_pool,
    "relu": lambda layer, own, x: ops.relu(x),
    "prelu": lambda layer, own, x: x * _slope(x, own),
    "softmax": _softmax,
    "add": lambda layer, own, *maps: sum(maps[1:], maps[0]),
    "concat": lambda layer, own, *maps: np.concatenate(maps),
}
BACKWARD = {  # each gives one gradient for each map that the layer reads
    "conv": _conv_back,
    "conv_transpose": lambda grad, y, layer, own, x: [
        ops.conv2d(grad, own["weight"], **_options(layer, "groups"))
    ],
    "each": _each_back,
    "move": _move_back,
    "max_pool": _pool_back,
    "avg_pool": _pool_back,
    "relu": lambda grad, y, layer, own, x: [grad * (x > 0)],
    "prelu": lambda grad, y, layer, own, x: [grad * _slope(x, own)],
    "softmax": lambda grad, y, layer, own, x: [y * (grad - (grad * y).sum(axis=0))],
    "add": lambda grad, y, layer, own, *maps: [grad] * len(maps),
    "concat": lambda grad, y, layer, own, *maps: np.split(grad, np.cumsum([len(x) for x in maps[:-1]])),
}
