"""Figures written down: JSON, CSV, Markdown, LaTeX."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest

from srcnn.metrics import Protocol
from srcnn.report import BenchmarkRow, Report, SkippedImage, in_words

ROWS = (
    BenchmarkRow("a_b.png", 2, "bicubic", 30.0, 0.9, 0.25),
    BenchmarkRow("a_b.png", 2, "srcnn", 32.0, 0.92, 0.5),
    BenchmarkRow("c|d.png", 2, "bicubic", 31.0, 0.8, 0.75),
    BenchmarkRow("c|d.png", 2, "srcnn", math.inf, 1.0, 1.5),
    BenchmarkRow("a_b.png", 3, "bicubic", 28.004, 0.71, 0.125),
)
REPORT = Report(
    {2: Protocol(shave=2), 3: Protocol(shave=3)}, ROWS, (SkippedImage("e.png", "It is empty."),)
)


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")


def test_json_holds_everything_unrounded():
    report = json.loads(REPORT.to_json(), parse_constant=refuse)
    assert list(report) == ["protocol", "rows", "averages", "skipped"]
    assert report["rows"][4] == {
        "image": "a_b.png",
        "scale": 3,
        "method": "bicubic",
        "psnr_db": 28.004,
        "ssim": 0.71,
        "seconds": 0.125,
    }
    assert report["rows"][3]["psnr_db"] == "inf"
    assert report["skipped"] == [{"image": "e.png", "reason": "It is empty."}]
    assert report["averages"] == [
        {
            "scale": 2,
            "method": "bicubic",
            "psnr_db": 30.5,
            "ssim": pytest.approx(0.85),
            "seconds": 0.5,
        },
        {"scale": 2, "method": "srcnn", "psnr_db": "inf", "ssim": 0.96, "seconds": 1.0},
        {"scale": 3, "method": "bicubic", "psnr_db": 28.004, "ssim": 0.71, "seconds": 0.125},
    ]


def test_devices_are_told_where_there_are_several():
    rows = (
        BenchmarkRow("a.png", 2, "bicubic", 30.0, 0.9, 0.25, "cpu"),
        BenchmarkRow("a.png", 2, "srcnn", 32.0, 0.92, 0.5, "cuda:0"),
        BenchmarkRow("a.png", 2, "srcnn", 32.1, 0.92, 1.5, "cpu"),
    )
    report = Report({2: Protocol(shave=2)}, rows)
    read = list(csv.DictReader(io.StringIO(report.to_csv())))
    assert [(row["method"], row["device"]) for row in read] == [
        ("bicubic", "cpu"),
        ("srcnn", "cuda:0"),
        ("srcnn", "cpu"),
    ]
    content = json.loads(report.to_json())
    assert [row["device"] for row in content["rows"]] == ["cpu", "cuda:0", "cpu"]
    assert [row["seconds"] for row in content["averages"]] == [0.25, 0.5, 1.5]
    assert [row["device"] for row in content["averages"]] == ["cpu", "cuda:0", "cpu"]
    assert "| image | bicubic · cpu | srcnn · cuda:0 | srcnn · cpu |" in report.to_markdown()
    assert "| a.png | 30.00 / 0.9000 | 32.00 / 0.9200 | 32.10 / 0.9200 |" in report.to_markdown()
    assert "image & bicubic · cpu & srcnn · cuda:0 & srcnn · cpu" in report.to_latex()


def test_the_protocol_tells_the_shave():
    assert Report({3: Protocol(shave=3)}, ROWS).protocol == Protocol(shave=3).as_dict()
    assert REPORT.protocol == Protocol(shave=2).as_dict() | {"shave": "scale"}
    mixed = Report({3: Protocol(shave=3), None: Protocol(shave=0)}, ())
    assert mixed.protocol["shave"] == "scale, 0 where it is not known"


def test_csv_holds_the_rows_unrounded():
    rows = list(csv.DictReader(io.StringIO(REPORT.to_csv())))
    assert [float(row["psnr_db"]) for row in rows] == [row.psnr_db for row in ROWS]
    assert [row["image"] for row in rows] == [row.image for row in ROWS]
    assert list(rows[0]) == ["image", "scale", "method", "psnr_db", "ssim", "seconds"]


def test_unknown_scale_and_time_stay_empty():
    row = BenchmarkRow("a.png", None, "a", 30.0, 0.9, None)
    report = Report({None: Protocol(shave=0)}, (row,))
    (read,) = csv.DictReader(io.StringIO(report.to_csv()))
    assert (read["scale"], read["seconds"]) == ("", "")
    assert json.loads(report.to_json())["averages"][0]["seconds"] is None
    assert "scale not known" in report.to_markdown()


def test_markdown_has_a_table_a_scale_with_its_protocol():
    text = REPORT.to_markdown()
    assert "| a_b.png | 30.00 / 0.9000 | 32.00 / 0.9200 |" in text
    assert r"| c\|d.png | 31.00 / 0.8000 | ∞ / 1.0000 |" in text
    assert "| average | 30.50 / 0.8500 | ∞ / 0.9600 |" in text
    assert "| seconds | 0.500 | 1.000 |" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## \N{MULTIPLICATION SIGN}2",
        "## \N{MULTIPLICATION SIGN}3",
    ]
    assert text.count(Protocol(shave=2).describe()) == 1
    assert "- skipped: e.png: It is empty." in text


def test_latex_is_escaped_and_its_rows_have_all_columns():
    text = REPORT.to_latex()
    assert r"a\_b.png & 30.00 / 0.9000 & 32.00 / 0.9200 \\" in text
    assert r"$\infty$ / 1.0000" in text
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
    first = text.split(r"\end{tabular}")[0]
    assert {line.count(" & ") for line in first.splitlines() if line.endswith(r"\\")} == {2}
    odd = Report({2: Protocol(shave=2)}, (BenchmarkRow("50%&~^{}\\.png", 2, "a", 1, 1, 1),))
    assert r"50\%\&\textasciitilde{}\textasciicircum{}\{\}\textbackslash{}.png" in odd.to_latex()


def test_identical_pictures_are_called_so():
    assert in_words(math.inf) == "∞ (identical)"
    assert in_words(30.126) == "30.13"
