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
from srcnn_gui.message import Message, Topic, Undismissed
from srcnn_gui.theme import Severity, severity_colours

if TYPE_CHECKING:
    from pathlib import Path

_ICON_SIZE = 20
_STRIPE = 4


class MessageBar(QFrame):
    """One message at the top of the window, until it is dismissed or its topic is over.

    A sentence in bold, a hint below it, perhaps a button, or two for a report. Esc dismisses it
    wherever the focus is. Warnings and errors of other topics wait behind it. It wraps at any
    width, so it never makes the window wider.
    """

    action_triggered = Signal()
    report_wanted = Signal(object)  # Path: to be shown
    folder_wanted = Signal(object)  # Path of the report whose folder is to be shown
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._severity = Severity.INFO
        self._undismissed = Undismissed()
        self._icon = QLabel()
        self._sentence = _WrappingLabel()
        font = self._sentence.font()
        font.setBold(True)
        self._sentence.setFont(font)
        self._hint = _WrappingLabel()
        self._action = QPushButton()
        self._action.clicked.connect(self.action_triggered)
        self._show_report = QPushButton("Show report")
        self._show_report.clicked.connect(self._on_show_report)
        self._open_folder = QPushButton("Open folder")
        self._open_folder.clicked.connect(self._on_open_folder)
        self._waiting = QLabel()
        self._waiting.setToolTip("Seen when this one is dismissed")
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
        message = self._undismissed.newest
        return "" if message is None else message.text

    @property
    def severity(self) -> Severity:
        """How grave the message is."""
        return self._severity

    def show_error(
        self, error: BaseException, *, action: str = "", topic: Topic = Topic.OTHER
    ) -> None:
        """Say what an exception means; ``action`` is the text of a button, if any."""
        sentence, hint = explain(error)
        report = report_of(error)
        self.show_message(Severity.ERROR, sentence, hint, action=action, report=report, topic=topic)

    def show_warning(
        self, sentence: str, hint: str = "", *, action: str = "", topic: Topic = Topic.OTHER
    ) -> None:
        """Say what is not as expected."""
        self.show_message(Severity.WARNING, sentence, hint, action=action, topic=topic)

    def show_info(
        self, sentence: str, hint: str = "", *, action: str = "", topic: Topic = Topic.OTHER
    ) -> None:
        """Say what is good to know."""
        self.show_message(Severity.INFO, sentence, hint, action=action, topic=topic)

    def show_message(
        self,
        severity: Severity,
        sentence: str,
        hint: str = "",
        *,
        action: str = "",
        report: Path | None = None,
        topic: Topic = Topic.OTHER,
    ) -> None:
        """Show a message in front of those of other topics; a ``report`` can be shown from it."""
        message = Message(severity, sentence, hint, action, report, topic)
        self._undismissed.add(message)
        self._show_newest()
        self._announce(message.spoken)

    def clear(self, topic: Topic) -> None:
        """Take back what was said of a topic, since it is well now."""
        if self._undismissed.remove(topic):
            self._show_newest()

    @Slot()
    def dismiss(self) -> None:
        """Take the message away; the one behind it, if any, is seen."""
        message = self._undismissed.newest
        if message is not None:
            self.clear(message.topic)
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
        for beside in (self._action, self._show_report, self._open_folder, self._waiting):
            row.addWidget(beside, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)

    def _show_newest(self) -> None:
        message = self._undismissed.newest
        if message is None:
            self.hide()
            return
        self._severity = message.severity
        self._sentence.show_text(message.sentence)
        self._hint.show_text(message.hint)
        self._hint.setVisible(bool(message.hint))
        self._action.setText(message.action)
        self._action.setVisible(bool(message.action))
        for button in (self._show_report, self._open_folder):
            button.setVisible(message.report is not None)
        waiting = len(self._undismissed) - 1
        self._waiting.setText(f"{waiting} more" if waiting else "")
        self._waiting.setVisible(waiting > 0)
        self._paint_icons()
        self.setAccessibleName(message.spoken)
        self.show()

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

    def _report(self) -> Path | None:
        message = self._undismissed.newest
        return None if message is None else message.report

    @Slot()
    def _on_show_report(self) -> None:
        self.report_wanted.emit(self._report())

    @Slot()
    def _on_open_folder(self) -> None:
        self.folder_wanted.emit(self._report())

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


class _WrappingLabel(QLabel):
    """Plain text that wraps at any width, long paths included."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_text(self, text: str) -> None:
        """Show ``text``, with chances to break it inside of long words."""
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
