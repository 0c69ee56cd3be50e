"""What would slow the first picture down begins when it is in sight, and never much later."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer

from srcnn.device import cpu_device
from srcnn_gui import app as app_module
from srcnn_gui import first_picture as first_picture_module

LONG_MS = 60_000
WAIT_MS = 10_000


@pytest.fixture
def begin(start, fake, monkeypatch, plain):
    """Return a function that starts the program; ``passed`` lists what was there by then."""
    monkeypatch.setattr(first_picture_module, "PATIENCE_MS", LONG_MS)
    monkeypatch.setattr(app_module, "load_torch", lambda control: (cpu_device(),))

    def make(*panes, method=None):
        methods = (method or fake("sound"), fake("network", rank=1, torch=True))
        driver = start(*methods, settings=replace(plain, panes=panes))
        driver.passed = []
        driver.program.first_picture.passed.connect(
            lambda: (
                driver.passed.append([view.result.part for view in driver.session.views])
                if driver.session.scene
                else driver.passed.append(None)
            )
        )
        return driver

    return make


def test_it_is_waited_for_with_its_figures(begin, photo, qtbot):
    driver = begin("sound", "network", "truth")
    driver.program.files.open_file(photo)
    with qtbot.waitSignal(driver.program.first_picture.passed, timeout=WAIT_MS):
        driver.program.first_picture.watch()
    assert driver.passed == [[1, 0, 1]]
    driver.settle()
    assert driver.session.torch_is_ready
    assert all(view.result.part == 1 for view in driver.session.views)
    driver.open(photo)
    assert len(driver.passed) == 1


def test_networks_alone_are_not_waited_for(begin, photo, qtbot):
    driver = begin("network")
    driver.program.files.open_file(photo)
    with qtbot.waitSignal(driver.program.first_picture.passed, timeout=WAIT_MS):
        driver.program.first_picture.watch()
    assert driver.passed == [[0]]
    driver.settle()


def test_a_pane_that_cannot_be_computed_is_not_waited_for(begin, fake, photo, qtbot):
    broken = fake("sound")
    broken.error = ValueError("broken")
    driver = begin("sound", "truth", method=broken)
    driver.program.files.open_file(photo)
    with qtbot.waitSignal(driver.program.first_picture.passed, timeout=WAIT_MS):
        driver.program.first_picture.watch()
    driver.settle()


def test_nothing_to_open_is_not_waited_for(begin, qtbot):
    driver = begin("sound", "network")
    with qtbot.waitSignal(driver.program.first_picture.passed, timeout=WAIT_MS):
        driver.program.first_picture.watch()
    assert driver.passed == [None]
    driver.settle()
    assert driver.session.torch_is_ready


def test_a_picture_that_cannot_be_opened_is_not_waited_for(begin, tmp_path, qtbot):
    driver = begin("sound", "network")
    driver.program.files.open_file(tmp_path / "nowhere.png")
    with qtbot.waitSignal(driver.program.first_picture.passed, timeout=WAIT_MS):
        driver.program.first_picture.watch()
    assert driver.passed == [None]
    driver.settle()


def test_a_picture_that_takes_long_is_not_waited_for(begin, photo, qtbot, monkeypatch):
    monkeypatch.setattr(first_picture_module, "PATIENCE_MS", 1)
    driver = begin("sound", "network")
    driver.program.files.open_file(photo)
    with qtbot.waitSignal(driver.program.first_picture.passed, timeout=WAIT_MS):
        driver.program.first_picture.watch()
    driver.settle()
    assert len(driver.passed) == 1


def test_closing_meanwhile_says_nothing(begin, qtbot):
    driver = begin("sound", "network")
    driver.program.first_picture.watch()
    driver.window.close()
    turned = QTimer(singleShot=True)
    with qtbot.waitSignal(turned.timeout, timeout=WAIT_MS):
        turned.start(20)
    assert driver.passed == []
