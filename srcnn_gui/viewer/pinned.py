"""Crops that are pinned to a picture: arithmetic only, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from srcnn.figure import MARK_COLOURS
from srcnn.geometry import Region, Size

LEAST = 4
"""Pixels of the picture a side; cutting it to a multiple of the scale takes fewer away."""


_NOTHING = Size(0, 0)


@dataclass(frozen=True, slots=True)
class PinnedCrops:
    """Crops, and how large the result is that they are shown on.

    Attributes
    ----------
    size : Size
        Pixels of the result.
    factor : int
        Pixels of the result for each of the opened picture, a side: 1 in Compare, the scale in
        Upscale.
    kept : tuple of Region
        In pixels of the opened picture, so that they outlast a change of mode and scale.
    """

    size: Size = _NOTHING
    factor: int = 1
    kept: tuple[Region, ...] = ()

    @property
    def regions(self) -> tuple[Region, ...]:
        """The crops in pixels of the result, within it."""
        whole = self.size.region
        return tuple(region.scaled(self.factor).intersected(whole) for region in self.kept)

    def on(self, size: Size, factor: int) -> PinnedCrops:
        """Return the same crops of the same picture on another result."""
        return replace(self, size=size, factor=factor)

    def with_region(self, region: Region) -> PinnedCrops:
        """Return them with one more, in pixels of the result; as they are if it is too small."""
        kept = region.intersected(self.size.region).reduced(self.factor)
        if min(kept.width, kept.height) < LEAST or kept in self.kept:
            return self
        return replace(self, kept=(*self.kept, kept))

    def without(self, index: int) -> PinnedCrops:
        """Return them with one less; those behind it move up."""
        return replace(self, kept=self.kept[:index] + self.kept[index + 1 :])

    def at(self, point: tuple[float, float]) -> int | None:
        """Return the smallest crop that covers a point of the result, if any."""
        x, y = point
        found = [
            (region.size.pixels, index)
            for index, region in enumerate(self.regions)
            if region.left <= x < region.right and region.top <= y < region.bottom
        ]
        return min(found)[1] if found else None


def colour_of(index: int) -> str:
    """Return the colour (``#rrggbb``) of a crop, the same on screen and in figures."""
    return MARK_COLOURS[index % len(MARK_COLOURS)]
