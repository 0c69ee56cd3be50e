"""SRCNN (Dong et al., ECCV 2014): bicubic interpolation, sharpened by three convolutions."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from srcnn.errors import DeviceError
from srcnn.geometry import Region, Size
from srcnn.method import Method, MethodEnvironment
from srcnn.resize import Border, imresize_region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from srcnn.device import Device
    from srcnn.fast_forward import FastForward
    from srcnn.types import Planes
    from srcnn.weights import Weights

DEFAULT_FAMILY = "9-1-5"
"""Name of the weights that are meant by ``srcnn`` alone."""

_BICUBIC_CONTEXT = 2


def method_id(family: str) -> str:
    """Return the id of the method that weights of that name make."""
    return "srcnn" if family == DEFAULT_FAMILY else f"srcnn:{family}"


class SrcnnMethod(Method):
    """The weights of one family, one network a scale.

    Parameters
    ----------
    family : Mapping[int, Weights]
        Weights by scale, at least one; all of one name and number of channels.
    device : Device
        Where the networks run.
    border : Border
        What the interpolation sees outside the image. The interpolated plane itself is always
        extended by replication.

    Raises
    ------
    ValueError
        If some weights take luma and others RGB.
    """

    rank = 30
    needs_torch: ClassVar[bool] = True

    def __init__(self, family: Mapping[int, Weights], device: Device, border: Border) -> None:
        name = next(iter(family.values())).name
        channels = {weights.spec.channels for weights in family.values()}
        if len(channels) > 1:
            raise ValueError(f"the weights {name} take luma at one scale and RGB at another")
        self.id = method_id(name)
        self.label = "SRCNN" if name == DEFAULT_FAMILY else f"SRCNN {name}"
        self.scales = frozenset(family)
        self.channels = channels.pop()
        halos = (-(-weights.spec.halo // scale) for scale, weights in family.items())
        self.context = max(halos) + _BICUBIC_CONTEXT
        digests = (f"{scale}:{family[scale].digest}" for scale in sorted(family))
        self.fingerprint = " ".join((self.id, border.value, device.id, "float32", *digests))
        self._family = dict(family)
        self._device = device
        self._border = border
        self._forwards: dict[int, FastForward] = {}
        self._lock = threading.Lock()

    @override
    def enlarge(self, planes: Planes, scale: int) -> Planes:
        height, width = planes.shape[-2:]
        return self.enlarge_region(planes, scale, Size(width, height).scaled(scale).region)

    @override
    def enlarge_region(self, planes: Planes, scale: int, region: Region) -> Planes:
        self.check_scale(scale)
        count, height, width = planes.shape
        if count != self.channels:
            raise ValueError(f"{self.id} takes {self.channels} planes, not {count}")
        forward = self._forward(scale)
        wanted = region.grown(forward.spec.halo)
        part = wanted.intersected(Size(width, height).scaled(scale).region)
        bicubic = imresize_region(planes, scale, part, border=self._border)
        missing = (
            (0, 0),
            (part.top - wanted.top, wanted.bottom - part.bottom),
            (part.left - wanted.left, wanted.right - part.right),
        )
        return self._run(forward, np.pad(bicubic, missing, mode="edge"))

    def _forward(self, scale: int) -> FastForward:
        """Return the network of that scale; the first call builds it and imports PyTorch."""
        with self._lock:
            if scale not in self._forwards:
                from srcnn.fast_forward import FastForward

                self._forwards[scale] = FastForward(self._family[scale].arrays, self._device.id)
            return self._forwards[scale]

    def _run(self, forward: FastForward, extended: Planes) -> Planes:
        import torch

        try:
            sharpened: Planes = forward(torch.from_numpy(extended)[None])[0].cpu().numpy()
        except RuntimeError as error:
            raise DeviceError(
                f"{self._device.name} stopped computing: {str(error).splitlines()[0]}",
                hint="Close other programs that use it, or choose another device.",
            ) from error
        return sharpened


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
        yield SrcnnMethod(family, env.device, env.border)
