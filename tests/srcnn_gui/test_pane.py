"""Panes say what they show and how far it is; the area lays them out and looks through them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from srcnn.device import Device
from srcnn.picture import Picture
from srcnn.registry import MethodRegistry
from srcnn_gui.settings import View as Arrangement
from srcnn_gui.viewer.choice import DifferenceChoice, PaneChoice
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.method_library import IN_TRAINING
from srcnn_gui.viewer.pane_area import PaneArea
from srcnn_gui.viewer.scene import TRUTH, Mode
from srcnn_gui.viewer.view import View
from srcnn_gui.viewer.viewport import Viewport

WAIT_MS = 5000
CPU_DONE = "CPU \N{MIDDLE DOT} done"


@pytest.fixture
def view(qapp):
    return View()


@pytest.fixture
def made(stage, fake):
    methods = fake("bicubic", offset=0.1), fake("better", rank=1), fake("network", torch=True)
    return stage(*methods, panes=("bicubic", "better", TRUTH))


@pytest.fixture
def area(made, view, qtbot):
    area = PaneArea(made.session, view)
    qtbot.addWidget(area)
    area.resize(600, 400)
    area.show()
    made.show(*(pane.method for pane in made.session.panes))  # as settings do at the start
    return area


@pytest.fixture
def opened(area, made, view, scene, qtbot):
    """Return the area with a picture open, all of it computed and said."""
    view.set_image(scene().size)
    made.open(scene())
    finish(area, made, qtbot)
    return area


def finish(area, made, qtbot):
    qtbot.waitUntil(lambda: not area._looking.isActive(), timeout=WAIT_MS)
    made.finish()
    qtbot.waitUntil(lambda: not area._refreshing.isActive(), timeout=WAIT_MS)


def methods_of(pane):
    return pane.findChildren(QComboBox)[0]


def devices_of(pane):
    return pane.findChildren(QComboBox)[1]


def said(pane):
    return [label.text() for label in pane.findChildren(QLabel)]


def marked(area):
    """Return which headers are marked, from left to right."""
    return [header._is_active for pane in area._panes for header in pane._headers]


def shown(area):
    """Return what each canvas draws: ids of methods."""
    return [[pane.choice.method for pane in canvas.panes] for canvas in area.canvases]


def test_there_is_a_pane_for_each_choice(area, made):
    assert shown(area) == [["bicubic"], ["better"], [TRUTH]]
    made.show("better")
    assert shown(area) == [["better"]]
    made.show("bicubic", "better", "network", TRUTH)
    assert shown(area) == [["bicubic"], ["better"], ["network"], [TRUTH]]
    grid = area._grid
    assert [grid.getItemPosition(k)[:2] for k in range(4)] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    made.show()
    assert shown(area) == []


def test_a_pane_names_its_method_how_far_it_is_and_its_figure(opened, made):
    bicubic, better, truth = opened._panes
    assert methods_of(bicubic).currentText() == "Bicubic"
    whole = made.result(0).whole.figures.psnr_db
    assert said(bicubic) == [CPU_DONE, f"{whole:.2f} dB"]
    gain = made.result(1).whole.figures.psnr_db - whole
    assert said(better)[0] == CPU_DONE
    assert f"<b>{made.result(1).whole.figures.psnr_db:.2f} dB</b>" in said(better)[1]
    assert f"+{gain:.2f} dB" in said(better)[1]
    assert said(truth) == ["", ""]


def test_only_methods_of_the_scale_and_the_truth_are_offered(opened, made, scene):
    box = methods_of(opened._panes[0])
    offered = [(box.itemText(k), box.itemData(k)) for k in range(box.count())]
    assert offered == [
        ("Bicubic", "bicubic"),
        ("Network", "network"),
        ("Better", "better"),
        ("Ground truth", TRUTH),
    ]
    made.open(scene(mode=Mode.UPSCALE))
    box = methods_of(opened._panes[0])
    assert [box.itemData(k) for k in range(box.count())] == ["bicubic", "network", "better"]


def test_a_reference_is_called_so(opened, made, scene, pixels):
    made.open(scene(50, 40, mode=Mode.UPSCALE).with_reference(Picture(pixels(100, 80))))
    box = methods_of(opened._panes[2])
    assert box.currentText() == "Reference"


def test_without_a_reference_no_figure_is_invented(opened, made, scene, view, qtbot):
    low = scene(50, 40, mode=Mode.UPSCALE)
    view.set_image(low.size)
    made.open(low)
    finish(opened, made, qtbot)
    assert said(opened._panes[0]) == [CPU_DONE, "no reference"]


def test_choosing_in_a_header_changes_the_pane_and_makes_it_active(opened, made):
    pane = opened._panes[2]
    box = methods_of(pane)
    index = box.findData("better")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert made.session.panes[2] == PaneChoice("better")
    assert opened.active_layer() is made.result(2).layer


def test_devices_are_offered_where_there_is_a_choice(opened, made):
    gpu, cpu = Device("cuda:0", "Card"), Device("cpu", "Processor")
    assert devices_of(opened._panes[0]).isHidden()
    made.session.library.set_devices([gpu, cpu])
    made.show("bicubic", "network")
    assert devices_of(opened._panes[0]).isHidden()  # numpy does not care
    box = devices_of(opened._panes[1])
    assert not box.isHidden()
    assert [box.itemData(k) for k in range(box.count())] == ["auto", "cuda:0", "cpu"]
    box.activated.emit(2)
    assert made.session.panes[1] == PaneChoice("network", "cpu")
    assert devices_of(opened._panes[1]).currentData() == "cpu"


def test_a_method_that_is_not_there_is_named_and_said_not_to_be(opened, made, qtbot):
    made.show("bicubic", "nonsense")
    pane = opened._panes[1]
    assert methods_of(pane).currentText() == "nonsense"
    assert said(pane) == ["", ""]
    assert "no method 'nonsense'" in str(pane.canvas.panes[0].problem)


def test_a_method_that_fails_says_so_and_the_others_go_on(opened, made, qtbot, scene):
    made.session.library.registry("auto", "clamp")["better"].error = ValueError("boom")
    made.open(scene(120, 90))
    finish(opened, made, qtbot)
    assert said(opened._panes[1])[0].endswith("failed")
    assert said(opened._panes[0])[0] == CPU_DONE
    assert opened.canvases[1].panes[0].shown.error is not None


def test_what_needs_pytorch_says_what_it_waits_for(opened, made, qtbot):
    made.show("bicubic", "network")
    assert said(opened._panes[1])[0].endswith("loading PyTorch")
    made.session.set_torch_ready()
    finish(opened, made, qtbot)
    assert said(opened._panes[1])[0] == CPU_DONE


def test_a_split_shows_the_first_two_in_one_canvas(opened, made):
    opened.set_arrangement(Arrangement.SPLIT)
    assert shown(opened) == [["bicubic", "better"]]
    (pane,) = opened._panes
    left, right = (box for box in pane.findChildren(QComboBox) if box.accessibleName() == "Method")
    assert (left.currentText(), right.currentText()) == ("Bicubic", "Better")
    assert said(pane)[1] == f"{made.result(0).whole.figures.psnr_db:.2f} dB"
    index = right.findData(TRUTH)
    right.activated.emit(index)
    assert shown(opened) == [["bicubic", TRUTH]]
    opened.set_arrangement(Arrangement.SIDE)
    assert shown(opened) == [["bicubic"], [TRUTH], [TRUTH]]


def test_a_split_of_one_is_a_pane(opened, made):
    opened.set_arrangement(Arrangement.SPLIT)
    made.show("better")
    assert shown(opened) == [["better"]]
    assert said(opened._panes[0])[0] == CPU_DONE


def test_in_a_split_the_side_that_is_clicked_is_active(opened, made):
    opened.set_arrangement(Arrangement.SPLIT)
    (canvas,) = opened.canvases
    click(canvas, canvas.width() - 20)
    assert marked(opened) == [False, True]
    assert opened.active_layer() is made.result(1).layer
    click(canvas, 20)
    assert marked(opened) == [True, False]
    assert opened.active_layer() is made.result(0).layer


def test_flipped_every_pane_shows_what_the_next_one_shows(opened, made):
    opened.set_flipped(True)
    assert shown(opened) == [["better"], [TRUTH], ["bicubic"]]
    assert methods_of(opened._panes[0]).currentText() == "Bicubic"  # what is chosen stays
    opened.set_flipped(True)
    assert shown(opened) == [["better"], [TRUTH], ["bicubic"]]
    opened.set_flipped(False)
    assert shown(opened) == [["bicubic"], ["better"], [TRUTH]]


@pytest.mark.parametrize("panes", [("bicubic", "better"), ("bicubic", "better", TRUTH)])
def test_flipped_a_split_swaps_its_sides(opened, made, panes):
    made.show(*panes)
    opened.set_arrangement(Arrangement.SPLIT)
    opened.set_flipped(True)
    assert shown(opened) == [["better", "bicubic"]]
    opened.set_flipped(False)
    assert shown(opened) == [["bicubic", "better"]]


def click(canvas, x=20):
    place = QPointF(x, 20)
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(canvas, QMouseEvent(kind, place, place, left, left, none))


def test_the_active_pane_is_the_last_method_until_one_is_clicked(opened, made):
    assert opened.active_layer() is made.result(1).layer
    click(opened.canvases[0])
    assert opened.active_layer() is made.result(0).layer
    assert marked(opened) == [True, False, False]
    click(opened.canvases[2])
    assert opened.active_layer() is made.result(2).layer
    made.show("bicubic", "better")  # the active one is gone
    assert opened.active_layer() is made.result(1).layer
    made.show(TRUTH)
    assert opened.active_layer() is made.result(0).layer
    made.show()
    assert opened.active_layer() is None


def test_the_active_pane_is_marked_if_there_are_several(opened, made):
    click(opened.canvases[0])
    accent = opened.palette().highlight().color().rgb()
    assert opened._panes[0].grab().toImage().pixelColor(5, 0).rgb() == accent
    assert opened._panes[1].grab().toImage().pixelColor(5, 0).rgb() != accent
    made.show("better")
    assert opened._panes[0].grab().toImage().pixelColor(5, 0).rgb() != accent


def test_a_double_click_asks_to_toggle_the_fit(opened, qtbot):
    with qtbot.waitSignal(opened.fit_toggled):
        opened.canvases[1].double_clicked.emit()


def test_the_session_is_told_what_is_in_sight_once_a_turn(opened, made, view, qtbot, monkeypatch):
    qtbot.waitUntil(lambda: view.pane == opened.canvases[0].screen_size(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not opened._looking.isActive(), timeout=WAIT_MS)
    heard = []
    monkeypatch.setattr(made.session, "look_at", heard.append)
    for x in range(5):
        view.move_to(Viewport(40 + x, 40, 2))
    assert heard == []
    qtbot.waitUntil(lambda: not opened._looking.isActive(), timeout=WAIT_MS)
    assert 1 <= len(heard) < 5  # more than once only if the layout settles meanwhile
    looks = heard[-1]
    assert [look.state for look in looks] == [pane.shown for pane in made.session.views]


def test_a_resize_is_a_look_elsewhere(opened, view, qtbot):
    opened.resize(900, 300)
    qtbot.waitUntil(lambda: view.pane == opened.canvases[0].screen_size(), timeout=WAIT_MS)
    assert view.fits


def test_the_grid_is_switched_in_all_canvases_those_to_come_included(opened, made):
    opened.set_shows_grid(False)
    made.show("bicubic", "better", "network", TRUTH)
    assert not any(canvas._shows_grid for canvas in opened.canvases)
    opened.set_shows_grid(True)
    assert all(canvas._shows_grid for canvas in opened.canvases)


def legend(area):
    return [label.text() for label in area._legend.findChildren(QLabel)]


def test_the_legend_says_what_colours_mean(opened, made, scene):
    assert opened._legend.isHidden()
    made.session.set_difference(DifferenceChoice(Difference.ABSOLUTE, 8))
    assert not opened._legend.isHidden()
    name, low, high = legend(opened)
    assert name.startswith("Absolute difference of luma to the truth, amplified")
    assert name.endswith("8")
    assert (low, high) == ("0", "32 or more")
    made.session.set_difference(DifferenceChoice(Difference.SIGNED, 1))
    assert legend(opened)[1:] == ["too dark \N{MINUS SIGN}255", "+255 too bright"]
    made.open(scene(mode=Mode.UPSCALE))
    assert opened._legend.isHidden()
    made.open(scene())
    assert not opened._legend.isHidden()
    made.session.set_difference(DifferenceChoice())
    assert opened._legend.isHidden()


def test_the_bar_of_the_legend_has_the_colours_of_the_difference(opened, made):
    made.session.set_difference(DifferenceChoice(Difference.SIGNED, 1))
    image = opened._legend._bar.grab().toImage()
    left, middle, right = (image.pixelColor(x, 6) for x in (6, 90, 174))
    assert left.blue() > left.red() + 50
    assert right.red() > right.blue() + 50
    assert min(middle.red(), middle.green(), middle.blue()) > 230
    made.session.set_difference(DifferenceChoice(Difference.ABSOLUTE, 1))
    image = opened._legend._bar.grab().toImage()
    assert image.pixelColor(6, 6).lightness() < 30
    assert image.pixelColor(174, 6).lightness() > 180


def test_an_open_list_is_not_closed_by_what_changes_nothing(opened, made):
    removed = []
    for pane in opened._panes:
        methods_of(pane).model().rowsRemoved.connect(removed.append)
    made.session.rebuild()
    assert removed == []


def test_of_a_run_in_progress_the_figure_in_sight_is_said(opened, made, view, qtbot, fake):
    registry = MethodRegistry([fake("bicubic", tile=48, offset=0.1), fake(IN_TRAINING, tile=48)])
    made.session.library.registry = lambda device, border: registry
    made.show("bicubic", IN_TRAINING)
    finish(opened, made, qtbot)
    better, bicubic = made.result(1).crop.psnr_db, made.result(0).crop.psnr_db
    said_of_it = said(opened._panes[1])
    assert f"<b>{better:.2f} dB</b> in sight" in said_of_it[1]
    assert f"{better - bicubic:+.2f} dB" in said_of_it[1]
    registry = MethodRegistry([fake("bicubic", tile=48, offset=0.1), fake(IN_TRAINING, offset=0)])
    made.session.rebuild()
    assert said(opened._panes[1]) == said_of_it  # until something else is known
