"""Memory: how much is used, and what to say when it is not enough."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer.config import TrainConfig


@contextmanager
def memory_explained(config: TrainConfig) -> Iterator[None]:
    """Turn an exhausted memory into a sentence that names what to lower.

    Raises
    ------
    TrainingError
        In the place of whatever PyTorch or numpy raise then.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        words = str(error).lower()
        if not isinstance(error, MemoryError) and "memory" not in words:
            raise
        raise TrainingError(
            f"The memory of {config.device} is not enough for this run; it was stopped, and can "
            "be gone on with from its last checkpoint",
            hint=f"Lower the batch ({config.batch}), the side of a sub-image ({config.crop}), or "
            f"the memory for pictures ({config.memory_mb} MB).",
        ) from error


def memory_mb() -> float:
    """Return the resident memory of this process in MB; 0 where it cannot be told."""
    if sys.platform != "linux":
        return 0.0
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
