"""A child process whose reader misbehaves in every way there is, one after the other."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np

from tests.fuzz import child, files
from tests.fuzz.readers import READERS, Reader


def misbehave(path: Path) -> None:
    """Do what the file says."""
    match path.name:
        case "hang":
            while True:
                pass
        case "die":
            os.abort()
        case "eat":
            np.ones(600 << 20, np.uint8)
        case "warn":
            warnings.warn("watch out", RuntimeWarning, stacklevel=1)
        case "leave":
            path.with_name("left").touch()
        case "raise":
            raise KeyError(path)


_NAMES = ("good", "hang", "die", "eat", "warn", "leave", "raise")

if __name__ == "__main__":
    everything = {
        **READERS,
        "naughty": Reader(misbehave, dict, lambda: dict.fromkeys(_NAMES, b""), 0),
    }
    child.READERS = files.READERS = everything
    child.hostile_file = lambda _reader, _seed, index: (_NAMES[index], b"")
    child.main(0)
