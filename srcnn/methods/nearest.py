"""Nearest neighbour: every pixel of the input, as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from srcnn.method import ALL_SCALES, Method, MethodEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from srcnn.types import Planes


class Nearest(Method):
    """Repeats every pixel ``scale`` times in both directions, colour included."""

    id = "nearest"
    label = "Nearest neighbour"
    rank = 0
    scales = ALL_SCALES
    context = 0
    channels = 3
    fingerprint = "nearest"

    @override
    def enlarge(self, planes: Planes, scale: int) -> Planes:
        self.check_scale(scale)
        return planes.repeat(scale, axis=1).repeat(scale, axis=2)


def build(_env: MethodEnvironment) -> Iterator[Method]:
    """Yield the methods of this file."""
    yield Nearest()
