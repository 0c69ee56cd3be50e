"""Both themes are readable, complete, and worn when they should be."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QToolTip

from srcnn_gui.theme import (
    Severity,
    Theme,
    apply_theme,
    canvas_colour,
    is_dark,
    severity_colours,
    theme_palette,
)

Group, Role = QPalette.ColorGroup, QPalette.ColorRole
BOTH = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def luminance(colour: QColor) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio as WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture
def app(qapp):
    palette, style, tip = qapp.palette(), qapp.style().objectName(), QToolTip.palette()
    yield qapp
    apply_theme(qapp, Theme.SYSTEM)
    qapp.setStyle(style)
    qapp.setPalette(palette)
    QToolTip.setPalette(tip)


def test_contrast_is_that_of_the_standard():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.005)


@BOTH
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (Role.WindowText, Role.Window),
        (Role.Text, Role.Base),
        (Role.Text, Role.AlternateBase),
        (Role.PlaceholderText, Role.Base),
        (Role.ButtonText, Role.Button),
        (Role.ToolTipText, Role.ToolTipBase),
        (Role.HighlightedText, Role.Highlight),
        (Role.Link, Role.Window),
        (Role.Link, Role.Base),
        (Role.LinkVisited, Role.Window),
        (Role.LinkVisited, Role.Base),
    ],
)
@pytest.mark.parametrize("group", [Group.Active, Group.Inactive])
def test_text_is_readable(dark, group, text, ground):
    palette = theme_palette(dark=dark)
    assert contrast(palette.color(group, text), palette.color(group, ground)) >= 4.5


@BOTH
def test_what_is_disabled_looks_so_and_can_still_be_read(dark):
    palette = theme_palette(dark=dark)
    for role, ground in [(Role.WindowText, Role.Window), (Role.ButtonText, Role.Button)]:
        disabled = contrast(palette.color(Group.Disabled, role), palette.color(ground))
        assert 2.5 <= disabled < 0.7 * contrast(palette.color(role), palette.color(ground))


@BOTH
def test_the_accent_stands_out_from_what_it_stands_on(dark):
    palette = theme_palette(dark=dark)
    for ground in (Role.Window, Role.Base, Role.Button):
        assert contrast(palette.color(Role.Accent), palette.color(ground)) >= 3


@BOTH
def test_every_colour_is_set_in_every_group(dark):
    palette = theme_palette(dark=dark)
    roles = [role for role in Role if role not in (Role.NoRole, Role.NColorRoles)]
    for group, role in itertools.product((Group.Active, Group.Inactive, Group.Disabled), roles):
        assert palette.isBrushSet(group, role), (group, role)


@BOTH
def test_a_palette_knows_whether_it_is_dark(dark):
    assert is_dark(theme_palette(dark=dark)) is dark


@BOTH
def test_the_canvas_is_a_neutral_grey_of_middle_or_less(dark):
    palette = theme_palette(dark=dark)
    colour = canvas_colour(palette)
    assert colour.red() == colour.green() == colour.blue()
    assert 0.15 < colour.redF() < 0.5
    assert contrast(colour, palette.color(Role.Window)) > 1.2


@BOTH
@pytest.mark.parametrize("severity", Severity)
def test_a_message_is_readable_and_its_colour_stands_out(dark, severity):
    palette = theme_palette(dark=dark)
    background, accent = severity_colours(severity, palette)
    assert contrast(palette.color(Role.WindowText), background) >= 7
    assert contrast(palette.color(Role.Link), background) >= 4.5
    assert contrast(accent, background) >= 4.5


@BOTH
def test_severities_can_be_told_apart(dark):
    colours = [severity_colours(s, theme_palette(dark=dark))[1].name() for s in Severity]
    assert len(set(colours)) == len(Severity)


def test_a_chosen_theme_does_not_heed_the_desktop(app):
    apply_theme(app, Theme.DARK)
    assert is_dark(app.palette())
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert is_dark(app.palette())
    apply_theme(app, Theme.LIGHT)
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not is_dark(app.palette())


def test_the_system_theme_follows_the_desktop(app):
    apply_theme(app, Theme.SYSTEM)
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        app.styleHints().colorSchemeChanged.emit(scheme)
        assert is_dark(app.palette()) is (scheme == Qt.ColorScheme.Dark)
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
    assert not is_dark(app.palette())


def test_existing_widgets_and_tips_change_with_the_theme(app, qtbot):
    label = QLabel("text")
    qtbot.addWidget(label)
    for theme in (Theme.DARK, Theme.LIGHT):
        apply_theme(app, theme)
        expected = theme_palette(dark=theme is Theme.DARK)
        text = expected.color(Role.WindowText)
        qtbot.waitUntil(lambda text=text: label.palette().color(Role.WindowText) == text)
        assert QToolTip.palette().color(Role.ToolTipBase) == expected.color(Role.ToolTipBase)


def test_the_style_is_the_same_everywhere(app):
    apply_theme(app, Theme.LIGHT)
    assert app.style().objectName() == "fusion"
