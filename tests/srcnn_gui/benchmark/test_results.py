"""Cells, averages, the best, gains and distances to print."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from srcnn.benchmark import Choice
from srcnn.paper import _pictures
from srcnn.report import BenchmarkRow
from srcnn_gui.benchmark.cells import Quantity, in_words, signed, times_in_words
from srcnn_gui.benchmark.choices import Choices, choices_of_text
from srcnn_gui.benchmark.placing import place_labels
from srcnn_gui.benchmark.plan import Measured
from srcnn_gui.benchmark.results import Beside, Line, Results

BY_NAME = {(p.set_name, p.name): content for content, p in _pictures().items()}
MINUS = "\N{MINUS SIGN}"


def measured(image, method, psnr_db, *, scale=3, ssim=0.9, seconds=0.5, content=""):
    row = BenchmarkRow(image, scale, method, psnr_db, ssim, seconds)
    return Measured(row, method, Path("/") / image, content or f"of {image}")


@pytest.fixture
def results():
    """Two pictures, the second of which is the paper's bird, by two methods."""
    results = Results((3,), [("bicubic", "Bicubic"), ("srcnn", "SRCNN")])
    bird = BY_NAME["Set5", "bird"]
    results.add(measured("a.png", "bicubic", 30.0, ssim=0.80, seconds=0.01))
    results.add(measured("a.png", "srcnn", 31.5, ssim=0.85, seconds=0.2))
    results.add(measured("bird.png", "bicubic", 32.58, ssim=0.90, seconds=0.03, content=bird))
    results.add(measured("bird.png", "srcnn", 35.0, ssim=0.95, seconds=0.4, content=bird))
    return results


def cell(results, line, method, quantity=Quantity.PSNR, beside=Beside.NOTHING):
    found = results.cell(line, method, quantity, beside)
    return found.text, found.beside


def test_lines_are_pictures_and_then_the_average(results):
    assert results.lines == (Line(3, "a.png"), Line(3, "bird.png"), Line(3))


def test_cells_and_averages(results):
    assert cell(results, Line(3, "a.png"), "srcnn") == ("31.50", "")
    assert cell(results, Line(3), "bicubic") == ("31.29", "")
    assert cell(results, Line(3), "srcnn", Quantity.SSIM) == ("0.9000", "")
    assert cell(results, Line(3), "srcnn", Quantity.SECONDS) == ("0.300", "")
    assert cell(results, Line(2), "srcnn") == ("\N{EN DASH}", "")


def test_the_gain_is_over_bicubic(results):
    assert cell(results, Line(3, "a.png"), "srcnn", beside=Beside.GAIN) == ("31.50", "+1.50")
    assert cell(results, Line(3), "srcnn", beside=Beside.GAIN) == ("33.25", "+1.96")
    assert cell(results, Line(3, "a.png"), "bicubic", beside=Beside.GAIN) == ("30.00", "")
    gain = cell(results, Line(3, "a.png"), "srcnn", Quantity.SSIM, Beside.GAIN)
    assert gain == ("0.8500", "+0.0500")
    assert cell(results, Line(3), "srcnn", Quantity.SECONDS, Beside.GAIN)[1] == ""


def test_beside_a_time_stands_what_multiple_of_that_of_srcnn_it_is():
    results = Results((3,), [("bicubic", "Bicubic"), ("anr", "ANR"), ("srcnn", "SRCNN")])
    for name, seconds in (("bird", 0.4), ("head", 0.8)):
        content = BY_NAME["Set5", name]
        results.add(measured(name, "bicubic", 30.0, seconds=0.01, content=content))
        results.add(measured(name, "anr", 30.0, seconds=seconds, content=content))
        results.add(measured(name, "srcnn", 30.0, seconds=0.2, content=content))
    seconds = Quantity.SECONDS
    times = "\N{THIN SPACE}\N{MULTIPLICATION SIGN}"
    assert cell(results, Line(3), "anr", seconds, Beside.GAIN) == ("0.600", f"3.0{times}")
    printed = {
        m: [_pictures()[BY_NAME["Set5", n]].seconds[3, m] for n in ("bird", "head")]
        for m in ("anr", "srcnn")
    }
    multiple = times_in_words(sum(printed["anr"]) / sum(printed["srcnn"]))
    beside = cell(results, Line(3), "anr", seconds, Beside.PAPER)[1]
    assert beside == f"3.0{times}, paper {multiple}"
    assert cell(results, Line(3), "bicubic", seconds, Beside.PAPER)[1] == f"0.05{times}"
    assert cell(results, Line(3), "srcnn", seconds, Beside.PAPER)[1] == ""
    results.add(measured("other", "anr", 30.0))
    assert cell(results, Line(3), "anr", seconds, Beside.GAIN)[1] == ""  # not of the same pictures


def test_on_several_devices_times_are_told_in_that_of_the_processor():
    columns = [f"srcnn --device {device}" for device in ("cuda:0", "cpu")]
    results = Results((3,), [(column, column) for column in columns])
    for column, seconds in zip(columns, (0.1, 0.4), strict=True):
        row = BenchmarkRow("bird", 3, "srcnn", 35.0, 0.9, seconds, column.split()[-1])
        results.add(Measured(row, column, Path("/bird"), BY_NAME["Set5", "bird"]))
    assert results.clock == columns[1]
    fast = cell(results, Line(3), columns[0], Quantity.SECONDS, Beside.PAPER)
    assert fast == ("0.100", "0.25\N{THIN SPACE}\N{MULTIPLICATION SIGN}")
    assert cell(results, Line(3), columns[0], beside=Beside.PAPER)[1] == "+0.09"


def test_the_distance_to_print_is_known_where_the_picture_is(results):
    assert cell(results, Line(3, "bird.png"), "srcnn", beside=Beside.PAPER)[1] == "+0.09"  # 34.91
    assert cell(results, Line(3, "bird.png"), "bicubic", beside=Beside.PAPER)[1] == "±0.00"
    assert cell(results, Line(3, "a.png"), "srcnn", beside=Beside.PAPER)[1] == ""
    assert cell(results, Line(3), "srcnn", beside=Beside.PAPER)[1] == ""
    assert cell(results, Line(3, "bird.png"), "srcnn", Quantity.SSIM, Beside.PAPER)[1] == ""
    assert results.recognised == ("bird.png",)


def test_the_average_has_a_distance_if_every_picture_has_one():
    results = Results((3,), [("srcnn", "SRCNN")])
    for name, psnr_db in (("bird", 35.01), ("head", 33.49)):
        content = BY_NAME["Set5", name]
        results.add(measured(name, "srcnn", psnr_db, content=content))
    printed = [_pictures()[BY_NAME["Set5", name]].psnr_db[3, "srcnn"] for name in ("bird", "head")]
    expected = (35.01 + 33.49 - sum(printed)) / 2
    assert cell(results, Line(3), "srcnn", beside=Beside.PAPER)[1] == signed(expected, 2)
    assert expected > 0.005


def test_the_best_of_a_line(results):
    assert results.best(Line(3, "a.png"), Quantity.PSNR) == {"srcnn"}
    assert results.best(Line(3), Quantity.SECONDS) == {"bicubic"}
    results.add(measured("a.png", "bicubic", 31.499))
    assert results.best(Line(3, "a.png"), Quantity.PSNR) == {"bicubic", "srcnn"}  # as shown


def test_no_average_is_best_while_pictures_are_missing(results):
    results.add(measured("c.png", "bicubic", 40.0))
    assert results.best(Line(3), Quantity.PSNR) == frozenset()
    assert results.best(Line(3, "c.png"), Quantity.PSNR) == frozenset()


def test_the_report_is_in_the_order_of_the_table(results):
    results.add(measured("a.png", "srcnn", 29.0, scale=2))
    results.scales = (2, 3)
    report = results.report(Choice((), (2, 3)).protocols, {"device": "cpu"})
    assert [(row.scale, row.image, row.method) for row in report.rows] == [
        (2, "a.png", "srcnn"),
        (3, "a.png", "bicubic"),
        (3, "a.png", "srcnn"),
        (3, "bird.png", "bicubic"),
        (3, "bird.png", "srcnn"),
    ]
    assert '"device": "cpu"' in report.to_json()


def test_figures_in_words():
    assert in_words(math.inf, Quantity.PSNR) == "\N{INFINITY}"
    assert in_words(12.345, Quantity.SECONDS) == "12.3"
    assert signed(-0.004, 2) == "±0.00"
    assert signed(-0.2, 2) == f"{MINUS}0.20"
    assert signed(math.inf, 2) == signed(math.nan, 2) == ""


def test_choices_outlive_the_window():
    choices = Choices(Path("/pictures"), False, ("bicubic", "anr"), (2, 4), ("cuda:0", "cpu"))
    assert choices_of_text(choices.to_text()) == choices
    assert choices_of_text("") == choices_of_text("[1]") == Choices()
    wild = choices_of_text('{"folder": 7, "methods": [3, "anr"], "scales": [3, 9, "2"]}')
    assert wild == Choices(None, False, ("anr",), (3,))
    assert choices_of_text('{"methods": "srcnn", "scales": [[]]}') == Choices(scales=())
    assert choices_of_text('{"devices": ["cpu", 3]}') == Choices(devices=("cpu",))


@pytest.mark.parametrize(
    ("choices", "word"),
    [
        (Choices(), "folder"),
        (Choices(samples=True, methods=()), "method"),
        (Choices(samples=True, scales=()), "scale"),
    ],
)
def test_choices_say_what_is_missing(choices, word):
    assert word in choices.problem
    assert Choices(samples=True).problem == ""


def test_labels_hide_neither_one_another_nor_points():
    points = [(100.0, 100.0), (112.0, 101.0), (104.0, 112.0), (290.0, 20.0)]
    sizes = [(60.0, 14.0)] * 4
    corners = place_labels(points, sizes, (300.0, 200.0))
    boxes = [(x, y, x + 60, y + 14) for x, y in corners]
    dots = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    for place, box in enumerate(boxes):
        others = boxes[:place] + boxes[place + 1 :] + dots
        assert not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for other in others
        ), place
        assert box[0] >= 0
        assert box[2] <= 300
