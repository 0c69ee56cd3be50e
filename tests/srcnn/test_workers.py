import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
import torch

from srcnn.errors import Cancelled
from srcnn.workers import compute_alone, give_way, in_order, tune_memory, usable_cores


def test_results_come_in_order_whatever_is_ready_first():
    second_done = Event()

    def compute(item: int) -> int:
        if item == 0:
            assert second_done.wait(10)
        if item == 1:
            second_done.set()
        return item * item

    assert list(in_order(compute, range(9), 2)) == [item * item for item in range(9)]


def test_as_many_compute_at_once_as_wanted():
    together = Barrier(3, timeout=10)
    assert len(list(in_order(lambda _: together.wait(), range(6), 3))) == 6


def test_items_are_taken_only_a_few_ahead():
    taken: list[int] = []
    results = in_order(lambda item: item, (taken.append(n) or n for n in range(100)), 2)
    assert next(results) == 0
    assert len(taken) == 3
    results.close()


def test_an_error_is_raised_in_its_place():
    def compute(item: int) -> float:
        return 1 / (item - 2)

    results = in_order(compute, range(5), 2)
    assert [next(results), next(results)] == [-0.5, -1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_stopping_leaves_the_rest_undone():
    done: list[int] = []
    results = in_order(done.append, range(100), 1, lambda: len(done) >= 3)
    with pytest.raises(Cancelled):
        list(results)
    assert len(done) < 10


def test_a_thread_that_computes_alone_leaves_others_their_number():
    before = torch.get_num_threads()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(compute_alone).result()
        assert pool.submit(torch.get_num_threads).result() == 1
    assert torch.get_num_threads() == before


def test_there_is_a_core():
    assert usable_cores() >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own here")
def test_a_thread_gives_way_alone_and_what_it_starts_with_it():
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    with ThreadPoolExecutor(1, initializer=give_way, initargs=(before + 3,)) as pool:
        assert pool.submit(niceness).result() == before + 3
        started_there = pool.submit(ThreadPoolExecutor, 1).result()
        with started_there:
            assert (
                pool.submit(lambda: started_there.submit(niceness).result()).result() == before + 3
            )
    assert niceness() == before


def test_freed_memory_is_kept_where_that_can_be_asked_for(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[int, int]] = []

    class Library:
        @staticmethod
        def mallopt(option: int, value: int) -> int:
            asked.append((option, value))
            return 1

    keep = tune_memory.__wrapped__
    monkeypatch.setattr("srcnn.workers.sys.platform", "linux")
    monkeypatch.setattr("srcnn.workers.ctypes.CDLL", lambda _: Library)
    keep()
    assert asked == [(-3, 32 << 20), (-1, 64 << 20), (-8, 2)]
    monkeypatch.setattr("srcnn.workers.ctypes.CDLL", lambda _: object())  # another C library
    keep()
    monkeypatch.setattr("srcnn.workers.sys.platform", "win32")
    keep()
    assert len(asked) == 3


def test_few_kernels_are_kept_unless_somebody_wants_another_number(
    monkeypatch: pytest.MonkeyPatch,
):
    name = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
    monkeypatch.setattr("srcnn.workers.sys.platform", "win32")
    for wanted, found in {None: "128", "7": "7"}.items():
        monkeypatch.delenv(name, raising=False)
        if wanted is not None:
            monkeypatch.setenv(name, wanted)
        tune_memory.__wrapped__()
        assert os.environ[name] == found
