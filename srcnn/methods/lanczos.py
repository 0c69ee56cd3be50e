"""Lanczos-3: a windowed sinc of six taps, sharper than bicubic, with a little ringing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.interpolation import Interpolation
from srcnn.resize import LANCZOS3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from srcnn.method import Method, MethodEnvironment


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the methods of this file."""
    yield Interpolation("lanczos", "Lanczos-3", 20, LANCZOS3, env.border)
