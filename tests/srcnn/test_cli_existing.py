"""No command replaces a file unless it is asked to, and it says so before it computes anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from srcnn import benchmark
from srcnn.resources import resource_path

Srcnn: TypeAlias = Callable[..., Any]

OLDER = "older"
BICUBIC = ("--methods", "bicubic")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Return a file of weights."""
    bundled = next(iter(sorted(resource_path("weights").glob("*.safetensors"))))
    return Path(shutil.copy(bundled, tmp_path / bundled.name))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("upscale", "{photo}", "--method", "nearest", "--output", "{file}"), "large.png"),
        (("compare", "{photo}", *BICUBIC, "--json", "{file}"), "a.json"),
        (("compare", "{photo}", *BICUBIC, "--figure", "{file}"), "a.pdf"),
        (("compare", "{photo}", *BICUBIC, "--save", "{folder}"), "photo_x3_bicubic.png"),
        (("compare", "{photo}", *BICUBIC, "--save", "{folder}"), "photo_x3_truth.png"),
        (("measure", "{photo}", "--truth", "{photo}", "--json", "{file}"), "a.json"),
        (("benchmark", "{pictures}", *BICUBIC, "--scales", "3", "--csv", "{file}"), "a.csv"),
        (("benchmark", "{pictures}", *BICUBIC, "--scales", "3", "--latex", "{file}"), "a.tex"),
        (("info", "{weights}", "--figure", "{file}"), "filters.png"),
        (("convert", "{weights}", "{file}"), "mine_x3.safetensors"),
    ],
)
def test_a_file_is_replaced_only_if_asked(
    srcnn: Srcnn,
    photo: Path,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    name: str,
):
    folder, pictures = tmp_path / "results", tmp_path / "pictures"
    folder.mkdir()
    pictures.mkdir()
    shutil.copy(photo, pictures)
    file = folder / name
    file.write_text(OLDER)
    places = {"photo": photo, "pictures": pictures, "weights": weights}
    args = [word.format(file=file, folder=folder, **places) for word in words]
    with monkeypatch.context() as patch:
        patch.setattr(benchmark, "measure", None)  # too early for that
        told = srcnn(*args, code=1).err
    assert f"{name} exists already" in told
    assert "--overwrite" in told
    assert file.read_text() == OLDER
    srcnn(*args, "--overwrite")
    assert file.read_bytes() != OLDER.encode()


@pytest.mark.parametrize(
    "words",
    [
        ("upscale", "{photo}", "--method", "nearest", "--output", "{photo}"),
        ("upscale", "{photo}", "--method", "nearest", "--output", "{new}", "--report", "{photo}"),
        ("compare", "{photo}", *BICUBIC, "--json", "{photo}"),
        ("compare", "{link}", *BICUBIC, "--figure", "{photo}"),
        ("measure", "{photo}", "--truth", "{photo}", "--json", "{photo}"),
        ("benchmark", "{folder}", *BICUBIC, "--json", "{photo}"),
        ("info", "{weights}", "--figure", "{drawn}"),
        ("convert", "{weights}", "{weights}"),
    ],
)
def test_what_is_read_is_never_replaced(
    srcnn: Srcnn, photo: Path, weights: Path, tmp_path: Path, words: tuple[str, ...]
):
    link, drawn = tmp_path / "link.png", tmp_path / "drawn.png"
    link.symlink_to(photo)
    drawn.symlink_to(weights)
    places = {"photo": photo, "link": link, "weights": weights, "drawn": drawn, "folder": tmp_path}
    places["new"] = tmp_path / "new.png"
    before = photo.read_bytes(), weights.read_bytes()
    told = srcnn(*(word.format(**places) for word in words), "--overwrite", code=1).err
    assert "is read, so it is not replaced" in told
    assert (photo.read_bytes(), weights.read_bytes()) == before


def test_no_file_is_written_twice(srcnn: Srcnn, photo: Path, tmp_path: Path):
    file = tmp_path / "a.txt"
    printed = srcnn("benchmark", photo.parent, *BICUBIC, "--json", file, "--csv", file, code=1)
    assert "a.txt would be written twice" in printed.err
    assert not file.exists()


def test_a_file_that_appears_meanwhile_stays(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file, real = tmp_path / "a.json", benchmark.measure

    def late(*args, **options):
        file.write_text(OLDER)
        return real(*args, **options)

    monkeypatch.setattr(benchmark, "measure", late)
    printed = srcnn("compare", photo, *BICUBIC, "--json", file, code=1)
    assert "a.json exists already" in printed.err
    assert file.read_text() == OLDER
