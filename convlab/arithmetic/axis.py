"""One kernel along one axis: how many positions it takes, and where. Rows and columns alike."""

from typing import NamedTuple

from convlab.errors import ConvlabError, minus, shown, truth, whole


class Windows(NamedTuple):
    """What each output reads along one axis: output `i` reads inputs `starts[i] + tap` for every tap."""

    starts: range
    taps: range

    def from_zero(self):
        """Count inputs from the first that any window reads: on a padded image, that is its first pixel."""
        starts = self.starts
        return Windows(range(0, len(starts) * starts.step, starts.step), self.taps)

    def meets(self, tap):
        """Give the inputs that one tap meets, a window each."""
        first = self.starts[0] + self.taps[tap]
        return slice(first, first + len(self.starts) * self.starts.step, self.starts.step)


def output_size(n, kernel, *, stride=1, padding=0, dilation=1, ceil_mode=False):
    """Count the positions a kernel can take along one axis.

    Parameters
    ----------
    n, kernel : int
        Input and kernel length, in pixels.
    stride : int
        Step between positions, in pixels; at least 1.
    padding : int or (int, int)
        Pixels added at *each* end, or (before, after).
    dilation : int
        Distance between neighbouring taps, in pixels; 1 is an ordinary kernel.
    ceil_mode : bool
        Round up instead of down, so that a last window may hang over the end. It must still start
        on the input or on the padding before it (the rule of PyTorch and ONNX pooling).

    Returns
    -------
    int
        floor((n + 2*padding - dilation*(kernel - 1) - 1) / stride) + 1

    Raises
    ------
    ConvlabError
        If the kernel does not fit in the padded input, or a value is out of range.

    References
    ----------
    Dumoulin & Visin (2016), arXiv:1603.07285, section 2.

    Examples
    --------
    >>> output_size(28, 3, stride=2)
    13
    >>> output_size(224, 7, stride=2, padding=(2, 3))
    112
    """
    n, stride, span = _axis(n, kernel, stride, dilation)
    before, after = ends(padding)
    room = n + before + after - span
    if room < 0:
        pads = f"2·{before}" if before == after else f"({before} + {after})"
        length = f"{kernel}" if dilation == 1 else f"({dilation}·({kernel} − 1) + 1)"
        rule = f"out = ⌊({n} + {pads} − {length})/{stride}⌋ + 1 = {minus(room // stride + 1)}"
        raise ConvlabError(
            f"A kernel of {kernel} does not fit in an input of {n}: {rule}. "
            f"The largest kernel that fits is {(n + before + after - 1) // dilation + 1}; "
            f"for this kernel, the least padding is {-(-(span - n) // 2)} at each end."
        )
    out = room // stride + 1
    overhangs = truth("ceil_mode", ceil_mode) and room % stride and out * stride < n + before
    return out + 1 if overhangs else out


def windows(n, kernel, *, stride=1, padding=0, dilation=1, ceil_mode=False):
    """List what each output position reads along one axis.

    Parameters
    ----------
    n, kernel, stride, padding, dilation, ceil_mode
        As in `output_size`.

    Returns
    -------
    Windows
        `starts`, one input position for each output, and `taps`, the offsets of the kernel.
        Output `i` reads `starts[i] + tap`; a position outside 0 … n-1 is padding.

    Raises
    ------
    ConvlabError
        As `output_size`.

    Examples
    --------
    >>> windows(7, 3, stride=2, padding=1)
    Windows(starts=range(-1, 7, 2), taps=range(0, 3))
    """
    count = output_size(n, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    before, _ = ends(padding)
    span = dilation * (kernel - 1) + 1
    return Windows(range(-before, count * stride - before, stride), range(0, span, dilation))


def same_padding(n, kernel, stride=1, dilation=1, lower=False):
    """Find the padding (before, after) that gives ceil(n / stride) outputs.

    Parameters
    ----------
    n, kernel, stride, dilation : int
        As in `output_size`.
    lower : bool
        Where an odd pixel goes: False for the end ("same"), True for the beginning ("same_lower").

    Returns
    -------
    (int, int)
        Pixels before and after; unequal when the total is odd.

    Raises
    ------
    ConvlabError
        If a value is out of range.

    References
    ----------
    The SAME rule of TensorFlow; `auto_pad` of the ONNX operator Conv.

    Examples
    --------
    >>> same_padding(224, 7, stride=2)
    (2, 3)
    """
    n, stride, span = _axis(n, kernel, stride, dilation)
    total = max((-(-n // stride) - 1) * stride + span - n, 0)
    small, large = total // 2, total - total // 2
    return (large, small) if truth("lower", lower) else (small, large)


def transposed_size(n, kernel, *, stride=1, padding=0, output_padding=0, dilation=1):
    """Count the outputs of a transposed convolution along one axis: the size that a convolution came from.

    Parameters
    ----------
    n, kernel, stride, padding, dilation : int
        As in `output_size`; here `n` is the small side, and padding is cut *off* the result.
    output_padding : int
        Extra outputs at the end, because a stride of 2 takes both 5 and 6 pixels to 3.

    Returns
    -------
    int
        (n - 1)*stride - 2*padding + dilation*(kernel - 1) + output_padding + 1

    Raises
    ------
    ConvlabError
        If nothing is left, or a value is out of range.

    References
    ----------
    Dumoulin & Visin (2016), arXiv:1603.07285, section 4.

    Examples
    --------
    >>> transposed_size(3, 3, stride=2, padding=1), output_size(5, 3, stride=2, padding=1)
    (5, 3)
    """
    n, stride, span = _axis(n, kernel, stride, dilation)
    before, after = ends(padding)
    most = max(stride, dilation) - 1
    extra = whole(f"output_padding (stride {stride}, dilation {dilation})", output_padding, 0, most)
    full = (n - 1) * stride + span + extra
    if full <= before + after:
        raise ConvlabError(
            f"Padding {before} and {after} cuts all of it off: out = ({n} − 1)·{stride} − ({before} + "
            f"{after}) + {dilation}·({kernel} − 1) + {extra} + 1 = {minus(full - before - after)}. "
            f"The largest padding that leaves a pixel is {(full - 1) // 2} at each end."
        )
    return full - before - after


def ends(padding):
    """Read a padding along one axis: an int for each end, or (before, after)."""
    return _two("padding", padding, "or two: (before, after)", lambda one: whole("padding", one))


def pair(name, value, least=0):
    """Read a scalar or a (vertical, horizontal) pair as two ints."""
    return _two(name, value, "or two: (vertical, horizontal)", lambda one: whole(name, one, least))


def sides(padding):
    """Read an int, (vertical, horizontal) or ((top, bottom), (left, right)) as the last of these."""
    if isinstance(padding, str):
        raise ConvlabError(f"padding is {shown(padding)}. Here it must be given in pixels, such as 1.")
    return _two("padding", padding, "(vertical, horizontal), or ((top, bottom), (left, right))", ends)


def _two(name, value, form, read):
    """Read one value, for both of two places, or a value for each."""
    if not isinstance(value, (tuple, list)):
        return (read(value),) * 2
    if len(value) != 2:
        raise ConvlabError(f"{name} is {shown(value)}. It must be one number, {form}.")
    return read(value[0]), read(value[1])


def _axis(n, kernel, stride, dilation):
    """Check the numbers of an axis; return the input's length, the stride, and what the kernel spans."""
    n, kernel = whole("The input size", n, 1), whole("kernel", kernel, 1)
    stride, dilation = whole("stride", stride, 1), whole("dilation", dilation, 1)
    return n, stride, dilation * (kernel - 1) + 1
