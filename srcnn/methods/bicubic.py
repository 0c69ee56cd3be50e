"""Bicubic interpolation (Keys 1981, a = -1/2, four taps): where every method here begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.interpolation import Interpolation
from srcnn.resize import BICUBIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from srcnn.method import Method, MethodEnvironment


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the methods of this file."""
    yield Interpolation("bicubic", "Bicubic", 10, BICUBIC, env.border)
