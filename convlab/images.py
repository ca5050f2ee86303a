"""Photographs that come with convlab, and pictures a reader uploads.

Every picture is uint8: grey `(H, W)`, or colour `(3, H, W)` in the order red, green, blue.
"""

import io
import warnings
from pathlib import Path

import numpy as np

from convlab.errors import ConvlabError, named, shown, truth

PICTURES = [*"camera cat coffee astronaut brick grass text retina vessels".split(), "zone plate", "constant"]
PHOTOS = Path(__file__).parent / "photos"
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
MAX_PIXELS = 25_000_000
MAX_BYTES = 30_000_000
_LIMIT = "the limit is 25 million pixels, as in 5000 × 5000. Save a smaller copy and upload that."


def names():
    """Names `load` knows, photographs first; photos/LICENSES.md says in words what each one shows.

    >>> names()[:3]
    ['camera', 'cat', 'coffee']
    """
    return list(PICTURES)


def load(name, grey=True):
    """Picture that comes with convlab.

    Parameters
    ----------
    name : str
        One of `names()`.
    grey : bool
        Grey, by `to_grey`, or three colour channels (all equal when the photograph itself is grey).

    Returns
    -------
    ndarray
        uint8, (H, W) when grey, else (3, H, W). Sides are 256 pixels or fewer.

    Raises
    ------
    ConvlabError
        If the name is not one of `names()`.

    References
    ----------
    Sources and licences: photos/LICENSES.md.

    Examples
    --------
    >>> load("camera").shape, load("cat", grey=False).shape
    ((256, 256), (3, 256, 256))
    """
    colour = read((PHOTOS / f"{named('picture', name, PICTURES)}.png").read_bytes(), name)
    return to_grey(colour) if truth("grey", grey) else colour


def to_grey(colour):
    """Brightness of a colour picture: 0.299 red + 0.587 green + 0.114 blue, rounded (Rec. ITU-R BT.601 luma).

    (3, H, W) uint8 becomes (H, W) uint8. Green weighs most because eyes are most sensitive to it.

    >>> to_grey(np.array([[[255, 0]], [[0, 255]], [[0, 0]]], np.uint8))
    array([[ 76, 150]], dtype=uint8)
    """
    return np.rint(np.tensordot([0.299, 0.587, 0.114], colour, 1)).astype(np.uint8)


def square(grey, size):
    """Middle of a picture as a square of `size` × `size` pixels, each the mean of those it covers.

    (H, W) uint8 becomes (size, size) uint8.

    >>> square(np.array([[0, 10, 20, 99], [0, 30, 40, 99]], np.uint8), 1)
    array([[25]], dtype=uint8)
    """
    from PIL import Image

    side = min(grey.shape)
    top, left = ((n - side) // 2 for n in grey.shape)
    middle = Image.fromarray(grey[top : top + side, left : left + side])
    return np.asarray(middle.resize((size, size), Image.Resampling.BOX))


def fit(colour, shape):
    """Middle of a colour picture, cut and averaged to what a network reads.

    (3, H, W) uint8 becomes `shape`: channels, 1 for grey or 3, height and width.

    >>> fit(np.zeros((3, 9, 7), np.uint8), (1, 4, 4)).shape
    (1, 4, 4)
    """
    channels, height, width = shape
    if channels not in (1, 3):
        raise ConvlabError(f"The network reads {channels} channels. A picture has 1 (grey) or 3 (colour).")
    side, maps = max(height, width), [to_grey(colour)] if channels == 1 else colour
    top, left = (side - height) // 2, (side - width) // 2
    return np.stack([square(one, side)[top : top + height, left : left + width] for one in maps])


def read(data, filename="", size=256):
    """Read an uploaded picture, and make it small enough to explore.

    The camera's orientation note (EXIF) is obeyed; what is transparent becomes white; of an animation the
    first frame counts. 16-bit greys are scaled, 0..65535 to 0..255; 32-bit ones from darkest to brightest.

    Parameters
    ----------
    data : bytes
        The file, at most 30 MB and 25 million pixels, as PNG, JPEG, GIF, BMP, WebP or TIFF.
    filename : str
        Only for the error sentence.
    size : int
        The longer side is reduced to this many pixels if it is longer; proportions are kept.

    Returns
    -------
    ndarray
        (3, H, W) uint8.

    Raises
    ------
    ConvlabError
        If the file is empty, too large, damaged, or not a picture. The size is read from the file's header
        and refused before any pixel is decoded. The sentence is plain text: `html.escape` it in HTML.
    """
    name = short(filename) if isinstance(filename, str) and short(filename) else "The file"
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ConvlabError(f"data is {shown(data)}. It must be bytes, as in open(name, 'rb').read().")
    if not data:
        raise ConvlabError(f"{name} is empty: it holds 0 bytes. Choose another picture.")
    if len(data) > MAX_BYTES:
        raise ConvlabError(
            f"{name} is {len(data) / 1e6:.0f} MB; the limit is {MAX_BYTES / 1e6:.0f} MB. "
            "Save a smaller copy and upload that."
        )
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        # Pillow warns about odd metadata and big pictures; here a picture is either read or refused
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(io.BytesIO(data), formats=FORMATS)  # only its header is read
            width, height = picture.size
            if width * height <= MAX_PIXELS:
                return _pixels(picture, size)
            says = f"is {width} × {height} pixels; {_LIMIT}"
        except Image.DecompressionBombError:
            says = f"is far too large; {_LIMIT}"
        except UnidentifiedImageError:
            says = "is not a picture convlab can read. It reads PNG, JPEG, GIF, BMP, WebP and TIFF."
            if b"<svg" in bytes(data[:1000]).lower():
                says = "is an SVG: a drawing made of lines, without pixels. Export it as PNG and upload that."
        except Exception:  # a decoder given a damaged file may raise anything at all
            says = (
                "starts like a picture, but it is damaged or cut off. "
                "Try to open it in a picture viewer and save it again."
            )
    raise ConvlabError(f"{name} {says}")


def short(filename, longest=40):
    """File name fit for one line: no invisible characters, the middle left out when it is long.

    >>> short("holiday" * 20 + ".png")
    'holidayholidayholi…dayholidayholiday.png'
    """
    name = "".join(character for character in str(filename) if character.isprintable()).strip()
    if len(name) <= longest:
        return name
    half = longest // 2
    return f"{name[: half - 2]}…{name[-half - 1 :]}"


def _pixels(picture, size):
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):
        picture = Image.fromarray(eight_bit(np.asarray(picture)))
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((size, size))
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    return np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1))


def eight_bit(grey):
    """Numbers of 16 or 32 bits, or floats, as uint8: scaled, where Pillow would clip at 255.

    Whole numbers from 0 to 65,535 keep their black and white; others go from their smallest to their largest.

    >>> eight_bit(np.array([-1.0, 0.0, 1.0]))
    array([  0, 128, 255], dtype=uint8)
    """
    whole = np.issubdtype(grey.dtype, np.integer)
    grey = np.where(np.isfinite(grey), grey, 0).astype(np.float32)
    low, high = grey.min(), grey.max()
    if whole and 0 <= low and high <= 65535:
        low, high = 0, 65535
    return np.rint((grey - low) * (255 / max(high - low, 1e-30))).astype(np.uint8)
