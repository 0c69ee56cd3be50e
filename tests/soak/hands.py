"""What hands can do to the widgets in sight: click, drag, turn, type, drop."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QSplitterHandle,
    QTabBar,
    QWidget,
)

from srcnn_gui.viewer.canvas import Canvas

_Button, _Key, _No = Qt.MouseButton, Qt.Key, Qt.KeyboardModifier.NoModifier
_WORDS = ("1", "2", "3", "0.5", "16", "", "x", "\N{LATIN SMALL LETTER E WITH ACUTE}", "a name")
_KEYS = (
    *("Tab", "Shift+Tab", "Space", "Return", "Esc", "Up", "Down", "Left", "Right", "Home", "End"),
    *("PgUp", "PgDown", "Del", "Backspace", "F10", "Menu", "A", "Z", "7", "Ctrl+A", "Alt+F"),
)


@dataclass(frozen=True)
class Step:
    """Something to be done, and how it is told."""

    text: str
    do: Callable[[], object]


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton = _Button.LeftButton,
    keys: Qt.KeyboardModifier = _No,
) -> None:
    """Send a mouse event, if the widget is still there."""
    if shiboken6.isValid(widget):
        is_move, is_release = kind is QEvent.Type.MouseMove, kind is QEvent.Type.MouseButtonRelease
        held = _Button.NoButton if is_release else button
        changed = _Button.NoButton if is_move else button
        where = QPointF(widget.mapToGlobal(at))
        QApplication.sendEvent(widget, QMouseEvent(kind, at, where, changed, held, keys))


def click(
    widget: QWidget,
    at: QPointF,
    button: Qt.MouseButton = _Button.LeftButton,
    keys: Qt.KeyboardModifier = _No,
) -> None:
    """Press and release."""
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        mouse(widget, kind, at, button, keys)


def drag(
    widget: QWidget,
    places: Iterable[QPointF],
    button: Qt.MouseButton = _Button.LeftButton,
    keys: Qt.KeyboardModifier = _No,
) -> None:
    """Press at the first place, release at the last."""
    first, *others = places
    mouse(widget, QEvent.Type.MouseButtonPress, first, button, keys)
    for place in others:
        mouse(widget, QEvent.Type.MouseMove, place, button, keys)
    mouse(widget, QEvent.Type.MouseButtonRelease, others[-1], button, keys)


def wheel(widget: QWidget, at: QPointF, notches: int) -> None:
    """Turn the wheel."""
    if not shiboken6.isValid(widget):
        return
    where, none = QPointF(widget.mapToGlobal(at)), _Button.NoButton
    turned, phase = QPoint(0, 120 * notches), Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(
        widget, QWheelEvent(at, where, QPoint(), turned, none, _No, phase, False)
    )


def drop(widget: QWidget, paths: Iterable[Path]) -> None:
    """Drop files."""
    if not shiboken6.isValid(widget):
        return
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = widget.rect().center(), Qt.DropAction.CopyAction
    entering = QDragEnterEvent(at, copy, data, _Button.LeftButton, _No)
    QApplication.sendEvent(widget, entering)
    if entering.isAccepted() and shiboken6.isValid(widget):
        dropping = QDropEvent(QPointF(at), copy, data, _Button.LeftButton, _No)
        QApplication.sendEvent(widget, dropping)


def ask_for_menu(widget: QWidget, at: QPoint) -> None:
    """Ask for the menu at a place."""
    if shiboken6.isValid(widget):
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))


def press_keys(widget: QWidget, keys: str) -> None:
    """Press keys, as a sequence in the way of ``QKeySequence``."""
    if shiboken6.isValid(widget):
        QTest.keySequence(widget, QKeySequence(keys))


def choose_key(rng: random.Random, shortcuts: list[str]) -> str:
    """Return keys to press: those of a command, or any."""
    return rng.choice(shortcuts) if rng.random() < 0.5 else rng.choice(_KEYS)


def play(rng: random.Random, root: QWidget) -> Step | None:
    """Choose a widget of a window that is in sight, and what to do to it."""
    found = defaultdict(list)
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled() and not widget.visibleRegion().isEmpty():
            kind = _kind_of(widget)
            if kind is not None:
                found[kind].append(widget)
    if not found:
        return None
    kind = rng.choice(list(found))
    number, widget = rng.choice(list(enumerate(found[kind])))
    what, do = _PLAYS[kind](rng, widget)
    text = widget.text() if isinstance(widget, QAbstractButton) else widget.objectName()
    name = widget.accessibleName() or text
    return Step(f"{what} {type(widget).__name__} {number} {name!r}", do)


def click_button(rng: random.Random, root: QWidget) -> Step:
    """Choose a button of a dialog that ends it, such as OK; or close it by a key."""
    buttons = [
        button
        for box in root.findChildren(QDialogButtonBox)
        for button in box.buttons()
        if button.isEnabled() and button.isVisible()
    ]
    if not buttons:
        return Step(f"close {root.windowTitle()!r}", partial(press_keys, root, "Esc"))
    button = rng.choice(buttons)
    return Step(f"click {button.text()!r} of {root.windowTitle()!r}", button.click)


def choose_in_menu(rng: random.Random, menu: QMenu, barred: set[str]) -> Step:
    """Choose an entry of a menu that is open, or close it."""
    entries = [
        action
        for action in menu.actions()
        if action.isEnabled() and action.isVisible() and action.objectName() not in barred
    ]
    if not entries or rng.random() < 0.4:
        return Step("close the menu", partial(press_keys, menu, "Esc"))
    entry = rng.choice(entries)
    at = QPointF(menu.actionGeometry(entry).center())
    return Step(f"choose {entry.text()!r}", partial(_choose, menu, at))


def _choose(menu: QMenu, at: QPointF) -> None:
    mouse(menu, QEvent.Type.MouseMove, at, _Button.NoButton)
    click(menu, at)


def _kind_of(widget: QWidget) -> type[QWidget] | None:
    for kind in list(_PLAYS)[:-1]:
        if isinstance(widget, kind):
            return kind
    return QWidget if type(widget).__module__.startswith("srcnn_gui") else None


def _within(rng: random.Random, area: QRect) -> QPointF:
    return QPointF(
        area.x() + rng.random() * max(1, area.width() - 1),
        area.y() + rng.random() * max(1, area.height() - 1),
    )


_Played = tuple[str, Callable[[], object]]


def _play_canvas(rng: random.Random, widget: QWidget) -> _Played:
    """Drag, point, turn the wheel, click, or ask for the menu."""
    area, what = widget.rect(), rng.randrange(6)
    at = _within(rng, area)
    if what < 2:
        button = rng.choice((_Button.LeftButton, _Button.LeftButton, _Button.MiddleButton))
        keys = rng.choice((_No, _No, Qt.KeyboardModifier.ShiftModifier))
        places = [at, *(_within(rng, area) for _ in range(rng.randint(1, 5)))]
        return "drag on", partial(drag, widget, places, button, keys)
    if what == 2:
        return "wheel over", partial(wheel, widget, at, rng.choice((-3, -1, 1, 3)))
    if what == 3:
        return "point at", partial(mouse, widget, QEvent.Type.MouseMove, at, _Button.NoButton)
    if what == 4:
        kind = QEvent.Type.MouseButtonDblClick
        return "double-click", partial(mouse, widget, kind, at)
    return "right-click", partial(ask_for_menu, widget, at.toPoint())


def _play_viewport(rng: random.Random, widget: QWidget) -> _Played:
    return _play_canvas(rng, widget.viewport())


def _click_in(rng: random.Random, widget: QWidget) -> _Played:
    return "click", partial(click, widget, QPointF(widget.rect().center()))


def _turn(rng: random.Random, widget: QWidget) -> _Played:
    """Change a value by keys or by the wheel."""
    if rng.random() < 0.2:
        middle = QPointF(widget.rect().center())
        return "wheel over", partial(wheel, widget, middle, rng.choice((-1, 1)))
    keys = rng.choice(("Up", "Down", "PgUp", "PgDown", "Home", "Alt+Down"))
    return f"press {keys} in", partial(press_keys, widget, keys)


def _type(rng: random.Random, widget: QWidget) -> _Played:
    word = rng.choice(_WORDS)
    return f"type {word!r} in", partial(_write, widget, word, ends=rng.random() < 0.5)


def _write(widget: QWidget, word: str, *, ends: bool) -> None:
    press_keys(widget, "Ctrl+A")
    press_keys(widget, "Del")
    for letter in word:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if shiboken6.isValid(widget):
                QApplication.sendEvent(widget, QKeyEvent(kind, 0, _No, letter))
    if ends:
        press_keys(widget, "Return")


def _click_tab(rng: random.Random, widget: QWidget) -> _Played:
    index = rng.randrange(max(1, widget.count()))
    return f"click tab {index} of", partial(click, widget, QPointF(widget.tabRect(index).center()))


def _click_view(rng: random.Random, widget: QWidget) -> _Played:
    """Click into a list, table or header, once or twice, or press a key in it."""
    if rng.random() < 0.25:
        keys = rng.choice(("Up", "Down", "Space", "Return", "Ctrl+A", "Del"))
        return f"press {keys} in", partial(press_keys, widget, keys)
    return _play_viewport(rng, widget) if rng.random() < 0.3 else _click_row(rng, widget)


def _click_row(rng: random.Random, widget: QWidget) -> _Played:
    at = _within(rng, widget.viewport().rect())
    return "click into", partial(click, widget.viewport(), at)


def _drag_about(rng: random.Random, widget: QWidget) -> _Played:
    middle = QPointF(widget.rect().center())
    end = middle + QPointF(rng.randint(-200, 200), rng.randint(-200, 200))
    return "drag", partial(drag, widget, [middle, end])


_PLAYS: dict[type[QWidget], Callable[[random.Random, QWidget], _Played]] = {
    Canvas: _play_canvas,
    QSplitterHandle: _drag_about,
    QAbstractButton: _click_in,
    QComboBox: _turn,
    QAbstractSpinBox: _turn,
    QLineEdit: _type,
    QTabBar: _click_tab,
    QHeaderView: _click_row,
    QAbstractItemView: _click_view,
    QAbstractSlider: _turn,
    QAbstractScrollArea: _play_viewport,
    QWidget: _play_canvas,
}
