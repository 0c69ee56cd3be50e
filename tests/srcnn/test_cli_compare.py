"""``srcnn compare``: figures, gains, what is saved, and figures for print."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from PIL import Image

from srcnn.device import cpu_device
from srcnn.method import MethodEnvironment
from srcnn.picture import load_picture
from srcnn.registry import load_methods
from srcnn.source import degraded_source, make_truth
from srcnn.tiles import Enlargement
from srcnn.weights import load_weights, load_weights_folder
from tests.srcnn.command_work import METHODS, assembled, pixels_of

Srcnn: TypeAlias = Callable[..., Any]


def test_compare_prints_figures_gains_and_the_protocol(srcnn: Srcnn, photo: Path):
    printed = srcnn("compare", photo, "--scale", 2, "--methods", "lanczos,bicubic")
    rows = {line.split()[0]: line.split() for line in printed.out.splitlines() if line.strip()}
    gain = float(rows["Lanczos-3"][1]) - float(rows["Bicubic"][1])
    assert float(rows["Lanczos-3"][3]) == pytest.approx(gain, abs=0.011)
    assert rows["Bicubic"][3] == "+0.00"
    assert "shave 2 px, bicubic input, clamp border" in printed.out
    assert printed.err == ""  # not a terminal: no bar


def test_the_gain_is_over_bicubic_even_if_that_is_not_shown(srcnn: Srcnn, photo: Path):
    both = srcnn("compare", photo, "--methods", "bicubic,lanczos").out
    alone = srcnn("compare", photo, "--methods", "lanczos").out
    gains = [re.search(r"Lanczos-3 .* ([+-]\d\.\d\d) ", text) for text in (both, alone)]
    assert gains[0] is not None
    assert gains[1] is not None
    assert gains[0][1] == gains[1][1]
    assert "Bicubic" not in alone


def test_compare_writes_the_schema_of_the_benchmark(srcnn: Srcnn, photo: Path, tmp_path: Path):
    one, many = tmp_path / "one.json", tmp_path / "many.json"
    methods = ("--methods", "lanczos,nearest")
    srcnn("compare", photo, "--scale", 4, *methods, "--json", one)
    srcnn("benchmark", photo.parent, "--scales", 4, *methods, "--json", many)
    first, second = json.loads(one.read_text()), json.loads(many.read_text())
    for row in (*first["rows"], *first["averages"], *second["rows"], *second["averages"]):
        assert row.pop("seconds") > 0
    assert first == second
    assert list(first["rows"][0]) == ["image", "scale", "method", "psnr_db", "ssim"]
    assert first["rows"][0]["image"] == "photo.png"


def test_the_border_rule_matters_and_is_told(srcnn: Srcnn, photo: Path, tmp_path: Path):
    figures = []
    for border in ("clamp", "mirror"):
        file = tmp_path / f"{border}.json"
        srcnn("compare", photo, "--methods", "bicubic", "--border", border, "--json", file)
        report = json.loads(file.read_text())
        assert report["protocol"]["border"] == border
        figures.append(report["rows"][0]["psnr_db"])
    assert 0 < abs(figures[0] - figures[1]) < 0.2


def test_what_networks_see_outside_matters_and_is_told(srcnn: Srcnn, photo: Path, tmp_path: Path):
    figures = {}
    for padding in ("replicate", "zeros", "normalised"):
        file = tmp_path / f"{padding}.json"
        args = ("--methods", "srcnn", "--padding", padding, "--json", file)
        printed = srcnn("compare", photo, *args, "--device", "cpu").out
        report = json.loads(file.read_text())
        usual = padding == "replicate"
        assert report["protocol"].get("padding", "replicate") == padding
        assert ("zero padding" in printed) != usual
        assert (f"SRCNN ({padding})" in printed) != usual
        figures[padding] = report["rows"][0]["psnr_db"]
    assert len(set(figures.values())) == 3
    assert max(figures, key=figures.get) == "replicate"  # what the weights were trained for


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_what_is_saved_is_what_is_measured(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path, scale: int
):
    saved, report = tmp_path / "saved", tmp_path / "a.json"
    srcnn(
        *("compare", photo, "--scale", scale, "--methods", ",".join(METHODS)),
        *("--weights", unchanging, "--save", saved, "--json", report),
    )
    compared = {row["method"]: row for row in json.loads(report.read_text())["rows"]}
    weights = [one.renamed("9-1-5") for one in load_weights_folder(unchanging)]
    registry = load_methods(MethodEnvironment(cpu_device(), weights))
    truth = make_truth(load_picture(photo), scale)
    source = degraded_source(truth, scale)
    np.testing.assert_array_equal(pixels_of(saved / f"photo_x{scale}_truth.png"), truth.pixels)
    for method in METHODS:
        file = saved / f"photo_x{scale}_{method}.png"
        enlargement = Enlargement(source, registry[method], scale)
        np.testing.assert_array_equal(pixels_of(file), assembled(enlargement))
        measured = tmp_path / f"{method}.json"
        printed = srcnn("measure", file, "--truth", photo, "--json", measured)
        assert f"luma of the saved RGB, shave {scale} px" in printed.out
        (row,) = json.loads(measured.read_text())["rows"]
        assert (row["scale"], row["method"], row["seconds"]) == (scale, method, None)
        assert row["psnr_db"] == pytest.approx(compared[method]["psnr_db"], abs=0.02)
        assert row["ssim"] == pytest.approx(compared[method]["ssim"], abs=0.002)
    assert len(list(saved.iterdir())) == len(METHODS) + 1


def test_a_method_named_after_weights_is_saved_under_a_harmless_name(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path
):
    folder = tmp_path / "collection"
    folder.mkdir()
    from srcnn.weights import save_weights

    for name in ("../mine", "other run"):
        weights = load_weights(unchanging / "any_x3.safetensors").renamed(name)
        save_weights(weights, folder / f"{len(name)}.safetensors")
    methods = "srcnn:../mine,srcnn:other run"
    saved, report = tmp_path / "saved", tmp_path / "measured.json"
    srcnn("compare", photo, "--methods", methods, "--weights", folder, "--save", saved)
    names = sorted(path.name for path in saved.iterdir())
    assert names == [
        "photo_x3_srcnn-..-mine.png",
        "photo_x3_srcnn-other-run.png",
        "photo_x3_truth.png",
    ]
    srcnn("measure", saved / names[1], "--truth", photo, "--json", report)
    (row,) = json.loads(report.read_text())["rows"]
    assert (row["method"], row["scale"]) == ("srcnn:other run", 3)


@pytest.mark.parametrize("name", ["figure.png", "figure.pdf"])
def test_a_figure_shows_the_crops_that_are_asked_for(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    drawn = []
    from srcnn import figure

    real = figure.draw_figure

    def spy(content: figure.FigureContent) -> Any:
        drawn.append(content)
        return real(content)

    monkeypatch.setattr(figure, "draw_figure", spy)
    crops = ("--crop", "130,100,40,30", "--crop", "0,0,20,20")  # the first covers four tiles
    saved, file = tmp_path / "saved", tmp_path / name
    printed = srcnn(
        *("compare", photo, "--scale", 2, "--methods", "nearest,lanczos"),
        *("--figure", file, *crops, "--save", saved),
    )
    assert "crop:" not in printed.err
    assert file.stat().st_size > 10_000
    (content,) = drawn
    original, nearest, lanczos = content.panels
    boxes = [(slice(100, 130), slice(130, 170)), (slice(20), slice(20))]
    for panel, kind in ((original, "truth"), (nearest, "nearest"), (lanczos, "lanczos")):
        whole = pixels_of(saved / f"photo_x2_{kind}.png")
        for crop, box in zip(panel.crops, boxes, strict=True):
            np.testing.assert_array_equal(crop, whole[box])
    assert re.fullmatch(r"Lanczos-3\n\d\d\.\d\d dB", lanczos.caption)
    assert original.caption == "Original\nPSNR"
    assert "PSNR of the whole picture" in content.protocol


@pytest.mark.parametrize(
    ("methods", "why"),
    [("nearest,lanczos", "lanczos gains most over bicubic"), ("bicubic", "bicubic errs most")],
)
def test_a_crop_that_is_chosen_is_told(
    srcnn: Srcnn, photo: Path, tmp_path: Path, methods: str, why: str
):
    file = tmp_path / "figure.png"
    printed = srcnn("compare", photo, "--methods", methods, "--figure", file)
    assert re.search(rf"crop: \d+,\d+,39,39 \(where {why}\)", printed.err)
    assert file.exists()


def test_a_grey_picture_is_compared_and_drawn_in_grey(srcnn: Srcnn, photo: Path, tmp_path: Path):
    grey = tmp_path / "grey.png"
    Image.fromarray(pixels_of(photo)[..., 0]).save(grey)
    saved = tmp_path / "saved"
    srcnn("compare", grey, "--methods", "bicubic", "--save", saved, "--figure", tmp_path / "f.png")
    with Image.open(saved / "grey_x3_bicubic.png") as image:
        assert image.mode == "L"


def test_identical_pictures_are_called_identical(srcnn: Srcnn, tmp_path: Path):
    even = tmp_path / "even.png"
    Image.new("RGB", (60, 60), (90, 10, 200)).save(even)
    file = tmp_path / "a.json"
    printed = srcnn("compare", even, "--methods", "bicubic,lanczos", "--json", file)
    assert "∞ (identical)" in printed.out
    assert [row["psnr_db"] for row in json.loads(file.read_text())["rows"]] == ["inf", "inf"]


def test_grey_pictures_stand_under_their_own_protocol(srcnn: Srcnn, photo: Path, tmp_path: Path):
    grey = tmp_path / "grey.png"
    with Image.open(photo) as image:
        image.convert("L").save(grey)
    assert "grey 0-255, uint8, shave 3 px" in srcnn("compare", grey, "--methods", "bicubic").out
    assert "grey 0-255" in srcnn("measure", grey, "--truth", grey).out
    assert "BT.601 luma" in srcnn("compare", photo, "--methods", "bicubic").out
