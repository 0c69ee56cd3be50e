"""What the benchmark of inference compares is computed as it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import inference, ways
from benchmarks.turns import median_seconds
from benchmarks.ways import Way
from srcnn.workers import usable_cores

ROOT = Path(__file__).resolve().parents[2]

AFTER_OUR_TILES = """
import json, torch
from benchmarks import inference, ways
inference.use_all_cores()
task = ways.task("9-1-5", 3, 96)
ways.own(task).run()
ways.plain(task).run()
print(json.dumps(torch.get_num_threads()))
"""


@pytest.mark.slow
def test_our_tiles_leave_plain_pytorch_its_threads():
    # in a process of its own: only a thread that has not computed yet can lose them
    told = subprocess.run(
        [sys.executable, "-c", AFTER_OUR_TILES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout) == usable_cores()


def test_our_way_is_the_reference_within_the_promise():
    for scale in (2, 3, 4):
        assert ways.largest_error(ways.task("9-1-5", scale, 48)) < 5e-6


def test_a_way_that_takes_long_has_fewer_turns(capsys):
    turns = {"first": 0, "second": 0}

    def count(name: str) -> None:
        turns[name] += 1

    median_seconds([lambda: count("first"), lambda: count("second")], 3, 60.0)
    assert turns == {"first": 4, "second": 4}
    median_seconds([lambda: count("first")], 3, 0.0)
    assert turns["first"] == 6


def test_ratios_are_rates_over_rates_of_the_same_size():
    found = [Way(f"ceiling {number}", 1, 100.0, print) for number in range(2)]
    for name in ("own", "plain PyTorch"):
        for scale in (2, 3):
            for side in inference.SIDES:
                megapixels = side**2 / 1e6
                way = Way(name, megapixels, 16 * megapixels, print, "9-1-5", scale, side)
                found.append(way)
    pace = {"own": 0.2, "plain PyTorch": 1.4}
    seconds = [1.0, 2.0, *(way.megapixels * pace[way.name] for way in found[2:])]
    ratios = inference.ratios_of(found, seconds)
    assert ratios["plain_over_own_1mp"] == pytest.approx(7)
    assert ratios["plain_over_own_4mp_x2"] == pytest.approx(7)
    assert ratios["own_over_ceiling"] == pytest.approx(0.8)
    assert ratios["linearity_16mp_over_1mp"] == pytest.approx(1)
    assert "onnxruntime_over_own_1mp" not in ratios
    assert "bf16_over_fp32" not in ratios
