"""Threads that compute side by side, one core each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TYPE_CHECKING

import torch

from srcnn.workers import compute_alone

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def workers_of_one_thread(count: int) -> Iterator[ThreadPoolExecutor]:
    """Start workers in which PyTorch computes on one thread; the caller's thread is like them.

    One thread each, since sums depend on their number in the last bits. Threads that others start
    meanwhile compute on as many as before, and so does the caller afterwards.
    """
    before = torch.get_num_threads()
    with ThreadPoolExecutor(count, "training-worker", compute_alone) as workers:
        all_there = Barrier(count)
        list(workers.map(lambda _: all_there.wait(), range(count)))
        torch.set_num_threads(1)
        _set_for_new_threads(before)
        try:
            yield workers
        finally:
            torch.set_num_threads(before)


def _set_for_new_threads(count: int) -> None:
    """Say how many threads PyTorch uses in threads that have not computed yet.

    What a thread sets holds for itself, and for all that begin later.
    """
    with ThreadPoolExecutor(1) as other:
        other.submit(torch.set_num_threads, count).result()
