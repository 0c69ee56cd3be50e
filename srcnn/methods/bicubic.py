"""Bicubic interpolation, as MATLAB's ``imresize``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from srcnn.method import ALL_SCALES, Method, MethodEnvironment
from srcnn.resize import BICUBIC, Border, imresize, imresize_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from srcnn.geometry import Region
    from srcnn.types import Planes


class Bicubic(Method):
    """Keys (1981) with a = -1/2, four taps: the start of every method here."""

    id = "bicubic"
    label = "Bicubic"
    rank = 10
    scales = ALL_SCALES
    context = 2

    def __init__(self, border: Border) -> None:
        self._border = border
        self.fingerprint = f"{self.id} {border.value}"

    @override
    def enlarge(self, planes: Planes, scale: int) -> Planes:
        self.check_scale(scale)
        return imresize(planes, scale, kernel=BICUBIC, border=self._border)

    @override
    def enlarge_region(self, planes: Planes, scale: int, region: Region) -> Planes:
        self.check_scale(scale)
        return imresize_region(planes, scale, region, kernel=BICUBIC, border=self._border)


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the methods of this file."""
    yield Bicubic(env.border)
