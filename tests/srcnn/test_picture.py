import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from srcnn.decoding import to_eight_bits
from srcnn.errors import PictureError
from srcnn.formats import SUFFIXES
from srcnn.geometry import Size
from srcnn.picture import Picture, from_pil, load_picture

EXIF_IFD, GPS_IFD, ORIENTATION, MAKE, TAKEN = 0x8769, 0x8825, 0x0112, 0x010F, 0x9003
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Return a function that writes pixels or an image of Pillow and returns the file."""

    def write(content: Any, suffix: str = ".png", **options: Any) -> Path:
        path = tmp_path / f"picture{suffix}"
        image = content if isinstance(content, Image.Image) else Image.fromarray(content)
        image.save(path, **options)
        return path

    return write


def camera_exif(orientation: int = 1) -> Image.Exif:
    """Return what a camera notes: maker, date, place."""
    exif = Image.Exif()
    exif[MAKE] = "Maker"
    exif[ORIENTATION] = orientation
    exif.get_ifd(EXIF_IFD)[TAKEN] = "2020:02:20 20:20:20"
    exif.get_ifd(GPS_IFD)[1] = "N"
    written = Image.Exif()
    written.load(exif.tobytes())
    return written


def read_exif(data: bytes | None) -> Image.Exif:
    assert data is not None
    exif = Image.Exif()
    exif.load(data)
    return exif


def noise(*shape: int, dtype: type = np.uint8) -> np.ndarray:
    top = np.iinfo(dtype).max
    return np.random.default_rng(1).integers(0, top, shape, dtype=dtype, endpoint=True)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3)], ids=["grey", "rgb"])
def test_8_bits_are_read_as_they_are(save: Save, shape: tuple[int, ...], suffix: str):
    pixels = noise(*shape)
    picture = load_picture(save(pixels, suffix))
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.pixels.dtype == np.uint8
    assert (picture.depth, picture.size) == (8, Size(5, 7))
    assert picture.is_grey == (len(shape) == 2)
    assert picture.alpha is None
    assert picture.notes == ()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_promised_format_is_read(save: Save, suffix: str):
    flat = np.full((20, 30, 3), (200, 100, 50), np.uint8)
    picture = load_picture(save(flat, suffix))
    assert picture.size == Size(30, 20)
    np.testing.assert_allclose(picture.pixels.astype(int), flat, atol=3)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bit_grey_keeps_its_bits(save: Save, suffix: str):
    pixels = noise(7, 5, dtype=np.uint16)
    picture = load_picture(save(pixels, suffix))
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.pixels.dtype == np.uint16
    assert (picture.depth, picture.is_grey) == (16, True)
    assert picture.notes == ()


def test_16_bit_grey_of_the_other_byte_order(tmp_path: Path):
    pixels = noise(4, 6, dtype=np.uint16)
    Image.frombytes("I;16B", (6, 4), pixels.astype(">u2").tobytes()).save(tmp_path / "big.tif")
    picture = load_picture(tmp_path / "big.tif")
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.pixels.dtype == np.dtype("uint16")


def deep_png(pixels: np.ndarray, colour_type: int) -> bytes:
    """Write a PNG of 16 bits a channel, which Pillow cannot."""
    height, width = pixels.shape[:2]

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


@pytest.mark.parametrize(
    ("channels", "colour_type"), [(3, 2), (2, 4), (4, 6)], ids=["rgb", "grey+alpha", "rgba"]
)
def test_16_bit_colours_keep_their_bits(tmp_path: Path, channels: int, colour_type: int):
    values = noise(5, 6, channels, dtype=np.uint16)
    path = tmp_path / "deep.png"
    path.write_bytes(deep_png(values, colour_type))
    picture = load_picture(path)
    assert picture.depth == 16
    colour = values[..., :3] if channels > 2 else values[..., 0]
    np.testing.assert_array_equal(picture.pixels, colour)
    np.testing.assert_array_equal(picture.alpha, None if channels == 3 else values[..., -1])
    assert picture.notes == ()


def test_16_bits_a_pixel_are_not_16_bits_a_channel(tmp_path: Path):
    header = struct.pack("<2sIHHI", b"BM", 14 + 40 + 8, 0, 0, 14 + 40)
    info = struct.pack("<IiiHHIIiiII", 40, 2, 2, 1, 16, 0, 8, 0, 0, 0, 0)
    (tmp_path / "thin.bmp").write_bytes(header + info + b"\xff\x7f" * 4)
    picture = load_picture(tmp_path / "thin.bmp")
    assert np.unique(picture.pixels) == 255
    assert picture.notes == ()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_alpha_is_kept_apart(save: Save, suffix: str):
    pixels = noise(7, 5, 4)
    picture = load_picture(save(pixels, suffix, lossless=True, exact=True))
    np.testing.assert_array_equal(picture.pixels, pixels[..., :3])
    np.testing.assert_array_equal(picture.alpha, pixels[..., 3])
    assert not picture.is_grey


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_grey_with_alpha_stays_grey(save: Save, suffix: str):
    pixels = noise(7, 5, 2)
    picture = load_picture(save(pixels, suffix))
    np.testing.assert_array_equal(picture.pixels, pixels[..., 0])
    np.testing.assert_array_equal(picture.alpha, pixels[..., 1])


@pytest.mark.parametrize("suffix", [".png", ".gif", ".bmp"])
def test_a_palette_becomes_its_colours(save: Save, suffix: str):
    image = Image.fromarray(noise(7, 5, 3)).quantize(16)
    picture = load_picture(save(image, suffix))
    np.testing.assert_array_equal(picture.pixels, np.asarray(image.convert("RGB")))
    assert picture.alpha is None


def test_a_palette_of_greys_is_grey(save: Save):
    pixels = noise(7, 5)
    image = Image.fromarray(pixels).convert("P")
    picture = load_picture(save(image))
    np.testing.assert_array_equal(picture.pixels, pixels)


@pytest.mark.parametrize("grey", [True, False])
def test_a_palette_with_a_transparent_entry(save: Save, grey: bool):
    pixels = noise(7, 5, 3)
    image = (
        Image.fromarray(pixels[..., 0]).convert("P")
        if grey
        else (Image.fromarray(pixels).quantize(16))
    )
    entry = int(np.asarray(image)[3, 2])
    picture = load_picture(save(image, transparency=entry))
    expected = np.asarray(image.convert("L" if grey else "RGB"))
    np.testing.assert_array_equal(picture.pixels, expected)
    np.testing.assert_array_equal(picture.alpha == 0, np.asarray(image) == entry)


def test_one_transparent_colour(save: Save):
    pixels = np.full((3, 4, 3), 90, np.uint8)
    pixels[1, 2] = (1, 2, 3)
    picture = load_picture(save(pixels, transparency=(1, 2, 3)))
    assert picture.alpha is not None
    assert picture.alpha[1, 2] == 0
    assert np.count_nonzero(picture.alpha) == 11


def test_one_transparent_grey_of_16_bits(save: Save):
    pixels = noise(4, 4, dtype=np.uint16)
    picture = load_picture(save(pixels, transparency=int(pixels[1, 2])))
    np.testing.assert_array_equal(picture.pixels, pixels)
    np.testing.assert_array_equal(picture.alpha, (pixels != pixels[1, 2]) * np.uint16(65535))
    assert picture.notes == ()


def test_one_bit_is_black_and_white(save: Save):
    bits = noise(7, 9) > 127
    picture = load_picture(save(Image.fromarray(bits)))
    np.testing.assert_array_equal(picture.pixels, bits * np.uint8(255))


def test_cmyk_becomes_rgb_and_this_is_said(save: Save):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    picture = load_picture(save(image, ".jpg", quality=95, icc_profile=b"profile of four inks"))
    np.testing.assert_allclose(picture.pixels[4, 4].astype(int), (255, 0, 0), atol=6)
    assert ["CMYK" in note for note in picture.notes] == [True]
    assert picture.icc is None


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".tif"])
def test_of_several_frames_the_first_is_read_and_this_is_said(save: Save, suffix: str):
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "blue", "green")]
    path = save(frames[0], suffix, save_all=True, append_images=frames[1:])
    picture = load_picture(path)
    np.testing.assert_allclose(picture.pixels[2, 3].astype(int), (255, 0, 0), atol=4)
    assert ["frames" in note for note in picture.notes] == [True]


@pytest.mark.parametrize("mode", ["I", "F"])
def test_32_bits_a_channel_are_refused(save: Save, mode: str):
    with pytest.raises(PictureError, match="32 bits") as refused:
        load_picture(save(Image.new(mode, (3, 3)), ".tif"))
    assert refused.value.hint


UPRIGHT = np.array([[10, 60, 110], [160, 210, 250]], np.uint8)
STORED = {  # as a camera held in that way stores the picture above
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.T,
    6: np.rot90(UPRIGHT),  # turn it 90 degrees clockwise to see it upright
    7: UPRIGHT[::-1, ::-1].T,
    8: np.rot90(UPRIGHT, -1),
}


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
@pytest.mark.parametrize("orientation", STORED)
def test_pictures_are_turned_upright_once(save: Save, orientation: int, suffix: str):
    stored = STORED[orientation].repeat(8, axis=0).repeat(8, axis=1)
    path = save(stored, suffix, exif=camera_exif(orientation), quality=100)
    picture = load_picture(path)
    np.testing.assert_allclose(picture.pixels[4::8, 4::8].astype(int), UPRIGHT, atol=2)
    exif = read_exif(picture.exif)
    assert ORIENTATION not in exif
    assert exif[MAKE] == "Maker"


def test_opacity_is_turned_with_the_colours(save: Save):
    stored = np.stack([STORED[6], 255 - STORED[6]], axis=-1)
    picture = load_picture(save(stored, exif=camera_exif(6)))
    np.testing.assert_array_equal(picture.pixels, UPRIGHT)
    np.testing.assert_array_equal(picture.alpha, 255 - UPRIGHT)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp"])
def test_profile_exif_and_resolution_are_kept(save: Save, suffix: str):
    picture = load_picture(
        save(noise(9, 9, 3), suffix, icc_profile=SRGB, exif=camera_exif(), dpi=(300, 150))
    )
    assert picture.icc == SRGB
    exif = read_exif(picture.exif)
    assert exif[MAKE] == "Maker"
    assert exif.get_ifd(EXIF_IFD)[TAKEN] == "2020:02:20 20:20:20"
    assert exif.get_ifd(GPS_IFD)[1] == "N"
    assert picture.notes == ()
    if suffix != ".webp":  # it has no place for a resolution
        assert picture.dpi == pytest.approx((300, 150), rel=1e-4)


def test_a_bare_picture_has_nothing_but_pixels(save: Save):
    picture = load_picture(save(noise(3, 3)))
    assert (picture.icc, picture.exif, picture.dpi) == (None, None, None)


def test_exif_says_nothing_of_how_a_tiff_was_stored(save: Save):
    exif = camera_exif()
    exif[0x0111] = 12345  # where its strips lie
    exif[0x0142] = 16  # the width of its tiles
    kept = read_exif(load_picture(save(noise(9, 9), exif=exif)).exif)
    assert set(kept) == {MAKE, EXIF_IFD, GPS_IFD}


@pytest.mark.parametrize("dpi", [(0, 0), (0.5, 72), (72, 70_000)])
def test_an_impossible_resolution_is_left_out(save: Save, dpi: tuple[float, float]):
    assert load_picture(save(noise(3, 3), ".tif", dpi=dpi)).dpi is None


@pytest.mark.parametrize("dpi", [(float("nan"), 72), (float("inf"), 72), 72, (72,), None])
def test_a_resolution_that_is_no_pair_of_numbers_is_left_out(dpi: Any):
    image = Image.new("L", (2, 2))
    image.info["dpi"] = dpi
    assert from_pil(image).dpi is None


def test_damaged_exif_does_not_cost_the_picture(save: Save):
    pixels = noise(9, 9, 3)
    path = save(pixels, exif=b"Exif\0\0" + b"MM\0\x99 no directory here")
    picture = load_picture(path)
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.exif is None
    assert ["EXIF" in note for note in picture.notes] == [True]


def test_pixels_cannot_be_written_to():
    picture = Picture(noise(3, 3), alpha=noise(3, 3))
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0] = 1
    assert picture.alpha is not None
    with pytest.raises(ValueError, match="read-only"):
        picture.alpha[0, 0] = 1


def test_16_bits_become_the_nearest_8():
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    np.testing.assert_array_equal(to_eight_bits(values), np.rint(values / 257))
    np.testing.assert_array_equal(Picture(values).to_uint8(), to_eight_bits(values))


def test_8_bits_are_not_copied():
    picture = Picture(noise(3, 3, 3))
    assert np.shares_memory(picture.to_uint8(), picture.pixels)
