"""The command line: what it prints, writes and returns."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio
from typing_extensions import override

from srcnn import __version__
from srcnn.commands.terminal import progress_bar
from srcnn.device import cpu_device
from srcnn.method import MethodEnvironment
from srcnn.picture import load_picture
from srcnn.registry import load_methods
from srcnn.resources import resource_path
from srcnn.source import PictureSource, degraded_source, make_truth
from srcnn.tiles import Enlargement, Tile, render_batch, render_tiles
from srcnn.weights import load_weights, load_weights_folder

Srcnn: TypeAlias = Callable[..., Any]


def pixels_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image)


def assembled(enlargement: Enlargement) -> NDArray[Any]:
    """Return the pixels of all tiles, put together here."""
    size = enlargement.size
    pixels = np.zeros((size.height, size.width, 3), np.uint8)
    for tile in render_tiles(enlargement):
        pixels[tile.region.slices] = tile.pixels
    return pixels


def modules_after(*args: object) -> set[str]:
    """Return what is imported after a command has run in a process of its own."""
    code = (
        "import sys\nfrom srcnn import cli\n"
        f"try:\n    {'cli.main(sys.argv[1:])' if args else 'pass'}\n"
        "finally:\n    print(*sys.modules, sep='\\n')\n"
    )
    command = [sys.executable, "-c", code, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return set(done.stdout.splitlines())


# --- starting ---------------------------------------------------------------------------------


def test_starting_imports_nothing_heavy():
    assert not {"torch", "matplotlib", "scipy", "skimage", "PySide6"} & modules_after()


def test_methods_in_numpy_do_not_wait_for_torch(photo: Path, tmp_path: Path):
    modules = modules_after(
        *("compare", photo, "--methods", "nearest,bicubic,lanczos", "--threads", 1),
        *("--json", tmp_path / "a.json", "--save", tmp_path / "saved"),
    )
    assert "torch" not in modules
    assert "matplotlib" not in modules


def test_the_version_is_told(srcnn: Srcnn):
    assert srcnn("--version").out.strip() == __version__


@pytest.mark.parametrize(
    "command", ["upscale", "compare", "measure", "benchmark", "info", "convert"]
)
def test_every_command_explains_itself(srcnn: Srcnn, command: str):
    assert f"srcnn {command}" in srcnn(command, "--help").out


@pytest.mark.parametrize(
    "args",
    [
        ("enlarge", "a.png"),
        ("upscale", "a.png"),
        ("upscale", "a.png", "--output", "b.png", "--scale", "5"),
        ("upscale", "a.png", "--output", "b.png", "--shard", "0/2"),
        ("upscale", "a.png", "--output", "b.png", "--shard", "3/2"),
        ("upscale", "a.png", "--output", "b.png", "--shard", "half"),
        ("upscale", "a.png", "--output", "b.png", "--border", "zero"),
        ("upscale", "a.png", "--output", "b.png", "--threads", "0"),
        ("compare", "a.png", "--methods", "bicubic,,srcnn"),
        ("compare", "a.png", "--figure", "figure.jpg"),
        ("compare", "a.png", "--figure", "f.png", "--crop", "1,2,3"),
        ("compare", "a.png", "--figure", "f.png", "--crop", "1,2,0,4"),
        ("compare", "a.png", "--figure", "f.png", "--crop=-1,2,3,4"),
        ("compare", "a.png", "--crop", "1,2,3,4"),  # and no figure
        ("measure", "a.png"),
        ("benchmark", ".", "--scales", "2,5"),
        ("benchmark", ".", "--scales", "two"),
        ("benchmark", ".", "--scales", ""),
        ("convert", "a.mat", "b.pth"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(srcnn: Srcnn, args: tuple[str, ...]):
    assert "Usage: srcnn" in srcnn(*args, code=2).err


# --- compare ----------------------------------------------------------------------------------


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


METHODS = ("nearest", "bicubic", "lanczos", "srcnn")


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


# --- measure ----------------------------------------------------------------------------------


def luma_by_hand(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return rounded BT.601 luma, from its definition."""
    red, green, blue = (pixels[..., channel].astype(np.float64) for channel in range(3))
    return np.round(16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255)


@pytest.mark.parametrize(("option", "shave"), [((), 0), (("--shave", 5), 5)])
def test_a_file_of_unknown_origin_is_measured_whole_or_as_told(
    srcnn: Srcnn, photo: Path, tmp_path: Path, option: tuple[object, ...], shave: int
):
    pixels = pixels_of(photo)
    noisy = np.clip(pixels + np.random.default_rng(0).integers(-9, 9, pixels.shape), 0, 255)
    result, file = tmp_path / "result.png", tmp_path / "a.json"
    Image.fromarray(noisy.astype(np.uint8)).save(result)
    printed = srcnn("measure", result, "--truth", photo, *option, "--json", file)
    assert f"shave {shave} px" in printed.out
    report = json.loads(file.read_text())
    height, width = pixels.shape[:2]
    inside = (slice(shave, height - shave), slice(shave, width - shave))
    assert report["protocol"]["shave"] == shave
    (row,) = report["rows"]
    assert row["psnr_db"] == pytest.approx(
        peak_signal_noise_ratio(
            luma_by_hand(pixels)[inside], luma_by_hand(noisy)[inside], data_range=255
        )
    )
    assert (row["image"], row["scale"], row["method"]) == (result.as_posix(), None, "result")


def test_a_told_shave_outranks_the_recorded_scale(srcnn: Srcnn, photo: Path, tmp_path: Path):
    srcnn("compare", photo, "--methods", "bicubic", "--save", tmp_path / "saved")
    file = tmp_path / "saved" / "photo_x3_bicubic.png"
    assert "shave 3 px" in srcnn("measure", file, "--truth", photo).out
    assert "shave 7 px" in srcnn("measure", file, "--truth", photo, "--shave", 7).out


def test_a_result_may_lack_what_modcrop_takes_away(srcnn: Srcnn, photo: Path, tmp_path: Path):
    pixels = pixels_of(photo)
    for name, part in {"whole": pixels, "less": pixels[:-3, :-1]}.items():
        Image.fromarray(part).save(tmp_path / f"{name}.png")
        assert "∞ (identical)" in srcnn("measure", tmp_path / f"{name}.png", "--truth", photo).out


@pytest.mark.parametrize("cut", [(4, 0), (0, 4), (-1, 0)])
def test_other_sizes_are_refused(srcnn: Srcnn, photo: Path, tmp_path: Path, cut: tuple[int, int]):
    with Image.open(photo) as image:
        image.crop((0, 0, image.width - cut[0], image.height - cut[1])).save(tmp_path / "b.png")
    printed = srcnn("measure", tmp_path / "b.png", "--truth", photo, code=1)
    assert "215 \N{MULTIPLICATION SIGN} 157" in printed.err


def test_grey_is_not_measured_against_colour(srcnn: Srcnn, photo: Path, tmp_path: Path):
    grey, stored_as_rgb = tmp_path / "grey.png", tmp_path / "rgb.png"
    with Image.open(photo) as image:
        image.convert("L").save(grey)
        image.convert("L").convert("RGB").save(stored_as_rgb)
    assert "one is grey" in srcnn("measure", grey, "--truth", photo, code=1).err
    assert "one is grey" in srcnn("measure", photo, "--truth", grey, code=1).err
    for result, truth in ((grey, stored_as_rgb), (stored_as_rgb, grey)):
        assert "∞ (identical)" in srcnn("measure", result, "--truth", truth).out


def test_one_bad_file_does_not_stop_the_measuring_of_others(
    srcnn: Srcnn, photo: Path, tmp_path: Path
):
    bad, file = tmp_path / "bad.png", tmp_path / "a.json"
    bad.write_text("no picture")
    printed = srcnn("measure", bad, photo, "--truth", photo, "--json", file, code=1)
    assert "error: bad.png is not a picture" in printed.err
    report = json.loads(file.read_text())
    assert [row["psnr_db"] for row in report["rows"]] == ["inf"]
    assert [one["image"] for one in report["skipped"]] == [bad.as_posix()]


def test_nothing_measured_is_still_a_report(srcnn: Srcnn, photo: Path, tmp_path: Path):
    (tmp_path / "bad.png").write_text("no picture")
    file = tmp_path / "a.json"
    srcnn("measure", tmp_path / "bad.png", "--truth", photo, "--json", file, code=1)
    report = json.loads(file.read_text())
    assert (report["rows"], report["averages"]) == ([], [])
    assert report["protocol"]["shave"] == 0


# --- benchmark --------------------------------------------------------------------------------


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


# --- weights and devices ----------------------------------------------------------------------


def test_given_weights_are_the_method_srcnn(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path
):
    for weights in (unchanging, unchanging / "any_x3.safetensors"):
        file = tmp_path / f"{weights.name}.json"
        printed = srcnn(
            *("compare", photo, "--weights", weights, "--json", file, "--threads", 1),
        )
        bicubic, own = json.loads(file.read_text())["rows"]
        assert own["method"] == "srcnn"
        assert own["psnr_db"] == pytest.approx(bicubic["psnr_db"], abs=0.002)
        assert "device: " in printed.err


@pytest.mark.parametrize("command", ["compare", "benchmark", "upscale"])
def test_as_many_tiles_at_a_time_as_wanted(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
):
    told = set()

    def spy(compute, items, threads, should_stop):
        told.add(threads)
        return map(compute, items)

    monkeypatch.setattr("srcnn.tiles.in_order", spy)
    args = {
        "compare": ("compare", photo, "--methods", "bicubic", "--save", tmp_path / "saved"),
        "benchmark": ("benchmark", photo.parent, "--methods", "bicubic"),
        "upscale": ("upscale", photo, "--output", tmp_path / "b.png", "--method", "bicubic"),
    }[command]
    srcnn(*args, "--threads", 7)
    assert told == {7}


@pytest.mark.parametrize("command", ["compare", "benchmark"])
def test_figures_say_how_they_were_computed(
    srcnn: Srcnn, photo: Path, tmp_path: Path, command: str
):
    target = tmp_path / "figures.json"
    place = photo if command == "compare" else photo.parent
    args = ("--methods", "bicubic", "--device", "cpu", "--threads", 2, "--fast")
    srcnn(command, place, *args, "--json", target)
    computed = json.loads(target.read_text(encoding="utf-8"))["computed"]
    assert computed == {"device": "cpu", "threads": 2, "fast": True}


def test_fast_is_an_option_where_the_device_can(
    srcnn: Srcnn, photo: Path, unchanging: Path, monkeypatch: pytest.MonkeyPatch
):
    args = ("compare", photo, "--weights", unchanging, "--device", "cpu", "--fast")
    monkeypatch.setattr("srcnn.device._processor_field", lambda _name: "")
    printed = srcnn(*args)
    assert "--fast changes nothing" in printed.err
    assert "(fast)" not in printed.out
    monkeypatch.setattr("srcnn.device._processor_field", lambda _name: "sse avx512_bf16")
    monkeypatch.setattr("srcnn.fast_forward._has_fused_relu", lambda: False)  # on every processor
    printed = srcnn(*args)
    assert printed.err == ""
    assert "SRCNN (fast)" in printed.out


@pytest.mark.parametrize("command", ["compare", "benchmark", "upscale"])
def test_a_scale_without_weights_is_1(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path, command: str
):
    (unchanging / "any_x4.safetensors").unlink()
    args = {
        "compare": ("compare", photo, "--scale", 4),
        "benchmark": ("benchmark", photo.parent, "--scales", "2,4"),
        "upscale": ("upscale", photo, "--output", tmp_path / "b.png", "--scale", 4),
    }[command]
    printed = srcnn(*args, "--weights", unchanging, code=1)
    assert "\N{MULTIPLICATION SIGN}4" in printed.err
    assert "hint: " in printed.err
    assert not (tmp_path / "b.png").exists()


def test_info_tells_the_card_and_the_numbers(srcnn: Srcnn, unchanging: Path):
    path = unchanging / "any_x2.safetensors"
    facts = json.loads(srcnn("info", path, "--json").out)
    assert facts["scale"] == 2
    assert facts["network"] == "3-1-3-2-2"
    assert facts["parameters"] == (2 * 9 + 2) + (2 * 2 + 2) + (2 * 9 + 1)
    assert facts["receptive_field"] == 5
    assert facts["sha256"] == load_weights(path).digest
    assert facts["card"]["trained_on"] == ""
    told = srcnn("info", path).out
    assert "5 \N{MULTIPLICATION SIGN} 5 pixels" in told
    assert facts["sha256"] in told
    assert "trained on" not in told


def test_info_tells_what_the_card_of_a_trained_network_holds(
    srcnn: Srcnn, tmp_path: Path, unchanging: Path
):
    from dataclasses import replace

    from srcnn.weights import ModelCard, save_weights

    card = ModelCard("my run", "91 images", backprops=370000, psnr={"Set5": 32.39})
    weights = replace(load_weights(unchanging / "any_x2.safetensors"), card=card)
    save_weights(weights, tmp_path / "a.safetensors")
    told = srcnn("info", tmp_path / "a.safetensors").out
    assert "trained on       91 images" in told
    assert "370,000" in told
    assert "Set5 32.39" in told


@pytest.mark.parametrize("name", ["plain.pth", "named_x2.pth"])
def test_weights_are_converted_and_back(srcnn: Srcnn, tmp_path: Path, unchanging: Path, name: str):
    import torch

    weights = load_weights(unchanging / "any_x2.safetensors")
    names = [f"conv{layer}.{kind}" for layer in (1, 2, 3) for kind in ("weight", "bias")]
    arrays = (torch.from_numpy(array.copy()) for array in weights.arrays)
    torch.save(dict(zip(names, arrays, strict=True)), tmp_path / name)
    target = tmp_path / "converted_x2.safetensors"
    srcnn("convert", tmp_path / name, target)
    assert load_weights(target).digest == weights.digest
    assert load_weights(target).scale == 2


def test_weights_are_converted_to_onnx(srcnn: Srcnn, tmp_path: Path, unchanging: Path):
    runtime = pytest.importorskip("onnxruntime")
    srcnn("convert", unchanging / "any_x3.safetensors", tmp_path / "net.onnx")
    session = runtime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    plane = np.random.default_rng(0).random((1, 1, 17, 23), dtype=np.float32)
    (result,) = session.run(None, {session.get_inputs()[0].name: plane})
    np.testing.assert_allclose(result, plane, atol=1e-6)


# --- upscale ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_upscale_saves_the_tiles(srcnn: Srcnn, photo: Path, tmp_path: Path, scale: int):
    output = tmp_path / "large.png"
    printed = srcnn("upscale", photo, "--output", output, "--scale", scale, "--method", "bicubic")
    assert f"{output}  {215 * scale} \N{MULTIPLICATION SIGN} {157 * scale}" in printed.out
    method = load_methods(MethodEnvironment(cpu_device()))["bicubic"]
    expected = assembled(Enlargement(PictureSource(load_picture(photo)), method, scale))
    np.testing.assert_array_equal(pixels_of(output), expected)


def test_one_pixel_becomes_a_square(srcnn: Srcnn, tmp_path: Path, unchanging: Path):
    Image.new("RGB", (1, 1), (10, 200, 30)).save(tmp_path / "dot.png")
    for method in METHODS:
        srcnn(
            *("upscale", tmp_path / "dot.png", "--output", tmp_path / f"{method}.png"),
            *("--scale", 4, "--method", method, "--weights", unchanging),
        )
        expected = np.full((4, 4, 3), (10, 200, 30))
        np.testing.assert_allclose(pixels_of(tmp_path / f"{method}.png"), expected, atol=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of small pictures of several kinds."""
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    image = Image.new("RGB", (8, 6), (200, 100, 50))
    for name in ("a.bmp", "b.jpg", "c.PNG", "below/a.webp", "below/d.gif"):
        image.save(folder / name)
    return folder


def names_below(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


RESULTS = ["a.png", "b.jpg", "below/a.webp", "below/d.png", "c.PNG"]


def test_a_folder_keeps_its_structure(srcnn: Srcnn, folder: Path, tmp_path: Path):
    output = tmp_path / "large"
    srcnn("upscale", folder, "--output", output, "--method", "nearest", "--scale", 2)
    assert names_below(output) == RESULTS
    assert all(pixels_of(output / name).shape == (12, 16, 3) for name in RESULTS)


def test_results_below_the_folder_are_not_enlarged_again(srcnn: Srcnn, folder: Path):
    args = ("upscale", folder, "--output", folder / "out", "--method", "nearest", "--overwrite")
    srcnn(*args)
    srcnn(*args)
    assert names_below(folder / "out") == RESULTS


@pytest.mark.parametrize("count", [2, 4])
def test_shards_share_the_work(srcnn: Srcnn, folder: Path, tmp_path: Path, count: int):
    done = []
    for number in range(1, count + 1):
        output = tmp_path / f"part{number}"
        args = ("--method", "nearest", "--shard", f"{number}/{count}")
        srcnn("upscale", folder, "--output", output, *args)
        done += names_below(output)
    assert sorted(done) == RESULTS


def test_several_files_go_into_a_folder(srcnn: Srcnn, folder: Path, tmp_path: Path):
    output = tmp_path / "large"
    srcnn(
        *("upscale", folder / "a.bmp", folder / "below" / "a.webp"),
        *("--output", output, "--method", "nearest"),
    )
    assert names_below(output) == ["a.png", "a.webp"]


def test_two_pictures_do_not_become_one_file(srcnn: Srcnn, folder: Path, tmp_path: Path):
    Image.new("L", (5, 5)).save(folder / "a.png")
    output = tmp_path / "large"
    printed = srcnn("upscale", folder, "--output", output, "--method", "nearest", code=1)
    assert "would both become" in printed.err
    assert not output.exists()


def test_a_failed_picture_does_not_stop_the_rest(srcnn: Srcnn, folder: Path, tmp_path: Path):
    (folder / "b.jpg").write_bytes((folder / "b.jpg").read_bytes()[:200])
    output = tmp_path / "large"
    printed = srcnn("upscale", folder, "--output", output, "--method", "nearest", code=1)
    assert names_below(output) == [name for name in RESULTS if name != "b.jpg"]
    assert "error: b.jpg is damaged" in printed.err
    assert printed.err.splitlines()[-2:] == [
        "1 of 5 pictures failed:",
        f"  {folder / 'b.jpg'}",
    ]


def test_what_a_picture_loses_is_told(srcnn: Srcnn, tmp_path: Path):
    frames = [Image.new("L", (5, 5), level) for level in (10, 200)]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    args = ("--output", tmp_path / "a.png", "--method", "nearest")
    assert "only the first" in srcnn("upscale", tmp_path / "two.gif", *args).err
    assert (
        "only the first"
        in srcnn("compare", tmp_path / "two.gif", "--methods", "nearest", code=1).err
    )


# --- interruption and progress ----------------------------------------------------------------


def interrupt_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Ctrl+C be pressed while a tile, counted from 1, is computed."""
    tiles_seen = itertools.count(1)

    def render(enlargement: Enlargement, indices: Sequence[int]) -> list[Tile]:
        if next(tiles_seen) == number:
            raise KeyboardInterrupt
        return render_batch(enlargement, indices)

    monkeypatch.setattr("srcnn.tiles.render_batch", render)


def test_an_interrupted_upscale_is_130_and_leaves_nothing(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    interrupt_at(5, monkeypatch)
    before = sorted(tmp_path.rglob("*"))
    args = ("--output", tmp_path / "large.png", "--method", "bicubic")
    srcnn("upscale", photo, *args, code=130)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("name", "magic"), [("f.png", b"\x89PNG"), ("f.pdf", b"%PDF")])
def test_info_draws_the_filters(srcnn: Srcnn, tmp_path: Path, name: str, magic: bytes):
    (weights, *_) = sorted(resource_path("weights").glob("*.safetensors"))
    printed = srcnn("info", weights, "--figure", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(magic)
    assert "dead filters" in printed.out
    srcnn("info", weights, "--figure", tmp_path / "f.jpg", code=2)


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


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def test_a_bar_moves_on_a_terminal(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar("[b]photo.png") as advance:
        advance(1, 2)
    assert "[b]photo.png" in terminal.getvalue()
    assert "50%" in terminal.getvalue()


def test_no_memory_is_a_sentence(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("srcnn.tiles.render_batch", no_memory)
    args = ("--output", tmp_path / "large.png", "--method", "bicubic")
    assert "not enough memory" in srcnn("upscale", photo, *args, code=1).err
    assert not (tmp_path / "large.png").exists()
