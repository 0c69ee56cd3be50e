"""Every icon draws, in the theme's colour, sharply at every size."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPalette

from srcnn.resources import resource_path
from srcnn_gui.icons import application_icon, icon, icon_pixmap
from srcnn_gui.theme import theme_palette

FILES = sorted(resource_path("icons").glob("*.svg"))
NAMES = [path.stem for path in FILES if path.stem != "app"]
NEEDED = [
    "open",
    "save",
    "copy",
    "paste",
    "sample",
    "side",
    "split",
    "flip",
    "difference",
    "zoom-in",
    "zoom-out",
    "fit",
    "one-to-one",
    "grid",
    "compare",
    "upscale",
    "batch",
    "device",
    "settings",
    "info",
    "warning",
    "error",
    "close",
    "cancel",
    "reference",
    "screenshot",
    "palette",
    "pause",
    "play",
    "navigator",
    "train",
    "measure",
    "stop",
    "discard",
    "resume",
    "float",
    "folder",
]


def pixels(image: QImage) -> np.ndarray:
    """Return (H, W, 4) RGBA, straight alpha."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    shape = image.height(), image.width(), 4
    return np.frombuffer(image.constBits(), np.uint8).reshape(shape).copy()


def drawn(made: QIcon, size: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> np.ndarray:
    return pixels(made.pixmap(QSize(size, size), 1.0, mode).toImage())


def test_every_icon_that_is_needed_is_there():
    assert set(NAMES) == set(NEEDED)


@pytest.mark.parametrize("path", [p for p in FILES if p.stem != "app"], ids=lambda p: p.stem)
def test_the_icons_are_of_one_family(path):
    root = ET.parse(path).getroot()
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke-width") == "1.75"
    assert root.get("stroke-linecap") == "round"
    assert {root.get("stroke"), *(node.get("stroke") for node in root)} <= {
        "currentColor",
        "none",
        None,
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_icon_has_the_colour_of_text_and_nothing_else(qapp, name, dark):
    palette = theme_palette(dark=dark)
    rgba = drawn(icon(name, palette), 24)
    opaque = rgba[rgba[..., 3] > 200]
    assert 20 < len(opaque) < 300
    expected = palette.color(QPalette.ColorRole.ButtonText)
    assert np.abs(opaque[:, :3] - np.array(expected.getRgb()[:3], float)).max() <= 2


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_keeps_off_its_edge(qapp, name):
    alpha = drawn(icon(name, theme_palette(dark=False)), 48)[..., 3]
    edge = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    assert edge.max() == 0


def test_icons_differ_from_one_another(qapp):
    palette = theme_palette(dark=False)
    assert len({drawn(icon(name, palette), 24).tobytes() for name in NAMES}) == len(NAMES)


def test_a_disabled_icon_has_the_colour_of_disabled_text(qapp):
    palette = theme_palette(dark=True)
    rgba = drawn(icon("save", palette), 32, QIcon.Mode.Disabled)
    opaque = rgba[rgba[..., 3] == 255]
    expected = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    assert (opaque[:, :3] == expected.getRgb()[:3]).all()


@pytest.mark.parametrize(("size", "ratio"), [(16, 1.0), (16, 1.5), (20, 2.0), (24, 1.0), (24, 2.0)])
def test_icons_are_drawn_for_the_pixels_of_the_screen(qapp, size, ratio):
    palette = theme_palette(dark=False)
    text = palette.color(QPalette.ColorRole.ButtonText)
    on_screen = icon("grid", palette).pixmap(QSize(size, size), ratio)
    direct = icon_pixmap("grid", text, size, ratio)
    assert on_screen.size() == direct.size() == QSize(size, size) * ratio
    assert direct.devicePixelRatio() == ratio
    assert (pixels(on_screen.toImage()) == pixels(direct.toImage())).all()


def test_an_icon_may_have_any_colour(qapp):
    rgba = pixels(icon_pixmap("error", QColor("#ff0000"), 48, 1.0).toImage())
    assert (rgba[rgba[..., 3] == 255][:, :3] == [255, 0, 0]).all()


def test_the_icon_of_the_program_turns_from_coarse_to_smooth(qapp):
    made = application_icon()
    assert {16, 32, 48, 256} <= {size.width() for size in made.availableSizes()}
    # each half along the disc's edge: few steps where it is coarse, many where it is smooth
    blue = drawn(made, 256)[..., 2].astype(int)
    red = drawn(made, 256)[..., 0].astype(int)
    left = [int(np.argmax(row[:126] > 120)) for row in red[46:210]]
    right = [int(np.argmax(row[:130:-1] > 180)) for row in blue[46:210]]
    assert len(set(left)) <= 5
    assert len(set(right)) > 40


def test_an_unknown_icon_is_refused(qapp):
    with pytest.raises(ValueError, match="no icon 'nonsense'"):
        icon("nonsense", QPalette())
    assert not Path(resource_path("icons/nonsense.svg")).exists()
