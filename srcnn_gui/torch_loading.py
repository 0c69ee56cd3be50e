"""Importing PyTorch and the panels while the window is used."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn.device import available_devices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from srcnn.device import Device
    from srcnn_gui.jobs import JobControl


_PANELS = (
    "pyqtgraph",
    "srcnn_gui.batch.panel",
    "srcnn_gui.benchmark.panel",
    "srcnn_gui.run_commands",
    "srcnn_gui.training.panel",
    "srcnn_gui.training_cycles",
)
"""What the panels are made of, imported when the first one is built if not before."""


def load_torch(_control: JobControl) -> tuple[Device, ...]:
    """Import the panels, then PyTorch, and return the devices it finds, fastest first.

    The panels come first, for they take a fifth of the time, and whoever waits for PyTorch then
    opens one without delay.

    WORKAROUND: an import holds the interpreter while a library is linked, which for PyTorch's
    largest stops every other thread for a quarter of a second. Linked before, by a foreign call
    that lets go of the interpreter, it costs the window 0.05 s instead.
    """
    with importing("pyqtgraph"):
        for name in _PANELS:
            import_module(name)
    library = _largest_library()
    if library is not None:
        link = ctypes.CDLL(None).dlopen
        link.argtypes, link.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
        link(os.fsencode(library), os.RTLD_LAZY | os.RTLD_LOCAL)  # the import says what is wrong
    with importing("torch"):
        return available_devices()


@contextmanager
def importing(module: str) -> Iterator[None]:
    """Collect no garbage while a module is imported, and never look at it for garbage later.

    WORKAROUND: a full collection goes through all objects of the process while every thread
    waits, and imported modules are most of them: 140 ms, again and again.
    """
    is_new = module not in sys.modules
    gc.disable()
    try:
        yield
    finally:
        if is_new:
            gc.freeze()
        gc.enable()


def _largest_library() -> Path | None:
    """Return the file of PyTorch's operators, where linking it early is known to work."""
    spec = find_spec("torch") if sys.platform == "linux" else None
    if spec is None or spec.origin is None:
        return None
    library = Path(spec.origin).parent / "lib" / "libtorch_cpu.so"
    return library if library.is_file() else None
