"""Networks: published ones, those that run, their programs, and what influences a unit."""

from convlab.networks.detector import faces, keep_strongest, pyramid, shrink
from convlab.networks.exported import to_onnx
from convlab.networks.garments import SCENE, SIDE, arrange, by_name, garment, pointed, pointing_game, sample
from convlab.networks.imported import from_keras, from_onnx, from_torch
from convlab.networks.influence import CONVS, bell, net_map, one_channel, poke, profile, random_map, spread
from convlab.networks.network import FILES, NETWORKS, Network, load, nickname, shipped, untrained
from convlab.networks.patches import peaks, top_patches
from convlab.networks.published import alexnet, resnet18, resnet50, vgg16
