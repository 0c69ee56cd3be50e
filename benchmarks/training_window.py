"""Measures a real window that trains at full speed, in a process of its own; prints JSON.

    python -m benchmarks.training_window SECONDS

Used by ``benchmarks.training``. A hand pans and zooms over a sample with bicubic and SRCNN while
the preset *Fast* learns on all cores.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from benchmarks.window import Hand, Ticker, first_is_drawn, percentile, wait_until
from srcnn_gui.app import Program
from srcnn_gui.settings import Settings
from srcnn_gui.theme import apply_theme
from srcnn_gui.viewer.method_library import IN_TRAINING
from srcnn_gui.viewer.viewport import Viewport
from trainer.events import StepDone

if TYPE_CHECKING:
    from srcnn.geometry import Region

PLACES = 12


def tile_seconds(program: Program) -> float:
    """Return the median time from a jump to another place to SRCNN's first tile there."""
    places, seconds = random.Random(0), []
    view = program.window.view
    state = next(v.result for v in program.session.views if v.choice.method == "srcnn")
    if state is None:
        raise RuntimeError("no pane shows SRCNN")
    for _ in range(PLACES):
        program.session.cache.clear()
        x, y = places.uniform(150, 450), places.uniform(100, 300)
        started = time.perf_counter()
        view.move_to(Viewport(x, y, 4.0))
        index = next(iter(state.layer.grid.covering(view_region(program))))
        wait_until(lambda index=index: program.session.cache.get(state.layer, index) is not None)
        seconds.append(time.perf_counter() - started)
        wait_until(lambda: program.session.is_finished)
    return statistics.median(seconds)


def view_region(program: Program) -> Region:
    """Return what the second canvas, SRCNN's, shows."""
    return program.window.area.canvases[1].looks()[0].region


def measure(program: Program, seconds: float) -> dict[str, float]:
    """Compare idle and training: gaps, tiles, and how soon a run is put aside."""
    program.load_torch()
    wait_until(lambda: program.session.torch_is_ready)
    program.opener.open_sample("coffee")
    wait_until(lambda: first_is_drawn(program, "srcnn"))
    wait_until(lambda: program.session.is_finished)
    idle_s = tile_seconds(program)

    training, paces = program.training, []
    training.runner.event_received.connect(
        lambda event: paces.append(event.per_second) if isinstance(event, StepDone) else None
    )
    training.show_panel()
    training.start()
    wait_until(lambda: IN_TRAINING in {pane.method for pane in program.session.panes})
    busy_s = tile_seconds(program)
    ticker, hand = Ticker(), Hand(program)
    wait_until(lambda: False, round(1000 * seconds))
    hand.stop()
    late = ticker.take()

    started = time.perf_counter()
    training.runner.suspend()
    wait_until(lambda: not training.runner.is_running)
    return {
        "gap_p99_ms": percentile(late, 0.99),
        "gap_max_ms": max(late),
        "tile_idle_ms": 1000 * idle_s,
        "tile_training_ms": 1000 * busy_s,
        "tile_training_over_idle": busy_s / idle_s,
        "suspend_ms": 1000 * (time.perf_counter() - started),
        "sub_images_per_second": statistics.median(paces),
    }


def main() -> None:
    """Measure for as long as the command line says and print it."""
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(panes=("bicubic", "srcnn"), runs_folder=folder)
        apply_theme(app, settings.theme)
        program = Program(settings)
        program.window.is_attended = False
        program.window.resize(1920, 1080)
        program.window.show()
        wait_until(program.window.isVisible)
        result = measure(program, float(sys.argv[1]))
        program.window.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
