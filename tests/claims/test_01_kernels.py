"""What notebook 01 says of its pictures."""

import numpy as np

from convlab import conv2d, convolve2d, images, kernels, labs
from tests.claims.helpers import claims

states = claims("01_kernels")
PATCH = np.arange(1.0, 10).reshape(3, 3)


@states("The noise is smaller, but the step is no longer sharp: it climbs over five positions.")
def test_the_price_of_averaging():
    step = np.repeat([2.0, 8.0], 20)
    noisy = step + np.random.default_rng(1).normal(0, 1, 40)
    mean = np.convolve(noisy, np.ones(5) / 5, "valid")
    ideal = np.convolve(step, np.ones(5) / 5, "valid")
    assert np.std(mean[:16]) < 0.6 * np.std(noisy[:20])
    assert (np.diff(ideal) > 0).sum() == 5


@states(
    "here by 1 a column, and gives 8; Sobel-y asks from top to bottom, where they grow by 3 a row, and gives "
    "24; the Laplacian compares the middle with the mean around it, and on an even slope the two are equal.",
    "The box blur gives 5, the mean of 1 to 9. Its weights add up to 1. Those of the other three add up to "
    "0, so a patch of equal numbers gives 0.",
)
def test_four_kernels_on_one_patch():
    sobel, laplacian, box = kernels.sobel(), kernels.laplacian(), kernels.box()
    given = [conv2d(PATCH, k).item() for k in (sobel, sobel.T, laplacian, box)]
    np.testing.assert_allclose(given, [8, 24, 0, 5])
    assert (np.diff(PATCH, axis=1) == 1).all() and (np.diff(PATCH, axis=0) == 3).all()
    assert PATCH[1, 1] == (PATCH.sum() - PATCH[1, 1]) / 8
    np.testing.assert_allclose([k.sum() for k in (box, sobel, sobel.T, laplacian)], [1, 0, 0, 0])


@states(
    "*box blur* and *gaussian blur*: the sum is 1, so brightness stays.",
    "*sobel* and *laplacian*: the sum is 0, so flat areas vanish.",
    "*sharpen*: the sum is 1 again, but neighbours count negative.",
    "*Absolute* drops the sign, so both sides of a line look alike.",
)
def test_what_the_sum_of_the_weights_does():
    x = images.load("camera").astype(float)
    for name in ("box blur", "gaussian blur"):
        assert abs(conv2d(x, kernels.preset(name)).mean() - x[1:-1, 1:-1].mean()) < 1
    for name in ("sobel", "laplacian, 8 neighbours"):
        assert conv2d(np.full((5, 5), 90.0), kernels.preset(name)).any() == np.False_
    sharpen = kernels.preset("sharpen")
    assert abs(sharpen.sum() - 1) < 1e-9 and sharpen.min() < 0 < sharpen[1, 1]
    line = np.zeros((5, 9))
    line[:, 4] = 1
    shown = labs.kernel_lab("camera", "sobel", show="absolute").scene.panels["output"].array
    both = np.abs(conv2d(line, kernels.sobel()))[0]
    assert shown.min() == 0 and both[2] == both[4] > 0


@states(
    "Three pixels of a bright line add up to as much as 765, too much for a picture, so the bias takes 255 "
    "off.",
    "All of the sky is white, and there is no line in it.",
    "so a flat bright patch gives as much as a bright line.",
    "set *bias* to 0, choose *line detector*, and the sky is silent.",
)
def test_the_kernel_line_finds_the_sky():
    assert 3 * 255 == 765
    lab = labs.kernel_lab("camera", "line", bias=-255, show="picture")
    sky = (slice(5, 55), slice(160, 250))
    found = lab.scene.panels["output"].array
    x = images.load("camera").astype(float)
    assert found[sky].min() > 255 and np.ptp(x[sky]) < 50
    strongest = found >= np.quantile(found, 0.95)
    spread = np.lib.stride_tricks.sliding_window_view(x, (3, 3)).std((2, 3))
    assert np.median(spread[strongest]) < 1  # flat: grey levels of 255
    lab.controls["bias"].value, lab.controls["preset"].value = 0.0, "line detector"
    answer = lab.scene.panels["output"].array
    assert np.abs(answer[sky]).mean() < 6 and np.abs(answer).max() > 300


@states(
    "Correlation moves the kernel's *last* weight over the impulse first, so the copy comes out flipped. "
    "True convolution flips the kernel beforehand, and the copy comes out upright.",
)
def test_what_an_impulse_shows():
    impulse = np.zeros((5, 5))
    impulse[2, 2] = 1
    assert conv2d(impulse, PATCH)[0, 0] == PATCH[2, 2]
    np.testing.assert_array_equal(conv2d(impulse, PATCH), PATCH[::-1, ::-1])
    np.testing.assert_array_equal(convolve2d(impulse, PATCH), PATCH)


@states(
    "With a large sigma in a small window, the bell is cut off, and the blur is nearly a box.",
    "Two 3 × 3 kernels have 18 weights, one 5 × 5 has 25.",
)
def test_large_sigma_in_a_small_window():
    small, wide = kernels.gaussian(3, 3.0), kernels.gaussian(7, 1.0)
    assert small.max() / small.min() < 1.2 and wide.max() / wide.min() > 1000
    assert 2 * 9 == 18 and 5 * 5 == 25


@states("it answers where red outweighs green. The orange suit lights up.")
def test_the_orange_suit():
    scene = labs.rgb_lab("astronaut", "box blur", red=1, green=-1, blue=0).scene
    answer, colour = scene.panels["output"].array.squeeze(), scene.panels["picture"].array.astype(float)
    np.testing.assert_allclose(answer, conv2d(colour[..., 0] - colour[..., 1], kernels.box()), atol=1e-2)
    high, wide = answer.shape
    suit = answer[int(0.8 * high) :, int(0.25 * wide) : int(0.4 * wide)].mean()
    wall = answer[: high // 4, : wide // 4].mean()
    assert suit > 40 and suit > 4 * abs(wall)


@states(
    "Learning gets faster, then it shakes, and then it fails: each step jumps over the lowest point and "
    "lands higher on the other side.",
    "Now change *input* to *photograph*. Learning takes much longer.",
)
def test_the_learning_rate():
    def losses(rate, data="noise"):
        return labs.learning_lab("sobel", data, rate=rate).scene.panels["loss"].array[1]

    slow, quick, wild = losses(0.02), losses(0.3), losses(1.0)
    assert quick[10] < slow[10] < slow[0]
    assert wild[20] > 100 * wild[0]
    assert losses(0.1, "photograph")[60] > 1000 * losses(0.1)[60]


@states("The slope of the loss for each weight is itself a correlation, of the input with the error.")
def test_the_slope_is_a_correlation():
    random = np.random.default_rng(0)
    x, hidden, guess = random.normal(size=(12, 12)), kernels.sobel(), random.normal(size=(3, 3))

    def loss(weights):
        return np.mean((conv2d(x, weights) - conv2d(x, hidden)) ** 2)

    error = conv2d(x, guess) - conv2d(x, hidden)
    slope = 2 * conv2d(x, error) / error.size
    for cell in np.ndindex(3, 3):
        nudged = guess.copy()
        nudged[cell] += 1e-6
        assert abs((loss(nudged) - loss(guess)) / 1e-6 - slope[cell]) < 1e-4


@states(
    "Choose *sobel*: one pair again, a smoothing and a difference. Choose *laplacian, 8 neighbours*: it "
    "needs "
    "two.",
    "With too few pairs the two pictures differ. With all of them they are the same.",
)
def test_kernels_as_pairs():
    pairs = {"gaussian blur": 1, "sobel": 1, "laplacian, 8 neighbours": 2}
    for name, needed in pairs.items():
        assert np.linalg.matrix_rank(kernels.preset(name)) == needed
        for used in range(1, needed + 1):
            panels = labs.separable_lab("camera", name, size=3, pairs=used).scene.panels
            assert np.allclose(panels["output"].array, panels["exact"].array) == (used == needed)


@states(
    "The stripes grow faint, and at 5 pixels a box of 5 wipes them out: it always covers one whole wave. At "
    "3.5 pixels they are back. Then choose *gaussian blur*: nothing comes back.",
    "A blur lets long waves through and stops short ones. A Laplacian does the reverse. *Gabor* answers one "
    "wavelength best",
)
def test_what_kernels_do_to_stripes():
    def height(kernel, wavelength, angle=0):
        lab = labs.frequency_lab("stripes", kernel, wavelength=wavelength, angle=angle, size=5)
        return np.ptp(lab.scene.panels["output"].array)

    waves = [32.0, 8.0, 5.0, 3.5, 2.0]
    box, gauss = ([height(f"{name} blur", wave) for wave in waves] for name in ("box", "gaussian"))
    assert box[0] > box[1] > box[3] > 10 and box[2] < 1e-3
    assert gauss == sorted(gauss, reverse=True)
    assert height("laplacian, 8 neighbours", 32.0) < 0.1 * height("laplacian, 8 neighbours", 3.5)
    assert height("sobel", 8.0) > 1000 and height("sobel", 8.0, 90) < 1e-3
    gabor = [height("gabor", wave) for wave in waves]
    assert max(gabor) == gabor[3] > 2 * gabor[0]


def test_every_telling_cell_has_its_test():
    assert states.untold() == []
