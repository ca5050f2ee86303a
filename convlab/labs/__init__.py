"""The explorers: controls → numpy → view. Each lab is one call and takes its starting state as arguments."""

from convlab.labs.borders import border_lab
from convlab.labs.conventions import conventions_lab
from convlab.labs.design import design_lab
from convlab.labs.effective import effective_lab, rivals_lab
from convlab.labs.faces import face_lab
from convlab.labs.garments import scene_lab
from convlab.labs.kernels import kernel_lab, patch_lab, rgb_lab
from convlab.labs.learning import learning_lab
from convlab.labs.maps import activation_lab, channel_lab, filter_bank_lab
from convlab.labs.network import network_lab
from convlab.labs.proofs import proofs_lab
from convlab.labs.receptive import receptive_lab
from convlab.labs.sliding import sliding_lab
from convlab.labs.stride import stride_lab
from convlab.labs.tower import tower_lab
from convlab.labs.tradeoffs import cost_lab, tradeoff_lab
from convlab.labs.wires import wires_lab

__all__ = [
    "activation_lab",
    "border_lab",
    "channel_lab",
    "conventions_lab",
    "cost_lab",
    "design_lab",
    "effective_lab",
    "face_lab",
    "filter_bank_lab",
    "kernel_lab",
    "learning_lab",
    "network_lab",
    "patch_lab",
    "proofs_lab",
    "receptive_lab",
    "rgb_lab",
    "rivals_lab",
    "scene_lab",
    "sliding_lab",
    "stride_lab",
    "tower_lab",
    "tradeoff_lab",
    "wires_lab",
]
