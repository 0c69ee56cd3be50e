"""The window: what stands where. What commands do is in ``commands.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.samples import SAMPLES
from srcnn_gui.actions import ACTIONS, Menu, dress_actions, make_actions, menu_for
from srcnn_gui.elided_label import ElidedLabel
from srcnn_gui.icons import application_icon, icon
from srcnn_gui.job_bar import JobBar
from srcnn_gui.messages import MessageBar
from srcnn_gui.panel_docks import PanelDocks
from srcnn_gui.tool_bar import ToolBar
from srcnn_gui.viewer.navigator import Navigator
from srcnn_gui.viewer.pane_area import PaneArea
from srcnn_gui.viewer.tables import FigureTable, PixelTable
from srcnn_gui.viewer.view import View
from srcnn_gui.welcome import Welcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn_gui.jobs import JobService
    from srcnn_gui.viewer.session import Session

_SIDE_WIDTH = 280


class MainWindow(QMainWindow):
    """One window: panes in the middle, figures below, navigator and pixels to the right.

    Attributes
    ----------
    training_dock, measure_dock, pinned_dock, batch_dock : QDockWidget
        Empty and hidden until somebody asks for their panel.
    is_attended : bool
        Whether a person is there to be asked.
    checks_before_closing : list of callable
        Each asks the person, if need be, whether the window may close, and tells.
    """

    urls_dropped = Signal(object)  # list[QUrl]
    sample_chosen = Signal(str)
    flip_released = Signal()
    closing = Signal()

    def __init__(self, session: Session, jobs: JobService) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setWindowTitle("SRCNN Studio")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.actions_by_id = make_actions(self)
        self.view = View(self)
        self.area = PaneArea(session, self.view)
        self.figures = FigureTable(session)
        self.pixels = PixelTable(session, self.view)
        self.navigator = Navigator(session, self.view)
        self.messages = MessageBar()
        self.job_bar = JobBar(jobs)
        self.devices = QComboBox()
        self.welcome = Welcome(self.actions_by_id["open_image"])
        self.welcome.sample_chosen.connect(self.sample_chosen)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.area)
        self.setCentralWidget(self._centre())
        self._docks = [
            self._dock("Figures", self.figures, Qt.DockWidgetArea.BottomDockWidgetArea),
            self._dock("Navigator", self.navigator, Qt.DockWidgetArea.RightDockWidgetArea),
            self._dock("Pixel", self.pixels, Qt.DockWidgetArea.RightDockWidgetArea),
        ]
        docks = [
            self._dock(title, QWidget(), Qt.DockWidgetArea.BottomDockWidgetArea)
            for title in ("Training", "Measure", "Pinned crops", "Batch")
        ]
        self.training_dock, self.measure_dock, self.pinned_dock, self.batch_dock = docks
        self.setTabPosition(Qt.DockWidgetArea.BottomDockWidgetArea, QTabWidget.TabPosition.North)
        for dock in docks:
            self.tabifyDockWidget(self._docks[0], dock)
        self._panels = PanelDocks(self, docks, narrow=self.pinned_dock)
        self.is_attended = True
        self.checks_before_closing: list[Callable[[], bool]] = []
        self._wanted_docks = list(self._docks)
        self._restored_state = QByteArray()
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.recent_menu = QMenu("Open re&cent", self)
        self._fill_menus()
        self.actions_by_id["show_training"].setIconText("Train")
        self.actions_by_id["show_measure"].setIconText("Measure")
        self._tool_bar = ToolBar(self.actions_by_id, self._samples_menu, self.devices, self)
        self.addToolBar(self._tool_bar)
        self._describe = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._zoom = QLabel()
        self.statusBar().addWidget(self._describe, 1)
        self.statusBar().addPermanentWidget(self._zoom)
        self.view.changed.connect(self._on_view_changed)
        self._dress()
        self._zoom.hide()

    def show_picture(self, description: str) -> None:
        """Describe the open picture; the first one brings panes and docks."""
        self._describe.setText(description)
        if self._stack.currentWidget() is self.welcome:
            self._stack.setCurrentWidget(self.area)
            self._zoom.show()
            for dock in self._wanted_docks:
                dock.show()
            self._panels.begin_picture()

    def restore_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        """Put window and docks where they were; docks stay hidden until there is a picture."""
        if not self.restoreGeometry(geometry):
            self.resize(QSize(1280, 800))
        self._restored_state = state
        if self.restoreState(state):
            self._wanted_docks = [dock for dock in self._docks if not dock.isHidden()]
        else:
            figures, navigator, pixels = self._docks
            self.resizeDocks([figures], [1], Qt.Orientation.Vertical)
            self.resizeDocks([navigator], [_SIDE_WIDTH], Qt.Orientation.Horizontal)
            self.resizeDocks([navigator, pixels], [500, 150], Qt.Orientation.Vertical)
        for dock in self._docks:
            dock.hide()
        self._panels.hide()

    def show_panel(self, dock: QDockWidget, panel: QWidget) -> None:
        """Show a panel in its dock, in front of the figures."""
        self._panels.show(dock, panel)

    def layout_state(self) -> QByteArray:
        """Return where docks are, for ``restore_layout``: as before if none was ever shown."""
        if self._stack.currentWidget() is self.welcome:
            return self._restored_state
        return self.saveState()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_attended and not all(check() for check in self.checks_before_closing):
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_tool_bar"):
            self._dress()
        elif event.type() == QEvent.Type.ActivationChange:
            self.flip_released.emit()

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F and not event.isAutoRepeat():
            self.flip_released.emit()
        super().keyReleaseEvent(event)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        urls: list[QUrl] = event.mimeData().urls()
        event.acceptProposedAction()
        self.urls_dropped.emit(urls)

    @Slot()
    def _on_view_changed(self) -> None:
        self._zoom.setText(self.view.viewport.percent())

    @Slot(QAction)
    def _on_sample_triggered(self, action: QAction) -> None:
        self.sample_chosen.emit(action.data())

    def _centre(self) -> QWidget:
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.job_bar)
        return centre

    def _dock(self, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(title.lower())
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _dress(self) -> None:
        """Give commands and docks icons in the colours of the theme."""
        dress_actions(self.actions_by_id, self)
        for dock in self.findChildren(QDockWidget):
            for part in ("float", "close"):
                button = dock.findChild(QAbstractButton, f"qt_dockwidget_{part}button")
                if button is not None:
                    button.setIcon(icon(part, self.palette()))

    def _fill_menus(self) -> None:
        menus = {menu: self.menuBar().addMenu(menu.value) for menu in Menu}
        samples = QMenu("Sa&mples", self)
        for sample in SAMPLES:
            action = samples.addAction(sample.label)
            action.setData(sample.id)
            action.setToolTip(sample.note)
        samples.setToolTipsVisible(True)
        samples.triggered.connect(self._on_sample_triggered)
        self._samples_menu = samples
        for spec in ACTIONS:
            menu = menus[spec.menu]
            menu.setToolTipsVisible(True)
            if spec.starts_section:
                menu.addSeparator()
            menu_for(spec, menu).addAction(self.actions_by_id[spec.id])
            if spec.id == "open_image":
                menu.addMenu(self.recent_menu)
                menu.addMenu(samples)
        menus[Menu.PANES].addSeparator()
        for dock in self._docks:
            menus[Menu.PANES].addAction(dock.toggleViewAction())
