"""Damage below checksums and lengths: without it most damage is found before anything is read."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from tests.fuzz.mutation import Rng, mutated

_PNG = b"\x89PNG\r\n\x1a\n"
_USUAL = 0.7


def damaged(content: bytes, others: Sequence[bytes], rng: Rng) -> bytes:
    """Return the content damaged, mostly so that checksums and lengths are right again."""
    if rng.random() < _USUAL:
        if content.startswith(b"PK"):
            return _zip(content, others, rng)
        if content.startswith(_PNG):
            return _mended_png(mutated(content, others, rng))
        if content[8:9] == b"{":
            return _safetensors(content, others, rng)
    return mutated(content, others, rng)


def _zip(content: bytes, others: Sequence[bytes], rng: Rng) -> bytes:
    """Damage one of the files in an archive."""
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(made, "w") as anew:
            chosen = int(rng.integers(len(archive.infolist())))
            for number, entry in enumerate(archive.infolist()):
                data = archive.read(entry)
                if number == chosen:
                    data = mutated(data, others, rng)
                anew.writestr(zipfile.ZipInfo(entry.filename), data)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):  # an attack already
        return mutated(content, others, rng)
    return made.getvalue()


def _mended_png(content: bytes) -> bytes:
    data, place = bytearray(content), len(_PNG)
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        end = place + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", data, end, zlib.crc32(data[place + 4 : end]))
        place = end + 4
    return bytes(data)


def _safetensors(content: bytes, others: Sequence[bytes], rng: Rng) -> bytes:
    """Damage the header, and say how long it is now; or some of the numbers."""
    end = 8 + int.from_bytes(content[:8], "little")
    if rng.random() < 0.3 and end < len(content):
        data = bytearray(content)
        for place in rng.integers(end, len(data), 4):
            data[place] = int(rng.integers(256))
        return bytes(data)
    header = mutated(content[8:end], others, rng)
    return struct.pack("<Q", len(header)) + header + content[end:]
