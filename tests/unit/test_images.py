"""Photographs, uploads, and a folder of files that mean harm."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from convlab import ConvlabError, images
from tests.drivers import hostile_images

ROOT = Path(__file__).parents[2]

EXAMPLES = 10_000 if os.environ.get("CONVLAB_FULL") else 100


def png(array, **options):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("name", images.names())
def test_every_picture_loads_grey_and_in_colour(name):
    grey, colour = images.load(name), images.load(name, grey=False)
    assert grey.dtype == colour.dtype == np.uint8
    assert colour.shape == (3, *grey.shape)
    assert max(grey.shape) <= 256
    assert_array_equal(grey, images.to_grey(colour))


def test_names_files_and_licences_agree():
    files = {path.stem for path in images.PHOTOS.glob("*.png")}
    assert files == set(images.names())
    licences = (images.PHOTOS / "LICENSES.md").read_text(encoding="utf-8")
    assert all(f"{name}.png" in licences for name in files)


def test_computed_pictures_are_what_their_formula_says():
    y, x = np.mgrid[:136, :136] - 67.5
    rings = np.rint(127.5 * (1 + np.cos(np.pi * np.hypot(x, y) ** 2 / 204)))
    assert_array_equal(images.load("zone plate"), rings)
    assert_array_equal(images.load("constant", grey=False), np.full((3, 256, 256), 128))


def test_grey_is_the_luma_of_rec_601():
    """Pillow's convert("L") is documented as the same formula, in 16-bit fixed point."""
    colour = np.random.default_rng(0).integers(0, 256, (3, 50, 60), np.uint8)
    oracle = np.asarray(Image.fromarray(colour.transpose(1, 2, 0)).convert("L"), int)
    assert np.abs(images.to_grey(colour).astype(int) - oracle).max() <= 1
    flat = np.full((3, 2, 2), 77, np.uint8)
    assert_array_equal(images.to_grey(flat), flat[0])


def test_unknown_picture():
    with pytest.raises(ConvlabError, match="no picture 'dog'. There are: camera, cat"):
        images.load("dog")


@pytest.mark.parametrize("name", hostile_images.refused())
def test_hostile_file_is_refused_in_one_sentence(name, tmp_path):
    path = hostile_images.make(tmp_path)[0][name]
    with pytest.raises(ConvlabError) as caught:
        images.read(path.read_bytes(), name)
    message = str(caught.value)
    assert message.startswith(images.short(name))
    assert message.endswith(".")
    assert len(message) < 220
    assert "object at" not in message


@pytest.mark.parametrize("name", hostile_images.odd())
def test_odd_picture_is_read_right(name):
    """Each holds a gradient, dark on the left; transparency there has become white."""
    colour = images.read(hostile_images.odd()[name], name)
    assert colour.dtype == np.uint8
    assert colour.shape[0] == 3
    assert max(colour.shape) <= 256
    left, middle, right = colour[:, colour.shape[1] // 2, [0, colour.shape[2] // 2, -1]].T
    assert_allclose(left, 255 if name == "transparent_palette.gif" else 0, atol=30)
    if name != "1.png":  # two levels only: its middle is dither
        assert_allclose(middle, 128, atol=3)
    assert_allclose(right, 255, atol=30)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_camera_orientation_is_obeyed(orientation):
    colour = images.read(hostile_images.rotated(orientation))
    assert colour.shape == (3, 64, 96)
    assert np.diff(colour[0, 32].astype(float)[::8]).min() > 0


def test_sixteen_bits_are_scaled_not_clipped():
    deep = np.array([[0, 256, 32768, 65535]], np.uint16)
    assert_array_equal(images.read(png(deep))[1], [[0, 1, 128, 255]])


def test_transparent_becomes_white_and_half_transparent_paler():
    pixels = np.array([[[200, 0, 0, 0], [200, 0, 0, 255], [200, 0, 0, 128]]], np.uint8)
    assert_allclose(images.read(png(pixels)), [[[255, 200, 227]], [[255, 0, 127]], [[255, 0, 127]]], atol=1)


@pytest.mark.parametrize(
    "shape, becomes", [((100, 50), (100, 50)), ((512, 300), (256, 150)), ((1, 700), (1, 256))]
)
def test_longer_side_is_at_most_256_and_proportions_stay(shape, becomes):
    assert images.read(png(np.zeros(shape, np.uint8))).shape == (3, *becomes)


def test_size_is_refused_from_the_header_alone():
    """A file that claims 10,000 x 10,000 and holds no pixels: had we decoded, it would be called damaged."""
    data = hostile_images.refused()["bomb_10000x10000.png"]
    with pytest.raises(ConvlabError, match="big.png is 10000 × 10000 pixels; the limit is 25 million"):
        images.read(data, "big.png")


def test_too_many_bytes():
    with pytest.raises(ConvlabError, match="photo.png is 31 MB; the limit is 30 MB"):
        images.read(bytes(31_000_000), "photo.png")


def test_no_warning_escapes(recwarn):
    for data in (*hostile_images.odd().values(), *hostile_images.refused().values()):
        try:
            images.read(data)
        except ConvlabError:
            pass
    assert not recwarn.list


def test_file_names_are_short():
    assert len(images.short("a" * 1000 + ".png")) <= 40
    assert images.short("a" * 1000 + ".png").endswith("a.png")
    assert images.short("gpj.\u202ecat\n\x00.png") == "gpj.cat.png"


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text())
def test_every_file_name_fits_one_line(name):
    shown = images.short(name)
    assert len(shown) <= 40 and not set(shown) & set("\n\r\0")


WHOLE = list(hostile_images.odd().values())


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_damaged_bytes_are_read_or_refused(data):
    """A picture with some bytes replaced, cut or repeated never raises anything but ConvlabError."""
    picture = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(0, 8))):
        picture[data.draw(st.integers(0, len(picture) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(picture)))
    picture = bytes(picture[:cut] if data.draw(st.booleans()) else picture)
    try:
        colour = images.read(picture, data.draw(st.text(max_size=5)))
    except ConvlabError:
        return
    assert colour.dtype == np.uint8
    assert colour.shape[0] == 3
    assert 1 <= min(colour.shape[1:]) <= max(colour.shape[1:]) <= 256


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data):
    with pytest.raises(ConvlabError):
        images.read(data)


def test_pillow_waits_until_a_picture_is_wanted():
    code = "import sys, convlab.images; assert 'PIL' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
