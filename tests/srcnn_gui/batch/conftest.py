"""A window with the Batch panel, and pictures for it."""

from __future__ import annotations

import pytest
from PIL import Image

from srcnn_gui.batch.choices import Choices
from tests.srcnn_gui.batch.batch_window import Window


@pytest.fixture
def folder(tmp_path, pixels):
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.png", "bad.png", "sub/c.png"):
        Image.fromarray(pixels(30, 20)).save(folder / name)
    return folder


@pytest.fixture
def choices(tmp_path):
    return Choices(method="bicubic", scale=2, output=tmp_path / "out")


@pytest.fixture
def window(start, qtbot, choices):
    return Window(start(), qtbot, choices)


@pytest.fixture
def filled(window, folder):
    window.add(folder)
    return window
