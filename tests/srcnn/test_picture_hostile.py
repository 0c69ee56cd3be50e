import io
import struct
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from srcnn.errors import PictureError, PictureTooLarge
from srcnn.formats import HAS_JXL, decoders
from srcnn.geometry import Size
from srcnn.picture import announced_size, load_picture

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    """Return a sound picture of 100 x 100 pixels."""
    Image.fromarray(noise(100, 100)).save(tmp_path / "grey.png")
    return tmp_path / "grey.png"


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2020:02:20 20:20:20"
    written = Image.Exif()
    written.load(exif.tobytes())
    return written


def refused(path: Path, match: str | None = None) -> PictureError:
    with pytest.raises(PictureError, match=match) as caught:
        load_picture(path)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    "content",
    [
        b"just a text\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"P5 2 2 255 1234",
    ],
    ids=["text", "PostScript", "PGM"],
)
def test_what_is_none_of_the_formats_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "notes.png").write_bytes(content)
    assert "PNG, JPEG" in refused(tmp_path / "notes.png", "is not a picture").hint


def test_an_empty_file_is_refused(tmp_path: Path):
    (tmp_path / "empty.jpg").touch()
    refused(tmp_path / "empty.jpg", "0 bytes")


def test_no_file_and_no_picture_are_told_apart(tmp_path: Path):
    refused(tmp_path / "missing.png", "no file")
    refused(tmp_path, "folder")


def test_a_forbidden_file_is_refused(grey: Path, monkeypatch: pytest.MonkeyPatch):

    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", forbid)
    refused(grey, "may not be read")


def test_running_out_of_memory_is_a_picture_too_large(grey: Path, monkeypatch: pytest.MonkeyPatch):

    def exhaust(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image, "open", exhaust)
    assert isinstance(refused(grey, "memory"), PictureTooLarge)


def huge_headers() -> dict[str, bytes]:
    """Return small files that announce 60,000 x 60,000 pixels."""
    side = 60_000
    ihdr = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    idat = b"IDAT" + zlib.compress(bytes(100))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (ihdr, idat)
    )
    files = {"png": png}
    for suffix, find in {
        "jpg": struct.pack(">HH", 16, 16),
        "gif": struct.pack("<HH", 16, 16),
        "bmp": struct.pack("<ii", 16, 16),
    }.items():
        file = io.BytesIO()
        Image.new("L", (16, 16)).save(file, {"jpg": "JPEG"}.get(suffix, suffix.upper()))
        kind = ">HH" if suffix == "jpg" else "<HH" if suffix == "gif" else "<ii"
        files[suffix] = file.getvalue().replace(find, struct.pack(kind, side, side), 1)
    return files


@pytest.mark.parametrize(("suffix", "content"), huge_headers().items(), ids=huge_headers())
def test_a_header_is_believed_before_anything_is_decoded(
    tmp_path: Path, suffix: str, content: bytes
):
    path = tmp_path / f"bomb.{suffix}"
    path.write_bytes(content)
    tracemalloc.start()
    start = time.perf_counter()
    error = refused(path, "60000 \N{MULTIPLICATION SIGN} 60000")
    seconds = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(error, PictureTooLarge)
    assert "3,600 megapixels" in str(error)
    assert seconds < 0.5
    assert peak < 5_000_000


def test_the_limit_can_be_chosen(grey: Path):
    assert load_picture(grey, max_megapixels=0.01).size == Size(100, 100)
    with pytest.raises(PictureTooLarge):
        load_picture(grey, max_megapixels=0.0099)


def encoded(kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(noise(40, 50, 3)).save(file, kind, **options)
    return file.getvalue()


DEEP = np.random.default_rng(1).integers(0, 65536, (3, 40, 50), dtype=np.uint16)


def deep_tiff(**options: Any) -> bytes:
    file = io.BytesIO()
    pixels = DEEP if "planarconfig" in options else DEEP.transpose(1, 2, 0)
    tifffile.imwrite(file, pixels, photometric="rgb", metadata=None, **options)
    return file.getvalue()


DEEP_JXL = imagecodecs.jpegxl_encode(DEEP.transpose(1, 2, 0).copy(), lossless=True)

SEEDS = {
    "png": encoded("PNG", exif=turned(), icc_profile=SRGB, dpi=(72, 72)),
    "jpeg": encoded("JPEG", exif=turned(), icc_profile=SRGB, dpi=(72, 72)),
    "progressive": encoded("JPEG", progressive=True),
    "tiff": encoded("TIFF", exif=turned()),
    "deflated": encoded("TIFF", compression="tiff_adobe_deflate"),
    "webp": encoded("WEBP", exif=turned()),
    "bmp": encoded("BMP"),
    "gif": encoded("GIF"),
    "deep png": imagecodecs.png_encode(DEEP.transpose(1, 2, 0).copy()),
    "deep tiff": deep_tiff(compression="lzw"),
    "deep planes": deep_tiff(planarconfig="separate", tile=(16, 16), compression="deflate"),
    **({"avif": encoded("AVIF", exif=turned())} if "AVIF" in decoders() else {}),
    **({"heic": encoded("HEIF", exif=turned())} if "HEIF" in decoders() else {}),
    **({"jxl": encoded("JXL"), "deep jxl": DEEP_JXL} if HAS_JXL else {}),
}


WHOLE = ("png", "tiff", "webp", "bmp", "deep png", "deep tiff", "avif", "heic", "jxl", "deep jxl")


@pytest.mark.parametrize("kind", [kind for kind in WHOLE if kind in SEEDS] + ["plain jpeg"])
def test_a_truncated_file_is_refused_at_any_length(tmp_path: Path, kind: str):
    content = SEEDS[kind] if kind in SEEDS else encoded("JPEG")
    path = tmp_path / "half"
    for length in {1, 2, 8, 30, *range(60, len(content) * 9 // 10, len(content) // 25)}:
        path.write_bytes(content[:length])
        refused(path)


@pytest.mark.parametrize("kind", SEEDS)
def test_a_damaged_file_is_a_picture_or_refused(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
):
    """Most damage hits the header, where the traps are; libtiff's own remarks are swallowed."""
    random = np.random.default_rng(len(kind))
    path = tmp_path / "damaged"
    outcomes = set()
    for _ in range(60):
        content = bytearray(SEEDS[kind])
        within = len(content) if random.random() < 0.4 else min(300, len(content))
        for _ in range(random.integers(1, 6)):
            content[random.integers(0, within)] = random.integers(0, 256)
        path.write_bytes(content)
        try:
            picture = load_picture(path, max_megapixels=20)
        except PictureError as error:
            outcomes.add(bool(error.hint))
        else:
            assert picture.size.pixels > 0
    assert outcomes <= {True}
    capfd.readouterr()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp", ".bmp", ".gif"])
def test_the_announced_size_is_that_of_the_header(tmp_path: Path, suffix: str):
    path = tmp_path / f"a{suffix}"
    Image.fromarray(noise(20, 30)).save(path)
    assert announced_size(path) == Size(30, 20)
    if suffix != ".webp":  # whose decoder wants the whole file
        path.write_bytes(path.read_bytes()[:-20])
    assert announced_size(path) == Size(30, 20)


def test_a_tiff_that_pillow_does_not_know_announces_its_size(tmp_path: Path):
    pixels = noise(20, 30, 3).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", predictor=True, compression=8)
    assert announced_size(tmp_path / "a.tif") == Size(30, 20)


@pytest.mark.skipif(not HAS_JXL, reason="needs pillow-jxl-plugin")
def test_a_jpeg_xl_is_not_decoded_for_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    decoders()
    Image.fromarray(noise(20, 30, 3)).save(tmp_path / "a.jxl")
    monkeypatch.setattr(Image, "open", None)
    assert announced_size(tmp_path / "a.jxl") == Size(30, 20)


def test_what_cannot_be_read_announces_nothing(tmp_path: Path):
    path = tmp_path / "a.jpg"
    for content, said in (
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 10\n", "not a picture"),
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", "cannot be"),
        (b"", "empty"),
    ):
        path.write_bytes(content)
        with pytest.raises(PictureError, match=said):
            announced_size(path)
    Image.fromarray(noise(1000, 1100)).save(path, progressive=True)
    with pytest.raises(PictureTooLarge):
        announced_size(path, max_megapixels=1)
    content = path.read_bytes()
    last = content.rindex(b"\xff\xda")
    path.write_bytes(content[:-2] + content[last:-2] * 300 + content[-2:])
    with pytest.raises(PictureError, match="damaged"):
        announced_size(path)
