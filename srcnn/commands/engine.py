"""Methods for a command, on the device it asks for; PyTorch is imported only if one needs it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from srcnn.commands.terminal import note, say
from srcnn.computed import computed_by
from srcnn.device import cpu_device, resolve_device
from srcnn.dictionary import bundled_dictionaries, load_dictionary
from srcnn.errors import WeightsError
from srcnn.method import MethodEnvironment
from srcnn.methods.srcnn import DEFAULT_FAMILY, method_id
from srcnn.padding import Padding
from srcnn.patch_method import PatchMethod
from srcnn.registry import load_methods
from srcnn.resize import Border
from srcnn.weights import bundled_weights, load_weights, load_weights_path
from srcnn.workers import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from srcnn.commands.options import Common
    from srcnn.method import Method
    from srcnn.weights import Weights

_TIMES = "\N{MULTIPLICATION SIGN}"


def find_methods(
    ids: Sequence[str],
    scales: Sequence[int],
    common: Common,
    weights: Path | None,
    *,
    tell: Callable[[str], object] = note,
) -> list[Method]:
    """Return the methods of those ids.

    Parameters
    ----------
    ids : Sequence[str]
        Ids of methods.
    scales : Sequence[int]
        Each method must have weights for all of them; none if any will do.
    common : Common
        Device, border rules, and whether to be fast.
    weights : Path or None
        Used instead of the bundled weights; then they are the method ``srcnn``.
    tell : callable
        Takes sentences on the device.

    Raises
    ------
    UnknownMethod, MissingWeights, WeightsError, DeviceError
        If one of them is not there.
    """
    env = _environment(common, weights, scales)
    registry = load_methods(env)
    found = [registry.find(method, scale) for method in ids for scale in scales or (None,)]
    if weights is not None:
        _check_weights_used(weights, env, ids)
    if common.dictionary is not None:
        _check_dictionary_used(common.dictionary, env, found, scales)
    needs_torch = any(method.needs_torch for method in found)
    is_changed = common.fast or common.padding is not Padding.REPLICATE or common.device != "auto"
    if is_changed and not needs_torch:
        tell("--device, --fast and --padding are for networks: here they change nothing")
    if needs_torch or common.device != "auto":
        choice = resolve_device(common.device)
        if common.device == "auto":
            tell(f"device: {choice.device.label} ({choice.reason})")
        if needs_torch and common.fast and choice.device.short_type is None:
            tell("--fast changes nothing: the processor does not multiply 16-bit numbers")
        env = replace(env, device=choice.device, fast=common.fast, padding=common.padding)
        registry = load_methods(env)
    return [registry[method] for method in ids]


def how_computed(methods: Iterable[Method], common: Common) -> dict[str, object]:
    """Return how those methods compute, as plain values: enough to repeat it."""
    known = list(methods)
    needs_torch = any(method.needs_torch for method in known)
    device = resolve_device(common.device).device if needs_torch else cpu_device()
    return computed_by(
        {method.id: method.fingerprint for method in known},
        [device.id],
        threads=usable_cores() if common.threads is None else common.threads,
        fast=common.fast,
    )


def say_weights(methods: Iterable[Method], scales: Iterable[int]) -> None:
    """Print which weights and dictionaries the methods have, by their hashes."""
    found = [
        (f"{method.id} {_TIMES}{scale}", method.provenance(scale))
        for method in methods
        for scale in scales
        if scale in method.scales
    ]
    for name, provenance in found:
        if provenance:
            say(f"{name}: {provenance}")


def find_by_border(
    ids: Sequence[str], scale: int, common: Common, weights: Path | None
) -> dict[str, dict[Border, Method]]:
    """Return the methods of those ids under each border rule; that of ``common`` is not used.

    Raises
    ------
    UnknownMethod, MissingWeights, WeightsError, DeviceError
        If one of them is not there.
    """
    found: dict[str, dict[Border, Method]] = {wanted: {} for wanted in ids}
    told: list[str] = []
    for border in Border:
        ruled = replace(common, border=border)
        methods = find_methods(ids, (scale,), ruled, weights, tell=told.append)
        for wanted, method in zip(ids, methods, strict=True):
            found[wanted][border] = method
    for sentence in dict.fromkeys(told):
        note(sentence)
    return found


def _environment(common: Common, weights: Path | None, scales: Sequence[int]) -> MethodEnvironment:
    """Return what methods are built from, on the processor; a given dictionary is the last."""
    networks = bundled_weights() if weights is None else _as_srcnn(weights, scales)
    given = () if common.dictionary is None else (load_dictionary(common.dictionary),)
    dictionaries = (*bundled_dictionaries(), *given)
    return MethodEnvironment(cpu_device(), networks, common.border, dictionaries=dictionaries)


def _check_weights_used(path: Path, env: MethodEnvironment, ids: Sequence[str]) -> None:
    """Raise ``WeightsError`` if weights change nothing."""
    if not any(method_id(network.name) in ids for network in env.weights):
        raise WeightsError(
            f"{path} would change nothing: none of the methods uses it",
            hint="Leave out --weights, or choose the method srcnn.",
        )


def _check_dictionary_used(
    path: Path, env: MethodEnvironment, methods: Iterable[Method], scales: Sequence[int]
) -> None:
    """Raise ``WeightsError`` if a dictionary changes nothing."""
    dictionary = env.dictionaries[-1]
    users = (method for method in methods if isinstance(method, PatchMethod))
    if not any(method.uses(dictionary) for method in users):
        raise WeightsError(
            f"{path} would change nothing: none of the methods uses it",
            hint="ksvd, anr, ne-lle and ne-nnls use those of --method ksvd, sc those of sc.",
        )
    if scales and dictionary.scale not in scales:
        raise WeightsError(
            f"{path} is for {_TIMES}{dictionary.scale}",
            hint=f"Choose the scale {dictionary.scale}, or another dictionary.",
        )


def _as_srcnn(path: Path, scales: Sequence[int]) -> tuple[Weights, ...]:
    """Load weights as the family that ``srcnn`` stands for.

    A folder with two networks for one scale is a collection: there every family keeps its name.
    """
    if not path.is_dir() and len(scales) == 1:
        loaded: tuple[Weights, ...] = (load_weights(path, scale=scales[0]),)
    else:
        loaded = load_weights_path(path)
    if len({weights.scale for weights in loaded}) == len(loaded):
        loaded = tuple(weights.renamed(DEFAULT_FAMILY) for weights in loaded)
    kinds = {(weights.name, weights.spec.channels) for weights in loaded}
    if len(kinds) > len({weights.name for weights in loaded}):
        raise WeightsError(
            f"Some weights in {path} take luma and others RGB, so they are no family",
            hint="Choose one file, or a folder of one kind.",
        )
    return loaded
