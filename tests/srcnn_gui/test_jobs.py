"""Jobs deliver in the GUI thread, one outcome each, and leave no thread behind."""

from __future__ import annotations

import math
import threading

import pytest
from PySide6.QtCore import QObject, Slot

from srcnn.errors import Cancelled, PictureError
from srcnn_gui import job_threads as job_threads_module
from srcnn_gui.jobs import JobControl, JobProgress, JobService
from srcnn_gui.remaining_time import MEMORY_S, RemainingTime

WAIT_MS = 5000


def job_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("job")]


@pytest.fixture
def service(qapp):
    service = JobService()
    yield service
    service.shutdown()
    assert job_threads() == []


class Gate:
    """Work that waits in its thread until it is let through; ``close`` lets everything through."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.opened = threading.Event()

    def __call__(self, control: JobControl) -> str:
        self.began.set()
        assert self.opened.wait(WAIT_MS / 1000)
        return "through"


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


class Listener(QObject):
    """Writes down what a job emits, in order, and in which threads."""

    def __init__(self, job):
        super().__init__()
        self.heard = []
        self.threads = set()
        job.progressed.connect(self.on_progressed)
        job.succeeded.connect(self.on_succeeded)
        job.failed.connect(self.on_failed)
        job.cancelled.connect(self.on_cancelled)
        job.ended.connect(self.on_ended)

    def note(self, *what):
        self.heard.append(what)
        self.threads.add(threading.current_thread())

    @Slot(object)
    def on_progressed(self, progress):
        self.note("progressed", progress.done)

    @Slot(object)
    def on_succeeded(self, result):
        self.note("succeeded", result)

    @Slot(object)
    def on_failed(self, error):
        self.note("failed", error)

    @Slot()
    def on_cancelled(self):
        self.note("cancelled")

    @Slot()
    def on_ended(self):
        self.note("ended")


def until_stopped(control: JobControl) -> None:
    """Work like a well-behaved job: ask, and raise."""
    while not control.should_stop():
        threading.Event().wait(0.001)
    raise Cancelled


def test_a_result_is_delivered_in_the_gui_thread(service, qtbot):
    job = service.submit("Count", lambda control: threading.current_thread())
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    began, (_, worker), ended = listener.heard
    assert began == ("progressed", 0)
    assert ended == ("ended",)
    assert worker is not threading.main_thread()
    assert worker.name.startswith("job")
    assert listener.threads == {threading.main_thread()}


def test_nothing_is_delivered_before_the_caller_could_connect(service, qtbot):
    job = service.submit("Quick", lambda control: 1)
    for thread in (*service._threads._threads.values(), *service._threads._left):
        thread.join(WAIT_MS / 1000)
    listener = Listener(job)
    assert job.is_running
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    assert listener.heard == [("progressed", 0), ("succeeded", 1), ("ended",)]
    assert not job.is_running


def test_an_unexpected_error_is_logged_with_its_traceback(service, qtbot, caplog):
    job = service.submit("Divide", lambda control: 1 // 0)
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    _, (what, error), ended = listener.heard
    assert (what, ended) == ("failed", ("ended",))
    assert isinstance(error, ZeroDivisionError)
    assert "Divide failed" in caplog.text
    assert "Traceback" in caplog.text


def test_an_error_of_the_world_is_a_sentence_in_the_log(service, qtbot, caplog):
    def work(control):
        raise PictureError("x.png is empty")

    job = service.submit("Open x.png", work)
    with qtbot.waitSignal(job.failed, timeout=WAIT_MS) as caught:
        pass
    assert isinstance(caught.args[0], PictureError)
    assert "Open x.png: x.png is empty" in caplog.text
    assert "Traceback" not in caplog.text


def test_an_outcome_that_is_no_error_is_still_delivered(service, qtbot):
    def work(control):
        raise KeyboardInterrupt

    job = service.submit("Interrupt", work)
    with qtbot.waitSignals([job.failed, job.ended], timeout=WAIT_MS, order="strict"):
        pass


def test_cancelling_stops_the_work(service, qtbot):
    job = service.submit("Endless", until_stopped)
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        job.cancel()
        assert job.is_running
        assert job.is_stopping
    assert listener.heard == [("cancelled",), ("ended",)]


def test_work_may_cancel_itself(service, qtbot):
    def work(control):
        raise Cancelled

    job = service.submit("Give up", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    assert listener.heard[1:] == [("cancelled",), ("ended",)]


@pytest.mark.parametrize("outcome", ["returns", "raises"])
def test_after_cancel_no_late_result_is_delivered(service, qtbot, gate, outcome):
    def work(control):
        control.progress(1, 2)
        gate(control)
        if outcome == "raises":
            raise ValueError("too late")
        return "late"

    job = service.submit("Superseded", work)
    listener = Listener(job)
    assert gate.began.wait(WAIT_MS / 1000)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        job.cancel()
        gate.opened.set()
    assert listener.heard == [("cancelled",), ("ended",)]


def test_a_result_on_its_way_is_withdrawn_by_cancel(service, qtbot):
    job = service.submit("Done already", lambda control: "result")
    listener = Listener(job)
    service.shutdown()  # so that the work has returned, but nothing was delivered
    assert job.is_running
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        job.cancel()
    assert listener.heard == [("cancelled",), ("ended",)]


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(qtbot, gate):
    service = JobService(max_workers=1)
    ran = []
    service.submit("First", gate)
    assert gate.began.wait(WAIT_MS / 1000)
    job = service.submit("Second", ran.append)
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        job.cancel()
        assert listener.heard == []  # not from within cancel()
    assert listener.heard == [("cancelled",), ("ended",)]
    gate.opened.set()
    service.shutdown()
    assert ran == []
    assert job_threads() == []


def test_cancel_after_the_end_is_harmless(service, qtbot):
    job = service.submit("Short", lambda control: None)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    listener = Listener(job)
    job.cancel()
    assert listener.heard == []
    with pytest.raises(RuntimeError):
        job.conclude()


def test_the_service_knows_its_jobs_from_start_to_end(service, qtbot, gate):
    started, ended = [], []
    service.started.connect(started.append)
    service.ended.connect(ended.append)
    job = service.submit("Wait", gate, visible=True)
    assert job.is_visible
    assert started == [job]
    assert service.jobs == (job,)
    with qtbot.waitSignal(service.ended, timeout=WAIT_MS):
        gate.opened.set()
    assert ended == [job]
    assert service.jobs == ()


def test_two_jobs_run_at_the_same_time(service, qtbot):
    both = threading.Barrier(2)
    jobs = [service.submit("Meet", lambda control: both.wait(WAIT_MS / 1000)) for _ in range(2)]
    with qtbot.waitSignals([job.succeeded for job in jobs], timeout=WAIT_MS):
        pass


def test_a_listener_that_fails_does_not_keep_the_end_back(service, qtbot):
    class Clumsy(QObject):
        @Slot(object)
        def on_succeeded(self, result):
            raise ValueError("in a slot")

    clumsy = Clumsy()
    job = service.submit("Work", lambda control: None)
    job.succeeded.connect(clumsy.on_succeeded)
    with qtbot.captureExceptions() as raised, qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    assert next(error for _, error, _ in raised).args == ("in a slot",)


def test_progress_arrives_in_order(service, qtbot):
    def work(control):
        for done in range(1, 101):
            control.progress(done, 100)

    job = service.submit("Count", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        pass
    *progress, succeeded, ended = listener.heard
    steps = [done for _, done in progress]
    assert (steps[0], steps[-1]) == (0, 100)
    assert steps == sorted(set(steps))
    assert (succeeded, ended) == (("succeeded", None), ("ended",))


def test_shutdown_stops_running_and_waiting_jobs(qtbot):
    service = JobService(max_workers=1)
    jobs = [service.submit(f"Endless {number}", until_stopped) for number in range(3)]
    service.shutdown()
    assert job_threads() == []
    with qtbot.waitSignals([job.cancelled for job in jobs], timeout=WAIT_MS):
        pass
    with pytest.raises(RuntimeError):
        service.submit("Late", until_stopped)


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def reports():
    return []


@pytest.fixture
def control(reports, clock):
    return JobControl(reports.append, clock)


def test_progress_is_throttled_at_its_source(control, reports, clock):
    control.begin()
    for done in range(10_001):  # ten seconds, a thousand steps each
        control.progress(done, 10_000)
        clock.now_s += 0.001
    assert 150 < len(reports) < 220
    assert (reports[0].done, reports[0].total) == (0, 0)
    assert reports[-1].done == 10_000
    assert reports[-1].fraction == 1.0


def test_a_new_stage_is_always_reported(control, reports):
    control.progress(0, 10, "Computing")
    control.progress(5, 10, "Computing")
    control.progress(1, 10, "Writing")
    control.progress(1, 20, "Writing")
    control.progress(20, 20, "Writing")
    shown = [(report.stage, report.done, report.total) for report in reports]
    assert shown == [
        ("Computing", 0, 10),
        ("Writing", 1, 10),
        ("Writing", 1, 20),
        ("Writing", 20, 20),
    ]


def test_elapsed_time_counts_from_the_beginning_of_the_work(control, reports, clock):
    clock.now_s += 3
    control.progress(0, 9)
    control.begin()
    clock.now_s += 7
    control.progress(3, 9)
    assert [report.elapsed_s for report in reports] == [0, 0, 7]


def test_time_left_is_unknown_first_and_then_right(control, reports, clock):
    control.begin()
    for done in range(41):
        control.progress(done, 40)
        clock.now_s += 0.25
    early = [report.eta_s for report in reports if report.elapsed_s < 1]
    later = [report for report in reports if report.elapsed_s >= 1]
    assert early == [None] * 5
    assert len(later) == 37
    for report in later:
        assert report.eta_s == pytest.approx(10 - report.elapsed_s)


def test_time_left_starts_anew_with_a_stage(control, reports, clock):
    for done in range(9):
        control.progress(done, 100, "Slow")
        clock.now_s += 0.5
    assert reports[-1].eta_s == pytest.approx(46)
    control.progress(0, 100, "Fast")
    assert reports[-1].eta_s is None


def test_time_left_follows_a_change_of_pace_without_a_jump():
    remaining = RemainingTime()
    now = 0.0
    for done in range(101):
        estimate = remaining.update(now, done, 1000)
        now += 0.1
    assert estimate == pytest.approx(90)
    one_slow_step = remaining.update(now + 0.9, 101, 1000)
    assert one_slow_step < 1.3 * estimate
    for done in range(102, 152):
        now += 1.0
        estimate = remaining.update(now + 0.9, done, 1000)
    assert estimate == pytest.approx(1000 - 151, rel=0.01)


def test_no_estimate_while_nothing_is_done():
    remaining = RemainingTime()
    assert [remaining.update(now, 0, 10) for now in (0.0, MEMORY_S, 100.0)] == [None] * 3


@pytest.mark.parametrize(
    ("done", "total", "fraction"), [(1, 4, 0.25), (5, 4, 1.0), (-1, 4, 0.0), (1, 0, 0.0)]
)
def test_the_fraction_stays_within_its_bounds(done, total, fraction):
    assert math.isclose(JobProgress(done, total, "", 0.0, None).fraction, fraction)


def test_a_job_that_hangs_has_ended_when_it_is_cancelled(service, qtbot, gate):
    job = service.submit("Read", gate, may_hang=True)
    listener = Listener(job)
    assert gate.began.wait(WAIT_MS / 1000)
    with qtbot.waitSignal(job.ended, timeout=WAIT_MS):
        job.cancel()
    assert listener.heard[-2:] == [("cancelled",), ("ended",)]
    assert not gate.opened.is_set()
    assert service.jobs == ()
    gate.opened.set()  # what it returns now is heard by nobody


def test_jobs_that_hang_hold_up_no_others(qtbot):
    service = JobService(max_workers=1)
    gates = [Gate(), Gate()]
    for gate in gates:
        job = service.submit("Read", gate, may_hang=True)
        assert gate.began.wait(WAIT_MS / 1000)
        job.cancel()
    with qtbot.waitSignal(service.submit("Quick", lambda control: 1).succeeded, timeout=WAIT_MS):
        pass
    for gate in gates:
        gate.opened.set()
    service.shutdown()
    assert not service.has_hung
    assert job_threads() == []


def test_shutdown_does_not_wait_for_a_thread_that_hangs(qtbot, gate, monkeypatch):
    monkeypatch.setattr(job_threads_module, "PATIENCE_LEFT_S", 0.01)
    service = JobService()
    service.submit("Read", gate, may_hang=True)
    assert gate.began.wait(WAIT_MS / 1000)
    service.shutdown()
    assert service.has_hung
    with pytest.raises(RuntimeError, match="no job can begin"):
        service.submit("Late", gate)
    gate.opened.set()
    for thread in [t for t in threading.enumerate() if t.name.startswith("job")]:
        thread.join(WAIT_MS / 1000)


def test_shutdown_waits_for_work_that_would_lose_something(qtbot, gate):
    service = JobService()
    service.submit("Save", gate)
    assert gate.began.wait(WAIT_MS / 1000)
    threading.Timer(0.05, gate.opened.set).start()
    service.shutdown()
    assert not service.has_hung
