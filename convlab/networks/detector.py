"""A small face detector that slides over a photograph, at several scales."""

import numpy as np

from convlab.arithmetic.inputs import grid
from convlab.errors import real


def faces(network, image, scales, threshold=0.6, overlap=0.5):
    """Slide a face detector over a photograph, shrunk to several sizes.

    The detector looks at 12 × 12 pixels. On a picture shrunk by `scale` it finds faces of about
    12/scale pixels; that is why several scales are tried.

    Parameters
    ----------
    network : model.Network
        `load("pnet")`: it gives "probability" and "box".
    image : array (3, H, W)
        Pixel values, 0 … 255.
    scales : sequence of float
        Each above 0 and at most 1; see `pyramid`.
    threshold : float
        Least probability of a box that is kept, 0 … 1.
    overlap : float
        Of two boxes that share more than this (intersection over union), the weaker is dropped.

    Returns
    -------
    (list of arrays, array)
        Probability of a face, one map (H', W') a scale; and boxes (N, 5), strongest first:
        left, top, right, bottom in pixels of `image`, probability.

    Raises
    ------
    ConvlabError
        If a scale, the threshold or the overlap is out of range, or a shrunken image is too small.

    References
    ----------
    Zhang, Zhang, Li & Qiao (2016), Joint Face Detection and Alignment using Multi-task Cascaded
    Convolutional Networks, arXiv:1604.02878.
    """
    image = grid("image", image, "(3, H, W)")
    maps, boxes = [], [np.empty((0, 5))]
    threshold, overlap = real("threshold", threshold, 0, 1), real("overlap", overlap, 0, 1)
    for scale in scales:
        found = network.forward(shrink(image, scale))
        maps.append(found["probability"][1])
        boxes.append(_boxes(maps[-1], found["box"], network.field("scores"), scale, threshold))
    return maps, keep_strongest(np.concatenate(boxes), overlap)


def pyramid(height, width, smallest=20, factor=0.709):
    """List the scales at which faces from `smallest` pixels up to the whole picture become about 12 pixels.

    >>> [round(scale, 2) for scale in pyramid(100, 80)]
    [0.6, 0.43, 0.3, 0.21, 0.15]
    """
    scales = [min(12 / smallest, 1.0)]
    while min(height, width) * scales[-1] * factor >= 12:
        scales.append(scales[-1] * factor)
    return scales


def shrink(image, scale):
    """Reduce an image (C, H, W) by averaging: each new pixel is the mean of the area it covers.

    >>> shrink(np.array([[[0, 2, 4, 6]]]), 0.5).tolist()
    [[[1.0, 5.0]]]
    """
    scale = real("scale", scale, 0.001, 1)
    rows, cols = (averages(n, max(int(n * scale), 1)) for n in image.shape[1:])
    return (rows @ image.astype(np.float32) @ cols.T).astype(np.float32)


def keep_strongest(boxes, overlap):
    """Sort boxes (N, 5) by probability, and drop each that overlaps a stronger one too much."""
    boxes, kept = boxes[np.argsort(-boxes[:, 4], kind="stable")], []
    while len(boxes):
        best, boxes = boxes[0], boxes[1:]
        kept.append(best)
        corner, end = np.maximum(best[:2], boxes[:, :2]), np.minimum(best[2:4], boxes[:, 2:4])
        shared = np.prod(np.clip(end - corner, 0, None), axis=1)
        either = np.prod(best[2:4] - best[:2]) + np.prod(boxes[:, 2:4] - boxes[:, :2], axis=1) - shared
        boxes = boxes[shared <= overlap * either]
    return np.array(kept).reshape(-1, 5)


def _boxes(probability, shift, field, scale, threshold):
    """Windows of the cells above the threshold, moved by the network's own correction (in window sides)."""
    rows, cols = np.nonzero(probability >= threshold)
    corner = np.array([cols, rows, cols, rows]) * field.jump + field.start
    window = corner + np.array([[0], [0], [field.size], [field.size]])
    boxes = (window + field.size * shift[:, rows, cols]) / scale
    return np.concatenate([boxes, probability[None, rows, cols]]).T


def averages(n, out):
    """Matrix (out, n): row i averages the n/out pixels that output i covers, parts of pixels included."""
    edges = np.arange(out + 1) * (n / out)
    covered = np.minimum(edges[1:, None], np.arange(1, n + 1)) - np.maximum(edges[:-1, None], np.arange(n))
    return (np.clip(covered, 0, None) * out / n).astype(np.float32)
