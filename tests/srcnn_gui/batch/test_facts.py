"""What is known of pictures beforehand, and what they become."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srcnn.errors import OutputError, PictureError, PictureTooLarge
from srcnn.formats import FORMATS, JPEG, WEBP
from srcnn.geometry import Size
from srcnn.picture import load_picture
from srcnn.save_options import DEFAULT_OPTIONS, losses
from srcnn_gui.batch.becoming import becoming, tasks_of
from srcnn_gui.batch.choices import Choices, SizeWay
from srcnn_gui.batch.facts import Facts, examine
from srcnn_gui.batch.rows import Found

MOST = Size(56, 40)
EXIF_ORIENTATION = 0x0112


def plain(shown):
    """Return sizes and steps with a sign that is on every keyboard."""
    return tuple(text.replace("\N{MULTIPLICATION SIGN}", "x") for text in (shown.sizes, shown.how))


def picture_file(folder, name, mode="RGB", size=(90, 60), **options):
    path = folder / name
    Image.new(mode, size, **({"color": 99} if mode in ("L", "I;16") else {})).save(path, **options)
    return path


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_facts_are_those_of_the_decoded_picture(tmp_path, mode, suffix):
    path = picture_file(tmp_path, f"a{suffix}", mode, dpi=(72, 72))
    found, whole = examine(path, MOST, 500).facts, load_picture(path)
    assert found.size == whole.size
    assert found.depth == whole.depth
    assert found.is_see_through == whole.is_see_through
    assert found.is_grey == whole.is_grey
    for kept in FORMATS.values():
        stand_in = losses(found.stand_in(), kept, DEFAULT_OPTIONS)
        assert stand_in == losses(whole, kept, DEFAULT_OPTIONS)


@pytest.mark.parametrize(
    ("name", "mode", "several", "said"),
    [
        ("a.jpg", "CMYK", False, "CMYK"),
        ("a.gif", "RGB", True, "only the first"),
        ("a.webp", "RGB", True, "only the first"),
        ("a.mpo", "RGB", True, "only the first"),
    ],
)
def test_what_reading_changes_is_a_loss(tmp_path, fake, name, mode, several, said):
    more = [Image.new(mode, (90, 60), "orange")] if several else []
    options = {"save_all": True, "append_images": more} if several else {}
    path = picture_file(tmp_path, name, mode, **options)
    if name == "a.mpo":
        path = path.rename(tmp_path / "b.jpg")  # as cameras name it
    facts = examine(path, MOST, 500).facts
    assert facts.notes == load_picture(path).notes
    (note,) = facts.notes
    assert said in note
    assert note in becoming(path, facts, Choices(suffix=".png"), fake("srcnn")).losses


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("size", [(90, 60), (70, 70), (900, 901)])
def test_a_jpeg_is_known_without_decoding_all_of_it(tmp_path, mode, orientation, size):
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    path = picture_file(tmp_path, "a.jpg", mode, size, exif=exif, dpi=(300, 300))
    found, whole = examine(path, MOST, 500), load_picture(path)
    assert found.facts.size == whole.size
    assert found.facts.is_grey == whole.is_grey
    assert found.facts.dpi == whole.dpi
    stand_in = losses(found.facts.stand_in(), WEBP, DEFAULT_OPTIONS)
    assert stand_in == losses(whole, WEBP, DEFAULT_OPTIONS)
    height, width = found.thumbnail.shape[:2]
    assert width / height == pytest.approx(whole.size.width / whole.size.height, rel=0.05)


@pytest.mark.parametrize(("mode", "shape"), [("L", ()), ("RGB", (3,)), ("RGBA", (4,))])
def test_the_small_copy_fits_and_has_the_colours(tmp_path, mode, shape):
    path = picture_file(tmp_path, "a.png", mode, (300, 100))
    thumbnail = examine(path, MOST, 500).thumbnail
    assert thumbnail.dtype == np.uint8
    assert thumbnail.shape == (19, 56, *shape)


def test_what_cannot_be_read_is_said(tmp_path):
    broken = tmp_path / "a.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(PictureError, match="not a picture"):
        examine(broken, MOST, 500)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_is_said_to_be_none_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(PictureError, match="a pipe"):
        examine(tmp_path / "a.jpg", MOST, 500)


def test_a_jpeg_of_very_many_scans_is_not_decoded_as_a_small_copy(tmp_path):
    path = picture_file(tmp_path, "a.jpg", progressive=True)
    content = path.read_bytes()
    last = content.rindex(b"\xff\xda")
    path.write_bytes(content[:-2] + content[last:-2] * 300 + content[-2:])
    with pytest.raises(PictureError, match="damaged"):
        examine(path, MOST, 500)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_a_picture_that_is_too_large_is_not_decoded(tmp_path, name):
    with pytest.raises(PictureTooLarge):
        examine(picture_file(tmp_path, name, size=(900, 1200)), MOST, 1)


def test_a_row_says_what_it_becomes_before_it_is_known(fake):
    shown = becoming(Path("a.bmp"), None, Choices(scale=2), fake("srcnn"))
    assert plain(shown) == ("", "PNG, Srcnn x2")
    shown = becoming(Path("a.bmp"), None, Choices(scale=2), None)
    assert plain(shown) == ("", "PNG, srcnn x2")


def test_a_row_says_size_format_and_steps(fake):
    facts, method = Facts(Size(512, 341)), fake("srcnn")
    shown = becoming(Path("a.jpg"), facts, Choices(), method)
    assert plain(shown) == ("512 x 341 → 1536 x 1023", "JPEG, Srcnn x3")
    shown = becoming(Path("a.jpg"), facts, Choices(way=SizeWay.LONGEST, longest=1200), method)
    assert plain(shown) == ("512 x 341 → 1200 x 799", "JPEG, Srcnn x3, bicubic")


def test_a_row_says_what_is_lost_and_what_is_not_possible(fake):
    facts = Facts(Size(200, 100), depth=16, is_see_through=True)
    shown = becoming(Path("a.png"), facts, Choices(suffix=".jpg"), fake())
    assert len(shown.losses) == 2
    assert becoming(Path("a.png"), facts, Choices(), fake()).losses == ()
    small = Choices(way=SizeWay.LONGEST, longest=100)
    assert "cannot be made" in becoming(Path("a.png"), facts, small, fake()).problem
    large = Facts(Size(30_000, 10))
    assert "at most" in becoming(Path("a.jpg"), large, Choices(), fake()).problem
    assert JPEG.side < 90_000


def test_a_row_says_that_a_picture_is_stretched(fake):
    exact = Choices(way=SizeWay.EXACT, width=1500, height=1000)
    square, fitting = (Facts(Size(*sides)) for sides in ((512, 512), (301, 200)))
    assert "stretched" in becoming(Path("a.png"), square, exact, fake()).losses[0]
    assert becoming(Path("a.png"), fitting, exact, fake()).losses == ()


def test_results_go_beside_or_into_folders_or_flat(tmp_path):
    found = Found(tmp_path / "in" / "sub" / "a.png", Path("sub"))
    output = tmp_path / "out"

    def target(**choices):
        return tasks_of([(7, found)], Choices(pattern="{stem}_{number}", **choices))[0].target

    assert target() == tmp_path / "in" / "sub" / "a_7.png"
    assert target(output=output) == output / "sub" / "a_7.png"
    assert target(output=output, keeps_folders=False, suffix=".webp") == output / "a_7.webp"


def test_names_that_do_not_go_together_are_refused(tmp_path):
    first, second = (Found(tmp_path / name / "a.png", Path(name)) for name in "xy")
    flat = Choices(output=tmp_path / "out", keeps_folders=False)
    with pytest.raises(OutputError, match="would both become") as caught:
        tasks_of([(1, first), (2, second)], flat)
    assert caught.value.hint == "Keep the folders below, or put {number} into the names."
    beside = Found(tmp_path / "x" / "a.gif", Path("x"))
    for keeps in (False, True):
        with pytest.raises(OutputError, match="would both become") as caught:
            tasks_of([(1, first), (2, beside)], replace(flat, keeps_folders=keeps))
        assert caught.value.hint == "Put {number} into the names."
    with pytest.raises(OutputError, match="take the place"):
        tasks_of([(1, first)], Choices(pattern="{stem}"))
    with pytest.raises(OutputError, match="no pattern"):
        tasks_of([(1, first)], Choices(pattern="{stem"))
