"""The bar shows what runs, how long it will take, and lets it be stopped."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QProgressBar, QPushButton

from srcnn.errors import Cancelled
from srcnn_gui.job_bar import JobBar, duration
from srcnn_gui.jobs import JobProgress, JobService
from srcnn_gui.theme import theme_palette

WAIT_MS = 5000
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


@pytest.fixture
def service(qapp):
    service = JobService(max_workers=1)
    yield service
    service.shutdown()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("job")]


@pytest.fixture
def bar(service, qtbot):
    bar = JobBar(service, show_after_ms=0)
    qtbot.addWidget(bar)
    return bar


def until_stopped(control):
    while not control.should_stop():
        threading.Event().wait(0.001)
    raise Cancelled


def shown(bar, qtbot):
    qtbot.waitUntil(bar.isVisible, timeout=WAIT_MS)
    return bar.rows[0]


def test_it_is_hidden_while_nothing_runs(bar, qtbot, service):
    assert not bar.isVisible()
    job = service.submit("Save", until_stopped, visible=True)
    row = shown(bar, qtbot)
    assert row.isVisible()
    with qtbot.waitSignal(service.ended, timeout=WAIT_MS):
        job.cancel()
    assert not bar.isVisible()
    assert bar.rows == ()


def test_a_job_that_is_not_for_show_is_not_shown(bar, qtbot, service):
    job = service.submit("Decode", lambda control: None)
    assert bar.rows == ()
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass


def test_short_work_does_not_flicker(service, qtbot):
    bar = JobBar(service, show_after_ms=60_000)
    qtbot.addWidget(bar)
    job = service.submit("Quick", lambda control: None, visible=True)
    assert len(bar.rows) == 1
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    assert not bar.isVisible()
    assert bar.rows == ()


def test_rows_come_in_order_and_stay_until_their_job_ends(bar, qtbot, service):
    jobs = [service.submit(f"Job {number}", until_stopped, visible=True) for number in (1, 2)]
    qtbot.waitUntil(lambda: all(row.isVisible() for row in bar.rows), timeout=WAIT_MS)
    assert [row.text for row in bar.rows] == ["Job 1", "Job 2 | Waiting…"]
    with qtbot.waitSignal(jobs[0].ended, timeout=WAIT_MS):
        jobs[0].cancel()
    assert bar.isVisible()
    assert [row.text.split(" | ")[0] for row in bar.rows] == ["Job 2"]


def test_it_tells_stage_progress_and_time_left(bar, qtbot, service):
    job = service.submit("Save photo.png", until_stopped, visible=True)
    row = shown(bar, qtbot)
    progress_bar = row.findChild(QProgressBar)
    qtbot.waitUntil(lambda: row.text == "Save photo.png", timeout=WAIT_MS)
    assert progress_bar.maximum() == 0  # busy
    job.relay(JobProgress(1, 4, "Computing", 0.1, None))
    assert row.text == "Save photo.png | Computing | estimating…"
    assert progress_bar.value() / progress_bar.maximum() == 0.25
    job.relay(JobProgress(2, 4, "Computing", 12.0, 12.4))
    assert row.text == "Save photo.png | Computing | 12 s left"
    assert progress_bar.value() / progress_bar.maximum() == 0.5


def test_cancel_stops_the_job_and_says_so(bar, qtbot, service):
    job = service.submit("Save", until_stopped, visible=True)
    row = shown(bar, qtbot)
    button = row.findChild(QPushButton)
    with qtbot.waitSignals([job.cancelled, service.ended], timeout=WAIT_MS):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert row.text == "Save | Cancelling…"
        assert not button.isEnabled()
    assert bar.rows == ()


def test_its_parts_have_names(bar, qtbot, service):
    service.submit("Save photo.png", until_stopped, visible=True)
    row = shown(bar, qtbot)
    assert bar.accessibleName() == "Running jobs"
    assert row.findChild(QPushButton).accessibleName() == "Cancel Save photo.png"
    assert row.findChild(QProgressBar).accessibleName() == "Progress of Save photo.png"


def test_a_long_title_does_not_widen_the_window(bar, qtbot, service):
    short = service.submit("Save", until_stopped, visible=True)
    shown(bar, qtbot)
    width = bar.minimumSizeHint().width()
    with qtbot.waitSignal(service.ended, timeout=WAIT_MS):
        short.cancel()
    title = "Save " + "a_very_long_name" * 20
    service.submit(title, until_stopped, visible=True)
    row = shown(bar, qtbot)
    assert bar.minimumSizeHint().width() == width
    bar.resize(QSize(width, bar.sizeHint().height()))
    qtbot.waitUntil(lambda: row._title.toolTip() == title, timeout=WAIT_MS)
    assert "…" in row._title.visible_text()
    bar.resize(QSize(20_000, bar.height()))
    qtbot.waitUntil(lambda: row._title.toolTip() == "", timeout=WAIT_MS)
    assert row._title.visible_text() == title


def test_its_icons_follow_the_theme(bar, qtbot, service):
    service.submit("Save", until_stopped, visible=True)
    button = shown(bar, qtbot).findChild(QPushButton)
    for dark in (False, True):
        palette = theme_palette(dark=dark)
        bar.setPalette(palette)
        image = button.icon().pixmap(48).toImage()
        assert image.pixelColor(24, 24).name() == palette.buttonText().color().name()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "1 s"),
        (1.4, "1 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (78.0, "1 min 20 s"),
        (598.0, "10 min"),
        (1234.0, "21 min"),
        (3590.0, "1 h 0 min"),
        (7300.0, "2 h 2 min"),
    ],
)
def test_durations_are_for_people(seconds, text):
    assert duration(seconds) == text
