"""The long runs, in short: processes that are killed, and processes that share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak import killed_batch, many_workers
from tests.soak.pictures import ROOT, draw_pictures

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's"),
]


def test_a_killed_batch_is_finished_by_those_after_it(tmp_path: Path):
    figures = killed_batch.soak(tmp_path, files=30, kills=3, seed=0)
    assert figures.kills + figures.ended_early == 3
    assert (figures.half, figures.repeated, figures.left_over) == (0, 0, 0)
    assert figures.rows >= 30 - figures.kills


def test_workers_share_a_folder_and_one_dies(tmp_path: Path):
    figures = many_workers.soak(tmp_path, files=20, workers=3, killed=1)
    assert (figures.twice, figures.wrong, figures.left_over) == (0, 0, 0)
    assert figures.rows >= 20 - figures.killed
    assert sum(figures.done) <= 20


def test_batch_single_file_and_window_give_the_same_pixels(tmp_path: Path):
    draw_pictures(tmp_path, 2, 40, 30)
    words = [sys.executable, "-m", "tests.soak.sweep", str(tmp_path)]
    swept = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert swept.returncode == 0, swept.stdout + swept.stderr
    assert swept.stdout.split() == ["pictures", "2", "other", "[]"]
