"""Threads that compute side by side, one core each.

PyTorch's own threads share every single operation and wait for one another at its end, so one
core that another program takes holds up all. Here each thread computes whole tiles alone: nobody
waits, and a thread whose core is taken computes fewer of them.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from srcnn.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")

_this_thread = threading.local()

_KERNELS = "128"
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def in_order(
    compute: Callable[[Item], Result],
    items: Iterable[Item],
    threads: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Compute items side by side; yield the results in the order of the items.

    Parameters
    ----------
    compute : callable
        Safe to call from several threads at once.
    items : Iterable
        Taken only a few ahead of the results, so that memory is bounded.
    threads : int
        How many are computed at a time.
    should_stop : callable
        Asked in the caller's thread before every item is begun, and before every result.

    Raises
    ------
    Cancelled
        If ``should_stop`` said so; what was begun is waited for.
    """
    with ThreadPoolExecutor(threads, thread_name_prefix="worker") as pool:
        begun: deque[Future[Result]] = deque()
        try:
            for item in items:
                if should_stop():
                    raise Cancelled
                begun.append(pool.submit(compute, item))
                if len(begun) > threads:
                    yield begun.popleft().result()
            while begun:
                if should_stop():
                    raise Cancelled
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()


def give_way(niceness: int = 5) -> None:
    """Let the window's thread, and all that are less nice, go before the calling one.

    On Linux, where threads that it starts are as nice; elsewhere nothing happens.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def compute_alone() -> None:
    """Have PyTorch compute on one thread in the calling thread, from now on.

    A thread that computes for the first time takes the number that was set last anywhere. To ask
    for it first makes it take that now, and not over the number that is set here.
    """
    if not getattr(_this_thread, "is_alone", False):
        import torch

        tune_memory()
        torch.get_num_threads()
        torch.set_num_threads(1)
        _this_thread.is_alone = True


@cache
def products_alone() -> None:
    """Have numpy multiply matrices on one thread, in the whole process, from now on.

    Its library shares larger products among threads of its own. Called from several threads of
    ours, these wait for one another: non-negative least squares took three times as long.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1, user_api="blas")


@cache
def tune_memory() -> None:
    """Have the process keep some memory that it frees, and few of the kernels it compiles.

    WORKAROUND: PyTorch's convolutions compile a kernel for every new shape, and keep 1,024 of
    them: a window or a batch that meets pictures of all sizes went on growing. The tiles of one
    picture need some dozens.

    WORKAROUND: every layer of a tile is a few megabytes, which glibc hands back to the system as
    soon as they are freed. To get them again, page by page, can take longer than to compute what
    they hold. Arrays of more than 32 MB are handed back as before.

    Threads share two heaps: with one each, as is usual, what all of them keep adds up, and a
    window that was used for long held half as much again. To be called before there are threads.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KERNELS)  # read once, and late
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not in every C library
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        mallopt(_M_TRIM_THRESHOLD, 64 << 20)
        mallopt(_M_ARENA_MAX, 2)
