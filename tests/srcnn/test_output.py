from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from srcnn.decoding import to_eight_bits
from srcnn.formats import FORMATS
from srcnn.interpolation import Interpolation
from srcnn.method import Method
from srcnn.output import recorded_origin, save_enlargement
from srcnn.picture import Picture, load_picture
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement, render_tiles

SUFFIXES = sorted(FORMATS)
LOSSLESS = [suffix for suffix in SUFFIXES if FORMATS[suffix].lossless]
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def smooth(*shape: int, dtype: type = np.uint8) -> np.ndarray:
    """Return soft waves, which a lossy format keeps well, over the full range."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    waves = [0.5 + 0.5 * np.sin(x / (9 + k) + k) * np.cos(y / (11 - k)) for k in range(4)]
    values = np.stack(waves, axis=-1)[..., : shape[2]] if len(shape) == 3 else waves[0]
    return np.rint(values * np.iinfo(dtype).max).astype(dtype)


CONTENTS = {
    "grey": Picture(smooth(50, 61)),
    "rgb": Picture(smooth(50, 61, 3)),
    "grey+alpha": Picture(smooth(50, 61), alpha=smooth(50, 61, 2)[..., 1]),
    "rgba": Picture(smooth(50, 61, 3), alpha=smooth(50, 61, 4)[..., 3]),
    "opaque": Picture(smooth(50, 61, 3), alpha=np.full((50, 61), 255, np.uint8)),
    "16-bit grey": Picture(smooth(50, 61, dtype=np.uint16)),
    "16-bit grey+alpha": Picture(
        smooth(50, 61, dtype=np.uint16), alpha=smooth(50, 61, 2, dtype=np.uint16)[..., 1]
    ),
    "16-bit rgb": Picture(smooth(50, 61, 3, dtype=np.uint16)),
    "16-bit rgba": Picture(
        smooth(50, 61, 3, dtype=np.uint16), alpha=smooth(50, 61, 4, dtype=np.uint16)[..., 3]
    ),
}


def enlargement_of(picture: Picture, scale: int = 3) -> Enlargement:
    method: Method = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)
    method.tile = 72
    return Enlargement(PictureSource(picture), method, scale)


def rendered(enlargement: Enlargement) -> tuple[np.ndarray, np.ndarray | None]:
    """Return pixels and opacity put together from tiles."""
    size = enlargement.size
    picture = enlargement.source
    shape = (size.height, size.width) if picture.is_grey else (size.height, size.width, 3)
    pixels = np.zeros(shape, np.uint16 if picture.depth == 16 else np.uint8)
    alpha = np.zeros(shape[:2], pixels.dtype) if picture.has_alpha else None
    for tile in render_tiles(enlargement):
        pixels[tile.region.slices] = tile.pixels
        if alpha is not None:
            alpha[tile.region.slices] = tile.alpha
    return pixels, alpha


def on_white(pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    opacity = (alpha / 255).reshape(*alpha.shape, *[1] * (pixels.ndim - 2))
    return np.rint(pixels * opacity + 255 * (1 - opacity)).astype(np.uint8)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", CONTENTS)
def test_what_is_saved_reads_back(tmp_path: Path, content: str, suffix: str):
    kept = FORMATS[suffix]
    enlargement = enlargement_of(CONTENTS[content])
    pixels, alpha = rendered(enlargement)
    if not kept.deep:
        pixels, alpha = to_eight_bits(pixels), None if alpha is None else to_eight_bits(alpha)
    if alpha is not None and not kept.alpha:
        pixels, alpha = on_white(pixels, alpha), None
    save_enlargement(enlargement, tmp_path / f"out{suffix}")
    result = load_picture(tmp_path / f"out{suffix}")
    if kept.lossless:
        np.testing.assert_array_equal(result.pixels, pixels)
        np.testing.assert_array_equal(result.alpha, alpha)
        return
    if result.pixels.ndim > pixels.ndim:
        assert not kept.grey
        pixels = pixels[..., np.newaxis].repeat(3, axis=2)
    visible = np.ones(pixels.shape[:2], bool) if alpha is None else alpha > 128
    difference = np.abs(result.pixels.astype(int) - pixels)[visible]
    assert difference.mean() < 2
    if alpha is not None and content != "opaque":
        assert result.alpha is not None
        assert np.abs(result.alpha.astype(int) - alpha).mean() < 2


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (1, 40)])
def test_tiny_results_can_be_saved(tmp_path: Path, suffix: str, size: tuple[int, int]):
    picture = Picture(np.full((*size, 3), 77, np.uint8))
    save_enlargement(enlargement_of(picture, 2), tmp_path / f"tiny{suffix}")
    result = load_picture(tmp_path / f"tiny{suffix}")
    assert result.size == picture.size.scaled(2)
    assert np.abs(result.pixels.astype(int) - 77).max() <= 2


def test_the_transparent_is_white_in_a_jpeg(tmp_path: Path):
    alpha = np.zeros((16, 32), np.uint8)
    alpha[:, 16:] = 255
    picture = Picture(np.full((16, 32, 3), (200, 30, 60), np.uint8), alpha)
    save_enlargement(enlargement_of(picture, 2), tmp_path / "flat.jpg")
    pixels = load_picture(tmp_path / "flat.jpg").pixels.astype(int)
    np.testing.assert_allclose(pixels[:, :24], 255, atol=3)
    np.testing.assert_allclose(pixels[:, 40:], np.broadcast_to((200, 30, 60), (32, 24, 3)), atol=4)


def test_quality_is_a_choice(tmp_path: Path):
    for suffix in (".jpg", ".webp"):
        sizes = []
        for quality in (30, 98):
            path = tmp_path / f"{quality}{suffix}"
            options = SaveOptions(quality=quality)
            save_enlargement(enlargement_of(CONTENTS["rgb"]), path, options=options)
            sizes.append(path.stat().st_size)
        assert sizes[0] < 0.7 * sizes[1]


def camera_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0131] = "Firmware 1.0"
    exif.get_ifd(0x8769)[0x9003] = "2020:02:20 20:20:20"
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", ["grey", "rgb", "rgba"])
def test_profile_exif_and_resolution_are_passed_on(tmp_path: Path, content: str, suffix: str):
    described = Picture(CONTENTS[content].pixels, icc=SRGB, exif=camera_exif(), dpi=(300.0, 150.0))
    path = tmp_path / f"out{suffix}"
    save_enlargement(enlargement_of(CONTENTS[content]), path, metadata=described)
    result = load_picture(path)
    assert result.icc == SRGB
    assert result.exif is not None
    exif = Image.Exif()
    exif.load(result.exif)
    assert exif[0x010F] == "Maker"
    assert exif.get_ifd(0x8769)[0x9003] == "2020:02:20 20:20:20"
    assert exif.get_ifd(0x8825)[1] == "N"
    if FORMATS[suffix].dpi:
        assert result.dpi == pytest.approx((300, 150), rel=1e-4)


def test_a_profile_of_grey_is_not_put_into_a_file_of_colours(tmp_path: Path):
    grey_profile = bytearray(SRGB)
    grey_profile[16:20] = b"GRAY"
    described = Picture(CONTENTS["grey"].pixels, icc=bytes(grey_profile))
    for suffix, icc in {".png": described.icc, ".webp": None}.items():
        path = tmp_path / f"out{suffix}"
        save_enlargement(enlargement_of(described), path, metadata=described)
        assert load_picture(path).icc == icc


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_file_says_how_it_was_made(tmp_path: Path, suffix: str):
    path = tmp_path / f"out{suffix}"
    save_enlargement(enlargement_of(CONTENTS["rgb"], 4), path, metadata=CONTENTS["rgb"])
    assert recorded_origin(path) == ("bicubic", 4)


def test_names_of_weights_may_hold_spaces(tmp_path: Path):
    enlargement = enlargement_of(CONTENTS["grey"], 2)
    enlargement.method.id = "srcnn:my run x3 (best)"
    save_enlargement(enlargement, tmp_path / "out.png")
    assert recorded_origin(tmp_path / "out.png") == ("srcnn:my run x3 (best)", 2)


def test_files_of_others_say_nothing(tmp_path: Path):
    Image.new("L", (4, 4)).save(tmp_path / "other.png")
    (tmp_path / "text.png").write_text("SRCNN Studio 1.0: bicubic x3")
    for name in ("other.png", "text.png", "missing.png"):
        assert recorded_origin(tmp_path / name) is None
