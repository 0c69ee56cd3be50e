"""Ways of storing pixels, as other libraries write them: nothing is lost unsaid."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from srcnn.deep_pixels import _parted
from srcnn.errors import PictureError
from srcnn.geometry import Size
from srcnn.picture import Picture, load_picture

CMYK_PROFILE = Path("/usr/share/color/icc/ghostscript/default_cmyk.icc")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
DEEP = np.random.default_rng(1).integers(0, 65536, (40, 31, 4), dtype=np.uint16)

Read = Callable[..., Picture]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads what is in some bytes, or what tifffile writes."""

    def load(content: Any, **options: Any) -> Picture:
        path = tmp_path / "picture"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            tifffile.imwrite(path, content, metadata=None, **options)
        return load_picture(path)

    return load


@pytest.mark.parametrize("compression", [None, "lzw", "deflate", "zstd"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize(
    "options", [{}, {"predictor": True}, {"tile": (16, 16)}, {"byteorder": ">"}]
)
def test_tiffs_of_16_bits(
    read: Read, compression: str | None, planar: str, options: dict[str, Any]
):
    if compression is None and "predictor" in options:
        options = {}
    pixels = DEEP[..., :3]
    laid = pixels.transpose(2, 0, 1).copy() if planar == "separate" else pixels
    picture = read(laid, photometric="rgb", planarconfig=planar, compression=compression, **options)
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.pixels.dtype == np.uint16
    assert (picture.alpha, picture.notes) == (None, ())


@pytest.mark.parametrize("channels", [2, 4], ids=["grey", "rgb"])
@pytest.mark.parametrize("compression", [None, "lzw"])
def test_opacity_of_16_bits_in_a_tiff(read: Read, channels: int, compression: str | None):
    values = DEEP[..., -channels:].copy()
    values[..., -1] |= 0x8000
    options = {
        "photometric": "minisblack" if channels == 2 else "rgb",
        "planarconfig": "contig",
        "compression": compression,
    }
    colours = values[..., 0] if channels == 2 else values[..., :3]
    straight = read(values, extrasamples=["unassalpha"], **options)
    np.testing.assert_array_equal(straight.pixels, colours)
    np.testing.assert_array_equal(straight.alpha, values[..., -1])
    multiplied = values.copy()
    opacity = values[..., -1:] / 65535
    multiplied[..., :-1] = np.rint(values[..., :-1] * opacity)
    associated = read(multiplied, extrasamples=["assocalpha"], **options)
    np.testing.assert_array_equal(associated.alpha, values[..., -1])
    assert np.abs(associated.pixels.astype(int) - colours).max() <= 1
    none = read(values, extrasamples=["unspecified"], **options)
    np.testing.assert_array_equal(none.pixels, colours)
    assert none.alpha is None


@pytest.mark.parametrize("channels", [2, 4], ids=["grey", "rgb"])
def test_opacity_multiplied_into_a_tiff_of_8_bits(read: Read, channels: int):
    values = np.full((9, 7, channels), 128, np.uint8)
    values[..., 0] = np.arange(63).reshape(9, 7)
    options = {"photometric": "minisblack" if channels == 2 else "rgb", "planarconfig": "contig"}
    picture = read(values, extrasamples=["assocalpha"], **options)
    found = picture.pixels if channels == 2 else picture.pixels[..., 0]
    assert np.abs(found - np.arange(63).reshape(9, 7) * 255 / 128).max() <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", ["minisblack", "miniswhite"])
def test_zero_may_be_white(read: Read, kind: str, dtype: type):
    full = np.iinfo(dtype).max
    values = DEEP[..., 0].astype(dtype)
    picture = read(values, photometric=kind)
    np.testing.assert_array_equal(picture.pixels, values if kind == "minisblack" else full - values)


def test_twelve_bits_are_widened(tmp_path: Path):
    """Two values in three bytes, as Pillow reads them."""
    values = np.array([[0, 4095, 2048, 1]], np.uint16)
    packed = bytes([0x00, 0x0F, 0xFF, 0x80, 0x00, 0x01])
    with tifffile.TiffWriter(tmp_path / "t.tif") as tiff:
        tiff.write(values, metadata=None)
    data = (
        (tmp_path / "t.tif").read_bytes().replace(values.astype("<u2").tobytes(), packed + b"\0\0")
    )
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        place = tiff.pages.first.tags[258].valueoffset
    data = data[:place] + b"\x0c\0" + data[place + 2 :]
    (tmp_path / "t.tif").write_bytes(data)
    picture = load_picture(tmp_path / "t.tif")
    np.testing.assert_array_equal(picture.pixels, [[0, 65535, 2048 * 16 + 8, 16]])


def test_of_several_deep_pages_the_first_is_read_and_this_is_said(read: Read):
    picture = read(np.stack([DEEP[..., :3], DEEP[..., 1:]]), photometric="rgb")
    np.testing.assert_array_equal(picture.pixels, DEEP[..., :3])
    assert ["frames" in note for note in picture.notes] == [True]


def test_big_tiffs_are_read(read: Read):
    picture = read(DEEP[..., :3], photometric="rgb", bigtiff=True, iccprofile=SRGB)
    np.testing.assert_array_equal(picture.pixels, DEEP[..., :3])
    assert picture.icc == SRGB


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ((DEEP / 65535).astype(np.float32)[..., :3], {"photometric": "rgb"}),
        (DEEP[..., 0].astype(np.int16), {}),
        (DEEP[..., :3].astype(np.uint32), {"photometric": "rgb"}),
        (DEEP[..., :3], {"photometric": "cielab"}),
        (np.dstack([DEEP, DEEP[..., 0]]), {"photometric": "rgb", "extrasamples": [2, 0]}),
    ],
    ids=["float", "signed", "32 bits", "deep LAB", "five channels"],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    read: Read, values: np.ndarray, options: dict[str, Any]
):
    with pytest.raises(PictureError, match="cannot be read") as refused:
        read(values, **options)
    assert "Convert it" in refused.value.hint


def test_pixels_that_are_not_what_the_header_says_are_refused():
    for values in (DEEP[:5], DEEP.astype(np.uint8), np.dstack([DEEP, DEEP])):
        with pytest.raises(ValueError, match=r"channels|not 31"):
            _parted(values, Size(31, 40))


def test_cmyk_of_16_bits_loses_them_aloud(read: Read):
    picture = read(DEEP, photometric="separated")
    assert picture.depth == 8
    assert ["16 bits" in note for note in picture.notes] == [True, False]


def jpeg(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=100, subsampling=0, **options)
    return file.getvalue()


@pytest.mark.skipif(not CMYK_PROFILE.exists(), reason=f"needs {CMYK_PROFILE} of Debian")
def test_cmyk_goes_through_its_profile(read: Read):
    image = Image.new("CMYK", (8, 8), (200, 30, 20, 10))
    profile = CMYK_PROFILE.read_bytes()
    picture = read(jpeg(image, icc_profile=profile))
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    srgb = ImageCms.createProfile("sRGB")
    expected = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB").getpixel((0, 0))
    assert np.abs(picture.pixels[4, 4].astype(int) - expected).max() <= 3
    plain = read(jpeg(image)).pixels[4, 4].astype(int)
    assert np.abs(plain - expected).max() > 10  # so it is not the plain way
    assert ["through its profile" in note for note in picture.notes] == [True]
    assert picture.icc is None


@pytest.mark.parametrize("icc", [None, b"no profile", SRGB], ids=["none", "broken", "of RGB"])
def test_cmyk_without_a_sound_profile_is_converted_plainly_and_this_is_said(
    read: Read, icc: bytes | None
):
    picture = read(jpeg(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), icc_profile=icc))
    np.testing.assert_allclose(picture.pixels[4, 4].astype(int), (255, 0, 0), atol=3)
    assert ["without a profile" in note for note in picture.notes] == [True]
    assert picture.icc is None


def test_lab_becomes_srgb_and_this_is_said(read: Read):
    red = np.full((4, 4, 3), (138, 81, 70), np.uint8)
    picture = read(red, photometric="cielab")
    np.testing.assert_allclose(picture.pixels[1, 1].astype(int), (253, 5, 3), atol=5)
    assert ["LAB" in note for note in picture.notes] == [True]


def test_luma_and_chroma_in_a_tiff_become_rgb(read: Read):
    flat = np.full((32, 32, 3), (200, 100, 50), np.uint8)
    picture = read(flat, photometric="rgb", compression="jpeg", compressionargs={"level": 98})
    np.testing.assert_allclose(picture.pixels.astype(int), flat, atol=3)


def adam7(pixels: np.ndarray) -> bytes:
    """Return an interlaced PNG of 16 bits of RGB."""
    plain = imagecodecs.png_encode(pixels.copy(), level=1)
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2)]
    passes.append((1, 0, 2, 1))
    data = b""
    for top, left, down, across in passes:
        for row in pixels[top::down, left::across]:
            if row.size:
                data += b"\0" + row.astype(">u2").tobytes()
    header = bytearray(plain[16:29])
    header[12] = 1

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(content, zlib.crc32(name)).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + check

    body = chunk(b"IHDR", bytes(header)) + chunk(b"IDAT", zlib.compress(data))
    return plain[:8] + body + chunk(b"IEND", b"")


def test_an_interlaced_png_of_16_bits(read: Read, capfd: pytest.CaptureFixture[str]):
    pixels = DEEP[:21, :19, :3]
    np.testing.assert_array_equal(read(adam7(pixels)).pixels, pixels)
    capfd.readouterr()  # libpng has a remark


def test_a_palette_of_greys_with_a_profile_of_colours_is_colour(tmp_path: Path):
    """A file of one channel must not have such a profile."""
    image = Image.fromarray(DEEP[..., 0].astype(np.uint8)).convert("P")
    image.save(tmp_path / "p.png", icc_profile=SRGB)
    picture = load_picture(tmp_path / "p.png")
    assert not picture.is_grey
    assert picture.icc == SRGB


def with_chunk(png: bytes, name: bytes, data: bytes, *, at_end: bool) -> bytes:
    """Put a chunk behind the pixels, or before them."""
    place = png.index(b"IEND" if at_end else b"IDAT") - 4
    check = zlib.crc32(data, zlib.crc32(name)).to_bytes(4, "big")
    return png[:place] + len(data).to_bytes(4, "big") + name + data + check + png[place:]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("at_end", [False, True], ids=["before", "behind"])
def test_xmp_and_exif_may_stand_behind_the_pixels(read: Read, dtype: type, at_end: bool):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    png = imagecodecs.png_encode(DEEP[..., :3].astype(dtype))
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>"
    png = with_chunk(png, b"iTXt", xmp, at_end=at_end)
    png = with_chunk(png, b"eXIf", exif.tobytes()[6:], at_end=at_end)
    picture = read(png)
    assert picture.xmp == b"<x:xmpmeta/>"
    assert b"Maker" in (picture.exif or b"")
    assert picture.pixels.shape == (31, 40, 3)
    assert picture.pixels.dtype == dtype


def test_one_transparent_colour_of_16_bits(read: Read):
    colour = DEEP[7, 5, :3]
    data = colour.astype(">u2").tobytes()
    png = with_chunk(imagecodecs.png_encode(DEEP[..., :3].copy()), b"tRNS", data, at_end=False)
    picture = read(png)
    np.testing.assert_array_equal(picture.pixels, DEEP[..., :3])
    expected = np.full((40, 31), 65535, np.uint16)
    expected[7, 5] = 0
    np.testing.assert_array_equal(picture.alpha, expected)
    assert picture.notes == ()


def test_a_damaged_png_of_16_bits_is_refused(read: Read):
    png = bytearray(imagecodecs.png_encode(DEEP))
    png[len(png) // 2] ^= 0x55
    with pytest.raises(PictureError, match="damaged"):
        read(bytes(png))
