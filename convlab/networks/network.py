"""A network: layers in order, and their weights. It runs forwards, keeping everything, and backwards.

A layer is a small dict: a `name`, an `op` (one of the functions below), what the op needs (`kernel`,
`stride`, `padding`, …), and `reads`, the layer it takes its input from, when that is not the one before.
"""

import functools
import json
from dataclasses import dataclass
from importlib import resources

import numpy as np

from convlab.arithmetic import ops
from convlab.arithmetic.geometry import Layer, receptive_field, windows
from convlab.arithmetic.inputs import grid
from convlab.errors import ConvlabError, shown, whole

NETWORKS = {
    "fashion": "ten kinds of garment; trained for this series (weights/fashion.md)",
    "pnet": "is this a face? the first stage of MTCNN (weights/pnet.md)",
    "onet": "only the first layer of MTCNN's last stage: 32 kernels on colour (weights/pnet.md)",
}
WINDOW = ("stride", "padding", "dilation")  # what a layer may say about its window


@dataclass(frozen=True, repr=False, eq=False)
class Network:
    """Layers with their weights.

    Parameters
    ----------
    layers : list of dict
        In the order in which they run; see the head of this file.
    weights : dict of str to array
        `NAME.weight` (C_out, C_in/groups, k, k) and `NAME.bias` (C_out,) of the layer NAME; `NAME.slope`
        (C,) of a prelu.
    classes : sequence of str
        What the scores stand for.
    channels : int
        Channels of the image: 1 for grey, 3 for red, green, blue.
    offset, scale : float
        The network sees `(image - offset) / scale`.

    Examples
    --------
    >>> edges = Network([{"name": "conv1", "op": "conv"}], {"conv1.weight": [[[[-1, 1]]]]})
    >>> edges
    Network(conv1; 2 weights)
    >>> edges.forward([[0, 0, 9]])["conv1"]
    array([[[0., 9.]]], dtype=float32)
    """

    layers: list
    weights: dict
    classes: tuple = ()
    channels: int = 1
    offset: float = 0.0
    scale: float = 1.0

    def __repr__(self):
        """Name the layers and count the weights, where a dataclass would print them all."""
        count = sum(np.size(array) for array in self.weights.values())
        return f"Network({' → '.join(layer['name'] for layer in self.layers)}; {count:,} weights)"

    def forward(self, image):
        """Run the network and keep every activation.

        Parameters
        ----------
        image : array (H, W) or (C, H, W)
            Pixel values, 0 … 255. Any size: where no layer is `linear`, or a `mean` stands before it,
            a larger image gives larger maps.

        Returns
        -------
        dict of str to array
            "input", what the network sees, then one entry a layer in order: maps (C, H', W') or, after a
            mean, one number a map (C,). float64 when the image is, else float32.

        Raises
        ------
        ConvlabError
            If the image has the wrong channels, is too small or too large, or holds NaN or infinity.
        """
        kept = {"input": self._see(image)}
        try:
            for layer, source in zip(self.layers, self._sources().values(), strict=True):
                kept[layer["name"]] = FORWARD[layer["op"]](kept[source], layer, self._of(layer))
        except ConvlabError as error:
            size = " × ".join(map(str, kept["input"].shape[1:]))
            raise ConvlabError(f"An image of {size} does not pass through this network. {error}") from error
        return kept

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
        steps, kept = self._steps(layer), self.forward(image)
        grad = np.zeros_like(kept[layer])
        grad[self._unit(layer, unit, grad.shape)] = 1
        for step in reversed(steps):
            before, after = kept[self._sources()[step["name"]]], kept[step["name"]]
            grad = BACKWARD[step["op"]](grad, before, after, step, self._of(step))
        return grad / grad.dtype.type(self.scale)

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
        by_op = {layer["op"]: layer["name"] for layer in self.layers}
        if not {"mean", "linear"} <= set(by_op):
            raise ConvlabError(
                "A class-activation map needs a mean and then a linear layer. This network has none."
            )
        weight = self.weights[f"{by_op['linear']}.weight"]
        if whole("category", category) >= len(weight):
            raise ConvlabError(
                f"category is {category}. The last one this network knows is {len(weight) - 1}."
            )
        maps = self.forward(image)[self.path(by_op["mean"])[-2]]
        return np.tensordot(weight[category], maps, 1)

    def path(self, layer):
        """List the names of the layers from the first to `layer`, only those it depends on."""
        return [step["name"] for step in self._steps(layer)]

    def geometry(self, layer):
        """List the layers of `path(layer)` as `geometry.Layer`, for receptive fields, windows and costs.

        What works on each number alone (relu, prelu, softmax) counts as pooling with a kernel of 1.

        Raises
        ------
        ConvlabError
            If a mean or a linear layer is on the way: it reads the whole image, whatever its size.
        """
        steps = self._steps(layer)
        for step in steps:
            if step["op"] in ("mean", "linear"):
                raise ConvlabError(
                    f"{layer} has no window: {step['name']} reads whole maps. Ask for one before."
                )
        return [self._layer(step) for step in steps]

    def field(self, layer):
        """Give the receptive field of a layer in the image: `geometry.Field(size, jump, start)`."""
        return receptive_field(self.geometry(layer))[-1]

    def _see(self, image):
        """Check the image and scale it."""
        image = grid("image", image, "(H, W)", "(C, H, W)")
        image = image[None] if image.ndim == 2 else image
        if len(image) != self.channels:
            raise ConvlabError(f"The image has {len(image)} channels. This network sees {self.channels}.")
        if not np.isfinite(image).all():
            raise ConvlabError("The image holds NaN or infinity. Every pixel must be a number, 0 … 255.")
        kind = np.float64 if image.dtype == np.float64 else np.float32
        return (image.astype(kind) - kind(self.offset)) / kind(self.scale)

    def _sources(self):
        """Name of each layer, and of what it reads."""
        before = ["input", *(layer["name"] for layer in self.layers)]
        pairs = zip(self.layers, before, strict=False)
        return {layer["name"]: layer.get("reads", previous) for layer, previous in pairs}

    def _steps(self, layer):
        """Layers from the first to the one named, only those it depends on."""
        sources, named = self._sources(), {step["name"]: step for step in self.layers}
        if not isinstance(layer, str) or layer not in named:
            raise ConvlabError(f"There is no layer {shown(layer)}. The layers are {', '.join(named)}.")
        steps = [named[layer]]
        while sources[steps[0]["name"]] != "input":
            steps.insert(0, named[sources[steps[0]["name"]]])
        return steps

    def _of(self, layer):
        """Weights of one layer: "weight", "bias", "slope"."""
        head = layer["name"] + "."
        mine = [key for key in self.weights if key.startswith(head)]
        return {key.removeprefix(head): np.asarray(self.weights[key]) for key in mine}

    def _layer(self, step):
        """One layer as `geometry.Layer`."""
        if step["op"] == "conv":
            own, options = self._of(step), _options(step, *WINDOW, "groups")
            filters, _, _, kernel = own["weight"].shape
            return Layer(kernel, channels=filters, bias=int("bias" in own), name=step["name"], **options)
        kernel = step.get("kernel", 1)
        options = {"stride": kernel} | _options(step, *WINDOW)
        return Layer(kernel, kind="pool", name=step["name"], **options)

    def _unit(self, layer, unit, shape):
        """Check that a unit exists."""
        numbers = unit if isinstance(unit, (tuple, list)) else (unit,)
        unit = tuple(whole("unit", number) for number in numbers)
        if len(unit) != len(shape):
            raise ConvlabError(f"unit is {unit}. {layer} has shape {shape}: a unit has {len(shape)} numbers.")
        if any(number >= size for number, size in zip(unit, shape, strict=True)):
            last = tuple(size - 1 for size in shape)
            raise ConvlabError(f"unit is {unit}. {layer} has shape {shape}: the last unit is {last}.")
        return unit


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
    if not isinstance(name, str) or name not in NETWORKS:
        raise ConvlabError(f"There is no network called {shown(name)}. The names are {', '.join(NETWORKS)}.")
    with resources.files(__package__).joinpath("weights", f"{name}.npz").open("rb") as stream:
        arrays = dict(np.load(stream, allow_pickle=False))
    about = json.loads(str(arrays.pop("network")))
    about["classes"] = tuple(about.get("classes", ()))
    return Network(weights={key: array.astype(np.float32) for key, array in arrays.items()}, **about)


shipped = functools.cache(load)  # for those who only read its weights


def _options(layer, *names):
    return {name: layer[name] for name in names if name in layer}


def _conv(x, layer, own):
    return ops.conv2d(x, own["weight"], own.get("bias"), **_options(layer, *WINDOW, "groups"))


def _maxpool(x, layer, own):
    return ops.max_pool2d(x, layer["kernel"], **_options(layer, *WINDOW, "ceil_mode"))


def _softmax(x, layer, own):
    raised = np.exp(x - x.max(axis=0))  # the largest taken off first: exp never overflows
    return raised / raised.sum(axis=0)


def _slope(x, own):
    """Give what a prelu multiplies by: 1 above zero, and a learned slope for each channel below."""
    return np.where(x > 0, x.dtype.type(1), own["slope"].astype(x.dtype)[:, None, None])


def _linear(x, layer, own):
    return own["weight"].astype(x.dtype) @ x + own["bias"].astype(x.dtype)


def _conv_back(grad, x, y, layer, own):
    """Spread each gradient over the window it came from; the transposed convolution does just that."""
    stride, padding, dilation = layer.get("stride", 1), layer.get("padding", 0), layer.get("dilation", 1)
    sizes = zip(x.shape[1:], own["weight"].shape[2:], grad.shape[1:], strict=True)
    # pixels after the last window: the output size alone cannot tell how many there were
    unread = tuple(n + 2 * padding - dilation * (k - 1) - 1 - (out - 1) * stride for n, k, out in sizes)
    options = _options(layer, *WINDOW, "groups")
    return ops.conv_transpose2d(grad, own["weight"], output_padding=unread, **options)


def _maxpool_back(grad, x, y, layer, own):
    """Send each gradient to the largest cell of its window; to the first, where several are equal."""
    kernel, (height, width) = layer["kernel"], x.shape[1:]
    options = {"stride": kernel} | _options(layer, *WINDOW, "ceil_mode")
    rows, cols = (windows(n, kernel, **options) for n in (height, width))
    back, free = np.zeros_like(x), np.ones(y.shape, bool)
    for u in rows.taps:
        for v in cols.taps:
            r, c = np.array(rows.starts)[:, None] + u, np.array(cols.starts) + v
            inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
            place = np.s_[:, r.clip(0, height - 1), c.clip(0, width - 1)]
            here = free & inside & (x[place] == y)
            np.add.at(back, place, grad * here)
            free &= ~here
    return back


FORWARD = {
    "conv": _conv,
    "relu": lambda x, layer, own: ops.relu(x),
    "prelu": lambda x, layer, own: x * _slope(x, own),
    "maxpool": _maxpool,
    "mean": lambda x, layer, own: ops.global_avg_pool2d(x),
    "linear": _linear,
    "softmax": _softmax,
}
BACKWARD = {
    "conv": _conv_back,
    "relu": lambda grad, x, y, layer, own: grad * (x > 0),
    "prelu": lambda grad, x, y, layer, own: grad * _slope(x, own),
    "maxpool": _maxpool_back,
    "mean": lambda grad, x, y, layer, own: np.broadcast_to(grad[:, None, None], x.shape) / x[0].size,
    "linear": lambda grad, x, y, layer, own: grad @ own["weight"].astype(x.dtype),
    "softmax": lambda grad, x, y, layer, own: y * (grad - (grad * y).sum(axis=0)),
}
