"""Training, top to bottom, in the order things happen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import torch

from srcnn.device import resolve_device
from srcnn.errors import DataError
from trainer.events import StopReason, TrainEvent
from trainer.optimiser import rate_at, set_rate
from trainer.processes import decided_by_first, device_of_process, process_group
from trainer.run import Diverged, Run, memory_explained
from trainer.run_folder import RunFolder
from trainer.workers import workers_of_one_thread

if TYPE_CHECKING:
    from pathlib import Path

    from trainer.config import TrainConfig


class Command(StrEnum):
    """What a run is told before each step; to pause it, answer later."""

    GO_ON = "go on"
    STOP = "stopped"  # and keep what was learnt
    SUSPEND = "suspended"  # stop, to be resumed
    DISCARD = "discarded"  # stop, and remove the run's files


Control: TypeAlias = Callable[[], Command]

_COMMANDS = list(Command)


def go_on() -> Command:
    """Let a run go to its end."""
    return Command.GO_ON


def train(config: TrainConfig, control: Control = go_on) -> Iterator[TrainEvent]:
    """Train and report: whoever iterates, drives.

    Parameters
    ----------
    config : TrainConfig
        What to do.
    control : Control
        Asked before each step.

    Yields
    ------
    TrainEvent
        ``RunStarted`` after the pictures are read, ``RunFinished`` last.

    Raises
    ------
    SrcnnError
        If data, device, weights or the run's folder are no use, or become so.
    """
    yield from _run(config, control, anew=True)


def resume(folder: Path, control: Control = go_on) -> Iterator[TrainEvent]:
    """Go on with the run in a folder, from its last checkpoint; otherwise as ``train``."""
    yield from _run(RunFolder(folder).read_config(), control, anew=False)


def _run(config: TrainConfig, control: Control, *, anew: bool) -> Iterator[TrainEvent]:
    with (
        process_group(config) as rank,
        workers_of_one_thread(config.threads) as workers,
        memory_explained(config),
    ):
        device = resolve_device(device_of_process(config.device)).device.id
        run = Run(config, RunFolder(config.out), device, workers, rank)
        yield from run.begin(anew=anew)
        try:
            yield from _learn(run, control, device)
        except Diverged:
            yield from run.finish(StopReason.DIVERGED)
        except DataError:
            yield from run.save()
            raise
        finally:
            run.sub_images.close()


def _learn(run: Run, control: Control, device: str) -> Iterator[TrainEvent]:
    config, state = run.config, run.state
    yield from run.started()
    while True:
        # go on? with several processes, the first one decides
        used = 1.0 if run.is_out_of_patience else config.progress(state.step, state.seconds)
        progress = decided_by_first(used, device)
        command = _COMMANDS[int(decided_by_first(_COMMANDS.index(control()), device))]
        if progress >= 1 or command is not Command.GO_ON:
            break
        began = time.perf_counter()

        # forward, backward, update
        low, truth = map(torch.from_numpy, run.sub_images.sample(state.step))
        rate = rate_at(config, progress)
        set_rate(state.optimiser, config, rate)
        state.loss_sum += run.gradients(low.to(device), truth.to(device))
        run.step()
        state.seconds += time.perf_counter() - began

        # report now and then: reading the loss waits for the device
        if state.step % config.report_every == 0:
            yield from run.report(config.progress(state.step, state.seconds), rate)
        if state.step % config.snapshot_every == 0:
            yield from run.snapshot()

        # validate, and make sure that nothing gets lost
        if state.step % config.validate_every == 0:
            yield from run.validate()
            yield from run.save()

    reason = StopReason.COMPLETED if command is Command.GO_ON else StopReason(command.value)
    if command is Command.GO_ON and run.is_out_of_patience:
        reason = StopReason.NO_GAIN
    if reason is not StopReason.DISCARDED:
        # what came after the last validation counts too
        if reason is not StopReason.SUSPENDED and state.step % config.validate_every:
            yield from run.validate()
        yield from run.save()
    yield from run.finish(reason)
