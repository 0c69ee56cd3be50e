"""From what stands in the form to the settings of a run, and back. No Qt."""

from __future__ import annotations

import json
import logging
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcnn.errors import SrcnnError
from srcnn.resources import resource_path
from srcnn.spec import SrcnnSpec
from srcnn.weights import load_weights
from srcnn_gui.training.fields import CUSTOM, FROM_WEIGHTS, NETWORKS, SPECS, TIMES
from srcnn_gui.training.run_summary import name_objection
from trainer.config import OptimiserKind, Sampling, Schedule, TrainConfig
from trainer.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

log = logging.getLogger(__name__)

PARTS = ("n1", "n2", "f1", "f2", "f3")
"""Widths and filter sizes of a network, by field."""

_PLAIN = tuple(field.name for field in fields(TrainConfig) if field.name in SPECS)


def values_of(config: TrainConfig) -> dict[str, Any]:
    """Return what the form shows of some settings, by field."""
    values = {name: getattr(config, name) for name in _PLAIN}
    parts = {name: getattr(config.spec, name) for name in PARTS}
    network = next((k for k, shape in NETWORKS.items() if shape == (*parts.values(),)), CUSTOM)
    start = config.start if config.initial is None else FROM_WEIGHTS
    return {
        **values,
        **parts,
        "channels": config.spec.channels,
        "network": network,
        "start": start,
        "name": None,
    }


def config_of(values: Mapping[str, Any], preset: str, runs: Path) -> TrainConfig:
    """Return the settings that the fields stand for.

    Parameters
    ----------
    values : Mapping
        Of every field, by name.
    preset : str
        Name of the preset it began as; what the form does not show is as there.
    runs : Path
        Folder that the run's own folder is made in.

    Raises
    ------
    ValueError
        If a value makes no sense; the message begins with the field's name.
    """
    base = PRESETS[preset].for_scale(values["scale"])
    chosen = {name: values[name] for name in _PLAIN if name not in ("initial", "start")}
    if values["minutes"] is None and values["backprops"] is None:
        chosen["schedule"] = Schedule.CONSTANT
    if values["start"] == FROM_WEIGHTS:
        if values["initial"] is None:
            raise ValueError("initial must be chosen")
        chosen["initial"] = values["initial"]
        spec = spec_of_weights(values["initial"], values["scale"])
    else:
        chosen["start"] = values["start"]
        spec = _spec_of(values)
    name = checked_name(values["name"], runs) or free_name(preset, spec, values["scale"], runs)
    return replace(base, preset=preset, spec=spec, out=runs / name, **chosen)


def problem_of(error: ValueError) -> tuple[str, str]:
    """Return the field that an error is about, and the rest of the message as a sentence."""
    name, _, rest = str(error).partition(" ")
    name = name.rstrip(",")
    if name not in SPECS or not rest:
        return "name", str(error)
    if str(error).startswith("backprops, "):
        return "patience", "Give at least one of the three limits"
    return name, rest[0].upper() + rest[1:] if rest.startswith(("must", "is ")) else rest


def is_shown(name: str, values: Mapping[str, Any]) -> bool:
    """Tell whether a field means anything beside the others."""
    match name:
        case "held_out":
            return values["validation"] is None
        case "n1" | "n2" | "f1" | "f2" | "f3":
            return bool(values["network"] == CUSTOM and values["start"] != FROM_WEIGHTS)
        case "network" | "channels":
            return bool(values["start"] != FROM_WEIGHTS)
        case "initial":
            return bool(values["start"] == FROM_WEIGHTS)
        case "momentum":
            return bool(values["optimiser"] is OptimiserKind.SGD)
        case "stride":
            return bool(values["sampling"] is Sampling.GRID)
        case "schedule":
            return values["minutes"] is not None or values["backprops"] is not None
        case _:
            return True


def free_name(preset: str, spec: SrcnnSpec, scale: int, runs: Path) -> str:
    """Return a name that no run has yet: ``fast x3``, ``fast x3 2``, ``demo 11-1-7 x2``."""
    network = "" if spec == SrcnnSpec() else f" {spec.name}"
    return unused_name(f"{preset}{network} x{scale}", runs)


def unused_name(wanted: str, runs: Path) -> str:
    """Return a name that no run has yet: what is wanted, if need be with a number behind it."""
    name, number = wanted, 1
    while (runs / name).exists():
        number += 1
        name = f"{wanted} {number}"
    return name


def bundled_file(scale: int) -> Path:
    """Return the weights of the program that fine-tuning begins with."""
    return resource_path(f"weights/9-1-5_x{scale}.safetensors")


@lru_cache(maxsize=16)
def spec_of_weights(path: Path, scale: int) -> SrcnnSpec:
    """Return the network of weights to begin with.

    Raises
    ------
    ValueError
        If they are no use; about the field ``initial``.
    """
    try:
        return load_weights(path, scale=scale).spec
    except SrcnnError as error:
        raise ValueError(f"initial {error}. {error.hint}") from error


def _spec_of(values: Mapping[str, Any]) -> SrcnnSpec:
    known = NETWORKS.get(values["network"])
    n1, n2, f1, f2, f3 = known or (values[part] for part in PARTS)
    return SrcnnSpec(n1, n2, f1, f2, f3, values["channels"])


def checked_name(name: str | None, runs: Path) -> str:
    """Return the name, fit for a folder; empty if there is none.

    Raises
    ------
    ValueError
        If it is not, or taken.
    """
    if name:
        taken = [path.name for path in runs.iterdir()] if runs.is_dir() else []
        reason = name_objection(name, taken)
        if reason:
            raise ValueError(f"name {reason}")
    return name or ""


def known_weights(opened: Iterable[str]) -> list[tuple[str, Path]]:
    """Return weights to begin with, by name: of the program, then those that were opened."""
    bundled = sorted(resource_path("weights").glob("*.safetensors"))
    known = [(f"{path.stem.replace('_x', f' {TIMES}')}, of the program", path) for path in bundled]
    paths = map(Path, opened)
    return known + [(f"{path.parent.name} / {path.name}", path) for path in paths]


def config_of_text(text: str) -> TrainConfig | None:
    """Return the settings that were saved as JSON; None if there are none that can be used."""
    if not text:
        return None
    try:
        return TrainConfig.from_dict(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        log.warning("settings of the last run ignored: %s", error)
        return None
