"""A hundredth of what ``make fuzz`` reads."""

from __future__ import annotations

import pytest

from tests.fuzz.files import hostile_file
from tests.fuzz.readers import READERS
from tests.fuzz.run import failures, run
from tests.fuzz.watch import Watched

SEED = 0


@pytest.mark.slow
def test_hostile_files_are_refused_in_a_sentence():
    found = run(200, SEED, processes=1)
    assert sum(map(len, found.values())) == 200
    assert not failures(found, SEED), "\n".join(failures(found, SEED))


def test_the_same_seed_and_index_give_the_same_file():
    files = [hostile_file("runs", SEED, index) for index in range(40)]
    assert files == [hostile_file("runs", SEED, index) for index in range(40)]
    assert files != [hostile_file("runs", SEED + 1, index) for index in range(40)]


def test_the_readers_share_all_files():
    assert sum(reader.share for reader in READERS.values()) == pytest.approx(1)


@pytest.mark.slow
def test_whatever_a_reader_does_is_seen():
    """A reader that hangs, dies, eats memory, warns, leaves files or raises what is not ours."""
    watched = Watched(SEED, "tests.fuzz.naughty")
    try:
        faults = [watched.read("naughty", index).fault for index in range(7)]
    finally:
        watched.close()
    for fault, told in zip(
        faults, ("", "hung", "died", "MB", "warnings", "files were made", "KeyError"), strict=True
    ):
        assert told in fault
        assert bool(fault) is bool(told)
