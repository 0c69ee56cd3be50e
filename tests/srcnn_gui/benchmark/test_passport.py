"""The metric passport: the averages by every protocol, picture by picture, and its window."""

from __future__ import annotations

import math
import threading

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QPalette

from srcnn.errors import Cancelled, DataError
from srcnn.passport import PAPER, Stamp, passport
from srcnn.picture import load_picture
from srcnn.report import SkippedImage
from srcnn.resize import Border
from srcnn_gui.benchmark.cells import Quantity
from srcnn_gui.benchmark.choices import Choices
from srcnn_gui.benchmark.passport_averages import Averages
from srcnn_gui.benchmark.passport_commands import passport_scale
from srcnn_gui.benchmark.passport_table import PassportTable
from srcnn_gui.benchmark.passport_work import PassportPlan, Stamped, stamp_all
from srcnn_gui.benchmark.plan import Step
from srcnn_gui.benchmark.table import BESIDE
from srcnn_gui.theme import theme_palette

WAIT_MS = 10_000
DASH = "\N{EN DASH}"


@pytest.fixture
def folder(tmp_path, pixels):
    """Two pictures, and between them a file that is none."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(pixels(61, 50)).save(folder / "a.png")
    (folder / "broken.png").write_bytes(b"no picture")
    Image.fromarray(pixels(48, 52, seed=1)).save(folder / "b.png")
    return folder


def both(method):
    return dict.fromkeys(Border, method)


def never():
    return False


def found(plan, should_stop=never):
    findings = []
    stamp_all(plan, findings.append, should_stop)
    return findings


def stamped(findings):
    return [finding for finding in findings if isinstance(finding, Stamped)]


def test_every_picture_has_the_stamps_of_every_method(folder, fake):
    methods = [both(fake("first")), both(fake("second", offset=0.1))]
    findings = found(PassportPlan(folder, methods, 2))
    assert [one.image for one in stamped(findings)] == ["a.png", "b.png"]
    for one in stamped(findings):
        picture = load_picture(folder / one.image)
        wanted = {each[Border.CLAMP].id: passport(picture, 2, each) for each in methods}
        assert one.stamps == wanted


def test_each_border_rule_has_its_own_method(folder, fake):
    clamped, mirrored = fake("one", offset=0.0), fake("one", offset=0.1)
    methods = {Border.CLAMP: clamped, Border.MIRROR: mirrored}
    one = stamped(found(PassportPlan(folder, [methods], 2)))[0]
    assert clamped.calls > 0
    assert mirrored.calls > 0
    other = stamped(found(PassportPlan(folder, [both(fake("one", offset=0.0))], 2)))[0]
    differs = [s != t for s, t in zip(one.stamps["one"], other.stamps["one"], strict=True)]
    assert differs == [False, True, False, False, False, False, False]


def test_progress_counts_pictures_and_ends_at_all(folder, fake):
    findings = found(PassportPlan(folder, [both(fake("one")), both(fake("two"))], 2))
    steps = [finding for finding in findings if isinstance(finding, Step)]
    assert [step.done for step in steps] == [0, 0, 0.5, 1, 1, 1.5, 2, 3]
    assert {step.total for step in steps} == {3}
    assert [step.left_s is None for step in steps] == [True] * 4 + [False] * 2 + [True, False]


def test_what_is_no_picture_or_too_small_is_left_out(folder, fake, pixels):
    Image.fromarray(pixels(16, 17)).save(folder / "small.png")
    findings = found(PassportPlan(folder, [both(fake())], 4))
    skipped = [finding for finding in findings if isinstance(finding, SkippedImage)]
    assert [one.image for one in skipped] == ["broken.png", "small.png"]
    assert all(one.reason for one in skipped)
    assert [one.image for one in stamped(findings)] == ["a.png", "b.png"]


def test_it_stops_between_tiles(folder, fake):
    method = fake(tile=8)
    with pytest.raises(Cancelled):
        found(PassportPlan(folder, [both(method)], 2), lambda: method.calls > 0)
    with pytest.raises(DataError):
        found(PassportPlan(folder / "none", [both(method)], 2))


@pytest.fixture
def averages():
    """Two pictures by two methods; the figures of the second method are higher."""
    averages = Averages([("one", "One"), ("two", "T|wo")])
    for image, better in (("a", 0.0), ("b", 1.0)):
        stamps = {
            method: [
                Stamp(PAPER, 30 + better + gain, 0.9),
                Stamp("all of RGB", 28 + better + gain, None),
                Stamp("another SSIM", None, 0.91),
            ]
            for method, gain in (("one", 0.0), ("two", 2.0))
        }
        averages.add(Stamped(image, stamps))
    return averages


def test_averages_are_means_and_move_from_the_papers(averages):
    cells = [averages.cell(row, "two", Quantity.PSNR) for row in range(3)]
    assert [cell.value for cell in cells[:2]] == [32.5, 30.5]
    assert [cell.text for cell in cells] == ["32.50", "30.50", DASH]
    assert [cell.beside for cell in cells] == ["", "\N{MINUS SIGN}2.00", ""]
    cells = [averages.cell(row, "one", Quantity.SSIM) for row in range(3)]
    assert [cell.text for cell in cells] == ["0.9000", DASH, "0.9100"]
    assert [cell.beside for cell in cells] == ["", "", "+0.0100"]


def test_no_picture_is_no_row():
    assert Averages([("one", "One")]).protocols == ()
    assert math.isnan(Averages([("one", "One")]).mean(0, "one", Quantity.PSNR))


def test_it_is_text_and_markdown(averages):
    lines = averages.to_text(Quantity.PSNR).splitlines()
    assert lines[0].split("\t") == ["protocol", "One", "T|wo"]
    assert lines[2].split("\t")[1:] == [
        "28.50 \N{MINUS SIGN}2.00",
        "30.50 \N{MINUS SIGN}2.00",
    ]
    title, _, heading, aligned, first, *_ = averages.to_markdown(Quantity.SSIM, "Set5").splitlines()
    assert title == "## Set5"
    assert heading == r"| protocol | One | T\|wo |"
    assert aligned == "| --- | ---: | ---: |"
    assert first == f"| {PAPER} | 0.9000 | 0.9000 |"


def test_the_papers_row_is_bold_and_columns_leave_room_for_the_longest(qapp, averages):
    table = PassportTable()
    table.set_averages(averages)
    fonts = [
        table.data(table.index(row, column), Qt.ItemDataRole.FontRole)
        for row in range(3)
        for column in range(3)
    ]
    assert [font is not None and font.bold() for font in fonts] == [True] * 3 + [False] * 6
    across = Qt.Orientation.Horizontal
    assert table.headerData(1, across, BESIDE) == "\N{MINUS SIGN}2.00"
    assert table.headerData(0, across, BESIDE) is None
    tip = table.data(table.index(1, 2), Qt.ItemDataRole.ToolTipRole)
    assert tip == "PSNR 30.5000 dB\nmean of 2"


@pytest.mark.parametrize(
    ("ticked", "shown", "wanted"),
    [((2, 3, 4), 4, 4), ((2, 3), None, 3), ((2, 4), 3, 2), ((4,), 3, 4)],
)
def test_the_scale_is_that_of_the_plot_or_the_only_one(ticked, shown, wanted):
    assert passport_scale(Choices(scales=ticked), shown) == wanted


class Window:
    """The program, as a person who wants a passport uses it."""

    def __init__(self, driver, qtbot) -> None:
        self.driver = driver
        self.qtbot = qtbot
        self.benchmark = driver.program.benchmark
        self.panel = self.benchmark.show_panel()

    def choose(self, folder, *methods, scales=(2,)) -> None:
        self.panel.form.set_choices(Choices(folder, folder is None, methods, scales))
        self.panel.form.changed.emit()

    def ask(self) -> None:
        action = self.driver.window.actions_by_id["measure_passport"]
        assert action.isEnabled(), action.toolTip()
        action.trigger()

    def finish(self) -> None:
        runner = self.benchmark.passport.runner
        self.qtbot.waitUntil(lambda: not runner.is_running, timeout=WAIT_MS)

    @property
    def dialog(self):
        return self.benchmark.passport.dialog

    @property
    def lines(self) -> list[list[str]]:
        return [line.split("\t") for line in self.dialog.text.splitlines()]


@pytest.fixture
def window(start, qtbot):
    return Window(start(), qtbot)


def test_a_folder_becomes_a_passport(window, folder):
    window.choose(folder, "nearest", "bicubic")
    window.ask()
    window.finish()
    heading, first, *others = window.lines
    assert heading == ["protocol", "Nearest neighbour", "Bicubic"]
    assert first[0] == PAPER
    assert all(float(figure) > 10 for figure in first[1:])
    assert len(others) == 6
    assert window.dialog.windowTitle() == "Metric passport: pictures \N{MULTIPLICATION SIGN}2"
    said = window.dialog.status.split(" | ")
    assert said[:2] == ["Done", "2 of 3 pictures"]
    assert said[2].startswith("broken.png")
    window.dialog._quantities.button(1).click()
    assert all(float(figure) < 1 for figure in window.lines[1][1:])
    assert window.lines[5][1:] == [DASH, DASH]  # RGB has no SSIM here


def test_the_first_row_is_the_average_of_the_table(window, folder):
    window.choose(folder, "bicubic")
    window.driver.trigger("measure_start")
    window.ask()
    window.finish()
    average = window.panel.figures.text.splitlines()[-1].split("\t")
    assert window.lines[1][1] == average[2]


def test_methods_that_cannot_enlarge_so_are_left_out(start, qtbot, fake, folder):
    two = fake("two")
    two.scales = frozenset({2})
    window = Window(start(fake("any"), two), qtbot)
    window.choose(folder, "any", "two", scales=(2, 3))
    window.ask()
    window.finish()
    assert window.lines[0] == ["protocol", "Any"]
    window.choose(folder, "two", scales=(2, 3))
    window.ask()
    assert "None of the ticked methods can enlarge by 3." in window.panel.strip.text


def test_it_fills_picture_by_picture_and_cancel_keeps_what_there_is(
    start, qtbot, fake, folder, monkeypatch
):
    slow, gate = fake("slow"), threading.Event()
    enlarge = slow.enlarge

    def wait_at_the_second_picture(planes, scale):
        if slow.calls >= len(Border):
            assert gate.wait(10)
        return enlarge(planes, scale)

    monkeypatch.setattr(slow, "enlarge", wait_at_the_second_picture)
    window = Window(start(slow), qtbot)
    window.choose(folder, "slow")
    window.ask()
    dialog = window.dialog
    assert len(window.lines) == 1
    assert not dialog._copy.isEnabled()
    qtbot.waitUntil(lambda: "b.png" in dialog.status, timeout=WAIT_MS)
    assert dialog.status.startswith("1 of 3 pictures")
    assert len(window.lines) == 8
    assert not window.driver.enabled("measure_start")
    assert not window.driver.enabled("measure_passport")
    dialog._progress._cancel.click()
    gate.set()
    window.finish()
    assert dialog.status.startswith("Cancelled | 1 of 3 pictures")
    assert len(window.lines) == 8
    assert window.driver.enabled("measure_start")


def test_copying_gives_what_is_shown(window, folder):
    window.choose(folder, "bicubic")
    window.ask()
    window.finish()
    text, markdown = window.dialog._copy.menu().actions()
    assert isinstance(text, QAction)
    text.trigger()
    assert QGuiApplication.clipboard().text() == window.dialog.text
    window.dialog._quantities.button(1).click()
    markdown.trigger()
    title = "## pictures \N{MULTIPLICATION SIGN}2, SSIM"
    assert QGuiApplication.clipboard().text().splitlines()[0] == title


def test_an_error_of_a_method_is_said(start, qtbot, fake, folder):
    broken = fake("broken")
    broken.error = RuntimeError("out of order")
    window = Window(start(broken), qtbot)
    window.choose(folder, "broken")
    window.ask()
    window.finish()
    assert window.dialog.status.startswith("Failed | 0 of 3 pictures | Something unexpected")
    assert window.driver.enabled("measure_passport")


def test_what_is_missing_is_said(window):
    window.choose(None, scales=(2,))
    tip = window.driver.window.actions_by_id["measure_passport"].statusTip()
    assert tip == "Tick at least one method"


@pytest.mark.parametrize("what", ["dialog", "window"])
def test_closing_ends_it(start, qtbot, fake, folder, what):
    slow = fake("slow")
    slow.gate = threading.Event()
    window = Window(start(slow), qtbot)
    window.choose(folder, "slow")
    window.ask()
    qtbot.waitUntil(lambda: slow.calls > 0, timeout=WAIT_MS)
    if what == "dialog":
        window.dialog.close()
        assert window.benchmark.passport.runner.is_stopping
        slow.gate.set()
        window.finish()
        assert window.driver.enabled("measure_passport")
        assert "Cancelled" in window.dialog.status
    else:
        slow.gate.set()
        window.driver.window.close()
    assert not window.dialog.isVisible()


def test_on_set5_bicubic_has_the_papers_average(window, shared):
    window.choose(shared / "data/Set5", "bicubic", scales=(3,))
    window.ask()
    window.finish()
    assert window.lines[1] == [PAPER, "30.39"]
    mirrored = window.lines[2]
    assert mirrored[0] == "bicubic mirrored at the edges"
    assert float(mirrored[1].split()[0]) == pytest.approx(30.39, abs=0.05)


def test_differences_are_in_the_second_colour(window, folder):
    window.choose(folder, "bicubic")
    window.ask()
    window.finish()
    dialog = window.dialog
    dialog.setPalette(theme_palette(dark=True))
    dialog.resize(700, 380)
    picture = dialog._table.viewport().grab().toImage()
    box = dialog._table.visualRect(dialog.model.index(1, 1))
    palette = dialog.palette()
    dim = palette.color(QPalette.ColorRole.PlaceholderText).rgb()
    text = palette.color(QPalette.ColorRole.Text).rgb()
    colours = {
        picture.pixel(x, y)
        for x in range(box.left(), box.right())
        for y in range(box.top(), box.bottom())
    }
    assert dim != text
    assert {dim, text} <= colours
