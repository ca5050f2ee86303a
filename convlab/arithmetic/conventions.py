"""One set of numbers, and what each framework makes of it."""

from convlab.arithmetic import geometry


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
    mine, same = (padding, padding), geometry.same_padding(n, kernel, stride, dilation)
    s, strides = (f", {name}={stride}" if stride > 1 else "" for name in ("stride", "strides"))
    d, rate = (f", {name}={dilation}" if dilation > 1 else "" for name in ("dilation", "dilation_rate"))
    p = f", padding={padding}" if padding else ""
    pool, ceil, keep = f"{kernel}, stride={stride}{p}{d}", "ceil_mode=True", 'padding="same"'
    calls = {
        "PyTorch Conv2d": (f"nn.Conv2d(c_in, c_out, {kernel}{s}{p}{d})", f"conv2d(x, w{s}{p}{d})"),
        "Keras same": (
            f"layers.Conv2D(c_out, {kernel}{strides}, {keep}{rate})",
            f"conv2d(x, w{s}, {keep}{d})",
        ),
        "PyTorch MaxPool2d": (f"nn.MaxPool2d({pool})", f"max_pool2d(x, {pool})"),
        f"PyTorch MaxPool2d, {ceil}": (f"nn.MaxPool2d({pool}, {ceil})", f"max_pool2d(x, {pool}, {ceil})"),
    }
    result = {}
    for name, (theirs, ours) in calls.items():
        pads = same if name == "Keras same" else mine
        options = {"stride": stride, "padding": pads, "dilation": dilation, "ceil_mode": ceil in name}
        result[name] = pads, geometry.windows(n, kernel, **options), theirs, ours
    return result
