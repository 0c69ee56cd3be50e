"""What a file has that is not read is named."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from srcnn.picture import load_picture


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
