"""Guards in front of libraries that read files of strangers: what it may cost is known before.

Every function raises ``ValueError`` for what must not be read on, and ``OSError`` as files do.
"""

from __future__ import annotations

import io
import json
import pickle
import pickletools
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_MOST_HEADER = 1 << 20  # of safetensors; those of our own files have some thousand bytes
_MOST_TENSORS = 10_000
_MOST_ENTRIES = 20_000
_MOST_OPERATIONS = 300_000  # of a pickle; a tensor takes about 25
_MOST_NESTED = 16
_OLD_PICKLES = 5  # that PyTorch's old format begins with
_MEMORY = "bytearray"  # the one callable that torch allows and that takes memory for nothing
_MAT_HEAD, _MAT_PACKED = 128, 15


def read_bounded(path: Path, most: int) -> bytes:
    """Return the bytes of a regular file that has at most so many.

    Raises
    ------
    OSError
        If it cannot be read, or is no regular file: a pipe would never end.
    ValueError
        If it has more bytes.
    """
    _check_regular(path)
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"more than {most:,} bytes")
    return data


def first_bytes(path: Path) -> bytes:
    """Return as much of a regular file as ``safetensors_metadata`` needs."""
    _check_regular(path)
    with path.open("rb") as file:
        return file.read(8 + _MOST_HEADER)


def safetensors_metadata(data: bytes) -> dict[str, str]:
    """Return what a safetensors file says beside its tensors; its header is small if this returns.

    Parameters
    ----------
    data : bytes
        The whole file, or its first megabyte.
    """
    (length,) = struct.unpack("<Q", data[:8].ljust(8, b"\xff"))
    if length > _MOST_HEADER:
        raise ValueError(f"a header of {length:,} bytes")
    try:
        header = json.loads(data[8 : 8 + length])
    except RecursionError as error:
        raise ValueError("a header that nests too deep") from error
    if not isinstance(header, dict) or len(header) > _MOST_TENSORS:
        raise ValueError("no header, or of far too many tensors")
    metadata = header.get("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise ValueError("metadata that are no texts")
    return metadata


def plain_zip(data: bytes) -> bytes:
    """Return the archive written anew, so that nobody finds another directory in it.

    Only what is stored as it is passes: neither PyTorch nor ``numpy.savez`` packs anything.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_ENTRIES or len({e.filename for e in entries}) < len(entries):
            raise ValueError("an archive with far too many entries, or twice the same")
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError("a packed archive")
        if sum(entry.file_size for entry in entries) > len(data):
            raise ValueError("an archive that announces more than it has")
        with zipfile.ZipFile(made, "w") as anew:
            for entry in entries:
                anew.writestr(zipfile.ZipInfo(entry.filename), archive.read(entry))
    return made.getvalue()


def plain_pth(data: bytes) -> bytes:
    """Return a file of PyTorch whose pickles are small, as ``torch.load`` is to see it.

    Raises
    ------
    pickle.UnpicklingError
        If it would take memory by itself.
    """
    if not data.startswith(b"PK"):
        stream = io.BytesIO(data)
        for _ in range(_OLD_PICKLES):
            if stream.tell() < len(data):  # else it is a pickle of another program
                _check_pickle(stream)
        return data
    plain = plain_zip(data)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        for name in archive.namelist():
            if name.endswith(".pkl"):
                _check_pickle(io.BytesIO(archive.read(name)))
    return plain


def _check_regular(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # which cannot be opened anyway
        raise OSError(f"{path.name} is no file")


def _check_pickle(stream: io.BytesIO) -> None:
    """Refuse a pickle of too many steps, and tuples of tuples that take for ever to hash."""
    depths: dict[Any, int] = {}
    inside, last = 0, ""
    for count, (operation, argument, _) in enumerate(pickletools.genops(stream)):
        if count > _MOST_OPERATIONS or inside > _MOST_NESTED:
            raise ValueError("a pickle of too many steps, or that nests too deep")
        name = operation.name
        if name == "GLOBAL" and _MEMORY in str(argument):
            raise pickle.UnpicklingError(argument)
        if name.endswith("BINGET"):
            inside = max(inside, depths.get(argument, 0))
        elif name.endswith("BINPUT") and last.startswith("TUPLE"):
            depths[argument] = inside + 1 if inside else 1
            inside = 0
        last = name


def plain_mat(data: bytes, most: int) -> bytes:
    """Return a MATLAB file with its variables unpacked, if they have at most so many bytes."""
    order = {b"IM": "<", b"MI": ">"}.get(data[_MAT_HEAD - 2 : _MAT_HEAD])
    if order is None or 0 in data[:4]:  # version 4, which packs nothing; or none at all
        return data
    made, size, place = [data[:_MAT_HEAD]], 0, _MAT_HEAD
    while place + 8 <= len(data):
        kind, length = struct.unpack_from(f"{order}II", data, place)
        element = data[place : place + 8 + length]
        if kind == _MAT_PACKED:
            unpacker = zlib.decompressobj()
            element = unpacker.decompress(element[8:], most - size + 1)
        made.append(element)
        size += len(element)
        if size > most or len(made) > _MOST_TENSORS:
            raise ValueError(f"more than {most:,} bytes, or far too many variables")
        place += 8 + length
    return b"".join(made)
