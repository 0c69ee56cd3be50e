"""A window that is opened, used and closed again and again, in one process.

``python -m tests.soak.window_cycles --cycles 200 --seed 0`` prints its figures; the suite lets a
process do one in a hundred. What must hold: after every cycle there is no thread, open file,
widget or Qt object more than after the first, which leaves what lasts as long as the program; and
the memory after the last is within 5 % of that after the twentieth.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic

from PySide6.QtWidgets import QApplication

from srcnn.samples import SAMPLES
from srcnn_gui.app import Program
from srcnn_gui.viewer.choice import PaneChoice
from srcnn_gui.viewer.viewport import Viewport
from tests.soak.files import Corpus, make_corpus
from tests.soak.watch import Watch
from tests.soak.window import (
    begin,
    end,
    is_settled,
    keep_no_freed_memory,
    make_application,
    resident_mb,
    sweep,
    take_census,
    wait_until,
)

_WARM = 20
_MOST_GROWTH = 0.05
_SWITCHES = (
    *("mode_compare", "mode_upscale", "scale_2", "scale_3", "scale_4"),
    *("view_side", "view_split", "difference_absolute", "difference_signed", "difference_off"),
    *("theme_light", "theme_dark", "border_mirror", "border_clamp", "degradation_gaussian"),
    *("zoom_fit", "zoom_100", "zoom_800", "add_pane", "add_pane", "remove_pane", "reset_panes"),
    *("pin_view", "pin_view", "remove_pinned", "copy_view", "copy_figures", "feature_maps"),
    *("show_grid", "whole_image", "padding_zeros", "padding_replicate", "reports"),
)
_PANELS = ("show_training", "show_measure", "show_pinned", "show_batch")


@dataclass(frozen=True)
class Figures:
    """What came out.

    Attributes
    ----------
    cycles, seed : int
        Windows that were opened, and what the dice began with.
    left : list of str
        What each cycle left behind; must be empty.
    problems : list of str
        Exceptions and remarks of Qt; must be empty.
    warm_mb, last_mb : float
        Memory after the 20th cycle (or the first of fewer) and after the last.
    growth : float
        From the one to the other; of more than 20 cycles at most 0.05.
    seconds : float
        What it took.
    """

    cycles: int
    seed: int
    left: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warm_mb: float = 0.0
    last_mb: float = 0.0
    growth: float = 0.0
    seconds: float = 0.0

    @property
    def is_sound(self) -> bool:
        """Whether nothing was left, nothing failed, and memory did not grow."""
        grew = self.cycles > _WARM and self.growth > _MOST_GROWTH
        return not (self.left or self.problems or grew)


def soak(folder: Path, *, cycles: int = 200, seed: int = 0) -> Figures:
    """Open, use and close a window so often."""
    began_s = monotonic()
    app, corpus = make_application(folder), make_corpus(folder, seed)
    keep_no_freed_memory()
    left: list[str] = []
    memory: list[float] = []
    before = None
    with Watch() as watch:
        for cycle in range(cycles):
            use_window(app, folder, corpus, random.Random(f"{seed} {cycle}"))
            sweep()
            after = take_census()
            if before is None:
                before = after
            left += [f"cycle {cycle}: {what}" for what in after.more_than(before)]
            memory.append(resident_mb())
    warm, last = memory[: min(_WARM, cycles - 1) or 1][-1], memory[-1]
    return Figures(
        cycles=cycles,
        seed=seed,
        left=left,
        problems=watch.problems,
        warm_mb=round(warm, 1),
        last_mb=round(last, 1),
        growth=round(last / warm - 1, 4),
        seconds=round(monotonic() - began_s, 1),
    )


def use_window(app: QApplication, folder: Path, corpus: Corpus, rng: random.Random) -> None:
    """Open a window, do a little of everything in it, and close it, settled or at work."""
    first = (
        ("--sample", rng.choice(SAMPLES).id) if rng.random() < 0.2 else (str(corpus.pictures[0]),)
    )
    program = begin(app, folder, *first)
    wait_until(lambda: program.session.scene is not None and program.session.torch_is_ready)
    for action_id in _course(rng):
        action = program.window.actions_by_id.get(action_id)
        if action is not None and action.isEnabled():
            action.trigger()
        _look_elsewhere(program, rng)
        if rng.random() < 0.1:
            program.files.open_file(rng.choice(corpus.pictures))
        wait_until(lambda: not program.window.area._looking.isActive())
    if rng.random() < 0.5:
        wait_until(lambda: is_settled(program))
    if not end(program):
        raise RuntimeError("the window did not close")


def _course(rng: random.Random) -> Iterator[str]:
    """Yield what is done, in some order; every panel is opened, and most are closed."""
    course = [*rng.sample(_SWITCHES, 14), *_PANELS, *rng.sample(_PANELS, 2)]
    rng.shuffle(course)
    yield from course


def _look_elsewhere(program: Program, rng: random.Random) -> None:
    """Show another method, or another place, as the dice say."""
    session = program.session
    if session.scene is None:
        return
    if rng.random() < 0.3:
        setup = session.scene.setup
        methods = session.library.methods(setup.scale, setup.border)
        fast = [method.id for method in methods if method.tile >= 100] or [methods[0].id]
        session.set_pane(rng.randrange(len(session.panes)), PaneChoice(rng.choice(fast)))
    if rng.random() < 0.3:
        size = session.scene.size
        at = rng.randrange(size.width), rng.randrange(size.height)
        program.window.view.move_to(Viewport(*at, rng.choice((0.5, 1, 3))))


def main() -> None:
    """Run for long, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(Path(folder), **vars(chosen))
    for name, value in asdict(figures).items():
        shown = "\n  ".join([str(len(value)), *value]) if isinstance(value, list) else value
        sys.stdout.write(f"{name:12} {shown}\n")
    sys.exit(0 if figures.is_sound else 1)


if __name__ == "__main__":
    main()
