"""A name that asks for a format which is only read is refused; other endings are part of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
)

from srcnn.errors import OutputError
from srcnn.formats import FORMATS, SUFFIXES
from srcnn.picture import load_picture
from srcnn_gui.saving.choices import FILTERS, check_ending, names_a_format


@pytest.fixture
def dialog(opened, tmp_path):
    """Return the window for a result that goes to a folder of the test."""
    opened.program.commands.change(save_folder=str(tmp_path), save_suffix=".png")
    opened.trigger("save_result")
    yield opened.program.saving.dialog
    if opened.program.saving.dialog is not None:
        opened.program.saving.dialog.reject()


@pytest.fixture
def answers(monkeypatch):
    """Return a list of what the file dialog answers in turn, and one of what was said between."""
    replies, said = [], []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(replies.pop(0)), ""))
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: said.append(text))
    return replies, said


def retype(window, text):
    (edit,) = (e for e in window.findChildren(QLineEdit) if e.parent() is window)
    edit.setText(text)
    edit.textEdited.emit(text)
    return edit


def can_save(window):
    buttons = window.findChild(QDialogButtonBox)
    return buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()


@pytest.mark.parametrize("suffix", [*sorted(set(SUFFIXES) - set(FORMATS)), ".GIF", ".jxl"])
def test_what_is_only_read_is_known(suffix):
    path = Path(f"a{suffix}")
    assert names_a_format(path)
    with pytest.raises(OutputError, match=f"cannot be saved as {suffix}") as caught:
        check_ending(path)
    assert ".png" in caught.value.hint


@pytest.mark.parametrize("name", ["a.png", "a.JPG", "a", "a.v2", "a.xyz"])
def test_any_other_name_is_well(name):
    check_ending(Path(name))
    assert names_a_format(Path(name)) is (Path(name).suffix.lower() in FORMATS)


def test_the_window_refuses_it_and_says_why(dialog):
    edit = retype(dialog, "f.gif")
    assert "cannot be saved as .gif" in dialog.text
    assert not can_save(dialog)
    assert dialog.request is None
    formats = next(c for c in dialog.findChildren(QComboBox) if c.findData(".tif") >= 0)
    formats.setCurrentIndex(formats.findData(".tif"))
    formats.activated.emit(formats.currentIndex())
    assert edit.text() == "f.tif"  # to choose a format is a way out
    assert can_save(dialog)


def test_an_unknown_ending_is_part_of_the_name_and_the_message_has_it_whole(opened, dialog):
    retype(dialog, "f.xyz")
    assert can_save(dialog)
    dialog.accept()
    opened.settle()
    assert opened.message.startswith("Saved f.xyz.png ")


def test_the_file_dialog_hands_on_what_was_typed(dialog, answers, tmp_path):
    replies, _ = answers
    replies += [tmp_path / "f.gif", tmp_path / "f"]
    change = dialog.findChild(QPushButton, "change")
    change.click()
    assert "cannot be saved as .gif" in dialog.text
    assert not can_save(dialog)
    change.click()
    assert dialog.request.path == tmp_path / "f.png"


def test_a_view_of_another_format_is_asked_for_again(opened, answers, tmp_path):
    replies, said = answers
    replies += [tmp_path / "view.jpg", tmp_path / "view.gif", tmp_path / "view.xyz"]
    opened.trigger("save_view")
    assert said == [
        f"A view is saved as PNG, not as {suffix}. End its name in .png."
        for suffix in (".jpg", ".gif")
    ]
    assert opened.message.startswith("Saved view.xyz.png")
    assert load_picture(tmp_path / "view.xyz.png").size.pixels > 0
    assert not (tmp_path / "view.jpg").exists()


def test_a_view_replaces_nothing_that_the_dialog_did_not_ask_about(opened, answers, tmp_path):
    replies, _ = answers
    (tmp_path / "view.png").write_bytes(b"old")
    replies += [tmp_path / "view", ""]
    opened.trigger("save_view")
    assert (tmp_path / "view.png").read_bytes() == b"old"
    replies += [tmp_path / "view", tmp_path / "view.png"]
    opened.trigger("save_view")
    assert load_picture(tmp_path / "view.png").size.pixels > 0
    assert FILTERS[".png"].startswith("PNG")


def test_a_name_that_no_file_can_have_is_refused(dialog):
    retype(dialog, f"{'x' * 260}.png")
    assert "too long" in dialog.text
    assert not can_save(dialog)
    retype(dialog, f"{'é' * 120}.png")  # 244 bytes
    assert can_save(dialog)
    retype(dialog, f"{'é' * 126}.png")
    assert not can_save(dialog)
