"""The shape of an SRCNN: three layers written as numbers, and the arrays that fill it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

WeightArrays: TypeAlias = tuple[
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.float32],
    NDArray[np.float32],
]
"""w1 (n1, c, f1, f1), b1 (n1,), w2 (n2, n1, f2, f2), b2 (n2,), w3 (c, n2, f3, f3), b3 (c,).

Filters are applied as correlation: no flip.
"""

_DEFAULT_WIDTHS = (64, 32)


@dataclass(frozen=True, slots=True)
class SrcnnSpec:
    """Widths and filter sizes of the network f1-f2-f3 of Dong et al. (ECCV 2014).

    Attributes
    ----------
    n1, n2
        Number of filters of the first and of the second layer.
    f1, f2, f3
        Side of the square filters of each layer in pixels; odd.
    channels
        Planes that go in and come out: 1 for luma, 3 for RGB.

    Raises
    ------
    ValueError
        If a number is not a positive integer, or a filter side is even.
    """

    n1: int = 64
    n2: int = 32
    f1: int = 9
    f2: int = 1
    f3: int = 5
    channels: int = 1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{field.name} must be a positive integer, not {value!r}")
        for name in ("f1", "f2", "f3"):
            if getattr(self, name) % 2 == 0:
                raise ValueError(f"{name} must be odd, not {getattr(self, name)}")

    @classmethod
    def of(cls, shapes: Sequence[tuple[int, ...]]) -> Self:
        """Return the network whose six arrays have these shapes, in the order of ``shapes``.

        Raises
        ------
        ValueError
            If no network has such arrays.
        """
        if [len(shape) for shape in shapes] != [4, 1, 4, 1, 4, 1]:
            raise ValueError("three layers are three 4-D weights, each followed by 1-D biases")
        (n1, channels, f1, _), _, (n2, _, f2, _), _, (_, _, f3, _), _ = shapes
        spec = cls(n1, n2, f1, f2, f3, channels)
        if spec.shapes != tuple(shapes):
            raise ValueError(f"the layers do not fit together: {', '.join(map(str, shapes))}")
        return spec

    @property
    def halo(self) -> int:
        """Pixels lost on each side by valid convolutions: 6 for 9-1-5."""
        return (self.f1 + self.f2 + self.f3 - 3) // 2

    @property
    def name(self) -> str:
        """The paper's name: ``9-1-5``, with other widths ``9-1-5-128-64``, on RGB ``9-1-5-rgb``."""
        parts: list[object] = [self.f1, self.f2, self.f3]
        if (self.n1, self.n2) != _DEFAULT_WIDTHS:
            parts += [self.n1, self.n2]
        if self.channels != 1:
            parts.append("rgb" if self.channels == 3 else f"{self.channels}ch")
        return "-".join(map(str, parts))

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of w1, b1, w2, b2, w3, b3; a weight is (outputs, inputs, rows, columns)."""
        return (
            (self.n1, self.channels, self.f1, self.f1),
            (self.n1,),
            (self.n2, self.n1, self.f2, self.f2),
            (self.n2,),
            (self.channels, self.n2, self.f3, self.f3),
            (self.channels,),
        )

    @property
    def weights_count(self) -> int:
        """Filter weights without biases, as the paper counts them: 8,032 for 9-1-5."""
        return (
            self.channels * self.f1**2 * self.n1
            + self.n1 * self.f2**2 * self.n2
            + self.n2 * self.f3**2 * self.channels
        )

    @property
    def parameters(self) -> int:
        """All numbers that are learnt, biases included: 8,129 for 9-1-5."""
        return self.weights_count + self.n1 + self.n2 + self.channels
