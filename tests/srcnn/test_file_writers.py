"""Our own writers of PNG and TIFF, strip by strip, as other libraries read them."""

import io
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from srcnn import output, png_file, tiff_file
from srcnn.canvas import Canvas, DeepCanvas, PillowCanvas, interruptible
from srcnn.encoding import Belongings, belongings_of
from srcnn.errors import OutputError
from srcnn.formats import FORMATS
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.metadata import written_exif
from srcnn.output import save_enlargement
from srcnn.picture import Picture, load_picture
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import SaveOptions, losses
from srcnn.source import PictureSource, degraded_source, make_truth
from srcnn.tiles import Enlargement

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def canvas_of(width: int, height: int, channels: int, depth: int, seed: int = 0) -> Canvas:
    values = np.random.default_rng(seed).integers(0, 2**depth, (height, width, channels))
    if depth == 16:
        canvas = DeepCanvas(Size(width, height), channels)
        canvas.array[...] = values
        return canvas
    plain = PillowCanvas(Size(width, height), channels)
    plain.image = Image.fromarray(np.squeeze(values.astype(np.uint8), 2 if channels == 1 else ()))
    return plain


def enlargement_of(picture: Picture) -> Enlargement:
    method = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)
    return Enlargement(PictureSource(picture), method, 2)


DEEP = Picture(np.full((9, 9, 3), 700, np.uint16), np.full((9, 9), 9, np.uint16), icc=SRGB)

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4))


@settings(max_examples=60, deadline=None)
@given(shapes, st.sampled_from([8, 16]), st.integers(1, 5), st.sampled_from("<>"))
def test_tiffs_of_any_strips(shape: tuple[int, int, int], depth: int, rows: int, order: str):
    width, height, channels = shape
    canvas = canvas_of(width, height, channels, depth)
    tags = Image.Exif()
    tags.endian = order
    tags = written_exif(tags.tobytes(), canvas.size, "made")
    file = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiff_file, "_STRIP_BYTES", rows * width * channels * depth // 8)
        tiff_file.write_tiff(file, canvas, tags, 6)
    file.seek(0)
    with tifffile.TiffFile(file) as tiff:
        page = tiff.pages.first
        found = page.asarray().reshape(height, width, channels)
        assert len(page.dataoffsets) == -(-height // rows)
        assert tiff.byteorder == order
        assert page.tags["Software"].value == "made"
    np.testing.assert_array_equal(found, canvas.rows(0, height))
    if depth == 8:
        with Image.open(file) as image:
            seen = np.asarray(image).reshape(height, width, channels)
        np.testing.assert_array_equal(seen, found)


@settings(max_examples=40, deadline=None)
@given(shapes, st.integers(1, 5), st.integers(0, 9))
def test_pngs_of_any_strips(shape: tuple[int, int, int], rows: int, level: int):
    width, height, channels = shape
    canvas = canvas_of(width, height, channels, 16)
    file = io.BytesIO()
    chunks = [png_file.profile_chunk(SRGB)] if channels > 2 else []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(png_file, "_STRIP_BYTES", rows * width * channels * 2)
        png_file.write_png(file, canvas, chunks, level)
    found = imagecodecs.png_decode(file.getvalue()).reshape(height, width, channels)
    np.testing.assert_array_equal(found, canvas.rows(0, height))
    with Image.open(file) as image:
        image.load()
        assert image.size == (width, height)
        assert image.info.get("icc_profile") == (SRGB if chunks else None)


def test_smooth_pictures_are_packed_well():
    """The filters are chosen by row: far smaller than without any."""
    y, x = np.mgrid[:200, :300]
    canvas = DeepCanvas(Size(300, 200), 3)
    for channel in range(3):
        canvas.array[..., channel] = 30000 + 20000 * np.sin(x / 40 + channel) * np.cos(y / 30)
    file = io.BytesIO()
    png_file.write_png(file, canvas, [], 6)
    packed = imagecodecs.png_encode(canvas.array, level=6)
    assert len(file.getvalue()) < 1.1 * len(packed)
    assert len(file.getvalue()) < 0.6 * canvas.array.nbytes


def test_a_tiff_beyond_4_gb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tiff_file, "_LIMIT", 100)
    noise = Picture(np.random.default_rng(0).integers(0, 256, (30, 30), dtype=np.uint8))
    with pytest.raises(OutputError, match="4 GB") as refused:
        save_enlargement(enlargement_of(noise), tmp_path / "out.tif")
    assert "PNG" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_what_an_encoder_refuses_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(Image.Image, "save", refuse)
    with pytest.raises(OutputError, match=r"cannot hold this picture \(no such thing\)"):
        save_enlargement(enlargement_of(DEEP), tmp_path / "out.webp")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize(
    "other",
    [
        Picture(np.zeros((18, 18, 3), np.uint8), np.zeros((18, 18), np.uint8)),
        Picture(np.zeros((18, 18, 3), np.uint16)),
        Picture(np.zeros((18, 17, 3), np.uint16), np.zeros((18, 17), np.uint16)),
        Picture(np.zeros((18, 18, 3), np.uint16), np.zeros((18, 18), np.uint16)),
    ],
    ids=["8 bits", "opaque", "narrower", "black"],
)
def test_16_bits_that_read_back_differently_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, other: Picture
):
    monkeypatch.setattr(output, "load_picture", lambda *_, **__: other)
    with pytest.raises(OutputError, match="did not read back"):
        save_enlargement(enlargement_of(DEEP), tmp_path / f"out{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_stripped_files_of_16_bits_keep_the_profile_only(tmp_path: Path, suffix: str):
    described = Picture(DEEP.pixels, DEEP.alpha, SRGB, xmp=b"<x:xmpmeta/>", dpi=(300, 300))
    path = tmp_path / f"out{suffix}"
    options = SaveOptions(strip=True)
    save_enlargement(enlargement_of(DEEP), path, metadata=described, options=options)
    again = load_picture(path)
    assert (again.icc, again.exif, again.xmp, again.dpi) == (SRGB, None, None, None)
    assert b"SRCNN" not in path.read_bytes()


def test_without_a_picture_nothing_but_the_making_is_written():
    canvas = canvas_of(3, 3, 3, 8)
    found = belongings_of(None, FORMATS[".png"], canvas, SaveOptions(), "made")
    assert (found.icc, found.xmp, found.dpi) == (None, None, None)
    assert found.exif is not None
    stripped = belongings_of(None, FORMATS[".png"], canvas, SaveOptions(strip=True), "made")
    assert stripped == Belongings()


def test_grey_without_a_profile_loses_nothing_but_being_grey():
    said = losses(Picture(np.zeros((2, 2), np.uint8)), FORMATS[".webp"], SaveOptions())
    assert ["no grey" in text for text in said] == [True]


def test_a_guarded_file_is_read_and_written_like_any_other(tmp_path: Path):
    with (tmp_path / "file").open("w+b") as file:
        guarded = interruptible(file, lambda: False)
        assert guarded.readable()
        assert guarded.writable()
        assert guarded.seekable()


def test_only_pictures_have_holes():
    truth = make_truth(Picture(np.full((12, 12, 3), 9, np.uint8)), 2)
    source = degraded_source(truth, 2)
    region = source.size.region
    np.testing.assert_array_equal(source.solid_window(region), source.window(region))
