"""``srcnn upscale`` for whole folders: names, what exists, reports, sharing, exit codes."""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from srcnn.tiles import Enlargement, Tile, render_batch

Srcnn = Callable[..., tuple[str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with pictures of three formats, one of them a folder further down."""
    root = tmp_path / "pictures"
    (root / "below").mkdir(parents=True)
    for name in ("a.bmp", "b.jpg", "below/c.webp"):
        Image.new("RGB", (8, 6), (200, 100, 50)).save(root / name)
    return root


@pytest.fixture
def upscale(srcnn: Srcnn, folder: Path, tmp_path: Path) -> Srcnn:
    """Return the command for that folder, into ``out``."""

    def call(*args: object, code: int = 0) -> tuple[str, str]:
        words = ("upscale", folder, "--output", tmp_path / "out", "--method", "nearest", *args)
        return srcnn(*words, code=code)

    return call


def names_below(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_names_and_format_are_chosen(upscale: Srcnn, tmp_path: Path):
    upscale("--name", "{number:02}_{stem}_{method}_x{scale}", "--format", "TIF", "--scale", 2)
    assert names_below(tmp_path / "out") == [
        "01_a_nearest_x2.tif",
        "02_b_nearest_x2.tif",
        "below/03_c_nearest_x2.tif",
    ]


def test_folders_below_are_left_out_if_that_is_wanted(upscale: Srcnn, tmp_path: Path):
    upscale("--flat")
    assert names_below(tmp_path / "out") == ["a.png", "b.jpg"]


def test_a_single_picture_with_a_format_goes_into_the_folder(
    srcnn: Srcnn, folder: Path, tmp_path: Path
):
    args = ("--output", tmp_path / "out", "--method", "nearest", "--format", "webp")
    srcnn("upscale", folder / "a.bmp", *args)
    assert names_below(tmp_path / "out") == ["a.webp"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--name", "../{stem}"), "--name"),
        (("--name", "{width}"), "{stem}, {suffix}"),
        (("--format", "gif"), "--format"),
        (("--overwrite", "--skip-existing"), "--skip-existing"),
        (("--overwrite", "--claim"), "--claim"),
    ],
)
def test_wrong_usage(upscale: Srcnn, tmp_path: Path, args: tuple[str, ...], said: str):
    assert said in " ".join(upscale(*args, code=2)[1].replace("│", " ").split())
    assert not (tmp_path / "out").exists()


def test_what_exists_fails_unless_it_is_to_be_skipped(upscale: Srcnn, tmp_path: Path):
    upscale("--flat")
    before = (tmp_path / "out" / "a.png").stat().st_mtime_ns
    out, err = upscale(code=1)
    assert err.count("exists already") == 2
    assert out.splitlines()[-1].startswith("1 done, 0 skipped, 2 failed in ")
    for option in ("--skip-existing", "--claim"):
        out, err = upscale(option)
        assert err.count("skipped: ") == 3
        assert out.splitlines()[-1].startswith("0 done, 3 skipped, 0 failed in ")
        assert out.endswith(" MP/s)\n")
    assert (tmp_path / "out" / "a.png").stat().st_mtime_ns == before
    upscale("--overwrite")
    assert (tmp_path / "out" / "a.png").stat().st_mtime_ns > before


def test_a_claimed_batch_leaves_results_only(upscale: Srcnn, tmp_path: Path):
    upscale("--claim")
    assert names_below(tmp_path / "out") == ["a.png", "b.jpg", "below/c.webp"]


def test_a_report_says_what_became_of_every_picture(upscale: Srcnn, folder: Path, tmp_path: Path):
    (folder / "b.jpg").write_bytes(b"no picture")
    report = tmp_path / "report.csv"
    upscale("--report", report, "--scale", 2, code=1)
    rows = rows_of(report)
    assert [row["status"] for row in rows] == ["done", "failed", "done"]
    assert rows[0]["input"] == str(folder / "a.bmp")
    assert (rows[0]["input_size"], rows[0]["output_size"]) == ("8x6", "16x12")
    assert (rows[0]["method"], rows[0]["scale"]) == ("nearest", "2")
    assert int(rows[0]["bytes"]) == (tmp_path / "out" / "a.png").stat().st_size
    assert "not a picture" in rows[1]["error"]
    assert rows[1]["hint"]
    upscale("--report", report, "--skip-existing", code=1)
    assert [row["status"] for row in rows_of(report)[3:]] == ["skipped", "failed", "skipped"]


def test_a_report_that_cannot_be_written_stops_before_the_work(upscale: Srcnn, tmp_path: Path):
    upscale("--report", tmp_path / "missing" / "r.csv", code=1)
    assert not (tmp_path / "out").exists()


def test_a_report_with_missing_lines_is_said_and_is_1(
    upscale: Srcnn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    err = upscale("--report", tmp_path / "r.csv", code=1)[1]
    assert "The report is not complete" in err
    assert "r.csv was not saved" in err
    assert names_below(tmp_path / "out") == ["a.png", "b.jpg", "below/c.webp"]


def test_an_interrupted_batch_is_130_and_leaves_neither_part_nor_claim(
    upscale: Srcnn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    calls = itertools.count()

    def render(enlargement: Enlargement, indices: Sequence[int]) -> list[Tile]:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return render_batch(enlargement, indices)

    monkeypatch.setattr("srcnn.tiles.render_batch", render)
    err = upscale("--claim", "--report", tmp_path / "r.csv", code=130)[1]
    assert "interrupted: 1 done, 2 left" in err
    assert "--skip-existing" in err
    assert names_below(tmp_path / "out") == ["a.png"]
    assert [row["status"] for row in rows_of(tmp_path / "r.csv")] == ["done"]


def test_a_folder_that_is_there_takes_a_single_picture(srcnn: Srcnn, folder: Path, tmp_path: Path):
    (tmp_path / "out").mkdir()
    args = ("--output", tmp_path / "out", "--method", "nearest")
    srcnn("upscale", folder / "a.bmp", *args)
    assert names_below(tmp_path / "out") == ["a.png"]


def test_many_pictures_need_a_folder(srcnn: Srcnn, folder: Path, tmp_path: Path):
    pictures = (folder / "a.bmp", folder / "b.jpg")
    srcnn("upscale", *pictures, "--output", tmp_path / "out.png", code=2)
    assert not (tmp_path / "out.png").exists()


def test_a_picture_that_is_not_there_is_told_first(srcnn: Srcnn, tmp_path: Path):
    err = srcnn("upscale", tmp_path / "mising", "--output", tmp_path / "out", code=1)[1]
    assert "There is no file" in err


def test_shards_keep_the_numbers_of_the_whole(upscale: Srcnn, tmp_path: Path):
    upscale("--shard", "2/3", "--name", "{number}_{stem}")
    assert names_below(tmp_path / "out") == ["2_b.jpg"]


def test_a_folder_with_results_only_is_told(srcnn: Srcnn, folder: Path):
    err = srcnn("upscale", folder, "--output", folder, "--method", "nearest", code=1)[1]
    assert "where results go" in err


@pytest.mark.parametrize(
    ("wanted", "name", "scale"),
    [
        (("--factor", "2.5"), "a_x2.5.png", "3"),
        (("--longest", "12"), "a_x12.png", "2"),
        (("--size", "32x24"), "a_x32x24.png", "4"),
        (("--scale", "2"), "a_x02.png", "2"),
    ],
)
def test_names_and_reports_tell_the_size_that_was_wanted(
    srcnn: Srcnn, folder: Path, tmp_path: Path, wanted: tuple[str, str], name: str, scale: str
):
    report = tmp_path / "r.csv"
    args = ("--output", tmp_path / "out", "--method", "nearest", "--name", "{stem}_x{scale:02}")
    srcnn("upscale", folder / "a.bmp", *args, "--report", report, *wanted)
    assert names_below(tmp_path / "out") == [name]
    assert [row["scale"] for row in rows_of(report)] == [scale]


def test_a_file_that_is_no_report_is_not_written_to(upscale: Srcnn, tmp_path: Path):
    notes = tmp_path / "notes.csv"
    notes.write_bytes(b"my notes\nwithout an end")
    err = upscale("--report", notes, code=1)[1]
    assert "no report" in err
    assert "hint: " in err
    assert notes.read_bytes() == b"my notes\nwithout an end"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", [("--shard", "2/3"), ("--claim",)])
def test_of_a_shared_report_nothing_is_cut_off(
    upscale: Srcnn, tmp_path: Path, option: tuple[str, ...]
):
    report = tmp_path / "r.csv"
    upscale("--report", report, "--shard", "1/3")
    half = report.read_bytes()[:-9]
    report.write_bytes(half)
    upscale("--report", report, *option)
    assert report.read_bytes().startswith(half)
    report.write_bytes(half)
    upscale("--report", report, "--shard", "1/1", "--overwrite")
    assert [row["status"] for row in rows_of(report)] == ["done"] * 3
