"""What a file has that is not read is named."""

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

from srcnn.errors import PictureError
from srcnn.formats import JPEG
from srcnn.metadata import MAX_XMP_BYTES
from srcnn.picture import load_picture
from srcnn.save_options import DEFAULT_OPTIONS, losses

Srcnn: TypeAlias = Callable[..., Any]


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


@pytest.mark.parametrize("depth", [8, 16])
def test_channels_that_are_neither_colour_nor_opacity_are_told(tmp_path: Path, depth: int):
    for extra, said in (
        (["unspecified"], "A channel that is neither colour nor opacity was left out."),
        (["unassalpha"], ""),
        (["unassalpha", "unspecified"], "A channel that is neither"),
        (["unspecified", "unspecified"], "2 channels that are neither"),
    ):
        pixels = np.zeros((6, 8, 3 + len(extra)), f"uint{depth}")
        path = tmp_path / "a.tif"
        tifffile.imwrite(path, pixels, photometric="rgb", extrasamples=extra, metadata=None)
        try:
            notes = "".join(load_picture(path).notes)
        except PictureError:
            assert (depth, len(extra)) == (16, 2)  # refused, with a reason
        else:
            assert notes.startswith(said)
            assert bool(notes) == bool(said)


def test_xmp_beyond_one_segment_is_told_and_not_pointed_at(srcnn: Srcnn, tmp_path: Path):
    pointer = b'<a xmpNote:HasExtendedXMP="0123ABCD" dc:title="it"/>'
    path, made = tmp_path / "a.jpg", tmp_path / "b.jpg"
    Image.new("RGB", (8, 6)).save(path, xmp=pointer)
    part = b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + b"<b/>"
    data = path.read_bytes()
    segment = b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part
    path.write_bytes(data[:2] + segment + data[2:])
    printed = srcnn("upscale", path, "--output", made, "--method", "bicubic")
    assert "beyond 64 KB" in printed.err
    assert load_picture(made).xmp == b'<a dc:title="it"/>'


def test_xmp_that_is_too_long_is_told(tmp_path: Path):
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", "x" * (MAX_XMP_BYTES + 1), zip=True)
    Image.new("L", (8, 6)).save(tmp_path / "a.png", pnginfo=info)
    assert load_picture(tmp_path / "a.png").notes == (
        "Its XMP data are too long and were left out.",
    )


def test_only_what_shows_through_is_lost_on_white(tmp_path: Path):
    alpha = np.full((6, 8), 255, np.uint8)
    for least, said in ((255, 0), (254, 1)):
        alpha[2, 3] = least
        Image.fromarray(np.dstack([np.zeros((6, 8, 3), np.uint8), alpha])).save(tmp_path / "a.png")
        assert len(losses(load_picture(tmp_path / "a.png"), JPEG, DEFAULT_OPTIONS)) == said
