"""Several devices in one table, on a machine that has one: the other is made up."""

from __future__ import annotations

import csv
import io
import json

import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication

from srcnn.device import Device, cpu_device
from srcnn.registry import MethodRegistry
from srcnn.resize import Border
from srcnn_gui.benchmark import runner
from srcnn_gui.benchmark.choices import Choices
from srcnn_gui.benchmark.columns import columns_of, short_names
from srcnn_gui.viewer import method_library

GPU = Device("cuda:0", "Made-up GPU", 2**33)
WAIT_MS = 10_000


@pytest.fixture
def two_devices(fake, monkeypatch):
    """Have a method without a device and a network on each of two; return the networks."""
    networks = {}
    for device in ("cuda:0", "cpu"):
        networks[device] = fake("srcnn", torch=True, rank=1)
        networks[device].fingerprint += f" {device}"

    def load(env):
        return MethodRegistry([fake("bicubic"), networks[env.device.id]])

    monkeypatch.setattr(method_library, "load_methods", load)
    return networks


@pytest.fixture
def folder(tmp_path, pixels):
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(pixels(60, 50)).save(folder / "a.png")
    return folder


@pytest.fixture
def program(start, two_devices):
    return begin(start)


def begin(start):
    driver = start()
    driver.program._on_torch_loaded((GPU, cpu_device()))
    driver.settle()
    return driver


def measure(driver, qtbot, folder, *devices, action="measure_start"):
    panel = driver.program.benchmark.show_panel()
    panel.form.set_choices(Choices(folder, False, ("bicubic", "srcnn"), (2,), devices))
    panel.form.changed.emit()
    driver.window.actions_by_id[action].trigger()
    qtbot.waitUntil(lambda: not driver.program.benchmark.runner.is_running, timeout=WAIT_MS)
    return panel


def test_devices_have_short_names():
    cpu, other = cpu_device(), Device("cuda:1", "Another")
    assert short_names([GPU, cpu]) == {"cuda:0": "GPU", "cpu": "CPU"}
    assert short_names([GPU, other, cpu]) == {"cuda:0": "GPU 0", "cuda:1": "GPU 1", "cpu": "CPU"}
    assert short_names([Device("mps", "Metal"), cpu]) == {"mps": "GPU", "cpu": "CPU"}


@pytest.mark.parametrize(
    ("wanted", "columns"),
    [
        ((), [("bicubic", "Bicubic", ""), ("srcnn", "Srcnn", "")]),
        (("gone",), [("bicubic", "Bicubic", ""), ("srcnn", "Srcnn", "")]),
        (("cpu",), [("bicubic", "Bicubic", ""), ("srcnn", "Srcnn", "")]),
        (
            ("cpu", "cuda:0"),
            [
                ("bicubic", "Bicubic", "cpu"),
                ("srcnn --device cuda:0", "Srcnn \N{MIDDLE DOT} GPU", "cuda:0"),
                ("srcnn --device cpu", "Srcnn \N{MIDDLE DOT} CPU", "cpu"),
            ],
        ),
    ],
)
def test_networks_have_a_column_for_each_device(program, wanted, columns):
    library = program.session.library
    found = columns_of(library, ("bicubic", "srcnn"), wanted, Border.CLAMP)
    assert [(column.id, column.label, column.device) for column in found] == columns
    places = [column.place for column in found if column.method.needs_torch]
    assert (GPU.label in places) == (wanted != ("cpu",))
    assert found[0].place == cpu_device().label


def test_devices_are_not_told_where_no_network_is_ticked(program):
    library = program.session.library
    (column,) = columns_of(library, ("bicubic",), ("cpu", "cuda:0"), Border.CLAMP)
    assert (column.id, column.device) == ("bicubic", "")


def test_both_devices_stand_in_one_table(program, qtbot, folder, two_devices):
    panel = measure(program, qtbot, folder, "cuda:0", "cpu")
    header = panel.figures.text.splitlines()[0].split("\t")
    assert header[2:] == ["Bicubic", "Srcnn \N{MIDDLE DOT} GPU", "Srcnn \N{MIDDLE DOT} CPU"]
    assert all(network.calls > 0 for network in two_devices.values())
    assert [point.label for point in panel.scatter.scatter.points] == header[2:]
    assert f"Networks on {GPU.label} and CPU" in panel.figures._protocol.text()
    report = program.program.benchmark.tables.report()
    rows = list(csv.DictReader(io.StringIO(report.to_csv())))
    assert [row["device"] for row in rows] == ["cpu", "cuda:0", "cpu"]
    computed = json.loads(report.to_json())["computed"]
    assert computed["devices"] == ["cpu", "cuda:0"]
    assert "device" not in computed
    assert len(computed["fingerprints"]) == 3
    panel.figures.copy_requested.emit(".md")
    assert "srcnn \N{MIDDLE DOT} cuda:0" in QGuiApplication.clipboard().text()


def test_one_device_changes_no_format(program, qtbot, folder, two_devices):
    measure(program, qtbot, folder, "cpu")
    assert two_devices["cuda:0"].calls == 0
    report = program.program.benchmark.tables.report()
    assert report.to_csv().startswith("image,scale,method,psnr_db,ssim,seconds\n")
    content = json.loads(report.to_json())
    assert content["computed"]["device"] == "cpu"
    assert "device" not in content["rows"][0]


def test_without_a_choice_it_is_the_device_of_the_window(program, qtbot, folder, two_devices):
    measure(program, qtbot, folder)
    assert two_devices["cuda:0"].calls > 0
    assert two_devices["cpu"].calls == 0


def test_devices_are_offered_where_there_are_several(program, start, qtbot):
    form = program.program.benchmark.show_panel().form
    assert form._devices_part.isVisibleTo(form)
    assert [box.text() for box in form._devices.values()] == ["GPU", "CPU"]
    form._devices["cuda:0"].click()
    form._devices["cpu"].click()
    assert form.choices.devices == ("cuda:0", "cpu")
    form._devices["cuda:0"].click()
    assert form.choices.devices == ("cpu",)
    program.program._on_torch_loaded((cpu_device(),))
    assert not form._devices_part.isVisibleTo(form)
    form._scales[4].click()
    assert form.choices.devices == ("cpu",)


def test_a_click_shows_the_method_on_its_device(program, qtbot, folder):
    panel = measure(program, qtbot, folder, "cuda:0", "cpu")
    program.open(folder / "a.png")
    scatter = panel.scatter.scatter
    point = next(p for p in scatter._dots.points() if p.data().id == "srcnn --device cpu")
    scatter._dots.sigClicked.emit(scatter._dots, [point], None)
    program.settle()
    choices = [(pane.method, pane.device) for pane in program.session.panes]
    assert choices == [("bicubic", "auto"), ("srcnn", "cpu"), ("truth", "auto")]


def test_another_window_goes_on_with_what_was_measured(
    start, two_devices, qtbot, folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(runner, "memory_file", lambda: tmp_path / "measured.jsonl")
    said, calls = [], []
    for action in ("measure_start", "measure_start", "measure_anew"):
        driver = begin(start)
        driver.program.benchmark.runner.remember_on_disk()
        panel = measure(driver, qtbot, folder, "cuda:0", "cpu", action=action)
        report = driver.program.benchmark.tables.report().to_json()
        said.append(("3 remembered" in panel.strip.text, '"remembered": 3' in report))
        calls.append(sum(network.calls for network in two_devices.values()))
        driver.window.close()
    assert said == [(False, False), (True, True), (False, False)]
    assert calls[0] == calls[1] < calls[2]
