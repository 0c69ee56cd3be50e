"""The job: every picture, scale and method, what is left out, what is remembered, how long yet."""

from __future__ import annotations

import pytest
from PIL import Image

from srcnn.benchmark import Choice, run_benchmark
from srcnn.errors import Cancelled, DataError
from srcnn.paper import content_hash
from srcnn.picture import load_picture
from srcnn.report import SkippedImage
from srcnn.resize import Border
from srcnn.samples import SAMPLES
from srcnn_gui.benchmark.forecast import Forecast
from srcnn_gui.benchmark.memory import Memory
from srcnn_gui.benchmark.plan import Column, Measured, Plan, Step
from srcnn_gui.benchmark.work import measure_all, pictures_of


@pytest.fixture
def folder(tmp_path, pixels):
    """Two pictures, one below the other, and between them a file that is none."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    Image.fromarray(pixels(61, 50)).save(folder / "a.png")
    (folder / "broken.png").write_bytes(b"no picture")
    Image.fromarray(pixels(48, 52, seed=1)).save(folder / "more/b.bmp")
    return folder


def never():
    return False


def plan(folder, methods, scales, border=Border.CLAMP, **options):
    columns = [Column(method, method.label, "a processor") for method in methods]
    return Plan(folder, columns, scales, border, **options)


def found(plan, memory=None, should_stop=never):
    findings = []
    measure_all(plan, Memory() if memory is None else memory, findings.append, should_stop)
    return findings


def rows(findings):
    return [finding for finding in findings if isinstance(finding, Measured)]


def test_the_figures_are_those_of_the_command_line(folder, fake):
    methods = [fake("first"), fake("second", offset=0.1)]
    measured = [one.row for one in rows(found(plan(folder, methods, (2, 3))))]
    wanted = [
        row
        for row in run_benchmark(folder, Choice(methods, (2, 3)))
        if not isinstance(row, SkippedImage)
    ]
    assert len(measured) == len(wanted) == 8
    for one, other in zip(measured, wanted, strict=True):
        assert (one.image, one.scale, one.method) == (other.image, other.scale, other.method)
        assert (one.psnr_db, one.ssim) == (other.psnr_db, other.ssim)
        assert one.seconds > 0


def test_a_file_that_is_no_picture_is_listed_and_the_rest_goes_on(folder, fake):
    findings = found(plan(folder, [fake()], (2,)))
    (skipped,) = [one for one in findings if isinstance(one, SkippedImage)]
    assert skipped.image == "broken.png"
    assert skipped.reason
    assert [one.row.image for one in rows(findings)] == ["a.png", "more/b.bmp"]
    last = [one for one in findings if isinstance(one, Step)][-1]
    assert last.done == last.total == 3


def test_a_picture_too_small_for_a_scale_is_left_out_there_alone(tmp_path, fake, pixels):
    Image.fromarray(pixels(16, 17)).save(tmp_path / "small.png")
    findings = found(plan(tmp_path, [fake()], (2, 4)))
    assert [one.row.scale for one in rows(findings)] == [2]
    (skipped,) = [one for one in findings if isinstance(one, SkippedImage)]
    assert "\N{MULTIPLICATION SIGN}4" in skipped.reason


def test_a_method_is_asked_for_its_own_scales_only(folder, fake):
    both, one = fake("both"), fake("one")
    one.scales = frozenset({3})
    measured = [(m.row.scale, m.row.method) for m in rows(found(plan(folder, [both, one], (2, 3))))]
    assert measured == [(2, "both"), (3, "both"), (3, "one")] * 2


def test_what_was_measured_is_not_measured_again_under_another_name(folder, fake, tmp_path):
    method, memory = fake(), Memory()
    first = rows(found(plan(folder, [method], (2,)), memory))
    calls = method.calls
    copies = tmp_path / "copies"
    copies.mkdir()
    with Image.open(folder / "a.png") as picture:
        picture.save(copies / "other name.bmp")
    (again,) = rows(found(plan(copies, [method], (2,)), memory))
    assert method.calls == calls
    assert again.is_remembered
    assert again.row.image == "other name.bmp"
    assert again.row.psnr_db == first[0].row.psnr_db
    assert again.path == copies / "other name.bmp"


@pytest.mark.parametrize("change", ["method", "scale", "border", "picture"])
def test_what_depends_on_something_else_is_measured(folder, fake, pixels, change):
    method, memory = fake(), Memory()
    found(plan(folder, [method], (2,)), memory)
    scales, border = (2,), Border.CLAMP
    if change == "method":
        method = fake(offset=0.3)
    elif change == "scale":
        scales = (4,)
    elif change == "border":
        border = Border.MIRROR
    else:
        Image.fromarray(pixels(61, 50, seed=5)).save(folder / "a.png")
    again = rows(found(plan(folder, [method], scales, border), memory))
    assert not again[0].is_remembered


def test_a_cancelled_measurement_goes_on_where_it_stopped(folder, fake):
    method, memory, told = fake(), Memory(), []
    with pytest.raises(Cancelled):
        measure_all(
            plan(folder, [method], (2, 3)), memory, told.append, lambda: len(rows(told)) >= 3
        )
    assert len(rows(told)) == 3
    again = rows(found(plan(folder, [method], (2, 3)), memory))
    assert [one.is_remembered for one in again] == [True, True, True, False]


def test_rows_carry_the_content_of_their_picture(folder, fake):
    for one in rows(found(plan(folder, [fake()], (2,)))):
        assert one.content == content_hash(load_picture(folder / one.row.image).pixels)


def test_without_a_folder_the_samples_are_measured():
    assert [path for _, path in pictures_of(None)] == [sample.path for sample in SAMPLES]


def test_an_empty_folder_is_said(tmp_path, fake):
    with pytest.raises(DataError):
        found(plan(tmp_path, [fake()], (2,)))


def test_the_forecast_knows_that_methods_differ(fake):
    fast, slow = fake("fast"), fake("slow")
    forecast = Forecast([(2, fast), (2, slow)], 3)
    assert forecast.left_s((2, "fast"), 0.0) is None
    forecast.finish((2, "fast"), 1.0)
    assert forecast.left_s((2, "slow"), 5.0) is None
    forecast.finish((2, "slow"), 10.0)
    assert forecast.left_s((2, "fast"), 0.0) == pytest.approx(22.0)
    assert forecast.left_s((2, "fast"), 0.5) == pytest.approx(21.5)
    assert forecast.left_s((2, "fast"), 9.0) == pytest.approx(21.0)  # late, but no more than it
    forecast.finish((2, "fast"), 3.0)
    forecast.pass_over((2, "slow"))
    assert forecast.left_s((2, "fast"), 0.0) == pytest.approx(2.0 + 10.0)
    forecast.finish((2, "fast"), 1.0)
    forecast.finish((2, "slow"), 1.0)
    assert forecast.left_s((2, "fast"), 0.0) == 0.0
