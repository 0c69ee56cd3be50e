"""Presets: configurations to start from, each with what it does in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from trainer.config import LossKind, OptimiserKind, Sampling, Schedule, Start, TrainConfig


@dataclass(frozen=True, slots=True)
class Preset:
    """A configuration and what people should know of it.

    Attributes
    ----------
    label, explanation : str
        Name, and what it does and when to choose it.
    config : TrainConfig
        The settings; give them data with ``dataclasses.replace``.
    needs_initial : bool
        Whether it makes sense only from given weights.
    """

    label: str
    explanation: str
    config: TrainConfig
    needs_initial: bool = False

    def for_scale(self, scale: int) -> TrainConfig:
        """Return the settings for an enlargement factor."""
        config = replace(self.config, scale=scale)
        if config.preset == "paper":  # sub-images of 32 pixels, 33 where the scale is 3
            return replace(config, crop=33 if scale == 3 else 32)
        return config


_FAST = TrainConfig()

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "demo": Preset(
            "Quick demo",
            "Two minutes on any processor, with the pictures that come with the program. Beats "
            "bicubic within seconds; good for seeing how learning looks.",
            replace(
                _FAST, preset="demo", backprops=None, minutes=2.0,
                report_every=20, validate_every=500, snapshot_every=100,
            ),
        ),
        "fast": Preset(
            "Fast",
            "Reaches the paper's quality in minutes: starts from the bicubic picture, SOAP with "
            "warm-up and cosine, sub-images turned and mirrored, pictures at several sizes, "
            "averaged weights.",
            _FAST,
        ),
        "paper": Preset(
            "Paper (ECCV 2014)",
            "As the paper and the authors' release train: filters from N(0, 0.001), SGD with "
            "momentum 0.9, rates 1e-4, 1e-4 and 1e-5, sub-images every 14 pixels, batches of "
            "128. Slow: it beats bicubic after some 800,000 backprops and goes on for "
            "hundreds of millions.",
            replace(
                _FAST, preset="paper", sampling=Sampling.GRID, stride=14, turns=False,
                rescales=(1.0,), start=Start.PAPER, optimiser=OptimiserKind.SGD, momentum=0.9,
                loss=LossKind.SUM_OF_SQUARES, batch=128, rate=1e-4,
                layer_rates=(1.0, 1.0, 0.1), bias_rates=(0.1, 0.1, 0.1),
                schedule=Schedule.CONSTANT, warmup=0.0, average=0.0, backprops=800_000_000,
                report_every=20, validate_every=400, snapshot_every=200,
            ),
        ),
        "finetune": Preset(
            "Fine-tune",
            "Goes on from given weights with a gentle rate and adapts them to your kind of "
            "pictures: text, faces, drawings. If nothing better is found on the validation "
            "pictures, the weights it began with are kept.",
            replace(
                _FAST, preset="finetune", rate=1e-3, backprops=None, minutes=2.0,
                validate_every=200, snapshot_every=50,
            ),
            needs_initial=True,
        ),
    }
)  # fmt: skip
"""What a run can begin as, by name."""
