"""Editors of folders of pictures and of weights files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QToolButton
from typing_extensions import override

from srcnn.weight_files import WEIGHT_SUFFIXES
from srcnn_gui.icons import icon
from srcnn_gui.training.editors import (
    CalmComboBox,
    ChoiceEditor,
    Editor,
    FlagEditor,
    LineEditor,
)
from srcnn_gui.training.fields import FieldSpec, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_FILTER = f"SRCNN weights ({' '.join(f'*{suffix}' for suffix in WEIGHT_SUFFIXES)});;All files (*)"


class FoldersEditor(Editor):
    """One folder or several, or none, which stands for something that the placeholder says."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._takes_many = spec.kind is Kind.FOLDERS
        self._folders: tuple[Path, ...] = ()
        self._shown = QLineEdit()
        self._shown.setReadOnly(True)
        self._shown.setPlaceholderText(spec.placeholder)
        self._shown.setAcceptDrops(False)  # the editor takes them
        self._choose = _button("Choose a folder")
        self._choose.clicked.connect(self.choose)
        self._add = _button("Add another folder")
        self._add.setText("+")
        self._add.clicked.connect(self._on_add)
        self._none = _button(f"Take instead: {spec.placeholder.lower()}")
        self._none.clicked.connect(self._on_none)
        self._adopt(self._shown, 1)
        for button in (self._choose, self._add, self._none):
            self._line.addWidget(button)
        self.setAcceptDrops(True)
        self.setFocusProxy(self._choose)
        self._show()

    @override
    def value(self) -> object:
        if self._takes_many:
            return self._folders
        return self._folders[0] if self._folders else None

    @override
    def show_value(self, value: object) -> None:
        if isinstance(value, Path):
            value = (value,)
        self._folders = value if isinstance(value, tuple) else ()
        self._show()

    @Slot()
    def choose(self) -> None:
        """Ask for a folder, in the place of what is there."""
        folder = self._asked_for()
        if folder is not None:
            self.take((folder,))

    def take(self, folders: tuple[Path, ...]) -> None:
        """Put folders there, as if they had been chosen."""
        self.show_value(folders if self._takes_many else folders[:1])
        self.changed.emit()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_folders(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        folders = dropped_folders(event.mimeData())
        if folders:
            event.acceptProposedAction()
            self.take(folders)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_none"):
            self._paint()

    def _asked_for(self) -> Path | None:
        start = str(self._folders[-1]) if self._folders else ""
        name = QFileDialog.getExistingDirectory(self, self.spec.label, start)
        return Path(name) if name else None

    def _show(self) -> None:
        is_one = len(self._folders) == 1
        names = [str(folder) if is_one else folder.name for folder in self._folders]
        self._shown.setText(" + ".join(names))
        places = "\n".join(map(str, self._folders))
        self._shown.setToolTip(f"{places}\n{self.spec.tip}".strip())
        self._none.setVisible(bool(self._folders))
        self._add.setVisible(bool(self._folders) and self._takes_many)
        self._paint()

    def _paint(self) -> None:
        self._choose.setIcon(icon("folder", self.palette()))
        self._none.setIcon(icon("close", self.palette()))

    @Slot()
    def _on_add(self) -> None:
        folder = self._asked_for()
        if folder is not None and folder not in self._folders:
            self.take((*self._folders, folder))

    @Slot()
    def _on_none(self) -> None:
        self.take(())


class WeightsEditor(Editor):
    """Weights to begin with: one of those that are known, or a file."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._box = CalmComboBox()
        self._box.activated.connect(self._on_activated)
        self._choose = _button("Choose a file")
        self._choose.clicked.connect(self._on_choose)
        self._adopt(self._box, 1)
        self._line.addWidget(self._choose)
        self.setFocusProxy(self._box)
        self._paint()

    def offer(self, known: Sequence[tuple[str, Path]]) -> None:
        """Offer weights by name; what is chosen stays, even if it is not among them."""
        kept = self.value()
        self._box.clear()
        for name, path in known:
            self._box.addItem(name, path)
        if kept is not None:
            self.show_value(kept)

    @override
    def value(self) -> Path | None:
        path: Path | None = self._box.currentData()
        return path

    @override
    def show_value(self, value: object) -> None:
        if not isinstance(value, Path):
            return
        paths = [self._box.itemData(index) for index in range(self._box.count())]
        if value not in paths:
            self._box.addItem(value.name, value)
            paths.append(value)
        self._box.setCurrentIndex(paths.index(value))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_choose"):
            self._paint()

    def _paint(self) -> None:
        self._choose.setIcon(icon("open", self.palette()))

    @Slot(int)
    def _on_activated(self, _index: int) -> None:
        self.changed.emit()

    @Slot()
    def _on_choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Weights to begin with", "", _FILTER)
        if name:
            self.show_value(Path(name))
            self.changed.emit()


def make_editor(spec: FieldSpec) -> Editor:
    """Return the editor of a field."""
    match spec.kind:
        case Kind.CHOICE:
            return ChoiceEditor(spec)
        case Kind.FLAG:
            return FlagEditor(spec)
        case Kind.FOLDER | Kind.FOLDERS:
            return FoldersEditor(spec)
        case Kind.WEIGHTS:
            return WeightsEditor(spec)
        case _:
            return LineEditor(spec)


def dropped_folders(data: QMimeData) -> tuple[Path, ...]:
    """Return the folders that are being dropped; none if anything else is among them."""
    paths = tuple(Path(url.toLocalFile()) for url in data.urls())
    return paths if all(path.is_absolute() and path.is_dir() for path in paths) else ()


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
