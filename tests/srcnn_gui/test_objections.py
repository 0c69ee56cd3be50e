"""Every command that depends on the state of the window says what it waits for."""

from __future__ import annotations

import numpy as np
import pytest

from srcnn.picture import Picture
from srcnn_gui.objections import NO_PICTURE, objections
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.session import MAX_PANES

NOTHING_OPEN = {"save_result", "save_view", "copy_figures", "zoom_fit", "attach_reference"}


def refused(mode, scene, panes=2):
    return {name for name, reason in objections(mode, scene, panes).items() if reason}


def test_without_a_picture_it_is_the_picture_that_is_missing():
    found = objections(Mode.COMPARE, None, 2)
    assert {found[name] for name in NOTHING_OPEN} == {NO_PICTURE}
    assert not found["difference_absolute"]  # a choice for the picture to come


def test_in_compare_there_is_no_reference_to_attach(scene):
    assert refused(Mode.COMPARE, scene()) == {"attach_reference"}
    assert "Only in Upscale" in objections(Mode.COMPARE, scene(), 2)["attach_reference"]


def test_in_upscale_differences_wait_for_a_reference(scene):
    upscaled = scene(mode=Mode.UPSCALE)
    missing = {"difference_absolute", "difference_signed", "amplify_more", "amplify_less"}
    reduce = {"degradation_bicubic", "degradation_gaussian"}
    assert refused(Mode.UPSCALE, upscaled) == missing | reduce
    assert "attach a reference" in objections(Mode.UPSCALE, upscaled, 2)["amplify_more"]
    reference = Picture(np.zeros((160, 200, 3), np.uint8))
    assert refused(Mode.UPSCALE, upscaled.with_reference(reference)) == reduce


@pytest.mark.parametrize(
    ("panes", "names"),
    [(1, {"remove_pane", "view_split"}), (2, set()), (MAX_PANES, {"add_pane"})],
)
def test_panes_have_a_least_and_a_most(scene, panes, names):
    assert refused(Mode.COMPARE, scene(), panes) - {"attach_reference"} == names


def test_reasons_are_sentences_without_a_full_stop(scene):
    for mode in Mode:
        for panes in (1, MAX_PANES):
            for state in (None, scene(mode=mode)):
                for reason in filter(None, objections(mode, state, panes).values()):
                    assert reason[0].isupper()
                    assert not reason.endswith(".")


def test_the_window_says_them_and_stops_when_they_are_over(start, photo):
    driver = start()
    actions = driver.window.actions_by_id
    assert NO_PICTURE in actions["save_result"].toolTip()
    assert actions["save_result"].toolTip().startswith("Save the result of the active pane")
    assert "No file was opened yet" in driver.window.recent_menu.menuAction().toolTip()
    assert not driver.window.recent_menu.menuAction().isEnabled()
    driver.open(photo)
    assert NO_PICTURE not in actions["save_result"].toolTip()
    assert driver.window.recent_menu.menuAction().isEnabled()
    assert "Only in Upscale" in actions["attach_reference"].statusTip()
    driver.trigger("add_pane")
    assert "4 panes already" in actions["add_pane"].toolTip()


def test_a_mode_that_is_chosen_before_a_picture_is_open_counts(start):
    driver = start()
    driver.trigger("mode_upscale")
    assert not driver.enabled("degradation_bicubic")
    assert "Only in Compare" in driver.window.actions_by_id["degradation_bicubic"].toolTip()
