"""What a command is: its name, texts, menu and key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QKeySequence

Shortcut = QKeySequence.StandardKey | str | None


class Menu(StrEnum):
    """The menus, in order; the value is the title."""

    FILE = "&File"
    EDIT = "&Edit"
    PICTURE = "&Picture"
    VIEW = "&View"
    PANES = "P&anes"
    BATCH = "&Batch"
    TRAIN = "&Train"
    MEASURE = "&Measure"
    HELP = "&Help"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A command.

    Attributes
    ----------
    id : str
        Its name in code.
    text, tip : str
        What menus and tooltips say.
    menu : Menu
        Where it stands, in the order of the rows.
    shortcut : StandardKey, str or None
        Key that triggers it.
    icon : str
        File in resources/icons, if any.
    group : str
        Checkable actions of a group exclude one another; the rest of the id is the value they
        choose, and their ``data()``.
    is_checkable : bool
        Whether it is on or off; those of a group always are.
    starts_section : bool
        Whether a line parts it from the one before.
    submenu : str
        Title of the menu within the menu that it stands in, if any.
    """

    id: str
    text: str
    menu: Menu
    shortcut: Shortcut = None
    tip: str = ""
    icon: str = ""
    group: str = ""
    is_checkable: bool = False
    starts_section: bool = False
    submenu: str = ""
