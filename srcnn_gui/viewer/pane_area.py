"""The panes, side by side or as one split, all looking at the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from srcnn_gui.qimage import view_for_others
from srcnn_gui.settings import View as Arrangement
from srcnn_gui.viewer.layer import Difference, difference_colours
from srcnn_gui.viewer.pane import Pane
from srcnn_gui.viewer.scene import TRUTH
from srcnn_gui.viewer.screen_colours import SRGB_DISPLAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.viewer.canvas import Canvas
    from srcnn_gui.viewer.choice import PaneChoice, PaneView
    from srcnn_gui.viewer.layer import Layer
    from srcnn_gui.viewer.session import Session
    from srcnn_gui.viewer.view import View

_REFRESH_MS = 100
"""Figures are written at most this often: numbers that flicker cannot be read."""


class PaneArea(QWidget):
    """Up to four panes in a grid, or the first two in one canvas with a line between."""

    fit_toggled = Signal()

    def __init__(self, session: Session, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._arrangement = Arrangement.SIDE
        self._is_flipped = False
        self._shows_grid = True
        self._active: int | None = None
        self._panes: list[Pane] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(1)
        self._legend = DifferenceLegend()
        self._legend.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._grid, 1)
        layout.addWidget(self._legend)
        self._looking = QTimer(self, singleShot=True, interval=0)
        self._looking.timeout.connect(self._on_looking)
        self._refreshing = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refreshing.timeout.connect(self._on_refreshing)
        session.views_changed.connect(self._on_views_changed)
        session.figures_changed.connect(self._on_figures_changed)
        view.changed.connect(self._on_looked_elsewhere)

    @property
    def canvases(self) -> list[Canvas]:
        """The canvases, from left to right."""
        return [pane.canvas for pane in self._panes]

    def active_layer(self) -> Layer | None:
        """Return the result (or truth) of the active pane: the one to save."""
        views = self._session.views
        if not views:
            return None
        position = self._active if self._active is not None else _last_method(views)
        result = views[min(position, len(views) - 1)].result
        return None if result is None else result.layer

    def image(self) -> QImage:
        """Return the panes as they are on screen, in colours that are right elsewhere too."""
        scene = self._session.scene
        display = SRGB_DISPLAY if scene is None else scene.display
        return view_for_others(self.grab().toImage(), display)

    def set_arrangement(self, arrangement: Arrangement) -> None:
        """Lay the panes out side by side, or as a split."""
        self._arrangement = arrangement
        self._on_views_changed()

    def set_flipped(self, flipped: bool) -> None:
        """Show in every pane what the next one shows, as long as a key is held."""
        if flipped != self._is_flipped:
            self._is_flipped = flipped
            self._show_views()

    def look_again(self) -> None:
        """Look at the same with other pixels: those of another screen."""
        for canvas in self.canvases:
            canvas.update()
        self._looking.start()

    def set_shows_grid(self, shows: bool) -> None:
        """Part the pixels by a grid when far in, or do not."""
        self._shows_grid = shows
        for canvas in self.canvases:
            canvas.set_shows_grid(shows)

    @Slot()
    def _on_views_changed(self) -> None:
        wanted = self._groups()
        if [pane.positions for pane in self._panes] != wanted:
            self._lay_out(wanted)
        self._legend.show_choice(self._session)
        if self._active is not None and self._active >= len(self._session.views):
            self._active = None
        self._mark_active()
        self._show_views()
        self._looking.start()

    def _groups(self) -> list[tuple[int, ...]]:
        """Return the views of each canvas: one each, or the first two in a split."""
        positions = range(len(self._session.views))
        if self._arrangement is Arrangement.SPLIT and len(positions) > 1:
            return [(0, 1)]
        return [(position,) for position in positions]

    def _lay_out(self, groups: list[tuple[int, ...]]) -> None:
        while self._panes:
            pane = self._panes.pop()
            self._grid.removeWidget(pane)
            pane.hide()
            pane.deleteLater()
        self._panes = [self._new_pane(positions) for positions in groups]
        columns = 2 if len(groups) == 4 else max(1, len(groups))
        for place, pane in enumerate(self._panes):
            self._grid.addWidget(pane, *divmod(place, columns))
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _new_pane(self, positions: tuple[int, ...]) -> Pane:
        pane = Pane(positions, self._session, self._view)
        pane.chosen.connect(self._on_chosen)
        pane.activated.connect(self._on_activated)
        pane.canvas.resized.connect(self._on_looked_elsewhere)
        pane.canvas.double_clicked.connect(self.fit_toggled)
        pane.canvas.set_shows_grid(self._shows_grid)
        return pane

    def _show_views(self) -> None:
        views = self._session.views
        for pane in self._panes:
            shown = [views[position] for position in pane.positions]
            drawn = shown
            if self._is_flipped and len(shown) > 1:
                drawn = shown[::-1]
            elif self._is_flipped:
                drawn = [views[(pane.positions[0] + 1) % len(views)]]
            pane.show_views(shown, drawn)

    @Slot(int, object)
    def _on_chosen(self, position: int, choice: PaneChoice) -> None:
        self._session.set_pane(position, choice)

    @Slot(int)
    def _on_activated(self, position: int) -> None:
        self._active = position
        self._mark_active()

    def _mark_active(self) -> None:
        views = self._session.views
        active = self._active if self._active is not None else _last_method(views)
        for pane in self._panes:
            pane.set_active(active if len(views) > 1 else None)

    @Slot()
    def _on_looked_elsewhere(self) -> None:
        self._looking.start()

    @Slot()
    def _on_looking(self) -> None:
        """Tell the session what is in sight, once however many canvases changed."""
        if self._panes:
            self._view.set_pane(self._panes[0].canvas.screen_size())
        self._session.look_at([look for canvas in self.canvases for look in canvas.looks()])

    @Slot()
    def _on_figures_changed(self) -> None:
        if not self._refreshing.isActive():
            self._refreshing.start()

    @Slot()
    def _on_refreshing(self) -> None:
        views = self._session.views
        for pane in self._panes:
            pane.update_figures([views[position] for position in pane.positions])


def _last_method(views: Sequence[PaneView]) -> int:
    """Return the last pane that shows a method: what one came for stands there."""
    methods = [k for k, view in enumerate(views) if view.choice.method != TRUTH]
    return methods[-1] if methods else 0


class DifferenceLegend(QFrame):
    """What the colours of a difference mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = QLabel()
        self._low, self._high = QLabel(), QLabel()
        self._bar = _ColourBar()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(self._name)
        layout.addStretch()
        layout.addWidget(self._low)
        layout.addWidget(self._bar)
        layout.addWidget(self._high)

    def show_choice(self, session: Session) -> None:
        """Explain the colours in use; hide when results are shown."""
        choice, scene = session.difference, session.scene
        is_shown = choice.kind is not Difference.OFF and scene is not None
        self.setVisible(is_shown and scene is not None and scene.truth is not None)
        reach = 255 / choice.amplification
        signed = choice.kind is Difference.SIGNED
        kind = "Signed" if signed else "Absolute"
        times = "\N{MULTIPLICATION SIGN}"
        self._name.setText(
            f"{kind} difference of luma to the truth, amplified {times}{choice.amplification}"
        )
        self._low.setText(f"too dark \N{MINUS SIGN}{reach:.0f}" if signed else "0")
        self._high.setText(f"+{reach:.0f} too bright" if signed else f"{reach:.0f} or more")
        self._bar.show_kind(choice.kind)


class _ColourBar(QWidget):
    """The colours from the least to the greatest error."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = Difference.ABSOLUTE
        self.setFixedSize(QSize(180, 12))

    def show_kind(self, kind: Difference) -> None:
        """Show the colours of a kind of difference."""
        self._kind = kind
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        kind = Difference.ABSOLUTE if self._kind is Difference.OFF else self._kind
        colours = difference_colours(kind, 1)
        first = 255 if kind is Difference.ABSOLUTE else 0
        gradient = QLinearGradient(0, 0, self.width(), 0)
        for step in range(17):
            blue, green, red, _ = colours[first + round((510 - first) * step / 16)].tolist()
            gradient.setColorAt(step / 16, QColor(red, green, blue))
        with QPainter(self) as painter:  # ended here, whoever holds the frame
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(gradient)
            painter.drawRoundedRect(self.rect(), 3, 3)
