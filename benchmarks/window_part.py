"""Measures one thing about a real window, in a process of its own; prints JSON.

    python -m benchmarks.window_part gaps|viewport|repaint|save PICTURE EFFORT

Used by ``benchmarks.application``. ``EFFORT`` is 1, or less to be done sooner.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from benchmarks.window import (
    Drag,
    Hand,
    Ticker,
    first_is_drawn,
    pause,
    peak_mb,
    percentile,
    wait_until,
)
from srcnn.save_options import DEFAULT_OPTIONS
from srcnn_gui.app import Program, log_qt_message
from srcnn_gui.saving.choices import SaveRequest
from srcnn_gui.settings import Settings
from srcnn_gui.theme import apply_theme
from srcnn_gui.viewer.choice import DifferenceChoice
from srcnn_gui.viewer.layer import Difference, MethodLayer
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.viewport import Viewport

SCREEN = (1920, 1080)
REGION = (800, 600)
VIEWPORTS = 50
PANNING_MS = 8000
DRAGGING_MS = 2000
REST_MS = 300
LOOKS = {
    "100": (1.0, Difference.OFF),
    "137": (1.37, Difference.OFF),
    "23": (0.23, Difference.OFF),
    "1200": (12.0, Difference.OFF),
    "100_difference": (1.0, Difference.ABSOLUTE),
    "23_difference": (0.23, Difference.ABSOLUTE),
}
"""Zoom and what is shown while four panes are dragged, by name: the zoom in percent."""

SETTINGS = {
    "gaps": Settings(panes=("bicubic", "srcnn")),
    "viewport": Settings(panes=("srcnn",)),
    "repaint": Settings(panes=("bicubic", "lanczos", "srcnn", "truth")),
    "save": Settings(mode=Mode.UPSCALE, scale=2, upscale_panes=("bicubic", "srcnn")),
}


def resize_canvas(program: Program, width: int, height: int) -> None:
    """Make the first canvas that large, whatever stands around it."""
    canvas, window = program.window.area.canvases[0], program.window
    for _ in range(5):
        missing = width - canvas.width(), height - canvas.height()
        if not any(missing):
            return
        window.resize(window.width() + missing[0], window.height() + missing[1])
        pause(50)
    raise RuntimeError(f"the canvas has {canvas.width()} x {canvas.height()} pixels")


def open_at(program: Program, picture: Path, zoom: float) -> None:
    """Load PyTorch, open a picture and look at its middle, before the rest of it is computed."""
    program.load_torch()
    wait_until(lambda: program.session.torch_is_ready)
    program.files.open_file(picture)
    wait_until(lambda: program.session.scene is not None)
    size = program.window.view.image
    program.window.view.move_to(Viewport(size.width / 2, size.height / 2, zoom))


def gaps(program: Program, picture: Path, effort: float) -> dict[str, float]:
    """Lateness of a 5 ms timer while PyTorch loads, and while a hand never rests."""
    ticker = Ticker()
    program.load_torch()
    wait_until(lambda: program.session.torch_is_ready)
    loading = ticker.take()
    program.files.open_file(picture)
    wait_until(partial(first_is_drawn, program, "bicubic"))
    opening = ticker.take()
    hand = Hand(program)
    pause(round(PANNING_MS * effort))
    hand.stop()
    panning = ticker.take()
    return {
        "gap_max_loading_ms": max(loading),
        "gap_max_opening_ms": max(opening),
        "gap_p99_ms": percentile(panning, 0.99),
        "gap_max_ms": max(panning + opening),
    }


def is_exact(program: Program) -> bool:
    """Tell whether every tile in sight of the first canvas is in."""
    (look,) = program.window.area.canvases[0].looks()
    layer, cache = look.state.layer, program.session.cache
    return all(cache.get(layer, tile) is not None for tile in layer.grid.covering(look.region))


def wait_for_tiles(program: Program) -> None:
    """Turn the event loop until every tile in sight is in; looked at when one arrives."""
    loop = QEventLoop()

    def look() -> None:
        if is_exact(program):
            loop.quit()

    program.session.tiles_arrived.connect(look)
    loop.exec()
    program.session.tiles_arrived.disconnect(look)


def viewport(program: Program, picture: Path, effort: float) -> dict[str, float]:
    """Time from letting go to 800 x 600 exact pixels of SRCNN on screen, nothing cached."""
    program.session.set_computes_whole(False)
    open_at(program, picture, 1.0)
    wait_until(lambda: program.window.area.isVisible())
    resize_canvas(program, *REGION)
    places, seconds = random.Random(0), []
    view, canvas = program.window.view, program.window.area.canvases[0]
    width, height = REGION
    for _ in range(round(VIEWPORTS * effort)):
        wait_until(lambda: program.session.is_finished)
        x = places.uniform(width / 2, view.image.width - width / 2)
        y = places.uniform(height / 2, view.image.height - height / 2)
        program.session.cache.clear()
        started = time.perf_counter()
        view.move_to(Viewport(x, y, 1.0))
        wait_for_tiles(program)
        canvas.repaint()
        seconds.append(time.perf_counter() - started)
        (look,) = canvas.looks()
        if look.region.size.pixels != width * height:
            raise RuntimeError(f"{look.region} is in sight instead of {width} x {height} pixels")
    return {"viewport_ms": 1000 * percentile(seconds, 0.5)}


def repaint(program: Program, picture: Path, effort: float) -> dict[str, float]:
    """Time of one step of a drag: all of four canvases that fill a screen are painted anew.

    In the meantime the rest of the picture is computed.
    """
    open_at(program, picture, 1.0)
    window, area, size = program.window, program.window.area, program.window.view.image
    wait_until(lambda: area.isVisible() and not program.window.job_bar.isVisible())
    missing = SCREEN[0] - area.width(), SCREEN[1] - area.height()
    window.resize(window.width() + missing[0], window.height() + missing[1])
    pause(REST_MS)
    if (area.width(), area.height()) != SCREEN:
        raise RuntimeError(f"the panes have {area.width()} x {area.height()} pixels")
    found = {}
    for name, (zoom, kind) in LOOKS.items():
        program.session.set_difference(DifferenceChoice(kind, 4))
        window.view.move_to(Viewport(size.width / 2, size.height / 2, zoom))
        pause(REST_MS)
        drag = Drag(program)
        pause(round(DRAGGING_MS * effort))
        drag.stop()
        found[f"repaint_{name}_p95_ms"] = 1000 * percentile(drag.seconds, 0.95)
    return {"repaint_p95_ms": max(found.values()), **found}


def save(program: Program, picture: Path, effort: float) -> dict[str, float]:
    """Open, pan and save twice as large: memory and time; and how fast cancel acts."""
    program.load_torch()
    wait_until(lambda: program.session.torch_is_ready)
    bare = peak_mb()
    program.files.open_file(picture)
    wait_until(partial(first_is_drawn, program, "srcnn"))
    hand = Hand(program)
    pause(round(3000 * effort))
    hand.stop()
    panned = peak_mb()
    target = picture.with_name("saved.png" if effort == 1 else "saved.tif")
    program.window.view.move_to(replace(program.window.view.viewport, zoom=1.0))
    layer = program.window.area.active_layer()
    if not isinstance(layer, MethodLayer):
        raise TypeError("the active pane shows no method")
    request = SaveRequest(layer.enlargement, None, target, DEFAULT_OPTIONS, overwrite=True)
    job = program.saving.saver.save(request)
    pause(500)
    started = time.perf_counter()
    job.cancel()
    wait_until(lambda: not job.is_running)
    cancel_s = time.perf_counter() - started
    job = program.saving.saver.save(request)
    save_s = wait_until(lambda: not job.is_running)
    if not target.is_file():
        raise RuntimeError("the picture was not saved")
    return {
        "rss_bare_mb": bare,
        "rss_panned_mb": panned,
        "rss_saved_mb": peak_mb(),
        "rss_over_bare_mb": peak_mb() - bare,
        "cancel_s": cancel_s,
        "save_s": save_s,
    }


def main() -> None:
    """Measure what the command line names and print it."""
    name, picture, effort = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    qInstallMessageHandler(log_qt_message)
    app = QApplication(sys.argv[:1])
    apply_theme(app, SETTINGS[name].theme)
    program = Program(SETTINGS[name])
    program.window.resize(*SCREEN)
    program.window.show()
    wait_until(program.window.isVisible)
    parts = {"gaps": gaps, "viewport": viewport, "repaint": repaint, "save": save}
    result = parts[name](program, picture, effort)
    program.window.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
