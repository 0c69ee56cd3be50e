"""What a training run is told: one frozen value, and the presets to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from srcnn.degrade import Degradation
from srcnn.resize import Border
from srcnn.spec import SrcnnSpec

_POSITIVE = (
    "scale", "batch", "rate", "backprops", "threads", "report_every", "validate_every",
)  # fmt: skip


class Start(StrEnum):
    """Where a network without initial weights begins.

    ``HE`` draws every filter from N(0, 2 / inputs) (He et al. 2015). ``BICUBIC`` draws in the
    same way, then makes one path through the network hand the picture on and silences the
    others in the last layer: the first result is the bicubic picture, and 12,000 backprops
    lead further than 80,000 otherwise.
    """

    HE = "he"
    BICUBIC = "bicubic"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Everything that decides how a run goes; the same value gives the same weights on a CPU.

    ``backprops`` counts sub-images seen, as the paper does.

    Raises
    ------
    ValueError
        If a number makes no sense.
    """

    # the run
    preset: str = "fast"  # name of the preset it began as, for the card
    out: Path = Path("run")  # folder for checkpoint and weights

    # what is learnt from
    data: Path = Path()  # folder of pictures, searched with its sub-folders
    validation: Path | None = None  # folder to validate on; None: held out of ``data``
    held_out: float = 0.1  # share of the pictures of ``data`` held out then
    scale: int = 3  # enlargement factor
    degradation: Degradation = Degradation.BICUBIC  # how the low resolution is made
    border: Border = Border.CLAMP  # border rule of imresize; clamp is the paper's
    crop: int = 33  # side of a sub-image, pixels
    rescales: tuple[float, ...] = (1.0, 0.9, 0.8, 0.7, 0.6)  # sizes each picture is seen at

    # what learns
    spec: SrcnnSpec = field(default_factory=SrcnnSpec)  # widths and filter sizes
    initial: Path | None = None  # weights to begin with; None: drawn as ``start`` says
    start: Start = Start.BICUBIC  # how they are drawn

    # how it learns
    batch: int = 16  # sub-images a step
    rate: float = 1e-3  # Adam's highest rate, reached after the warm-up
    warmup: float = 0.01  # share of the budget with a rising rate; a cosine down to 0 follows
    average: float = 0.999  # weight of the past in the averaged weights, a step
    seed: int = 0  # of the held-out pictures, the first weights and the sub-images

    # how long, and where
    backprops: int = 1_000_000  # budget, sub-images; unused if ``minutes`` is set
    minutes: float | None = None  # budget by the clock, minutes of training
    device: str = "cpu"  # cpu, cuda, cuda:N, mps or auto
    threads: int = 1  # of the CPU; part of the result's last bits

    # how often it reports
    report_every: int = 100  # steps between two StepDone
    validate_every: int = 5000  # steps between two validations (and checkpoints)

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)}")
        for name in ("held_out", "warmup", "average"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must be in [0, 1), not {getattr(self, name)}")
        if self.minutes is not None and self.minutes <= 0:
            raise ValueError(f"minutes must be above 0, not {self.minutes}")
        if self.crop <= 2 * self.spec.halo:
            raise ValueError(f"crop must be above {2 * self.spec.halo}, not {self.crop}")
        if self.spec.channels != 1:
            raise ValueError("only luma is trained: spec.channels must be 1")
        if not self.rescales or not all(0 < size <= 1 for size in self.rescales):
            raise ValueError(f"rescales must lie in (0, 1], not {self.rescales}")

    @property
    def steps(self) -> int:
        """Steps of a budget in backprops, rounded up."""
        return -(-self.backprops // self.batch)

    def progress(self, step: int, seconds: float) -> float:
        """Return the share of the budget that is used up after ``step`` steps; 1 is the end."""
        done = step / self.steps if self.minutes is None else seconds / (60 * self.minutes)
        return min(1.0, done)

    def as_dict(self) -> dict[str, Any]:
        """Return the configuration as plain values, for JSON and checkpoints."""
        return {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild a configuration from ``as_dict``.

        Raises
        ------
        TypeError, ValueError
            If the values are not those of a configuration.
        """
        unknown = set(values) - {known.name for known in fields(cls)}
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        typed: dict[str, Any] = {
            "degradation": Degradation(values["degradation"]),
            "border": Border(values["border"]),
            "rescales": tuple(values["rescales"]),
            "spec": SrcnnSpec(**values["spec"]),
            "start": Start(values["start"]),
        }
        for name in ("out", "data", "validation", "initial"):
            typed[name] = None if values[name] is None else Path(values[name])
        return cls(**{**values, **typed})


PRESETS: Mapping[str, TrainConfig] = MappingProxyType(
    {
        "fast": TrainConfig(),
        "demo": TrainConfig(
            preset="demo", minutes=1.0, rate=2e-3, report_every=20, validate_every=250
        ),
    }
)
"""Starting points; give them data with ``dataclasses.replace``."""
