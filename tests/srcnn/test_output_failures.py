"""A file is saved whole or not at all, and what was there before stays."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from srcnn import canvas
from srcnn.errors import Cancelled, OutputError
from srcnn.formats import FORMATS, format_of
from srcnn.interpolation import Interpolation
from srcnn.output import save_enlargement
from srcnn.picture import Picture, load_picture
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import DEFAULT_OPTIONS, MAX_JPEG_BYTES, losses
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement

SUFFIXES = sorted(FORMATS)
LOSSLESS = [suffix for suffix in SUFFIXES if FORMATS[suffix].lossless]
COLOUR = Picture(np.random.default_rng(0).integers(0, 256, (50, 61, 3), dtype=np.uint8))
GREY = Picture(COLOUR.pixels[..., 0])

Attempt = Callable[..., None]


def enlargement_of(picture: Picture, scale: int = 3) -> Enlargement:
    """Return an enlargement of several tiles."""
    method = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)
    method.tile = 72
    return Enlargement(PictureSource(picture), method, scale)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> Enlargement:
    """Return an enlargement that must not be computed."""
    enlargement = enlargement_of(GREY)

    def forbid(*_: object) -> None:
        pytest.fail("computed in vain")

    monkeypatch.setattr(enlargement.method, "enlarge", forbid)
    return enlargement


def refused(enlargement: Enlargement, path: Path, match: str, **options: Any) -> OutputError:
    with pytest.raises(OutputError, match=match) as caught:
        save_enlargement(enlargement, path, **options)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("name", ["out.gif", "out", "out.xyz"])
def test_formats_that_are_not_written(untouched: Enlargement, tmp_path: Path, name: str):
    assert ".png" in refused(untouched, tmp_path / name, "cannot be saved").hint
    assert names_in(tmp_path) == []


def test_endings_may_be_shouted():
    assert format_of(Path("A.JPG")) is format_of(Path("a.jpeg"))
    assert format_of(Path("A.TIF")) is format_of(Path("a.tiff"))


def test_nothing_is_overwritten_unasked(untouched: Enlargement, tmp_path: Path):
    (tmp_path / "out.png").write_text("precious")
    refused(untouched, tmp_path / "out.png", "exists already")
    assert (tmp_path / "out.png").read_text() == "precious"
    assert names_in(tmp_path) == ["out.png"]


def test_folders_are_no_files(untouched: Enlargement, tmp_path: Path):
    (tmp_path / "out.png").mkdir()
    refused(untouched, tmp_path / "out.png", "is a folder", overwrite=True)
    refused(untouched, tmp_path / "nowhere" / "out.png", "no folder")


def test_a_name_too_long_is_a_sentence(untouched: Enlargement, tmp_path: Path):
    refused(untouched, tmp_path / f"{'n' * 300}.png", "cannot be written")
    assert names_in(tmp_path) == []


def test_a_folder_that_refuses_is_noticed_at_once(
    untouched: Enlargement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)
    refused(untouched, tmp_path / "out.png", "cannot be written to")


@pytest.mark.parametrize(("suffix", "side"), [(".webp", 16383), (".jpg", 65500)])
def test_sides_too_long_for_the_format(tmp_path: Path, suffix: str, side: int):
    assert FORMATS[suffix].side == side
    for shape in ((1, side // 2 + 1), (side // 2 + 1, 1)):
        enlargement = enlargement_of(Picture(np.zeros(shape, np.uint8)), 2)
        path = tmp_path / f"out{suffix}"
        error = refused(enlargement, path, f"{side:,}", progress=lambda *_: pytest.fail("computed"))
        assert "PNG or TIFF" in error.hint
    assert names_in(tmp_path) == []


def test_a_result_beyond_the_memory(
    untouched: Enlargement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def exhaust(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Image, "new", exhaust)
    refused(untouched, tmp_path / "out.png", "does not fit into memory")
    assert names_in(tmp_path) == []


@pytest.fixture(params=[False, True], ids=["new", "replacing"])
def attempt(tmp_path: Path, request: pytest.FixtureRequest) -> Attempt:
    """Return a function that tries to save, fails as it should and finds no trace of it."""

    def fail(suffix: str, error: type[Exception], match: str | None = None, **options: Any) -> None:
        path = tmp_path / f"out{suffix}"
        if request.param:
            path.write_text("precious")
        before = names_in(tmp_path)
        with pytest.raises(error, match=match) as caught:
            save_enlargement(enlargement_of(COLOUR), path, overwrite=request.param, **options)
        assert names_in(tmp_path) == before
        if request.param:
            assert path.read_text() == "precious"
        if isinstance(caught.value, OutputError):
            assert caught.value.hint

    return fail


def limit_disk(monkeypatch: pytest.MonkeyPatch, limit: int) -> list[int]:
    """Make the disk full after ``limit`` bytes; return the sizes of writes so far."""
    real = canvas._Interruptible.write
    writes: list[int] = []

    def write(self: Any, data: Any) -> int:
        if sum(writes) + len(data) > limit:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        writes.append(len(data))
        return real(self, data)

    monkeypatch.setattr(canvas._Interruptible, "write", write)
    return writes


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_at_any_byte(
    attempt: Attempt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
):
    with monkeypatch.context() as patch:
        writes = limit_disk(patch, 10**9)
        save_enlargement(enlargement_of(COLOUR), tmp_path / f"all{suffix}")
        (tmp_path / f"all{suffix}").unlink()
    starts = np.cumsum([0, *writes[:-1]])
    for limit in {0, *starts[:: max(1, len(writes) // 12)], starts[-1], sum(writes) - 1}:
        with monkeypatch.context() as patch:
            limit_disk(patch, int(limit))
            attempt(suffix, OutputError, "disk is full")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_stopping_at_any_question(attempt: Attempt, tmp_path: Path, suffix: str):
    asked = 0

    def never() -> bool:
        nonlocal asked
        asked += 1
        return False

    save_enlargement(enlargement_of(COLOUR), tmp_path / f"all{suffix}", should_stop=never)
    (tmp_path / f"all{suffix}").unlink()
    tiles = len(enlargement_of(COLOUR).grid)
    assert asked > tiles + 1  # writes and the check ask too
    for last in {0, tiles - 1, tiles, tiles + 1, asked // 2, asked - 1}:
        answers = iter([False] * last + [True])
        attempt(suffix, Cancelled, should_stop=lambda answers=answers: next(answers))


@pytest.mark.parametrize(
    ("code", "match"),
    [(errno.EROFS, "cannot be written to"), (errno.EIO, "cannot be written")],
)
def test_a_failing_disk(attempt: Attempt, monkeypatch: pytest.MonkeyPatch, code: int, match: str):
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        attempt(".png", OutputError, match)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        patch.setattr(Path, "hardlink_to", fail)
        attempt(".png", OutputError, match)


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_a_single_wrong_byte_on_the_disk_is_noticed(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch, suffix: str
):
    def damage(descriptor: int) -> None:
        os.pwrite(descriptor, b"\x55", os.fstat(descriptor).st_size - 3000)

    monkeypatch.setattr(os, "fsync", damage)
    attempt(suffix, OutputError, f"^out{suffix} did not read back")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_cut_short_by_the_disk_is_noticed(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch, suffix: str
):
    def cut(descriptor: int) -> None:
        os.ftruncate(descriptor, os.fstat(descriptor).st_size * 2 // 3)

    monkeypatch.setattr(os, "fsync", cut)
    attempt(suffix, OutputError, "did not read back")


def test_what_is_too_long_for_a_jpeg_is_left_out_aloud(tmp_path: Path):
    exif = Image.Exif()
    exif[0x010F] = "a long maker " * 6000
    described = Picture(COLOUR.pixels, exif=exif.tobytes(), xmp=b"<x:xmpmeta/>" * 6000)
    for suffix, (kept_maker, kept_xmp) in {".jpg": (False, False), ".png": (True, True)}.items():
        path = tmp_path / f"out{suffix}"
        said = losses(described, FORMATS[suffix], DEFAULT_OPTIONS)
        assert [name in " ".join(said) for name in ("EXIF", "XMP")] == [not kept_maker] * 2
        save_enlargement(enlargement_of(COLOUR), path, metadata=described)
        result = load_picture(path)
        assert result.exif is not None
        assert (b"a long maker" in result.exif, result.xmp is not None) == (kept_maker, kept_xmp)


def test_what_barely_fits_into_a_jpeg_does_so_with_the_longest_name(tmp_path: Path):
    exif = Image.Exif()
    exif[0x010F] = "m" * 100
    exif[0x010F] = "m" * (MAX_JPEG_BYTES - len(exif.tobytes()) + 100)
    described = Picture(COLOUR.pixels, exif=exif.tobytes(), xmp=b"x" * MAX_JPEG_BYTES)
    assert losses(described, FORMATS[".jpg"], DEFAULT_OPTIONS) == []
    enlargement = enlargement_of(COLOUR)
    enlargement.method.id = "srcnn:" + "n" * 255
    save_enlargement(enlargement, tmp_path / "out.jpg", metadata=described)
    result = load_picture(tmp_path / "out.jpg")
    assert result.exif is not None
    assert b"mmm" in result.exif
    assert result.xmp == described.xmp


def test_an_error_of_the_method_passes_through(attempt: Attempt, monkeypatch: pytest.MonkeyPatch):
    def break_down(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Interpolation, "enlarge_region", break_down)
    attempt(".png", RuntimeError, "a bug")


def test_a_file_that_came_meanwhile_is_not_overwritten(tmp_path: Path):
    path = tmp_path / "out.png"

    def interfere(done: int, total: int) -> None:
        if done == total:
            path.write_text("precious")

    refused(enlargement_of(COLOUR), path, "exists already", progress=interfere)
    assert path.read_text() == "precious"
    assert names_in(tmp_path) == ["out.png"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_replacing_replaces_and_progress_is_told(tmp_path: Path, suffix: str):
    path = tmp_path / f"out{suffix}"
    path.write_text("old")
    told: list[tuple[int, int]] = []
    enlargement = enlargement_of(COLOUR)
    save_enlargement(enlargement, path, overwrite=True, progress=lambda *step: told.append(step))
    total = len(enlargement.grid)
    assert told == [(done, total) for done in range(1, total + 1)]
    assert load_picture(path).size == enlargement.size
    assert names_in(tmp_path) == [path.name]
