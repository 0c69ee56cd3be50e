"""The comparison figure is saved from what the window shows."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from srcnn import comparison_figure
from srcnn.figure import FigureContent
from srcnn.geometry import Region
from srcnn_gui import figure_commands


@pytest.fixture
def drawn(monkeypatch) -> list[FigureContent]:
    """Return the contents of the figures that are saved."""
    contents: list[FigureContent] = []
    real = comparison_figure.figure_of

    def spy(*args):
        contents.append(real(*args))
        return contents[-1]

    monkeypatch.setattr(figure_commands, "figure_of", spy)
    return contents


@pytest.mark.parametrize(("name", "magic"), [("f.png", b"\x89PNG"), ("f.pdf", b"%PDF")])
def test_what_is_in_sight_is_drawn_by_every_method_shown(opened, drawn, tmp_path, name, magic):
    opened.program.figures.save_to(tmp_path / name)
    opened.settle()
    assert (tmp_path / name).read_bytes().startswith(magic)
    (content,) = drawn
    (region,) = content.regions
    assert region == opened.window.area.canvases[0].looks()[0].region
    captions = [panel.caption.splitlines()[0] for panel in content.panels]
    methods = [name for name in opened.shown if name != "truth"]
    assert captions[0] == "Original"
    assert len(captions) == 1 + len(set(methods))
    assert content.panels[1].caption.endswith("dB")
    assert "bicubic" in content.protocol
    assert opened.settings.save_folder == str(tmp_path)


def test_pinned_crops_are_drawn_instead(opened, drawn, tmp_path):
    pins = opened.window.view.pins
    pinned = (Region(10, 20, 60, 50), Region(100, 80, 140, 150))
    for region in pinned:
        pins.add(region)
    opened.program.figures.save_to(tmp_path / "f.png")
    opened.settle()
    (content,) = drawn
    assert tuple(content.regions) == pinned
    for panel in content.panels:
        assert [crop.shape[:2] for crop in panel.crops] == [(30, 50), (70, 40)]


def test_the_dialog_chooses_the_file_and_adds_an_ending(opened, tmp_path, monkeypatch):
    reply = str(tmp_path / "compared"), "PDF, for print (*.pdf)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: reply)
    opened.trigger("save_figure")
    assert (tmp_path / "compared.pdf").exists()
    assert "compared.pdf" in opened.window.statusBar().currentMessage()


def test_a_cancelled_dialog_saves_nothing(opened, drawn, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    opened.trigger("save_figure")
    assert drawn == []


def test_without_a_ground_truth_there_is_nothing_to_compare(opened, drawn, tmp_path):
    opened.trigger("mode_upscale")
    opened.program.figures.save_to(tmp_path / "f.png")
    assert "ground truth" in opened.message
    assert drawn == []


def test_a_folder_that_is_not_there_is_said(opened, tmp_path):
    opened.program.figures.save_to(tmp_path / "gone" / "f.png")
    opened.settle()
    assert "cannot be written" in opened.message


def test_the_picture_can_be_opened_again(opened, tmp_path):
    opened.program.figures.save_to(tmp_path / "f.png")
    opened.settle()
    with Image.open(tmp_path / "f.png") as image:
        assert image.width > 300
