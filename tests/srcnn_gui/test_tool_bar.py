"""The tool bar has the commands used most, samples and the device."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QMenu

from srcnn_gui.actions import make_actions
from srcnn_gui.theme import theme_palette
from srcnn_gui.tool_bar import ToolBar


@pytest.fixture
def bar(owner):
    return ToolBar(make_actions(owner), QMenu("Samples", owner), QComboBox(), owner)


def test_samples_stand_beside_open(bar):
    names = [bar.widgetForAction(action) for action in bar.actions()]
    assert names.index(bar.samples) == 2  # after open and save
    assert bar.samples.menu().title() == "Samples"
    assert bar.findChild(QComboBox).accessibleName() == "Device"


def test_the_icon_of_samples_follows_the_theme(bar):
    keys = set()
    for dark in (False, True):
        bar.setPalette(theme_palette(dark=dark))
        keys.add(bar.samples.icon().cacheKey())
    assert len(keys) == 2
