"""Which file a reader gets: told by a seed and an index alone."""

from __future__ import annotations

import zlib

import numpy as np

from tests.fuzz.readers import READERS
from tests.fuzz.structure import damaged

_MOST_BYTES = 200_000
"""Larger attacks are not damaged any further: they are about their size."""


def hostile_file(reader: str, seed: int, index: int) -> tuple[str, bytes]:
    """Return name and content.

    Every other one is an attack as it is, until all of them were; the others are damaged.
    """
    sound, attacks = READERS[reader].sound(), READERS[reader].attacks()
    number, is_damaged = divmod(index, 2)
    if not is_damaged and number < len(attacks):
        order = np.random.default_rng((seed, zlib.crc32(reader.encode()))).permutation(len(attacks))
        return list(attacks.items())[order[number]]
    rng = np.random.default_rng((seed, zlib.crc32(reader.encode()), index))
    small = {name: content for name, content in attacks.items() if 0 < len(content) < _MOST_BYTES}
    source = sound if rng.random() < 0.8 else small
    name = sorted(source)[int(rng.integers(len(source)))]
    return name, damaged(source[name], [sound[key] for key in sorted(sound)], rng)
