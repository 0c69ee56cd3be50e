"""Take the pictures of docs/screenshots: ``python -m scripts.screenshots``.

Every state at two sizes, light and dark, offscreen, on our own test chart.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from srcnn_gui.app import Program
from srcnn_gui.settings import Settings, View
from srcnn_gui.theme import Theme, apply_theme
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.viewport import Viewport

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
SIZES = ((1280, 800), (1920, 1080))
STILL_MS = 400
"""Nothing may change for so long before a picture is taken."""


def wait_until_still(program: Program) -> None:
    """Turn the event loop until everything wanted is computed and written."""
    loop, still = QEventLoop(), 0

    def look() -> None:
        nonlocal still
        is_still = program.session.is_finished and not program.jobs.jobs
        still = still + timer.interval() if is_still else 0
        if still >= STILL_MS:
            loop.quit()

    timer = QTimer(interval=50)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()


def show_nothing(_program: Program) -> None:
    """Leave the window empty."""


def show_chart(program: Program) -> None:
    """Open the chart and look closely at a part that tells methods apart."""
    program.opener.open_sample("chart")
    wait_until_still(program)
    program.window.view.move_to(Viewport(200, 400, 2.0))


def show_error(program: Program) -> None:
    """Open the chart, then a text file that is called a picture."""
    show_chart(program)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "holiday.png")
        path.write_text("no picture", encoding="utf-8")
        program.files.open_file(path)
        wait_until_still(program)


STATES: dict[str, tuple[Settings, Callable[[Program], None]]] = {
    "empty": (Settings(), show_nothing),
    "side-by-side": (Settings(), show_chart),
    "split": (Settings(view=View.SPLIT), show_chart),
    "difference": (Settings(difference=Difference.ABSOLUTE, amplification=2), show_chart),
    "error": (Settings(), show_error),
}


def main() -> None:
    """Take all pictures."""
    app = QApplication([])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for theme in (Theme.LIGHT, Theme.DARK):
        apply_theme(app, theme)
        for width, height in SIZES:
            for name, (settings, show) in STATES.items():
                program = Program(replace(settings, theme=theme))
                program.window.resize(width, height)
                program.window.show()
                program.load_torch()
                show(program)
                wait_until_still(program)
                program.window.figures.refresh()
                path = FOLDER / f"{name}-{theme}-{width}x{height}.png"
                if not program.window.grab().save(str(path)):
                    raise OSError(f"{path} cannot be written")
                program.window.close()
                program.window.deleteLater()


if __name__ == "__main__":
    main()
