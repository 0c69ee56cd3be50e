"""What is written down about a run: the card of its weights, and the command that repeats it."""

from __future__ import annotations

import math
import shlex
from dataclasses import fields
from enum import StrEnum
from pathlib import Path

from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard
from trainer.config import OptimiserKind, Sampling, TrainConfig
from trainer.presets import PRESETS

SAMPLES_NAME = "samples"
"""What the bundled pictures are called on cards."""

_MENTIONED = {"preset", "out", "data", "validation", "scale", "backprops", "minutes", "patience"}
_SILENT = {"device", "report_every", "snapshot_every"}
"""Settings that a command line names by itself, and those that change no weights."""


def card_of(
    config: TrainConfig, *, name: str, pictures: int, backprops: int, seconds: float, best_db: float
) -> ModelCard:
    """Write down where the best weights of a run come from; folders by their last name only.

    Parameters
    ----------
    config : TrainConfig
        The settings.
    name : str
        Family of the weights.
    pictures, backprops, seconds : int, int, float
        Pictures learnt from, sub-images seen and time spent so far.
    best_db : float
        Mean PSNR on the validation pictures; a card holds numbers only, so infinity is left out.
    """
    printable = "".join(letter for letter in name if letter.isprintable() and letter != ",")
    return ModelCard(
        name=printable[:80],
        trained_on=f"{data_name(config)}: {pictures} pictures",
        preset=config.preset,
        seed=config.seed,
        backprops=backprops,
        minutes=round(seconds / 60, 1),
        psnr={validation_name(config): round(best_db, 4)} if math.isfinite(best_db) else {},
        notes=f"{command_line(config)} -- {recipe(config)}",
    )


def data_name(config: TrainConfig) -> str:
    """Name what a run learns from."""
    return " + ".join(map(_last_name, config.data)) or SAMPLES_NAME


def validation_name(config: TrainConfig) -> str:
    """Name what a run is validated on."""
    if config.validation is not None:
        return f"{_last_name(config.validation)} (validation)"
    return f"{config.held_out:.0%} of {data_name(config)} (validation)"


def command_line(config: TrainConfig, *, full_paths: bool = False) -> str:
    """Return the command that starts this run again.

    Parameters
    ----------
    config : TrainConfig
        The settings; those that differ from the preset's are named by ``--set``.
    full_paths : bool
        Whether folders are named whole, for this machine, or by their last name, for a card.
    """
    name = str if full_paths else _last_name
    words = ["srcnn-train"]
    for folder in config.data:
        words += ["--data", name(folder)]
    words += ["--scale", str(config.scale)]
    if config.validation is not None:
        words += ["--validation", name(config.validation)]
    words += ["--preset", config.preset]
    for option in ("minutes", "backprops", "patience"):
        value = getattr(config, option)
        if value is not None:
            words += [f"--{option}", _as_text(value)]
    if config.initial is not None:
        words += ["--initial", name(config.initial)]
    words += ["--seed", str(config.seed), "--threads", str(config.threads)]
    for setting, value in unusual_settings(config).items():
        words += ["--set", f"{setting}={value}"]
    return shlex.join(words)


def unusual_settings(config: TrainConfig) -> dict[str, str]:
    """Return what differs from the preset and has no option of its own, as ``--set`` takes it."""
    preset = PRESETS.get(config.preset, PRESETS["fast"])
    usual = preset.for_scale(config.scale)
    options = _MENTIONED | _SILENT | {"initial", "seed", "threads"}
    found = {}
    for field in fields(config):
        value, expected = getattr(config, field.name), getattr(usual, field.name)
        if field.name in options or value == expected:
            continue
        if isinstance(value, SrcnnSpec):
            for part in fields(value):
                if getattr(value, part.name) != getattr(expected, part.name):
                    found[part.name] = str(getattr(value, part.name))
        else:
            found[field.name] = _as_text(value)
    return found


def recipe(config: TrainConfig) -> str:
    """Say in one line how a run learns."""
    optimiser = config.optimiser.value
    optimiser = optimiser.upper() if config.optimiser is not OptimiserKind.ADAM else "Adam"
    grid = f"every {config.stride} pixels"
    sizes = ", ".join(f"{size:g}" for size in config.rescales)
    begin = config.initial.name if config.initial is not None else f"{config.start.value} start"
    parts = [
        f"{optimiser}, rate {config.rate:g}, {config.schedule.value} schedule",
        f"batches of {config.batch} sub-images of {config.crop} pixels"
        + (f" {grid}" if config.sampling is Sampling.GRID else " anywhere")
        + (", turned and mirrored" if config.turns else ""),
        f"pictures at {sizes} of their size",
        begin,
        f"weights averaged ({config.average:g})" if config.average else "weights not averaged",
        f"loss {config.loss.value}",
        f"{config.degradation.value} degradation",
        f"{config.border.value} border",
    ]
    return "; ".join(parts)


def _as_text(value: object) -> str:
    match value:
        case tuple():
            return ",".join(map(_as_text, value))
        case StrEnum():
            return value.value
        case float() if float(f"{value:g}") == value:
            return f"{value:g}"
        case _:
            return str(value)


def _last_name(path: Path) -> str:
    return path.resolve().name
