"""Pictures made to exhaust memory, time or a decoder: what random damage would not find."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image

from tests.fuzz.inner_pictures import inner_pictures
from tests.fuzz.picture_corpus import noise, pictures, png_chunk, png_file

_HUGE = (
    (0, 0),
    (1, 2**31 - 1),
    (2**31 - 1, 1),
    (60_000, 60_000),
    (2**31 - 1, 2**31 - 1),
    (4000, 1999),
)
"""The last one is within the limit, and there are no pixels for it."""


@cache
def picture_attacks() -> dict[str, bytes]:
    """Return all of them by name."""
    return {
        **_with_sizes(), **_pngs(), **_jpegs(), **_tiffs(), **inner_pictures(), **_gifs(),
        **_boxes(), **_metadata(),
    }  # fmt: skip


def _with_sizes() -> dict[str, bytes]:
    """Write absurd sizes into headers, wherever those of the sound file stand."""
    made = {}
    sound = pictures()
    for width, height in _HUGE:
        for name, order in {
            "RGB.png": ">II", "deep3.png": ">II", "interlaced.png": ">II", "RGB.jpg": ">HH",
            "progressive.jpg": ">HH", "CMYK.jpg": ">HH", "RGB.bmp": "<ii", "P.bmp": "<ii",
            "grey.gif": "<HH", "rgb.webp": "<HH", "rgb.avif": ">II", "rgb.heic": ">II",
        }.items():  # fmt: skip
            if name not in sound:
                continue
            stem, suffix = name.split(".")
            own = (17, 19) if stem == "interlaced" else (11, 9) if stem == "deep3" else (31, 24)
            limit = 2 ** (16 if order[1] == "H" else 31) - 1
            sides = [min(width, limit), min(height, limit)]
            if suffix == "jpg":  # height comes first
                own, sides = own[::-1], sides[::-1]
            found = sound[name].replace(struct.pack(order, *own), struct.pack(order, *sides))
            if suffix == "png":
                found = _with_checksum(found)
            made[f"{stem}-{width}x{height}.{suffix}"] = found
        for name in ("RGB.tif", "tiff_lzw.tif", "deep-raw.tif", "deep-deflate.tif", "tiled.tif"):
            stem = name.removesuffix(".tif")
            entries = {256: width & 0xFFFFFFFF, 257: height & 0xFFFFFFFF}
            made[f"{stem}-{width}x{height}.tif"] = _with_tags(sound[name], entries)
    return made


def _with_checksum(png: bytes) -> bytes:
    return png[:29] + struct.pack(">I", zlib.crc32(png[12:29])) + png[33:]


def _with_tags(tiff: bytes, values: dict[int, int]) -> bytes:
    """Overwrite values of the first directory of a little-endian TIFF with long numbers."""
    data = bytearray(tiff)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        (tag,) = struct.unpack_from("<H", data, place)
        if tag in values:
            struct.pack_into("<HII", data, place + 2, 4, 1, values[tag])
    return bytes(data)


def _pngs() -> dict[str, bytes]:
    bomb = zlib.compress(bytes(64 << 20), 9)
    start = {"extra": b"", "data": b"\0\1\2\0\3\4"}
    packed = zlib.compress(bytes(900_000))
    texts = b"".join(png_chunk(b"zTXt", b"k%d\0\0" % n + packed) for n in range(200))
    many = b"".join(png_chunk(b"tEXt", b"k%d\0v" % n) for n in range(50_000))
    extras = {
        "icc-bomb": png_chunk(b"iCCP", b"a\0\0" + bomb),
        "text-bomb": png_chunk(b"zTXt", b"Comment\0\0" + bomb),
        "xmp-bomb": png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
        "texts": texts,
        "many-texts": many,
        "long-chunk": png_chunk(b"tEXt", b"k\0v", length=2**31 - 1),
        "negative-chunk": png_chunk(b"tEXt", b"k\0v", length=2**32 - 1),
        "frames": png_chunk(b"acTL", struct.pack(">II", 2**31, 0)),
        "large-exif": png_chunk(b"eXIf", _overlapping_exif(20_000, 200_000)),
    }
    made = {
        f"{name}.png": png_file(2, 2, **{**start, "extra": extra}) for name, extra in extras.items()
    }
    deep = {"header": (16, 2, 0, 0, 0), "data": bytes(26)}
    made |= {
        f"deep-{name}.png": png_file(2, 2, extra=extra, **deep) for name, extra in extras.items()
    }
    made["zeros.png"] = png_file(8000, 1000, bytes(1000 * 8001))
    made["more-than-said.png"] = png_file(2, 2, bytes(64 << 20))
    made["deep-more.png"] = png_file(2, 2, bytes(64 << 20), header=(16, 2, 0, 0, 0))
    return made


def _jpegs() -> dict[str, bytes]:
    file = io.BytesIO()
    Image.new("L", (2800, 2800)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    first = data.index(b"\xff\xda")
    second = data.index(b"\xff\xda", first + 2)
    scans = data[:second] + data[second:-2] * 2000 + data[-2:]
    sequential = pictures()["RGB.jpg"]
    begin = sequential.index(b"\xff\xda")
    segments = b"".join(
        b"\xff\xe2"
        + struct.pack(">H", 65_500)
        + b"ICC_PROFILE\0"
        + bytes((n + 1, 255))
        + bytes(65_484)
        for n in range(255)
    )
    start = sequential[:2]
    return {
        "scans.jpg": scans,
        "sequential-scans.jpg": sequential[:-2] + sequential[begin:-2] * 3000 + sequential[-2:],
        "icc.jpg": start + segments + sequential[2:],
        "comments.jpg": start + b"\xff\xfe\x00\x02" * 300_000 + sequential[2:],
        "fill.jpg": start + b"\xff" * 3_000_000 + sequential[2:],
        "fill-and-nothing.jpg": start + b"\xff" * 3_000_000 + b"\0" + sequential[2:],
        "fill-of-pixels.jpg": sequential[:-2] + b"\xff" * 3_000_000 + b"\0" + sequential[-2:],
        "exif.jpg": start + _app1(_overlapping_exif(2_000, 30_000)) + sequential[2:],
    }


def _app1(exif: bytes) -> bytes:
    exif = b"Exif\0\0" + exif[:65_000]
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _overlapping_exif(entries: int, size: int) -> bytes:
    """Return EXIF data whose entries all point to the same bytes, which makes them many."""
    place = 8 + 2 + 12 * entries + 4
    rows = b"".join(struct.pack("<HHII", n + 1, 7, size, place) for n in range(entries))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", entries) + rows + bytes(4) + bytes(size)


def _tiffs() -> dict[str, bytes]:
    sound = pictures()
    made = {"entries.tif": _overlapping_exif(20_000, 1_000_000)}
    for name in ("tiled.tif", "deep-tiled.tif"):
        made[f"tile-{name}"] = _with_tags(sound[name], {322: 60_000, 323: 60_000})
        made[f"large-{name}"] = _with_tags(sound[name], {322: 16_000, 323: 16_000})
    for name in ("RGB.tif", "tiff_lzw.tif", "deep-raw.tif", "deep-lzw.tif", "deep-deflate.tif"):
        for tag, value in {
            277: 65_535, 278: 2**32 - 1, 279: 2**32 - 1, 273: 2**32 - 1, 258: 65_535, 259: 34_925,
            266: 2,
        }.items():  # fmt: skip
            made[f"tag{tag}-{name}"] = _with_tags(sound[name], {tag: value})
        (start,) = struct.unpack_from("<I", sound[name], 4)
        (count,) = struct.unpack_from("<H", sound[name], start)
        loop = bytearray(sound[name])
        struct.pack_into("<I", loop, start + 2 + 12 * count, start)
        made[f"loop-{name}"] = bytes(loop)
    made["pages.tif"] = _page_chain(20_000)
    return made


def _page_chain(pages: int) -> bytes:
    """Return a TIFF of very many pages that hold nothing but their width."""
    made = bytearray(b"II*\0\x08\0\0\0")
    sound = (
        (256, 1),
        (257, 1),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 0),
        (277, 1),
        (278, 1),
        (279, 1),
    )
    for page in range(pages):
        rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sound)
        after = len(made) + 2 + len(rows) + 4
        made += struct.pack("<H", len(sound)) + rows
        made += struct.pack("<I", after if page < pages - 1 else 0)
    return bytes(made)


def _gifs() -> dict[str, bytes]:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", 2000, 2000, 0xF0, 0, 0) + bytes(6)
    return {
        "frames.gif": head + frame * 300_000 + b";",
        "comments.gif": head + b"\x21\xfe" + (b"\xff" + bytes(255)) * 20_000 + b"\0" + frame + b";",
        "far-frame.gif": head + frame.replace(struct.pack("<HHHH", 0, 0, 1, 1), b"\xff" * 8) + b";",
        "xmp.gif": head + b"\x21\xff\x0bXMP DataXMP" + b"\xff" * 3_000_000,
    }


def _boxes() -> dict[str, bytes]:
    """Return files made of boxes that nest too deep, and flat ones that announce much."""
    made = {}
    sound = pictures()
    for name in ("rgb.avif", "rgb.heic"):
        if name in sound:
            data, suffix = sound[name], name.split(".")[1]
            nested = b""
            for _ in range(3_000):
                nested = struct.pack(">I", len(nested) + 8) + b"moov" + nested
            made[f"nested.{suffix}"] = data[: struct.unpack(">I", data[:4])[0]] + nested
            made[f"boxes.{suffix}"] = data + struct.pack(">I4s", 8, b"free") * 200_000
    if "rgb.jxl" in sound:
        for name, bits in {"large": (30_000, 30_000), "within": (4000, 1999)}.items():
            made[f"{name}.jxl"] = _flat_jxl(*bits)
    for side in (16_383, 2_800):  # a flat picture takes no bits a pixel
        file = io.BytesIO()
        Image.new("RGB", (8, 8)).save(file, "WEBP", lossless=True)
        data = bytearray(file.getvalue())
        place = data.index(b"VP8L") + 9
        bits = int.from_bytes(data[place : place + 4], "little") >> 28 << 28
        bits |= (side - 1) << 14 | (side - 1)
        data[place : place + 4] = bits.to_bytes(4, "little")
        made[f"flat-{side}.webp"] = bytes(data)
    return made


def _flat_jxl(width: int, height: int) -> bytes:
    """Write another size into a sound JPEG XL: bits from the third byte on, the lowest first."""
    sound = pictures()["grey.jxl"]
    start = sound.index(b"\xff\x0a") if b"\xff\x0a" in sound else 0
    bits = 0
    place = 1  # the first bit: not small
    for side in (height, width):
        bits |= 3 << place  # 30 bits
        bits |= (side - 1) << (place + 2)
        place += 32 if side is width else 32 + 3  # after the height: no ratio
    head = bits.to_bytes(9, "little")
    return sound[:start] + b"\xff\x0a" + head + sound[start + 5 :]


def _metadata() -> dict[str, bytes]:
    made = {}
    hostile = {
        "thumbnails": b"<xmp:Thumbnails>" * 65_000,
        "spaces": b"tiff:Orientation=" + b" " * 1_000_000,
        "names": b"tiff:ImageWidth=" * 60_000,
    }
    for name, xmp in hostile.items():
        for kind, suffix in (("WEBP", "webp"), ("TIFF", "tif")):
            file = io.BytesIO()
            options = {"xmp": xmp} if kind == "WEBP" else {"tiffinfo": {700: xmp}}
            Image.fromarray(noise(8, 8, 3)).save(file, kind, **options)
            made[f"{name}.{suffix}"] = file.getvalue()
    exif = Image.Exif()
    exif[0x0131] = "SRCNN Studio 1: a" + " x3 -> b" * 100_000
    pixels = Image.fromarray(np.zeros((8, 8, 3), np.uint8))
    for kind, suffix in (("PNG", "png"), ("WEBP", "webp")):
        file = io.BytesIO()
        pixels.save(file, kind, exif=exif)
        made[f"software.{suffix}"] = file.getvalue()
    return made
