"""A command that cannot be given says why, and again what it does when it can."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolBar

from srcnn_gui.action_tips import enable_all_unless, enable_unless, set_tip

REASON = "Open a picture first"


@pytest.fixture
def action(qapp):
    action = QAction("&Save")
    action.setShortcut("Ctrl+S")
    set_tip(action, "Save the result")
    return action


def test_it_says_what_it_does_with_its_key(action):
    assert action.toolTip() == "Save the result (Ctrl+S)"
    assert action.statusTip() == "Save the result"


def test_disabled_it_says_why_and_enabled_no_more(action):
    enable_unless(action, REASON)
    assert not action.isEnabled()
    assert action.toolTip() == f"Save the result (Ctrl+S)\n{REASON}"
    assert action.statusTip() == REASON
    enable_unless(action, "Another reason")
    assert action.toolTip() == "Save the result (Ctrl+S)\nAnother reason"
    enable_unless(action, "")
    assert action.isEnabled()
    assert action.toolTip() == "Save the result (Ctrl+S)"
    assert action.statusTip() == "Save the result"


def test_an_action_made_elsewhere_keeps_its_own_words(qapp):
    action = QAction("Open recent")
    action.setToolTip("Open a picture again")
    enable_unless(action, REASON)
    enable_unless(action, "")
    assert action.toolTip() == action.statusTip() == "Open a picture again"


def test_several_are_told_by_their_ids(action, qapp):
    other = QAction("Other")
    enable_all_unless({"save": action, "other": other}, {"save": REASON})
    assert (action.isEnabled(), other.isEnabled()) == (False, True)


def test_buttons_and_menus_show_the_reason(action, qtbot):
    bar, menu = QToolBar(), QMenu()
    for place in (bar, menu):
        qtbot.addWidget(place)
        place.addAction(action)
    enable_unless(action, REASON)
    assert REASON in bar.widgetForAction(action).toolTip()
    assert REASON in menu.actions()[0].toolTip()


def test_every_menu_of_the_window_shows_tips(start):
    window = start().window
    menus = [action.menu() for action in window.menuBar().actions()]
    inner = [action.menu() for menu in menus for action in menu.actions() if action.menu()]
    assert len(inner) >= 3
    for menu in (*menus, *inner):
        assert menu.toolTipsVisible(), menu.title()
