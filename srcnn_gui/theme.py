"""Light and dark: two palettes for one style, and when each is worn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QToolTip,
    QWidget,
)
from typing_extensions import override


class Theme(StrEnum):
    """What the user wants; ``SYSTEM`` follows the desktop, also when it changes."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Severity(StrEnum):
    """How grave a message is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class _Colours:
    """Colours of one theme. Text has at least 4.5 : 1 on what it stands on (WCAG AA)."""

    window: str
    base: str
    alternate: str
    button: str
    tooltip: str
    text: str
    placeholder: str
    disabled: str
    accent: str
    on_accent: str
    link: str
    visited: str
    light: str
    midlight: str
    mid: str
    dark: str
    shadow: str


_LIGHT = _Colours(
    window="#f4f4f5",
    base="#ffffff",
    alternate="#f0f0f2",
    button="#fafafb",
    tooltip="#2f3034",
    text="#1d1e21",
    placeholder="#6a6b70",
    disabled="#8e8f94",
    accent="#1f66c7",
    on_accent="#ffffff",
    link="#1a5ab3",
    visited="#6c479f",
    light="#ffffff",
    midlight="#ececee",
    mid="#c3c4c8",
    dark="#a3a4a9",
    shadow="#77787d",
)
_DARK = _Colours(
    window="#1e1f22",
    base="#17181a",
    alternate="#222327",
    button="#2e3034",
    tooltip="#3a3c41",
    text="#e4e5e8",
    placeholder="#9b9da3",
    disabled="#75777d",
    accent="#4c8ff0",
    on_accent="#0b0c0e",
    link="#7ab0ff",
    visited="#c4a4f0",
    light="#45474d",
    midlight="#383a3f",
    mid="#3a3c41",
    dark="#121315",
    shadow="#08090a",
)
_SEVERITY = {
    (Severity.INFO, False): ("#e6effb", "#1f66c7"),
    (Severity.WARNING, False): ("#fbf1d9", "#8a5a00"),
    (Severity.ERROR, False): ("#fbe6e4", "#b3261e"),
    (Severity.INFO, True): ("#1f2b3d", "#7ab0ff"),
    (Severity.WARNING, True): ("#372d17", "#e8b64c"),
    (Severity.ERROR, True): ("#3d2220", "#ff8f86"),
}
_CANVAS = {False: "#666666", True: "#333333"}


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole program: style and palette; ``SYSTEM`` goes on following.

    May be called again at any time. Every widget then gets a ``PaletteChange`` event with the
    next turn of the event loop, which is when icons are to be made anew.
    """
    follower = app.findChild(_ThemeFollower) or _ThemeFollower(app)
    follower.follow(theme)


def theme_palette(*, dark: bool) -> QPalette:
    """Return the palette of the light or the dark theme, every role in every group set."""
    colours = _DARK if dark else _LIGHT
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.base,
        role.AlternateBase: colours.alternate,
        role.Text: colours.text,
        role.PlaceholderText: colours.placeholder,
        role.Button: colours.button,
        role.ButtonText: colours.text,
        role.BrightText: "#ffffff",
        role.ToolTipBase: colours.tooltip,
        role.ToolTipText: "#f4f4f5",
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.link,
        role.LinkVisited: colours.visited,
        role.Light: colours.light,
        role.Midlight: colours.midlight,
        role.Mid: colours.mid,
        role.Dark: colours.dark,
        role.Shadow: colours.shadow,
    }.items():
        palette.setColor(QPalette.ColorGroup.All, name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.disabled))
    for name, colour in {
        role.Highlight: colours.mid,
        role.HighlightedText: colours.text,
        role.Accent: colours.mid,
        role.Link: colours.disabled,
        role.LinkVisited: colours.disabled,
    }.items():
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colour))
    return palette


def is_dark(palette: QPalette) -> bool:
    """Tell whether text is lighter than what it stands on."""
    text = palette.color(QPalette.ColorRole.WindowText)
    return text.lightness() > palette.color(QPalette.ColorRole.Window).lightness()


def canvas_colour(palette: QPalette) -> QColor:
    """Return what surrounds pictures: a neutral grey, so that it does not tint the eye."""
    return QColor(_CANVAS[is_dark(palette)])


def severity_colours(severity: Severity, palette: QPalette) -> tuple[QColor, QColor]:
    """Return background and accent of a message; the palette's text is readable on the first."""
    background, accent = _SEVERITY[severity, is_dark(palette)]
    return QColor(background), QColor(accent)


class OutlinedFusion(QProxyStyle):
    """Fusion, whose outlines are darker than the window: in the dark theme they are drawn over."""

    _OUTLINED = frozenset(
        {
            QStyle.PrimitiveElement.PE_IndicatorCheckBox,
            QStyle.PrimitiveElement.PE_IndicatorRadioButton,
            QStyle.PrimitiveElement.PE_FrameLineEdit,
        }
    )

    def __init__(self) -> None:
        super().__init__("Fusion")

    @override
    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawPrimitive(element, option, painter, widget)
        if element not in self._OUTLINED or not is_dark(option.palette):
            return
        is_round = element is QStyle.PrimitiveElement.PE_IndicatorRadioButton
        frame = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = frame.width() / 2 if is_round else 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, radius, radius)
        painter.restore()


class _ThemeFollower(QObject):
    """Belongs to the application and keeps it in the wanted theme."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._theme = Theme.SYSTEM
        app.setStyle(OutlinedFusion())
        app.styleHints().colorSchemeChanged.connect(self._on_colour_scheme_changed)

    def follow(self, theme: Theme) -> None:
        """Wear ``theme`` from now on, title bars included where the desktop allows it."""
        self._theme = theme
        hints = self._app.styleHints()
        if theme is Theme.SYSTEM:
            hints.unsetColorScheme()
        else:
            is_wanted_dark = theme is Theme.DARK
            hints.setColorScheme(Qt.ColorScheme.Dark if is_wanted_dark else Qt.ColorScheme.Light)
        self._dress(hints.colorScheme())

    @Slot(Qt.ColorScheme)
    def _on_colour_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        self._dress(scheme)

    def _dress(self, scheme: Qt.ColorScheme) -> None:
        by_system = self._theme is Theme.SYSTEM and scheme == Qt.ColorScheme.Dark
        palette = theme_palette(dark=by_system or self._theme is Theme.DARK)
        self._app.setPalette(palette)
        QToolTip.setPalette(palette)  # tips do not wear the application's
