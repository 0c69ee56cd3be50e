"""``srcnn info`` and ``srcnn convert``: files of weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from srcnn.commands.options import check_overwrite_used
from srcnn.commands.terminal import say
from srcnn.figure import save_filters
from srcnn.files import check_targets
from srcnn.filters import dead_filters
from srcnn.onnx_export import save_onnx
from srcnn.weight_files import scale_in_name
from srcnn.weights import Weights, load_weights, save_weights

if TYPE_CHECKING:
    from pathlib import Path

TARGET_SUFFIXES = (".safetensors", ".onnx")
"""What weights can be converted to."""


def show_info(path: Path, *, as_json: bool, figure: Path | None, overwrite: bool) -> None:
    """Print what is known of a file of weights, and draw its filters if a file is given.

    Raises
    ------
    WeightsError
        If it holds none.
    OutputError
        If the figure cannot be written, or exists and may not be replaced.
    """
    check_overwrite_used(figure, overwrite=overwrite)
    if figure is not None:
        check_targets([figure], [path], overwrite=overwrite)
    weights = load_weights(path)
    if figure is not None:
        title = f"{weights.name} \N{MULTIPLICATION SIGN}{weights.scale}"
        save_filters(weights.arrays[0], title, figure)
    card = asdict(weights.card)
    del card["name"]  # that of the family, which is never empty
    facts = {"file": str(path), **describe(weights)}
    if as_json:
        say(json.dumps({**facts, "card": card}, indent=2, ensure_ascii=False, allow_nan=False))
        return
    side = facts["receptive_field"]
    facts["receptive_field"] = f"{side} \N{MULTIPLICATION SIGN} {side} pixels"
    for key, value in {**facts, **card}.items():
        if value not in (None, "", {}):
            say(f"{key.replace('_', ' '):<17}{_in_words(value)}")


def describe(weights: Weights) -> dict[str, object]:
    """Return what follows from the numbers themselves, as plain values."""
    spec = weights.spec
    return {
        "name": weights.name,
        "scale": weights.scale,
        "network": spec.name,
        "layers": asdict(spec),
        "parameters": spec.parameters,
        "receptive_field": 2 * spec.halo + 1,
        "dead_filters": dead_filters(weights.arrays[0]),
        "sha256": weights.digest,
    }


def convert(source: Path, target: Path, *, overwrite: bool) -> None:
    """Read weights of any kind and write them as safetensors or ONNX, as ``target`` ends.

    The scale may be said by the name of either file.

    Raises
    ------
    WeightsError
        If ``source`` holds no weights, or nothing says for which scale.
    OutputError
        If ``target`` cannot be written, or exists and may not be replaced.
    """
    check_targets([target], [source], overwrite=overwrite)
    weights = load_weights(source, scale=scale_in_name(target.stem))
    save = save_onnx if target.suffix.lower() == ".onnx" else save_weights
    save(weights, target)
    say(f"{target}  {weights.name} \N{MULTIPLICATION SIGN}{weights.scale}")


def _in_words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_in_words(part)}" for key, part in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)
