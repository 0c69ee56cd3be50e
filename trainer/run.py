"""A run under way: what the loop does once in a while, each a method."""

from __future__ import annotations

import time
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
import torch

from srcnn.network import arrays_of
from trainer.card import card_of, validation_name
from trainer.checkpoint import fresh_state, load_checkpoint, save_checkpoint
from trainer.control import Command
from trainer.events import (
    CheckpointSaved,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    Validated,
    WeightsSnapshot,
)
from trainer.gradients import make_gradients
from trainer.initial import initial_note
from trainer.learning_data import find_learning_data
from trainer.memory import memory_mb
from trainer.sub_images import SubImages
from trainer.validation import Validation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import ThreadPoolExecutor

    from srcnn.weights import ModelCard
    from trainer.config import TrainConfig
    from trainer.control import Control
    from trainer.events import DataRead, TrainEvent
    from trainer.run_folder import RunFolder

RUNAWAY = 10
"""A loss so many times the lowest one so far has diverged."""


class Diverged(Exception):
    """The numbers of a run ran away; what came before is sound."""


class Run:
    """Data, state and files of a run.

    Parameters
    ----------
    config : TrainConfig
        What to do.
    folder : RunFolder
        Where its files are.
    device : str
        Where it learns: ``cpu``, ``cuda:N`` or ``mps``.
    workers : ThreadPoolExecutor
        Threads for gradients and validation.
    rank : int
        Of this process; only the first one (0) reports and writes.

    Attributes
    ----------
    state : TrainState
        Where it stands.
    sub_images : SubImages
        What is learnt from.
    gradients : Gradients
        How gradients are computed.
    """

    def __init__(
        self,
        config: TrainConfig,
        folder: RunFolder,
        device: str,
        workers: ThreadPoolExecutor,
        rank: int,
    ) -> None:
        self.config = config
        self._folder = folder
        self._device = device
        self._is_first = rank == 0
        self._data = data = find_learning_data(config)
        self.sub_images = SubImages(data.files, config)
        self._validation = Validation(data.held_out, config.scale, device, workers, config.threads)
        self._note = ""
        self._workers = workers

    def begin(self, *, anew: bool) -> Iterator[DataRead]:
        """Make the folder, or find where the run stood; then read the pictures.

        Raises
        ------
        SrcnnError
            If the folder, the checkpoint or the pictures are no use.
        """
        if not anew and self._folder.has_checkpoint:
            self.state, self._note = load_checkpoint(self._folder, self.config, self._device)
            self.state.check_data(self._data.digest)
        else:
            self.state = fresh_state(self.config, self._data.digest, self._device)
            self._note = initial_note(self.config)
        if anew and self._is_first:
            self._folder.create(self.config)
        if not anew and self._is_first:
            self._folder.cut_events(self.state.events_length)
        is_new = self.state.step == 0
        yield from self.sub_images.load(self.state.step, None if is_new else self.state.slots)
        self.state.slots = self.sub_images.slots
        self.gradients = make_gradients(self.state.network, self.config, self._workers)

    def started(self) -> list[TrainEvent]:
        """Report the start."""
        if not self._is_first:
            return []
        config = self.config
        event = RunStarted(
            folder=self._folder.path,
            scale=config.scale,
            network=config.spec.name,
            device=self._device,
            threads=config.threads,
            training_pictures=self.sub_images.pictures,
            validation_pictures=len(self._data.held_out),
            validation_name=validation_name(config),
            skipped=(*self._data.skipped, *self.sub_images.skipped),
            bicubic_db=self._validation.bicubic_db,
            paper_db=self._validation.paper_db,
            curve=self._folder.read_curve(),
            note=self._note,
        )
        return self._reported(event)

    def step(self) -> None:
        """Make a step along the gradients, and take it into the averaged weights.

        Raises
        ------
        Diverged
            If no step can be computed from them.
        """
        config, state = self.config, self.state
        try:
            state.optimiser.step()
        except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]  # not in torch's stubs
            raise Diverged from error
        state.step += 1
        # the first weights are soon forgotten
        past = min(config.average, (1 + state.step) / (10 + state.step)) if config.average else 0.0
        for kept, new in zip(state.average.parameters(), state.network.parameters(), strict=True):
            kept.lerp_(new.detach(), 1 - past)

    def report(self, progress: float, rate: float) -> list[TrainEvent]:
        """Report the steps since the report before.

        Raises
        ------
        Diverged
            If their loss is no number, or far above the lowest one.
        """
        config, state = self.config, self.state
        loss = state.loss_sum.item() / (state.step - state.reported_step)
        if not isfinite(loss) or loss > RUNAWAY * state.lowest_loss:
            raise Diverged
        state.lowest_loss = min(loss, state.lowest_loss)
        state.loss_sum.zero_()
        backprops = state.step * config.batch
        seen = backprops - state.reported_step * config.batch
        per_second = seen / max(state.seconds - state.reported_seconds, 1e-9)
        left = state.seconds * (1 - progress) / progress if progress else None
        state.reported_step, state.reported_seconds = state.step, state.seconds
        return self._reported(
            StepDone(backprops, progress, state.seconds, loss, rate, per_second, left, memory_mb())
        )

    def snapshot(self) -> list[TrainEvent]:
        """Save the averaged weights for whoever watches."""
        if not self._is_first:
            return []
        backprops = self.state.step * self.config.batch
        path = self._folder.save_snapshot(self.config, arrays_of(self.state.average), backprops)
        return self._reported(WeightsSnapshot(backprops, self.state.seconds, path))

    def validate(self, control: Control) -> list[TrainEvent]:
        """Measure the averaged weights, and keep them if they are the best so far.

        ``control`` is asked between pictures; if it wants anything but to go on, nothing is
        measured.

        Raises
        ------
        Diverged
            If they are no numbers.
        """
        state = self.state
        arrays = arrays_of(state.average)
        if not all(np.isfinite(array).all() for array in arrays):
            raise Diverged
        if not self._is_first:
            return []
        paused = 0.0

        def should_stop() -> bool:
            nonlocal paused
            asked = time.perf_counter()
            command = control()
            paused += time.perf_counter() - asked
            return command is not Command.GO_ON

        began = time.perf_counter()
        psnr_db = self._validation.psnr_of(arrays, should_stop)
        state.seconds += time.perf_counter() - began - paused
        if psnr_db is None:
            return []
        state.validated_step = state.step
        is_best = psnr_db > state.best_db
        if is_best:
            state.best, state.best_db, state.best_step, state.waited = (
                arrays, psnr_db, state.step, 0,
            )  # fmt: skip
            self._folder.save_best(self.config, arrays, self._card())
        else:
            state.waited += 1
        backprops = state.step * self.config.batch
        return self._reported(Validated(backprops, state.seconds, psnr_db, is_best, state.waited))

    def save(self) -> list[TrainEvent]:
        """Make sure that nothing gets lost."""
        if not self._is_first:
            return []
        self.state.events_length = self._folder.events_length()
        save_checkpoint(self.state, self._folder)
        backprops = self.state.step * self.config.batch
        return self._reported(CheckpointSaved(backprops, self._folder.checkpoint))

    def finish(self, reason: StopReason) -> list[TrainEvent]:
        """End the run, and keep what the reason says."""
        if not self._is_first:
            return []
        state, backprops = self.state, self.state.step * self.config.batch
        if reason is StopReason.DISCARDED:
            self._folder.discard()
            return [RunFinished(backprops, state.seconds, reason, None, None)]
        weights = None
        if reason is not StopReason.SUSPENDED:
            weights = self._folder.save_weights(self.config, state.best, self._card())
        best = state.best_step * self.config.batch
        note = self._closing_words(reason)
        return self._reported(
            RunFinished(backprops, state.seconds, reason, weights, state.best_db, best, note)
        )

    @property
    def is_out_of_patience(self) -> bool:
        """Whether it has not improved for long enough."""
        patience = self.config.patience
        return patience is not None and self.state.waited >= patience

    def _reported(self, event: TrainEvent) -> list[TrainEvent]:
        if not self._is_first:
            return []
        self._folder.append(event)
        return [event]

    def _card(self) -> ModelCard:
        return card_of(
            self.config,
            name=self._folder.path.resolve().name,
            pictures=self.sub_images.pictures,
            backprops=self.state.best_step * self.config.batch,
            seconds=self.state.seconds,
            best_db=self.state.best_db,
        )

    def _closing_words(self, reason: StopReason) -> str:
        config, state = self.config, self.state
        if reason is StopReason.DIVERGED:
            return (
                "The numbers ran away, so it was stopped; the best weights before that are kept. "
                f"Start again with a rate below {config.rate:g}, or with a longer warm-up."
            )
        if reason is not StopReason.SUSPENDED and state.best_step == 0 and state.step:
            return (
                "Nothing was better on the validation pictures than what it began with, so that "
                "is what is kept. Train longer, with a lower rate, or on more pictures."
            )
        return ""
