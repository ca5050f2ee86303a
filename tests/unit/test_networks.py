"""Published networks reproduce their published numbers."""

from dataclasses import replace

import pytest

from convlab.arithmetic.geometry import cost, output_size, receptive_field, window_below
from convlab.errors import ConvlabError
from convlab.networks.published import alexnet, resnet18, resnet50, vgg16

IMAGE = (3, 224, 224)


def by_name(layers, n=224):
    """Map each layer's name to its receptive field."""
    return dict(zip((layer.name for layer in layers), receptive_field(layers, n), strict=True))


@pytest.mark.parametrize(
    ("layers", "parameters", "macs"),
    [
        (alexnet(), 61_100_840, 714_188_480),  # torchvision's layers, counted
        (vgg16(), 138_357_544, 15_470_264_320),
        (resnet18(), 11_689_512, 1_814_073_344),
        (resnet50(), 25_557_032, 4_089_184_256),
    ],
    ids=["alexnet", "vgg16", "resnet18", "resnet50"],
)
def test_parameters_and_multiply_adds(layers, parameters, macs):
    costs = cost(layers, IMAGE)
    assert (sum(c.parameters for c in costs), sum(c.macs for c in costs)) == (parameters, macs)
    assert costs[-1].shape == (1000, 1, 1)


def test_receptive_fields_by_layer():
    # Araujo, Norris & Sim (2019), Distill
    vgg = [3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212]
    assert [field.size for field in receptive_field(vgg16()[:18])] == vgg
    assert [field.size for field in receptive_field(alexnet()[:8])] == [11, 19, 51, 67, 99, 131, 163, 195]


def test_the_table_of_distill():
    # size, stride and effective padding (which is -start); TensorFlow-slim's AlexNet pads nothing at conv1,
    # and its ResNet nothing before pool1
    unpadded = [replace(alexnet()[0], padding=0), *alexnet()[1:8]]
    assert receptive_field(unpadded)[-1] == (195, 32, -64)
    assert receptive_field(vgg16()[:18])[-1] == (212, 32, -90)
    slim = [replace(layer, padding=0) if layer.name == "pool1" else layer for layer in resnet50("1x1")[:-2]]
    assert receptive_field(slim)[-1] == (483, 32, -239)


def test_resnet50_by_stage():
    fields = by_name(resnet50())
    assert [fields[name].size for name in ("skip2_3", "skip3_4", "skip4_6", "skip5_3")] == [35, 91, 267, 427]
    assert by_name(resnet50("1x1"))["skip5_3"].size == 483
    assert by_name(resnet18())["skip5_2"].size == 435
    with pytest.raises(ConvlabError, match="There are: 3x3, 1x1"):
        resnet50("7x7")


def test_a_residual_unit_really_reads_its_whole_field():
    layers = resnet50()[:-2]
    size, jump, start = receptive_field(layers)[-1]
    read = window_below(layers, 3)
    assert (read[0], read[-1]) == (start + 3 * jump, start + 3 * jump + size - 1)


@pytest.mark.parametrize(
    ("layers", "n", "sizes"),
    [
        (alexnet(), 224, [55, 27, 27, 13, 13, 13, 13, 6]),
        ([replace(alexnet()[0], padding=0), *alexnet()[1:]], 227, [55, 27, 27, 13, 13, 13, 13, 6]),
    ],
)
def test_alexnet_sizes(layers, n, sizes):
    assert [c.shape[1] for c in cost(layers, (3, n, n))[:8]] == sizes


def test_alexnet_on_224_without_padding():
    # Krizhevsky et al. write 224; with no padding only 227 gives the 55 they report
    n, sizes = 224, []
    for layer in [replace(alexnet()[0], padding=0), *alexnet()[1:8]]:
        n = output_size(n, layer.kernel, stride=layer.stride, padding=layer.padding)
        sizes.append(n)
    assert (sizes[0], sizes[-1]) == (54, 5)


def test_vgg_shapes_come_after_whole_blocks():
    shapes = {c.name: c.shape for c in cost(vgg16(), IMAGE)}
    assert [shapes[name] for name in ("conv1_2", "pool1", "pool2")] == [
        (64, 224, 224),
        (64, 112, 112),
        (128, 56, 56),
    ]


def test_the_memory_that_cs231n_adds_up_wrongly():
    # CS231n prints 24M and 93 MB for VGG-16; its own rows sum to 15.24M activations, image included
    activations = 3 * 224 * 224 + sum(c.activations for c in cost(vgg16(), IMAGE))
    assert activations == 15_237_608 and round(4 * activations / 1e6) == 61
