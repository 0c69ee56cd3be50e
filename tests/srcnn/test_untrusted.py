import io
import json
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from srcnn.dictionary import load_dictionary
from srcnn.errors import WeightsError
from srcnn.untrusted import (
    first_bytes,
    plain_mat,
    plain_pth,
    plain_zip,
    read_bounded,
    safetensors_metadata,
)
from srcnn.weights import load_weights


def safetensors_bytes(header: object, length: int | None = None) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text


def zip_bytes(entries: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_file_is_read_up_to_its_limit(tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_bounded(path, 5) == first_bytes(path) == b"12345"
    with pytest.raises(ValueError, match="more than 4"):
        read_bounded(path, 4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    for name, load in (("x3.pth", load_weights), ("d.safetensors", load_dictionary)):
        os.mkfifo(tmp_path / name)
        with pytest.raises(WeightsError) as caught:
            load(tmp_path / name)
        assert caught.value.hint


def test_metadata_of_safetensors_are_returned():
    assert safetensors_metadata(safetensors_bytes({"__metadata__": {"a": "b"}})) == {"a": "b"}
    assert safetensors_metadata(safetensors_bytes({})) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1",
        safetensors_bytes({}, 2**40),
        safetensors_bytes([]),
        safetensors_bytes({"__metadata__": {"a": 1}}),
        safetensors_bytes({"__metadata__": []}),
        safetensors_bytes({str(number): 0 for number in range(10_001)}),
        struct.pack("<Q", 100_000) + b"[" * 100_000,
    ],
    ids=["empty", "short", "length", "list", "number", "no-dict", "tensors", "deep"],
)
def test_headers_that_cost_too_much_are_refused(data: bytes):
    with pytest.raises(ValueError, match=r"\w"):
        safetensors_metadata(data)


def test_an_archive_is_written_anew_with_what_it_holds():
    entries = {"a": b"1" * 100, "b/c": b""}
    hidden = b"before it" + zip_bytes(entries)
    with zipfile.ZipFile(io.BytesIO(plain_zip(hidden))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == entries


def test_packed_archives_are_refused():
    with pytest.raises(ValueError, match="packed"):
        plain_zip(zip_bytes({"a": bytes(10_000_000)}, zipfile.ZIP_DEFLATED))


def test_an_archive_with_two_files_of_one_name_is_refused():
    with pytest.raises(ValueError, match="twice"):
        plain_zip(zip_bytes({"aa": b"1", "ab": b"2"}).replace(b"ab", b"aa"))


def test_a_pickle_that_takes_memory_by_itself_is_refused():
    for content in (b"\x80\x02cbuiltins\nbytearray\nJ\0\0\0\x40\x85R.",):
        with pytest.raises(pickle.UnpicklingError):
            plain_pth(content)
        with pytest.raises(pickle.UnpicklingError):
            plain_pth(zip_bytes({"a/data.pkl": content}))


def test_a_pickle_of_too_many_steps_is_refused():
    with pytest.raises(ValueError, match="steps"):
        plain_pth(b"\x80\x02]" + b"K\x01a" * 200_000 + b".")


def test_a_tower_of_tuples_is_refused_but_shared_ones_are_not():
    tower = b"\x80\x02)q\x00" + b"h\x00h\x00\x86q\x00" * 60 + b"."
    with pytest.raises(ValueError, match="deep"):
        plain_pth(tower)
    shared = (1, 2)
    plain_pth(pickle.dumps({number: (shared, number) for number in range(1000)}, 2))


def test_what_is_packed_in_a_matlab_file_is_unpacked_up_to_a_limit():
    head = b"MATLAB 5.0".ljust(124) + b"\0\1IM"
    element = struct.pack("<II", 14, 1000) + bytes(1000)
    packed = zlib.compress(element)
    data = head + struct.pack("<II", 15, len(packed)) + packed
    assert plain_mat(data, 2000) == head + element
    with pytest.raises(ValueError, match="more than 500"):
        plain_mat(data, 500)
    with pytest.raises(zlib.error):
        plain_mat(data.replace(packed[:2], b"\0\0"), 2000)
