"""The tables say what is known, and nothing that is not."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QTableWidget

from srcnn.geometry import Region
from srcnn.picture import Picture
from srcnn_gui.viewer.figure_text import NOT_KNOWN
from srcnn_gui.viewer.scene import TRUTH, Mode
from srcnn_gui.viewer.tables import FigureTable, PixelTable
from srcnn_gui.viewer.view import View

WAIT_MS = 5000


@pytest.fixture
def made(stage, fake):
    bicubic, better = fake("bicubic", offset=0.1, tile=48), fake("better", rank=1, tile=48)
    network = fake("network", rank=2, torch=True)
    return stage(bicubic, better, network, panes=("bicubic", "better", TRUTH))


@pytest.fixture
def figures(made, qtbot):
    table = FigureTable(made.session)
    qtbot.addWidget(table)
    return table


def rows(table):
    grid = table.findChild(QTableWidget)
    return [
        [grid.item(row, column).text() for column in range(grid.columnCount())]
        for row in range(grid.rowCount())
    ]


def test_every_column_says_what_it_is(figures, made, qtbot):
    pixels = PixelTable(made.session, View())
    qtbot.addWidget(pixels)
    for table in (figures, pixels):
        grid = table.findChild(QTableWidget)
        headers = [grid.horizontalHeaderItem(k) for k in range(grid.columnCount())]
        assert all(header.text() and header.toolTip() for header in headers)


def test_before_anything_is_computed_nothing_is_claimed(figures, made, scene):
    made.open(scene(100, 80))
    figures.refresh()
    bicubic, better, truth = rows(figures)
    unknown = [NOT_KNOWN] * 6
    assert bicubic == ["Bicubic", "CPU", "pending", *unknown, NOT_KNOWN, NOT_KNOWN]
    assert better[0] == "Better"
    assert truth[:3] == ["Ground truth", "", "reference"]
    assert set(truth[3:]) <= {""}


def test_figures_are_those_of_the_session(figures, made, scene):
    made.open(scene(100, 80))
    made.look(Region(10, 10, 70, 70))
    made.finish()
    figures.refresh()
    state = made.result(1)
    crop, whole = state.crop, state.whole.figures
    gain = whole.psnr_db - made.result(0).whole.figures.psnr_db
    row = rows(figures)[1]
    assert row[2:9] == [
        "done",
        f"{crop.psnr_db:.2f} dB",
        f"{crop.ssim:.4f}",
        f"{whole.psnr_db:.2f} dB",
        f"{whole.ssim:.4f}",
        f"+{gain:.2f} dB",
        f"{whole.saved_psnr_db:.2f} dB",
    ]
    assert row[9].endswith(" s")
    assert row[10].endswith(" MP/s")


def test_the_protocol_stands_below(figures, made, scene):
    figures.refresh()
    assert figures._protocol.text() == ""
    made.open(scene(scale=4))
    figures.refresh()
    assert made.session.scene.protocol.describe() in figures._protocol.text()
    made.open(scene(mode=Mode.UPSCALE))
    figures.refresh()
    assert "No reference" in figures._protocol.text()


def test_a_picture_that_is_too_small_says_so(figures, made, scene):
    made.open(scene(9, 9, scale=3))
    figures.refresh()
    assert "Too small" not in figures._protocol.text()
    made.open(scene(6, 6, scale=3))
    figures.refresh()
    assert figures._protocol.text().endswith("nothing is left inside a border of 3 pixels.")


def test_without_a_reference_no_figure_is_invented(figures, made, scene):
    made.open(scene(mode=Mode.UPSCALE))
    made.look()
    made.finish()
    figures.refresh()
    assert rows(figures)[0][2:9] == ["done", "no reference", *[""] * 5]


def test_what_is_not_there_has_a_row_that_says_so(figures, made, scene):
    made.open(scene())
    made.show("bicubic", "nonsense", "network")
    figures.refresh()
    _, nonsense, network = rows(figures)
    assert nonsense[0] == "nonsense"
    assert nonsense[2] == "not available"
    assert network[2] == "loading PyTorch"


def test_it_is_written_after_figures_changed(figures, made, scene, qtbot):
    made.open(scene())
    qtbot.waitUntil(lambda: len(rows(figures)) == 3, timeout=WAIT_MS)
    made.show("bicubic")
    qtbot.waitUntil(lambda: len(rows(figures)) == 1, timeout=WAIT_MS)


def test_as_text_it_is_a_table_with_its_protocol(figures, made, scene):
    made.open(scene())
    made.finish()
    figures.refresh()
    head, *lines, protocol = figures.text().split("\n")
    assert head.split("\t")[:4] == ["Method", "Device", "State", "Crop PSNR"]
    assert [line.split("\t") for line in lines] == rows(figures)
    assert "shave 2 px" in protocol


@pytest.fixture
def view(qapp, scene):
    view = View()
    view.set_image(scene(100, 80).size)
    return view


@pytest.fixture
def pixel_table(made, view, qtbot):
    table = PixelTable(made.session, view)
    qtbot.addWidget(table)
    return table


def test_the_pixel_under_the_cursor_is_read_in_every_pane(pixel_table, made, view, scene):
    made.open(scene(100, 80))
    made.look()
    made.finish()
    view.set_cursor((57.9, 61.2))
    assert pixel_table._place.text().split() == ["x", "57", "y", "61"]
    truth = made.session.scene.truth
    layer = made.result(1).layer
    drawn = layer.draw(4)  # the tile in the middle of the second row
    red, green, blue = drawn.bgra[61 - 48, 57 - 48, 2::-1].tolist()
    luma = int(drawn.luma[61 - 48, 57 - 48])
    error = luma - int(truth.luma[61, 57])
    _, better, true = rows(pixel_table)
    assert better[:3] == ["Better", f"{red} {green} {blue}", str(luma)]
    assert int(better[3].replace("\N{MINUS SIGN}", "-")) == error
    r, g, b = truth.pixels[61, 57].tolist()
    assert true == ["Ground truth", f"{r} {g} {b}", str(truth.luma[61, 57]), ""]


def test_pixels_of_grey_pictures_have_equal_colours(pixel_table, made, view, scene, pixels):
    made.open(scene(picture=Picture(pixels(100, 80)[..., 0].copy())))
    made.look()
    made.finish()
    view.set_cursor((5, 5))
    red, green, blue = rows(pixel_table)[0][1].split()
    assert red == green == blue == rows(pixel_table)[0][2]


def test_nothing_is_read_where_nothing_is_known(pixel_table, made, view, scene):
    assert rows(pixel_table) == [[name, "", "", ""] for name in ("bicubic", "better", TRUTH)]
    view.set_cursor((5, 5))
    assert rows(pixel_table)[0] == ["bicubic", NOT_KNOWN, NOT_KNOWN, NOT_KNOWN]
    made.open(scene(100, 80))
    view.set_cursor((6, 6))
    assert rows(pixel_table)[0] == ["Bicubic", NOT_KNOWN, NOT_KNOWN, NOT_KNOWN]
    view.set_cursor(None)
    assert "Point at the picture" in pixel_table._place.text()


def test_over_a_smaller_picture_nothing_is_read_before_the_mouse_moves(
    pixel_table, made, view, scene
):
    made.open(scene(100, 80))
    view.set_cursor((99, 10))
    small = scene(60, 80)
    view.set_image(small.size)
    made.open(small)
    made.look()
    made.finish()
    made.show("bicubic")  # the table is written anew
    assert rows(pixel_table) == [["Bicubic", "", "", ""]]


def test_a_place_outside_the_picture_before_is_not_read(pixel_table, made, view, scene):
    made.open(scene(60, 80))
    made.look()
    made.finish()
    view.set_image(scene(100, 80).size)  # which is opened next
    view.set_cursor((99, 79))
    assert rows(pixel_table)[0] == ["Bicubic", NOT_KNOWN, NOT_KNOWN, NOT_KNOWN]
