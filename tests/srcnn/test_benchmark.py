"""Rows of figures: the numbers, what becomes of bad pictures, progress and cancelling."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from srcnn.benchmark import Choice, compare, measure, run_benchmark
from srcnn.device import cpu_device
from srcnn.errors import Cancelled, DataError
from srcnn.method import ALL_SCALES, Method, MethodEnvironment
from srcnn.picture import load_picture
from srcnn.registry import load_methods
from srcnn.report import BenchmarkRow, SkippedImage
from srcnn.resize import Border
from srcnn.tiles import render_tiles
from srcnn.types import Planes
from srcnn.weights import bundled_weights, load_weights_folder

METHODS = load_methods(MethodEnvironment(cpu_device()))
BICUBIC = METHODS["bicubic"]


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_figures_are_those_of_scikit_image(photo: Path, method: Method, scale: int):
    comparison = compare(load_picture(photo), scale)
    measured = measure(comparison, method, "photo.png")
    inside = (slice(scale, -scale), slice(scale, -scale))
    truth, luma = comparison.truth.luma[inside], measured.luma[inside]
    assert measured.row.psnr_db == pytest.approx(
        peak_signal_noise_ratio(truth, luma, data_range=255), abs=1e-9
    )
    assert measured.row.ssim == pytest.approx(
        structural_similarity(
            truth,
            luma,
            data_range=255,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        ),
        abs=1e-9,
    )


@pytest.mark.parametrize("border", Border)
@pytest.mark.parametrize("method_id", ["nearest", "bicubic", "lanczos", "srcnn:2-2"])
def test_what_is_measured_is_the_luma_of_the_tiles_that_are_shown(
    photo: Path, unchanging: Path, border: Border, method_id: str
):
    weights = [one.renamed("2-2") for one in load_weights_folder(unchanging)]
    method = load_methods(MethodEnvironment(cpu_device(), weights, border))[method_id]
    comparison = compare(load_picture(photo), 3, border)
    luma = measure(comparison, method, "photo.png").luma
    for tile in render_tiles(comparison.enlargement(method)):
        np.testing.assert_array_equal(luma[tile.region.slices], tile.luma)


class Counting(Method):
    """Bicubic that counts how often it is called."""

    id = "counting"
    label = "Counting"
    rank = 1
    scales = ALL_SCALES
    context = 2
    fingerprint = "counting"

    def __init__(self) -> None:
        self.calls = 0

    def enlarge(self, planes: Planes, scale: int) -> Planes:
        self.calls += 1
        return BICUBIC.enlarge(planes, scale)


@pytest.mark.parametrize("warm_up", [True, False])
def test_the_clock_starts_after_one_tile_and_stops_before_the_metrics(
    photo: Path, monkeypatch: pytest.MonkeyPatch, warm_up: bool
):
    method = Counting()
    monkeypatch.setattr("time.perf_counter", lambda: float(method.calls))
    row = measure(compare(load_picture(photo), 2), method, "photo.png", warm_up=warm_up).row
    tiles = 2 * 2  # of 144 pixels in 214 x 156
    assert row.seconds == tiles
    assert method.calls == tiles + warm_up


@pytest.fixture
def folder(tmp_path: Path, photo: Path) -> Path:
    """Return a folder with two good pictures and one that is good for x2 and x3 only."""
    folder = tmp_path / "set"
    (folder / "below").mkdir(parents=True)
    pixels = np.asarray(Image.open(photo))
    Image.fromarray(pixels[:60, :80]).save(folder / "b.bmp")
    Image.fromarray(pixels[:50, :90, 0]).save(folder / "below" / "grey.PNG")
    Image.fromarray(pixels[:18, :40]).save(folder / "small.png")
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_bytes(b"no picture")
    return folder


def test_rows_come_picture_by_picture_scale_by_scale(folder: Path):
    choice = Choice([BICUBIC, METHODS["nearest"]], (3, 2))
    rows = list(run_benchmark(folder, choice))
    assert all(isinstance(row, BenchmarkRow) for row in rows)
    assert [(row.image, row.scale, row.method) for row in rows] == list(
        itertools.product(["b.bmp", "below/grey.PNG", "small.png"], [3, 2], ["bicubic", "nearest"])
    )


def test_a_picture_that_cannot_be_used_is_skipped_and_the_rest_is_done(folder: Path):
    (folder / "a.png").write_text("no picture")
    results = list(run_benchmark(folder, Choice([BICUBIC], (2, 4))))
    skipped = [result for result in results if isinstance(result, SkippedImage)]
    rows = [result for result in results if isinstance(result, BenchmarkRow)]
    assert [one.image for one in skipped] == ["a.png", "small.png"]
    assert "not a picture" in skipped[0].reason
    assert skipped[1].reason.startswith("\N{MULTIPLICATION SIGN}4: ")
    assert [(row.image, row.scale) for row in rows] == [
        ("b.bmp", 2),
        ("b.bmp", 4),
        ("below/grey.PNG", 2),
        ("below/grey.PNG", 4),
        ("small.png", 2),
    ]


def test_a_method_is_warmed_up_once_a_scale(folder: Path):
    method = Counting()
    rows = list(run_benchmark(folder, Choice([method], (2, 3))))
    assert method.calls == len(rows) + 2  # one tile covers each of these pictures


def test_progress_never_goes_back_and_ends_at_the_end(folder: Path):
    told: list[tuple[float, int]] = []
    (folder / "a.png").write_text("no picture")
    choice = Choice([BICUBIC, METHODS["lanczos"]], (2, 3))
    list(run_benchmark(folder, choice, progress=lambda done, total: told.append((done, total))))
    done = [part for part, _ in told]
    assert done == sorted(done)
    assert told[-1] == (16, 16)  # 4 pictures, 2 scales, 2 methods


def test_it_stops_between_tiles(folder: Path):
    method = Counting()
    with pytest.raises(Cancelled):
        list(run_benchmark(folder, Choice([method], (2,)), should_stop=lambda: method.calls >= 2))
    assert method.calls == 2


def test_larger_pictures_than_allowed_are_skipped(folder: Path):
    results = run_benchmark(folder, Choice([BICUBIC], (2,)), max_megapixels=60 * 80 / 1e6 - 1e-6)
    assert [one.image for one in results if isinstance(one, SkippedImage)] == ["b.bmp"]


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_folder_without_pictures_is_an_error(tmp_path: Path, name: str):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=name):
        list(run_benchmark(tmp_path / name, Choice([BICUBIC], (2,))))


def test_an_even_picture_comes_back_identical(tmp_path: Path):
    Image.new("RGB", (40, 40), (10, 200, 30)).save(tmp_path / "even.png")
    (row,) = run_benchmark(tmp_path, Choice([BICUBIC], (2,)))
    assert isinstance(row, BenchmarkRow)
    assert row.psnr_db == math.inf
    assert row.ssim == 1


def test_the_gain_of_a_network_that_changes_nothing_is_nothing(photo: Path, unchanging: Path):
    weights = [one.renamed("9-1-5") for one in load_weights_folder(unchanging)]
    srcnn = load_methods(MethodEnvironment(cpu_device(), weights))["srcnn"]
    rows = list(run_benchmark(photo.parent, Choice([BICUBIC, srcnn], (2, 3, 4))))
    figures = [row.psnr_db for row in rows if isinstance(row, BenchmarkRow)]
    assert len(figures) == 6
    np.testing.assert_allclose(figures[::2], figures[1::2], atol=0.002)


Reference = dict[tuple[str, int, str], float]


def paper_table(path: Path) -> Reference:
    """Return PSNR in dB by image, scale and method."""
    lines = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    return {
        (image, int(scale), method): float(psnr_db)
        for image, scale, method, psnr_db, *_ in lines
        if psnr_db and method in ("bicubic", "srcnn")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "table", "scales"),
    [("Set5", "table1_set5.tsv", "2,3,4"), ("Set14", "table2_set14.tsv", "3")],
)
def test_the_tables_of_the_paper(
    shared: Path, tmp_path: Path, srcnn: Callable[..., object], folder: str, table: str, scales: str
):
    file = tmp_path / "figures.json"
    srcnn(
        *("benchmark", shared / "data" / folder, "--scales", scales),
        *("--methods", "bicubic,srcnn", "--weights", shared / "weights" / "9-1-5", "--json", file),
    )
    report = json.loads(file.read_text())
    found: Reference = {
        (Path(row["image"]).stem.removesuffix("_GT"), row["scale"], row["method"]): row["psnr_db"]
        for row in report["rows"]
    }
    found |= {
        ("average", mean["scale"], mean["method"]): mean["psnr_db"] for mean in report["averages"]
    }
    paper = paper_table(shared / "paper" / table)
    assert found.keys() == paper.keys()
    assert {
        key: found[key] - paper[key] for key in paper if abs(found[key] - paper[key]) > 0.01
    } == {}


@pytest.mark.slow
def test_bundled_weights_are_as_good_as_the_paper_and_as_their_cards_say(
    shared: Path, tmp_path: Path, srcnn: Callable[..., object]
):
    file = tmp_path / "figures.json"
    srcnn("benchmark", shared / "data" / "Set5", "--methods", "srcnn", "--json", file)
    means = {row["scale"]: row["psnr_db"] for row in json.loads(file.read_text())["averages"]}
    paper = paper_table(shared / "paper" / "table1_set5.tsv")
    cards = {weights.scale: weights.card.psnr["Set5"] for weights in bundled_weights()}
    for scale in (2, 3, 4):
        assert means[scale] >= paper["average", scale, "srcnn"]
        assert means[scale] == pytest.approx(cards[scale], abs=0.005)
