"""Take the pictures of docs/screenshots: ``python -m scripts.screenshots [STATE...]``.

Every state at two sizes, light and dark, offscreen, on our own test chart. Those of training are
real runs of a few seconds on the samples.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import srcnn_gui  # noqa: F401  it says how PySide6 is to be imported, which comes after it

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QTableView

from srcnn.samples import SAMPLES
from srcnn_gui.app import Program
from srcnn_gui.batch.choices import Choices as BatchChoices
from srcnn_gui.benchmark.choices import Choices
from srcnn_gui.saving.choices import SizeMode
from srcnn_gui.settings import Settings, View
from srcnn_gui.theme import Theme, apply_theme
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.viewport import Viewport

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
SIZES = ((1280, 800), (1920, 1080))
STILL_MS = 400
"""Nothing may change for so long before a picture is taken."""

RUN_SECONDS = 25
"""How long the runs learn: two validations or three."""


MEASURED = Choices(
    samples=True, scales=(3,), methods=("bicubic", "lanczos", "ksvd", "ne-lle", "anr", "srcnn")
).to_text()


SAVED = Settings(
    mode=Mode.UPSCALE,
    size_mode=SizeMode.WIDTH,
    size_width=5000,
    save_suffix=".jpg",
    save_folder="/home/you/Pictures",
)


def wait_until(condition: Callable[[], bool], still_ms: int = 0) -> None:
    """Turn the event loop until a condition holds, and has held for so long."""
    loop, still = QEventLoop(), 0

    def look() -> None:
        nonlocal still
        still = still + timer.interval() if condition() else 0
        if still > still_ms:
            loop.quit()

    timer = QTimer(interval=50)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()


def wait_until_still(program: Program) -> None:
    """Turn the event loop until everything wanted is computed and written."""
    wait_until(lambda: program.session.is_finished and not program.jobs.jobs, STILL_MS)


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


def show_save(program: Program) -> None:
    """Open the chart, and ask for its result at a size of its own."""
    show_chart(program)
    program.window.actions_by_id["save_result"].trigger()
    dialog = program.saving.dialog
    wait_until(lambda: dialog is None or dialog.cost.expected is not None)


def show_training(program: Program) -> None:
    """Open the training panel beside the chart, before the first run."""
    show_chart(program)
    program.training.show_panel()
    start = program.window.actions_by_id["train_start"]
    wait_until(lambda: start.isEnabled() and program.session.torch_is_ready, STILL_MS)


def train(program: Program, network: str, seconds: float) -> None:
    """Start a run, and wait until it has learnt for so long."""
    panel, _ = program.training.show_panel()
    panel.form.editor("network").show_value(network)
    panel.form.editor("minutes").show_value(RUN_SECONDS / 60)
    panel.form.refresh()
    program.training.start()

    def has_learnt() -> bool:
        step = panel.strip.status.step
        is_over = not program.training.runner.is_running
        return is_over or (step is not None and step.seconds >= seconds)

    wait_until(has_learnt)


def show_running(program: Program) -> None:
    """Train, and look on."""
    show_training(program)
    train(program, "9-1-5-32-16", RUN_SECONDS * 0.8)


def show_paused(program: Program) -> None:
    """Train, and pause; the pictures that are learnt from are in front."""
    show_running(program)
    panel, _ = program.training.show_panel()
    panel.show_page(panel.dataset)
    program.training.runner.pause()


def show_runs(program: Program) -> None:
    """Train twice, and compare."""
    show_training(program)
    panel, _ = program.training.show_panel()
    for network in ("9-1-5", "9-1-5-32-16"):
        train(program, network, RUN_SECONDS)
        wait_until(lambda: not program.training.runner.is_running)
        wait_until_still(program)
    panel.show_page(panel.run_list)
    model = panel.run_list.findChild(QTableView).model()
    for row in range(model.rowCount()):
        box = model.index(row, 0)
        model.setData(box, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    wait_until_still(program)


def show_training_error(program: Program) -> None:
    """Choose a folder with nothing in it that can be learnt from."""
    show_training(program)
    panel, _ = program.training.show_panel()
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder, "holiday")
        pictures.mkdir()
        (pictures / "beach.png").write_text("no picture", encoding="utf-8")
        panel.form.data.take((pictures,))
        wait_until(lambda: bool(panel.dataset.problem))


def show_measuring(program: Program) -> None:
    """Measure the samples by the methods that the settings say."""
    show_chart(program)
    program.benchmark.show_panel()
    wait_until(lambda: program.session.torch_is_ready)
    program.benchmark.start()
    wait_until(lambda: not program.benchmark.runner.is_running)


def show_batch(program: Program) -> None:
    """Enlarge the samples and a file that is none, and look on."""
    show_chart(program)
    program.batch.show_panel()
    wait_until(lambda: program.session.torch_is_ready)
    folder = Path(program.commands.settings.runs_folder, "Pictures")
    folder.mkdir()
    (folder / "broken.png").write_text("no picture", encoding="utf-8")
    for sample in SAMPLES:
        shutil.copy(sample.path, folder)
    program.batch.set_choices(BatchChoices(output=folder / "large", suffix=".jpg"))
    program.batch.queue.add([folder])
    wait_until(lambda: not program.batch.jobs.jobs, STILL_MS)


def show_batch_running(program: Program) -> None:
    """Start, and look on."""
    show_batch(program)
    program.batch.start()
    cycle = program.batch.cycle
    wait_until(lambda: cycle.step is None or cycle.step.done > 2.5)


STATES: dict[str, tuple[Settings, Callable[[Program], None]]] = {
    "empty": (Settings(), show_nothing),
    "side-by-side": (Settings(), show_chart),
    "split": (Settings(view=View.SPLIT), show_chart),
    "difference": (Settings(difference=Difference.ABSOLUTE, amplification=2), show_chart),
    "error": (Settings(), show_error),
    "save": (SAVED, show_save),
    "training": (Settings(), show_training),
    "training-running": (Settings(), show_running),
    "training-paused": (Settings(), show_paused),
    "training-runs": (Settings(), show_runs),
    "training-error": (Settings(), show_training_error),
    "measure": (Settings(measure=MEASURED), show_measuring),
    "batch": (Settings(), show_batch),
    "batch-running": (Settings(), show_batch_running),
}


def main() -> None:
    """Take all pictures, or those of the states that are named."""
    app = QApplication([])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for theme in (Theme.LIGHT, Theme.DARK):
        apply_theme(app, theme)
        for size in SIZES:
            for name in sys.argv[1:] or STATES:
                with tempfile.TemporaryDirectory() as home:
                    os.environ["HOME"] = home
                    take(name, theme, size, home)


def take(name: str, theme: Theme, size: tuple[int, int], runs: str) -> None:
    """Take one picture; its training runs are kept in the folder ``runs``."""
    settings, show = STATES[name]
    program = Program(replace(settings, theme=theme, runs_folder=runs))
    program.window.is_attended = False
    program.window.resize(*size)
    program.window.show()
    program.load_torch()
    show(program)
    wait_until_still(program)
    program.window.figures.refresh()
    path = FOLDER / f"{name}-{theme}-{size[0]}x{size[1]}.png"
    shown = program.saving.dialog or program.window
    if not shown.grab().save(str(path)):
        raise OSError(f"{path} cannot be written")
    program.window.close()
    program.window.deleteLater()


if __name__ == "__main__":
    main()
