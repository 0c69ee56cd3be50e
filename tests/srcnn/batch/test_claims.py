"""Of several programs one makes a file; what the dead claimed is free again."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from srcnn.batch import claims
from srcnn.batch.claims import STALE_S, acquire, is_claimed
from srcnn.errors import OutputError
from srcnn.process_mark import own_mark
from srcnn.safe_file import server_time


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "photo.png"


def claim_files(target: Path) -> list[Path]:
    return sorted(target.parent.glob(".srcnn-*.claim"))


def left_by_the_dead(target: Path, generations: int = 1) -> None:
    """Put claims there as processes leave them that were killed."""
    for generation in range(generations):
        mark = replace(own_mark(), started="1")
        claims._name(target, generation).write_text(f"{mark} {generation}\n{target.name}\n")


def test_a_file_has_one_owner_until_it_is_released(target: Path):
    claim = acquire(target)
    assert claim is not None
    assert is_claimed(target)
    assert acquire(target) is None
    assert acquire(target.with_name("other.png")) is not None
    claim.release()
    assert acquire(target) is not None


@pytest.mark.parametrize("generations", [1, 2, 3])
def test_what_the_dead_claimed_is_taken_over_and_cleared_away(target: Path, generations: int):
    left_by_the_dead(target, generations)
    claim = acquire(target)
    assert claim is not None
    assert len(claim_files(target)) == generations + 1
    assert acquire(target) is None
    claim.release()
    assert claim_files(target) == []


def test_a_claim_of_another_computer_goes_stale_with_its_age(target: Path):
    path = claims._name(target, 0)
    for text in (f"{replace(own_mark(), host='0' * 8)} 1\n", "", "no mark", "\udcff"):
        path.write_text(text, errors="surrogateescape")
        assert acquire(target) is None
        past = server_time(target.parent) - STALE_S - 10
        os.utime(path, (past, past))
        claim = acquire(target)
        assert claim is not None
        claim.release()


def test_a_heartbeat_keeps_a_claim_fresh(target: Path, monkeypatch: pytest.MonkeyPatch):
    claim = acquire(target)
    assert claim is not None
    os.utime(claim.path, (1e9, 1e9))
    claim.beat()  # too early
    assert claim.path.stat().st_mtime == 1e9
    monkeypatch.setattr(claims, "BEAT_S", 0.0)
    claim.beat()
    assert claim.path.stat().st_mtime > 1e9


def test_a_claim_of_this_computer_does_not_go_stale_with_age(target: Path):
    claim = acquire(target)
    assert claim is not None
    os.utime(claim.path, (1e9, 1e9))
    assert acquire(target) is None


def test_who_slept_and_lost_a_claim_leaves_the_new_one_alone(target: Path):
    slept = acquire(target)
    assert slept is not None
    slept.path.write_text(f"{replace(own_mark(), started='1')} {slept.text.decode()[-20:]}")
    claim = acquire(target)
    assert claim is not None
    before = claim_files(target)
    slept.release()
    assert claim_files(target) == before
    assert acquire(target) is None


def test_who_overslept_leaves_the_next_owner_alone(target: Path, monkeypatch: pytest.MonkeyPatch):
    slept = acquire(target)
    assert slept is not None
    with monkeypatch.context() as patch:
        patch.setattr(claims, "_owner_is_gone", lambda *_: True)
        claim = acquire(target)
    assert claim is not None
    slept._touched_s -= STALE_S + 1
    before = claim_files(target)
    for _ in range(2):  # a late heartbeat changes nothing
        slept.release()
        assert claim_files(target) == before
        slept.beat()
    claim.release()
    assert claim_files(target) == []


def test_a_takeover_about_to_be_given_up_does_not_keep_a_claim(target: Path):
    claim = acquire(target)
    assert claim is not None
    late = claims._name(target, 1)
    late.write_text("of one that found another claim before")
    claim.release()
    assert claim_files(target) == [late]


@pytest.mark.parametrize("change", ["gone", "another's", "touched"])
def test_a_takeover_is_given_up_if_what_was_found_has_changed(
    target: Path, monkeypatch: pytest.MonkeyPatch, change: str
):
    left_by_the_dead(target)
    older = claims._name(target, 0)

    def create_late(path: Path, text: bytes) -> bool:
        if change == "gone":
            older.unlink()
        elif change == "another's":
            older.write_text(f"{own_mark()} 7\n")
        else:
            os.utime(older, (1e9, 1e9))
        return create(path, text)

    create: Callable[[Path, bytes], bool] = claims._create
    monkeypatch.setattr(claims, "_create", create_late)
    assert acquire(target) is None
    assert claim_files(target) == ([] if change == "gone" else [older])


@pytest.mark.parametrize("dies_every", [1, 3, 1000])
def test_of_many_that_try_at_once_one_has_it(target: Path, dies_every: int):
    """Whoever has it says so in a list, where two would be seen; some die instead of releasing."""
    owners: list[int] = []
    wins: list[int] = []
    begin = threading.Barrier(8)

    def compete(number: int) -> None:
        begin.wait(30)
        while not target.exists():
            claim = acquire(target)
            if claim is None:
                continue
            owners.append(number)
            if owners != [number]:
                target.touch()  # let all of them end
                pytest.fail("two owners")
            wins.append(number)
            dies = len(wins) % dies_every == 0 and len(wins) < 60
            if len(wins) == 60:
                target.touch()
            owners.remove(number)
            if dies:
                claim.path.write_text(f"{dead} {len(wins)}\n")
            else:
                claim.release()

    dead = replace(own_mark(), started="1")
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(compete, number) for number in range(8)]:
            future.result(60)
    assert len(wins) >= 60
    left = acquire(target)
    assert left is not None
    left.release()
    assert claim_files(target) == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(OutputError, match="cannot be written"):
        acquire(tmp_path / "missing" / "a.png")


def test_a_full_disk_leaves_no_claim_of_nobody(target: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(OutputError, match="disk is full"):
        acquire(target)
    assert claim_files(target) == []


def test_a_claim_that_may_not_be_read_goes_by_its_age(
    target: Path, monkeypatch: pytest.MonkeyPatch
):
    path = claims._name(target, 0)
    path.touch()

    def refuse(self: Path, *_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(claims, "server_time", lambda _folder: path.stat().st_mtime + 1)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert acquire(target) is None
