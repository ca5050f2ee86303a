"""What notebook 05 says of its numbers."""

from convlab import Layer, labs, networks, receptive_field
from convlab.arithmetic.geometry import cost
from tests.claims.helpers import claims

states = claims("05_design_a_network")


def design(preset):
    """The sentence of the lab and its table as one text."""
    scene = labs.design_lab("roomy", preset).scene
    return scene.says, str(scene.tables)


@states(
    "One layer sees 3 pixels, eight layers see 17, and every further layer adds 2.",
    "A stride helps every layer *above* it, so it pays most when it comes early.",
)
def test_four_ways():
    plain = [field.size for field in receptive_field([Layer(3)] * 8)]
    assert plain[0] == 3 and plain[7] == 17 and {b - a for a, b in zip(plain, plain[1:], strict=False)} == {2}
    strided = [Layer(3, stride=2 if k == at else 1) for at in (0, 6) for k in range(8)]
    early, late = (receptive_field(strided[k : k + 8])[-1].size for k in (0, 8))
    assert early > late > plain[7]


@states(
    "The first layer turns 3 channels into 64 with 1,792 parameters. The second turns 64 into 64 with 36,928",
    "On a map of 128 × 128 it takes about 604 million multiply-adds, and fills about a million numbers.",
    "a stride of 2 leaves a quarter of the positions; how many weights a layer has depends on its kernel and "
    "its channels, not on the size of the map.",
    "The full layer has 200,768 parameters, the pair 7,360: about 27 times fewer.",
)
def test_three_prices():
    first, second = cost([Layer(3, padding=1, channels=64)] * 2, (3, 128, 128))
    assert (first.parameters, second.parameters) == (1792, 36928) == (64 * 28, 64 * (64 * 9 + 1))
    assert round(second.macs / 1e6) == 604 and 1e6 < second.activations < 1.1e6
    strided = cost(
        [Layer(3, stride=2, padding=1, channels=64), Layer(3, padding=1, channels=64)], (3, 128, 128)
    )
    assert strided[1].macs * 4 == second.macs and strided[1].parameters == second.parameters
    full = 64 * (64 * 49 + 1)
    pair = 64 * 50 + 64 * 65
    assert (full, pair, round(full / pair)) == (200_768, 7_360, 27)


@states(
    "Plain layers see 17 pixels, at more than 4,000 million multiply-adds. Five strides see 63, and leave "
    "a map of 4 × 4. A kernel of 64 × 64 needs 786,496 parameters. A dilation of 32 spans 65 pixels for the "
    "price of a 3 × 3 kernel, but it reads 3 columns of them: the rest are holes.",
)
def test_where_each_start_fails():
    says, _ = design("eight plain 3×3")
    assert "field 17×17 px" in says and "4,256,169,984 multiply-adds" in says
    says, _ = design("five with stride 2")
    assert "field 63×63 px" in says and "×4×4" in says
    says, _ = design("one huge kernel")
    assert "786,496 parameters" in says and 64 * (3 * 64 * 64 + 1) == 786_496
    says, table = design("one dilated kernel")
    assert "field 65×65 px" in says and "3" in table
    assert len(set(range(0, 65, 32))) == 3


@states(
    "the two numbers above are 14,112 and 18,432. Stride 2 takes 14 pixels to 7, and 7 to 4, not to 3.5.",
    "But 93 MB is one and a half times what the maps need.",
    "most of the memory is in the first layers.",
    "the first fully connected layer alone holds 74 %. Multiply-adds are spread: several layers in different "
    "blocks share the first place with 12 % each.",
)
def test_two_published_numbers():
    assert (7 * 7 * 4 * 8 * 9, 4 * 4 * 8 * 16 * 9) == (14_112, 18_432)
    vgg = cost(networks.vgg16(), (3, 224, 224))
    shape = (3, 224, 224)
    numbers = 3 * 224 * 224 + sum(layer.activations for layer in vgg)
    assert round(93e6 / (4 * numbers), 1) == 1.5 and shape[0] == 3
    assert sum(layer.activations for layer in vgg[:6]) > 0.7 * numbers
    parameters = {layer.name: layer.parameters for layer in vgg}
    assert round(parameters["fc6"] / sum(parameters.values()), 2) == 0.74
    macs = [layer.macs / sum(layer.macs for layer in vgg) for layer in vgg]
    first = [layer.name for layer, share in zip(vgg, macs, strict=True) if round(share, 2) == 0.12]
    assert max(macs) < 0.125 and len({name[:5] for name in first}) > 2


def test_every_telling_cell_has_its_test():
    assert states.untold() == []
