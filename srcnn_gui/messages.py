"""What the program has to say: one message, in the window, in the way of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.crash_report import report_of
from srcnn_gui.explanation import explain
from srcnn_gui.icons import icon, icon_pixmap
from srcnn_gui.theme import Severity, severity_colours

if TYPE_CHECKING:
    from pathlib import Path

_ICON_SIZE = 20
_STRIPE = 4


class MessageBar(QFrame):
    """One message at the top of the window, until it is dismissed or replaced.

    A sentence in bold, a hint below it, perhaps a button, or two for a report. Esc dismisses it
    wherever the focus is. It wraps at any width, so it never makes the window wider.
    """

    action_triggered = Signal()
    report_wanted = Signal(object)  # Path: to be shown
    folder_wanted = Signal(object)  # Path of the report whose folder is to be shown
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._severity = Severity.INFO
        self._icon = QLabel()
        self._sentence = _WrappingLabel()
        font = self._sentence.font()
        font.setBold(True)
        self._sentence.setFont(font)
        self._hint = _WrappingLabel()
        self._action = QPushButton()
        self._action.clicked.connect(self.action_triggered)
        self._report: Path | None = None
        self._show_report = QPushButton("Show report")
        self._show_report.clicked.connect(self._on_show_report)
        self._open_folder = QPushButton("Open folder")
        self._open_folder.clicked.connect(self._on_open_folder)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setToolTip("Dismiss (Esc)")
        self._close.setAccessibleName("Dismiss the message")
        self._close.clicked.connect(self.dismiss)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self.dismiss)
        copy = QAction("Copy message", self)
        copy.triggered.connect(self._on_copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._arrange()
        self._paint_icons()
        self.hide()

    @property
    def text(self) -> str:
        """Sentence and hint, each on a line; empty if nothing is shown."""
        lines = (self._sentence.whole, self._hint.whole)
        return "" if self.isHidden() else "\n".join(line for line in lines if line)

    @property
    def severity(self) -> Severity:
        """How grave the message is."""
        return self._severity

    def show_error(self, error: BaseException, *, action: str = "") -> None:
        """Say what an exception means; ``action`` is the text of a button, if any."""
        sentence, hint = explain(error)
        self.show_message(Severity.ERROR, sentence, hint, action=action, report=report_of(error))

    def show_warning(self, sentence: str, hint: str = "", *, action: str = "") -> None:
        """Say what is not as expected."""
        self.show_message(Severity.WARNING, sentence, hint, action=action)

    def show_info(self, sentence: str, hint: str = "", *, action: str = "") -> None:
        """Say what is good to know."""
        self.show_message(Severity.INFO, sentence, hint, action=action)

    def show_message(
        self,
        severity: Severity,
        sentence: str,
        hint: str = "",
        *,
        action: str = "",
        report: Path | None = None,
    ) -> None:
        """Show a message in place of the present one; a ``report`` can be shown from it."""
        self._severity = severity
        self._sentence.show_text(sentence)
        self._hint.show_text(hint)
        self._hint.setVisible(bool(hint))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._report = report
        for button in (self._show_report, self._open_folder):
            button.setVisible(report is not None)
        self._paint_icons()
        self.show()
        spoken = f"{severity.capitalize()}: {sentence}. {hint}".strip()
        self.setAccessibleName(spoken)
        self._announce(spoken)

    @Slot()
    def dismiss(self) -> None:
        """Hide the message."""
        if self.isVisible():
            self.hide()
            self.dismissed.emit()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icons()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        background, accent = severity_colours(self._severity, self.palette())
        with QPainter(self) as painter:  # ended here, whoever holds the frame
            painter.fillRect(self.rect(), background)
            painter.fillRect(0, 0, _STRIPE, self.height(), accent)

    def _arrange(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self._sentence)
        text.addWidget(self._hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(_STRIPE + 10, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        for button in (self._action, self._show_report, self._open_folder):
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)

    def _paint_icons(self) -> None:
        _, accent = severity_colours(self._severity, self.palette())
        self._icon.setPixmap(
            icon_pixmap(self._severity.value, accent, _ICON_SIZE, self.devicePixelRatio())
        )
        self._close.setIcon(icon("close", self.palette()))

    def _announce(self, spoken: str) -> None:
        """Have a screen reader say it, at once if it is an error."""
        event = QAccessibleAnnouncementEvent(self, spoken)
        if self._severity is Severity.ERROR:
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(event)

    @Slot()
    def _on_show_report(self) -> None:
        self.report_wanted.emit(self._report)

    @Slot()
    def _on_open_folder(self) -> None:
        self.folder_wanted.emit(self._report)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


class _WrappingLabel(QLabel):
    """Plain text that wraps at any width, long paths included."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_text(self, text: str) -> None:
        """Show ``text``, with chances to break it inside of long words."""
        self.whole = text
        self.setText(_breakable(text))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())


def _breakable(text: str, longest: int = 10) -> str:
    """Put zero-width spaces into words of more than ``longest`` characters."""
    space = "\N{ZERO WIDTH SPACE}"
    words = text.split(" ")
    return " ".join(
        space.join(word[start : start + longest] for start in range(0, len(word), longest))
        for word in words
    )
