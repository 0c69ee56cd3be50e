"""A line of text is cut where there is no room for it, and its tooltip says all of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from srcnn_gui.elided_label import ElidedLabel

TEXT = "Upscale a very long name.png"
MODES = Qt.TextElideMode


@pytest.mark.parametrize(
    ("mode", "begins", "ends"), [(MODES.ElideRight, "Up", "…"), (MODES.ElideMiddle, "Up", "ng")]
)
def test_what_is_cut_is_in_the_tooltip(qtbot, mode, begins, ends):
    label = ElidedLabel(TEXT, mode)
    qtbot.addWidget(label)
    label.resize(400, 20)
    label.show()
    assert (label.visible_text(), label.toolTip()) == (TEXT, "")
    label.resize(80, 20)
    shown = label.visible_text()
    assert shown.startswith(begins)
    assert shown.endswith(ends)
    assert "…" in shown
    assert label.toolTip() == TEXT
    assert not label.grab().isNull()
    label.setText("Up")
    assert (label.visible_text(), label.toolTip()) == ("Up", "")


def test_where_there_is_no_room_at_all_nothing_is_shown(qtbot):
    label = ElidedLabel(TEXT)
    qtbot.addWidget(label)
    label.setMinimumWidth(1)
    label.show()
    label.resize(3, 20)
    assert label.visible_text() == ""
    assert label.toolTip() == TEXT
