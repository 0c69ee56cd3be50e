"""Whole-pixel arithmetic: sizes and regions."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def megapixels(self) -> float:
        """Number of pixels in millions."""
        return self.pixels / 1e6

    @property
    def region(self) -> Region:
        """The region that covers everything."""
        return Region(0, 0, self.width, self.height)

    def scaled(self, factor: int) -> Size:
        """Return the size ``factor`` times as wide and high."""
        return Size(self.width * factor, self.height * factor)

    def modcropped(self, scale: int) -> Size:
        """Return the largest size not above this one that divides by ``scale``."""
        return Size(self.width - self.width % scale, self.height - self.height % scale)

    @override
    def __str__(self) -> str:
        return f"{self.width} \N{MULTIPLICATION SIGN} {self.height}"


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of whole pixels; ``right`` and ``bottom`` are outside of it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Width in pixels; 0 if empty."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Height in pixels; 0 if empty."""
        return max(0, self.bottom - self.top)

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    @property
    def is_empty(self) -> bool:
        """Whether there is no pixel in it."""
        return self.width == 0 or self.height == 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of an (H, W, ...) array: ``array[region.slices]``."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def scaled(self, factor: int) -> Region:
        """Return the same part of a picture ``factor`` times as large."""
        return Region(
            self.left * factor, self.top * factor, self.right * factor, self.bottom * factor
        )

    def reduced(self, factor: int) -> Region:
        """Return the smallest region of a picture ``factor`` times smaller that covers it."""
        return Region(
            self.left // factor,
            self.top // factor,
            -(-self.right // factor),
            -(-self.bottom // factor),
        )

    def grown(self, margin: int) -> Region:
        """Return the region with ``margin`` more pixels on each side (fewer if negative)."""
        return Region(
            self.left - margin, self.top - margin, self.right + margin, self.bottom + margin
        )

    def moved(self, dx: int, dy: int) -> Region:
        """Return the region shifted by (dx, dy)."""
        return Region(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def intersected(self, other: Region) -> Region:
        """Return the part common to both; empty if there is none."""
        return Region(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def contains(self, other: Region) -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return self.intersected(other) == other
