"""Figures from before: there after a restart, bounded, and no worry where the file is no use."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from PIL import Image

from srcnn.padding import Padding
from srcnn.report import BenchmarkRow
from srcnn.resize import Border
from srcnn_gui.benchmark import memory as module
from srcnn_gui.benchmark.memory import Memory, memory_file
from srcnn_gui.benchmark.plan import Column, Measured, Plan
from srcnn_gui.benchmark.work import measure_all

ROW = BenchmarkRow("a.png", 2, "fake", 30.123456789, 0.9, 0.25)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "measured.jsonl"


@pytest.fixture
def column(fake):
    return Column(fake(), "Fake", "a processor")


@pytest.fixture
def plan(tmp_path, column):
    return Plan(tmp_path, [column], (2,))


def kept(file, plan, column, *contents, most=20_000):
    memory = Memory(file, most=most)
    for content in contents:
        memory.keep(plan, column, content, replace(ROW, image=content))


def found(file, plan, column, *contents, most=20_000):
    memory = Memory(file, most=most)
    return [memory.find(plan, column, 2, content) is not None for content in contents]


def test_rows_are_there_after_a_restart(file, plan, column):
    Memory(file).keep(plan, column, "one", ROW)
    Memory(file).keep(plan, column, "two", replace(ROW, psnr_db=math.inf))
    again = Memory(file)
    assert again.find(plan, column, 2, "one") == ROW
    assert again.find(plan, column, 2, "two").psnr_db == math.inf
    assert again.find(plan, column, 2, "three") is None


@pytest.mark.parametrize(
    "change", ["method", "scale", "content", "border", "padding", "device", "version"]
)
def test_rows_are_told_apart_by_all_that_they_depend_on(
    file, plan, column, fake, monkeypatch, change
):
    kept(file, plan, column, "one")
    scale, content = 2, "one"
    match change:
        case "method":
            column = replace(column, method=fake(offset=0.5))
        case "scale":
            scale = 3
        case "content":
            content = "two"
        case "border":
            plan = replace(plan, border=Border.MIRROR)
        case "padding":
            plan = replace(plan, padding=list(Padding)[-1])
        case "device":
            column = replace(column, place="another processor")
        case _:
            monkeypatch.setattr(module, "__version__", "0.0")
    assert Memory(file).find(plan, column, scale, content) is None


@pytest.mark.parametrize(
    "damage",
    [
        b"{",
        b"7",
        b"[]",
        b"\xff\xfe",
        b'["a", "b", 2, "c", "nan", 0.5, 1]',
        b'["a", "b", 2, "c", "x", 0.5, 1]',
        b'["a", "b", "2", "c", "30", 0.5, 1]',
        b'["a", "b", 2, "c", "30", 0.5, NaN]',
        b'["a", "b", 2, "c", "30", 0.5, null]',
        b"[" * 100_000,
    ],
)
def test_what_is_damaged_is_ignored_and_said(file, plan, column, caplog, damage):
    kept(file, plan, column, "one", "two")
    first, second = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + damage + b"\n" + second)
    assert found(file, plan, column, "one", "two") == [True, True]
    assert "1 of 3 lines ignored" in caplog.text
    assert file.read_bytes() == first + second


def test_a_line_that_was_cut_off_spoils_no_other(file, plan, column):
    kept(file, plan, column, "one", "two")
    file.write_bytes(file.read_bytes()[:-20])
    kept(file, plan, column, "three")
    assert found(file, plan, column, "one", "two", "three") == [True, False, True]


def test_the_newest_rows_are_kept(file, plan, column):
    kept(file, plan, column, "one", "two", "three", "one", most=3)
    assert len(file.read_text().splitlines()) == 4
    kept(file, plan, column, "four", most=3)
    contents = "one", "two", "three", "four"
    assert found(file, plan, column, *contents, most=3) == [True, False, True, True]
    assert len(file.read_text().splitlines()) == 3


def test_where_nothing_can_be_written_it_is_remembered_meanwhile(tmp_path, plan, column, caplog):
    (tmp_path / "data").write_text("a file, no folder")
    memory = Memory(tmp_path / "data" / "measured.jsonl")
    memory.keep(plan, column, "one", ROW)
    assert memory.find(plan, column, 2, "one") == ROW
    assert "not written" in caplog.text


def test_a_folder_instead_of_the_file_is_no_worry(file, plan, column, caplog):
    file.mkdir(parents=True)
    kept(file, plan, column, "one")
    assert found(file, plan, column, "one") == [False]
    assert "not read" in caplog.text


def test_measuring_anew_replaces_what_is_remembered(file, tmp_path, fake, pixels):
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(pixels(40, 30)).save(folder / "a.png")
    method = fake()
    plan = Plan(folder, [Column(method, "Fake", "here")], (2,))

    def remembered(plan):
        told = []
        measure_all(plan, Memory(file), told.append, lambda: False)
        return [one.is_remembered for one in told if isinstance(one, Measured)]

    assert remembered(plan) == [False]
    assert remembered(plan) == [True]
    calls = method.calls
    assert remembered(replace(plan, anew=True)) == [False]
    assert method.calls > calls
    first, second = (json.loads(line) for line in file.read_text().splitlines())
    assert first[0] == second[0]
    assert remembered(plan) == [True]
    assert len(file.read_text().splitlines()) == 1


def test_the_file_is_with_the_data_of_the_program():
    assert memory_file().name == "measured.jsonl"
    assert "srcnn-studio" in memory_file().parts
