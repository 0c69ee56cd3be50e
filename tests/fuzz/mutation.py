"""Damage to files, drawn from a generator of random numbers: the same seed, the same damage."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np

_EXTREMES = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x10000,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
)
_WORDS = (b"NaN", b"-1", b"1e999", b"null", b"[[[[[", b'"', b"9" * 400, b"\0", b"{}", b"../../x")

Rng = np.random.Generator


def mutated(content: bytes, others: Sequence[bytes], rng: Rng) -> bytes:
    """Return the content with one kind of damage or some; ``others`` are to be spliced with."""
    data = bytearray(content)
    for _ in range((1, 1, 1, 2, 4)[int(rng.integers(5))]):
        if rng.random() < 0.1:
            data = _spliced(data, others[int(rng.integers(len(others)))], rng)
        elif data:
            damage = _DAMAGE[int(rng.integers(len(_DAMAGE)))]
            data = damage(data, rng)
    return bytes(data)


def _place(data: bytearray, rng: Rng) -> int:
    """Choose a place: in half of the cases one of the first bytes, where headers are."""
    within = len(data) if rng.random() < 0.5 else min(len(data), 200)
    return int(rng.integers(0, max(1, within)))


def _flipped(data: bytearray, rng: Rng) -> bytearray:
    for _ in range(int(rng.integers(1, 9))):
        data[_place(data, rng)] ^= 1 << int(rng.integers(8))
    return data


def _replaced(data: bytearray, rng: Rng) -> bytearray:
    for _ in range(int(rng.integers(1, 5))):
        data[_place(data, rng)] = int(rng.integers(256))
    return data


def _truncated(data: bytearray, rng: Rng) -> bytearray:
    return data[: _place(data, rng)]


def _with_extreme(data: bytearray, rng: Rng) -> bytearray:
    """Write an extreme number over two, four or eight bytes: sizes and offsets are such."""
    width, code = ((2, "H"), (4, "I"), (8, "Q"))[int(rng.integers(3))]
    value = _EXTREMES[int(rng.integers(len(_EXTREMES)))] & (2 ** (8 * width) - 1)
    place = _place(data, rng)
    order = "<>"[int(rng.integers(2))]
    data[place : place + width] = struct.pack(order + code, value)
    return data


def _repeated(data: bytearray, rng: Rng) -> bytearray:
    start = _place(data, rng)
    part = data[start : start + int(rng.integers(1, 400))]
    return data[:start] + part * int(rng.integers(2, 60)) + data[start:]


def _with_garbage(data: bytearray, rng: Rng) -> bytearray:
    place = _place(data, rng)
    return data[:place] + rng.bytes(int(rng.integers(1, 200))) + data[place:]


def _with_word(data: bytearray, rng: Rng) -> bytearray:
    word = _WORDS[int(rng.integers(len(_WORDS)))]
    place = _place(data, rng)
    gone = len(word) if rng.random() < 0.5 else 0
    return data[:place] + word + data[place + gone :]


def _without_part(data: bytearray, rng: Rng) -> bytearray:
    place = _place(data, rng)
    return data[:place] + data[place + int(rng.integers(1, 60)) :]


def _spliced(data: bytearray, other: bytes, rng: Rng) -> bytearray:
    return data[: _place(data, rng)] + bytearray(other[int(rng.integers(0, len(other) + 1)) :])


_DAMAGE: tuple[Callable[[bytearray, Rng], bytearray], ...] = (
    _flipped, _replaced, _truncated, _with_extreme, _repeated, _with_garbage, _with_word,
    _without_part,
)  # fmt: skip
