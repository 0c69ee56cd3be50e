"""Weights opened in the window: a method like any other, or one sentence."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QUrl

from srcnn.resize import Border
from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard, Weights, save_weights
from srcnn_gui.app import Program
from srcnn_gui.settings import Settings

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

SMALL = SrcnnSpec(4, 3, 5, 1, 3)


def small_weights(name: str, scale: int, seed: int = 0) -> Weights:
    random = np.random.default_rng(seed)
    arrays = tuple(random.normal(0, 0.1, shape).astype(np.float32) for shape in SMALL.shapes)
    return Weights(SMALL, scale, arrays, ModelCard(name=name))


@pytest.fixture
def program(qtbot):
    program = Program(Settings(panes=("bicubic", "srcnn")))
    qtbot.addWidget(program.window)
    yield program
    program.window.close()


def methods(program: Program) -> list[str]:
    return [pane.method for pane in program.session.panes]


def open_and_wait(qtbot, program: Program, path: Path) -> None:
    with qtbot.waitSignal(program.jobs.ended, timeout=10_000):
        program.weights.open_file(path)


def test_opened_weights_are_shown_in_a_pane_and_remembered(qtbot, program, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_weights(small_weights("mine", 3), path)
    open_and_wait(qtbot, program, path)
    assert methods(program) == ["bicubic", "srcnn", "srcnn:mine"]
    assert program.commands.settings.weights_files == (str(path),)


def test_weights_named_like_bundled_ones_are_kept_apart(qtbot, program, tmp_path):
    path = tmp_path / "x3.safetensors"
    save_weights(small_weights("9-1-5", 3), path)
    open_and_wait(qtbot, program, path)
    assert methods(program)[-1] == "srcnn:9-1-5 (opened)"


def test_weights_opened_again_replace_the_older_ones(qtbot, program, tmp_path):
    path = tmp_path / "mine.safetensors"
    for seed in (0, 1):
        save_weights(small_weights("mine", 3, seed), path)
        open_and_wait(qtbot, program, path)
    assert methods(program) == ["bicubic", "srcnn", "srcnn:mine"]
    assert program.commands.settings.weights_files == (str(path),)


def test_weights_for_another_scale_say_so_in_their_pane(qtbot, program, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_weights(small_weights("mine", 2), path)
    with qtbot.waitSignal(program.opener.opened, timeout=20_000):
        program.opener.open_sample("chart")
    open_and_wait(qtbot, program, path)
    problem = program.session.views[-1].problem
    assert "no weights for \N{MULTIPLICATION SIGN}3" in str(problem)
    assert problem is not None
    assert "\N{MULTIPLICATION SIGN}2" in problem.hint


def test_dropped_weights_are_opened(qtbot, program, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_weights(small_weights("mine", 3), path)
    with qtbot.waitSignal(program.jobs.ended, timeout=10_000):
        program.window.urls_dropped.emit([QUrl.fromLocalFile(str(path))])
    assert methods(program)[-1] == "srcnn:mine"


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        return Path.touch, (self.target,)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.safetensors", b""),
        ("text.safetensors", b"these are no weights"),
        ("text.mat", b"these are no weights"),
        ("text.pth", b"these are no weights"),
    ],
)
def test_foreign_files_are_one_sentence_with_a_hint(qtbot, program, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    open_and_wait(qtbot, program, path)
    sentence, _, hint = program.window.messages.text.partition("\n")
    assert name in sentence.replace("\N{ZERO WIDTH SPACE}", "")
    assert hint
    assert methods(program) == ["bicubic", "srcnn"]


def test_a_pickle_that_would_run_code_is_refused_and_not_run(qtbot, program, tmp_path):
    path, proof = tmp_path / "bomb.pth", tmp_path / "it-ran"
    path.write_bytes(pickle.dumps(Bomb(proof)))
    open_and_wait(qtbot, program, path)
    assert program.window.messages.text
    assert not proof.exists()


def test_weights_come_back_at_the_next_start(qtbot, tmp_path):
    path, gone = tmp_path / "mine.safetensors", tmp_path / "gone.safetensors"
    save_weights(small_weights("mine", 3), path)
    settings = replace(Settings(), weights_files=(str(path), str(gone)))
    program = Program(settings)
    qtbot.addWidget(program.window)
    with qtbot.waitSignal(program.jobs.ended, timeout=10_000):
        program.weights.reopen()
    ids = [method.id for method in program.library.methods(3, settings.border)]
    assert "srcnn:mine" in ids
    assert program.commands.settings.weights_files == (str(path),)
    program.window.close()


@pytest.mark.parametrize("shown", [True, False])
def test_weights_may_take_the_place_of_a_method(qtbot, program, tmp_path, shown):
    path = tmp_path / "mine.safetensors"
    save_weights(small_weights("mine", 3), path)
    with qtbot.waitSignal(program.weights.opened, timeout=10_000) as opened:
        program.weights.open_instead(path, "srcnn" if shown else "lanczos")
    assert opened.args[0].path == path
    assert methods(program) == ["bicubic", "srcnn:mine" if shown else "srcnn"]
    assert "srcnn:mine" in [method.id for method in program.library.methods(3, Border.CLAMP)]
