"""Write a folder of hostile and odd image files: `python -m tests.drivers.hostile_images FOLDER`.

`make(folder)` returns two dictionaries of paths: files that must be refused with one sentence, and odd but
honest pictures that must be read. All of them are made here; none is stored in the repository.
"""

import functools
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><img src=x onerror=alert(1)></body></html>"


def make(folder):
    """Write every file; (refused, read) as {name: path}."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(
        {name: _write(folder / name, data) for name, data in files.items()} for files in (refused(), odd())
    )


@functools.cache
def refused():
    """Files that are not pictures, or must not be decoded: {name: bytes}."""
    photo = _save(_gradient("RGB"), "PNG")
    jpeg = _save(_gradient("RGB"), "JPEG")
    return {
        "empty.png": b"",
        "notes.txt": "Ceci n'est pas une image. été\n".encode(),
        "drawing.svg": SVG,
        "svg_called.png": SVG,
        "page_called.jpg": HTML,
        "script <img src=x onerror=alert(1)>.png": HTML,
        "zeros.png": bytes(4096),
        "archive.zip.png": b"PK\x03\x04" + bytes(100),
        "paper.pdf": b"%PDF-1.7\n%%EOF",
        "postscript.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
        "signature_only.png": photo[:8],
        "truncated.png": _half(photo),
        "truncated.jpg": _half(jpeg),
        "truncated.gif": _save(_gradient("L"), "GIF")[:-400],
        "truncated.webp": _half(_save(_gradient("RGB"), "WEBP", quality=95)),
        "truncated.tif": _save(_gradient("RGB"), "TIFF")[:5000],
        "truncated.bmp": _save(_gradient("RGB"), "BMP")[:2000],
        "bad_checksum.png": photo.replace(b"IDAT", b"IDAX", 1),
        "bomb_30000x30000.png": _png_header(30_000, 30_000),
        "bomb_4e9x4e9.png": _png_header(2**31 - 1, 2**31 - 1),
        "bomb_10000x10000.png": _png_header(10_000, 10_000),
        "bomb.gif": _gif_header(65535, 65535),
        "no_pixels.png": _png_header(0, 10),
        "html_then_png.html": HTML + photo,
        "huge_text_chunk.png": _zip_bomb_in_text_chunk(),
    }


@functools.cache
def odd():
    """Pictures of unusual kinds, all of a gradient from dark on the left to bright: {name: bytes}."""
    grey = np.asarray(_gradient("L"))
    deep = grey.astype(np.uint16) * 257
    files = {f"{mode}.png": _save(_gradient(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")}
    return files | {
        "sixteen_bit.png": _save(Image.fromarray(deep), "PNG"),
        "sixteen_bit.tif": _save(Image.fromarray(deep), "TIFF"),
        "thirty_two_bit.tif": _save(Image.fromarray(grey.astype(np.int32) * 1000), "TIFF"),
        "float.tif": _save(Image.fromarray(grey.astype(np.float32) / 255), "TIFF"),
        "cmyk.jpg": _save(_gradient("RGB").convert("CMYK"), "JPEG"),
        "cmyk.tif": _save(_gradient("RGB").convert("CMYK"), "TIFF"),
        "grey.jpg": _save(_gradient("L"), "JPEG"),
        "transparent_palette.gif": _save(_gradient("P"), "GIF", transparency=0),
        "animated.gif": _save(
            _gradient("L"), "GIF", save_all=True, append_images=[Image.new("L", (96, 64), 255)] * 3
        ),
        "lossy.webp": _save(_gradient("RGB"), "WEBP"),
        "old.bmp": _save(_gradient("RGB"), "BMP"),
        "picture_then_script.png": _save(_gradient("RGB"), "PNG") + HTML,
        "picture_called.txt": _save(_gradient("RGB"), "PNG"),
        "wide_4000x3.png": _save(_gradient("L").resize((4000, 3)), "PNG"),
        "one_row_5x1.png": _save(_gradient("L").resize((5, 1)), "PNG"),
    }


def rotated(orientation):
    """JPEG bytes of the gradient, stored turned, with the EXIF note that turns it upright again."""
    turned = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _save(_gradient("RGB").transpose(turned[orientation]), "JPEG", exif=exif.tobytes(), quality=95)


def _gradient(mode):
    """64 rows of 96 columns, 0 at the left to 255 at the right."""
    row = np.rint(np.linspace(0, 255, 96)).astype(np.uint8)
    return Image.fromarray(np.tile(row, (64, 1))).convert(mode)


def _save(image, kind, **options):
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _half(data):
    return data[: len(data) // 2]


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_header(width, height):
    """PNG that claims a size, with a few pixels of data only: the size has to be refused from the header."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _gif_header(width, height):
    size = struct.pack("<HH", width, height)
    return b"GIF89a" + size + bytes(3) + b"," + bytes(4) + size + b"\0\x02\x02L\x01\0;"


def _zip_bomb_in_text_chunk():
    png = _save(_gradient("L"), "PNG")
    bomb = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000)))
    return png[:33] + bomb + png[33:]


def _write(path, data):
    # a file name of another system's taste is tried as a name only, not as a file
    path = path.with_name("".join("_" if character in '<>:"/\\|?*' else character for character in path.name))
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    for files in make(sys.argv[1]):
        print(*files.values(), sep="\n")
