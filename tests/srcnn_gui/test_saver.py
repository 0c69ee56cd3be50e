"""Saving is a job; what a format cannot keep is known before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from srcnn.errors import OutputError
from srcnn.output import FORMATS
from srcnn.picture import Picture, load_picture
from srcnn.tiles import Enlargement
from srcnn_gui.jobs import JobService
from srcnn_gui.saver import FILTERS, Saver, losses, with_suffix

WAIT_MS = 5000
CLEAR = Picture(np.zeros((4, 4, 3), np.uint8), alpha=np.zeros((4, 4), np.uint8))
DEEP = Picture(np.zeros((4, 4), np.uint16))
PLAIN = Picture(np.zeros((4, 4, 3), np.uint8))


@pytest.mark.parametrize(
    ("picture", "name", "lost"),
    [
        (PLAIN, "a.jpg", 0),
        (CLEAR, "a.png", 0),
        (CLEAR, "a.webp", 0),
        (CLEAR, "a.jpg", 1),
        (DEEP, "a.tif", 0),
        (DEEP, "a.webp", 1),
        (DEEP, "a.jpeg", 1),
    ],
)
def test_what_a_format_cannot_keep_is_said(picture, name, lost):
    sentences = losses(picture, Path(name))
    assert len(sentences) == lost
    assert all(sentence.endswith(".") for sentence in sentences)


def test_an_unknown_format_is_an_error():
    with pytest.raises(OutputError):
        losses(PLAIN, Path("a.xyz"))


@pytest.mark.parametrize(
    ("name", "added"),
    [
        ("a", "a.png"),
        ("a.v2", "a.v2.png"),
        ("a.PNG", "a.PNG"),
        ("a.jpeg", "a.jpeg"),
        ("a.tar.webp", "a.tar.webp"),
    ],
)
def test_an_ending_is_added_where_there_is_none(name, added):
    assert with_suffix(Path("/x") / name, ".png") == Path("/x") / added


def test_every_format_is_offered_once():
    assert set(FILTERS) <= set(FORMATS)
    endings = [
        end for text in FILTERS.values() for end in FORMATS if f"*{end}" in text.split("(")[1]
    ]
    assert set(endings) == set(FORMATS)


@pytest.fixture
def saver(qtbot, no_threads_left):
    jobs = JobService()
    yield Saver(jobs)
    jobs.shutdown()


@pytest.fixture
def enlargement(scene, fake):
    made = scene(100, 80)
    return Enlargement(made.source, fake(tile=48), 2)


def test_it_reports_progress_and_what_was_saved(saver, enlargement, tmp_path, qtbot):
    steps = []
    with qtbot.waitSignal(saver.saved, timeout=WAIT_MS) as saved:
        job = saver.save(enlargement, PLAIN, tmp_path / "a.png", 95)
        job.progressed.connect(steps.append)
    assert saved.args == [tmp_path / "a.png"]
    assert job.is_visible
    assert load_picture(tmp_path / "a.png").size == enlargement.size
    stages = [step.stage for step in steps if step.stage]
    assert stages[0] == "computing"
    assert stages[-1] == "writing and verifying"


def test_a_lower_quality_makes_a_smaller_file(saver, enlargement, tmp_path, qtbot):
    for quality in (10, 95):
        with qtbot.waitSignal(saver.saved, timeout=WAIT_MS):
            saver.save(enlargement, None, tmp_path / f"{quality}.jpg", quality)
    assert (tmp_path / "10.jpg").stat().st_size < (tmp_path / "95.jpg").stat().st_size


def test_a_failure_is_told(saver, enlargement, tmp_path, qtbot):
    with qtbot.waitSignal(saver.failed, timeout=WAIT_MS) as failed:
        saver.save(enlargement, None, tmp_path / "nowhere" / "a.png", 95)
    assert isinstance(failed.args[0], OutputError)


def test_cancelled_it_leaves_nothing(saver, enlargement, tmp_path, qtbot):
    with qtbot.waitSignal(saver.cancelled, timeout=WAIT_MS):
        saver.save(enlargement, None, tmp_path / "a.png", 95).cancel()
    assert list(tmp_path.iterdir()) == []
