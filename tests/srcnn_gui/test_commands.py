"""Commands do what they say, and what was chosen is remembered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QAbstractButton, QToolTip

from srcnn.degrade import Degradation
from srcnn.device import Device
from srcnn.padding import Padding
from srcnn.resize import Border
from srcnn_gui.settings import Settings, SettingsStore, View
from srcnn_gui.theme import Theme, apply_theme, is_dark
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.scene import TRUTH, Mode


def test_upscale_enlarges_the_picture_itself_and_compare_a_reduced_one(opened):
    assert opened.session.scene.setup.mode is Mode.COMPARE
    assert opened.shown == ["nearest", "bicubic", TRUTH]
    opened.trigger("mode_upscale")
    scene = opened.session.scene
    assert scene.setup.mode is Mode.UPSCALE
    assert scene.source.size == scene.picture.size
    assert opened.shown == ["nearest", "bicubic"]
    assert opened.settings.mode is Mode.UPSCALE
    opened.trigger("mode_compare")
    assert opened.session.scene.truth is not None
    assert opened.shown == ["nearest", "bicubic", TRUTH]


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_scale_is_that_of_the_result(opened, scale):
    opened.trigger(f"scale_{scale}")
    scene = opened.session.scene
    assert scene.setup.scale == scale
    assert scene.source.size.width == 215 // scale
    assert opened.settings.scale == scale
    assert opened.window.view.image == scene.size


def test_degradation_and_border_are_those_of_the_scene(opened):
    key = opened.session.scene.source.key
    opened.trigger("degradation_gaussian")
    assert opened.session.scene.setup.degradation is Degradation.GAUSSIAN
    opened.trigger("border_mirror")
    assert opened.session.scene.setup.border is Border.MIRROR
    assert opened.session.scene.source.key != key
    opened.trigger("degradation_bicubic")
    opened.trigger("border_clamp")
    assert opened.session.scene.source.key == key


def test_what_networks_see_outside_is_told_with_the_figures(opened):
    assert "padding" not in opened.session.scene.protocol.describe()
    opened.trigger("padding_normalised")
    assert opened.session.library.padding is Padding.NORMALISED
    assert "normalised zero padding" in opened.session.scene.protocol.describe()
    opened.trigger("padding_replicate")
    assert opened.session.scene.setup.padding is opened.session.library.padding


def test_choices_made_before_a_picture_is_open_are_those_it_opens_with(driver, photo):
    driver.trigger("scale_4")
    driver.trigger("mode_upscale")
    driver.trigger("border_mirror")
    driver.open(photo)
    setup = driver.session.scene.setup
    assert (setup.scale, setup.mode, setup.border) == (4, Mode.UPSCALE, Border.MIRROR)
    assert driver.shown == ["nearest", "bicubic"]


def test_panes_are_added_up_to_four_and_removed_down_to_one(opened):
    opened.trigger("add_pane")
    assert opened.shown == ["nearest", "bicubic", TRUTH, "lanczos"]  # what is not shown yet
    assert not opened.enabled("add_pane")
    for count in (3, 2, 1):
        opened.trigger("remove_pane")
        assert len(opened.shown) == count
    assert not opened.enabled("remove_pane")
    assert not opened.enabled("view_split")
    assert opened.settings.panes == ("nearest",)
    opened.trigger("add_pane")
    assert opened.shown == ["nearest", "bicubic"]
    assert opened.enabled("view_split")


def test_where_all_methods_are_shown_one_is_shown_twice(start, fake, photo):
    driver = start(fake("bicubic"), settings=Settings(panes=("bicubic",)))
    driver.open(photo)
    driver.trigger("add_pane")
    assert driver.shown == ["bicubic", "bicubic"]


def test_panes_are_reset_to_those_of_the_first_start(opened):
    opened.trigger("remove_pane")
    opened.trigger("reset_panes")
    assert opened.shown == list(Settings().panes)
    assert opened.settings.panes == Settings().panes
    opened.trigger("mode_upscale")
    assert opened.shown == list(Settings().upscale_panes)


def test_panes_of_the_two_modes_are_remembered_apart(opened):
    opened.trigger("mode_upscale")
    opened.trigger("add_pane")
    assert opened.settings.upscale_panes == ("nearest", "bicubic", "lanczos")
    opened.trigger("mode_compare")
    opened.trigger("remove_pane")
    assert opened.settings.panes == ("nearest", "bicubic")
    opened.trigger("mode_upscale")
    assert opened.shown == ["nearest", "bicubic", "lanczos"]


def test_a_split_puts_the_first_two_into_one_canvas(opened):
    opened.trigger("view_split")
    assert [len(canvas.panes) for canvas in opened.window.area.canvases] == [2]
    assert opened.settings.view is View.SPLIT
    opened.trigger("view_side")
    assert [len(canvas.panes) for canvas in opened.window.area.canvases] == [1, 1, 1]


def test_differences_are_shown_and_their_key_again_hides_them(opened):
    opened.trigger("difference_absolute")
    assert opened.session.difference.kind is Difference.ABSOLUTE
    opened.trigger("difference_signed")
    assert opened.session.difference.kind is Difference.SIGNED
    assert opened.settings.difference is Difference.SIGNED
    opened.trigger("difference_signed")
    assert opened.session.difference.kind is Difference.OFF
    assert opened.checked("difference") == "off"
    opened.trigger("difference_absolute")
    opened.trigger("difference_off")
    assert opened.session.difference.kind is Difference.OFF


def test_the_amplification_is_doubled_and_halved_within_limits(opened):
    assert opened.session.difference.amplification == 4
    for expected in (8, 16, 32, 32):
        opened.trigger("amplify_more")
        assert opened.session.difference.amplification == expected
    for expected in (16, 8, 4, 2, 1, 1):
        opened.trigger("amplify_less")
        assert opened.session.difference.amplification == expected
        assert opened.settings.amplification == expected


def test_the_whole_is_computed_or_only_what_is_in_sight(start, plain, photo):
    driver = start(settings=replace(plain, whole_image=False))
    driver.open(photo)
    driver.trigger("zoom_800")
    driver.trigger("scale_3")
    assert driver.session.views[1].result.whole.part < 1
    driver.trigger("whole_image")
    assert driver.session.views[1].result.whole.is_measured
    assert driver.settings.whole_image is True


def test_the_grid_is_shown_or_not(opened):
    opened.trigger("show_grid")
    assert not any(canvas._shows_grid for canvas in opened.window.area.canvases)
    assert opened.settings.show_grid is False
    opened.trigger("show_grid")
    assert all(canvas._shows_grid for canvas in opened.window.area.canvases)


@pytest.fixture
def dressed(qapp):
    palette, style, tip = qapp.palette(), qapp.style().objectName(), QToolTip.palette()
    yield qapp
    apply_theme(qapp, Theme.SYSTEM)
    qapp.setStyle(style)
    qapp.setPalette(palette)
    QToolTip.setPalette(tip)


def test_themes_dress_the_program(driver, dressed, qtbot):
    for theme in (Theme.DARK, Theme.LIGHT, Theme.DARK):
        driver.trigger(f"theme_{theme}")
        assert is_dark(dressed.palette()) is (theme is Theme.DARK)
        assert driver.settings.theme is theme
    close = driver.window.findChild(QAbstractButton, "qt_dockwidget_closebutton")

    def lightest(of):
        image = of.icon().pixmap(20).toImage()
        colours = [image.pixelColor(x, y) for x in range(20) for y in range(20)]
        return max(colour.lightness() for colour in colours if colour.alpha() > 200)

    for of in (driver.window.actions_by_id["open_image"], close):
        driver.trigger("theme_dark")
        qtbot.waitUntil(lambda of=of: lightest(of) > 150, timeout=5000)
        driver.trigger("theme_light")
        qtbot.waitUntil(lambda of=of: lightest(of) < 150, timeout=5000)


GPU, CPU = Device("cuda:0", "Card", 24 * 2**30), Device("cpu", "Processor")


def test_the_device_of_networks_is_chosen_by_name(start, fake, photo):
    driver = start(fake("bicubic"), settings=Settings(panes=("bicubic",)))
    driver.session.library.set_devices([GPU, CPU])
    driver.program.commands.offer_devices()
    box = driver.window.devices
    assert [box.itemText(k) for k in range(box.count())] == [
        "Auto: CUDA:0",
        "Card (24 GB)",
        "Processor",
    ]
    assert "Card (24 GB) (the fastest here)" in box.toolTip()
    box.activated.emit(2)
    assert driver.session.library.choose("auto").device is CPU
    assert driver.settings.device == "cpu"
    assert box.currentIndex() == 2
    assert "Processor (as chosen)" in box.toolTip()


def test_only_what_is_possible_is_offered(driver, photo):
    needs_a_picture = ("save_result", "save_view", "copy_view", "copy_figures", "zoom_in", "flip")
    assert not any(driver.enabled(name) for name in needs_a_picture)
    driver.open(photo)
    assert all(driver.enabled(name) for name in needs_a_picture)
    assert driver.enabled("difference_signed")
    assert driver.enabled("degradation_gaussian")
    assert not driver.enabled("attach_reference")
    driver.trigger("mode_upscale")
    assert not driver.enabled("difference_signed")
    assert not driver.enabled("amplify_more")
    assert not driver.enabled("degradation_gaussian")
    assert driver.enabled("attach_reference")


def test_what_was_chosen_is_there_after_a_restart(start, tmp_path, photo, dressed):
    path = tmp_path / "settings.ini"

    def store():
        return SettingsStore(QSettings(str(path), QSettings.Format.IniFormat))

    store().save(replace(Settings(), panes=("nearest", "bicubic"), upscale_panes=("nearest",)))
    first = start(store=store())
    first.open(photo)
    for action in (
        *("scale_4", "degradation_gaussian", "border_mirror", "view_split"),
        *("difference_signed", "amplify_more", "theme_dark", "show_grid", "whole_image"),
        *("add_pane", "mode_upscale"),
    ):
        first.trigger(action)
    first.window.resize(777, 555)
    first.window.close()
    second = start(store=store())
    settings = second.settings
    assert replace(settings, window_geometry="", window_state="") == Settings(
        mode=Mode.UPSCALE,
        scale=4,
        panes=("nearest", "bicubic", "lanczos"),
        upscale_panes=("nearest",),
        theme=Theme.DARK,
        view=View.SPLIT,
        difference=Difference.SIGNED,
        amplification=8,
        border=Border.MIRROR,
        degradation=Degradation.GAUSSIAN,
        show_grid=False,
        whole_image=False,
        recent_files=(str(photo),),
        open_folder=str(photo.parent),
    )
    for group in ("mode", "scale", "degradation", "border", "view", "difference", "theme"):
        assert second.checked(group) == str(getattr(settings, group))
    assert not second.window.actions_by_id["show_grid"].isChecked()
    assert not second.window.actions_by_id["whole_image"].isChecked()
    (recent,) = second.window.recent_menu.actions()
    assert recent.data() == str(photo)
    recent.trigger()
    second.settle()
    assert second.session.scene.setup.scale == 4
    assert second.session.difference.kind is Difference.SIGNED


@pytest.mark.qt_log_ignore("raise\\(\\)")  # the offscreen platform cannot
def test_the_window_is_where_it_was(start, tmp_path, photo):
    def store():
        return SettingsStore(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))

    first = start(store=store(), settings=Settings(panes=("bicubic",)))
    first.open(photo)
    first.window.resize(777, 555)
    first.window.show_picture("a picture")
    first.window._docks[1].setFloating(True)
    first.window.close()
    saved = store().load()
    assert saved.window_geometry
    second = start(store=store())
    assert second.window._docks[1].isFloating()
    assert not second.window._docks[0].isFloating()


def test_without_a_store_nothing_is_remembered(start, tmp_path, photo):
    driver = start()
    driver.open(photo)
    driver.window.close()
    assert list(tmp_path.iterdir()) == [photo]


def test_fast_is_offered_where_the_device_can(start, plain):
    driver = start(settings=replace(plain, fast=True))
    library = driver.session.library
    assert library.fast
    library.set_devices([Device("cpu", "Old processor")])
    driver.program.commands.offer_devices()
    assert not driver.enabled("fast")
    assert "does not multiply" in driver.window.actions_by_id["fast"].toolTip()
    library.set_devices([Device("cpu", "New processor", short_type="bfloat16")])
    driver.program.commands.offer_devices()
    driver.trigger("fast")
    assert not library.fast
    assert not driver.settings.fast
    driver.trigger("fast")
    assert library.fast
    assert driver.settings.fast
