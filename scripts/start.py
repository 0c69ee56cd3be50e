"""``make run``: open the program on a bundled sample, or do the same job without a display."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

from scripts import qt_libraries

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
OUT = ROOT / "out"
SAMPLE = "chart"
PICTURE = ROOT / "resources" / "samples" / f"{SAMPLE}.png"
CHOICE = ["--scale", "3", "--methods", "bicubic,srcnn"]


def call(program: str, *arguments: str | Path) -> int:
    """Run one of the project's commands and return its exit code."""
    return subprocess.run([BIN / program, *arguments], check=False).returncode


def has_x11() -> bool:
    """Return whether the X server that ``DISPLAY`` names answers."""
    if not os.environ.get("DISPLAY"):
        return False
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    return x11.XOpenDisplay(None) is not None


def find_display() -> bool:
    """Return whether a window can be shown, and see to the libraries it takes."""
    if sys.platform != "linux":
        return True
    qt_libraries.ensure(qt_libraries.OFFSCREEN)
    if has_x11():
        qt_libraries.ensure(qt_libraries.X11)
    elif os.environ.get("WAYLAND_DISPLAY"):
        qt_libraries.ensure(qt_libraries.WAYLAND)
    else:
        return False
    return True


def run_without_display() -> int:
    """Print the metrics; write a figure and a picture of the window."""
    OUT.mkdir(exist_ok=True)
    figure, window = OUT / "comparison.png", OUT / "window.png"
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_LOGGING_RULES"] = "default.warning=false"  # offscreen has no size hints
    sys.stdout.write("There is no display here, so the same is done without one.\n\n")
    sys.stdout.flush()
    code = call("srcnn", "compare", PICTURE, *CHOICE, "--figure", figure, "--overwrite")
    shot = "--screenshot", window, "--overwrite"
    code = code or call("srcnn-gui", "--sample", SAMPLE, *CHOICE, *shot)
    if code != 0:
        return code
    sys.stdout.write(f"\nA figure is in {figure}\nThe window is in {window}\n")
    return 0


def main() -> int:
    """Run the program and return its exit code."""
    if not find_display():
        return run_without_display()
    try:
        return call("srcnn-gui", "--sample", SAMPLE, *CHOICE)
    except KeyboardInterrupt:
        return 130  # as a shell would say it


if __name__ == "__main__":
    sys.exit(main())
