"""What can be set for a run: one row each, with its unit and meaning. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto

from srcnn.degrade import Degradation
from srcnn.resize import Border
from trainer.config import LossKind, OptimiserKind, Precision, Sampling, Schedule, Start

TIMES = "\N{MULTIPLICATION SIGN}"

SRCNN = "srcnn"
"""Choice of the network among all that can be trained."""

CUSTOM = "custom"
"""Choice of a network whose widths and filter sizes are typed in."""

FROM_WEIGHTS = "weights"
"""Choice of a start from given weights."""

NETWORKS: dict[str, tuple[int, int, int, int, int]] = {
    "9-1-5": (64, 32, 9, 1, 5),
    "9-1-5-32-16": (32, 16, 9, 1, 5),
    "9-1-5-128-64": (128, 64, 9, 1, 5),
    "11-1-7": (64, 32, 11, 1, 7),
}
"""n1, n2, f1, f2 and f3 of the networks of the paper, by name."""


class Kind(Enum):
    """How a field is edited and what its value is."""

    INTEGER = auto()
    NUMBER = auto()
    NUMBERS = auto()  # separated by commas
    TEXT = auto()
    CHOICE = auto()
    FLAG = auto()
    FOLDER = auto()
    FOLDERS = auto()
    WEIGHTS = auto()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of the form.

    Attributes
    ----------
    name : str
        Of the field of ``TrainConfig``, of a part of its network, or of the form alone.
    label, tip : str
        Name for people; unit and meaning.
    kind : Kind
        How it is edited.
    unit : str
        Stands behind the editor.
    choices : tuple of (value, text)
        Of a choice.
    is_optional : bool
        Whether it may be empty, which is None; ``placeholder`` says what that means.
    placeholder : str
        Shown in an empty editor.
    """

    name: str
    label: str
    tip: str
    kind: Kind
    unit: str = ""
    choices: tuple[tuple[object, str], ...] = ()
    is_optional: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some fields under a heading; the advanced ones are folded away at first."""

    title: str
    fields: tuple[FieldSpec, ...]
    is_advanced: bool = False


def parsed(spec: FieldSpec, text: str) -> object:
    """Return the value that was typed for a number, numbers or a text.

    Raises
    ------
    ValueError
        If it is none; the message is a sentence to stand beside the field.
    """
    text = text.strip()
    if not text and spec.is_optional:
        return None
    if spec.kind is Kind.TEXT:
        return text
    if spec.kind is Kind.NUMBERS:
        return tuple(_number(part) for part in text.split(","))
    if spec.kind is Kind.NUMBER:
        return _number(text)
    number = _number(text.replace(",", ""))
    if not number.is_integer():
        raise ValueError(f"A whole number is needed, not {text}")
    return int(number)


def text_of(spec: FieldSpec, value: object) -> str:
    """Return what to show of a value, so that ``parsed`` gives it back."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.10g}"
        case int():
            return f"{value:,}" if spec.kind is Kind.INTEGER and value >= 10_000 else str(value)
        case tuple():
            return ", ".join(f"{number:.10g}" for number in value)
        case _:
            return str(value)


def _number(text: str) -> float:
    said = "".join(text.split())
    try:
        number = float(said)
    except ValueError:
        what = f"not {text.strip()!r}" if said else "such as 1 or 0.5"
        raise ValueError(f"A number is needed, {what}") from None
    if not math.isfinite(number):
        raise ValueError("A finite number is needed")
    return number


# A table: the formatter would give every cell a line of its own.
# fmt: off
SECTIONS = (
    Section("Pictures", (
        FieldSpec("data", "Learn from",
                  "Folders of pictures to learn from, searched with their sub-folders. You can "
                  "drop them here.", Kind.FOLDERS, placeholder="Samples of the program"),
        FieldSpec("validation", "Validate on",
                  "Folder of pictures that are never learnt from and tell how good the weights "
                  "are; or some of the pictures above are held out for it.", Kind.FOLDER,
                  placeholder="Held out of the above"),
        FieldSpec("held_out", "Held out",
                  "Share of the pictures that is held out to validate on, from 0 to 1; at least "
                  "one picture.", Kind.NUMBER, unit="of the pictures"),
        FieldSpec("scale", "Scale", "How many times larger the result is, in width and height.",
                  Kind.CHOICE, choices=((2, f"{TIMES}2"), (3, f"{TIMES}3"), (4, f"{TIMES}4"))),
    )),
    Section("Network", (
        FieldSpec("network", "Network",
                  "Sides of the filters of the three layers, in pixels, and their numbers: more "
                  "filters are better and slower.", Kind.CHOICE, choices=(
                      ("9-1-5", "9-1-5 (64, 32)"), ("9-1-5-32-16", "9-1-5 (32, 16): fast"),
                      ("9-1-5-128-64", "9-1-5 (128, 64): slow"), ("11-1-7", "11-1-7 (64, 32)"),
                      (CUSTOM, "Of your own\N{HORIZONTAL ELLIPSIS}"))),
        FieldSpec("n1", "Filters, layer 1", "Number of filters of the first layer (n1).",
                  Kind.INTEGER, unit="filters"),
        FieldSpec("n2", "Filters, layer 2", "Number of filters of the second layer (n2).",
                  Kind.INTEGER, unit="filters"),
        FieldSpec("f1", "Side, layer 1", "Side of the first layer's filters (f1), odd.",
                  Kind.INTEGER, unit="pixels"),
        FieldSpec("f2", "Side, layer 2", "Side of the second layer's filters (f2), odd.",
                  Kind.INTEGER, unit="pixels"),
        FieldSpec("f3", "Side, layer 3", "Side of the third layer's filters (f3), odd.",
                  Kind.INTEGER, unit="pixels"),
        FieldSpec("start", "Begin with",
                  "The first weights: a network that hands the bicubic picture on, filters drawn "
                  "at random as He et al. or the paper did, or weights that were trained before.",
                  Kind.CHOICE, choices=(
                      (Start.BICUBIC, "The bicubic picture"), (Start.HE, "Random filters (He)"),
                      (Start.PAPER, "Random filters (paper)"),
                      (FROM_WEIGHTS, "Trained weights\N{HORIZONTAL ELLIPSIS}"))),
        FieldSpec("initial", "Weights",
                  "Weights to begin with: of the program, opened ones, or a file (.safetensors, "
                  ".pth or the authors' .mat). The network is theirs.", Kind.WEIGHTS),
    )),
    Section("It ends at whatever comes first", (
        FieldSpec("minutes", "After", "Minutes of training by the clock, without pauses; empty "
                  "for no limit.", Kind.NUMBER, unit="minutes", is_optional=True,
                  placeholder="no limit"),
        FieldSpec("backprops", "After", "Sub-images seen (the paper's backprops), in whole "
                  "batches; empty for no limit. With it, the same seed gives the same weights.",
                  Kind.INTEGER, unit="sub-images", is_optional=True, placeholder="no limit"),
        FieldSpec("patience", "Without gain", "Validations in a row that bring no better PSNR; "
                  "empty for no limit. Alone, it trains until it stops improving.", Kind.INTEGER,
                  unit="validations", is_optional=True, placeholder="no limit"),
    )),
    Section("Run", (
        FieldSpec("device", "Device", "What computes the run.", Kind.CHOICE),
        FieldSpec("threads", "Threads", "Cores of the processor that it uses, where that is the "
                  "device. It makes room for the window by itself.", Kind.INTEGER, unit="cores"),
        FieldSpec("seed", "Seed", "Number that decides what is drawn at random: held-out "
                  "pictures, first weights, sub-images.", Kind.INTEGER),
        FieldSpec("name", "Name", "What the run and its weights are called; also the name of its "
                  "folder. Empty: network, scale and time.", Kind.TEXT, is_optional=True),
    )),
    Section("How it learns", (
        FieldSpec("optimiser", "Optimiser", "How a gradient becomes a step. SOAP needs a tenth "
                  "of Adam's backprops; SGD with momentum is the paper's.", Kind.CHOICE, choices=(
                      (OptimiserKind.SOAP, "SOAP"), (OptimiserKind.ADAM, "Adam"),
                      (OptimiserKind.SGD, "SGD"))),
        FieldSpec("momentum", "Momentum", "Of SGD: share of the last step that goes on, 0 to 1.",
                  Kind.NUMBER),
        FieldSpec("rate", "Rate", "Highest rate of learning, reached after the warm-up.",
                  Kind.NUMBER),
        FieldSpec("layer_rates", "Layer rates", "Factors of the rate for the weights of the three "
                  "layers, separated by commas.", Kind.NUMBERS),
        FieldSpec("bias_rates", "Bias rates", "Factors of the rate for the biases of the three "
                  "layers, separated by commas.", Kind.NUMBERS),
        FieldSpec("schedule", "Schedule", "How the rate goes after the warm-up. Without a limit "
                  "of minutes or sub-images it has to be constant.", Kind.CHOICE, choices=(
                      (Schedule.COSINE, "Cosine, down to 0"), (Schedule.STEP, "Steps, down to 1 %"),
                      (Schedule.CONSTANT, "Constant"))),
        FieldSpec("warmup", "Warm-up", "Share of the run in which the rate rises, 0 to 1.",
                  Kind.NUMBER, unit="of the run"),
        FieldSpec("average", "Averaging", "Weight of the past in the averaged weights, a step, "
                  "0 to 1; 0: the weights as they are.", Kind.NUMBER),
        FieldSpec("loss", "Loss", "What is minimised: the mean squared error; squares summed over "
                  "a sub-image, for the paper's rates; or a smooth absolute error.", Kind.CHOICE,
                  choices=((LossKind.MSE, "Mean squared error"),
                           (LossKind.SUM_OF_SQUARES, "Sum of squares (paper)"),
                           (LossKind.CHARBONNIER, "Charbonnier"))),
        FieldSpec("batch", "Batch", "Sub-images that a step of the optimiser averages over.",
                  Kind.INTEGER, unit="sub-images"),
        FieldSpec("precision", "Precision", "Of products on the device; float32 is exact, "
                  "bfloat16 faster on new hardware.", Kind.CHOICE, choices=(
                      (Precision.FLOAT32, "float32"), (Precision.BFLOAT16, "bfloat16"))),
    ), is_advanced=True),
    Section("What it learns from", (
        FieldSpec("crop", "Sub-image", "Side of a sub-image in pixels of the result.",
                  Kind.INTEGER, unit="pixels"),
        FieldSpec("sampling", "Positions", "Which sub-images of a picture are seen.", Kind.CHOICE,
                  choices=((Sampling.RANDOM, "Anywhere, at random"),
                           (Sampling.GRID, "On a grid (paper)"))),
        FieldSpec("stride", "Grid step", "Distance of two sub-images on the grid.", Kind.INTEGER,
                  unit="pixels"),
        FieldSpec("turns", "Turned", "Whether sub-images are flipped and turned at random.",
                  Kind.FLAG),
        FieldSpec("rescales", "Sizes", "Sizes at which each picture is seen, as parts of its own, "
                  "separated by commas.", Kind.NUMBERS),
        FieldSpec("degradation", "Reduced by", "How the low resolution is made of the pictures.",
                  Kind.CHOICE, choices=((Degradation.BICUBIC, "Bicubic (MATLAB)"),
                                        (Degradation.GAUSSIAN, "Gaussian blur"))),
        FieldSpec("border", "Borders", "What interpolation sees outside the picture.", Kind.CHOICE,
                  choices=((Border.CLAMP, "Clamped (paper)"), (Border.MIRROR, "Mirrored"))),
        FieldSpec("channels", "Colour", "What is sharpened: luma alone, as in the paper, or red, "
                  "green and blue.", Kind.CHOICE, choices=((1, "Luma"), (3, "RGB"))),
        FieldSpec("memory_mb", "Memory", "For prepared pictures; if they are more, they come and "
                  "go.", Kind.INTEGER, unit="MB"),
    ), is_advanced=True),
)
# fmt: on

SPECS = {spec.name: spec for section in SECTIONS for spec in section.fields}
"""Every field, by name."""
