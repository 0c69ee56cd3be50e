"""Options that would do nothing are refused or told, never passed over in silence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from srcnn.dictionary import bundled_dictionaries, load_dictionary, save_dictionary
from srcnn.resources import resource_path

Srcnn: TypeAlias = Callable[..., Any]


@pytest.mark.parametrize(
    "asked", [("--factor", 2.5), ("--size", "300x200"), ("--longest", 300)], ids=str
)
def test_a_scale_beside_another_size_is_refused(
    srcnn: Srcnn, photo: Path, tmp_path: Path, asked: tuple[str, object]
):
    output = tmp_path / "large.png"
    args = ("upscale", photo, "--output", output, "--method", "bicubic", *asked)
    printed = srcnn(*args, "--scale", 3, code=2)
    assert "--scale" in printed.err
    assert not output.exists()
    srcnn(*args)


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("a.png", ("--quality", 50), ["--quality changes nothing: PNG"]),
        ("a.webp", ("--half-chroma", "--compression", "small", "--lossless"), ["--half-chroma"]),
        ("a.jpg", ("--quality", 50, "--half-chroma", "--strip"), []),
        ("a.tif", ("--compression", "small"), []),
    ],
)
def test_a_choice_that_a_format_has_not_is_told(
    srcnn: Srcnn,
    photo: Path,
    tmp_path: Path,
    name: str,
    options: tuple[object, ...],
    told: list[str],
):
    args = ("upscale", photo, "--output", tmp_path / name, "--method", "bicubic", *options)
    said = srcnn(*args).err
    assert [text for text in told if text in said] == told
    assert ("changes nothing" in said) == bool(told)


def test_in_a_folder_the_format_of_all_results_counts(srcnn: Srcnn, photo: Path, tmp_path: Path):
    args = ("upscale", photo, "--output", tmp_path / "out", "--method", "bicubic", "--quality", 50)
    assert "--quality changes nothing: PNG" in srcnn(*args, "--format", "png").err
    assert "changes nothing" not in srcnn(*args, "--name", "{stem}_again").err


@pytest.mark.parametrize("command", ["upscale", "compare", "benchmark", "passport"])
def test_weights_that_no_method_uses_are_refused(
    srcnn: Srcnn, photo: Path, tmp_path: Path, command: str
):
    args = {
        "upscale": ("upscale", photo, "--output", tmp_path / "a.png", "--method", "bicubic"),
        "compare": ("compare", photo, "--methods", "bicubic"),
        "benchmark": ("benchmark", photo.parent, "--methods", "bicubic"),
        "passport": ("passport", photo.parent, "--methods", "bicubic"),
    }[command]
    printed = srcnn(*args, "--weights", resource_path("weights"), code=1)
    assert "none of the methods uses it" in printed.err
    assert "hint: " in printed.err


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    """Return a dictionary for the scale 3 of some of the program's atoms."""
    (known,) = (one for one in bundled_dictionaries() if (one.kind, one.scale) == ("ksvd", 3))
    path = tmp_path / "mine" / "dictionary.safetensors"
    path.parent.mkdir()
    save_dictionary(replace(known, low=known.low[:, :64], high=known.high[:, :64]), path)
    return path


def test_a_dictionary_of_ones_own_is_used(srcnn: Srcnn, photo: Path, dictionary: Path):
    args = ("compare", photo, "--scale", 3, "--methods", "ksvd,bicubic")
    usual, own = srcnn(*args).out, srcnn(*args, "--dictionary", dictionary).out
    digest = load_dictionary(dictionary).digest[:12]
    assert f"ksvd \u00d73: dictionary {digest}" in own
    assert digest not in usual
    psnrs = [re.search(r"K-SVD +(\d+\.\d\d)", text) for text in (usual, own)]
    assert psnrs[0] is not None
    assert psnrs[1] is not None
    assert float(psnrs[0].group(1)) > float(psnrs[1].group(1))


def test_a_dictionary_that_changes_nothing_is_refused(srcnn: Srcnn, photo: Path, dictionary: Path):
    args = ("compare", photo, "--dictionary", dictionary, "--scale")
    assert "none of the methods uses it" in srcnn(*args, 3, "--methods", "sc", code=1).err
    assert "is for \u00d73" in srcnn(*args, 2, "--methods", "ksvd", code=1).err
    said = srcnn("compare", photo, "--weights", dictionary, code=1).err
    assert "is a dictionary" in said
    assert "--dictionary" in said


@pytest.mark.parametrize("command", ["benchmark", "passport"])
def test_a_file_is_no_folder(srcnn: Srcnn, photo: Path, command: str):
    printed = srcnn(command, photo, "--methods", "bicubic", code=1)
    assert f"{photo} is a file" in printed.err
    assert "hint: " in printed.err


def test_no_picture_is_larger_than_nan(srcnn: Srcnn, photo: Path):
    srcnn("compare", photo, "--methods", "bicubic", "--max-megapixels", "nan", code=2)


def test_choices_for_networks_are_told_to_do_nothing_without_one(
    srcnn: Srcnn, photo: Path, tmp_path: Path
):
    args = ("upscale", photo, "--output", tmp_path / "a.png", "--method", "bicubic")
    for options in (("--fast",), ("--padding", "zeros")):
        assert "change nothing" in srcnn(*args, *options).err
        (tmp_path / "a.png").unlink()
    assert "change nothing" not in srcnn(*args).err


def test_a_shard_without_a_picture_says_so(srcnn: Srcnn, photo: Path, tmp_path: Path):
    args = ("upscale", photo, "--output", tmp_path / "a.png", "--method", "bicubic")
    assert "no picture in this shard" in srcnn(*args, "--shard", "2/2").err
    assert not (tmp_path / "a.png").exists()


def test_an_unknown_method_is_a_sentence_at_any_size(srcnn: Srcnn, photo: Path, tmp_path: Path):
    args = ("upscale", photo, "--output", tmp_path / "a.png", "--method", "bicubi")
    for size in (("--factor", 2.5), ("--scale", 2)):
        assert "Did you mean 'bicubic'?" in srcnn(*args, *size, code=1).err


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "photo.png", "--methods", "bicubic"),
        ("measure", "photo.png", "--truth", "photo.png"),
        ("benchmark", ".", "--methods", "bicubic", "--scales", "2"),
        ("info", resource_path("")),
    ],
    ids=lambda words: words[0],
)
def test_what_writes_nothing_overwrites_nothing(
    srcnn: Srcnn, photo: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[object, ...]
):
    monkeypatch.chdir(photo.parent)
    assert "nothing is to be written" in srcnn(*words, "--overwrite", code=2).err


def test_options_for_networks_and_for_folders_are_told_where_there_are_none(
    srcnn: Srcnn, photo: Path, tmp_path: Path
):
    args = ("upscale", photo, "--output", tmp_path / "a.png", "--method", "bicubic")
    said = srcnn(*args, "--device", "cpu", "--flat").err
    assert "--device, --fast and --padding are for networks" in said
    assert "--flat changes nothing" in said


def test_a_forecast_writes_no_report(srcnn: Srcnn, photo: Path, tmp_path: Path):
    args = ("upscale", photo, "--output", tmp_path / "a.png", "--method", "bicubic")
    assert "--report" in srcnn(*args, "--forecast", "--report", tmp_path / "r.csv", code=2).err


def test_a_report_takes_no_result_s_place(srcnn: Srcnn, photo: Path, tmp_path: Path):
    (tmp_path / "in").mkdir()
    photo.rename(tmp_path / "in" / "photo.png")
    args = ("upscale", tmp_path / "in", "--output", tmp_path / "out", "--method", "bicubic")
    taken = tmp_path / "out" / "photo.png"
    taken.parent.mkdir()
    said = srcnn(*args, "--name", "{stem}", "--report", taken, "--overwrite", code=1).err
    assert f"{taken} would be written twice" in said
    assert not taken.exists()
