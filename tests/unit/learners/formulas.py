"""Formulas as learners write them: for each exercise pairs of slip and program; and right ones.

A slip is named by words of its sentence.
"""
import math


def loop_size(n, k, s, p):
    count = 0
    for _ in range(0, n + 2 * p - k, s):
        count += 1
    return count


def swapped_names(n, k, p, s):
    return (n + 2 * p - k) // s + 1


def forgets_return(n, k, s, p):
    (n + 2 * p - k) // s + 1


OUTPUT_SIZE = [
    ("Half a window", lambda n, k, s, p: (n + 2 * p - k) / s + 1),
    ("rounded up", lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1),
    ("rounded up", lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1),
    ("none", lambda n, k, s, p: round((n + 2 * p - k) / s) + 1),
    ("One is missing", lambda n, k, s, p: (n + 2 * p - k) // s),
    ("One is missing", lambda n, k, s, p: int((n + 2 * p - k) / s)),
    ("Two things: half a window", lambda n, k, s, p: (n + 2 * p - k) / s),
    ("The padding counts twice", lambda n, k, s, p: (n + p - k) // s + 1),
    ("Two things: the padding counts twice", lambda n, k, s, p: (n + p - k) // s),
    ("The padding is missing", lambda n, k, s, p: (n - k) // s + 1),
    ("Two things: the padding is missing", lambda n, k, s, p: (n - k) // s),
    ("The stride is missing", lambda n, k, s, p: n + 2 * p - k + 1),
    ("does not just divide", lambda n, k, s, p: n // s),
    ("does not just divide", lambda n, k, s, p: n / s),
    ("The kernel is missing", lambda n, k, s, p: (n + 2 * p) // s),
    ("one pixel too many", lambda n, k, s, p: (n + 2 * p - k - 1) // s + 1),
    ("one pixel too few", lambda n, k, s, p: (n + 2 * p - k + 1) // s + 1),
    ("one pixel too few", lambda n, k, s, p: (n + 2 * p - (k - 1)) // s + 1),
    ("add it", lambda n, k, s, p: (n - 2 * p - k) // s + 1),
    ("the padded input", lambda n, k, s, p: n + 2 * p),
    ("square of it", lambda n, k, s, p: ((n + 2 * p - k) // s + 1) ** 2),
    ("one pixel too many", loop_size),
    ("none", swapped_names),
    ("return", forgets_return),
    ("none", lambda n, k, s, p: n + 2 * p - k // s + 1),
    ("Divide first, then add 1", lambda n, k, s, p: (n + 2 * p - k + 1) / s),
]


def counts_positions(n, k, s, p):
    return len([i for i in range(-p, n + p - k + 1) if (i + p) % s == 0])


def counts_in_a_loop(n, k, s, p):
    count, start = 0, -p
    while start + k <= n + p:
        count += 1
        start += s
    return count


OUTPUT_SIZE_RIGHT = [
    counts_positions,
    counts_in_a_loop,
    lambda n, k, s, p: (n + 2 * p - k) // s + 1,
    lambda n, k, s, p: int((n + 2 * p - k) / s + 1),
    lambda n, k, s, p: math.floor((n + 2 * p - k) / s) + 1,
    lambda n, k, s, p: (n + p + p - k + s) // s,
    lambda n, k, s, p: 1 + (n - k + 2 * p) // s,
    lambda n, k, s, p: len(range(0, n + 2 * p - k + 1, s)),
    lambda n, k, s, p: divmod(n + 2 * p - k, s)[0] + 1,
    lambda n, k, s, p: float((n + 2 * p - k) // s + 1),
]

SAME_PADDING = [
    ("both sides together", lambda k, d: d * (k - 1)),
    ("The dilation is missing", lambda k, d: (k - 1) // 2),
    ("The dilation is missing", lambda k, d: k // 2),
    ("The dilation is missing", lambda k, d: (k - 1) / 2),
    ("not d·k", lambda k, d: (d * k - 1) // 2),
    ("not d·k", lambda k, d: d * k // 2),
    ("take half of the rest", lambda k, d: (d * (k - 1) + 1) / 2),
    ("take half of the rest", lambda k, d: k / 2),
    ("Two things: the dilation", lambda k, d: k - 1),
    ("One too many", lambda k, d: d * (k - 1) // 2 + 1),
    ("One tap too many", lambda k, d: d * (k + 1) // 2),
    ("what the kernel spans", lambda k, d: d * (k - 1) + 1),
    ("That is the kernel", lambda k, d: k),
    ("That is the dilation", lambda k, d: d),
    ("it is not added", lambda k, d: d + (k - 1) // 2),
    ("it is not added", lambda k, d: d + k - 1),
    ("halved twice", lambda k, d: d * (k - 1) / 4),
    ("halved twice", lambda k, d: (d * (k - 1) / 2) / 2),
    ("none", lambda k, d: d * k),
    ("return", lambda k, d: print(d * (k - 1) // 2)),
    ("both sides together", lambda k, d: (k - 1) * d),
    ("none", lambda k, d: d * (k - 2) // 2),
    ("none", lambda k, d: 1),
    ("none", lambda k, d: d ** (k - 1) // 2),
    ("One too many", lambda k, d: (d * (k - 1) + 2) // 2),
    ("sees no such name", lambda k, d: (dilation * (k - 1)) // 2),  # noqa: F821
]


def tried(k, d):
    p = 0
    while 100 + 2 * p - (d * (k - 1) + 1) + 1 < 100:
        p += 1
    return p


SAME_PADDING_RIGHT = [
    tried,
    lambda k, d: d * (k - 1) // 2,
    lambda k, d: d * (k - 1) / 2,
    lambda k, d: d * ((k - 1) // 2),
    lambda k, d: (k // 2) * d,
    lambda k, d: int(d * (k - 1) / 2),
    lambda k, d: (d * (k - 1) + 1) // 2,
    lambda k, d: (d * k - d) // 2,
    lambda k, d: math.floor(0.5 * d * (k - 1)),
    lambda k, d: sum(d for _ in range((k - 1) // 2)),
]


WEIGHT_SHAPE = [
    ("TensorFlow", lambda i, o, k: (k, k, i, o)),
    ("Filters come first", lambda i, o, k: (i, o, k, k)),
    ("before its sides", lambda i, o, k: (o, k, k, i)),
    ("come last", lambda i, o, k: (k, k, o, i)),
    ("C_in is missing", lambda i, o, k: (o, k, k)),
    ("C_in is missing", lambda i, o, k: (o, 1, k, k)),
    ("one filter", lambda i, o, k: (i, k, k)),
    ("one filter", lambda i, o, k: (1, i, k, k)),
    ("Keep C_out and C_in apart", lambda i, o, k: (o * i, k, k)),
    ("Keep C_out and C_in apart", lambda i, o, k: [i * o, k, k]),
    ("Keep C_out and C_in apart", lambda i, o, k: (i * o, 1, k, k)),
    ("two sides, kH and kW", lambda i, o, k: (o, i, k)),
    ("Keep the two sides apart", lambda i, o, k: (o, i, k * k)),
    ("Keep the two sides apart", lambda i, o, k: (o, i, k**2)),
    ("slice alone", lambda i, o, k: (k, k)),
    ("sides of the kernel are missing", lambda i, o, k: (o, i)),
    ("how many weights there are", lambda i, o, k: o * i * k * k),
    ("how many parameters there are", lambda i, o, k: o * (i * k * k + 1)),
    ("biases have a shape of their own", lambda i, o, k: (o, i + 1, k, k)),
    ("The last two are the sides", lambda i, o, k: (o, i, i, k)),
    ("none", lambda i, o, k: (k, o, k, i)),
    ("none", lambda i, o, k: (o, i, k, k, 1)),
    ("none", lambda i, o, k: f"({o}, {i}, {k}, {k})"),
    ("none", lambda i, o, k: {o, i, k}),
    ("TensorFlow", lambda i, o, k: [k, k, i, o]),
    ("return", lambda i, o, k: print(o, i, k, k)),
    ("Filters come first", lambda i, o, k: [i, o] + [k] * 2),
]


def by_steps(i, o, k):
    shape = [o]
    shape.append(i)
    shape += [k, k]
    return shape


def by_array(i, o, k):
    import numpy as np

    return np.zeros((o, i, k, k), np.uint8).shape


WEIGHT_SHAPE_RIGHT = [
    by_steps,
    by_array,
    lambda i, o, k: (o, i, k, k),
    lambda i, o, k: [o, i, k, k],
    lambda i, o, k: (o, i) + (k, k),
    lambda i, o, k: (o, i, *[k] * 2),
    lambda i, o, k: tuple([o, i, k, k]),
    lambda i, o, k: (float(o), i, k, k),
    lambda channels_in, channels_out, kernel: (channels_out, channels_in, kernel, kernel),
    lambda i, o, k: tuple(reversed((k, k, i, o))),
]

COUNT_PARAMETERS = [
    ("biases are missing", lambda i, o, k: i * o * k * k),
    ("biases are missing", lambda i, o, k: o * i * k**2),
    ("not to each channel", lambda i, o, k: i * o * (k * k + 1)),
    ("not to each channel", lambda i, o, k: i * o * k * k + i * o),
    ("each channel that comes in", lambda i, o, k: i * o * k * k + i),
    ("one for the layer", lambda i, o, k: i * o * k * k + 1),
    ("C_in is missing", lambda i, o, k: o * (k * k + 1)),
    ("Two things: each filter reads", lambda i, o, k: o * k * k),
    ("its side counts twice", lambda i, o, k: o * (i * k + 1)),
    ("Two things: a kernel has", lambda i, o, k: o * i * k),
    ("That is one filter", lambda i, o, k: i * k * k + 1),
    ("weights of one filter. There", lambda i, o, k: i * k * k),
    ("the biases of all", lambda i, o, k: i * k * k + o),
    ("are multiplied", lambda i, o, k: (i + o) * k * k),
    ("are multiplied", lambda i, o, k: (i + o) * k * k + o),
    ("not k·k·k", lambda i, o, k: o * (i * k**3 + 1)),
    ("each place in the kernel", lambda i, o, k: i * o * k * k + k * k),
    ("do not double", lambda i, o, k: 2 * i * o * k * k),
    ("A filter has k² weights for each", lambda i, o, k: i * o),
    ("The kernel is missing", lambda i, o, k: o * (i + 1)),
    ("not to each channel", lambda i, o, k: sum((k * k + 1) for _ in range(i * o))),
    ("none", lambda i, o, k: o * i * k * k + o + i),
    ("none", lambda i, o, k: o * i * (k + 1) ** 2),
    ("return", lambda i, o, k: print(o * (i * k * k + 1))),
    ("none", lambda i, o, k: o + i + k),
    ("biases are missing", lambda i, o, k: math.prod((o, i, k, k))),
]


def weights_and_biases(i, o, k):
    weights = o * i * k * k
    biases = o
    return weights + biases


def filter_by_filter(i, o, k):
    total = 0
    for _ in range(o):
        total += i * k * k
        total += 1
    return total


COUNT_PARAMETERS_RIGHT = [
    weights_and_biases,
    filter_by_filter,
    lambda i, o, k: o * (i * k * k + 1),
    lambda i, o, k: o * i * k**2 + o,
    lambda i, o, k: (k * k * i + 1) * o,
    lambda i, o, k: math.prod((o, i, k, k)) + o,
    lambda i, o, k: float(o * (i * pow(k, 2) + 1)),
    lambda i, o, k: sum(i * k * k + 1 for _ in range(o)),
    lambda i, o, k: o + k * k * o * i,
    lambda channels_in, channels_out, kernel: channels_out * (channels_in * kernel**2 + 1),
]


def own_stride(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size


def no_jump(layers):
    size = 1
    for kernel, _stride in layers:
        size += kernel - 1
    return size


def last_stride(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump = stride
    return size


def sum_of_strides(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump += stride
    return size


def from_zero(layers):
    size, jump = 0, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size


def whole_kernels(layers):
    size, jump = 0, 1
    for kernel, stride in layers:
        size += kernel * jump
        jump *= stride
    return size


def whole_kernels_from_one(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += kernel * jump
        jump *= stride
    return size


def returns_in_the_loop(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
        return size


def returns_the_jump(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return jump


def returns_both(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size, jump


def every_size(layers):
    size, jump, sizes = 1, 1, []
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
        sizes.append(size)
    return sizes


def replaces(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size = (kernel - 1) * jump
        jump *= stride
    return size


def own_stride_alone(layers):
    return 1 + sum((kernel - 1) * stride for kernel, stride in layers)


def upside_down(layers):
    size, jump = 1, 1
    for kernel, stride in reversed(layers):
        size += (kernel - 1) * jump
        jump *= stride
    return size


def top_down_rule_from_below(layers):
    size = 1
    for kernel, stride in layers:
        size = (size - 1) * stride + kernel
    return size


def both_sides(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += 2 * (kernel - 1) * jump
        jump *= stride
    return size


def half_kernel(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += kernel // 2 * jump
        jump *= stride
    return size


def multiplies(layers):
    size = 1
    for kernel, _stride in layers:
        size *= kernel
    return size


def misspells(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jmp  # noqa: F821
        jump *= stride
    return size


def no_return(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride


RECEPTIVE_FIELD = [
    ("own stride does not enter", own_stride),
    ("strides are missing", no_jump),
    ("Only the last stride counts", last_stride),
    ("not their sum", sum_of_strides),
    ("One is missing", from_zero),
    ("adds k − 1 steps, not k", whole_kernels),
    ("adds k − 1 steps, not k", whole_kernels_from_one),
    ("first layer alone", returns_in_the_loop),
    ("That is the jump", returns_the_jump),
    ("none", returns_both),
    ("none", every_size),
    ("none", replaces),
    ("own stride in yours", own_stride_alone),
    ("upside down", upside_down),
    ("upside down", top_down_rule_from_below),
    ("not k − 1 on each side", both_sides),
    ("none", half_kernel),
    ("Kernels do not multiply", multiplies),
    ("sees no such name", misspells),
    ("return", no_return),
    ("adds k − 1 steps, not k", lambda layers: sum(kernel for kernel, _ in layers)),
    ("adds k − 1 steps, not k", lambda layers: 1 + sum(kernel for kernel, _ in layers)),
    ("Kernels do not multiply", lambda layers: math.prod(kernel for kernel, _ in layers)),
    ("strides are missing", lambda layers: 1 + sum(kernel - 1 for kernel, _ in layers)),
    ("That is the jump", lambda layers: math.prod(stride for _, stride in layers)),
    ("first layer alone", lambda layers: layers[0][0]),
]


def bottom_up(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size


def top_down(layers):
    size = 1
    for kernel, stride in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def with_products(layers):
    return 1 + sum((kernel - 1) * math.prod(s for _, s in layers[:i]) for i, (kernel, _) in enumerate(layers))


def both_ends(layers):
    low, high = 0, 0
    for kernel, stride in layers[::-1]:
        low, high = low * stride, high * stride + kernel - 1
    return high - low + 1


def every_pixel(layers):
    reads = {0}
    for kernel, stride in layers[::-1]:
        reads = {unit * stride + tap for unit in reads for tap in range(kernel)}
    return max(reads) - min(reads) + 1


def recursive(layers):
    if not layers:
        return 1
    (kernel, stride), *above = layers
    return (recursive(above) - 1) * stride + kernel


def by_index(layers):
    size, jump = 1, 1
    for i in range(len(layers)):
        size = size + (layers[i][0] - 1) * jump
        jump = jump * layers[i][1]
    return size


def while_there_are(layers):
    layers, size, jump = list(layers), 1, 1
    while layers:
        kernel, stride = layers.pop(0)
        size, jump = size + (kernel - 1) * jump, jump * stride
    return size


def first_then_others(layers):
    size, jump = layers[0]
    for kernel, stride in layers[1:]:
        size += kernel * jump - jump
        jump *= stride
    return size


def as_a_float(layers):
    return float(bottom_up(layers))


RECEPTIVE_FIELD_RIGHT = [
    bottom_up, top_down, with_products, both_ends, every_pixel, recursive, by_index, while_there_are,
    first_then_others, as_a_float,
]


def side(n, k, s, p):
    return (n + 2 * p - k) // s + 1


STRIDED_MACS = [
    ("*input* grid. A", lambda i, o, k, s, p, n: i * o * k * k * n * n),
    ("*input* grid. A", lambda i, o, k, s, p, n: o * i * k**2 * n**2),
    ("Those are the weights", lambda i, o, k, s, p, n: i * o * k * k),
    ("Those are the parameters", lambda i, o, k, s, p, n: o * (i * k * k + 1)),
    ("padding is missing", lambda i, o, k, s, p, n: i * o * k * k * side(n, k, s, 0) ** 2),
    ("padding counts once", lambda i, o, k, s, p, n: i * o * k * k * ((n + p - k) // s + 1) ** 2),
    ("One is missing", lambda i, o, k, s, p, n: i * o * k * k * (side(n, k, s, p) - 1) ** 2),
    ("stride is missing", lambda i, o, k, s, p, n: i * o * k * k * side(n, k, 1, p) ** 2),
    ("Round your output size down", lambda i, o, k, s, p, n: i * o * k * k * ((n + 2 * p - k) / s + 1) ** 2),
    ("one row", lambda i, o, k, s, p, n: i * o * k * k * side(n, k, s, p)),
    ("C_in is missing", lambda i, o, k, s, p, n: o * k * k * side(n, k, s, p) ** 2),
    ("That is one filter", lambda i, o, k, s, p, n: i * k * k * side(n, k, s, p) ** 2),
    ("one channel of one filter", lambda i, o, k, s, p, n: k * k * side(n, k, s, p) ** 2),
    ("its side counts twice", lambda i, o, k, s, p, n: i * o * k * side(n, k, s, p) ** 2),
    ("The kernel is missing", lambda i, o, k, s, p, n: i * o * side(n, k, s, p) ** 2),
    ("Adding a bias", lambda i, o, k, s, p, n: o * (i * k * k + 1) * side(n, k, s, p) ** 2),
    ("one, not two", lambda i, o, k, s, p, n: 2 * i * o * k * k * side(n, k, s, p) ** 2),
    ("numbers that come out", lambda i, o, k, s, p, n: o * side(n, k, s, p) ** 2),
    ("are multiplied", lambda i, o, k, s, p, n: (i + o) * k * k * side(n, k, s, p) ** 2),
    ("does not just divide", lambda i, o, k, s, p, n: i * o * k * k * (n // s) ** 2),
    ("padded *input* grid", lambda i, o, k, s, p, n: i * o * k * k * (n + 2 * p) ** 2),
    ("none", lambda i, o, k, s, p, n: i * o * k * k * math.ceil((n + 2 * p - k) / s + 1) ** 2),
    ("none", lambda i, o, k, s, p, n: i * o * k * k * side(n, k, s, p) * n),
    ("return", lambda i, o, k, s, p, n: print(i * o * k * k)),
    ("none", lambda i, o, k, s, p, n: i * o * k * k + side(n, k, s, p) ** 2),
    ("*input* grid. A", lambda i, o, k, s, p, n: sum(i * k * k for _ in range(o)) * n * n),
]


def in_steps(i, o, k, s, p, n):
    out = (n + 2 * p - k) // s + 1
    weights = i * o * k * k
    return weights * out * out


def one_by_one(i, o, k, s, p, n):
    total = 0
    for _ in range(side(n, k, s, p)):
        for _ in range(side(n, k, s, p)):
            total += o * i * k * k
    return total


STRIDED_MACS_RIGHT = [
    in_steps,
    one_by_one,
    lambda i, o, k, s, p, n: i * o * k * k * side(n, k, s, p) ** 2,
    lambda i, o, k, s, p, n: (i * o * k**2) * int((n + 2 * p - k) / s + 1) ** 2,
    lambda i, o, k, s, p, n: math.prod([i, o, k, k, side(n, k, s, p), side(n, k, s, p)]),
    lambda i, o, k, s, p, n: len(range(0, n + 2 * p - k + 1, s)) ** 2 * o * i * k * k,
    lambda i, o, k, s, p, n: float(i * o * k * k * side(n, k, s, p) ** 2),
    lambda i, o, k, s, p, n: sum(i * k * k * side(n, k, s, p) ** 2 for _ in range(o)),
    lambda i, o, k, s, p, n: o * side(n, k, s, p) ** 2 * (i * k * k),
    lambda c_in, c_out, kernel, stride, padding, n: (
        c_in * c_out * kernel**2 * ((n + 2 * padding - kernel) // stride + 1) ** 2
    ),
]


def replaces_the_total(shapes):
    for c, h, w in shapes:
        total = c * h * w
    return 4 * total


def returns_early(shapes):
    total = 0
    for c, h, w in shapes:
        total += c * h * w
        return 4 * total


def four_once(shapes):
    total = 4
    for c, h, w in shapes:
        total += c * h * w
    return total


def total_of_products(shapes):
    total = 1
    for c, h, w in shapes:
        total *= c * h * w
    return 4 * total


def forgets_to_return(shapes):
    total = 0
    for c, h, w in shapes:
        total += 4 * c * h * w


FORWARD_MEMORY = [
    ("the last one alone", replaces_the_total),
    ("first one alone", returns_early),
    ("multiply by 4", four_once),
    ("side by side", total_of_products),
    ("return", forgets_to_return),
    ("each takes 4 bytes", lambda shapes: sum(c * h * w for c, h, w in shapes)),
    ("float64", lambda shapes: 8 * sum(c * h * w for c, h, w in shapes)),
    ("float16", lambda shapes: 2 * sum(c * h * w for c, h, w in shapes)),
    ("bits", lambda shapes: 32 * sum(c * h * w for c, h, w in shapes)),
    ("thousands of bytes", lambda shapes: 4 * sum(c * h * w for c, h, w in shapes) / 1000),
    ("kilobytes", lambda shapes: 4 * sum(c * h * w for c, h, w in shapes) / 1024),
    ("C is missing", lambda shapes: 4 * sum(h * w for _, h, w in shapes)),
    ("not h · h", lambda shapes: 4 * sum(c * h**2 for c, h, _ in shapes)),
    ("not w · w", lambda shapes: 4 * sum(c * w**2 for c, _, w in shapes)),
    ("first one alone", lambda shapes: 4 * math.prod(shapes[0])),
    ("last one alone", lambda shapes: 4 * math.prod(shapes[-1])),
    ("last one is missing", lambda shapes: 4 * sum(math.prod(shape) for shape in shapes[:-1])),
    ("first one is missing", lambda shapes: 4 * sum(math.prod(shape) for shape in shapes[1:])),
    ("not a sum", lambda shapes: 4 * sum(sum(shape) for shape in shapes)),
    ("how many maps", lambda shapes: 4 * sum(c for c, _, _ in shapes)),
    ("not equally large", lambda shapes: 4 * len(shapes) * math.prod(shapes[0])),
    ("none", lambda shapes: 4 * len(shapes)),
    ("none", lambda shapes: 4 * max(math.prod(shape) for shape in shapes)),
    ("none", lambda shapes: [4 * math.prod(shape) for shape in shapes]),
    ("none", lambda shapes: 4 * sum(c + h * w for c, h, w in shapes)),
    ("each takes 4 bytes", lambda shapes: sum(map(math.prod, shapes))),
]


def added_up(shapes):
    total = 0
    for c, h, w in shapes:
        total += c * h * w
    return 4 * total


def bytes_in_the_loop(shapes):
    total = 0
    for shape in shapes:
        total += shape[0] * shape[1] * shape[2] * 4
    return total


def by_arrays(shapes):
    import numpy as np

    return sum(np.zeros(shape, np.float32).nbytes for shape in shapes)


def factor_by_factor(shapes):
    total = 0
    for shape in shapes:
        size = 1
        for number in shape:
            size *= number
        total += size
    return total * 4


FORWARD_MEMORY_RIGHT = [
    added_up,
    bytes_in_the_loop,
    by_arrays,
    factor_by_factor,
    lambda shapes: 4 * sum(map(math.prod, shapes)),
    lambda shapes: sum(4 * c * h * w for c, h, w in shapes),
    lambda shapes: sum(math.prod(shape) * 4 for shape in shapes),
    lambda shapes: 4.0 * sum(math.prod(shape) for shape in shapes),
    lambda shapes: 32 * sum(math.prod(shape) for shape in shapes) // 8,
    lambda shapes: math.fsum(4 * math.prod(shape) for shape in shapes),
]
