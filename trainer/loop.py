"""Training, top to bottom, in the order things happen."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from srcnn.device import resolve_device
from srcnn.errors import DataError
from trainer.control import Command, Control, go_on
from trainer.events import StopReason
from trainer.memory import memory_explained
from trainer.optimiser import rate_at, set_rate
from trainer.processes import (
    decided_by_first,
    device_of_process,
    process_group,
    share_of_process,
)
from trainer.run import Diverged, Run
from trainer.run_claim import claimed
from trainer.run_folder import RunFolder
from trainer.workers import workers_of_one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trainer.config import TrainConfig
    from trainer.events import TrainEvent


_COMMANDS = list(Command)


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
        claimed(config.out, control) if rank == 0 else nullcontext(control) as control,
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
        # validate, the first weights too, and make sure that nothing gets lost
        if state.step % config.validate_every == 0 and state.step != state.validated_step:
            yield from run.validate(control)
            yield from run.save()

        # go on? with several processes, the first one decides
        used = 1.0 if run.is_out_of_patience else config.progress(state.step, state.seconds)
        progress = decided_by_first(used, device)
        command = _COMMANDS[int(decided_by_first(_COMMANDS.index(control()), device))]
        if progress >= 1 or command is not Command.GO_ON:
            break
        began = time.perf_counter()

        # forward, backward, update
        low, truth = (share_of_process(part) for part in run.sub_images.sample(state.step))
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

    reason = StopReason.COMPLETED if progress >= 1 else StopReason(command.value)
    if reason is StopReason.COMPLETED and run.is_out_of_patience:
        reason = StopReason.NO_GAIN
    if reason is not StopReason.DISCARDED:
        # what came after the last validation counts too
        if reason is not StopReason.SUSPENDED and state.step != state.validated_step:
            yield from run.validate(go_on)
        yield from run.save()
    yield from run.finish(reason)
