"""The long runs, in short: processes that are killed, and processes that share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.soak import killed_batch, many_workers

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
