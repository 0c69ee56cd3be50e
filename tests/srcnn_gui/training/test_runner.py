"""One thread trains; what it reports arrives in the GUI thread, and it stops when it is asked."""

from __future__ import annotations

import threading

import pytest

from srcnn.errors import DataError
from srcnn_gui.training import runner as runner_module
from srcnn_gui.training.runner import TrainingRunner
from trainer.control import Command
from trainer.events import DataRead

WAIT_MS = 5000


@pytest.fixture
def quiet():
    quiet = threading.Event()
    quiet.set()
    return quiet


@pytest.fixture
def runner(qtbot, quiet, no_threads_left):
    runner = TrainingRunner(quiet)
    yield runner
    runner.shutdown()


def is_still_waiting(runner) -> bool:
    """Give the thread a moment in which it should do nothing."""
    runner._thread.join(0.1)
    return runner._thread.is_alive()


class Steps:
    """A job that reports each step, and what it was told in the end."""

    def __init__(self, count: int = 10**9) -> None:
        self.count = count
        self.told: list[Command] = []
        self.pauses = 0
        self.is_closed = False

    def __call__(self, control):
        try:
            for number in range(1, self.count + 1):
                while (command := control()) is Command.PAUSE:
                    self.pauses += 1
                self.told.append(command)
                if self.told[-1] is not Command.GO_ON:
                    return
                yield number
        finally:
            self.is_closed = True


def test_events_arrive_in_order_in_the_gui_thread(runner, qtbot):
    seen = []
    runner.event_received.connect(lambda event: seen.append((event, threading.current_thread())))
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        runner.start(Steps(50))
    assert [event for event, _ in seen] == list(range(1, 51))
    assert {thread for _, thread in seen} == {threading.main_thread()}
    assert not runner.is_running


def test_there_is_one_run_at_a_time(runner, qtbot):
    runner.start(Steps())
    with pytest.raises(RuntimeError, match="already"):
        runner.start(Steps())


@pytest.mark.parametrize(
    ("end", "command"),
    [("stop", Command.STOP), ("discard", Command.DISCARD), ("suspend", Command.SUSPEND)],
)
@pytest.mark.parametrize("paused", [False, True], ids=["going", "paused"])
def test_a_run_is_told_how_to_end(runner, qtbot, end, command, paused):
    job = Steps()
    with qtbot.waitSignal(runner.event_received, timeout=WAIT_MS):
        runner.start(job)
    if paused:
        runner.pause()
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        getattr(runner, end)()
        runner.stop()  # the first wish counts
    assert job.told[-1] is command
    assert runner.wish is command


def test_a_paused_run_makes_no_step_until_it_goes_on(runner, qtbot):
    changes, job = [], Steps()
    runner.state_changed.connect(lambda: changes.append(runner.is_paused))
    with qtbot.waitSignal(runner.event_received, timeout=WAIT_MS):
        runner.start(job)
    runner.pause()
    assert runner.is_paused
    at_most = len(job.told) + 1  # one may be under way
    assert is_still_waiting(runner)
    assert len(job.told) <= at_most
    with qtbot.waitSignal(runner.event_received, timeout=WAIT_MS):
        runner.go_on()
    assert not runner.is_paused
    assert changes == [False, True, False]


def test_a_paused_run_is_asked_again_and_again(runner, qtbot, monkeypatch):
    monkeypatch.setattr(runner_module, "_LOOK_S", 0.001)
    job = Steps()
    with qtbot.waitSignal(runner.event_received, timeout=WAIT_MS):
        runner.start(job)
    runner.pause()
    qtbot.waitUntil(lambda: job.pauses > 2, timeout=WAIT_MS)


def test_an_error_is_reported_and_ends_the_run(runner, qtbot, caplog):
    def broken(control):
        yield 1
        raise ValueError("boom")

    with qtbot.waitSignals([runner.failed, runner.finished], order="strict", timeout=WAIT_MS):
        runner.start(broken)
    assert not runner.is_running
    assert "training failed" in caplog.text


def test_a_sentence_for_the_user_is_no_fault_of_ours(runner, qtbot, caplog):
    def useless(control):
        raise DataError("There is no picture in holiday", hint="Choose another folder.")
        yield

    with qtbot.waitSignal(runner.failed, timeout=WAIT_MS) as failed:
        runner.start(useless)
    assert str(failed.args[0]) == "There is no picture in holiday"
    assert "Traceback" not in caplog.text
    qtbot.waitUntil(lambda: not runner.is_running, timeout=WAIT_MS)


def test_the_end_of_the_program_puts_the_run_aside(runner, qtbot):
    job = Steps()
    with qtbot.waitSignal(runner.event_received, timeout=WAIT_MS):
        runner.start(job)
    runner.shutdown()
    assert job.told[-1] is Command.SUSPEND


def test_a_run_that_still_reads_ends_without_being_asked(runner, qtbot):
    closed = threading.Event()

    def reading(control):
        try:
            for number in range(10**9):
                yield DataRead(number, 10**9)
        finally:
            closed.set()

    with qtbot.waitSignal(runner.event_received, timeout=WAIT_MS):
        runner.start(reading)
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        runner.stop()
    assert closed.is_set()


def test_a_step_waits_for_the_viewer(runner, qtbot, quiet, monkeypatch):
    monkeypatch.setattr(runner_module, "_LONGEST_YIELD_S", 1000)
    quiet.clear()
    job = Steps(3)
    runner.start(job)
    assert is_still_waiting(runner)
    assert job.told == []
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        quiet.set()
    assert len(job.told) == 3


def test_a_busy_viewer_delays_no_stop(runner, qtbot, quiet, monkeypatch):
    monkeypatch.setattr(runner_module, "_LONGEST_YIELD_S", 1000)
    quiet.clear()
    job = Steps()
    runner.start(job)
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        runner.stop()
    assert job.told == [Command.STOP]


def test_a_busy_viewer_does_not_starve_a_run(runner, qtbot, quiet):
    quiet.clear()
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        runner.start(Steps(2))
