"""A mark says which process made a file, and whether that one is dead."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from srcnn import process_mark
from srcnn.process_mark import ProcessMark, own_mark, parse_mark


def test_this_process_lives_and_its_mark_reads_back():
    mark = own_mark()
    assert mark.is_here
    assert not mark.is_dead
    assert parse_mark(str(mark)) == mark


def test_a_number_used_again_is_another_process():
    assert replace(own_mark(), started="1").is_dead


def test_a_process_that_ended_is_dead():
    with subprocess.Popen(
        [sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, text=True
    ) as process:
        mark = process_mark._mark_of(process.pid)
        assert not mark.is_dead
        process.kill()
    assert mark.is_dead


def test_of_another_computer_nothing_is_known():
    assert not ProcessMark("0" * 8, 2**22 + 7, "1").is_dead


@pytest.mark.parametrize("told", ["5", process_mark._UNKNOWN])
def test_a_process_whose_start_is_not_known_is_taken_for_alive(
    monkeypatch: pytest.MonkeyPatch, told: str
):
    mark = replace(own_mark(), started="5" if told == process_mark._UNKNOWN else "0")
    monkeypatch.setattr(process_mark, "_start_of", lambda _pid: told)
    assert not mark.is_dead


def test_no_process_has_so_large_a_number():
    assert replace(own_mark(), pid=9_999_999_999).is_dead


@pytest.mark.parametrize(
    "text",
    ["", "1234abcd", "0123abcd-1", "0123abcd-1-", "0123abcd-x-1", "0123abcd-1-1-1", "\udcff"],
)
def test_other_text_is_no_mark(text: str):
    assert parse_mark(text) is None
