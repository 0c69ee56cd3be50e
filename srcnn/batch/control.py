"""How a batch is paused and stopped, from any thread."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_S = 0.2
"""While it pauses or waits, a batch looks around so often."""


class BatchControl:
    """Tells a batch to pause, go on or stop; it obeys between two tiles.

    Parameters
    ----------
    should_stop : callable
        Asked as well, in the thread of the batch.
    """

    def __init__(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._also = should_stop
        self._go = threading.Event()
        self._go.set()
        self._stop = threading.Event()
        self._paused_s = 0.0

    def pause(self) -> None:
        """Hold the batch after the present tile."""
        self._go.clear()

    def resume(self) -> None:
        """Let it go on."""
        self._go.set()

    def stop(self) -> None:
        """End the batch after the present tile; the picture it is at is given up."""
        self._stop.set()

    @property
    def is_paused(self) -> bool:
        """Whether it was told to pause, and not to go on since."""
        return not self._go.is_set()

    @property
    def is_ending(self) -> bool:
        """Whether no further picture is to be begun."""
        return self._stops()

    @property
    def paused_s(self) -> float:
        """Seconds that the batch has been held; for the thread of the batch."""
        return self._paused_s

    def holds(self, beat: Callable[[], object] = lambda: None) -> bool:
        """Wait while the batch is paused, then tell whether to stop; for the batch's thread.

        ``beat`` is called now and then meanwhile.
        """
        if self.is_paused:
            began_s = monotonic()
            while not self._stops() and not self._go.wait(_LOOK_S):
                beat()
            self._paused_s += monotonic() - began_s
        return self._stops()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until told to end; tell whether to end."""
        until_s = monotonic() + seconds
        while not self.is_ending and (left_s := until_s - monotonic()) > 0:
            self._stop.wait(min(left_s, _LOOK_S))
        return self.is_ending

    def _stops(self) -> bool:
        return self._stop.is_set() or self._also()
