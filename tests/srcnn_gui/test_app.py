"""The program starts as the command line says, ends at any moment, and leaves a screenshot."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QToolTip

from srcnn import __version__
from srcnn.device import cpu_device
from srcnn.output import save_enlargement
from srcnn.registry import MethodRegistry
from srcnn_gui import app as app_module
from srcnn_gui import opener as opener_module
from srcnn_gui.app import log_qt_message, main
from srcnn_gui.command_line import parse, with_options
from srcnn_gui.saving import saver as saver_module
from srcnn_gui.settings import Settings, SettingsStore
from srcnn_gui.theme import Theme, apply_theme
from srcnn_gui.viewer import method_library
from srcnn_gui.viewer.scene import Mode

WAIT_MS = 10_000
WAIT_S = WAIT_MS / 1000


@pytest.fixture
def run(qapp, monkeypatch, tmp_path, no_threads_left):
    """Return ``main`` as a function that runs in the application of the tests."""
    started, interval = [], sys.getswitchinterval()
    palette, style, tip = qapp.palette(), qapp.style().objectName(), QToolTip.palette()

    class Application:
        """Hands out the application that there is."""

        def __new__(cls, arguments):
            return qapp

        exit = QApplication.exit

    class Program(app_module.Program):
        def __init__(self, settings, store=None):
            super().__init__(settings, store)
            started.append(self)

    def settings_file():
        return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    qapp.setQuitOnLastWindowClosed(False)  # it is needed for the next test
    monkeypatch.setattr(app_module, "QApplication", Application)
    monkeypatch.setattr(app_module, "Program", Program)
    monkeypatch.setattr(app_module, "_settings_file", settings_file)
    monkeypatch.setattr("srcnn.crash_report.reports_folder", lambda: tmp_path / "reports")
    monkeypatch.setattr(app_module, "load_torch", lambda control: (cpu_device(),))
    monkeypatch.setattr(app_module, "qInstallMessageHandler", lambda handler: None)
    monkeypatch.setattr(method_library, "bundled_weights", tuple)

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        call.program = started[-1] if started else None
        return code

    yield call
    for program in started:
        program.window.close()
        program.window.deleteLater()
        program.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setQuitOnLastWindowClosed(True)
    sys.setswitchinterval(interval)
    apply_theme(qapp, Theme.SYSTEM)
    qapp.setStyle(style)
    qapp.setPalette(palette)
    QToolTip.setPalette(tip)


def plain(*arguments):
    return (*arguments, "--methods", "nearest,bicubic,truth", "--size", "1100x700")


def test_a_screenshot_is_the_finished_state(run, photo, tmp_path):
    target = tmp_path / "shot.png"
    assert run(*plain(photo, "--scale", 3, "--screenshot", target)) == 0
    session = run.program.session
    assert session.scene.setup.scale == 3
    assert [pane.method for pane in session.panes] == ["nearest", "bicubic", "truth"]
    assert all(view.result.part == 1 for view in session.views)
    assert session.views[1].result.whole.is_measured
    with Image.open(target) as image:
        assert image.size == (1100, 700)
        shot = np.asarray(image.convert("RGB"))
    window = run.program.window
    canvas = window.area.canvases[2]
    corner = canvas.mapTo(window, canvas.rect().topLeft())
    part = shot[corner.y() : corner.y() + canvas.height(), corner.x() : corner.x() + canvas.width()]
    assert len(np.unique(part.reshape(-1, 3), axis=0)) > 500  # a picture
    assert not (tmp_path / "settings.ini").exists()  # and no trace


def test_a_screenshot_of_a_sample_and_of_nothing(run, tmp_path):
    target = tmp_path / "shot.png"
    words = ("--sample", "chart", "--mode", "upscale", "--methods", "nearest,bicubic")
    assert run(*words, "--screenshot", target) == 0
    assert run.program.session.scene.setup.mode is Mode.UPSCALE
    assert target.exists()
    target.unlink()
    assert run("--screenshot", target) == 0
    assert run.program.session.scene is None
    assert target.exists()


def test_a_picture_that_cannot_be_opened_ends_a_screenshot(run, tmp_path, capsys):
    assert run(tmp_path / "nowhere.png", "--screenshot", tmp_path / "shot.png") == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-2].startswith("error: There is no file")
    assert said[-1] == "hint: Check the name."
    assert not (tmp_path / "shot.png").exists()


def test_a_screenshot_replaces_no_file_unless_asked_and_never_the_picture(
    run, photo, tmp_path, capsys
):
    before, target = photo.read_bytes(), tmp_path / "shot.png"
    target.write_text("older")
    for file, options, said in (
        (target, (), "exists already"),
        (photo, (), "is read"),
        (photo, ("--overwrite",), "is read"),
        (tmp_path / "nowhere" / "shot.png", (), "There is no folder"),
    ):
        assert run(*plain(photo, "--screenshot", file, *options)) == 1
        assert said in capsys.readouterr().err
    assert run.program is None
    assert (photo.read_bytes(), target.read_text()) == (before, "older")
    assert run(*plain(photo, "--screenshot", target, "--overwrite")) == 0
    with Image.open(target) as image:
        assert image.size == (1100, 700)


def test_a_screenshot_that_cannot_be_written_is_an_error(run, photo, tmp_path, capsys):
    (tmp_path / "shot.png").mkdir()
    assert run(*plain(photo, "--screenshot", tmp_path / "shot.png", "--overwrite")) == 1
    error, hint = capsys.readouterr().err.splitlines()[-2:]
    assert error.startswith("error: ")
    assert error.endswith("shot.png is a folder")
    assert hint.startswith("hint: ")


def test_a_screenshot_of_a_method_that_there_is_not_is_an_error(run, photo, tmp_path, capsys):
    target = tmp_path / "shot.png"
    assert run(photo, "--methods", "bicubic,lancsoz", "--screenshot", target) == 1
    error, hint = capsys.readouterr().err.splitlines()[-2:]
    assert error == "error: There is no method 'lancsoz'"
    assert hint.startswith("hint: Did you mean 'lanczos'?")
    assert not target.exists()


def test_a_screenshot_does_not_wait_for_pytorch_that_is_missing(
    run, photo, tmp_path, monkeypatch, fake
):
    def load(control):
        raise ImportError("no such library")

    monkeypatch.setattr(app_module, "load_torch", load)
    found = MethodRegistry([fake("sound"), fake("network", torch=True)])
    monkeypatch.setattr(method_library, "load_methods", lambda env: found)
    assert run(photo, "--methods", "sound,network", "--screenshot", tmp_path / "shot.png") == 0
    assert run.program.session.views[1].problem is not None


def test_what_is_chosen_in_the_window_is_kept(run, tmp_path, photo, qapp):
    QTimer.singleShot(0, QApplication.exit)
    assert run(*plain("--scale", 4, "--theme", "dark")) == 0
    assert run.program.commands.settings.theme is Theme.DARK
    run.program.window.close()
    file = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    kept = SettingsStore(file).load()
    assert (kept.scale, kept.theme) == (4, Theme.DARK)
    assert kept.panes == ("nearest", "bicubic", "truth")


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        ([], {}),
        (["--scale", "4"], {"scale": 4}),
        (["--mode", "upscale"], {"mode": Mode.UPSCALE}),
        (["--theme", "dark"], {"theme": Theme.DARK}),
        (["--methods", "bicubic, srcnn,"], {"panes": ("bicubic", "srcnn")}),
        (
            ["--methods", "bicubic", "--mode", "upscale"],
            {"upscale_panes": ("bicubic",), "mode": Mode.UPSCALE},
        ),
    ],
)
def test_options_change_the_settings(arguments, changes):
    options = parse(arguments)
    assert with_options(Settings(), options) == replace(Settings(), **changes)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scale", "5"],
        ["--scale", "two"],
        ["--mode", "sideways"],
        ["--theme", "pink"],
        ["--sample", "lenna"],
        ["a.png", "--sample", "chart"],
        ["--overwrite"],
        ["--screenshot", "shot.jpg"],
        ["--mode", "upscale", "--methods", "bicubic,truth"],
        ["--methods", "bicubic,srcnn,anr,sc,truth"],
        ["--size", "30000x800"],
        ["--size", "800"],
        ["--size", "0x800"],
        ["--methods", " , "],
        ["one.png", "two.png"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_told(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: srcnn-gui" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_are_printed(option, capsys):
    with pytest.raises(SystemExit) as ended:
        main([option])
    assert not ended.value.code
    said = capsys.readouterr().out
    assert "--screenshot" in said if option == "--help" else __version__ in said


def test_settings_are_where_the_system_keeps_them(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Path(app_module._settings_file().fileName()).name == "settings.ini"


def test_what_qt_says_is_logged(caplog):
    log_qt_message(None, None, "Something is odd")
    log_qt_message(None, None, "This plugin does not support propagateSizeHints()")
    assert [record.message for record in caplog.records] == ["Something is odd"]


def test_devices_are_known_after_pytorch(start, fake, monkeypatch, photo, plain):
    monkeypatch.setattr(app_module, "load_torch", lambda control: (cpu_device(),))
    driver = start(
        fake("sound"), fake("network", torch=True), settings=replace(plain, panes=("network",))
    )
    driver.program.load_torch()
    driver.open(photo)
    assert driver.session.torch_is_ready
    assert driver.session.views[0].result.whole.is_measured
    assert driver.window.devices.itemData(1) == "cpu"


@pytest.fixture
def held(monkeypatch):
    """Keep decoding and saving waiting, asked to stop or not, and say when they began."""
    gate, began = threading.Event(), threading.Event()
    load = opener_module.load_picture

    def slow_load(path, **options):
        if path.name == "slow.png":
            began.set()
            assert gate.wait(WAIT_S)
        return load(path, **options)

    def slow_save(enlargement, path, *, progress, **options):
        def report(done, total):
            progress(done, total)
            began.set()
            gate.wait(0.2)

        save_enlargement(enlargement, path, progress=report, **options)

    monkeypatch.setattr(opener_module, "load_picture", slow_load)
    monkeypatch.setattr(saver_module, "save_enlargement", slow_save)
    yield gate, began
    gate.set()


def left():
    return [t.name for t in threading.enumerate() if t.name.startswith(("job", "tiles", "fig"))]


def test_closing_while_a_picture_opens(start, photo, held):
    gate, began = held
    driver = start()
    slow = photo.rename(photo.with_name("slow.png"))
    driver.program.files.open_file(slow)
    assert began.wait(WAIT_S)
    threading.Timer(0.02, gate.set).start()
    driver.window.close()
    assert left() == []
    assert driver.session.scene is None


@pytest.mark.parametrize("difference", [False, True])
def test_closing_while_tiles_are_computed(start, fake, photo, qtbot, plain, difference):
    method = fake("slow", tile=48)
    method.gate = threading.Event()
    driver = start(method, settings=replace(plain, panes=("slow", "truth")))
    if difference:
        driver.window.actions_by_id["difference_signed"].trigger()
    driver.program.files.open_file(photo)
    qtbot.waitUntil(lambda: method.calls > 0, timeout=WAIT_MS)
    threading.Timer(0.02, method.gate.set).start()
    driver.window.close()
    assert left() == []
    assert method.calls <= 16  # what was under way


def test_closing_while_a_result_is_saved(start, photo, tmp_path, held):
    _, began = held
    driver = start()
    driver.open(photo)
    driver.program.saving.save_to(tmp_path / "result.png")
    assert began.wait(WAIT_S)
    driver.window.close()
    assert left() == []
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_closing_while_pytorch_loads(start, held, monkeypatch):
    gate, began = held

    def load(control):
        began.set()
        assert gate.wait(WAIT_S)
        return (cpu_device(),)

    monkeypatch.setattr(app_module, "load_torch", load)
    driver = start()
    driver.program.load_torch()
    assert began.wait(WAIT_S)
    threading.Timer(0.02, gate.set).start()
    driver.window.close()
    assert left() == []


def test_closing_twice(start, photo):
    driver = start()
    driver.open(photo)
    driver.window.close()
    driver.window.close()
    assert left() == []


@pytest.mark.slow
def test_the_whole_program_takes_a_screenshot_and_ends(tmp_path, photo):
    """With PyTorch and the bundled weights, in a process of its own."""
    target = tmp_path / "shot.png"
    done = subprocess.run(
        [sys.executable, "-m", "srcnn_gui", photo, "--scale", "3", "--screenshot", target],
        env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "none of these"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(target) as image:
        assert image.size == (1280, 800)
