"""The strip above the panel: state, numbers, buttons."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QToolButton, QWidget

from srcnn_gui.actions import make_actions
from srcnn_gui.training.status import Phase, RunProgress
from srcnn_gui.training.status_strip import StatusStrip


@pytest.fixture
def strip(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    strip = StatusStrip(make_actions(owner), owner)
    owner.show()
    yield strip
    owner.hide()


def test_an_empty_strip_says_what_to_do(strip):
    strip.show_hint("")
    assert strip._hint.isVisible()
    assert "Press Start" in strip._hint.text()
    assert not strip._row.isVisible()
    strip.show_hint("PyTorch is still being loaded")
    assert strip._hint.text() == "PyTorch is still being loaded."


def test_numbers_come_a_little_later_and_states_at_once(strip, run_started, step_done, qtbot):
    progress = RunProgress(Phase.READING, "demo x2").after(run_started(Path("run")))
    strip.show_status(progress)
    assert strip.text.startswith("Running | demo x2 | Backprops \N{EN DASH}")
    assert not strip._hint.isVisible()
    strip.show_status(progress.after(step_done(4)))
    assert "Backprops \N{EN DASH}" in strip.text
    qtbot.waitUntil(lambda: "Backprops 400" in strip.text)
    assert strip._bar.value() == strip._bar.maximum() // 2


def test_the_buttons_are_the_commands_of_the_menu(strip):
    buttons = strip.findChildren(QToolButton)
    names = [button.defaultAction().objectName() for button in buttons]
    assert names == ["train_start", "train_pause", "train_stop", "train_discard", "train_resume"]
    assert all(button.text() for button in buttons)
