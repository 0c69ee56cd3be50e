"""Pinned crops stay in place on whatever result of their picture is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srcnn.geometry import Region, Size
from srcnn_gui.viewer.pinned import PinnedCrops, colour_of
from srcnn_gui.viewer.pins import Pins
from srcnn_gui.viewer.scene import Mode

ON = PinnedCrops(Size(213, 156))
SIDES = st.integers(-20, 240)


@given(x=SIDES, y=SIDES, width=st.integers(0, 90), height=st.integers(0, 90))
def test_a_crop_is_never_empty_and_within_every_result(x, y, width, height):
    region = Region(x, y, x + width, y + height)
    picture = Size(215, 157)
    for factor in (1, 2, 3, 4):
        pinned = PinnedCrops(picture.scaled(factor), factor).with_region(region)
        for scale in (2, 3, 4):
            compare, upscale = picture.modcropped(scale), picture.scaled(scale)
            for size, pixels in ((compare, 1), (upscale, scale)):
                for one in pinned.on(size, pixels).regions:
                    assert not one.is_empty
                    assert size.region.contains(one)


def test_what_is_pinned_is_what_was_drawn_within_the_picture():
    pinned = ON.with_region(Region(200, -5, 300, 40))
    assert pinned.regions == (Region(200, 0, 213, 40),)
    assert pinned.on(Size(212, 156), 1).regions == (Region(200, 0, 212, 40),)
    assert pinned.on(Size(213, 156), 1).regions == pinned.regions  # comes back


def test_a_crop_follows_the_scale_of_the_result():
    pinned = PinnedCrops(Size(200, 100), 2).with_region(Region(11, 20, 41, 61))
    assert pinned.regions == (Region(10, 20, 42, 62),)
    assert pinned.on(Size(400, 200), 4).regions == (Region(20, 40, 84, 124),)
    assert pinned.on(Size(99, 48), 1).regions == (Region(5, 10, 21, 31),)


@pytest.mark.parametrize("region", [Region(5, 5, 8, 60), Region(300, 5, 400, 60)])
def test_what_is_too_small_is_left_out(region):
    assert ON.with_region(region) == ON


def test_the_same_crop_is_pinned_once_and_goes_alone():
    first, second = Region(0, 0, 50, 50), Region(10, 10, 30, 30)
    pinned = ON.with_region(first).with_region(second).with_region(first)
    assert pinned.kept == (first, second)
    assert pinned.without(0).kept == (second,)


def test_the_smallest_crop_under_a_point_is_found():
    pinned = ON.with_region(Region(0, 0, 50, 50)).with_region(Region(10, 10, 30, 30))
    assert pinned.at((20.5, 29.9)) == 1
    assert pinned.at((40, 20)) == 0
    assert pinned.at((50, 20)) is None


def test_neighbouring_numbers_have_other_colours():
    assert len({colour_of(index) for index in range(8)}) == 8
    assert colour_of(8) == colour_of(0)


def test_another_picture_drops_them_the_same_one_keeps_them(qtbot, scene):
    pins, first = Pins(), scene(100, 80)
    pins.show_scene(first)
    with qtbot.waitSignal(pins.changed):
        pins.add(Region(10, 10, 40, 30))
    pins.show_scene(scene(picture=first.picture, scale=3))
    assert pins.crops.regions == (Region(10, 10, 40, 30),)
    pins.show_scene(scene(picture=first.picture, mode=Mode.UPSCALE, scale=3))
    assert pins.crops.regions == (Region(30, 30, 120, 90),)
    pins.show_scene(scene(100, 80))
    assert pins.crops.regions == ()


def test_nothing_is_said_when_nothing_changes(qtbot, scene):
    pins = Pins()
    pins.show_scene(scene(100, 80))
    pins.add(Region(10, 10, 40, 30))
    with qtbot.assertNotEmitted(pins.changed):
        pins.add(Region(10, 10, 40, 30))
        pins.add(Region(0, 0, 1, 1))
    pins.clear()
    assert pins.crops.kept == ()
    with qtbot.assertNotEmitted(pins.changed):
        pins.clear()
