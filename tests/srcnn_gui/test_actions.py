"""Every command has a menu, a key of its own and a tip."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from srcnn_gui.actions import ACTIONS, Menu, dress_actions, make_actions, menu_for

BY_ID = {spec.id: spec for spec in ACTIONS}


@pytest.fixture
def actions(owner):
    return make_actions(owner)


def keys(action):
    return [shortcut.toString() for shortcut in action.shortcuts()]


def test_ids_are_unique(actions):
    assert len(BY_ID) == len(ACTIONS) == len(actions)


def test_keys_are_unique(actions):
    used = Counter(key for action in actions.values() for key in keys(action))
    assert [key for key, count in used.items() if count > 1] == []
    assert all(keys(action) for action in actions.values())


@pytest.mark.parametrize("spec", ACTIONS, ids=BY_ID)
def test_a_command_says_what_it_does_and_its_key(actions, spec):
    action = actions[spec.id]
    assert spec.tip
    assert action.statusTip() == spec.tip
    native = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    assert action.toolTip() == f"{spec.tip} ({native})"


def test_of_a_group_one_is_on(actions):
    groups = {spec.group for spec in ACTIONS if spec.group}
    assert groups == {
        *(
            "mode",
            "scale",
            "degradation",
            "border",
            "padding",
            "view",
            "difference",
            "theme",
            "screen",
        )
    }
    for group in groups:
        members = [actions[spec.id] for spec in ACTIONS if spec.group == group]
        for member in members:
            member.setChecked(True)
            assert [one.isChecked() for one in members].count(True) == 1
            assert member.objectName() == f"{group}_{member.data()}"


def test_icons_are_there_and_follow_the_theme(actions, owner):
    dress_actions(actions, owner)
    assert ACTIONS
    for spec in ACTIONS:
        assert actions[spec.id].icon().isNull() is (not spec.icon)


def test_every_command_stands_in_its_menu(start):
    window = start().window
    menus = {action.text(): action.menu() for action in window.menuBar().actions() if action.menu()}
    assert list(menus) == [menu.value for menu in Menu]
    for spec in ACTIONS:
        menu = menu_for(spec, menus[spec.menu.value])
        assert window.actions_by_id[spec.id] in menu.actions()
        assert menu.title() == (spec.submenu or spec.menu.value)


def test_letters_of_a_menu_are_unique(start):
    bar = start().window.menuBar()
    submenus = {spec.submenu for spec in ACTIONS if spec.submenu}
    menus = [top.menu() for top in bar.actions()]
    menus += [bar.window().findChild(QMenu, title) for title in sorted(submenus)]
    assert len(menus) == len(Menu) + len(submenus)
    for menu in menus:
        letters = Counter(
            action.text()[action.text().index("&") + 1].lower()
            for action in menu.actions()
            if "&" in action.text()
        )
        assert letters
        assert [letter for letter, count in letters.items() if count > 1] == [], menu.title()


def test_the_file_menu_has_recent_files_and_samples(start):
    window = start().window
    submenus = [menu.title().replace("&", "") for menu in window.findChildren(QMenu)]
    assert {"Open recent", "Samples"} <= set(submenus)
