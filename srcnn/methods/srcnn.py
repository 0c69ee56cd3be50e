"""SRCNN (Dong et al., ECCV 2014): bicubic interpolation, sharpened by three convolutions."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from srcnn.device import Device, cpu_device
from srcnn.errors import DeviceError, DeviceTooSmall
from srcnn.geometry import Region, Size
from srcnn.method import DIGEST_DIGITS, Method, MethodEnvironment
from srcnn.padding import Padding
from srcnn.workers import compute_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from srcnn.forward import Forward
    from srcnn.types import Planes
    from srcnn.weights import Weights

DEFAULT_FAMILY = "9-1-5"
"""Name of the weights that are meant by ``srcnn`` alone."""

TILE, SMALL_TILE = 240, 48
"""Output pixels a side of a tile, and where memory does not suffice for it; divide by 2, 3, 4."""

_BICUBIC_CONTEXT = 2
_NO_MEMORY = "can't allocate memory"
"""What PyTorch says on the processor, in a plain RuntimeError."""


def method_id(family: str) -> str:
    """Return the id of the method that weights of that name make."""
    return "srcnn" if family == DEFAULT_FAMILY else f"srcnn:{family}"


@dataclass(frozen=True, slots=True)
class _Step:
    """How much a device is given at once: tiles, and output pixels a side of each."""

    device: Device
    batch: int
    tile: int


class SrcnnMethod(Method):
    """The weights of one family, one network a scale.

    Parameters
    ----------
    family : Mapping[int, Weights]
        Weights by scale, at least one; all of one name and number of channels.
    env : MethodEnvironment
        Where and how the networks run; its weights are ignored. With another padding than
        replication, what sees an edge is computed in 32 bits, fast or not.

    Raises
    ------
    ValueError
        If some weights take luma and others RGB.
    """

    rank = 30
    needs_torch: ClassVar[bool] = True

    def __init__(self, family: Mapping[int, Weights], env: MethodEnvironment) -> None:
        name = next(iter(family.values())).name
        channels = {weights.spec.channels for weights in family.values()}
        if len(channels) > 1:
            raise ValueError(f"the weights {name} take luma at one scale and RGB at another")
        steps = _steps(env.device)
        step = steps[min(env.steps_down, len(steps) - 1)]
        self.id = method_id(name)
        self.label = "SRCNN" if name == DEFAULT_FAMILY else f"SRCNN {name}"
        self.scales = frozenset(family)
        self.channels = channels.pop()
        self.tile, self.batch = step.tile, step.batch
        halos = (-(-weights.spec.halo // scale) for scale, weights in family.items())
        self.context = max(halos) + _BICUBIC_CONTEXT
        self.effort = (
            f"{step.batch} x {step.tile} x {step.tile} pixels at a time on {step.device.name}"
        )
        self._device = step.device
        self._short_type = step.device.short_type if env.fast else None
        if self._short_type is not None:
            self.label += " (fast)"
        if env.padding is not Padding.REPLICATE:
            self.label += f" ({env.padding})"
        digests = (f"{scale}:{family[scale].digest}" for scale in sorted(family))
        kind = self._short_type or "float32"
        self.fingerprint = " ".join(
            (self.id, env.border.value, step.device.id, kind, f"batch {step.batch}", *digests)
        )
        if env.padding is not Padding.REPLICATE:
            self.fingerprint += f" {env.padding} outside"
        self._family = dict(family)
        self._env = env
        self._forwards: dict[int, Forward] = {}
        self._lock = threading.Lock()

    @override
    def provenance(self, scale: int) -> str:
        self.check_scale(scale)
        return f"weights {self._family[scale].digest[:DIGEST_DIGITS]}"

    @override
    def enlarge(self, planes: Planes, scale: int) -> Planes:
        height, width = planes.shape[-2:]
        return self.enlarge_region(planes, scale, Size(width, height).scaled(scale).region)

    @override
    def enlarge_region(self, planes: Planes, scale: int, region: Region) -> Planes:
        return self.enlarge_regions([(planes, region)], scale)[0]

    @override
    def enlarge_regions(
        self, windows: Sequence[tuple[Planes, Region]], scale: int
    ) -> Sequence[Planes]:
        self.check_scale(scale)
        for planes, _ in windows:
            if len(planes) != self.channels:
                raise ValueError(f"{self.id} takes {self.channels} planes, not {len(planes)}")
        forward = self._forward(scale)
        alike: dict[tuple[tuple[int, ...], Region], list[int]] = {}
        for number, (planes, region) in enumerate(windows):
            alike.setdefault((planes.shape, region), []).append(number)
        results: dict[int, Planes] = {}
        for (_, region), numbers in alike.items():
            for first in range(0, len(numbers), self.batch):
                some = numbers[first : first + self.batch]
                full = some + some[-1:] * (self.batch - len(some))  # bits depend on the shape
                low = np.stack([windows[number][0] for number in full])
                results |= zip(some, self._run(forward, low, region), strict=False)
        return [results[number] for number in range(len(windows))]

    def weights_for(self, scale: int) -> Weights:
        """Return the weights of one scale.

        Raises
        ------
        ValueError
            If there are none.
        """
        self.check_scale(scale)
        return self._family[scale]

    @override
    def step_down(self) -> Method | None:
        deeper = self._env.steps_down + 1
        if deeper >= len(_steps(self._env.device)):
            return None
        return SrcnnMethod(self._family, replace(self._env, steps_down=deeper))

    def _forward(self, scale: int) -> Forward:
        """Return the network of that scale; the first call builds it and imports PyTorch."""
        with self._lock:
            if scale not in self._forwards:
                self._forwards[scale] = self._new_forward(scale)
            return self._forwards[scale]

    def _new_forward(self, scale: int) -> Forward:
        from srcnn.forward import make_forward

        arrays, border, padding = self._family[scale].arrays, self._env.border, self._env.padding
        usual = make_forward(arrays, scale, border, self._device.id, self._short_type)
        if padding is Padding.REPLICATE:
            return usual
        from srcnn.padded_forward import PaddedForward

        return PaddedForward(arrays, scale, border, self._device.id, padding, usual)

    def _run(self, forward: Forward, low: Planes, region: Region) -> Planes:
        if self._device.id == "cpu":
            compute_alone()
        try:
            enlarged: Planes = forward(low, region).cpu().numpy()
        except RuntimeError as error:
            raise self._explained(error) from error
        return enlarged

    def _explained(self, error: RuntimeError) -> DeviceError:
        import torch

        reason = str(error).splitlines()[0]
        if isinstance(error, torch.OutOfMemoryError) or _NO_MEMORY in reason:
            return DeviceTooSmall(
                f"{self._device.name} has too little memory left: {reason}",
                hint="Close other programs that use it, or choose another device.",
            )
        return DeviceError(
            f"{self._device.name} stopped computing: {reason}",
            hint="Close other programs that use it, or choose another device.",
        )


def _steps(device: Device) -> tuple[_Step, ...]:
    """Return what is tried on a device, one after the other, while its memory does not suffice."""
    if device.id == "cpu":
        return _Step(device, 1, TILE), _Step(device, 1, SMALL_TILE)
    batches = (_Step(device, batch, TILE) for batch in (16, 4, 1))
    return *batches, _Step(device, 1, SMALL_TILE), *_steps(cpu_device())


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield one method a family of weights, in the order the families first appear.

    Raises
    ------
    ValueError
        If two weights of one family are for the same scale.
    """
    families: dict[str, dict[int, Weights]] = {}
    for weights in env.weights:
        family = families.setdefault(weights.name, {})
        if family.setdefault(weights.scale, weights) is not weights:
            raise ValueError(f"two weights are called {weights.name} for scale {weights.scale}")
    for family in families.values():
        yield SrcnnMethod(family, env)
