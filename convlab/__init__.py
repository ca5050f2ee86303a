"""convlab: see convolution happen. Small numpy functions behind a series of notebooks."""

from convlab.arithmetic import geometry, kernels
from convlab.arithmetic.geometry import Layer, output_size, receptive_field
from convlab.arithmetic.ops import avg_pool2d, conv2d, conv_transpose2d, convolve2d, max_pool2d, pad, relu
from convlab.errors import ConvlabError
from convlab.view import plots
