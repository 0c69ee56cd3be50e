"""What people wrote into a picture is passed on, or its loss is told before."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
import tifffile
from PIL import Image, IptcImagePlugin, PngImagePlugin

from srcnn.captions import MAX_CAPTION_BYTES, Captions
from srcnn.formats import AVIF, JPEG, PNG, TIFF, WEBP, Format
from srcnn.picture import load_picture
from srcnn.save_options import DEFAULT_OPTIONS, SaveOptions, limits, losses
from tests.srcnn.colour_profiles import wide_profile
from tests.srcnn.other_readers import EXIFTOOL, exiftool

Srcnn: TypeAlias = Callable[..., Any]

IPTC = b"\x1c\x01Z\0\x03\x1b%G\x1c\x02x\0\x05K\xc3\xb6ln"  # UTF-8, a caption
DESCRIPTION = 270


def write_jpeg(path: Path, iptc: bytes = IPTC, comment: str | bytes = "mine") -> Path:
    """Write a JPEG with a comment, and IPTC data as Photoshop writes them (resource 0x0404)."""
    Image.new("RGB", (8, 6)).save(path, comment=comment)
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
    block = b"Photoshop 3.0\0" + block
    data = path.read_bytes()
    segment = b"\xff\xed" + struct.pack(">H", len(block) + 2) + block
    path.write_bytes(data[:2] + segment + data[2:])
    return path


def write_tiff(path: Path, depth: int = 8, words: bool = False) -> Path:
    """Write a TIFF with IPTC data, called bytes or, as many programs do, words of four."""
    padded = IPTC + bytes(-len(IPTC) % 4)
    extra = (33723, 4, len(padded) // 4, padded, True) if words else (33723, 7, len(IPTC), IPTC)
    pixels = np.zeros((6, 8, 3), f"uint{depth}")
    tags = [extra if words else (*extra, True)]
    tifffile.imwrite(path, pixels, photometric="rgb", extratags=tags)
    return path


def write_png(path: Path, mode: str = "RGB", **texts: str) -> Path:
    """Write a PNG with texts."""
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    Image.new(mode, (8, 6)).save(path, pnginfo=info)
    return path


@pytest.fixture
def enlarged(srcnn: Srcnn, tmp_path: Path) -> Callable[..., Path]:
    """Return what saves a file enlarged under another ending."""

    def call(source: Path, suffix: str, *options: object) -> Path:
        made = tmp_path / f"made{suffix}"
        srcnn("upscale", source, "--output", made, "--method", "bicubic", "--scale", 2, *options)
        return made

    return call


@pytest.mark.parametrize("source", ["a.jpg", "a.tif", "deep.tif", "words.tif"])
@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_iptc_data_come_through(
    enlarged: Callable[..., Path], tmp_path: Path, source: str, suffix: str
):
    path = tmp_path / source
    if source == "a.jpg":
        write_jpeg(path)
    else:
        write_tiff(path, depth=16 if "deep" in source else 8, words="words" in source)
    made = enlarged(path, suffix)
    with Image.open(made) as image:
        found = IptcImagePlugin.getiptcinfo(image)
    assert found is not None
    assert found[2, 120] == "K\N{LATIN SMALL LETTER O WITH DIAERESIS}ln".encode()
    assert not any("Not kept" in loss for loss in _losses(path, JPEG))


@pytest.mark.skipif(EXIFTOOL is None, reason="needs exiftool")
def test_exiftool_reads_the_caption(enlarged: Callable[..., Path], tmp_path: Path):
    enlarged(write_jpeg(tmp_path / "a.jpg"), ".jpg")
    enlarged(write_jpeg(tmp_path / "b.jpg"), ".tif")
    found = exiftool(tmp_path)
    for name in ("made.jpg", "made.tif"):
        assert found[name]["IPTC:Caption-Abstract"] == "K\N{LATIN SMALL LETTER O WITH DIAERESIS}ln"


def test_a_comment_comes_through(enlarged: Callable[..., Path], tmp_path: Path):
    said = "sch\N{LATIN SMALL LETTER O WITH DIAERESIS}n"
    for comment in (said, said.encode("latin-1")):
        source = write_jpeg(tmp_path / "a.jpg", comment=comment)
        with Image.open(enlarged(source, ".jpg", "--overwrite")) as image:
            assert image.info["comment"] == said.encode()
        with Image.open(made := enlarged(source, ".png", "--overwrite")) as image:
            image.load()
            assert image.text["Comment"] == said  # type: ignore[attr-defined]
        assert load_picture(made).captions.comment == said


@pytest.mark.parametrize("mode", ["RGB", "I;16"])
def test_texts_of_a_png_come_through(enlarged: Callable[..., Path], tmp_path: Path, mode: str):
    texts = {
        "Author": "I", "parameters": "steps: 20, \N{GREEK SMALL LETTER ALPHA}", "Title": "x" * 5000,
        "Description": "What is seen",
    }  # fmt: skip
    made = enlarged(write_png(tmp_path / "a.png", mode, **texts, Software="Other"), ".png")
    with Image.open(made) as image:
        image.load()
        found = dict(image.text)  # type: ignore[attr-defined]
        assert image.getexif()[DESCRIPTION] == "What is seen"
    assert found.pop("Software").startswith("SRCNN Studio")
    assert found == texts
    assert _losses(tmp_path / "a.png", PNG) == []


def test_a_description_comes_through_everywhere(enlarged: Callable[..., Path], tmp_path: Path):
    source = write_png(tmp_path / "a.png", Description="Seen \N{GREEK SMALL LETTER ALPHA}")
    for suffix in (".jpg", ".tif", ".webp", ".png"):
        with Image.open(enlarged(source, suffix)) as image:
            found = image.getexif()[DESCRIPTION]
        assert found.encode("latin-1").decode() == "Seen \N{GREEK SMALL LETTER ALPHA}"


def test_one_that_is_long_stays_a_text(enlarged: Callable[..., Path], tmp_path: Path):
    said = "long " * 300
    source = write_png(tmp_path / "a.png", Description=said)
    with Image.open(enlarged(source, ".png")) as image:
        image.load()
        assert image.text["Description"] == said  # type: ignore[attr-defined]
    assert _losses(source, JPEG) == ["Not kept: texts (Description)."]


def test_nothing_is_passed_on_that_is_to_be_left_out(enlarged: Callable[..., Path], tmp_path: Path):
    for source, suffix in (
        (write_jpeg(tmp_path / "a.jpg"), ".jpg"),
        (write_tiff(tmp_path / "a.tif"), ".tif"),
        (write_png(tmp_path / "a.png", Author="I", Description="it"), ".png"),
    ):
        made = enlarged(source, suffix, "--strip", "--overwrite")
        assert load_picture(made).captions == Captions()
        assert losses(load_picture(source), WEBP, SaveOptions(strip=True)) == []


def _losses(path: Path, kept: Format) -> list[str]:
    return losses(load_picture(path), kept, DEFAULT_OPTIONS)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (PNG, ["Not kept: IPTC data."]),
        (JPEG, []),
        (TIFF, ["Not kept: comment."]),
        (WEBP, ["Not kept: IPTC data, comment."]),
        (AVIF, ["Not kept: IPTC data, comment."]),
    ],
)
def test_what_a_format_does_not_keep_is_told(tmp_path: Path, kept: Format, said: list[str]):
    found = _losses(write_jpeg(tmp_path / "a.jpg"), kept)
    assert [loss for loss in found if loss.startswith("Not kept")] == said


def test_texts_are_named_up_to_three(tmp_path: Path):
    texts = dict.fromkeys(("Copyright", "Author", "Title", "Source"), "x")
    found = _losses(write_png(tmp_path / "a.png", Software="Other", **texts), TIFF)
    assert found == ["Not kept: texts (Copyright, Author, Title, \N{HORIZONTAL ELLIPSIS})."]


def test_what_is_too_long_for_a_jpeg_is_told(enlarged: Callable[..., Path], tmp_path: Path):
    longest = IPTC + b"\x1c\x02\x19\xf8\x00" + bytes(63_488)
    source = write_tiff(tmp_path / "a.tif")
    extra = [(33723, 7, len(longest), longest, True), (700, 1, 3, b"abc", True)]
    tifffile.imwrite(source, np.zeros((6, 8, 3), np.uint8), photometric="rgb", extratags=extra)
    assert _losses(source, JPEG) == []
    enlarged(source, ".jpg")
    longer = longest + bytes(2000)
    extra = [(33723, 7, len(longer), longer, True)]
    tifffile.imwrite(source, np.zeros((6, 8, 3), np.uint8), photometric="rgb", extratags=extra)
    assert _losses(source, JPEG) == ["Not kept: IPTC data."]
    assert _losses(source, TIFF) == []


def test_our_own_results_lack_nothing_and_say_once_how_they_were_made(
    enlarged: Callable[..., Path], photo: Path, tmp_path: Path
):
    for suffix in (".png", ".jpg", ".tif", ".webp"):
        picture = load_picture(enlarged(photo, suffix))
        assert (picture.captions, picture.notes) == (Captions(), ())


def test_too_much_is_left_out_and_told(tmp_path: Path):
    picture = load_picture(write_png(tmp_path / "a.png", Author="x" * MAX_CAPTION_BYTES))
    assert picture.captions == Captions()
    assert picture.notes == ("Its texts are too long and were left out.",)


def test_texts_of_one_key_and_of_several_languages_come_through(
    enlarged: Callable[..., Path], tmp_path: Path
):
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "one")
    info.add_text("Comment", "two")
    info.add_itxt("Title", "Bild", "de", "Titel")
    info.add_itxt("Title", "picture", "en")
    info.add_text("Long", "x" * 5000, zip=True)
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png", pnginfo=info)
    for mode in ("RGB", "I;16"):
        Image.new(mode, (8, 6)).save(tmp_path / "a.png", pnginfo=info)
        made = enlarged(tmp_path / "a.png", ".png", "--overwrite").read_bytes()
        for text in (b"Comment\0one", b"Comment\0two", b"Title\0\0\0de\0Titel\0Bild"):
            assert made.count(text) == 1
        assert made.count(b"Title\0\0\0en\0\0picture") == 1
        assert made.count(b"zTXtLong") == 1
        assert made.count(b"Comment") == 2


def test_comments_of_a_jpeg_are_put_together(tmp_path: Path):
    data = write_jpeg(tmp_path / "a.jpg").read_bytes()
    more = b"\xff\xfe" + struct.pack(">H", 7) + b"first"
    (tmp_path / "a.jpg").write_bytes(data[:2] + more + data[2:])
    assert load_picture(tmp_path / "a.jpg").captions.comment == "first\nmine"


def test_a_long_profile_and_long_packed_texts_come_through(
    enlarged: Callable[..., Path], tmp_path: Path
):
    profile = wide_profile() + np.random.default_rng(0).bytes(1_500_000)
    info = PngImagePlugin.PngInfo()
    info.add_text("Long", "x" * 1_200_000, zip=True)
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png", icc_profile=profile, pnginfo=info)
    for suffix in (".png", ".jpg", ".tif"):
        with Image.open(enlarged(tmp_path / "a.png", suffix)) as image:
            assert image.info["icc_profile"] == profile


@pytest.mark.parametrize("kept", [PNG, JPEG, TIFF, WEBP])
@pytest.mark.parametrize("length", [0, 1, 64_000, 64_001])
def test_an_outline_is_kept_as_much(kept: Format, length: int):
    texts = tuple((b"tEXt", b"key %d\0x" % number) for number in range(6))
    texts = (*texts, (b"tEXt", b"Comment\0x"), (b"tEXt", b"Description\0x"))
    captions = Captions(bytes(length), "x" * length, "it", texts)
    assert captions.outline().lost_in(kept) == captions.lost_in(kept)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (PNG, "PNG does not keep IPTC data."),
        (TIFF, "TIFF does not keep comments or other texts."),
        (JPEG, "JPEG does not keep transparency, 16 bits a channel or other texts."),
        (WEBP, "WebP does not keep 16 bits a channel, grey, resolution, IPTC data, comments or "
         "other texts."),
    ],
)  # fmt: skip
def test_the_limits_of_a_format_are_a_sentence(kept: Format, said: str):
    assert limits(kept) == said
