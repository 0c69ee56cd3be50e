"""Files whose header is small, and what is packed in them is not."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, features

from tests.fuzz.picture_corpus import png_file


def inner_pictures() -> dict[str, bytes]:
    """Return small pictures of which the pixels are those of a large one."""
    from imagecodecs import zstd_encode

    side = 4_000
    flat = Image.new("L", (side, side))
    png = png_file(side, side, bytes(side * (2 * side + 1)), header=(16, 0, 0, 0, 0))
    made = {
        "inner-deflate.tif": _strip(zlib.compress(bytes(128 << 20)), 8),
        "inner-zstd.tif": _strip(zstd_encode(bytes(128 << 20)), 50_000),
        "inner-png.tif": _strip(png, 34_933),
    }
    for kind, tag in (("JPEG2000", 34_712), ("JXL", 50_002), ("WEBP", 50_001), ("JPEG", 7)):
        if kind in Image.SAVE or features.check(kind):
            file = io.BytesIO()
            flat.save(file, kind, **({"effort": 1} if kind == "JXL" else {}))
            made[f"inner-{kind}.tif"] = _strip(file.getvalue(), tag)
            made[f"inner-{kind}-8.tif"] = _strip(file.getvalue(), tag, depth=8)
    if "AVIF" in Image.SAVE:
        file = io.BytesIO()
        flat.save(file, "AVIF", speed=10)
        size = struct.pack(">II", 4000, 4000)
        made["inner.avif"] = file.getvalue().replace(size, struct.pack(">II", 31, 24))
    return made


def _strip(content: bytes, compression: int, depth: int = 16) -> bytes:
    """Return a grey TIFF of 31 x 24 pixels in one strip."""
    tags = {
        256: 31, 257: 24, 258: depth, 259: compression, 262: 1, 273: 0, 277: 1, 278: 24,
        279: len(content),
    }  # fmt: skip
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + rows + bytes(4) + content
