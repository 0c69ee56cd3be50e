"""The one thread that trains; what it reports comes out in the GUI thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from srcnn.errors import SrcnnError
from srcnn.workers import give_way
from trainer.control import Command
from trainer.events import DataRead

if TYPE_CHECKING:
    from trainer.control import Control
    from trainer.dictionary_events import DictionaryEvent
    from trainer.events import TrainEvent

log = logging.getLogger(__name__)

Job: TypeAlias = "Callable[[Control], Iterator[TrainEvent | DictionaryEvent]]"

_NICENESS = 10
"""More than that of tiles in sight."""

_LONGEST_YIELD_S = 0.25
"""A step waits for the viewer at most so long, so that a busy viewer does not starve a run."""

_GLANCE_S = 0.05
"""While it waits it looks this often whether it is asked to stop."""


_LOOK_S = 1.0
"""While it is paused it is asked again so often: who asks shows that the program lives."""

_GOING = Command.GO_ON, Command.PAUSE


class TrainingRunner(QObject):
    """Runs one job at a time and can pause it.

    Parameters
    ----------
    quiet : threading.Event or None
        Set while the viewer needs nothing; a run waits for it a little before each step.
    parent : QObject or None
        Owner.
    """

    event_received = Signal(object)  # TrainEvent or DictionaryEvent
    failed = Signal(object)  # Exception; ``finished`` follows
    finished = Signal()  # the thread has ended
    state_changed = Signal()  # started, paused, going on, ending, ended

    _sent = Signal(object)  # event or Exception; emitted in the training thread
    _ended = Signal()  # likewise

    def __init__(self, quiet: threading.Event | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._quiet = quiet
        self._thread: threading.Thread | None = None
        self._wish = Command.GO_ON
        self._may_go = threading.Event()
        self._sent.connect(self._on_sent)
        self._ended.connect(self._on_ended)

    @property
    def is_running(self) -> bool:
        """Whether there is a run, paused or not."""
        return self._thread is not None

    @property
    def is_paused(self) -> bool:
        """Whether the run waits to be told to go on."""
        return self.is_running and not self._may_go.is_set()

    @property
    def wish(self) -> Command:
        """What the present run, or the last one, was asked to do."""
        return self._wish

    def start(self, job: Job) -> None:
        """Begin a run.

        Raises
        ------
        RuntimeError
            If there is one already.
        """
        if self.is_running:
            raise RuntimeError("a run is already in progress")
        self._wish = Command.GO_ON
        self._may_go.set()
        self._thread = threading.Thread(target=self._work, args=(job,), name="training")
        self._thread.start()
        self.state_changed.emit()

    @Slot()
    def pause(self) -> None:
        """Stop before the next step, until ``go_on``."""
        if self.is_running and self._wish is Command.GO_ON:
            self._may_go.clear()
            self.state_changed.emit()

    @Slot()
    def go_on(self) -> None:
        """End the pause."""
        if self.is_paused:
            self._may_go.set()
            self.state_changed.emit()

    @Slot()
    def stop(self) -> None:
        """End the run and keep what was learnt."""
        self._end(Command.STOP)

    @Slot()
    def discard(self) -> None:
        """End the run and keep nothing."""
        self._end(Command.DISCARD)

    @Slot()
    def suspend(self) -> None:
        """Put the run aside, to be gone on with another day."""
        self._end(Command.SUSPEND)

    def shutdown(self) -> None:
        """Put the run aside and wait until it is; for the end of the program."""
        self.suspend()
        if self._thread is not None:
            self._thread.join()

    def _end(self, wish: Command) -> None:
        if self.is_running and self._wish is Command.GO_ON:
            self._wish = wish
            self._may_go.set()
            self.state_changed.emit()

    def _work(self, job: Job) -> None:
        """Drive the run; in the training thread."""
        give_way(_NICENESS)
        try:
            self._drive(job)
        except SrcnnError as error:  # a sentence for the user, not a fault of ours
            log.warning("training: %s", error)
            self._sent.emit(error)
        except Exception as error:  # the end of the thread: nobody above could catch it
            log.exception("training failed")
            self._sent.emit(error)
        self._ended.emit()

    def _drive(self, job: Job) -> None:
        events = job(self._asked)
        for event in events:
            self._sent.emit(event)
            if isinstance(event, DataRead) and self._asked() not in _GOING:
                break  # nothing is learnt yet, so there is nothing to be kept
        if isinstance(events, Generator):
            events.close()  # now, not when it is forgotten: its files and threads are let go of

    def _asked(self) -> Command:
        """Wait a little while paused, and for the viewer; then say what is wanted."""
        if not self._may_go.wait(_LOOK_S):
            return Command.PAUSE
        if self._quiet is not None:
            for _ in range(round(_LONGEST_YIELD_S / _GLANCE_S)):
                if self._wish is not Command.GO_ON or self._quiet.wait(_GLANCE_S):
                    break
        return self._wish

    @Slot(object)
    def _on_sent(self, message: TrainEvent | DictionaryEvent | Exception) -> None:
        if isinstance(message, Exception):
            self.failed.emit(message)
        else:
            self.event_received.emit(message)

    @Slot()
    def _on_ended(self) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        self.state_changed.emit()
        self.finished.emit()
