"""Workers compute on one thread each, and nobody else notices."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import torch

from trainer.workers import workers_of_one_thread


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    """Begin with a number that is neither one nor the machine's."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def threads_after_computing() -> int:
    """Return how many threads PyTorch uses here, once something was computed in parallel."""
    (torch.ones(300, 300) @ torch.ones(300, 300)).sum()
    return torch.get_num_threads()


def in_new_thread() -> int:
    with ThreadPoolExecutor(1) as other:
        return other.submit(threads_after_computing).result()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_worker_and_the_caller_compute_on_one_thread(count: int) -> None:
    with workers_of_one_thread(count) as workers:
        together = Barrier(count)

        def of_one_worker(_index: int) -> int:
            together.wait()
            return threads_after_computing()

        for _ in range(2):
            assert list(workers.map(of_one_worker, range(count))) == [1] * count
        assert threads_after_computing() == 1


def test_threads_that_others_start_meanwhile_are_left_alone() -> None:
    with workers_of_one_thread(2):
        assert in_new_thread() == 3


def test_a_thread_that_was_there_before_is_left_alone() -> None:
    with ThreadPoolExecutor(1) as other:
        assert other.submit(threads_after_computing).result() == 3
        with workers_of_one_thread(2):
            assert other.submit(threads_after_computing).result() == 3
        assert other.submit(threads_after_computing).result() == 3


def test_the_caller_computes_afterwards_as_before() -> None:
    with workers_of_one_thread(2):
        pass
    assert threads_after_computing() == 3
    assert in_new_thread() == 3


def test_the_caller_computes_as_before_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), workers_of_one_thread(2):
        raise ZeroDivisionError
    assert threads_after_computing() == 3
