"""The paper's tables: complete, and found by content alone."""

from __future__ import annotations

import csv
from statistics import fmean

import numpy as np
import pytest
from PIL import Image

from srcnn.paper import _pictures, content_hash, paper_picture
from srcnn.picture import load_picture

METHODS = {"bicubic", "sc", "ksvd", "ne-nnls", "ne-lle", "anr", "srcnn"}


def of_set(name):
    return [picture for picture in _pictures().values() if picture.set_name == name]


def test_every_picture_of_the_tables_is_there():
    assert {p.name for p in of_set("Set5")} == {"baby", "bird", "butterfly", "head", "woman"}
    assert len(of_set("Set14")) == 14
    for picture in of_set("Set14"):
        assert set(picture.psnr_db) == {(3, method) for method in METHODS}, picture.name
    for picture in of_set("Set5"):
        missing = {(2, "sc"), (4, "sc")}  # that code enlarges by 3 only
        wanted = {(scale, method) for scale in (2, 3, 4) for method in METHODS}
        assert set(picture.psnr_db) == wanted - missing, picture.name


@pytest.mark.parametrize(
    ("name", "scale", "method", "average"),
    [
        ("Set5", 2, "srcnn", 36.34),
        ("Set5", 3, "bicubic", 30.39),
        ("Set5", 3, "srcnn", 32.39),
        ("Set5", 4, "anr", 29.69),
        ("Set14", 3, "bicubic", 27.54),
        ("Set14", 3, "srcnn", 29.00),
    ],
)
def test_the_averages_are_those_that_are_printed(name, scale, method, average):
    mean = fmean(picture.psnr_db[scale, method] for picture in of_set(name))
    assert mean == pytest.approx(average, abs=0.0051)


def test_every_time_of_the_tables_is_there():
    timed = METHODS - {"bicubic"}
    assert [len(of_set(name)) for name in ("Set5", "Set14")] == [5, 14]
    for picture in of_set("Set14"):
        assert set(picture.seconds) == {(3, method) for method in timed}, picture.name
    for picture in of_set("Set5"):
        wanted = {(scale, method) for scale in (2, 3, 4) for method in timed}
        assert set(picture.seconds) == wanted - {(2, "sc"), (4, "sc")}, picture.name


@pytest.mark.parametrize(
    ("name", "scale", "method", "average"),
    [
        ("Set5", 2, "ne-nnls", 29.23),
        ("Set5", 3, "sc", 35.92),
        ("Set5", 3, "srcnn", 0.18),
        ("Set14", 3, "sc", 84.88),
        ("Set14", 3, "anr", 0.97),
        ("Set14", 3, "srcnn", 0.39),
    ],
)
def test_the_average_times_are_those_that_are_printed(name, scale, method, average):
    mean = fmean(picture.seconds[scale, method] for picture in of_set(name))
    assert mean == pytest.approx(average, abs=0.011)  # pictures have two digits too


def test_a_picture_of_another_content_is_not_recognised():
    assert paper_picture(content_hash(np.zeros((12, 10, 3), np.uint8))) is None


def test_the_hash_tells_shapes_depths_and_pixels_apart():
    grey = np.arange(24, dtype=np.uint8)
    different = [
        grey.reshape(4, 6),
        grey.reshape(6, 4),
        grey.reshape(4, 2, 3),
        grey.reshape(4, 6).astype(np.uint16),
        grey.reshape(4, 6)[::-1],
    ]
    assert len({content_hash(pixels) for pixels in different}) == len(different)
    strided = np.repeat(grey, 2)[::2].reshape(4, 6)
    assert content_hash(strided) == content_hash(different[0])


def test_the_sets_are_recognised_under_any_name_and_format(shared, tmp_path):
    for set_name, ending in (("Set5", "_GT"), ("Set14", "")):
        paths = sorted((shared / "data" / set_name).glob("*.bmp"))
        assert len(paths) == len(of_set(set_name))
        for path in paths:
            found = paper_picture(content_hash(load_picture(path).pixels))
            assert found is not None, path
            assert (found.set_name, f"{found.name}{ending}") == (set_name, path.stem)
    other = tmp_path / "holiday.png"
    with Image.open(shared / "data/Set5/bird_GT.bmp") as picture:
        picture.save(other)
    found = paper_picture(content_hash(load_picture(other).pixels))
    assert found is not None
    assert found.name == "bird"


def test_the_tables_are_those_of_the_transcript(shared):
    for set_name, file in (("Set5", "table1_set5.tsv"), ("Set14", "table2_set14.tsv")):
        by_name = {picture.name: picture for picture in of_set(set_name)}
        with (shared / "paper" / file).open(encoding="utf-8") as table:
            rows = list(csv.DictReader(table, delimiter="\t"))
            assert rows, file
            for row in rows:
                if row["psnr_db"] and row["image"] != "average":
                    printed = by_name[row["image"]].psnr_db[int(row["scale"]), row["method"]]
                    assert printed == float(row["psnr_db"])
                if row["seconds"] and row["image"] != "average":
                    printed = by_name[row["image"]].seconds[int(row["scale"]), row["method"]]
                    assert printed == float(row["seconds"])
