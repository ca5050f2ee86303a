"""convlab: see convolution happen. Small numpy functions behind a series of notebooks."""

from .errors import ConvlabError
from .geometry import output_size
from .ops import conv2d, conv2d_loops, convolve2d, pad, relu

__all__ = ["ConvlabError", "conv2d", "conv2d_loops", "convolve2d", "output_size", "pad", "relu"]
