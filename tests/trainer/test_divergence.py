"""Numbers that run away: the run ends, and the best weights before that are kept."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest
import torch

from srcnn.weights import load_weights
from trainer.config import OptimiserKind, Schedule, Start, TrainConfig
from trainer.events import RunFinished, RunStarted, StopReason, TrainEvent, Validated
from trainer.loop import resume, train
from trainer.run_folder import RunFolder


def finished(events: Iterable[TrainEvent]) -> RunFinished:
    *_, last = events
    assert isinstance(last, RunFinished)
    return last


@pytest.mark.parametrize("optimiser", OptimiserKind)
@pytest.mark.parametrize("report_every", [4, 1000])
def test_a_diverging_run_keeps_the_best_weights_and_says_what_to_do(
    tiny: TrainConfig, optimiser: OptimiserKind, report_every: int
) -> None:
    """Without a report in between the next validation notices."""
    config = replace(
        tiny, optimiser=optimiser, rate=1e30, warmup=0, report_every=report_every,
        schedule=Schedule.CONSTANT,
    )  # fmt: skip
    events = list(train(config))
    last = finished(events)
    assert last.reason is StopReason.DIVERGED
    assert "rate below 1e+30" in last.note
    assert last.weights is not None
    kept = load_weights(last.weights)  # refuses what is no number
    assert last.psnr_db is not None
    assert math.isfinite(last.psnr_db)
    assert kept.card.backprops == last.best_backprops
    assert RunFolder(config.out).read_events()[-1] == last


def test_a_loss_far_above_the_lowest_one_is_divergence(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finite numbers, too: the loss jumps after the fourth report."""
    from trainer import gradients

    calls = 0
    of_batch = gradients.LocalGradients.__call__

    def jumping(
        self: gradients.LocalGradients, low: torch.Tensor, truth: torch.Tensor
    ) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return of_batch(self, low, truth) * (1 if calls <= 16 else 1000)

    monkeypatch.setattr(gradients.LocalGradients, "__call__", jumping)
    events = list(train(replace(tiny, start=Start.HE, rate=5e-3, warmup=0)))
    last = finished(events)
    assert (last.reason, last.backprops) == (StopReason.DIVERGED, 80)
    validated = [event for event in events if isinstance(event, Validated)]
    best = max(validated, key=lambda event: event.psnr_db)
    assert (last.psnr_db, last.best_backprops) == (best.psnr_db, best.backprops)
    assert last.best_backprops > 0


def test_a_step_that_cannot_be_computed_is_divergence(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.soap import Soap

    def failed(_self: Soap, _closure: object = None) -> None:
        raise torch.linalg.LinAlgError("did not converge")

    monkeypatch.setattr(Soap, "step", failed)
    assert finished(train(tiny)).reason is StopReason.DIVERGED


def test_a_diverged_run_can_be_gone_on_with_from_its_last_checkpoint(tiny: TrainConfig) -> None:
    config = replace(tiny, rate=1e30, warmup=0)
    list(train(config))
    events = list(resume(config.out))
    assert any(isinstance(event, RunStarted) for event in events)
    assert finished(events).reason is StopReason.DIVERGED
