"""Any size: what a network made, brought to a wanted size by bicubic.

Networks enlarge by 2, 3 or 4. Other sizes go through the nearest of these that is not smaller
(or the largest), with 16 bits in between, so that rounding twice costs nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from srcnn.errors import Cancelled, OutputError
from srcnn.geometry import Region, Size

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from srcnn.canvas import Canvas, DeepCanvas
    from srcnn.method import Method

_BAND_ROWS = 256
_LEAST = np.float32(1 / 65535)
MAX_FACTOR = 16.0
_TIMES = "\N{MULTIPLICATION SIGN}"
_THEN = " -> bicubic to "


@dataclass(frozen=True, slots=True)
class Target:
    """The size that is wanted: one of the three.

    Attributes
    ----------
    factor : float or None
        Times as wide and high.
    size : Size or None
        Exact pixels.
    longest : int or None
        Pixels of the longer side; the other follows.
    """

    factor: float | None = None
    size: Size | None = None
    longest: int | None = None

    @property
    def label(self) -> str:
        """What it says, for names of files: ``"2.5"``, ``"3840"``, ``"1920x1080"``."""
        if self.size is not None:
            return f"{self.size.width}x{self.size.height}"
        return f"{self.longest}" if self.factor is None else f"{self.factor:g}"

    def of(self, source: Size) -> Size:
        """Return the size for a picture.

        Raises
        ------
        OutputError
            If it is smaller than the picture, or more than ``MAX_FACTOR`` times as large.
        """
        wanted = self._wanted(source)
        sides = zip((wanted.width, wanted.height), (source.width, source.height), strict=True)
        if not all(side <= made <= MAX_FACTOR * side for made, side in sides):
            raise OutputError(
                f"{wanted} pixels cannot be made of {source}",
                hint=f"Choose 1 to {MAX_FACTOR:g} times the size of the picture.",
            )
        return wanted

    def _wanted(self, source: Size) -> Size:
        if self.size is not None:
            return self.size
        longer = max(source.width, source.height)
        factor = Fraction(self.longest or 0, longer)
        if self.factor is not None:
            if not math.isfinite(self.factor):
                raise OutputError(
                    f"{self.factor} is no factor", hint=f"Choose one from 1 to {MAX_FACTOR:g}."
                )
            factor = Fraction(self.factor)
        return Size(*(max(1, round(side * factor)) for side in (source.width, source.height)))


@dataclass(frozen=True, slots=True)
class Chain:
    """How a size is reached.

    Attributes
    ----------
    scale : int
        What the method enlarges by.
    size : Size
        What comes out at the end.
    needs_bicubic : bool
        Whether bicubic follows.
    """

    scale: int
    size: Size
    needs_bicubic: bool

    def describe(self, method: Method) -> str:
        """Return the chain in words."""
        first = f"{method.label} {_TIMES}{self.scale}"
        return f"{first}{_THEN}{self.size}" if self.needs_bicubic else first


def is_chain(text: str) -> bool:
    """Tell whether a remark on a result is the description of its chain."""
    return _THEN in text


STRETCHED = "It is stretched: width and height do not keep its proportions."

_STRETCH = 0.01
"""Proportions that differ by less are a matter of whole pixels."""


def is_stretched(source: Size, made: Size) -> bool:
    """Tell whether a picture becomes visibly wider or narrower, for its height."""
    across, down = made.width / source.width, made.height / source.height
    return abs(across / down - 1) > _STRETCH


def chain_for(source: Size, wanted: Size, scales: Collection[int]) -> Chain:
    """Choose the smallest scale that reaches ``wanted``, or else the largest there is."""
    enough = [
        scale
        for scale in sorted(scales)
        if source.scaled(scale).width >= wanted.width
        and source.scaled(scale).height >= wanted.height
    ]
    scale = enough[0] if enough else max(scales)
    return Chain(scale, wanted, source.scaled(scale) != wanted)


def chain_of(source: Size, scale: int, target: Target | None, scales: Collection[int]) -> Chain:
    """Return how a picture is brought to a target; without one, to ``scale`` times its size.

    Raises
    ------
    OutputError
        If it cannot be.
    """
    if target is None:
        return Chain(scale, source.scaled(scale), needs_bicubic=False)
    return chain_for(source, target.of(source), scales)


def resize_onto(whole: DeepCanvas, target: Canvas, should_stop: Callable[[], bool]) -> None:
    """Fill ``target`` with ``whole``, resized by Pillow's bicubic, colour laid on black.

    Parameters
    ----------
    whole : DeepCanvas
        What was computed.
    target : Canvas
        Of the wanted size; channels and depth may differ.
    should_stop : callable
        Asked before every band.

    Raises
    ------
    Cancelled
        If ``should_stop`` says so.
    """
    colours = whole.channels - whole.has_alpha
    opacity = _unit(whole.array[..., -1]) if whole.has_alpha else None
    planes = [_plane(whole.array[..., channel], opacity) for channel in range(colours)]
    alpha = None if opacity is None else Image.fromarray(opacity)
    size, step = target.size, whole.size.height / target.size.height
    for top in range(0, size.height, _BAND_ROWS):
        if should_stop():
            raise Cancelled
        band = Region(0, top, size.width, min(top + _BAND_ROWS, size.height))
        box = (0, band.top * step, whole.size.width, band.bottom * step)
        parts = [_resized(plane, band, box) for plane in planes]
        visible = None if alpha is None else np.clip(_resized(alpha, band, box), 0, 1)
        if visible is not None:
            visible = visible.astype(np.float32)
            parts = [
                np.divide(part, np.maximum(visible, _LEAST), dtype=np.float32) for part in parts
            ]
        pixels = np.stack([_levels(part) for part in parts], axis=-1)
        target.paste(
            band,
            pixels[..., 0] if colours == 1 else pixels,
            None if visible is None else _levels(visible),
        )


def _unit(channel: NDArray[np.uint16]) -> NDArray[np.float32]:
    return channel.astype(np.float32) / np.float32(65535)


def _plane(channel: NDArray[np.uint16], opacity: NDArray[np.float32] | None) -> Image.Image:
    values = _unit(channel)
    return Image.fromarray(values if opacity is None else values * opacity)


def _resized(
    plane: Image.Image, band: Region, box: tuple[float, float, float, float]
) -> NDArray[np.float32]:
    resized = plane.resize((band.width, band.height), Image.Resampling.BICUBIC, box=box)
    return np.asarray(resized, np.float32)


def _levels(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    return np.rint(np.clip(values, 0, 1) * 65535).astype(np.uint16)
