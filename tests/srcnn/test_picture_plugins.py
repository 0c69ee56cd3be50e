"""AVIF, HEIC and JPEG XL, as other libraries write them."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from srcnn.errors import PictureTooLarge
from srcnn.formats import FORMATS, HAS_HEIF, HAS_JXL, decoders
from srcnn.geometry import Size
from srcnn.headers import avif_bits, jxl_header
from srcnn.picture import Picture, load_picture

DEEP = np.random.default_rng(1).integers(0, 65536, (40, 31, 4), dtype=np.uint16)

needs_avif = pytest.mark.skipif(".avif" not in FORMATS, reason="Pillow without AVIF")
needs_heif = pytest.mark.skipif(not HAS_HEIF, reason="needs pillow-heif")
needs_jxl = pytest.mark.skipif(not HAS_JXL, reason="needs pillow-jxl-plugin")


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], Picture]:
    """Return a function that reads a picture from bytes."""

    def load(content: bytes) -> Picture:
        (tmp_path / "picture").write_bytes(content)
        return load_picture(tmp_path / "picture")

    return load


@needs_avif
@pytest.mark.parametrize("bits", [8, 10, 12])
def test_more_bits_of_avif_are_lost_aloud(read: Callable[[bytes], Picture], bits: int):
    values = (DEEP[..., :3] >> (16 - bits)).astype(np.uint8 if bits == 8 else np.uint16)
    data = imagecodecs.avif_encode(values, level=100, bitspersample=bits)
    assert avif_bits(io.BytesIO(data)) == bits
    picture = read(data)
    assert picture.depth == 8
    said = [f"{bits} bits a channel were read as 8" in note for note in picture.notes]
    assert said == ([] if bits == 8 else [True])
    assert np.abs(picture.pixels.astype(int) - DEEP[..., :3] / 257).mean() < 4


@needs_heif
def test_more_bits_of_heic_are_lost_aloud(tmp_path: Path):
    import pillow_heif

    image = pillow_heif.from_bytes(mode="RGB;16", size=(31, 40), data=DEEP[..., :3].tobytes())
    image.save(tmp_path / "deep.heic", quality=90)
    picture = load_picture(tmp_path / "deep.heic")
    assert (picture.depth, picture.size) == (8, Size(31, 40))
    assert ["10 bits" in note for note in picture.notes] == [True]


@needs_jxl
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_jpeg_xl_keeps_its_bits(read: Callable[[bytes], Picture], channels: int, dtype: type):
    values = (DEEP >> (8 if dtype == np.uint8 else 0)).astype(dtype)
    values = values[..., 0] if channels == 1 else values[..., :channels].copy()
    picture = read(imagecodecs.jpegxl_encode(values, lossless=True))
    colours = values if channels == 1 else values[..., 0 if channels == 2 else slice(3)]
    np.testing.assert_array_equal(picture.pixels, colours)
    np.testing.assert_array_equal(picture.alpha, values[..., -1] if channels in (2, 4) else None)
    assert picture.notes == ()


@needs_jxl
def test_a_large_jpeg_xl_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = imagecodecs.jpegxl_encode(np.zeros((300, 400, 3), np.uint8))
    (tmp_path / "large.jxl").write_bytes(data)
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("decoded"))
    with pytest.raises(PictureTooLarge, match="400"):
        load_picture(tmp_path / "large.jxl", max_megapixels=0.1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize(
    "size",
    [
        (8, 8),
        (64, 48),
        (256, 256),
        (31, 40),
        (300, 7),
        (7, 300),
        (160, 90),
        (600, 500),
        (1, 9000),
    ],
)
def test_the_header_of_jpeg_xl(size: tuple[int, int], dtype: type):
    width, height = size
    data = imagecodecs.jpegxl_encode(np.zeros((height, width, 3), dtype), lossless=True)
    bits = {np.uint8: 8, np.uint16: 16, np.float32: 32}[dtype]
    assert jxl_header(io.BytesIO(data)) == (Size(width, height), bits)


BOXES = b"\0\0\0\x0cJXL \r\n\x87\n"


def bits_of(*fields: tuple[int, int]) -> bytes:
    """Return (value, count) after (value, count), the least significant bit first."""
    value = place = 0
    for field, count in fields:
        value |= field << place
        place += count
    return value.to_bytes(place // 8 + 4, "little")


SMALL = ((0x0AFF, 16), (1, 1), (3, 5), (1, 3))
"""The code stream of 32 x 32 pixels begins."""


@pytest.mark.parametrize(
    ("fields", "bits"),
    [
        ([(1, 1)], 8),
        ([(0, 1), (0, 1), (0, 1), (1, 2)], 10),
        ([(0, 1), (0, 1), (0, 1), (3, 2), (13, 6)], 14),
        ([(0, 1), (1, 1), (5, 3), (1, 1), (1, 1), (9, 5), (1, 3), (0, 2), (0, 1), (2, 2)], 12),
        ([(0, 1), (1, 1), (5, 3), (0, 1), (1, 2)], 0),
    ],
    ids=["usual", "10", "14", "oriented", "animated"],
)
def test_bits_of_jpeg_xl(fields: list[tuple[int, int]], bits: int):
    code = bits_of(*SMALL, *fields)
    assert jxl_header(io.BytesIO(code)) == (Size(32, 32), bits)
    long_box = b"\0\0\0\x01free" + (24).to_bytes(8, "big") + bytes(8)
    in_parts = BOXES + long_box + b"\0\0\0\0jxlp\0\0\0\0" + code
    assert jxl_header(io.BytesIO(in_parts)) == (Size(32, 32), bits)


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\0\0free", b"\0\0\0\x08free" * 1000, b"\0\0\0\0jxlc" + bytes(99)]
)
def test_a_container_of_nothing_is_no_picture(content: bytes):
    with pytest.raises(ValueError, match=r"header cut short|no JPEG XL"):
        jxl_header(io.BytesIO(BOXES + content))


def test_headers_that_are_none():
    assert jxl_header(io.BytesIO(b"")) is None
    assert jxl_header(io.BytesIO(b"\x89PNG\r\n\x1a\n")) is None
    assert avif_bits(io.BytesIO(b"av1C\x81\0")) == 8
    data = imagecodecs.jpegxl_encode(DEEP, lossless=True)
    for length in range(len(data[:120])):
        with contextlib.suppress(ValueError):
            assert jxl_header(io.BytesIO(data[:length])) in (None, (Size(31, 40), 16))


@pytest.mark.parametrize(
    ("suffix", "mark"),
    [
        (".heic", needs_heif.args[0]),
        (".avif", needs_avif.args[0]),
        (".jpg", False),
        (".jxl", needs_jxl.args[0]),
    ],
)
def test_no_picture_is_turned_twice(tmp_path: Path, suffix: str, mark: bool):
    if mark:
        pytest.skip(f"cannot write {suffix}")
    decoders()
    stored = np.zeros((24, 16, 3), np.uint8)
    stored[:12, :8], stored[12:] = (255, 0, 0), (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    image, path = Image.fromarray(stored), tmp_path / f"turned{suffix}"
    if suffix == ".jxl":  # of a JPEG inside, EXIF says it; elsewhere the pixels are upright
        image.save(tmp_path / "inner.jpg", quality=100, subsampling=0, exif=exif)
        with Image.open(tmp_path / "inner.jpg") as inner:
            inner.save(path, lossless_jpeg=True)
    else:
        image.save(path, quality=95, exif=exif.tobytes())
    picture = load_picture(path)
    assert picture.size == Size(24, 16)
    np.testing.assert_allclose(picture.pixels[4, 20].astype(int), (255, 0, 0), atol=8)
    np.testing.assert_allclose(picture.pixels[8, 4].astype(int), (0, 0, 255), atol=8)
    assert picture.exif is not None
    assert b"Maker" in picture.exif


@needs_jxl
def test_exif_does_not_turn_what_jpeg_xl_has_turned(tmp_path: Path):
    decoders()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    image = Image.fromarray(np.zeros((24, 16, 3), np.uint8))
    image.save(tmp_path / "a.jxl", lossless=True, exif=exif.tobytes())
    picture = load_picture(tmp_path / "a.jxl")
    assert picture.size == Size(16, 24)
    assert b"Maker" in (picture.exif or b"")
