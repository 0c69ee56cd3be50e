"""Small copies are made one at a time, those wanted last first, and only so many."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from srcnn.errors import PictureError
from srcnn.geometry import Size
from srcnn_gui.batch import thumbnails
from srcnn_gui.batch.facts import Examined, Facts
from srcnn_gui.batch.thumbnails import MOST_WANTED, Thumbnails
from srcnn_gui.jobs import JobService

PATHS = [Path(f"/{number}.png") for number in range(2 * MOST_WANTED)]


@pytest.fixture
def gate():
    return threading.Event()


@pytest.fixture
def made(qtbot, monkeypatch, gate):
    def examine(path, _most, _max_megapixels):
        assert gate.wait(10)
        if path.stem == "7":
            raise PictureError("It is damaged")
        return Examined(Facts(Size(4, 4)), np.zeros((4, 4, 3), np.uint8))

    monkeypatch.setattr(thumbnails, "examine", examine)
    jobs = JobService()
    yield Thumbnails(jobs, 500)
    gate.set()
    jobs.shutdown()


def test_the_newest_wishes_come_first_and_old_ones_are_dropped(made, gate, qtbot):
    seen = []
    made.examined.connect(lambda path, _: seen.append(path))
    for path in PATHS:
        assert made.get(path) is None
    gate.set()
    qtbot.waitUntil(lambda: len(seen) == MOST_WANTED + 1)
    assert seen == [PATHS[0], *reversed(PATHS[-MOST_WANTED:])]
    assert made.get(PATHS[-1]).width() == 4


def test_what_was_found_out_is_kept_beside_the_copy(made, gate, qtbot):
    gate.set()
    assert made.facts_of(PATHS[0]) is None
    with qtbot.waitSignal(made.examined):
        made.get(PATHS[0])
    assert made.facts_of(PATHS[0]) == Facts(Size(4, 4))


def test_what_cannot_be_read_is_told(made, gate, qtbot):
    gate.set()
    with qtbot.waitSignal(made.failed) as failed:
        made.get(PATHS[7])
    assert failed.args[0] == PATHS[7]
    assert str(failed.args[1]) == "It is damaged"


def test_few_are_kept(made, gate, qtbot, monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST_KEPT", 2)
    gate.set()
    for path in PATHS[:3]:
        with qtbot.waitSignal(made.examined):
            made.get(path)
    assert made.get(PATHS[2]) is not None
    assert made.get(PATHS[0]) is None


def test_after_the_end_nothing_is_made(made, gate, qtbot):
    made.get(PATHS[0])
    made.get(PATHS[1])
    made.shutdown()
    with qtbot.waitSignal(made.examined) as examined:
        gate.set()
    assert examined.args[0] == PATHS[0]
    assert made._job is None or made._path == PATHS[0]
