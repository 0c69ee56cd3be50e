"""Pictures have the colours on screen that their profiles mean; figures and files do not change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageCms
from PySide6.QtCore import QSettings
from PySide6.QtGui import QColorSpace, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from srcnn.colour_profile import colour_transform
from srcnn.errors import PictureError
from srcnn.geometry import Region, Size
from srcnn.picture import Picture
from srcnn.tiles import render_tile
from srcnn_gui import colour_commands, opener
from srcnn_gui.qimage import from_qimage, to_qimage, view_for_others
from srcnn_gui.settings import SettingsStore
from srcnn_gui.viewer import screen_colours
from srcnn_gui.viewer.choice import DifferenceChoice
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.overview import Preview
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.screen_colours import Display, Screen, to_bgra
from srcnn_gui.viewer.tables import PixelTable
from srcnn_gui.viewer.thumbnails import truth_thumbnail
from srcnn_gui.viewer.view import View
from tests.srcnn.colour_profiles import grey_profile, profile, wide_profile

MODES = pytest.mark.parametrize("mode", Mode)
BUILT_IN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TO_SRGB = colour_transform(wide_profile())


@pytest.fixture
def wide(scene, pixels):
    """Return a function that prepares a picture of more colours than sRGB."""

    def make(icc=None, *, grey=False, size=(90, 70), **setup):
        drawn = pixels(*size)
        drawn = drawn[..., 1].copy() if grey else drawn
        return scene(picture=Picture(drawn, icc=icc or wide_profile()), **setup)

    return make


@pytest.fixture
def shown(stage, fake):
    """Return a function that opens a scene and computes a method and the truth."""

    def make(scene, *, difference=Difference.OFF):
        made = stage(fake())
        made.open(scene)
        made.show("fake", *(["truth"] if scene.truth is not None else []))
        made.session.set_difference(DifferenceChoice(difference, 4))
        made.look()
        made.finish()
        return made

    return make


def rgb(bgra):
    return bgra[..., 2::-1]


def far(one, other):
    return np.abs(one.astype(int) - other).max()


@MODES
def test_tiles_are_in_the_colours_of_the_screen_and_keep_the_file_s_numbers(wide, shown, mode):
    made = shown(wide(mode=mode))
    layer = made.result(0).layer
    tile, drawn = render_tile(layer.enlargement, 0), layer.draw(0)
    np.testing.assert_array_equal(rgb(drawn.bgra), TO_SRGB(tile.pixels))
    np.testing.assert_array_equal(drawn.stored, tile.pixels)
    assert far(rgb(drawn.bgra), tile.pixels) > 20
    assert drawn.rgb_at(3, 5) == tuple(tile.pixels[3, 5].tolist())
    plain = shown(replace(made.session.scene, colours=screen_colours.AS_THEY_ARE))
    assert plain.result(0).layer.key != layer.key
    same = plain.result(0).layer.draw(0)
    np.testing.assert_array_equal(same.luma, drawn.luma)
    assert (same.squared, same.saved_squared) == (drawn.squared, drawn.saved_squared)


def test_the_truth_and_the_input_are_too_and_differences_are_not(wide, shown):
    made = shown(wide())
    scene = made.session.scene
    drawn = made.session.views[1].shown.layer.draw(0)
    pixels = scene.truth.pixels[drawn.region.slices]
    np.testing.assert_array_equal(rgb(drawn.bgra), TO_SRGB(pixels))
    assert drawn.rgb_at(2, 3) == tuple(pixels[2, 3].tolist())
    before = Preview(scene.source, scene.size).levels[0]
    after = made.session.preview.levels[0]
    assert far(rgb(after), rgb(before)) > 20
    assert np.abs(rgb(after) - TO_SRGB(np.ascontiguousarray(rgb(before))).astype(int)).mean() < 2
    plain = shown(scene.shown_on(Display(is_managed=False)), difference=Difference.SIGNED)
    errors = shown(scene, difference=Difference.SIGNED)
    maps = [one.session.views[0].shown.layer.draw(0).bgra for one in (plain, errors)]
    np.testing.assert_array_equal(*maps)


def test_thumbnails_of_the_truth_are_too(wide, qapp):
    made, most = wide(), Size(40, 40)
    drawn = truth_thumbnail(made.truth, Region(0, 0, 40, 40), most, made.colours.truth).toImage()
    colour = drawn.pixelColor(7, 9)
    assert (colour.red(), colour.green(), colour.blue()) == tuple(
        TO_SRGB(made.truth.pixels[:40, :40])[9, 7].tolist()
    )


def test_overviews_follow_their_tiles(wide, shown):
    made = shown(wide())
    drawn = made.result(0).layer.draw(0)
    small = np.asarray(Image.fromarray(drawn.bgra).reduce(2))
    assert far(made.result(0).overview.levels[0][: len(small)], small) <= 1


@pytest.mark.parametrize("icc", [None, BUILT_IN], ids=["none", "tagged"])
@pytest.mark.parametrize("grey", [False, True])
def test_srgb_costs_nothing(scene, pixels, shown, icc, grey):
    drawn = pixels(90, 70)
    picture = Picture(drawn[..., 0].copy() if grey else drawn, icc=icc)
    made = scene(picture=picture)
    assert (made.colours.picture, made.colours.truth) == (None, None)
    assert (made.colours.profile, made.colours.problem) == ("", "")
    tile = shown(made).result(0).layer.draw(0)
    assert tile.stored is None
    assert tile.rgb_at(1, 2) == tuple(rgb(tile.bgra)[1, 2].tolist())


def test_grey_goes_through_its_own_curve_and_is_read_as_it_is(wide, shown):
    made = shown(wide(grey_profile(), grey=True))
    drawn = made.result(0).layer.draw(0)
    expected = colour_transform(grey_profile(), is_grey=True)(drawn.stored)
    np.testing.assert_array_equal(rgb(drawn.bgra), expected)
    assert drawn.stored.ndim == 2
    value = int(drawn.stored[4, 4])
    assert drawn.rgb_at(4, 4) == (value, value, value)
    assert made.session.scene.colours.profile == "for tests"


@MODES
def test_opacity_stays(scene, shown, pixels, mode):
    alpha = np.linspace(0, 255, 70 * 90).astype(np.uint8).reshape(70, 90)
    picture = Picture(pixels(90, 70), alpha=alpha, icc=wide_profile())
    both = [scene(picture=one, mode=mode) for one in (picture, replace(picture, icc=None))]
    tiles = [shown(one).result(0).layer.draw(0).bgra for one in both]
    np.testing.assert_array_equal(tiles[0][..., 3], tiles[1][..., 3])


def test_the_pixel_under_the_cursor_is_that_of_the_file(wide, shown, qtbot):
    made, view = shown(wide()), View()
    table = PixelTable(made.session, view)
    qtbot.addWidget(table)
    view.set_image(made.session.scene.size)
    view.set_cursor((12.5, 7.5))
    red, green, blue = made.session.scene.truth.pixels[7, 12].tolist()
    assert table._table.item(1, 1).text() == f"{red} {green} {blue}"


def test_a_screen_of_the_same_colours_shows_the_numbers(wide):
    made = wide().shown_on(Display(wide_profile()))
    assert made.colours.picture is None
    assert made.colours.profile == "for tests"
    assert wide().shown_on(Display(is_managed=False)).colours.picture is None


def test_a_picture_without_a_profile_is_srgb_on_every_screen(scene):
    made = scene().shown_on(Display(wide_profile()))
    assert made.colours.picture.key == colour_transform(None, wide_profile()).key


@pytest.mark.parametrize(
    ("icc", "said"),
    [(b"damaged", "damaged"), (profile(b"CMYK", {}), "CMYK"), (grey_profile(), "grey")],
)
def test_a_profile_that_is_no_use_is_taken_for_srgb(wide, icc, said):
    colours = wide(icc).colours
    assert (colours.picture, colours.truth, colours.profile) == (None, None, "")
    assert said in colours.problem
    assert "sRGB" in colours.problem
    shown = wide(icc).shown_on(Display(wide_profile())).colours
    assert shown.picture.key == shown.truth.key == colour_transform(None, wide_profile()).key


def test_a_reference_has_a_profile_of_its_own(wide, pixels):
    plain = wide(BUILT_IN, mode=Mode.UPSCALE)
    made = plain.with_reference(Picture(pixels(180, 140), icc=wide_profile()))
    assert made.colours.picture is None
    assert made.colours.truth.key == TO_SRGB.key
    damaged = plain.with_reference(Picture(pixels(180, 140), icc=b"damaged"))
    assert damaged.colours.truth is None


def test_tiles_drawn_at_the_same_time_are_the_same(wide, shown):
    layer = shown(wide(size=(300, 200))).result(0).layer
    indices = list(range(len(layer.grid))) * 6
    expected = {index: layer.draw(index).bgra for index in set(indices)}
    with ThreadPoolExecutor(6) as threads:
        for index, drawn in zip(indices, threads.map(layer.draw, indices), strict=True):
            np.testing.assert_array_equal(drawn.bgra, expected[index])


def test_pixels_in_the_order_of_the_screen(pixels):
    drawn = pixels(20, 10)
    np.testing.assert_array_equal(rgb(to_bgra(drawn, None, TO_SRGB)), TO_SRGB(drawn))


@pytest.fixture
def wide_file(tmp_path, pixels):
    path = tmp_path / "wide.png"
    Image.fromarray(pixels(120, 90)).save(path, icc_profile=wide_profile())
    return path


@pytest.fixture
def screen_file(tmp_path):
    path = tmp_path / "screen.icc"
    path.write_bytes(wide_profile())
    return path


@pytest.fixture
def choose(monkeypatch):
    """Return a function that says which file the next dialog gives."""

    def make(path):
        answer = ("" if path is None else str(path), "")
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: answer)

    return make


def drawn_pixel(driver, x=30, y=20):
    state = driver.session.views[0].shown
    return rgb(driver.session.cache.get(state.layer, 0).bgra)[y, x].tolist()


def test_the_menu_changes_the_screen_at_once(start, wide_file, screen_file, choose):
    driver = start()
    driver.open(wide_file)
    driver.trigger("zoom_100")
    managed = drawn_pixel(driver)
    figures = driver.session.views[0].result.whole.figures
    driver.trigger("screen_numbers")
    numbers = drawn_pixel(driver)
    assert numbers != managed
    assert driver.settings.screen is Screen.NUMBERS
    choose(screen_file)
    driver.trigger("screen_file")
    assert drawn_pixel(driver) == numbers  # picture and screen are of the same colours
    assert driver.settings.screen_profile == str(screen_file)
    assert "screen.icc" in driver.window.actions_by_id["screen_file"].text()
    assert driver.session.views[0].result.whole.figures == figures
    driver.trigger("screen_srgb")
    assert drawn_pixel(driver) == managed
    choose(None)
    driver.trigger("screen_file")
    assert driver.checked("screen") == "srgb"
    assert "for tests" in driver.window._describe.text()


def test_the_screen_is_remembered_and_said_when_its_file_is_gone(
    start, wide_file, screen_file, tmp_path
):
    store = SettingsStore(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    driver = start(store=store)
    driver.program.colours.choose_file(screen_file)
    driver.window.close()
    again = start(store=store)
    assert again.checked("screen") == "file"
    again.open(wide_file)
    assert again.session.scene.display == Display(wide_profile())
    again.window.close()
    screen_file.unlink()
    last = start(store=store)
    assert "screen.icc cannot be read" in last.message
    assert "sRGB" in last.message
    last.open(wide_file)
    assert last.session.scene.display == Display()


def test_a_file_that_is_no_profile_is_refused(start, wide_file, choose):
    driver = start()
    choose(wide_file)
    driver.trigger("screen_file")
    assert "wide.png is damaged, or no colour profile" in driver.message


def test_a_damaged_profile_is_said_once(start, tmp_path, pixels):
    path = tmp_path / "odd.png"
    Image.fromarray(pixels(60, 50)).save(path, icc_profile=b"damaged")
    driver = start()
    driver.open(path)
    assert "shown as sRGB" in driver.message
    driver.window.messages.dismiss()
    driver.trigger("scale_3")
    assert not driver.window.messages.isVisible()
    driver.open(path)
    assert driver.window.messages.isVisible()


def test_a_reference_stays_when_the_screen_changes(start, wide_file, tmp_path, pixels):
    reference = tmp_path / "reference.png"
    Image.fromarray(pixels(240, 180)).save(reference)
    driver = start()
    driver.trigger("mode_upscale")
    driver.open(wide_file)
    driver.program.opener.attach_reference(reference)
    driver.program.opener.set_display(Display(wide_profile()))  # while it is being read
    driver.settle()
    scene = driver.session.scene
    assert scene.truth is not None
    assert scene.display == Display(wide_profile())
    assert (scene.colours.picture, scene.colours.truth is None) == (None, False)


def test_colours_that_cannot_be_changed_are_tried_once(start, wide_file, monkeypatch):
    tried = []

    def fail(*_):
        tried.append(1)
        raise PictureError("No memory for colours", hint="Try a smaller picture.")

    driver = start()
    driver.open(wide_file)
    monkeypatch.setattr(opener, "_show_on", fail)
    driver.trigger("screen_numbers")
    driver.settle()
    assert len(tried) == 1
    assert "No memory for colours" in driver.message
    monkeypatch.undo()
    driver.trigger("scale_3")
    assert driver.session.scene.display == Display(is_managed=False)


def test_where_the_system_does_not_tell_it_says_so(start):
    action = start().window.actions_by_id["screen_system"]
    assert action.isEnabled() is screen_colours.TELLS_PROFILE
    if not screen_colours.TELLS_PROFILE:
        assert "not told by this system" in action.text()
        assert "choose its file" in action.toolTip()


def test_the_program_starts_with_a_screen_that_the_system_does_not_tell(start, plain, monkeypatch):
    monkeypatch.setattr(colour_commands, "TELLS_PROFILE", False)
    driver = start(settings=replace(plain, screen=Screen.SYSTEM))
    assert driver.program.opener.display == Display()
    assert "does not tell" in driver.message


def test_where_the_system_tells_its_profile_is_taken(start, monkeypatch):
    told = [wide_profile(), b"damaged", None]
    monkeypatch.setattr(colour_commands, "TELLS_PROFILE", True)
    monkeypatch.setattr(colour_commands, "system_profile", lambda _: told.pop(0))
    driver = start()
    driver.trigger("screen_system")
    assert driver.program.opener.display == Display(wide_profile())
    for said in ("damaged", "does not tell"):  # on other screens
        driver.window.windowHandle().screenChanged.emit(driver.window.screen())
        assert driver.program.opener.display == Display()
        assert said in driver.message
    driver.trigger("screen_srgb")
    driver.window.windowHandle().screenChanged.emit(driver.window.screen())
    assert told == []


@pytest.fixture
def on_wide_screen(start, wide_file, screen_file):
    """Return a program that shows a picture on a screen of more colours than sRGB."""
    driver = start()
    driver.program.colours.choose_file(screen_file)
    driver.open(wide_file)
    return driver


def test_the_saved_view_is_srgb_and_says_so(on_wide_screen, tmp_path):
    path, area = tmp_path / "view.png", on_wide_screen.window.area
    on_screen = from_qimage(area.grab().toImage()).pixels
    on_wide_screen.program.saving.save_view_to(path)
    saved = QImage(str(path))
    assert saved.colorSpace() == QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    np.testing.assert_array_equal(from_qimage(saved).pixels, TO_SRGB(on_screen))
    assert far(TO_SRGB(on_screen), on_screen) > 20


def test_nothing_is_said_of_a_view_whose_colours_are_not_managed(on_wide_screen, tmp_path):
    path = tmp_path / "view.png"
    on_wide_screen.trigger("screen_numbers")
    on_screen = from_qimage(on_wide_screen.window.area.grab().toImage()).pixels
    on_wide_screen.program.saving.save_view_to(path)
    assert not QImage(str(path)).colorSpace().isValid()
    np.testing.assert_array_equal(from_qimage(QImage(str(path))).pixels, on_screen)


def test_a_view_is_right_elsewhere_too(pixels):
    drawn = pixels(40, 30)
    view = to_qimage(drawn)
    view.setDevicePixelRatio(2)
    found = view_for_others(view, Display(wide_profile()))
    assert found.devicePixelRatio() == 2
    rows = np.frombuffer(found.constBits(), np.uint8).reshape(30, found.bytesPerLine())
    np.testing.assert_array_equal(rows[:, :120].reshape(30, 40, 3), TO_SRGB(drawn))
    assert found.colorSpace() == QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    assert not view_for_others(to_qimage(drawn), Display(is_managed=False)).colorSpace().isValid()


def test_the_copied_view_is_srgb(on_wide_screen):
    on_screen = from_qimage(on_wide_screen.window.area.grab().toImage()).pixels
    on_wide_screen.trigger("copy_view")
    copied = from_qimage(QGuiApplication.clipboard().image()).pixels
    np.testing.assert_array_equal(copied, TO_SRGB(on_screen))
