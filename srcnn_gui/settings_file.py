"""The file of the settings: a damaged one is put aside before it is written over."""

from __future__ import annotations

import logging
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile, QSettings

log = logging.getLogger(__name__)

_LOCK_PATIENCE_MS = 1000
_FORMAT_ERROR = QSettings.Status.FormatError

_OBJECTS = re.compile(r"@(Variant|DateTime)\(")
"""Objects of Qt, which settings never hold: to read a damaged one ends the program."""


def set_aside_if_damaged(file: QSettings) -> tuple[str, bool]:
    """Give what is no file of settings another name.

    Returns
    -------
    tuple of str and bool
        A sentence if something is wrong; and whether the settings can be read, or begun anew.
    """
    path = Path(file.fileName())
    try:
        if not os.path.lexists(path):
            return "", True
        if path.is_file() and not _is_damaged(file, path.read_bytes()):
            return "" if file.isWritable() else _not_kept(path), True
    except OSError as error:
        log.warning("settings not read: %s", error)
        return f"Your settings cannot be read, so the defaults are used: {path}", False
    aside = _aside(path)
    try:
        path.rename(aside)
    except OSError as error:
        log.warning("damaged settings stay: %s", error)
        return f"Your settings are damaged, so the defaults are used: {path}", False
    file.sync()
    return _kept(aside), True


def copy_aside(file: QSettings) -> str:
    """Keep a copy of a file of which not all could be read; return a sentence."""
    path = Path(file.fileName())
    aside = _aside(path)
    try:
        shutil.copyfile(path, aside)
    except OSError as error:
        log.warning("no copy of the settings: %s", error)
        return "A part of your settings is damaged and has its default again."
    return _kept(aside)


def can_be_locked(file: QSettings) -> bool:
    """Tell whether no program holds the lock of the file for long: Qt would wait for ever."""
    name = f"{file.fileName()}.lock"
    lock = QLockFile(name)
    lock.setStaleLockTime(0)
    if lock.tryLock(_LOCK_PATIENCE_MS):
        lock.unlock()
        return True
    return lock.error() is not QLockFile.LockError.LockFailedError


def _is_damaged(file: QSettings, data: bytes) -> bool:
    """Tell whether a file holds what no settings hold; one that is cut off does not."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return True
    is_other = text != "" and not text.startswith(("[", ";"))
    has_controls = any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text)
    has_objects = _OBJECTS.search(text) is not None
    return is_other or has_controls or has_objects or file.status() is _FORMAT_ERROR


def _aside(path: Path) -> Path:
    """Return a name for a damaged file that nothing has."""
    now = datetime.now().astimezone()
    return path.with_name(f"{path.stem}-damaged-{now:%Y%m%d-%H%M%S-%f}{path.suffix}")


def _kept(aside: Path) -> str:
    return f"Your settings were damaged, so some have their defaults. The file is kept: {aside}"


def _not_kept(path: Path) -> str:
    return f"What you choose will not be kept: {path} cannot be written."
