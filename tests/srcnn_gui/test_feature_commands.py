"""Feature maps: filters to choose from, and what the chosen one answers to what is in sight."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QToolButton

from srcnn.feature_maps import feature_map_of
from srcnn.filters import filter_order
from srcnn.geometry import Region
from srcnn.weights import bundled_weights
from srcnn_gui import feature_commands
from srcnn_gui.feature_commands import MAX_PIXELS, _middle
from srcnn_gui.feature_grid import FilterGrid
from srcnn_gui.settings import Settings

PANES = Settings(scale=2, panes=("bicubic", "srcnn", "truth"))


@pytest.fixture
def opened(start, photo):
    driver = start(settings=PANES)
    (weights,) = (w for w in bundled_weights() if (w.name, w.scale) == ("9-1-5", 2))
    driver.session.library.add_weights(weights)
    driver.session.set_torch_ready()
    driver.open(photo)
    return driver


@pytest.fixture
def dialog(opened):
    opened.trigger("feature_maps")
    return opened.program.features.dialog


def weights_in(driver):
    method = driver.session.library.registry("auto", "clamp")["srcnn"]
    return method.weights_for(driver.session.scene.setup.scale)


def centre_of(grid, rank):
    """Return the middle of a filter in pixels of the grid."""
    return (grid._square(rank).center() / grid.devicePixelRatio()).toPoint()


def test_the_filter_that_varies_most_is_shown_first(opened, dialog):
    weights, response = weights_in(opened), dialog.response
    first = int(filter_order(weights.arrays[0])[0])
    assert (response.layer, response.number) == (1, first)
    scene = opened.session.scene
    expected = feature_map_of(scene.source, weights, response.region, 1, first)
    assert response.largest == pytest.approx(float(expected.max()), rel=1e-5)
    assert response.pixels.max() == 255
    scaled = expected * (255 / expected.max())
    np.testing.assert_allclose(response.pixels, scaled, atol=0.51)
    assert f"Filter {first + 1}, rank 1 of 64" in dialog.text
    assert f"{response.largest:.3g}" in dialog.text


def test_keys_and_clicks_choose_filters(opened, dialog, qtbot):
    order = filter_order(weights_in(opened).arrays[0])
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Right)
    opened.settle()
    assert dialog.response.number == order[1]
    qtbot.keyClick(dialog.grid, Qt.Key.Key_End)
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Right)  # there is none
    opened.settle()
    assert dialog.response.number == order[-1]
    where = centre_of(dialog.grid, 5)
    qtbot.mouseClick(dialog.grid, Qt.MouseButton.LeftButton, pos=where)
    opened.settle()
    assert dialog.response.number == order[5]
    assert dialog.response.layer == 1


def test_the_second_layer_has_maps_too(opened, dialog):
    button = next(b for b in dialog.findChildren(QToolButton) if b.text() == "Layer 2")
    button.click()
    opened.settle()
    assert dialog.response.layer == 2
    assert "of 32" in dialog.text


def test_what_is_in_sight_is_what_filters_look_at(opened, dialog, qtbot):
    before = dialog.response.region
    opened.window.view.zoom_to(8)
    qtbot.waitUntil(lambda: dialog.response.region != before, timeout=10_000)
    opened.settle()
    assert dialog.response.region == opened.window.area.canvases[0].looks()[0].region


def test_without_a_network_it_says_what_to_do(opened, dialog, qtbot):
    opened.trigger("reset_panes")
    opened.trigger("remove_pane")
    opened.trigger("remove_pane")  # bicubic is left
    qtbot.waitUntil(lambda: "No pane shows an SRCNN" in dialog.text, timeout=10_000)
    assert dialog.response is None


def test_the_response_is_saved_as_it_is_shown(opened, dialog, tmp_path, monkeypatch):
    reply = str(tmp_path / "map"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: reply)
    dialog.save_requested.emit()
    opened.settle()
    with Image.open(tmp_path / "map.png") as image:
        np.testing.assert_array_equal(np.asarray(image), dialog.response.pixels)
    opened.program.features.save_to(tmp_path / "gone" / "map.png")
    opened.settle()
    assert "cannot be written" in opened.message


def test_a_closed_dialog_computes_nothing(opened, dialog, monkeypatch):
    dialog.close()
    monkeypatch.setattr(feature_commands, "feature_map_of", pytest.fail)
    opened.window.view.zoom_to(4)
    opened.program.features._on_rested()
    opened.settle()


def test_of_a_large_picture_the_middle_is_looked_at():
    assert _middle(Region(5, 6, 105, 86)) == Region(5, 6, 105, 86)
    middle = _middle(Region(0, 0, 4000, 1000))
    assert middle == Region(1000, 250, 3000, 750)
    assert middle.size.pixels <= MAX_PIXELS


def test_dead_filters_are_crossed_out_and_said(qtbot):
    filters = np.random.default_rng(0).normal(size=(4, 1, 9, 9)).astype(np.float32)
    filters[2] = 0
    grid = FilterGrid()
    qtbot.addWidget(grid)
    grid.resize(220, 220)
    grid.show_filters(filters, keep=False)
    assert grid.describe(2).endswith(", dead")
    image = grid.grab().toImage()
    ratio = image.devicePixelRatio()

    def colours(rank: int) -> int:
        centre = centre_of(grid, rank)
        near = range(-8, 9)
        place = [
            (int((centre.x() + x) * ratio), int((centre.y() + y) * ratio))
            for x in near
            for y in near
        ]
        return len({image.pixel(*each) for each in place})

    assert colours(3) > 1  # flat grey but for the cross


def test_the_chosen_filter_stays_chosen(qtbot):
    random = np.random.default_rng(0)
    grid = FilterGrid()
    qtbot.addWidget(grid)
    grid.show_filters(random.normal(size=(6, 1, 5, 5)).astype(np.float32), keep=False)
    grid.choose(3)
    number = grid.number
    grid.show_filters(random.normal(size=(6, 1, 5, 5)).astype(np.float32), keep=True)
    assert grid.number == number
