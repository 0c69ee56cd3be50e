"""Colours of curves: told apart by the colour-blind too, and seen on light and on dark."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QColor

from srcnn_gui.theme import is_dark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPalette

ACTIVE = 0
"""The colour of the run whose curves are in front."""

_LIGHT = ("#0066b8", "#d66b00", "#0e3e4e", "#e56c6c", "#7a1f00", "#0000d6")
_DARK = ("#5ab0f5", "#dc6138", "#6ce5a8", "#ffc414", "#009999", "#7070ff")
COLOURS = len(_LIGHT)
_LONGEST_NAME = 28


class Named(Protocol):
    """A curve with a name, and perhaps a colour of its own."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def colour(self) -> int | None:
        """Number of its colour."""
        ...


def run_colour(number: int, palette: QPalette) -> QColor:
    """Return a colour for a curve on the base of ``palette``; after the last it begins anew."""
    colours = _DARK if is_dark(palette) else _LIGHT
    return QColor(colours[number % COLOURS])


def legend(runs: Sequence[Named], first: int, palette: QPalette) -> str:
    """Return rich text that names runs, each after a dot in its colour.

    Runs without a colour of their own have those from ``first`` on, in order.
    """
    entries = []
    for place, run in enumerate(runs, start=first):
        colour = run_colour(place if run.colour is None else run.colour, palette)
        name = run.name
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
        name = html.escape(name).replace(" ", "&nbsp;").replace("-", "&#8209;")
        dot = f'<span style="color:{colour.name()}">\N{BLACK CIRCLE}</span>'
        entries.append(f"{dot}&nbsp;{name}")
    return " &nbsp; ".join(entries)
