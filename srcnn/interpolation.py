"""Interpolation by a kernel, as a method: what bicubic and Lanczos have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from typing_extensions import override

from srcnn.method import ALL_SCALES, Method
from srcnn.resize import Border, Kernel, imresize, imresize_region

if TYPE_CHECKING:
    from srcnn.geometry import Region
    from srcnn.types import Planes


class Interpolation(Method):
    """MATLAB's ``imresize`` with one of its kernels.

    Parameters
    ----------
    method_id, label, rank
        As in ``Method``.
    kernel : Kernel
        Its support is the context.
    border : Border
        What it sees outside the image.
    """

    scales = ALL_SCALES

    def __init__(
        self, method_id: str, label: str, rank: int, kernel: Kernel, border: Border
    ) -> None:
        self.id = method_id
        self.label = label
        self.rank = rank
        self.context = math.ceil(kernel.support)
        self.fingerprint = f"{method_id} {border.value}"
        self._kernel = kernel
        self._border = border

    @override
    def enlarge(self, planes: Planes, scale: int) -> Planes:
        self.check_scale(scale)
        return imresize(planes, scale, kernel=self._kernel, border=self._border)

    @override
    def enlarge_region(self, planes: Planes, scale: int, region: Region) -> Planes:
        self.check_scale(scale)
        return imresize_region(planes, scale, region, kernel=self._kernel, border=self._border)
