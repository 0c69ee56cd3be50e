"""Any size: what a network made, brought to a wanted size by bicubic.

Networks enlarge by 2, 3 or 4. Other sizes go through the nearest of these that is not smaller
(or the largest), with 16 bits in between, so that rounding twice costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
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

    def of(self, source: Size) -> Size:
        """Return the size for a picture.

        Raises
        ------
        OutputError
            If it is smaller than the picture, or more than ``MAX_FACTOR`` times as large.
        """
        if self.size is not None:
            wanted = self.size
        else:
            factor = self.factor or (self.longest or 0) / max(source.width, source.height)
            wanted = Size(*(max(1, round(side * factor)) for side in (source.width, source.height)))
        across, down = wanted.width / source.width, wanted.height / source.height
        if min(across, down) < 1 or max(across, down) > MAX_FACTOR:
            raise OutputError(
                f"{wanted} pixels cannot be made of {source}",
                hint=f"Choose 1 to {MAX_FACTOR:g} times the size of the picture.",
            )
        return wanted


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
        return f"{first} -> bicubic to {self.size}" if self.needs_bicubic else first


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
