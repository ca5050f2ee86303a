"""Networks: published ones, those that run, their programs, and what influences a unit."""

from convlab.networks.detector import faces, keep_strongest, pyramid, shrink
from convlab.networks.garments import (
    SCENE,
    SIDE,
    arrange,
    by_name,
    garment,
    pointed,
    pointing_game,
    random_places,
    sample,
)
from convlab.networks.influence import CONVS, bell, net_map, one_channel, poke, profile, random_map, spread
from convlab.networks.network import NETWORKS, Network, load, shipped
from convlab.networks.patches import peaks, top_patches
from convlab.networks.published import alexnet, resnet18, resnet50, vgg16

__all__ = ["CONVS", "NETWORKS", "SCENE", "SIDE", "Network", "alexnet", "arrange", "bell", "by_name", "faces"]
__all__ += ["garment", "keep_strongest", "load", "net_map", "one_channel", "peaks", "pointed"]
__all__ += ["pointing_game", "poke", "profile", "pyramid", "random_map", "random_places", "resnet18"]
__all__ += ["resnet50", "sample", "shipped", "shrink", "spread", "top_patches", "vgg16"]
