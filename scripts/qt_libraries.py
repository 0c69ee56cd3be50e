"""See to the system libraries that Qt needs on Linux and that no wheel brings along.

``python -m scripts.qt_libraries`` makes sure that windows can be drawn without a display;
``scripts.start`` asks for a display's libraries as well.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFSCREEN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What QtGui and its offscreen platform link to, with the Debian or Ubuntu package of each."""

X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What the xcb platform needs besides."""

WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
"""What the wayland platform needs besides."""

FONT = "font(:lang=en)"
"""What RPM calls "any font"; it stands among the libraries when there is none."""


def can_load(library: str) -> bool:
    """Return whether the dynamic linker finds ``library``."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Return whether fontconfig knows a font; without one, text is blank."""
    fontconfig = ctypes.CDLL("libfontconfig.so.1")
    fontconfig.FcConfigGetFonts.restype = ctypes.POINTER(ctypes.c_int)
    fonts = fontconfig.FcConfigGetFonts(None, 0)  # the set begins with its length
    return bool(fonts) and fonts[0] > 0


def find_missing(libraries: Mapping[str, str]) -> dict[str, str]:
    """Return those of ``libraries`` that cannot be loaded, and a font if there is none."""
    missing = {name: package for name, package in libraries.items() if not can_load(name)}
    if can_load("libfontconfig.so.1") and not has_font():
        missing[FONT] = "fonts-dejavu-core"
    return missing


def install_command(missing: Mapping[str, str]) -> list[str]:
    """Return the command that installs what is missing; empty where none is known."""
    if shutil.which("apt-get"):
        return ["apt-get", "install", "-y", "--no-install-recommends", *missing.values()]
    if shutil.which("dnf"):  # finds packages by what they contain
        names = [name if name == FONT else f"{name}()(64bit)" for name in missing]
        return ["dnf", "install", "-y", *names]
    return []


def ensure(libraries: Mapping[str, str]) -> None:
    """Install what is missing where this may be done, else name the command that does.

    Raises
    ------
    SystemExit
        If something is still missing; its text says what to do.
    """
    if sys.platform != "linux" or not (missing := find_missing(libraries)):
        return
    command = install_command(missing)
    if command[:1] == ["apt-get"] and os.geteuid() == 0:
        sys.stderr.write(f"Installing for Qt: {' '.join(missing.values())}\n")
        if _install(command) and not (missing := find_missing(libraries)):
            return
    sys.exit(_advice(missing, command))


def _install(command: list[str]) -> bool:
    """Run ``apt-get`` in silence; show what it said only if it failed."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], command):
        done = subprocess.run(
            step, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            sys.stderr.write(done.stdout + done.stderr)
            return False
    return True


def _advice(missing: Mapping[str, str], command: list[str]) -> str:
    if not command:
        return f"Qt needs these system libraries; please install them: {', '.join(missing)}"
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    return (
        f"Qt needs system libraries that are not here. Please run:\n  {shlex.join(sudo + command)}"
    )


if __name__ == "__main__":
    ensure(OFFSCREEN)
