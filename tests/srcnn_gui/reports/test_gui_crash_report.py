"""Whatever fails unexpectedly leaves a report; the window lives on and offers it."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QtMsgType, Signal, Slot
from PySide6.QtGui import QDesktopServices

from srcnn.crash_report import list_reports, report_of
from srcnn.errors import PictureError
from srcnn.process_mark import own_mark
from srcnn_gui.reports import crash_report as crash_module
from srcnn_gui.reports.crash_report import CrashReports, crash_reports, log_qt_message
from srcnn_gui.reports.dialog import ReportDialog
from srcnn_gui.theme import Severity

WAIT_MS = 5000


class Faulty(QObject):
    """Fails in a slot, as a fault in the window would."""

    clicked = Signal()

    def __init__(self):
        super().__init__()
        self.clicked.connect(self._on_clicked)

    @Slot()
    def _on_clicked(self):
        raise ZeroDivisionError("in a slot")


def fail(*_arguments):
    raise ZeroDivisionError("in a job")


@pytest.fixture
def reports(qapp, tmp_path, caplog):
    """Return reports that are being written, into a folder of their own."""
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    reports = CrashReports(tmp_path / "reports")
    reports.install()
    yield reports
    reports.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == hooks


@pytest.fixture
def folder(reports):
    return reports.reporter.folder


def test_a_fault_in_the_window_leaves_a_report_and_the_window(reports, folder, start, qtbot):
    driver = start()
    driver.program.reports.watch(reports)
    faulty = Faulty()
    with qtbot.waitSignal(reports.reported, timeout=WAIT_MS):
        faulty.clicked.emit()
    assert driver.message == (
        "Something unexpected happened: ZeroDivisionError: in a slot\n"
        "A report was written. Nothing is sent anywhere."
    )
    (report,) = list_reports(folder)
    assert "_on_clicked" in report.read_text()
    assert driver.window.isVisible()


def test_a_fault_in_a_job_leaves_one_too(reports, folder, start, qtbot):
    driver = start()
    driver.program.reports.watch(reports)
    job = driver.program.jobs.submit("Fail", fail)
    with qtbot.waitSignals([reports.reported, job.ended], timeout=WAIT_MS):
        pass
    (report,) = list_reports(folder)
    assert "in a job" in report.read_text()
    assert "Fail failed" in report.read_text()  # the line of the log
    assert driver.window.messages.severity is Severity.ERROR


def test_a_fault_in_any_other_thread_leaves_one_too(reports, folder, qtbot):
    with qtbot.waitSignal(reports.reported, timeout=WAIT_MS):
        threading.Timer(0, fail).start()
    assert len(list_reports(folder)) == 1


def test_what_cannot_be_raised_leaves_one_too(reports, folder, qtbot):
    class Fragile:
        def __del__(self):
            raise ZeroDivisionError("at the end")

    with qtbot.waitSignal(reports.reported, timeout=WAIT_MS):
        Fragile()
        gc.collect()
    assert "at the end" in list_reports(folder)[0].read_text()


def test_what_fails_again_and_again_is_told_now_and_then(reports, folder, qtbot, monkeypatch):
    heard, faulty = [], Faulty()
    reports.reported.connect(heard.append)
    with qtbot.waitSignal(reports.reported, timeout=WAIT_MS):
        for _ in range(50):
            faulty.clicked.emit()
    assert len(heard) == len(list_reports(folder)) == 1
    monkeypatch.setattr(crash_module, "_AGAIN_AFTER_S", -1.0)
    with qtbot.waitSignal(reports.reported, timeout=WAIT_MS):
        faulty.clicked.emit()
    assert len(list_reports(folder)) == 1


def test_what_qt_cannot_survive_leaves_its_words(reports, folder):
    log_qt_message(QtMsgType.QtFatalMsg, None, "no screen in /home/ann")
    assert "no screen in *" in list_reports(folder)[0].read_text()


def test_a_sentence_for_the_user_is_no_fault(reports, folder):
    logging.getLogger("ours").error("said", exc_info=PictureError("x.png is no picture"))
    assert list_reports(folder) == []


def test_the_bar_shows_report_and_folder(reports, folder, start, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    driver = start()
    driver.program.reports.watch(reports)
    faulty = Faulty()
    with qtbot.waitSignal(reports.reported, timeout=WAIT_MS):
        faulty.clicked.emit()
    bar = driver.window.messages
    assert bar._show_report.isVisible()
    bar._show_report.click()
    dialog = driver.program.reports.dialog
    assert dialog.isVisible()
    assert "ZeroDivisionError: in a slot" in dialog.text
    bar._open_folder.click()
    assert opened == [str(folder)]
    bar.show_info("Something else")
    assert not bar._show_report.isVisible()


def test_the_menu_lists_reports_the_newest_first(qtbot, start, reports):
    driver = start()
    driver.program.reports.watch(reports)
    driver.trigger("reports")
    assert driver.program.reports.dialog.text.startswith("There are no reports")
    for number in range(2):
        reports.reporter.report_text(f"fault {number}")
    driver.trigger("reports")
    assert "fault 1" in driver.program.reports.dialog.text


def test_a_report_that_is_gone_is_said(qtbot, tmp_path):
    dialog = ReportDialog(tmp_path)
    qtbot.addWidget(dialog)
    dialog.choose(tmp_path / "report-gone.txt")
    assert dialog.text.startswith("It cannot be read any more")


def test_a_good_end_leaves_no_mark(qapp, tmp_path, monkeypatch):
    monkeypatch.setattr("srcnn.crash_report.reports_folder", lambda: tmp_path)
    with crash_reports() as reports:
        (mark,) = tmp_path.iterdir()
        assert mark.name == f"running-{own_mark()}.txt"
        heard = []
        reports.ended_badly.connect(heard.append)
        reports.look_back()
    assert heard == []  # this process lives
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_catches_at_the_top_has_a_report(qapp, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("srcnn.crash_report.reports_folder", lambda: tmp_path)
    with pytest.raises(ZeroDivisionError) as caught, crash_reports():
        fail()
    assert report_of(caught.value) in list(tmp_path.iterdir())


def test_without_traces_nothing_is_written(qapp, tmp_path, monkeypatch):
    monkeypatch.setattr("srcnn.crash_report.reports_folder", lambda: tmp_path)
    with crash_reports(is_quiet=True) as reports:
        assert not reports.is_installed
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_does_no_harm(qapp, tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    reports = CrashReports(tmp_path / "file" / "reports")
    reports.install()
    reports.remove()
    assert "no mark of this process" in caplog.text


CRASH = """
import faulthandler, os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from srcnn_gui.reports.crash_report import CrashReports
app = QCoreApplication([])
CrashReports(Path(sys.argv[1])).install()
os.kill(os.getpid(), int(sys.argv[2]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(("number", "said"), [(11, "Segmentation fault"), (9, "It was killed")])
def test_the_next_start_tells_of_a_hard_crash(reports, folder, start, number, said):
    words = [sys.executable, "-c", CRASH, str(folder), str(number)]
    done = subprocess.run(words, check=False, capture_output=True, timeout=60)
    assert done.returncode == -number
    driver = start()
    driver.program.reports.watch(reports)
    assert driver.message.startswith("SRCNN Studio did not end properly the last time")
    (report,) = list_reports(folder)
    assert said in report.read_text()
    driver.window.messages.dismiss()
    reports.look_back()
    assert driver.message == ""  # said once


@pytest.mark.parametrize(("line", "is_told"), [("restarted", True), ("another", False)])
def test_a_mark_from_before_a_restart_is_of_the_dead(folder, reports, line, is_told):
    node, start = crash_module._computer().split()
    (folder / "running-00000000-1-1.txt").write_text(
        f"{node} 00000000\n" if line == "restarted" else f"00000000 {start}\n"
    )
    heard = []
    reports.ended_badly.connect(heard.append)
    reports.look_back()
    assert bool(heard) is is_told


def test_what_qt_says_is_logged_as_grave_as_it_is(caplog):
    log_qt_message(QtMsgType.QtWarningMsg, None, "odd")
    log_qt_message(QtMsgType.QtFatalMsg, None, "the end")
    log_qt_message(QtMsgType.QtWarningMsg, None, "no propagateSizeHints here")
    told = [(record.levelname, record.message) for record in caplog.records]
    assert told == [("WARNING", "odd"), ("CRITICAL", "the end")]


HUNG = """
import os, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from srcnn_gui import app, opener
folder = Path(sys.argv[1])
os.mkfifo(folder / "pipe")
load = lambda path, **options: open(folder / "pipe", "rb").read()  # waits for ever
opener.load_picture = load
app.load_torch = lambda control: ()
def close(program):
    print(time.time(), flush=True)
    program.window.close()
def began(program):
    QTimer.singleShot(300, lambda: close(program))
(folder / "photo.png").write_bytes(b"x")
sys.exit(app.main([str(folder / "photo.png")], began))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes of that kind")
def test_a_read_that_hangs_does_not_hold_up_the_end(tmp_path):
    """The whole program in a process of its own: a thread that never ends would keep it."""
    places = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", HUNG, str(tmp_path)],
        env={**os.environ, **places, "HOME": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert done.returncode == 0, done.stderr
    assert time.time() - float(done.stdout) < 3  # since it was closed
    assert not list(Path(tmp_path).rglob("running-*"))
