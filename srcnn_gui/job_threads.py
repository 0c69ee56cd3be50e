"""Threads for jobs: a few at a time, and one that hangs holds up nobody.

A file on a drive that does not answer can be waited for, but the wait cannot be ended. So the
thread of such a job is left to itself when nobody wants the result any more: it no longer counts,
and neither the program nor its end waits for it.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

from srcnn.workers import give_way

if TYPE_CHECKING:
    from collections.abc import Callable


PATIENCE_S, PATIENCE_LEFT_S = 15.0, 1.0
"""How long the end waits for work; and for that which was left."""


class JobThreads:
    """Does work in the order it is handed in.

    Parameters
    ----------
    most : int
        Pieces of work that are done at the same time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._numbers = count()
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Future[object], Callable[[], object]]] = deque()
        self._threads: dict[Future[object], threading.Thread] = {}
        self._left: list[threading.Thread] = []
        self._is_closed = False

    def submit(self, work: Callable[[], object]) -> Future[object]:
        """Have ``work`` done as soon as there is a thread for it.

        Raises
        ------
        RuntimeError
            After ``end``.
        """
        if self._is_closed:
            raise RuntimeError("no job can begin after the end")
        future: Future[object] = Future()
        with self._lock:
            self._waiting.append((future, work))
            self._begin()
        return future

    def leave(self, future: Future[object]) -> None:
        """Go on as if this work were done, whose thread may hang."""
        with self._lock:
            thread = self._threads.pop(future, None)
            if thread is not None:
                self._left.append(thread)
            self._begin()

    def end(self) -> bool:
        """Begin nothing more, and wait for the threads; tell whether all have ended."""
        self._is_closed = True
        with self._lock:
            waiting, self._waiting = list(self._waiting), deque()
            threads, left = list(self._threads.values()), list(self._left)
        for future, _ in waiting:
            future.cancel()
        began_s = monotonic()
        for some, patience in ((left, PATIENCE_LEFT_S), (threads, PATIENCE_S)):
            for thread in some:
                thread.join(max(0.0, began_s + patience - monotonic()))
        return not any(thread.is_alive() for thread in (*threads, *left))

    def _begin(self) -> None:
        """Start threads for what waits; the lock is held."""
        self._left = [thread for thread in self._left if thread.is_alive()]
        while self._waiting and len(self._threads) < self._most:
            future, work = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                name = f"job_{next(self._numbers)}"
                thread = threading.Thread(
                    target=self._work, args=(future, work), name=name, daemon=True
                )
                self._threads[future] = thread
                thread.start()

    def _work(self, future: Future[object], work: Callable[[], object]) -> None:
        give_way()
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - whoever holds the future is told
            future.set_exception(error)
        else:
            future.set_result(result)
        with self._lock:
            thread = self._threads.pop(future, None)
            if thread is not None:
                self._left.append(thread)  # it ends in a moment, and is waited for
            self._begin()
