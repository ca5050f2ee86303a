"""convlab: see convolution happen. Small numpy functions behind a series of notebooks."""

from .errors import ConvlabError
from .geometry import Layer, output_size, receptive_field
from .ops import avg_pool2d, conv2d, conv2d_loops, conv_transpose2d, convolve2d, max_pool2d, pad, relu

__all__ = ["ConvlabError", "Layer", "avg_pool2d", "conv2d", "conv2d_loops", "conv_transpose2d", "convolve2d"]
__all__ += ["max_pool2d", "output_size", "pad", "receptive_field", "relu"]
