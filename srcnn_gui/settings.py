"""What the program remembers from one start to the next."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from srcnn.degrade import Degradation
from srcnn.final_size import MAX_FACTOR
from srcnn.padding import Padding
from srcnn.resize import Border
from srcnn.save_options import Compression
from srcnn_gui.saving.choices import SizeMode
from srcnn_gui.settings_file import can_be_locked, copy_aside, set_aside_if_damaged
from srcnn_gui.theme import Theme
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.screen_colours import Screen

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QSettings

log = logging.getLogger(__name__)

MAX_RECENT = 10


class View(StrEnum):
    """How results are laid out: panes side by side, or the first two parted by a line."""

    SIDE = "side"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice that outlives the window; each field has a default that always works.

    Attributes
    ----------
    mode, scale, degradation, border, padding
        How an opened picture is prepared, and what networks see outside it.
    panes, upscale_panes : tuple of str
        Ids of the methods shown in Compare and in Upscale.
    device : str
        ``auto`` or the id of a device.
    theme, view, difference, show_grid
        What it looks like.
    screen, screen_profile
        What the screen is taken for; the file of its profile, empty before one is chosen.
    amplification : int
        Factor of the difference views.
    whole_image : bool
        Whether the parts of the picture that are not on screen are computed and measured too.
    fast : bool
        Whether networks compute in 16 bits where the device can.
    max_megapixels : float
        Larger pictures are not decoded.
    recent_files : tuple of str
        Opened files, the newest first.
    weights_files : tuple of str
        Weights that were opened; offered again at the next start.
    dictionary_files : tuple of str
        Trained dictionaries that methods use; used again at the next start.
    open_folder, save_folder : str
        Where the file dialogs start; empty for the home folder.
    runs_folder : str
        Where training runs are kept; empty for the folder of the program's data.
    training, dictionaries : str
        Settings of the last run that was started, and of the last of each kind of dictionary, as
        JSON; empty before the first.
    measure : str
        What was measured last, as JSON; empty before the first time.
    save_suffix, quality, lossless, full_chroma, compression, strip
        Format of saved results, and how it is encoded (see ``srcnn.save_options``).
    size_mode, size_factor, size_width, size_longest
        Size of saved results: which way it is said, and the value of each.
    window_geometry, window_state : str
        What Qt saved, in base64; empty before the first time.
    """

    mode: Mode = Mode.COMPARE
    scale: int = 3
    panes: tuple[str, ...] = ("bicubic", "srcnn", "truth")
    upscale_panes: tuple[str, ...] = ("bicubic", "srcnn")
    device: str = "auto"
    theme: Theme = Theme.SYSTEM
    view: View = View.SIDE
    difference: Difference = Difference.OFF
    screen: Screen = Screen.SRGB
    screen_profile: str = ""
    amplification: int = 4
    border: Border = Border.CLAMP
    padding: Padding = Padding.REPLICATE
    degradation: Degradation = Degradation.BICUBIC
    show_grid: bool = True
    whole_image: bool = True
    fast: bool = False
    max_megapixels: float = 500.0
    recent_files: tuple[str, ...] = ()
    weights_files: tuple[str, ...] = ()
    dictionary_files: tuple[str, ...] = ()
    open_folder: str = ""
    save_folder: str = ""
    runs_folder: str = ""
    training: str = ""
    dictionaries: str = ""
    measure: str = ""
    save_suffix: str = ".png"
    quality: int = 95
    lossless: bool = False
    full_chroma: bool = True
    compression: Compression = Compression.NORMAL
    strip: bool = False
    size_mode: SizeMode = SizeMode.SCALE
    size_factor: float = 3.0
    size_width: int = 3840
    size_longest: int = 3840
    window_geometry: str = ""
    window_state: str = ""

    def with_recent(self, path: Path) -> Settings:
        """Return the settings with ``path`` as the newest recent file, once."""
        name = str(path)
        others = (known for known in self.recent_files if known != name)
        return replace(self, recent_files=(name, *others)[:MAX_RECENT])


class SettingsStore:
    """Keeps ``Settings`` in a ``QSettings``, each field as JSON text so that types survive.

    Parameters
    ----------
    file : QSettings
        Where to keep them; the caller chooses the place.

    Attributes
    ----------
    remark : str
        After ``load``, a sentence if not all could be read, or nothing can be written.
    """

    def __init__(self, file: QSettings) -> None:
        self._file = file
        self._known: Settings | None = None
        self.remark = ""

    def load(self) -> Settings:
        """Return what was saved; a field that is missing or no use has its default.

        A damaged file is kept beside, under another name.
        """
        self.remark, can_be_read = set_aside_if_damaged(self._file)
        default = Settings()
        if not can_be_read:
            return default
        found: dict[str, Any] = {}  # of the types just checked
        for field in fields(Settings):
            if not self._file.contains(field.name):
                continue
            try:
                found[field.name] = _read(
                    field.name, self._file.value(field.name), getattr(default, field.name)
                )
            except (ValueError, ArithmeticError, RecursionError) as error:
                log.warning("setting %s ignored: %s", field.name, error)
                self.remark = self.remark or copy_aside(self._file)
        self._known = replace(default, **found)
        return self._known

    def save(self, settings: Settings) -> None:
        """Write what has changed since ``load``, or all if nothing was loaded.

        So of two programs each keeps what the other one changed. Where it fails the log says so,
        and nothing else happens.
        """
        if not can_be_locked(self._file):
            log.warning("settings not saved: another program holds %s", self._file.fileName())
            return
        known = {} if self._known is None else asdict(self._known)
        for name, value in asdict(settings).items():
            if name not in known or known[name] != value:
                self._file.setValue(name, json.dumps(value))
        self._known = settings
        self._file.sync()
        if self._file.status() != self._file.Status.NoError:
            log.warning("settings not saved: %s", self._file.status().name)


_LIMITS: dict[str, tuple[float, float]] = {
    "scale": (2, 4),
    "panes": (1, 16),
    "upscale_panes": (1, 16),
    "amplification": (1, 64),
    "max_megapixels": (1, 100_000),
    "recent_files": (0, MAX_RECENT),
    "quality": (1, 100),
    "size_factor": (1, MAX_FACTOR),
    "size_width": (1, 2**31 - 1),
    "size_longest": (1, 2**31 - 1),
}
"""Smallest and largest value, or length."""


def _read(name: str, text: object, default: object) -> object:
    """Return the value that ``text`` stands for, of the type of ``default``.

    Raises
    ------
    ValueError
        If it is no JSON text, of another type, or out of its limits.
    """
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is no text")  # noqa: TRY004 - the file's fault, not the caller's
    value = _converted(json.loads(text), default)
    if name in _LIMITS:
        low, high = _LIMITS[name]
        measure = len(value) if isinstance(value, tuple) else value
        if not (isinstance(measure, int | float) and low <= measure <= high):
            raise ValueError(f"{text:.40} is not within {low} and {high}")
    return value


def _converted(value: object, default: object) -> object:
    match default, value:
        case StrEnum(), str():
            return type(default)(value)
        case tuple(), list() if all(isinstance(item, str) for item in value):
            return tuple(value)
        case float(), int() | float() if not isinstance(value, bool):
            return float(value)
        case _ if type(value) is type(default):
            return value
        case _:
            raise ValueError(f"{value!r:.40} is no {type(default).__name__}")
