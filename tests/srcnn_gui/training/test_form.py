"""The form tells each mistake beside its field, and presets fill it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit

from srcnn.device import Device
from srcnn_gui.training.fields import FROM_WEIGHTS, SPECS
from srcnn_gui.training.form import FIRST_PRESET, TrainingForm
from srcnn_gui.training.form_values import bundled_file
from trainer.config import Start, TrainConfig
from trainer.presets import PRESETS


@pytest.fixture
def form(qtbot, tmp_path):
    form = TrainingForm(tmp_path / "runs")
    qtbot.addWidget(form)
    form.resize(360, 600)
    form.show()
    return form


def type_in(qtbot, form, name, text):
    line = form.editor(name).findChild(QLineEdit)
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClicks(line, text)


def choose(form, name, value):
    """Choose as a person does, with the signal that only that emits."""
    editor = form._preset if name == "preset" else form.editor(name)
    editor.show_value(value)
    box = editor.findChild(QComboBox)
    box.activated.emit(box.currentIndex())


def shown(form, name):
    return not form.editor(name).isHidden()


def test_it_begins_with_a_run_that_can_be_started(form):
    assert form.problem == ""
    config = form.config()
    assert config.preset == FIRST_PRESET
    assert config.minutes == PRESETS[FIRST_PRESET].config.minutes
    assert config.data == ()
    assert config.out.name == "demo x3"


def test_every_field_says_what_it_means(form):
    for name, spec in SPECS.items():
        assert form.editor(name).toolTip() == spec.tip
        for edit in form.editor(name).findChildren(QLineEdit):
            assert spec.tip in edit.toolTip()


def test_a_preset_explains_itself_and_leaves_the_pictures_alone(form, tmp_path):
    form.data.take((tmp_path,))
    choose(form, "scale", 2)
    choose(form, "preset", "paper")
    config = form.config()
    assert config.data == (tmp_path,)
    assert config.scale == 2
    assert config.start is Start.PAPER
    assert config.crop == 32
    assert PRESETS["paper"].explanation in form._explanation.text()
    choose(form, "scale", 3)
    assert form.config().crop == 33


def test_fine_tuning_begins_with_the_weights_of_the_scale(form):
    choose(form, "preset", "finetune")
    assert form.config().initial == bundled_file(3)
    assert shown(form, "initial")
    assert not shown(form, "network")
    choose(form, "scale", 4)
    assert form.config().initial == bundled_file(4)


def test_a_mistake_stands_beside_its_field_until_it_is_corrected(form, qtbot):
    with qtbot.waitSignal(form.changed):
        type_in(qtbot, form, "minutes", "-1")
    assert form.editor("minutes").problem == "Must be above 0, not -1.0"
    assert form.problem.startswith("After: Must be above 0")
    with pytest.raises(ValueError, match="Must be above 0"):
        form.config()
    type_in(qtbot, form, "minutes", "soon")
    assert "A number is needed" in form.editor("minutes").problem
    type_in(qtbot, form, "minutes", "3")
    assert form.problem == form.editor("minutes").problem == ""
    assert form.config().minutes == 3


def test_several_mistakes_are_all_told(form, qtbot):
    type_in(qtbot, form, "seed", "x")
    type_in(qtbot, form, "threads", "0")
    assert form.editor("seed").problem
    assert form.editor("threads").problem


def test_a_mistake_in_a_folded_field_unfolds_it(form, qtbot):
    assert not form._advanced.isVisible()
    form.editor("rate").show_value("quick")
    form.refresh()
    assert form._advanced.isVisible()
    assert form.problem.startswith("Rate: ")


def test_a_mistake_in_a_field_that_means_nothing_is_none(form):
    form.editor("momentum").show_value("much")  # of SGD alone
    form.refresh()
    assert form.problem == ""


def test_the_parts_of_a_network_of_ones_own_begin_as_the_chosen_one(form, qtbot):
    choose(form, "network", "11-1-7")
    assert form.config().spec.name == "11-1-7"
    assert not shown(form, "f1")
    choose(form, "network", "custom")
    assert shown(form, "f1")
    type_in(qtbot, form, "n1", "16")
    assert form.config().spec.name == "11-1-7-16-32"


def test_what_can_compute_is_offered_by_name(form):
    form.offer_devices([Device("cuda:0", "Card", 2**34), Device("cpu", "Processor", 2**33)])
    box = form.editor("device").findChild(QComboBox)
    assert [box.itemText(k) for k in range(box.count())] == ["Card (16 GB)", "Processor (8 GB)"]
    assert form.config().device == "cpu"  # as before
    choose(form, "device", "cuda:0")
    assert form.config().device == "cuda:0"


def test_offered_weights_can_be_chosen(form, tmp_path):
    form.offer_weights([("mine", bundled_file(3)), ("other", bundled_file(2))])
    choose(form, "start", FROM_WEIGHTS)
    assert form.config().initial == bundled_file(3)
    form.editor("initial").show_value(bundled_file(2))
    form.refresh()
    assert "another scale" in form.editor("initial").problem


def test_folders_are_chosen_added_dropped_and_let_go(form, monkeypatch, tmp_path):
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
    answers = iter([str(folders[0]), str(folders[1]), ""])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(answers))
    form.data.choose()
    assert form.config().data == (folders[0],)
    form.data._add.click()
    form.data._add.click()  # and thinks better of it
    assert form.config().data == tuple(folders[:2])
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folders[2]))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    drop = QDropEvent(QPoint(5, 5), copy, mime, left, none.NoModifier)
    form.data.dropEvent(drop)
    assert form.config().data == (folders[2],)
    form.data._none.click()
    assert form.config().data == ()


def test_a_useless_folder_is_told_and_can_be_replaced(form, tmp_path):
    form.show_data_problem("There is no picture in it")
    assert form.problem == "Learn from: There is no picture in it"
    assert form.current is not None  # the settings themselves are sound
    form.show_data_problem("")
    assert form.problem == ""


def test_a_name_that_is_taken_meanwhile_is_noticed(form, qtbot):
    type_in(qtbot, form, "name", "mine")
    assert form.config().out.name == "mine"
    form.config().out.mkdir(parents=True)
    form.refresh()
    assert "already" in form.editor("name").problem


def test_settings_of_before_are_shown(form):
    config = TrainConfig(preset="fast", scale=2, data=(Path("/pictures"),), batch=8, minutes=4.0)
    form.set_config(config)
    again = form.config()
    assert (again.scale, again.data, again.batch, again.minutes) == (2, config.data, 8, 4.0)
    assert PRESETS["fast"].explanation in form._explanation.text()


def test_it_fits_a_narrow_column(form):
    assert form.widget().minimumSizeHint().width() <= 345
