"""Measuring in the window: choose, start, cancel, go on, copy, save, open a picture."""

from __future__ import annotations

import json
import threading

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from srcnn_gui.benchmark.choices import Choices
from srcnn_gui.benchmark.results import Beside
from srcnn_gui.settings import SettingsStore
from srcnn_gui.viewer.scene import Mode

WAIT_MS = 10_000


class Window:
    """The program, as a person who measures uses it."""

    def __init__(self, driver, qtbot) -> None:
        self.driver = driver
        self.qtbot = qtbot
        self.benchmark = driver.program.benchmark
        self.panel = self.benchmark.show_panel()

    def choose(self, folder, *methods, scales=(2,)) -> None:
        choices = Choices(folder, folder is None, methods, scales)
        self.panel.form.set_choices(choices)
        self.panel.form.changed.emit()

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def start(self) -> None:
        action = self.driver.window.actions_by_id["measure_start"]
        assert action.isEnabled(), action.toolTip()
        action.trigger()

    def measure(self) -> None:
        self.start()
        self.wait(lambda: not self.benchmark.runner.is_running)

    @property
    def tip(self) -> str:
        return self.driver.window.actions_by_id["measure_start"].statusTip()

    @property
    def lines(self) -> list[list[str]]:
        return [line.split("\t") for line in self.panel.figures.text.splitlines()]


@pytest.fixture
def folder(tmp_path, pixels):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, (width, height) in enumerate(((60, 50), (48, 52))):
        Image.fromarray(pixels(width, height, seed=number)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def window(start, qtbot):
    return Window(start(), qtbot)


def test_a_folder_becomes_a_table_and_a_plot(window, folder):
    window.choose(folder, "nearest", "bicubic", scales=(2, 3))
    window.measure()
    header, *lines = window.lines
    assert header[2:] == ["Nearest neighbour", "Bicubic"]
    assert [line[0] for line in lines] == ["0.png", "1.png", "average"] * 2
    assert all(float(figure) > 10 for line in lines for figure in line[2:])
    assert [point.label for point in window.panel.scatter.scatter.points] == header[2:]
    assert window.panel.strip.text.startswith("Done | 2 pictures, 8 results")


def test_the_command_shows_and_hides_the_panel(start):
    driver = start()
    assert driver.program.benchmark.panel is None
    driver.trigger("show_measure")
    assert driver.program.benchmark.panel.isVisible()
    driver.trigger("show_measure")
    assert not driver.window.measure_dock.isVisible()


def test_what_is_missing_is_said(window, folder):
    assert "folder" in window.panel.strip.text
    assert not window.driver.enabled("measure_start")
    window.choose(folder)
    assert window.tip == "Tick at least one method"
    window.choose(folder, "bicubic", scales=())
    assert window.tip == "Tick at least one scale"
    window.choose(folder, "bicubic")
    assert window.driver.enabled("measure_start")
    assert not window.driver.enabled("measure_save")
    assert not window.driver.enabled("measure_cancel")


def test_a_method_that_waits_for_pytorch_is_not_started(start, qtbot, fake, folder):
    window = Window(start(fake("plain"), fake("deep", torch=True)), qtbot)
    window.choose(folder, "plain", "deep")
    assert "PyTorch" in window.tip
    window.driver.session.set_torch_ready()
    window.panel.form.changed.emit()
    assert window.driver.enabled("measure_start")


def test_a_dropped_folder_is_taken(window, folder):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.panel.dropEvent(event)
    assert window.panel.form.choices.folder == folder


def test_the_samples_can_be_measured_instead(window, folder):
    window.choose(folder, "bicubic")
    window.panel.form._samples.click()
    choices = window.panel.form.choices
    assert choices.samples
    assert choices.folder is None
    assert window.driver.enabled("measure_start")


def test_ticks_are_choices(window):
    form = window.panel.form
    item = form._methods.item(0)
    item.setCheckState(Qt.CheckState.Checked)
    assert item.data(Qt.ItemDataRole.UserRole) in form.choices.methods
    form._scales[4].click()
    assert 4 in form.choices.scales
    assert "srcnn" in form.choices.methods  # chosen before, and not on this machine


def test_rows_come_while_it_measures_and_cancel_keeps_them(start, qtbot, fake, folder):
    slow = fake("slow", rank=1)
    slow.gate = threading.Event()
    window = Window(start(fake("fast"), slow), qtbot)
    window.choose(folder, "fast", "slow")
    window.start()
    window.wait(lambda: len(window.lines) == 3)
    assert window.lines[1][3] == "\N{EN DASH}"
    assert "1 of 4" in window.panel.strip.text
    assert not window.driver.enabled("measure_start")
    window.driver.window.actions_by_id["measure_cancel"].trigger()
    slow.gate.set()
    window.wait(lambda: not window.benchmark.runner.is_running)
    assert "Cancelled" in window.panel.strip.text
    assert window.lines[1][2] != "\N{EN DASH}"
    fast_calls = window.driver.session.library.methods(2, "clamp")[0].calls
    window.measure()
    assert "Done" in window.panel.strip.text
    assert len(window.panel.results.rows) == 4
    assert window.driver.session.library.methods(2, "clamp")[0].calls > fast_calls
    assert fast_calls > 0


def test_a_bad_file_does_not_stop_the_rest(window, folder):
    (folder / "0a.png").write_bytes(b"no picture")
    window.choose(folder, "bicubic")
    window.measure()
    (said,) = window.panel.figures.skipped
    assert said.startswith("0a.png ")
    assert [line[0] for line in window.lines[1:]] == ["0.png", "1.png", "average"]
    assert "1 left out" in window.panel.strip.text


def test_a_folder_without_pictures_is_said(window, tmp_path):
    (tmp_path / "empty").mkdir()
    window.choose(tmp_path / "empty", "bicubic")
    window.measure()
    assert "no picture" in window.driver.message
    assert "Failed" in window.panel.strip.text
    assert window.driver.enabled("measure_start")


def test_an_error_of_a_method_is_said(start, qtbot, fake, folder):
    broken = fake("broken")
    broken.error = RuntimeError("out of order")
    window = Window(start(broken), qtbot)
    window.choose(folder, "broken")
    window.measure()
    assert window.driver.message
    assert "Failed" in window.panel.strip.text


@pytest.mark.parametrize("suffix", [".csv", ".md", ".tex", ".json"])
def test_the_table_is_copied_and_saved(window, folder, tmp_path, suffix):
    window.choose(folder, "nearest", "bicubic")
    window.measure()
    window.panel.figures.copy_requested.emit(suffix)
    copied = QGuiApplication.clipboard().text()
    path = tmp_path / f"table{suffix}"
    window.benchmark.tables.save_to(path)
    assert path.read_text() == copied
    assert "bicubic" in copied
    assert "1.png" in copied
    assert window.driver.settings.save_folder == str(tmp_path)


def test_json_says_how_it_was_computed(window, folder):
    window.choose(folder, "bicubic")
    window.measure()
    content = json.loads(window.benchmark.tables.report().to_json())
    assert content["protocol"]["border"] == "clamp"
    assert content["computed"]["device"] == "cpu"
    assert content["computed"]["fingerprints"] == {"bicubic": "bicubic clamp"}
    assert set(content["computed"]["versions"]) >= {"srcnn", "numpy"}
    assert len(content["rows"]) == 2
    pictures = content["computed"]["pictures"]
    assert {name: len(content) for name, content in pictures.items()} == {"0.png": 64, "1.png": 64}


def test_a_name_without_a_format_is_refused(window, folder, tmp_path):
    window.choose(folder, "bicubic")
    window.measure()
    window.benchmark.tables.save_to(tmp_path / "table.xyz")
    assert "no format" in window.driver.message
    assert not (tmp_path / "table.xyz").exists()


def test_the_dialog_adds_the_ending(window, folder, tmp_path, monkeypatch):
    window.choose(folder, "bicubic")
    window.measure()
    answer = str(tmp_path / "table"), "LaTeX (*.tex)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    window.driver.trigger("measure_save")
    assert "tabular" in (tmp_path / "table.tex").read_text()


def show_beside(view, beside):
    """Choose what is shown beside the figures, as a person does."""
    place = list(Beside).index(beside)
    view._beside.setCurrentIndex(place)
    view._beside.activated.emit(place)


def test_bicubic_on_set5_is_what_the_paper_prints(window, shared):
    window.choose(shared / "data/Set5", "bicubic", scales=(3, 4))
    window.measure()
    show_beside(window.panel.figures, Beside.PAPER)
    cells = [line[2] for line in window.lines[1:]]
    assert len(cells) == 12
    assert all(cell.endswith(" \N{PLUS-MINUS SIGN}0.00") for cell in cells), cells
    assert "5 in the paper's tables" in window.panel.strip.text


def test_a_double_click_opens_the_picture_in_compare(window, folder):
    window.driver.trigger("mode_upscale")
    window.choose(folder, "bicubic", scales=(2, 3))
    window.measure()
    window.panel.figures.open_requested.emit("1.png", 3)
    window.driver.settle()
    scene = window.driver.session.scene
    assert scene.name == "1.png"
    assert (scene.setup.mode, scene.setup.scale) == (Mode.COMPARE, 3)
    assert window.driver.window.measure_dock.isVisible()


@pytest.mark.parametrize("before", ["nothing", "compare", "upscale"])
def test_a_click_on_a_method_shows_it_beside_bicubic_and_the_truth(window, folder, photo, before):
    window.choose(folder, "bicubic", "lanczos", scales=(3,))
    window.measure()
    if before != "nothing":
        window.driver.trigger(f"mode_{before}")
        window.driver.open(photo)
    window.panel.figures._table.selectRow(1)
    scatter = window.panel.scatter.scatter
    point = next(p for p in scatter._dots.points() if p.data().id == "lanczos")
    scatter._dots.sigClicked.emit(scatter._dots, [point], None)
    window.driver.settle()
    scene = window.driver.session.scene
    assert (scene.name, scene.setup.mode, scene.setup.scale) == ("1.png", Mode.COMPARE, 3)
    assert window.driver.shown == ["bicubic", "lanczos", "truth"]


def test_choices_are_remembered(start, qtbot, folder, tmp_path):
    from PySide6.QtCore import QSettings

    file = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = Window(start(store=SettingsStore(file)), qtbot)
    window.choose(folder, "nearest", scales=(2, 4))
    window.measure()
    window.driver.window.close()
    again = Window(start(store=SettingsStore(file)), qtbot)
    assert again.panel.form.choices == Choices(folder, False, ("nearest",), (2, 4))


def test_closing_the_window_ends_the_measurement(start, qtbot, fake, folder):
    slow = fake("slow")
    slow.gate = threading.Event()
    window = Window(start(slow), qtbot)
    window.choose(folder, "slow")
    window.start()
    qtbot.waitUntil(lambda: slow.calls > 0, timeout=WAIT_MS)
    slow.gate.set()
    window.driver.window.close()
    assert not window.driver.window.isVisible()  # the fixture sees that no thread is left
