"""Commands of the batch: the panel, its queue, what starts, holds and ends the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from srcnn_gui.action_tips import enable_all_unless, show_pause
from srcnn_gui.batch.choices import Choices
from srcnn_gui.batch.cycle import BatchCycle, End
from srcnn_gui.batch.keeper import Keeper
from srcnn_gui.batch.model import QueueModel
from srcnn_gui.batch.questions import ask_to_close, ask_to_overwrite
from srcnn_gui.batch.queue_commands import QueueCommands
from srcnn_gui.batch.readiness import method_of, methods_of, missing, objection
from srcnn_gui.batch.result_commands import ResultCommands
from srcnn_gui.batch.rows import Found, Row, State, tally
from srcnn_gui.batch.runner import BatchRunner
from srcnn_gui.batch.store import Kept
from srcnn_gui.batch.thumbnails import Thumbnails
from srcnn_gui.batch.title import show_percent
from srcnn_gui.batch.wording import offer_text, summary, waiting_text
from srcnn_gui.batch.work import BatchPlan
from srcnn_gui.dock_toggle import DockToggle
from srcnn_gui.explanation import message_of
from srcnn_gui.jobs import JobService
from srcnn_gui.message import Topic
from srcnn_gui.theme import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.method import Method
    from srcnn_gui.batch.panel import BatchPanel
    from srcnn_gui.commands import Commands
    from srcnn_gui.file_commands import FileCommands
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.session import Session

_WORKERS = 3
"""The batch, the pictures in sight, and files: none waits for another."""


class BatchCommands(QObject):
    """The Batch panel, built when it is first asked for, and the commands of its menu.

    Attributes
    ----------
    jobs : JobService
        Of its own, so that opening and saving never wait for a batch.
    model : QueueModel
        The queue.
    runner : BatchRunner
        The job that does the work.
    queue, results, keeper : QueueCommands, ResultCommands, Keeper
        What fills the queue; what is done with its rows; what keeps it on the disk.
    panel : BatchPanel or None
        None until it was asked for.
    """

    def __init__(
        self, window: MainWindow, session: Session, commands: Commands, files: FileCommands
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._commands = window, session, commands
        self._actions = window.actions_by_id
        self._choices = Choices()
        self._offered: tuple[str, ...] = ()
        self._left: set[Row] = set()  # of the last time: they wait until they are asked for
        self._headline = ""  # how the last batch came to its end
        self.panel: BatchPanel | None = None
        self.jobs = JobService(max_workers=_WORKERS, parent=self)
        self.thumbnails = Thumbnails(self.jobs, commands.settings.max_megapixels, self)
        self.model = QueueModel(self.thumbnails, self)
        self.runner = BatchRunner(self.jobs, session.quiet, self)
        self.cycle = BatchCycle(self.runner, self.model, self)
        self.keeper = Keeper(self.jobs, self._kept, self)
        ways = self._chosen, lambda: self._choices
        self.queue = QueueCommands(window, self.model, self.jobs, commands, *ways)
        self.results = ResultCommands(window, self.model, self.jobs, commands, files, *ways)
        self._connect()
        self._on_state_changed()

    def _connect(self) -> None:
        for action_id, slot in {
            "batch": self.show_panel,
            "batch_start": self.start,
            "batch_pause": self.runner.pause,
            "batch_cancel": self.runner.cancel,
        }.items():
            self._actions[action_id].triggered.connect(slot)
        DockToggle(self._actions["show_batch"], self._window.batch_dock, self.show_panel, self)
        self._window.checks_before_closing.append(self.may_close)
        self._session.views_changed.connect(self._on_state_changed)
        self.model.changed.connect(self._on_queue_changed)
        self.queue.remarked.connect(self._on_remarked)
        self.queue.folder_dropped.connect(self.show_panel)
        self.runner.state_changed.connect(self._on_state_changed)
        self.cycle.stepped.connect(self._on_stepped)
        self.cycle.failed.connect(self._on_failed)
        self.cycle.ended.connect(self._on_ended)
        self.keeper.restored.connect(self._on_restored)
        self.keeper.failed.connect(self._on_not_kept)

    def shutdown(self) -> None:
        """Do no more, say nothing of it, and keep the queue."""
        self.thumbnails.shutdown()
        self.cycle.blockSignals(True)
        self.runner.cancel()
        self.jobs.shutdown()
        self.runner.tell()
        self.keeper.shutdown()

    def offer_devices(self) -> None:
        """Take in that the devices, and so perhaps the methods, are others."""
        if self.panel is not None:
            self.panel.form.offer_devices(self._session.library.devices)
        self._on_state_changed()

    def may_close(self) -> bool:
        """Tell whether the window may close; during a batch the person is asked."""
        return not self.runner.is_running or ask_to_close(self._window)

    @Slot()
    def show_panel(self) -> BatchPanel:
        """Bring the panel to the front; the first time it is built."""
        if self.panel is None:
            from srcnn_gui.batch.panel import BatchPanel

            panel = self.panel = BatchPanel(self.model, self._actions)
            self._offered = ()
            panel.form.offer_devices(self._session.library.devices)
            self._show_choices()
            panel.form.changed.connect(self._on_form_changed)
            panel.dropped.connect(self.queue.add)
            panel.queue.selection_changed.connect(self._on_state_changed)
            panel.queue.open_requested.connect(self.results.open_chosen)
            panel.strip.offer.accepted.connect(self.start)
            panel.strip.offer.declined.connect(self.queue.empty)
            self._on_queue_changed()
        self._window.show_panel(self._window.batch_dock, self.panel)
        return self.panel

    def set_choices(self, choices: Choices) -> None:
        """Make this the setting for all, as if it had been chosen."""
        self._choices = choices
        self._show_choices()
        self._on_state_changed()

    @Slot()
    def start(self) -> None:
        """Do what waits in the queue, or say why not."""
        panel = self.show_panel()
        reason, method = self._objection(), self._method()
        if reason or method is None:
            panel.strip.show_problem(f"{reason}.")
        elif not (self._window.is_attended and self._choices.overwrites) or ask_to_overwrite(
            self._window, self._choices.output
        ):
            self._left.clear()
            panel.strip.offer.show_text("")
            self._begin(method)

    def _waiting(self) -> list[Row]:
        rows = self.model.rows
        return [row for row in rows if row.state is State.WAITING and row not in self._left]

    def _begin(self, method: Method) -> None:
        settings, waiting = self._commands.settings, self._waiting()
        numbered = tuple((row.number, Found(row.path, row.place)) for row in waiting)
        if self.panel is not None:
            self.panel.strip.show_problem("")
        self._window.messages.clear(Topic.BATCH)
        limits = settings.border, settings.max_megapixels
        self.cycle.start(BatchPlan(numbered, self._choices, method, *limits))

    def _kept(self) -> Kept:
        return Kept(self._choices, tuple(self.model.rows))

    def _chosen(self) -> list[Path]:
        return [] if self.panel is None else self.panel.queue.chosen

    def _method(self) -> Method | None:
        return method_of(self._session.library, self._choices, self._commands.settings.border)

    def _missing(self) -> str:
        """Say what is wrong with the setting, without a full stop; empty if nothing is."""
        ready, problem = self._session.torch_is_ready, self._session.torch_problem
        return missing(self._choices, self._method(), torch_is_ready=ready, problem=problem)

    def _objection(self) -> str:
        """Say why nothing can be started, likewise."""
        is_running = self.runner.is_running
        return objection(self.model.tally, self._missing(), is_running=is_running)

    def _show_choices(self) -> None:
        if self.panel is not None:
            self.panel.form.set_choices(self._choices)
            self.panel.queue.show_with_folders(self._choices.with_folders)

    @Slot()
    def _on_state_changed(self) -> None:
        """Offer the methods there are; enable what can be done, and say why the rest cannot."""
        panel, runner = self.panel, self.runner
        can_end = runner.is_running and not runner.is_stopping
        none = "" if can_end else "No batch is under way"
        reasons = {"batch_start": self._objection(), "batch_pause": none, "batch_cancel": none}
        reasons |= self.queue.reasons(is_running=runner.is_running) | self.results.reasons()
        enable_all_unless(self._actions, reasons)
        show_pause(self._actions["batch_pause"], is_paused=runner.is_paused)
        if panel is None:
            return
        settings = self._commands.settings
        methods = methods_of(self._session.library, self._choices, settings.border)
        offered = tuple(method.fingerprint for method in methods)
        if offered != self._offered:
            self._offered = offered
            panel.form.offer_methods(methods)
        self.model.set_choices(self._choices, self._method())
        panel.form.setEnabled(not runner.is_running)
        if runner.is_running:
            self._on_stepped()
        else:
            self._say_what_waits()

    def _say_what_waits(self) -> None:
        if self.panel is not None and not self.runner.is_running:
            text = waiting_text(self.model.tally, self._missing())
            self.panel.strip.show_end(self._headline, text)

    @Slot()
    def _on_form_changed(self) -> None:
        if self.panel is not None:
            self._choices = self.panel.form.choices
            self.panel.strip.show_problem("")
            self.keeper.note_change()
            self._on_state_changed()

    @Slot()
    def _on_queue_changed(self) -> None:
        self.keeper.note_change()
        self._headline = ""
        if self.panel is not None:
            first = next(iter(self.model.rows), None)
            example = None if first is None else Found(first.path, first.place)
            self.panel.form.show_example(example, 1 if first is None else first.number)
            if not self.model.rows:
                self.panel.strip.offer.show_text("")
        self._on_state_changed()

    @Slot(str)
    def _on_remarked(self, text: str) -> None:
        self.show_panel().strip.show_problem(text, Severity.WARNING)

    @Slot()
    def _on_stepped(self) -> None:
        step = self.cycle.step
        show_percent(self._window, None if step is None else step.fraction)
        if self.panel is not None and step is not None:
            at = f"{int(step.done)} of {step.total}"
            headline = f"Paused at {at}" if self.runner.is_paused else at
            self.panel.strip.show_step("Stopping" if self.runner.is_stopping else headline, step)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.show_panel().strip.show_problem(message_of(error))

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        """Say what came of it; pictures that were added meanwhile come now."""
        show_percent(self._window, None)
        method, counts = self._method(), self.model.tally
        can_go_on = end is End.FINISHED and not self._missing()
        if can_go_on and method is not None and self._waiting():
            self._begin(method)
            return
        has_failed = end is End.FINISHED and counts.failed > 0 and not counts.done
        self._headline = "Failed" if has_failed else end.value
        self._say_what_waits()
        if end is End.FINISHED and not self._window.batch_dock.isVisible():
            self._window.messages.show_info(
                f"The batch has ended: {summary(counts)}.", topic=Topic.BATCH
            )

    @Slot(object)
    def _on_restored(self, kept: Kept) -> None:
        """Offer what is left of the last time; however late, what was chosen meanwhile stays."""
        if self._choices == Choices() and not self.runner.is_running:
            self._choices = kept.choices
            self._show_choices()
        rows = [row for row in kept.rows if self.model.row_of(row.path) is None]
        self._left = {row for row in rows if row.outcome is None}
        self.model.extend(rows)
        if self._left:
            panel = self.show_panel()
            panel.strip.offer.show_text(offer_text(tally(rows)))

    @Slot(object)
    def _on_not_kept(self, error: Exception) -> None:
        self._window.messages.show_error(error)
