"""Tiny sound pictures of every format in every flavour."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin

from srcnn.captions import IPTC_OF_TIFF, iptc_segment
from srcnn.formats import decoders

_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6" '
    b'exif:PixelXDimension="64"><xmp:Thumbnails>AAAA</xmp:Thumbnails></rdf:Description></rdf:RDF>'
    b"</x:xmpmeta>"
)

_IPTC = b"\x1c\x02x\x00\x0bseen of it."


@cache
def pictures() -> dict[str, bytes]:
    """Return all of them by name; the ending is that of the format."""
    readable = decoders()
    made = _pngs() | _jpegs() | _tiffs() | _others()
    if "AVIF" in readable:
        made |= _with_belongings("AVIF", "avif") | {
            "alpha.avif": _saved("RGBA", "AVIF"),
            "grey.avif": _saved("L", "AVIF"),
            "frames.avif": _saved("RGB", "AVIF", save_all=True, append_images=[_image("RGB", 9)]),
        }
    if "HEIF" in readable:
        made |= _with_belongings("HEIF", "heic") | {"alpha.heic": _saved("RGBA", "HEIF")}
    if "JXL" in readable:
        made |= {
            "rgb.jxl": _saved("RGB", "JXL"),
            "alpha.jxl": _saved("RGBA", "JXL", lossless=True),
            "grey.jxl": _saved("L", "JXL", exif=_exif()),
        }
    return made


def noise(*shape: int, seed: int = 0, deep: bool = False) -> np.ndarray:
    """Return noise over a ramp: some of it can be compressed."""
    rng = np.random.default_rng((seed, *shape))
    dtype: Any = np.uint16 if deep else np.uint8
    made = rng.integers(0, 65536 if deep else 256, shape, dtype=dtype)
    made[: shape[0] // 2] //= 64
    return made


def png_chunk(kind: bytes, content: bytes, *, length: int | None = None) -> bytes:
    """Return a chunk with a right checksum, whatever length it claims."""
    size = len(content) if length is None else length
    return struct.pack(">I", size) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_file(
    width: int,
    height: int,
    data: bytes,
    *,
    header: tuple[int, ...] = (8, 0, 0, 0, 0),
    extra: bytes = b"",
) -> bytes:
    """Put a PNG together: depth, colour type, compression, filter and interlace in ``header``."""
    start = struct.pack(">IIBBBBB", width, height, *header)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", start)
        + extra
        + png_chunk(b"IDAT", zlib.compress(data))
        + png_chunk(b"IEND", b"")
    )


def _image(mode: str, seed: int = 0) -> Image.Image:
    if mode == "I;16":
        return Image.fromarray(noise(24, 31, seed=seed, deep=True))
    rgba = Image.fromarray(noise(24, 31, 4, seed=seed))
    if mode == "P":
        return rgba.convert("RGB").quantize(17)
    return rgba.convert(mode) if mode != "LAB" else Image.fromarray(noise(24, 31, 3), "LAB")


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x0131] = "Maker", 6, "SRCNN Studio 1.0: srcnn x3"
    exif.get_ifd(0x8769)[0x9003] = "2020:02:20 20:20:20"
    return exif.tobytes()


def _icc() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _saved(mode: str, kind: str, seed: int = 0, **options: Any) -> bytes:
    file = io.BytesIO()
    _image(mode, seed).save(file, kind, **options)
    return file.getvalue()


def _with_belongings(kind: str, suffix: str) -> dict[str, bytes]:
    return {
        f"rgb.{suffix}": _saved("RGB", kind),
        f"all.{suffix}": _saved("RGB", kind, exif=_exif(), icc_profile=_icc(), xmp=_XMP),
    }


def _pngs() -> dict[str, bytes]:
    from imagecodecs import png_encode

    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "words " * 20, zip=True)
    info.add_text("Software", "SRCNN Studio 1.0: srcnn x3")
    info.add_text("Description", "what is seen")
    info.add_itxt("XML:com.adobe.xmp", _XMP.decode())
    made = {f"{mode}.png": _saved(mode, "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")}
    made |= {f"deep{n}.png": png_encode(noise(9, 11, n, deep=True)) for n in (2, 3, 4)}
    return made | {
        "I16.png": _saved("I;16", "PNG"),
        "transparent.png": _saved("P", "PNG", transparency=3, bits=8),
        "key.png": _saved("RGB", "PNG", transparency=(1, 2, 3)),
        "all.png": _saved(
            "RGB", "PNG", exif=_exif(), icc_profile=_icc(), dpi=(72, 72), pnginfo=info
        ),
        "frames.png": _saved("RGB", "PNG", save_all=True, append_images=[_image("RGB", 4)]),
        "interlaced.png": _interlaced(),
    }


def _interlaced() -> bytes:
    pixels, data = noise(19, 17), b""
    for y, x, down, across in (
        (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
        (1, 0, 2, 1),
    ):  # fmt: skip
        data += b"".join(b"\0" + row.tobytes() for row in pixels[y::down, x::across])
    return png_file(17, 19, data, header=(8, 0, 0, 0, 1))


def _jpegs() -> dict[str, bytes]:
    made = {f"{mode}.jpg": _saved(mode, "JPEG") for mode in ("L", "RGB", "CMYK")}
    return made | {
        "progressive.jpg": _saved("RGB", "JPEG", progressive=True),
        "full.jpg": _saved("RGB", "JPEG", subsampling=0, quality=99, restart_marker_rows=1),
        "all.jpg": _saved("RGB", "JPEG", exif=_exif(), icc_profile=_icc(), dpi=(72, 72), xmp=_XMP),
        "profiled.jpg": _saved("CMYK", "JPEG", icc_profile=_icc()),
        "captions.jpg": _saved("RGB", "JPEG", extra=iptc_segment(_IPTC), comment=b"said of it"),
    }


def _tiffs() -> dict[str, bytes]:
    made = {
        f"{m}.tif": _saved(m, "TIFF") for m in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB")
    }
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd"):
        made[f"{compression}.tif"] = _saved("RGB", "TIFF", compression=compression)
    made |= {
        "fax.tif": _saved("1", "TIFF", compression="group4"),
        "big.tif": _saved("RGB", "TIFF", big_tiff=True),
        "pages.tif": _saved("RGB", "TIFF", save_all=True, append_images=[_image("L", 4)]),
        "all.tif": _saved("RGB", "TIFF", exif=_exif(), icc_profile=_icc(), dpi=(72, 72)),
        "tiled.tif": _tiff(noise(40, 40, 3), tile=(16, 16)),
        "planes.tif": _tiff(noise(3, 24, 31), planarconfig="separate"),
    }
    for name, options in {
        "raw": {},
        "tiled": {"tile": (16, 16)},
        "deflate": {"compression": "zlib", "predictor": True},
        "lzw": {"compression": "lzw"},
        "strips": {"rowsperstrip": 3},
        "big": {"bigtiff": True},
        "swapped": {"byteorder": ">"},
    }.items():
        made[f"deep-{name}.tif"] = _tiff(noise(24, 31, 3, deep=True), **options)
    for kind, count in ((4, len(_IPTC) // 4), (7, len(_IPTC))):
        tags = [(IPTC_OF_TIFF, kind, count, _IPTC, True)]
        made[f"captions-{kind}.tif"] = _tiff(noise(24, 31, 3), extratags=tags)
        made[f"deep-captions-{kind}.tif"] = _tiff(noise(24, 31, 3, deep=True), extratags=tags)
    made["deep-grey.tif"] = _tiff(noise(24, 31, deep=True), photometric="minisblack")
    made["deep-white.tif"] = _tiff(noise(24, 31, deep=True), photometric="miniswhite")
    made["deep-alpha.tif"] = _tiff(noise(24, 31, 4, deep=True), extrasamples=["assocalpha"])
    made["deep-planes.tif"] = _tiff(noise(3, 24, 31, deep=True), planarconfig="separate")
    return made


def _tiff(pixels: np.ndarray, **options: Any) -> bytes:
    from tifffile import TiffWriter

    settings = {"photometric": "rgb", "metadata": None} | options
    file = io.BytesIO()
    with TiffWriter(
        file, bigtiff=settings.pop("bigtiff", False), byteorder=settings.pop("byteorder", "<")
    ) as tiff:
        tiff.write(pixels, **settings)
    return file.getvalue()


def _others() -> dict[str, bytes]:
    made = {f"{mode}.bmp": _saved(mode, "BMP") for mode in ("1", "L", "P", "RGB", "RGBA")}
    made |= _with_belongings("WEBP", "webp")
    later = [_image("RGB", 4), _image("RGB", 5)]
    return made | {
        "lossless.webp": _saved("RGB", "WEBP", lossless=True),
        "alpha.webp": _saved("RGBA", "WEBP"),
        "frames.webp": _saved("RGB", "WEBP", save_all=True, append_images=later),
        "grey.gif": _saved("L", "GIF"),
        "palette.gif": _saved("P", "GIF", transparency=2, interlace=1),
        "frames.gif": _saved("RGB", "GIF", save_all=True, append_images=later, loop=0),
    }
