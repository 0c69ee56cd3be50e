"""What a training run is told: one frozen value. ``presets.py`` has values to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Any, Self

from srcnn.degrade import Degradation
from srcnn.resize import Border
from srcnn.spec import SrcnnSpec
from srcnn.workers import usable_cores

_POSITIVE = (
    "crop", "stride", "batch", "rate", "backprops", "minutes", "patience", "threads", "memory_mb",
    "report_every", "validate_every", "snapshot_every",
)  # fmt: skip
_SHARES = ("held_out", "warmup", "average", "momentum")


class Start(StrEnum):
    """Where a network without initial weights begins.

    ``HE`` draws every filter from N(0, 2 / inputs) (He et al. 2015). ``BICUBIC`` draws in the
    same way, then makes one path through the network hand the picture on and silences the
    others in the last layer: the first result is the bicubic picture, and 12,000 backprops
    lead further than 80,000 otherwise. ``PAPER`` draws from N(0, 0.001), as section 3.3 says.
    """

    HE = "he"
    BICUBIC = "bicubic"
    PAPER = "paper"


class Sampling(StrEnum):
    """Which sub-images of a picture are seen.

    ``RANDOM``: any position, drawn anew each time. ``GRID``: every ``stride`` pixels, each once
    before any comes again, as in the paper.
    """

    RANDOM = "random"
    GRID = "grid"


class OptimiserKind(StrEnum):
    """How a gradient becomes a step.

    ``SOAP`` is Adam in the eigenbasis of the gradients' second moments (Vyas et al. 2024): it
    takes a tenth of Adam's backprops. ``ADAM`` is Kingma and Ba's, ``SGD`` has momentum.
    """

    SOAP = "soap"
    ADAM = "adam"
    SGD = "sgd"


class Schedule(StrEnum):
    """How the rate goes after the warm-up.

    ``COSINE``: down to nothing at the end of the budget. ``STEP``: to a tenth at 60 % of the
    budget, to a hundredth at 85 %. ``CONSTANT``: as it is.
    """

    COSINE = "cosine"
    STEP = "step"
    CONSTANT = "constant"


class LossKind(StrEnum):
    """What is minimised.

    ``MSE``: mean squared error. ``SUM_OF_SQUARES``: squares summed over a sub-image, averaged
    over the batch and halved, as the authors' Caffe does it; their rates belong to it.
    ``CHARBONNIER``: a smooth absolute error, kinder to edges than PSNR is.
    """

    MSE = "mse"
    SUM_OF_SQUARES = "sum of squares"
    CHARBONNIER = "charbonnier"


class Precision(StrEnum):
    """Of products on the device; weights and sums are always float32."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Everything that decides how a run goes; the same value gives the same weights on a CPU.

    Raises
    ------
    ValueError
        If a number makes no sense; the message begins with the field's name.
    """

    # the run
    preset: str = "fast"  # name of the preset it began as, for the card
    out: Path = Path("run")  # folder of the run

    # what is learnt from
    data: tuple[Path, ...] = ()  # folders of pictures, with sub-folders; (): bundled samples
    validation: Path | None = None  # folder to validate on; None: held out of ``data``
    held_out: float = 0.1  # share of the pictures of ``data`` held out then
    scale: int = 3  # enlargement factor
    degradation: Degradation = Degradation.BICUBIC  # how the low resolution is made
    border: Border = Border.CLAMP  # border rule of imresize; clamp is the paper's
    crop: int = 33  # side of a sub-image, pixels
    sampling: Sampling = Sampling.RANDOM  # which sub-images are seen
    stride: int = 14  # step of the grid, pixels
    turns: bool = True  # whether sub-images are flipped and turned at random
    rescales: tuple[float, ...] = (1.0, 0.9, 0.8, 0.7, 0.6)  # sizes each picture is seen at
    memory_mb: int = 1024  # for prepared pictures; if they are more, they come and go

    # what learns
    spec: SrcnnSpec = field(default_factory=SrcnnSpec)  # widths, filter sizes, channels
    initial: Path | None = None  # weights to begin with; None: drawn as ``start`` says
    start: Start = Start.BICUBIC  # how they are drawn

    # how it learns
    optimiser: OptimiserKind = OptimiserKind.SOAP  # how a gradient becomes a step
    momentum: float = 0.9  # of SGD
    loss: LossKind = LossKind.MSE  # what is minimised
    batch: int = 32  # sub-images a step
    rate: float = 4e-3  # highest rate, reached after the warm-up
    layer_rates: tuple[float, float, float] = (1.0, 1.0, 1.0)  # factors for each layer's weights
    bias_rates: tuple[float, float, float] = (1.0, 1.0, 1.0)  # factors for each layer's biases
    schedule: Schedule = Schedule.COSINE  # how the rate goes after the warm-up
    warmup: float = 0.01  # share of the budget with a rising rate
    average: float = 0.999  # weight of the past in the averaged weights, a step; 0: no averaging
    precision: Precision = Precision.FLOAT32  # of products on the device
    seed: int = 0  # of the held-out pictures, the first weights and the sub-images

    # how long, and where; it ends at whatever comes first
    backprops: int | None = 1_000_000  # sub-images seen
    minutes: float | None = None  # of training, by the clock
    patience: int | None = None  # validations without a gain
    device: str = "cpu"  # cpu, cuda, cuda:N, mps or auto
    threads: int = 1  # workers on the CPU, one a core; they change no bit of the result

    # how often it reports, in steps
    report_every: int = 50  # between two StepDone
    validate_every: int = 1250  # between two validations (and checkpoints)
    snapshot_every: int = 250  # between two snapshots of the weights

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            value = getattr(self, name)
            if value is not None and not 0 < value < inf:
                raise ValueError(f"{name} must be above 0, not {value}")
        for name in _SHARES:
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must be in [0, 1), not {getattr(self, name)}")
        if self.scale not in (2, 3, 4):
            raise ValueError(f"scale must be 2, 3 or 4, not {self.scale}")
        if self.crop <= 2 * self.spec.halo:
            raise ValueError(f"crop must be above {2 * self.spec.halo}, not {self.crop}")
        if self.spec.channels not in (1, 3):
            raise ValueError(f"channels must be 1 (luma) or 3 (RGB), not {self.spec.channels}")
        self._check_numbers()
        self._check_budget()

    def _check_numbers(self) -> None:
        """Refuse rows of numbers that make no sense."""
        if not self.rescales or not all(0 < size <= 1 for size in self.rescales):
            raise ValueError(f"rescales must lie in (0, 1], not {self.rescales}")
        for name in ("layer_rates", "bias_rates"):
            factors = getattr(self, name)
            if len(factors) != 3 or not all(0 <= factor < inf for factor in factors):
                raise ValueError(f"{name} must be three numbers from 0 up")

    def _check_budget(self) -> None:
        """Refuse a run that would never end, or whose rate falls towards an end unknown."""
        if self.has_budget:
            return
        if self.patience is None:
            raise ValueError("backprops, minutes or patience must be given")
        if self.schedule is not Schedule.CONSTANT:
            raise ValueError(
                f"schedule must be constant without a budget, not {self.schedule.value}"
            )

    @property
    def has_budget(self) -> bool:
        """Whether it is known when the run ends at the latest."""
        return self.backprops is not None or self.minutes is not None

    def positions(self, length: int) -> int:
        """Return how many sub-images begin in ``length`` pixels of a row or column."""
        step = self.stride if self.sampling is Sampling.GRID else 1
        return max(0, (length - self.crop) // step + 1)

    def progress(self, step: int, seconds: float) -> float:
        """Return the share of the budget that is used up after ``step`` steps; 1 is the end."""
        by_steps = 0.0 if self.backprops is None else step / -(-self.backprops // self.batch)
        by_clock = 0.0 if self.minutes is None else seconds / (60 * self.minutes)
        return min(1.0, max(by_steps, by_clock))

    def as_dict(self) -> dict[str, Any]:
        """Return the configuration as plain values, for JSON and checkpoints."""
        values = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }
        return {**values, "data": [str(folder) for folder in self.data]}

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
        return cls(**{name: _typed(name, value) for name, value in values.items()})


def usual_threads(batch: int) -> int:
    """Return a good number of workers here: all cores, while each has 16 sub-images to do."""
    return max(1, min(usable_cores(), batch // 16))


KINDS: Mapping[str, type[StrEnum]] = {
    "degradation": Degradation,
    "border": Border,
    "sampling": Sampling,
    "start": Start,
    "optimiser": OptimiserKind,
    "loss": LossKind,
    "schedule": Schedule,
    "precision": Precision,
}
"""Settings that are a choice, by name of the field."""


def _typed(name: str, value: Any) -> Any:
    """Return a value from JSON as the field of that name has it."""
    if name in KINDS:
        return KINDS[name](value)
    if name == "spec":
        return SrcnnSpec(**value)
    if name == "data":
        return tuple(Path(folder) for folder in value)
    if name in ("out", "validation", "initial"):
        return None if value is None else Path(value)
    return tuple(value) if isinstance(value, list) else value
