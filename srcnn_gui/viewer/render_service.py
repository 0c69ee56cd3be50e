"""Tiles computed in the background, the visible ones first.

All bookkeeping happens in the GUI thread, so there are no locks: what to compute next is decided
only when the worker is about to run dry, from the newest plan. A plan that changes makes what was
not begun void; nothing stale is ever computed but for the one request under way.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn.errors import SrcnnError
from srcnn.workers import give_way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from srcnn_gui.viewer.layer import Drawn, Layer

log = logging.getLogger(__name__)

BUDGET_S = 0.03
"""A request returns what it has after this time: cancel and a new plan act at this pace."""

IN_SIGHT_TILES = 2
UNSEEN_TILES = 8
"""Tiles of a request: few where somebody waits, so that all workers end at the same time."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderRequest:
    """Some tiles of a layer: a call with all it needs, safe to run in any thread."""

    layer: Layer
    indices: tuple[int, ...]
    is_visible: bool = True  # whether somebody looks at them

    def __call__(self) -> tuple[Drawn, ...]:
        """Compute the tiles in order, at least one, until the time is up."""
        started = time.perf_counter()
        drawn: list[Drawn] = []
        batch = self.layer.batch
        for first in range(0, len(self.indices), batch):
            if drawn and time.perf_counter() - started > BUDGET_S:
                break
            drawn += self.layer.draw_all(self.indices[first : first + batch])
        return tuple(drawn)


@dataclass(eq=False)
class Stream:
    """Tiles of a layer that are wanted.

    Attributes
    ----------
    layer : Layer
        Of which layer.
    indices : Iterator[int]
        In which order; asked late, a few at a time.
    is_missing : Callable[[int], bool]
        Asked before a tile is taken: it may have come in the meantime.
    """

    layer: Layer
    indices: Iterator[int]
    is_missing: Callable[[int], bool]
    _returned: deque[int] = field(default_factory=deque)

    def take(self, most: int, taken: set[tuple[str, int]]) -> tuple[int, ...]:
        """Take up to ``most`` missing tiles that are not ``taken``; none at the end."""
        batch: list[int] = []
        while len(batch) < most:
            index = self._returned.popleft() if self._returned else next(self.indices, None)
            if index is None:
                break
            if (self.layer.key, index) not in taken and self.is_missing(index):
                batch.append(index)
        return tuple(batch)

    def give_back(self, indices: Iterable[int]) -> None:
        """Put tiles back that were taken but not computed; they come first."""
        self._returned.extend(indices)


def threads_of(name: str, count: int = 1) -> Executor:
    """Return an executor of some threads, which let the window's own go first."""
    return ThreadPoolExecutor(count, thread_name_prefix=name, initializer=give_way)


class RenderService(QObject):
    """Computes what the newest plan wants; emits what is drawn in the GUI thread.

    Parameters
    ----------
    executor : Executor or None
        Where tiles are computed; None for threads of its own.
    at_once : int
        How many requests it computes at a time.

    Attributes
    ----------
    torch_is_ready : bool
        Whether layers that need PyTorch are computed.
    quiet : threading.Event
        Set while no tile in sight is being computed: other work can wait for it.
    """

    drawn = Signal(object, object)  # Layer, tuple[Drawn, ...]
    failed = Signal(object, object)  # Layer, Exception
    quietened = Signal()  # quiet is set again
    _completed = Signal(object, object)  # RenderRequest, Future; emitted in the worker thread

    def __init__(
        self,
        executor: Executor | None = None,
        at_once: int = 1,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._executor = executor or threads_of("tiles", at_once)
        self._in_flight = at_once + 1  # one waits, so that no worker waits for the GUI thread
        self._plan: tuple[deque[Stream], deque[Stream]] = (deque(), deque())
        self._under_way: set[RenderRequest] = set()
        self._taken: set[tuple[str, int]] = set()
        self.torch_is_ready = False
        self.quiet = threading.Event()
        self.quiet.set()
        self._is_closed = False
        self._completed.connect(self._on_completed)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is computed, and nothing waits for PyTorch."""
        waiting = any(s.layer.needs_torch for streams in self._plan for s in streams)
        return not self._under_way and (self.torch_is_ready or not waiting)

    def set_plan(self, visible: Sequence[Stream], background: Sequence[Stream]) -> None:
        """Replace what is wanted: first the visible streams, in turns, then the others."""
        self._plan = (deque(visible), deque(background))
        self._pump()

    def set_torch_ready(self) -> None:
        """Say that layers which need PyTorch may be computed."""
        self.torch_is_ready = True
        self._pump()

    def shutdown(self) -> None:
        """Drop what has not begun and wait for the rest; nothing is emitted any more."""
        self._is_closed = True
        self.quiet.set()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _pump(self) -> None:
        self._submit()
        if not self._is_closed and any(request.is_visible for request in self._under_way):
            self.quiet.clear()
        elif not self.quiet.is_set():
            self.quiet.set()
            self.quietened.emit()

    def _submit(self) -> None:
        while not self._is_closed and len(self._under_way) < self._in_flight:
            request = self._next()
            if request is None:
                return
            future = self._executor.submit(request)
            future.add_done_callback(partial(self._completed.emit, request))

    def _next(self) -> RenderRequest | None:
        for streams in self._plan:
            for _ in range(len(streams)):
                stream = streams[0]
                streams.rotate(-1)
                if stream.layer.needs_torch and not self.torch_is_ready:
                    continue
                is_visible = streams is self._plan[0]
                most = IN_SIGHT_TILES if is_visible else UNSEEN_TILES
                indices = stream.take(max(most, stream.layer.batch), self._taken)
                if indices:
                    request = RenderRequest(stream.layer, indices, is_visible)
                    self._under_way.add(request)
                    self._taken.update((stream.layer.key, index) for index in indices)
                    return request
        return None

    def _give_back(self, layer: Layer, indices: tuple[int, ...]) -> None:
        """Hand what was not computed to a stream of the newest plan."""
        for streams in self._plan:
            for stream in streams:
                if stream.layer.key == layer.key:
                    stream.give_back(indices)
                    return

    @Slot(object, object)
    def _on_completed(self, request: RenderRequest, future: Future[tuple[Drawn, ...]]) -> None:
        self._under_way.remove(request)
        self._taken.difference_update((request.layer.key, index) for index in request.indices)
        if self._is_closed or future.cancelled():
            return
        error = future.exception()
        if error is None:
            drawn = future.result()
            self._give_back(request.layer, request.indices[len(drawn) :])
            self.drawn.emit(request.layer, drawn)
        else:
            for streams in self._plan:
                for wanted in [s for s in streams if s.layer is request.layer]:
                    streams.remove(wanted)
            if not isinstance(error, SrcnnError):  # no sentence for the user: a fault of ours
                log.error("%s failed", request.layer.label, exc_info=error)
            self.failed.emit(request.layer, error)
        self._pump()
