"""Messages leave with their cause: the next picture, save or result that is well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QPushButton

from srcnn.errors import DeviceTooSmall
from srcnn.resources import resource_path
from srcnn_gui.viewer.scene import Mode

OPAQUE = "as if it were opaque"


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.png"
    path.write_text("no picture")
    return path


@pytest.fixture
def clear(tmp_path, pixels):
    """Return a picture with transparency."""
    path = tmp_path / "clear.png"
    Image.fromarray(np.dstack([pixels(60, 40), pixels(60, 40)[..., 0]])).save(path)
    return path


def test_a_picture_that_opens_well_ends_what_was_said_of_another(opened, broken, photo):
    opened.open(broken)
    opened.trigger("scale_3")
    assert "broken.png" in opened.message  # the same picture at another scale ends nothing
    opened.open(photo)
    assert opened.message == ""


def test_a_sample_ends_it_too(opened, broken):
    opened.open(broken)
    opened.window.sample_chosen.emit("chart")
    opened.settle()
    assert opened.message == ""


def test_a_save_that_succeeds_ends_what_was_said_of_one_that_failed(opened, tmp_path):
    opened.program.saving.save_to(tmp_path / "nowhere" / "a.png")
    opened.settle()
    assert "There is no folder" in opened.message
    opened.program.saving.save_to(tmp_path / "a.png")
    opened.settle()
    assert opened.message.startswith("Saved a.png")
    opened.window.messages.dismiss()
    assert opened.message == ""


def test_what_is_said_of_something_else_stays(opened, tmp_path, photo):
    opened.program.saving.save_to(tmp_path / "nowhere" / "a.png")
    opened.settle()
    opened.open(photo)
    assert "There is no folder" in opened.message


def test_an_older_error_comes_back_when_a_save_was_told(opened, broken, tmp_path):
    opened.open(broken)
    opened.program.saving.save_to(tmp_path / "a.png")
    opened.settle()
    assert opened.message.startswith("Saved a.png")
    opened.window.messages.dismiss()
    assert "broken.png" in opened.message


def test_open_anyway_opens_what_it_stands_beside(opened, photo, tmp_path, pixels):
    other = tmp_path / "other.png"
    Image.fromarray(pixels(90, 60)).save(other)
    opened.program.opener.max_megapixels = 0.001
    opened.open(photo)
    opened.program.opener.max_megapixels = 500
    opened.open(other)
    buttons = opened.window.messages.findChildren(QPushButton)
    assert not any(button.isVisible() for button in buttons)
    assert opened.message == ""


def test_a_method_that_computes_again_ends_what_was_said_of_it(start, fake, photo, plain):
    weak, sound = fake("weak", rank=1), fake("sound")
    weak.error = ZeroDivisionError("a fault of ours")
    driver = start(weak, sound, settings=replace(plain, panes=("sound", "weak")))
    driver.open(photo)
    driver.trigger("zoom_200")
    assert "a fault of ours" in driver.message
    weak.error = None
    driver.trigger("scale_3")
    assert driver.message == ""


def test_a_failed_method_that_is_not_shown_any_more_is_not_spoken_of(start, fake, photo, plain):
    weak, sound = fake("weak", rank=1), fake("sound")
    weak.error = ZeroDivisionError("a fault of ours")
    driver = start(weak, sound, settings=replace(plain, panes=("sound", "weak")))
    driver.open(photo)
    assert "a fault of ours" in driver.message
    driver.trigger("remove_pane")
    assert driver.message == ""


def test_that_a_device_is_small_is_said_until_another_is_chosen(start, fake, photo, plain):
    small = fake("small")
    driver = start(small, settings=replace(plain, panes=("small",)))
    driver.open(photo)
    driver.session.stepped_down.emit(f"{DeviceTooSmall('Too small')}. Going on with less.")
    driver.trigger("scale_3")
    assert "Going on with less" in driver.message
    driver.window.devices.activated.emit(0)
    driver.settle()
    assert driver.message == ""


def test_compare_says_that_it_leaves_out_transparency(driver, clear):
    driver.open(clear)
    assert OPAQUE in driver.message
    driver.window.messages.dismiss()
    driver.trigger("scale_3")
    assert driver.message == ""  # said once
    driver.trigger("mode_upscale")
    assert driver.message == ""
    driver.trigger("mode_compare")
    assert OPAQUE in driver.message
    driver.trigger("mode_upscale")
    assert driver.message == ""


def test_what_has_no_transparency_or_keeps_it_needs_no_words(scene, opened, clear):
    assert opened.message == ""
    opened.trigger("mode_upscale")
    opened.open(clear)
    assert opened.message == ""
    assert scene(mode=Mode.COMPARE).notes == ()


def test_all_that_is_to_be_said_of_a_picture_is_said_together(driver, tmp_path, pixels):
    path = tmp_path / "odd.png"
    clear = np.dstack([pixels(60, 40), pixels(60, 40)[..., 0]])
    Image.fromarray(clear).save(path, icc_profile=b"damaged")
    driver.open(path)
    assert OPAQUE in driver.message
    assert "shown as sRGB" in driver.message


def test_weights_that_open_well_end_what_was_said_of_others(opened, tmp_path, broken):
    bad = tmp_path / "bad.safetensors"
    bad.write_text("no weights")
    opened.program.weights.open_file(bad)
    opened.settle()
    assert "bad.safetensors" in opened.message
    opened.open(broken)
    opened.program.weights.open_file(next(iter(resource_path("weights").glob("9-1-5_x3*"))))
    opened.settle()
    assert "broken.png" in opened.message  # what was said of the picture stays
    opened.window.messages.dismiss()
    assert opened.message == ""
