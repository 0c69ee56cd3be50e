"""Saving is a job; at its end it is told what it took."""

from __future__ import annotations

import numpy as np
import pytest

from srcnn.errors import OutputError
from srcnn.forecast import Forecast
from srcnn.geometry import Size
from srcnn.picture import Picture, load_picture
from srcnn.save_options import SaveOptions
from srcnn.tiles import Enlargement
from srcnn_gui.jobs import JobService
from srcnn_gui.saving import saver as saver_module
from srcnn_gui.saving.choices import SaveRequest
from srcnn_gui.saving.saver import Saved, Saver

WAIT_MS = 5000
PLAIN = Picture(np.zeros((4, 4, 3), np.uint8))


@pytest.fixture
def saver(qtbot, no_threads_left):
    jobs = JobService()
    yield Saver(jobs)
    jobs.shutdown()


@pytest.fixture
def request_for(scene, fake, tmp_path):
    """Return a function that asks for a result under a name."""
    enlargement = Enlargement(scene(100, 80).source, fake(tile=48), 2)

    def make(name="a.png", quality=95, **more):
        options = SaveOptions(quality)
        return SaveRequest(enlargement, PLAIN, tmp_path / name, options, **more)

    return make


def test_it_reports_progress_and_what_was_saved(saver, request_for, tmp_path, qtbot):
    steps = []
    request = request_for()
    with qtbot.waitSignal(saver.saved, timeout=WAIT_MS) as saved:
        job = saver.save(request)
        job.progressed.connect(steps.append)
    (found,) = saved.args
    assert found.request is request
    assert found.file_bytes == (tmp_path / "a.png").stat().st_size
    assert found.seconds > 0
    assert job.is_visible
    assert load_picture(tmp_path / "a.png").size == request.enlargement.size
    stages = [step.stage for step in steps if step.stage]
    assert stages[0] == "computing"
    assert stages[-1] == "writing and verifying"


def test_another_size_is_saved_at_that_size(saver, request_for, tmp_path, qtbot):
    with qtbot.waitSignal(saver.saved, timeout=WAIT_MS):
        saver.save(request_for(size=Size(70, 56)))
    assert load_picture(tmp_path / "a.png").size == Size(70, 56)


def test_what_it_took_stands_beside_what_was_expected(request_for):
    plain = Saved(request_for(), 12.2, 48_100_000)
    assert plain.sentence == "Saved a.png \N{EN DASH} 12 s, 48 MB"
    expected = Forecast(11.3, 10**9, 45_200_000, Size(200, 160))
    told = Saved(request_for(expected=expected), 12.2, 48_100_000)
    assert told.sentence == "Saved a.png \N{EN DASH} 12 s (forecast 11 s), 48 MB (forecast 45 MB)"


def test_what_is_saved_and_then_taken_away_is_saved(saver, request_for, qtbot, monkeypatch):
    monkeypatch.setattr(saver_module, "save_enlargement", lambda *_, **__: None)  # it is gone
    with qtbot.waitSignal(saver.saved, timeout=WAIT_MS) as saved:
        saver.save(request_for())
    assert saved.args[0].file_bytes is None
    assert Saved(request_for(), 12.2, None).sentence == "Saved a.png \N{EN DASH} 12 s"


def test_a_lower_quality_makes_a_smaller_file(saver, request_for, tmp_path, qtbot):
    for quality in (10, 95):
        with qtbot.waitSignal(saver.saved, timeout=WAIT_MS):
            saver.save(request_for(f"{quality}.jpg", quality))
    assert (tmp_path / "10.jpg").stat().st_size < (tmp_path / "95.jpg").stat().st_size


def test_a_failure_is_told(saver, request_for, qtbot):
    with qtbot.waitSignal(saver.failed, timeout=WAIT_MS) as failed:
        saver.save(request_for("nowhere/a.png"))
    assert isinstance(failed.args[0], OutputError)


def test_a_file_is_replaced_only_if_that_was_agreed_to(saver, request_for, tmp_path, qtbot):
    (tmp_path / "a.png").write_bytes(b"old")
    with qtbot.waitSignal(saver.failed, timeout=WAIT_MS):
        saver.save(request_for())
    assert (tmp_path / "a.png").read_bytes() == b"old"
    with qtbot.waitSignal(saver.saved, timeout=WAIT_MS):
        saver.save(request_for(overwrite=True))
    assert load_picture(tmp_path / "a.png").size == Size(100, 80)


def test_cancelled_it_leaves_nothing(saver, request_for, tmp_path, qtbot):
    with qtbot.waitSignal(saver.cancelled, timeout=WAIT_MS):
        saver.save(request_for()).cancel()
    assert list(tmp_path.iterdir()) == []
