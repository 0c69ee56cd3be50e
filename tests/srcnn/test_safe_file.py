import os
from collections.abc import Callable
from pathlib import Path

import pytest

from srcnn.errors import OutputError
from srcnn.safe_file import write_safely


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path):
    path = tmp_path / "a.bin"
    for data in (b"first", b"", b"second" * 1000):
        write_safely(path, data)
        assert path.read_bytes() == data
        assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_error(tmp_path: Path):
    with pytest.raises(OutputError, match="cannot be written") as caught:
        write_safely(tmp_path / "missing" / "a.bin", b"data")
    assert caught.value.hint


def test_a_folder_of_that_name_is_an_error_and_stays(tmp_path: Path):
    (tmp_path / "a.bin").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_safely(tmp_path / "a.bin", b"data")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.bin"]


def full_disk(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def changing_disk(descriptor: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, b"\x01")


def shortening_disk(descriptor: int) -> None:
    os.ftruncate(descriptor, os.fstat(descriptor).st_size - 1)


@pytest.mark.parametrize(
    ("fault", "message", "hint"),
    [
        (full_disk, "disk is full", "Make room"),
        (changing_disk, "not written correctly", "failing"),
        (shortening_disk, "not written correctly", "failing"),
    ],
)
def test_a_failed_write_leaves_the_old_file_untouched(
    fault: Callable[[int], None],
    message: str,
    hint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    path = tmp_path / "a.bin"
    path.write_bytes(b"before")
    monkeypatch.setattr("srcnn.safe_file.os.fsync", fault)
    with pytest.raises(OutputError, match=message) as caught:
        write_safely(path, b"after")
    assert hint in caught.value.hint
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]
