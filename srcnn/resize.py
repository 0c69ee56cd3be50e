"""Resizing as MATLAB's ``imresize`` does it, whole or by region.

Every output pixel is a weighted sum of input pixels around its own centre
``u = (i + 1/2) / scale - 1/2``. For a rational scale ``up / down`` the weights repeat after
``up`` outputs, so each of these *phases* is a handful of multiply-adds over strided slices.
A region is computed with the very same operations as the whole, and equals it bit for bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from srcnn.geometry import Region, Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from srcnn.types import Planes

STRIP_PIXELS = 1 << 18
"""Output pixels computed at once: small enough for the cache, large enough for numpy."""


class Border(StrEnum):
    """What a kernel sees outside the image.

    ``CLAMP`` repeats the edge pixel (MATLAB at the time of the paper, and its figures);
    ``MIRROR`` reflects the image including the edge pixel (MATLAB today).
    """

    CLAMP = "clamp"
    MIRROR = "mirror"

    def indices(self, first: int, last: int, length: int) -> NDArray[np.intp]:
        """Return the pixels that stand for ``first`` to ``last`` of an axis of ``length``."""
        wanted = np.arange(first, last + 1)
        if self is Border.CLAMP:
            return wanted.clip(0, length - 1)
        period = wanted % (2 * length)
        return np.minimum(period, 2 * length - 1 - period)


@dataclass(frozen=True)
class Kernel:
    """An interpolation kernel.

    Attributes
    ----------
    name : str
        For messages and keys.
    support : float
        The kernel is zero outside [-support, support], in pixels of the coarser grid.
    weight : Callable[[float], float]
        Its value at a distance.
    """

    name: str
    support: float
    weight: Callable[[float], float]


def _cubic(t: float) -> float:
    """Keys (1981) with a = -1/2."""
    t = abs(t)
    if t <= 1:
        return (1.5 * t - 2.5) * t * t + 1
    return ((-0.5 * t + 2.5) * t - 4) * t + 2 if t < 2 else 0.0


def _lanczos3(t: float) -> float:
    if t == 0:
        return 1.0
    x = math.pi * t
    return 3 * math.sin(x) * math.sin(x / 3) / (x * x)


def _gaussian(t: float) -> float:
    """Sigma of a quarter pixel of the coarser grid: s/4 when shrinking by s."""
    return math.exp(-8 * t * t)


BICUBIC = Kernel("bicubic", 2, _cubic)
LANCZOS3 = Kernel("lanczos3", 3, _lanczos3)
GAUSSIAN = Kernel("gaussian", 0.75, _gaussian)
"""Blur before sub-sampling: sigma s/4, radius 3 sigma; for shrinking only."""


@dataclass(frozen=True)
class _Phase:
    """Weights of the outputs ``i = phase + up * k``: input ``offsets[t] + down * k`` each."""

    first: int
    weights: tuple[np.float32, ...]


@cache
def _phases(kernel: Kernel, scale: Fraction) -> tuple[_Phase, ...]:
    """Return the normalised weights of each phase; shrinking stretches the kernel."""
    stretch = max(1.0, float(1 / scale))
    phases = []
    for phase in range(scale.numerator):
        centre = Fraction(2 * phase + 1, 2) / scale - Fraction(1, 2)
        first = math.ceil(centre - Fraction(kernel.support * stretch))
        last = math.floor(centre + Fraction(kernel.support * stretch))
        weights = [kernel.weight(float(centre - j) / stretch) for j in range(first, last + 1)]
        while abs(weights[0]) < 1e-12:  # the kernel's own zeros at whole distances
            del weights[0]
            first += 1
        while abs(weights[-1]) < 1e-12:
            del weights[-1]
        total = math.fsum(weights)
        phases.append(_Phase(first, tuple(np.float32(w / total) for w in weights)))
    return tuple(phases)


@dataclass(frozen=True)
class _Axis:
    """Resampling of one axis, given as ``axis`` -2 (down the rows) or -1."""

    axis: int
    phases: tuple[_Phase, ...]
    scale: Fraction
    border: Border

    def inputs(self, start: int, stop: int) -> tuple[int, int]:
        """Return the first and last input that outputs ``start`` to ``stop`` need."""
        up, down = self.scale.numerator, self.scale.denominator
        firsts, lasts = [], []
        for p, phase in enumerate(self.phases):
            k0, k1 = -((p - start) // up), -((p - stop) // up) - 1
            if k0 <= k1:
                firsts.append(phase.first + down * k0)
                lasts.append(phase.first + down * k1 + len(phase.weights) - 1)
        return min(firsts), max(lasts)

    def window(self, planes: Planes, start: int, stop: int) -> tuple[Planes, int]:
        """Cut out what the outputs need, extended over the border, and where it begins."""
        first, last = self.inputs(start, stop)
        length = planes.shape[self.axis]
        if first >= 0 and last < length:
            return self._slice(planes, slice(first, last + 1)), first
        return planes.take(self.border.indices(first, last, length), axis=self.axis), first

    def resample(self, planes: Planes, begin: int, start: int, stop: int) -> Planes:
        """Compute outputs ``start`` to ``stop`` from a window that begins at ``begin``."""
        up, down = self.scale.numerator, self.scale.denominator
        shape = list(planes.shape)
        shape[self.axis] = stop - start
        result = np.empty(shape, np.float32)
        for p, phase in enumerate(self.phases):
            k0, k1 = -((p - start) // up), -((p - stop) // up)
            if k0 >= k1:
                continue
            origin = phase.first + down * k0 - begin
            span = down * (k1 - k0 - 1) + 1
            taps = [
                self._slice(planes, slice(origin + t, origin + t + span, down))
                for t in range(len(phase.weights))
            ]
            total = taps[0] * phase.weights[0]
            product = np.empty_like(total)
            for tap, weight in zip(taps[1:], phase.weights[1:], strict=True):
                np.multiply(tap, weight, out=product)
                total += product
            self._slice(result, slice(p + up * k0 - start, None, up))[...] = total
        return result

    def _slice(self, planes: Planes, part: slice) -> Planes:
        return planes[..., part, :] if self.axis == -2 else planes[..., part]


def resized(size: Size, scale: int | Fraction) -> Size:
    """Return the size of ``imresize``'s result: rounded up, as in MATLAB."""
    return Size(math.ceil(size.width * scale), math.ceil(size.height * scale))


def imresize(
    planes: Planes,
    scale: int | Fraction,
    *,
    kernel: Kernel = BICUBIC,
    border: Border = Border.CLAMP,
) -> Planes:
    """Resize ``planes`` as MATLAB's ``imresize(planes, scale, 'bicubic')``.

    Parameters
    ----------
    planes : Planes, (..., H, W)
        One plane or several.
    scale : int or Fraction
        Output pixels per input pixel; shrinking stretches the kernel (antialiasing).
    kernel : Kernel
        ``BICUBIC``, ``LANCZOS3`` or, for shrinking, ``GAUSSIAN``.
    border : Border
        What the kernel sees outside the image.

    Returns
    -------
    Planes, (..., ceil(H * scale), ceil(W * scale))
        float32, neither clipped nor rounded.
    """
    height, width = planes.shape[-2:]
    whole = resized(Size(width, height), scale).region
    return imresize_region(planes, scale, whole, kernel=kernel, border=border)


def imresize_region(
    planes: Planes,
    scale: int | Fraction,
    region: Region,
    *,
    kernel: Kernel = BICUBIC,
    border: Border = Border.CLAMP,
) -> Planes:
    """Compute one ``region`` of ``imresize``'s result, bit for bit as in the whole.

    Parameters
    ----------
    planes : Planes, (..., H, W)
        The whole input.
    scale, kernel, border
        As for ``imresize``.
    region : Region
        Pixels of the result.

    Returns
    -------
    Planes, (..., region.height, region.width)

    Raises
    ------
    ValueError
        If the region is empty or reaches beyond the result, or the scale is not positive.
    """
    scale = Fraction(scale)
    height, width = planes.shape[-2:]
    if scale <= 0:
        raise ValueError(f"scale must be positive, not {scale}")
    if region.is_empty or not resized(Size(width, height), scale).region.contains(region):
        raise ValueError(f"{region} is not a part of the result")
    phases = _phases(kernel, scale)
    rows, columns = _Axis(-2, phases, scale, border), _Axis(-1, phases, scale, border)
    window, left = columns.window(planes, region.left, region.right)
    result = np.empty((*planes.shape[:-2], region.height, region.width), np.float32)
    step = max(1, STRIP_PIXELS // max(region.width, window.shape[-1]))
    for top in range(region.top, region.bottom, step):
        bottom = min(top + step, region.bottom)
        strip, begin = rows.window(window, top, bottom)
        resampled = rows.resample(strip, begin, top, bottom)
        part = columns.resample(resampled, left, region.left, region.right)
        result[..., top - region.top : bottom - region.top, :] = part
    return result


def interpolation_matrix(scale: int, first: int, count: int) -> tuple[NDArray[np.float64], int]:
    """Write bicubic enlargement of an endless row as a matrix.

    Parameters
    ----------
    scale : int
        Output pixels per input pixel.
    first, count : int
        Which output pixels.

    Returns
    -------
    matrix : float64, (count, inputs)
        Weights of the input pixels in each output pixel.
    origin : int
        The first of those input pixels.
    """
    phases = _phases(BICUBIC, Fraction(scale))
    rows = [(k, phases[phase]) for k, phase in (divmod(first + i, scale) for i in range(count))]
    origin = min(k + phase.first for k, phase in rows)
    inputs = max(k + phase.first + len(phase.weights) for k, phase in rows) - origin
    matrix = np.zeros((count, inputs))
    for row, (k, phase) in zip(matrix, rows, strict=True):
        begin = k + phase.first - origin
        row[begin : begin + len(phase.weights)] = phase.weights
    return matrix, origin
