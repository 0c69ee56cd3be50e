"""The table and the plot: lines as they come, sorted within a scale, the best in bold."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QAction

from srcnn.report import BenchmarkRow, SkippedImage
from srcnn_gui.benchmark.cells import Quantity
from srcnn_gui.benchmark.figures_view import FiguresView
from srcnn_gui.benchmark.plan import Measured
from srcnn_gui.benchmark.results import Beside, Results
from srcnn_gui.benchmark.scatter import time_ticks
from srcnn_gui.benchmark.scatter_view import ScatterView
from srcnn_gui.benchmark.table import FIRST_METHOD, IMAGE, SCALE, BenchmarkTable
from srcnn_gui.theme import theme_palette

METHODS = [("bicubic", "Bicubic"), ("srcnn", "SRCNN")]
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def add(results, image, method, psnr_db, *, scale=2, seconds=0.5):
    row = BenchmarkRow(image, scale, method, psnr_db, 0.9, seconds)
    results.add(Measured(row, method, Path(image), f"of {image}"))


@pytest.fixture
def results():
    results = Results((2, 3), METHODS)
    for scale in (2, 3):
        for image, bicubic, srcnn in (("b", 30, 33), ("a", 31, 32), ("c", 29, 34)):
            add(results, image, "bicubic", bicubic, scale=scale, seconds=0.01)
            add(results, image, "srcnn", srcnn, scale=scale, seconds=0.2)
    return results


@pytest.fixture
def table(qapp, results):
    table = BenchmarkTable()
    table.set_results(results)
    return table


@pytest.fixture
def view(qtbot, results):
    view = FiguresView(QAction("Save"), QAction("Passport"))
    qtbot.addWidget(view)
    view.set_results(results)
    return view


def show_beside(view, beside):
    """Choose what is shown beside the figures, as a person does."""
    place = list(Beside).index(beside)
    view._beside.setCurrentIndex(place)
    view._beside.activated.emit(place)


def names(table):
    return [(line.scale, line.image) for line in table.lines]


def is_bold(table, row, column):
    font = table.data(table.index(row, column), Qt.ItemDataRole.FontRole)
    return font is not None and font.bold()


def test_lines_are_those_of_the_paper(table):
    assert names(table) == [
        *((2, image) for image in ("b", "a", "c", "")),
        *((3, image) for image in ("b", "a", "c", "")),
    ]
    assert table.data(table.index(3, IMAGE)) == "average"
    assert table.data(table.index(4, SCALE)) == "\N{MULTIPLICATION SIGN}3"
    assert table.data(table.index(3, FIRST_METHOD)) == "30.00"
    header = [table.headerData(c, Qt.Orientation.Horizontal) for c in range(4)]
    assert header == ["Image", "\N{MULTIPLICATION SIGN}", "Bicubic", "SRCNN"]


def test_the_best_is_bold(table):
    assert [is_bold(table, 0, FIRST_METHOD + c) for c in (0, 1)] == [False, True]
    table.show_quantity(Quantity.SECONDS, Beside.NOTHING)
    assert [is_bold(table, 0, FIRST_METHOD + c) for c in (0, 1)] == [True, False]
    assert not is_bold(table, 0, IMAGE)


@pytest.mark.parametrize(
    ("column", "order", "images", "scales"),
    [
        (IMAGE, UP, "abc", (2, 3)),
        (IMAGE, DOWN, "cba", (2, 3)),
        (SCALE, DOWN, "bac", (3, 2)),
        (FIRST_METHOD, UP, "cba", (2, 3)),
        (FIRST_METHOD + 1, DOWN, "cba", (2, 3)),
        (-1, UP, "bac", (2, 3)),
    ],
)
def test_sorting_keeps_scales_together_and_averages_last(table, column, order, images, scales):
    table.sort(column, order)
    assert names(table) == [(scale, image) for scale in scales for image in (*images, "")]


def test_what_is_not_measured_is_last_in_either_order(table, results):
    add(results, "d", "srcnn", 35)
    table.refresh()
    for order in (UP, DOWN):
        table.sort(FIRST_METHOD, order)
        assert names(table)[3] == (2, "d")


def test_new_lines_come_where_they_belong_and_what_is_chosen_stays(table, results, qtmodeltester):
    table.sort(FIRST_METHOD, DOWN)
    chosen = QPersistentModelIndex(table.index(2, IMAGE))
    assert chosen.data() == "c"
    add(results, "d", "bicubic", 29.5)
    add(results, "c", "bicubic", 40)
    table.refresh()
    assert names(table)[:5] == [(2, image) for image in ("c", "a", "b", "d", "")]
    assert (chosen.row(), chosen.data()) == (0, "c")
    qtmodeltester.check(table, force_py=True)


def test_a_cell_says_more_in_its_tip(table):
    tip = table.data(table.index(0, FIRST_METHOD + 1), Qt.ItemDataRole.ToolTipRole)
    assert "33.0000 dB" in tip
    assert "0.200 s" in tip


def test_times_from_before_are_in_italics(table, results):
    row = BenchmarkRow("b", 2, "srcnn", 33, 0.9, 0.3)
    results.add(Measured(row, "srcnn", Path("b"), "of b", is_remembered=True))
    table.show_quantity(Quantity.SECONDS, Beside.NOTHING)
    role = Qt.ItemDataRole.FontRole
    fonts = [table.data(table.index(line, FIRST_METHOD + 1), role) for line in (0, 1, 3)]
    assert [font is not None and font.italic() for font in fonts] == [True, False, True]
    tips = [table._described(table.lines[line], "srcnn") for line in (0, 1, 3)]
    assert ["remembered" in tip for tip in tips] == [True, False, True]
    assert "1 of them remembered" in tips[2]
    table.show_quantity(Quantity.PSNR, Beside.NOTHING)
    assert not table.data(table.index(0, FIRST_METHOD + 1), role).italic()


def test_the_view_says_what_to_do_while_it_is_empty(qtbot):
    view = FiguresView(QAction("Save"), QAction("Passport"))
    qtbot.addWidget(view)
    assert view._pages.currentIndex() == 0
    assert not view._copy.isEnabled()


def test_the_view_shows_gains_and_lists_what_was_left_out(view, results):
    show_beside(view, Beside.GAIN)
    assert "33.00 +3.00" in view.text
    view.show_quantity(Quantity.SSIM)
    assert view._beside.currentText() == "Gain over bicubic"
    view.show_quantity(Quantity.SECONDS)
    assert "0.010 0.05\N{THIN SPACE}\N{MULTIPLICATION SIGN}\t0.200" in view.text
    assert "+" not in view.text
    assert view._beside.currentText() == "Time \N{DIVISION SIGN} SRCNN"
    results.skipped.append(SkippedImage("broken.png", "It is no picture."))
    results.skipped.append(SkippedImage("more/bad.png", "bad.png is no picture"))
    view.refresh()
    assert view.skipped == ("broken.png: It is no picture.", "bad.png is no picture")
    assert view._skipped._toggle.text().startswith("2 pictures left out: broken.png")
    view._skipped._toggle.click()
    assert not view._skipped._list.isHidden()


def test_the_paper_can_be_chosen_only_where_it_says_something(view):
    entry = view._beside.model().index(list(Beside).index(Beside.PAPER), 0)
    assert not entry.flags() & Qt.ItemFlag.ItemIsEnabled


def test_a_double_click_asks_for_a_picture_but_not_for_an_average(view, qtbot):
    with qtbot.waitSignal(view.open_requested) as blocker:
        view._table.doubleClicked.emit(view.model.index(5, FIRST_METHOD))
    assert blocker.args == ["a", 3]
    with qtbot.assertNotEmitted(view.open_requested):
        view._table.doubleClicked.emit(view.model.index(3, IMAGE))


def test_the_return_key_asks_for_the_chosen_picture(view, qtbot):
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    view._table.setFocus()
    view._table.selectRow(2)
    with qtbot.waitSignal(view.open_requested) as blocker:
        qtbot.keyClick(view._table, Qt.Key.Key_Return)
    assert blocker.args == ["c", 2]
    assert view.chosen_image(3) == "c"
    view._table.selectRow(3)
    assert view.chosen_image(3) == "b"


def test_the_view_draws_on_light_and_on_dark(view, qtbot):
    view.resize(700, 300)
    show_beside(view, Beside.GAIN)
    view.show()
    view._table.selectRow(1)
    for dark in (False, True):
        view.setPalette(theme_palette(dark=dark))
        image = view.grab().toImage()
        assert not image.isNull()
        row = view._table.mapTo(view, view._table.viewport().pos()).y() + 5
        shades = {image.pixelColor(x, row + y).lightness() for x in range(250) for y in range(12)}
        assert max(shades) - min(shades) > 120, "dark" if dark else "light"


def test_the_plot_wears_the_theme_once_it_is_seen(qtbot, results):
    view = ScatterView()
    qtbot.addWidget(view)
    view.set_results(results)
    light, dark = (theme_palette(dark=dark) for dark in (False, True))
    view.setPalette(dark)
    assert view.scatter.widget.backgroundBrush().color() != dark.base().color()
    view.show()
    for palette in (light, dark):
        view.setPalette(palette)
        assert view.scatter.widget.backgroundBrush().color() == palette.base().color()
    view.hide()
    view.setPalette(light)
    assert view.scatter.widget.backgroundBrush().color() == dark.base().color()


def test_an_identical_picture_leaves_nothing_to_draw_and_that_is_said(qtbot, results):
    view = ScatterView()
    qtbot.addWidget(view)
    for method in ("bicubic", "srcnn"):
        add(results, "flat", method, math.inf, scale=3)
    view.set_results(results)
    assert view._pages.currentIndex() == 0
    assert "identical" in view._empty.text()


def test_the_plot_has_a_point_for_every_method_of_a_scale(qtbot, results):
    view = ScatterView()
    qtbot.addWidget(view)
    view.resize(300, 240)
    view.show()
    view.set_results(results)
    points = view.scatter.points
    assert [(point.label, point.psnr_db) for point in points] == [("Bicubic", 30), ("SRCNN", 33)]
    assert [point.seconds for point in points] == pytest.approx([0.01, 0.2])
    x, y = view.scatter._dots.getData()
    assert list(x) == pytest.approx([math.log10(0.01), math.log10(0.2)])
    assert list(y) == [30, 33]
    for label, at in zip(view.scatter._labels, x, strict=True):
        (low, high), _ = view.scatter._view.viewRange()
        assert low < label.pos().x() < high
        assert abs(label.pos().x() - at) < high - low
    assert view.scale == 3
    add(results, "d", "bicubic", math.inf, scale=3)
    view.refresh()
    assert [point.label for point in view.scatter.points] == ["SRCNN"]  # no mean to draw


@pytest.mark.parametrize(
    ("most", "texts"),
    [
        (8, ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]),
        (5, ["0.01", "0.03", "0.1", "0.3", "1"]),
        (3, ["0.01", "0.1", "1"]),
    ],
)
def test_times_are_named_as_far_as_there_is_room(most, texts):
    named, lines = time_ticks(-2.1, 0.2, most)
    assert [text for _, text in named] == texts
    assert all(10**place == pytest.approx(float(text)) for place, text in named)
    assert all(text == "" for _, text in lines)
