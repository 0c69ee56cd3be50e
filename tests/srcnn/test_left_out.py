"""What a file has that is not read or passed on is named."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from srcnn.formats import PNG
from srcnn.picture import load_picture
from srcnn.save_options import DEFAULT_OPTIONS, SaveOptions, losses

Srcnn: TypeAlias = Callable[..., Any]

IPTC = b"\x1c\x02x\x00\x04Rome"


def photoshop_block(data: bytes) -> bytes:
    """Return a segment of JPEG with IPTC data as Photoshop writes it (resource 0x0404)."""
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data
    return b"\xff\xed" + struct.pack(">H", len(block) + 2) + block


def png_with(path: Path, *chunks: tuple[bytes, bytes]) -> None:
    """Write a PNG with more chunks before its pixels."""
    Image.new("RGB", (8, 6), (90, 80, 70)).save(path)
    data = path.read_bytes()
    place = data.index(b"IDAT") - 4
    more = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    path.write_bytes(data[:place] + more + data[place:])


def test_what_a_jpeg_says_beside_exif_and_xmp(tmp_path: Path):
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 6)).save(path, comment="mine")
    data = path.read_bytes()
    path.write_bytes(data[:2] + photoshop_block(IPTC) + data[2:])
    picture = load_picture(path)
    assert picture.unkept == ("IPTC data", "comment")
    assert losses(picture, PNG, DEFAULT_OPTIONS) == ["Not kept: IPTC data, comment."]
    assert losses(picture, PNG, SaveOptions(strip=True)) == []
    assert picture.notes == ()


def test_what_a_tiff_says_beside_exif_and_xmp(tmp_path: Path):
    for depth in (8, 16):
        pixels = np.zeros((6, 8, 3), f"uint{depth}")
        extra = [(33723, 7, len(IPTC), IPTC, True)]
        tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", extratags=extra)
        assert load_picture(tmp_path / "a.tif").unkept == ("IPTC data",)


def test_texts_of_a_png_are_named_but_for_those_of_programs(tmp_path: Path):
    info = PngImagePlugin.PngInfo()
    for key in ("Copyright", "Author", "Software", "Title", "Source", "date:create"):
        info.add_text(key, "x")
    Image.new("L", (8, 6)).save(tmp_path / "a.png", pnginfo=info)
    found = load_picture(tmp_path / "a.png").unkept
    assert found == ("texts (Copyright, Author, Title, \N{HORIZONTAL ELLIPSIS})",)


def test_our_own_results_lack_nothing(srcnn: Srcnn, photo: Path, tmp_path: Path):
    for suffix in ("png", "jpg", "tif", "webp"):
        made = tmp_path / f"a.{suffix}"
        srcnn("upscale", photo, "--output", made, "--method", "bicubic")
        picture = load_picture(made)
        assert (picture.unkept, picture.notes) == ((), ())


GAMMA, LINEAR = struct.pack(">I", 45455), struct.pack(">I", 100_000)


@pytest.mark.parametrize(
    ("chunks", "said"),
    [
        ([(b"gAMA", LINEAR)], "a gamma of 1,"),
        ([(b"gAMA", GAMMA)], ""),
        ([(b"gAMA", LINEAR), (b"sRGB", b"\0")], ""),
        ([(b"cICP", bytes([9, 16, 0, 1]))], "HDR (cICP)"),
        ([(b"cICP", bytes([1, 13, 0, 1])), (b"gAMA", LINEAR)], ""),
        ([(b"cICP", b"\x01")], ""),
    ],
)
def test_colours_that_are_not_those_of_srgb_are_told(
    tmp_path: Path, chunks: list[tuple[bytes, bytes]], said: str
):
    png_with(tmp_path / "a.png", *chunks)
    notes = load_picture(tmp_path / "a.png").notes
    assert len(notes) == bool(said)
    assert said in "".join(notes)


def test_a_first_page_that_is_a_small_copy_is_told(tmp_path: Path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(np.zeros((6, 8, 3), np.uint8), photometric="rgb", subfiletype=1)
        file.write(np.zeros((60, 80, 3), np.uint8), photometric="rgb")
    first, second = load_picture(tmp_path / "a.tif").notes
    assert "several frames" in first
    assert "small copy" in second
