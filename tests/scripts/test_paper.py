"""The document of the paper's tables: what is printed beside what, and the border rules."""

from pathlib import Path

import numpy as np
from PIL import Image

from scripts import paper
from srcnn.paper import PaperPicture
from srcnn.report import BenchmarkRow
from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard, Weights

PICTURES = {
    "baby": PaperPicture("Set5", "baby", {(3, "srcnn"): 35.01, (3, "anr"): 35.06}),
    "head": PaperPicture("Set5", "head", {(3, "srcnn"): 33.55}),
}


def result(name: str, method: str, psnr_db: float, seconds: float = 1.0) -> paper.Measured:
    row = BenchmarkRow(f"{name}.png", 3, method, psnr_db, 0.9, seconds)
    return paper.Measured(PICTURES[name], row)


RESULTS = [
    result("baby", "anr", 35.10, seconds=3),
    result("head", "anr", 33.40, seconds=5),
    result("baby", "srcnn", 35.02, seconds=2),
    result("head", "srcnn", 33.552, seconds=2),
]


def test_a_table_says_how_far_figures_are_from_print():
    head, _, baby, face, average = paper.table_of(RESULTS)
    assert head == "| picture | anr | srcnn |"
    assert baby == "| baby | 35.10 (+0.04) | 35.02 (+0.01) |"
    assert face == "| head | 33.40 | 33.55 (+0.00) |"
    assert average == "| **average** | **34.25** | **34.29 (+0.01)** |"  # one of anr is not printed


def test_times_are_told_beside_that_of_srcnn():
    *_, anr, srcnn = paper.averages(RESULTS)
    assert anr.endswith("| 0.9000 | 4.000 | 2.00 |")
    assert srcnn.endswith("| 0.9000 | 2.000 | 1.00 |")


def test_seconds_stand_beside_those_of_print():
    seconds = {(3, "srcnn"): 0.2, (3, "anr"): 0.5}
    picture = paper.PaperPicture("Set5", "bird", {}, seconds)
    other = paper.PaperPicture("Set5", "baby", {}, {(3, "srcnn"): 0.4, (3, "anr"): 0.7})
    rows = [
        paper.Measured(each, BenchmarkRow(each.name, 3, method, 30, 0.9, time))
        for each, time in ((picture, 1.0), (other, 3.0))
        for method, time in (("bicubic", 0.1), ("anr", time), ("srcnn", 1.0))
    ]
    head, _, bicubic, anr, srcnn = paper.times(rows)
    assert head == "| method | seconds | times SRCNN | paper's seconds | times SRCNN |"
    assert bicubic == "| bicubic | 0.100 | 0.10 |  |  |"
    assert anr == "| anr | 2.000 | 2.00 | 0.60 | 2.00 |"
    assert srcnn == "| srcnn | 1.000 | 1.00 | 0.30 | 1.00 |"
    missing = paper.Measured(PICTURES["head"], BenchmarkRow("head", 3, "anr", 30, 0.9, 1.0))
    assert list(paper.times([*rows, missing]))[3] == "| anr | 1.667 | 1.67 |  |  |"


def test_who_wins_is_said_with_the_exceptions():
    text = paper.winners(RESULTS, "srcnn")
    assert text == "srcnn is best on 1 of 2 pictures; not on *baby* (anr, by 0.08 dB)."
    assert paper.winners(RESULTS[1::2], "srcnn") == "srcnn is best on 1 of 1 pictures."


def test_rules_for_the_border_are_measured_side_by_side(tmp_path: Path):
    random = np.random.default_rng(0)
    pixels = random.integers(180, 220, (40, 44), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    spec = SrcnnSpec(4, 3)
    w1, b1, w2, b2, w3, b3 = (np.zeros(shape, np.float32) for shape in spec.shapes)
    w1[0, 0] = 1 / 81  # a blur
    w2[0, 0] = 1
    w3[0, 0, 2, 2] = 1
    weights = Weights(spec, 3, (w1, b1, w2, b2, w3, b3), ModelCard("blur"))
    head, _, *rules = paper.borders(tmp_path, weights)
    assert head == "| border | PSNR, Set5 |"
    names, figures = zip(*(line.strip("| ").split(" | ") for line in rules), strict=True)
    assert names == paper.PADDINGS
    replicated, zeros, normalised = map(float, figures)
    assert zeros < min(normalised, replicated)
