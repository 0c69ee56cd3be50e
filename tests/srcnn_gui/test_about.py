"""The dialog says what runs where, whose it is, and that nothing is sent anywhere."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton

import srcnn
from srcnn.device import Device
from srcnn_gui import about
from srcnn_gui.about import AboutDialog, about_text

DEVICES = (Device("cuda:0", "Fast GPU", 12 * 2**30), Device("cpu", "CPU · Some", None))
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


@pytest.fixture
def dialog(qtbot):
    dialog = AboutDialog(DEVICES)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_it_names_program_paper_devices_and_versions():
    text = about_text(DEVICES)
    assert text.startswith(f"SRCNN Studio {srcnn.__version__}\n")
    assert "ECCV 2014" in text
    assert "cuda:0: Fast GPU (12 GB)" in text
    assert "cpu: CPU · Some" in text
    assert f"Python {platform.python_version()}" in text
    for package in ("PySide6-Essentials", "numpy", "pillow"):
        assert f"{package} {version(package)}" in text


def test_every_component_has_its_licence():
    licences = about_text(()).partition("Licences\n")[2].lower()
    needed = [Requirement(line) for line in requires("srcnn-studio") if "extra ==" not in line]
    assert len(needed) > 8
    named = {"pyside6-essentials": "pyside6", "torch": "pytorch"}
    for requirement in needed:
        name = requirement.name.lower()
        assert named.get(name, name) in licences, name
    assert "pyside6 and qt: lgpl-3.0" in licences


def test_pytorch_is_named_whether_loaded_or_not(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", object())
    assert f"torch {version('torch')}\n" in about_text(())
    monkeypatch.delitem(sys.modules, "torch")
    assert f"torch {version('torch')} (not loaded)\n" in about_text(())


def test_a_missing_package_is_no_obstacle(monkeypatch):
    monkeypatch.setattr(about, "_VERSIONS", ("no-such-package",))
    assert "no-such-package is not installed" in about_text(())


def test_it_promises_to_be_offline_where_it_is_seen_at_once(dialog):
    shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert "Works offline. No telemetry: nothing is ever sent anywhere." in shown


def test_the_text_can_be_copied(dialog, qtbot):
    QGuiApplication.clipboard().clear()
    (copy,) = (b for b in dialog.findChildren(QPushButton) if b.text() == "Copy")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == about_text(DEVICES)
    assert copy.text() == "Copied"
    said = dialog.findChild(QPlainTextEdit).toPlainText()
    assert said.startswith("After the paper")  # version and privacy stand above
    assert about_text(DEVICES).endswith(said)


def test_it_closes(dialog, qtbot):
    box = dialog.findChild(QDialogButtonBox)
    qtbot.mouseClick(box.button(QDialogButtonBox.StandardButton.Close), Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_the_icon_is_sharp(dialog):
    pictures = [label.pixmap() for label in dialog.findChildren(QLabel)]
    (picture,) = (pixmap for pixmap in pictures if not pixmap.isNull())
    assert picture.deviceIndependentSize().toTuple() == (64.0, 64.0)
