"""The explorers: controls → numpy → view. Each lab is one call and takes its starting state as arguments."""

from convlab.labs.back import checkerboard_lab, gradient_lab, skip_lab, transposed_lab
from convlab.labs.design import design_lab
from convlab.labs.effective import effective_lab, rivals_lab
from convlab.labs.kernels import kernel_lab, learning_lab, patch_lab, rgb_lab, sliding_lab
from convlab.labs.maps import activation_lab, channel_lab, filter_bank_lab
from convlab.labs.network import network_lab, tower_lab
from convlab.labs.receptive import proofs_lab, receptive_lab, wires_lab
from convlab.labs.tradeoffs import cost_lab, frequency_lab, separable_lab, tradeoff_lab
from convlab.labs.why import dense_lab, face_lab, matrix_lab, moved_lab, scene_lab
from convlab.labs.windows import border_lab, conventions_lab, stride_lab

__all__ = sorted(name for name in globals() if name.endswith("_lab"))
