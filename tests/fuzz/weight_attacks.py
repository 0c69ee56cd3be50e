"""Weights made to exhaust memory or time, or to run a program."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

import numpy as np
from safetensors.numpy import save

from tests.fuzz.state_corpus import (
    arrays,
    mat_file,
    matlab_variables,
    pth_file,
    state_dict,
    weights,
)

MARKER = "marker"
"""The file that the programs hidden in weights would make."""


class Running:
    """Pickles into a call."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self._reduced = call, arguments

    def __reduce__(self) -> Any:
        return self._reduced


def safetensors_file(header: object, data: bytes = b"", *, length: int | None = None) -> bytes:
    """Put a safetensors file together, whatever its header says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


@cache
def weight_attacks() -> dict[str, bytes]:
    """Return all for weights by name."""
    return {
        **safetensors_attacks("x3"),
        **_cards(),
        **_mats(),
        **_pths(),
        **_zips(),
        **_raw_pickles(),
        **_others(),
    }


def safetensors_attacks(stem: str) -> dict[str, bytes]:
    """Return safetensors files that are bad whatever they should hold, by name."""
    return {f"{name}_{stem}.safetensors": content for name, content in _headers().items()}


@cache
def _headers() -> dict[str, bytes]:
    one: dict[str, Any] = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    return {
        "terabyte": safetensors_file({"a": {**one, "shape": [2**38], "data_offsets": [0, 2**40]}}),
        "negative": safetensors_file({"a": {**one, "data_offsets": [-4, 0]}}, bytes(4)),
        "backwards": safetensors_file({"a": {**one, "data_offsets": [4, 0]}}, bytes(4)),
        "overflow": safetensors_file({"a": {**one, "shape": [2**32, 2**32, 2**32]}}, bytes(4)),
        "long": safetensors_file(b"{}", length=2**63),
        "hundred": safetensors_file(b"{}", length=10**8),
        "deep": safetensors_file(b'{"__metadata__":' + b"[" * 100_000),
        "metadata": safetensors_file({"__metadata__": {str(n): "" for n in range(900_000)}}),
        "empty": safetensors_file(
            {str(n): {**one, "shape": [0], "data_offsets": [0, 0]} for n in range(200_000)}
        ),
        "list": safetensors_file(b"[]"),
        "number": safetensors_file({"__metadata__": {"card": 7, "srcnn_run": 7}}),
    }


def _cards() -> dict[str, bytes]:
    six = {str(n): array for n, array in enumerate(arrays())}
    cards = {
        "nested": "[" * 100_000, "endless": '{"minutes": 1e999}', "numberless": '{"minutes": NaN}',
        "digits": '{"seed": ' + "9" * 5000 + "}", "psnr": '{"psnr": {"a": 1' + "0" * 400 + "}}",
        "list": "[]", "path": '{"name": "../../etc/passwd"}',
        "control": '{"name": "a\\u0000\\u202e"}',
        "scale": '{"scale": 1e3}', "other": '{"name": {}, "psnr": [1], "notes": 3}',
        "minutes": '{"minutes": 1' + "0" * 400 + "}",
    }  # fmt: skip
    made = {f"{name}_x3.safetensors": save(six, {"card": card}) for name, card in cards.items()}
    for name, value in (("nan", np.nan), ("inf", np.inf)):
        made[f"{name}_x2.safetensors"] = save({**six, "0": np.full_like(six["0"], value)})
    made["shapes_x3.safetensors"] = save({**six, "1": np.zeros(7, np.float32)})
    made["double_x3.safetensors"] = save(
        {key: array.astype(np.float64) * 1e300 for key, array in six.items()}
    )
    made["whole_x3.safetensors"] = save({key: array.astype(np.int64) for key, array in six.items()})
    return made


def _mat_element(kind: int, content: bytes, *, size: int | None = None) -> bytes:
    return struct.pack("<II", kind, len(content) if size is None else size) + content


def _mat_array(
    name: bytes, dims: tuple[int, ...], *, kind: int = 6, size: int | None = None
) -> bytes:
    padded = name.ljust(-(-len(name) // 8) * 8, b"\0")
    shape = struct.pack(f"<{len(dims)}i", *dims).ljust(-(-len(dims) * 4 // 8) * 8, b"\0")
    body = (
        _mat_element(6, struct.pack("<II", kind, 0))
        + struct.pack("<II", 5, 4 * len(dims)) + shape
        + struct.pack("<II", 1, len(name)) + padded
        + _mat_element(9, bytes(8), size=size)
    )  # fmt: skip
    return _mat_element(14, body)


def _mats() -> dict[str, bytes]:
    variables = matlab_variables()
    sound = mat_file(variables)
    head = sound[:128]
    bomb = zlib.compress(_mat_element(14, bytes(64), size=2**30) + bytes(96 << 20), 9)
    cells = b"".join(_mat_array(b"weights_conv1", (2**15, 2**14), kind=1) for _ in range(1))
    name_bomb = _mat_element(6, struct.pack("<II", 6, 0)) + _mat_element(
        5, struct.pack("<ii", 1, 1)
    )
    name_bomb += _mat_element(1, bytes(96 << 20))
    return {
        "dims_x3.mat": head + _mat_array(b"weights_conv1", (2**31 - 1, 2**31 - 1)),
        "negative_x3.mat": head + _mat_array(b"weights_conv1", (-1, -(2**30))),
        "size_x3.mat": head + _mat_array(b"weights_conv1", (81, 6), size=2**32 - 8),
        "many-dims_x3.mat": head + _mat_array(b"weights_conv1", (1,) * 5000),
        "bomb_x3.mat": head + _mat_element(15, bomb),
        "name-bomb_x3.mat": head + _mat_element(15, zlib.compress(_mat_element(14, name_bomb), 9)),
        "after-cells_x3.mat": head + cells + sound[128:],
        "before-cells_x3.mat": sound + cells,
        "twice_x3.mat": sound + sound[128:],
        "nothings_x3.mat": head + _mat_element(15, zlib.compress(b"")) * 50_000,
        "zeros_x3.mat": mat_file({**variables, "more": np.zeros(12 << 20)}, do_compression=True),
        "packed_x3.mat": mat_file({"weights_conv1": np.zeros(12 << 20)}, do_compression=True),
        "old_x3.mat": struct.pack("<5i", 0, 2**30, 2**30, 0, 14) + b"weights_conv1\0" + bytes(64),
        "old-name_x3.mat": struct.pack("<5i", 0, 1, 1, 0, 2**31 - 1) + bytes(64),
        "text_x3.mat": mat_file({**variables, "biases_conv3": "text"}),
        "struct_x3.mat": mat_file({**variables, "weights_conv1": {"a": {"b": 1}}}),
        "complex_x3.mat": mat_file({**variables, "biases_conv1": np.ones((6, 1)) * 1j}),
        "nan_x3.mat": mat_file({**variables, "biases_conv1": np.full((6, 1), np.nan)}),
        "seven_x3.mat": b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM\x89HDF\r\n\x1a\n" * 9,
    }  # fmt: skip


def _pths() -> dict[str, bytes]:
    import torch

    tensors = state_dict()
    running = {
        "system": Running(os.system, f"touch {MARKER}"),
        "open": Running(open, MARKER, "w"),
        "exec": Running(exec, f"open({MARKER!r}, 'w')"),
        "bytes": Running(bytearray, 2 << 30),
    }
    made = {}
    for name, call in running.items():
        made[f"{name}_x3.pth"] = pth_file({**tensors, "extra": call})
        made[f"{name}-old_x3.pth"] = pth_file({"extra": call}, _use_new_zipfile_serialization=False)
        made[f"{name}-plain_x3.pth"] = pickle.dumps(call)
    expanded = {f"{n}": torch.zeros(1).expand(s.shape) for n, s in enumerate(tensors.values())}
    deep: Any = tensors
    for _ in range(300):
        deep = {"model": deep}
    return made | {
        "expanded_x3.pth": pth_file({**expanded, "0": torch.zeros(1).expand(2**20, 2**20, 9, 9)}),
        "deep_x3.pth": pth_file(deep),
        "many_x3.pth": pth_file({str(n): n for n in range(300_000)}),
        "sparse_x3.pth": pth_file(
            {**tensors, "a": torch.zeros(10**6, 10**6, layout=torch.sparse_coo)}
        ),
        "meta_x3.pth": pth_file({key: value.to("meta") for key, value in tensors.items()}),
        "nan_x3.pth": pth_file({key: value * torch.nan for key, value in tensors.items()}),
        "half_x3.pth": pth_file({key: value.to(torch.bfloat16) for key, value in tensors.items()}),
        "complex_x3.pth": pth_file({key: value * 1j for key, value in tensors.items()}),
        "number_x3.pth": pth_file(7),
    }


def _zips() -> dict[str, bytes]:
    """Return files of PyTorch whose zip directory tells something else than they hold."""
    made = {}
    sound = zipfile.ZipFile(io.BytesIO(weights()["x3.pth"]))
    entries = {info.filename: sound.read(info) for info in sound.infolist()}
    top = next(iter(entries)).partition("/")[0]
    for name, changed in {
        "bomb": {f"{top}/data/0": bytes(64 << 20)},
        "pickle-bomb": {f"{top}/data.pkl": bytes(64 << 20)},
        "short": {f"{top}/data/0": b"\0"},
        "path": {f"{top}/../../../../tmp/{MARKER}": b"1", f"../{MARKER}": b"1"},
        "script": {f"{top}/constants.pkl": b"\x80\x02).", f"{top}/code/a.py": b"open('marker')"},
    }.items():
        file = io.BytesIO()
        kind = zipfile.ZIP_DEFLATED if "bomb" in name else zipfile.ZIP_STORED
        with zipfile.ZipFile(file, "w", kind) as archive:
            for entry, content in {**entries, **changed}.items():
                archive.writestr(entry, content)
        made[f"{name}_x3.pth"] = file.getvalue()
    # storages that claim more numbers than there are
    data = weights()["x3.pth"]
    (size,) = (len(arrays()[0].ravel()),)
    made["claim_x3.pth"] = data.replace(b"M" + struct.pack("<H", size), b"M\xff\xff", 1)
    return made


def _raw_pickles() -> dict[str, bytes]:
    """Return pickles that are small and mean much."""
    tower = b"\x80\x02)q\x00"
    for _ in range(60):  # a tuple of the tuple before, twice: its hash takes 2**60 steps
        tower += b"h\x00h\x00\x86q\x00"
    key = tower + b"}h\x00K\x01s."
    lists = b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b"."
    made = {"tower": key, "lists": lists, "loop": b"\x80\x02}q\x00X\x01\0\0\0ah\x00s."}
    files = {}
    for name, content in made.items():
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("archive/data.pkl", content)
            archive.writestr("archive/version", b"3\n")
        files[f"{name}_x3.pth"] = file.getvalue()
        magic = (
            pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
        )
        files[f"{name}-old_x3.pth"] = magic + content
    return files


def _others() -> dict[str, bytes]:
    place = b"\n\x08location\x12\x15../../../../etc/passwd"
    return {
        "external_x3.onnx": b"\x08\x08:"
        + bytes((len(place) + 4,))
        + b"*"
        + bytes((len(place) + 2,))
        + place,
        "empty_x3.pth": b"",
        "empty_x3.mat": b"",
        "empty_x3.safetensors": b"",
    }
