"""``srcnn benchmark`` and ``srcnn passport``: the averages of a folder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from PIL import Image

from tests.srcnn.command_work import interrupt_at

Srcnn: TypeAlias = Callable[..., Any]


def test_benchmark_prints_and_writes_tables(srcnn: Srcnn, photo: Path, tmp_path: Path):
    folder = tmp_path / "set"
    folder.mkdir()
    photo.rename(folder / "photo.png")
    (folder / "bad.png").write_text("no picture")
    endings = {"json": "json", "markdown": "md", "csv": "csv", "latex": "tex"}
    files = {name: tmp_path / f"table.{ending}" for name, ending in endings.items()}
    options = [text for name, path in files.items() for text in (f"--{name}", path)]
    printed = srcnn("benchmark", folder, "--methods", "nearest,bicubic", *options, code=1)
    titles = re.findall(r"^\N{MULTIPLICATION SIGN}(\d)\s*$", printed.out, re.MULTILINE)
    assert titles == ["2", "3", "4"]
    assert "skipped: bad.png: bad.png is not a picture" in printed.err
    report = json.loads(files["json"].read_text())
    assert [one["image"] for one in report["skipped"]] == ["bad.png"]
    assert len(report["rows"]) == len(report["averages"]) == 6
    assert report["protocol"]["shave"] == "scale"
    for row in report["rows"]:
        cell = f"{row['psnr_db']:.2f} / {row['ssim']:.4f}"
        assert all(cell in files[name].read_text() for name in ("markdown", "latex"))
        assert cell in printed.out
        assert str(row["psnr_db"]) in files["csv"].read_text()


def test_a_table_is_not_cut_off_in_a_pipe(srcnn: Srcnn, photo: Path, tmp_path: Path):
    long = tmp_path / "set" / f"{'long' * 30}.png"
    long.parent.mkdir()
    photo.rename(long)
    printed = srcnn("benchmark", long.parent, "--methods", "nearest,bicubic,lanczos")
    assert f"{long.name}  " in printed.out


def test_a_passport_shows_how_far_the_average_moves(srcnn: Srcnn, photo: Path):
    (photo.parent / "bad.png").write_text("no picture")
    printed = srcnn("passport", photo.parent, "--scale", 2, "--methods", "bicubic", code=1)
    assert "bicubic \N{MULTIPLICATION SIGN}2, 1 picture" in printed.out
    figures = dict(re.findall(r"^ *(\S.*?)  +(\d+\.\d\d) ", printed.out, re.MULTILINE))
    report = photo.parent / "a.json"
    srcnn("compare", photo, "--scale", 2, "--methods", "bicubic", "--json", report)
    expected = json.loads(report.read_text())["rows"][0]["psnr_db"]
    assert float(figures["the paper's protocol"]) == pytest.approx(expected, abs=0.006)
    assert float(figures["all of RGB"]) != pytest.approx(expected, abs=0.01)
    moved = re.search(r"all of RGB +\S+ +([+-]\d+\.\d\d)", printed.out)
    assert moved is not None
    difference = float(figures["all of RGB"]) - expected
    assert float(moved.group(1)) == pytest.approx(difference, abs=0.011)
    assert "skipped: bad.png" in printed.err


def test_a_passport_names_the_device_once(srcnn: Srcnn, photo: Path, unchanging: Path):
    options = ("--methods", "srcnn", "--weights", unchanging)
    assert srcnn("passport", photo.parent, *options).err.count("device: ") == 1


def test_an_interrupted_benchmark_is_130_and_leaves_nothing(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    interrupt_at(5, monkeypatch)
    args = ("--methods", "bicubic", "--json", tmp_path / "a.json")
    srcnn("benchmark", photo.parent, *args, code=130)
    assert list(tmp_path.iterdir()) == [photo]


def test_what_was_skipped_and_how_many_were_averaged_stands_in_every_table(
    srcnn: Srcnn, photo: Path, tmp_path: Path
):
    (photo.parent / "bad.png").write_text("no picture")
    markdown, latex = tmp_path / "a.md", tmp_path / "a.tex"
    args = ("--methods", "bicubic", "--scales", 3, "--markdown", markdown, "--latex", latex)
    assert "SSIM of 1 picture." in srcnn("benchmark", photo.parent, *args, code=1).out
    for file in (markdown, latex):
        text = file.read_text(encoding="utf-8")
        assert "skipped: bad.png" in text
        assert "SSIM of 1 picture." in text


def test_an_identical_picture_moves_no_average_to_nan(srcnn: Srcnn, tmp_path: Path):
    Image.new("L", (40, 40), 90).save(tmp_path / "flat.png")
    printed = srcnn("passport", tmp_path, "--methods", "bicubic").out
    assert "\N{INFINITY}" in printed
    assert "nan" not in printed
    assert "inf" not in printed
