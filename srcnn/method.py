"""The contract of a method, and what a method may be built from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from srcnn.dictionary import bundled_dictionaries
from srcnn.padding import Padding
from srcnn.resize import Border

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.device import Device
    from srcnn.dictionary import Dictionary
    from srcnn.geometry import Region
    from srcnn.types import Planes
    from srcnn.weights import Weights

ALL_SCALES = frozenset({2, 3, 4})

DEFAULT_TILE = 144
"""Output pixels a side of a tile: divides by 2, 3 and 4."""

DIGEST_DIGITS = 12
"""So much of a hash tells weights apart."""


@dataclass(frozen=True, slots=True)
class MethodEnvironment:
    """What methods are built from.

    Attributes
    ----------
    device : Device
        Where networks run; methods in numpy ignore it.
    weights : Sequence[Weights]
        Every network that shall be offered, bundled ones first.
    border : Border
        What interpolation sees outside the image.
    fast : bool
        Compute networks in 16 bits where the device has a type for it: at most 0.01 dB less.
    steps_down : int
        How often the device's memory did not suffice: as often, less is given to it at once.
    dictionaries : Sequence[Dictionary]
        What the classical methods are built from: those that come with the program.
    padding : Padding
        What the layers of networks see outside the image.
    """

    device: Device
    weights: Sequence[Weights] = ()
    border: Border = Border.CLAMP
    fast: bool = False
    steps_down: int = 0
    dictionaries: Sequence[Dictionary] = field(default_factory=bundled_dictionaries)
    padding: Padding = Padding.REPLICATE


class Method(ABC):
    """A way of enlarging an image by a whole factor.

    Attributes
    ----------
    id : str
        Stable key, used in settings and on the command line.
    label : str
        Name shown to the user.
    rank : int
        Position in lists; smaller comes first.
    scales : frozenset[int]
        Factors it can enlarge by.
    context : int
        Low-resolution pixels of surroundings needed on each side for a region
        to come out equal to the same region of the whole result.
    channels : int
        Planes it takes: 1 (luma; chroma is then enlarged by bicubic) or 3 (RGB).
    tile : int
        Output pixels a side of a tile; slow methods choose smaller ones. Divides by
        every scale.
    batch : int
        How many tiles ``enlarge_regions`` is best given at once.
    effort : str
        How much is computed at once and where, in words; empty if that cannot change.
    fingerprint : str
        Changes whenever results may: id, border rule, hash of the weights, device, precision.
    needs_torch : bool
        Whether the first call has to wait for PyTorch's import.
    """

    id: str
    label: str
    rank: int
    scales: frozenset[int]
    context: int
    fingerprint: str
    channels: int = 1
    tile: int = DEFAULT_TILE
    batch: int = 1
    effort: str = ""
    needs_torch: ClassVar[bool] = False

    @abstractmethod
    def enlarge(self, planes: Planes, scale: int) -> Planes:
        """Enlarge ``planes`` (``channels``, H, W) to (``channels``, H * scale, W * scale).

        Values are nominally in [0, 1]; the result is not clipped. Must be safe to call from
        several threads at once, and give the same bits for the same input.

        Raises
        ------
        ValueError
            If ``scale`` is not one of ``scales``.
        """

    def enlarge_region(self, planes: Planes, scale: int, region: Region) -> Planes:
        """Return the part ``region`` of ``enlarge``'s result, (``channels``, h, w).

        A method that can compute less than the whole overrides it.
        """
        return self.enlarge(planes, scale)[:, *region.slices]

    def enlarge_regions(
        self, windows: Sequence[tuple[Planes, Region]], scale: int
    ) -> Sequence[Planes]:
        """Return the result of ``enlarge_region`` for every pair of planes and region.

        The bits do not depend on what else is in the list. A method that is faster with several
        at once overrides it.
        """
        return [self.enlarge_region(planes, scale, region) for planes, region in windows]

    def step_down(self) -> Method | None:
        """Return the same method with less memory, or None if there is no smaller way.

        For when ``DeviceTooSmall`` was raised.
        """
        return None

    def provenance(self, scale: int) -> str:
        """Return what a saved file says of the weights at ``scale``; empty if there are none."""
        self.check_scale(scale)
        return ""

    def check_scale(self, scale: int) -> None:
        """Raise ``ValueError`` if ``scale`` is not one of ``scales``."""
        if scale not in self.scales:
            raise ValueError(f"{self.id} cannot enlarge by {scale}")
