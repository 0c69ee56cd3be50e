import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from srcnn.errors import OutputError
from srcnn.process_mark import own_mark
from srcnn.safe_file import (
    LEFT_BEHIND_S,
    explained,
    server_time,
    sweep_parts,
    write_safely,
    written_beside,
)


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


# --- never in the place of another ------------------------------------------------------------


def write_then(beside: Path, what_happens: Callable[[], object]) -> None:
    beside.write_bytes(bytes(500_000))
    what_happens()


def no_hard_links(self: Path, target: Path) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=["links", "no links"])
def either_file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where a file can have two names, and where it cannot."""
    if request.param == "no links":
        monkeypatch.setattr(Path, "hardlink_to", no_hard_links)


@pytest.mark.usefixtures("either_file_system")
def test_a_free_name_is_taken(tmp_path: Path):
    with written_beside(tmp_path / "a", overwrite=False) as beside:
        beside.write_bytes(b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.usefixtures("either_file_system")
@pytest.mark.parametrize("meanwhile", ["file", "folder", "dangling link"])
def test_what_appeared_meanwhile_is_not_replaced(tmp_path: Path, meanwhile: str):
    path = tmp_path / "a"
    appear: dict[str, Callable[[], object]] = {
        "file": lambda: path.write_bytes(b"precious"),
        "folder": path.mkdir,
        "dangling link": lambda: path.symlink_to("nowhere"),
    }
    with (
        pytest.raises(OutputError, match="a exists already") as caught,
        written_beside(path, overwrite=False) as beside,
    ):
        write_then(beside, appear[meanwhile])
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == [path]
    if meanwhile == "file":
        assert path.read_bytes() == b"precious"


def test_a_link_is_replaced_and_not_what_it_leads_to(tmp_path: Path):
    (tmp_path / "other").write_bytes(b"precious")
    (tmp_path / "a").symlink_to("other")
    write_safely(tmp_path / "a", b"new")
    assert (tmp_path / "other").read_bytes() == b"precious"
    assert not (tmp_path / "a").is_symlink()


# --- what dead processes left -----------------------------------------------------------------


def test_only_what_nobody_writes_any_more_is_swept(tmp_path: Path):
    own = own_mark()
    stays = [
        f".srcnn-{own}-12345678.part",
        f".srcnn-{replace(own, host='0' * 8)}-12345678.part",
        ".srcnn-1234abcd.part",
        ".other.part",
        "a.png",
    ]
    goes = [
        f".srcnn-{replace(own, started='1')}-12345678.part",
        f".srcnn-{replace(own, host='1' * 8)}-12345678.part",
        ".srcnn-abcd1234.part",
    ]
    for name in stays + goes:
        (tmp_path / name).touch()
    past = server_time(tmp_path) - LEFT_BEHIND_S - 10
    for name in goes[1:]:
        os.utime(tmp_path / name, (past, past))
    assert sweep_parts(tmp_path) == len(goes)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(stays)
    assert sweep_parts(tmp_path / "missing") == 0


# --- a full disk ------------------------------------------------------------------------------

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fail_full() -> None:
    raise FULL


def test_a_full_disk_says_where_and_how_much_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    for size, said in [
        (3_600_000, "2.1 MB more are needed there"),
        (1_503_000, "3.0 kB more are needed there"),
        (None, "1.5 MB are free there"),
    ]:
        with (
            pytest.raises(OutputError) as caught,
            written_beside(tmp_path / "a", size=size) as beside,
        ):
            write_then(beside, fail_full)
        assert str(caught.value) == f"The disk is full: a was not saved in {tmp_path} ({said})"
        assert caught.value.hint
        assert not list(tmp_path.iterdir())
    assert str(explained(FULL, tmp_path / "a")).endswith(f"was not saved in {tmp_path}")
