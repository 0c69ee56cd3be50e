from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from srcnn_gui.batch import questions as of_batch
from srcnn_gui.training import questions as of_training

QUESTIONS = {
    "close while a batch runs": (of_batch.ask_to_close, False),
    "overwrite": (partial(of_batch.ask_to_overwrite, output=Path("results")), True),
    "close while training": (of_training.ask_to_close, False),
    "discard": (of_training.ask_to_discard, True),
}


def press(kind: str) -> None:
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    cancel = box.button(QMessageBox.StandardButton.Cancel)
    answer = next(button for button in box.buttons() if button is not cancel)
    {"enter": box.defaultButton(), "cancel": cancel, "answer": answer}[kind].click()


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("kind", ["enter", "cancel", "answer"])
def test_harm_is_done_only_if_it_is_chosen(qtbot, name, kind):
    ask, harms = QUESTIONS[name]
    parent = QWidget()
    qtbot.addWidget(parent)
    QTimer.singleShot(0, parent, partial(press, kind))
    assert ask(parent) is (kind == "answer" or (kind == "enter" and not harms))
