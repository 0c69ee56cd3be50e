"""A folder enlarged by two and compared: batch, single file and window give the same pixels.

Every picture goes through ``srcnn upscale`` with its whole folder, through ``srcnn upscale``
alone, and through the window's *Upscale*. What came out is then the ground truth of
``srcnn compare`` and of the window's *Compare*, whose results must be the same as well.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from srcnn.cli import main as srcnn
from srcnn.files import list_pictures
from srcnn_gui.app import Program
from tests.soak.window import begin, end, is_settled, make_application, wait_until

SCALE = 2
METHOD = "srcnn"


@dataclass(frozen=True)
class Figures:
    """What came of it.

    Attributes
    ----------
    pictures : int
        How many were there.
    other : list of str
        Pictures of which one way gave other pixels than another.
    """

    pictures: int
    other: list[str]

    @property
    def is_sound(self) -> bool:
        """Whether every way gave the same."""
        return self.pictures > 0 and not self.other


def sweep(folder: Path, pictures: Path, count: int | None = None) -> Figures:
    """Enlarge and compare the first pictures of a folder in every way; work below ``folder``."""
    chosen = folder / "chosen"
    chosen.mkdir()
    names = []
    for path in list_pictures(pictures)[:count]:
        names.append(path.name)
        (chosen / path.name).write_bytes(path.read_bytes())
    batch, single, window = (folder / name for name in ("batch", "single", "window"))
    options = ("--scale", SCALE, "--method", METHOD, "--format", "png")
    _command("upscale", chosen, "--output", batch, *options)
    program = begin(make_application(folder), folder, "--scale", str(SCALE))
    other = []
    for name in names:
        _command("upscale", chosen / name, "--output", single, *options)
        result = Path(name).with_suffix(".png").name
        _save_in_window(program, "mode_upscale", chosen / name, window / result)
        found = {_pixels(way / result) for way in (batch, single, window)}
        compared = _compare(program, batch / result, folder / "compared")
        if len(found) > 1 or not compared:
            other.append(name)
    end(program)
    return Figures(len(names), other)


def _compare(program: Program, truth: Path, folder: Path) -> bool:
    """Tell whether command and window compare to the same pixels."""
    methods = ("--methods", METHOD)
    _command("compare", truth, "--scale", SCALE, *methods, "--save", folder)
    saved = folder / f"{truth.stem}_window.png"
    _save_in_window(program, "mode_compare", truth, saved)
    return _pixels(folder / f"{truth.stem}_x{SCALE}_{METHOD}.png") == _pixels(saved)


def _save_in_window(program: Program, mode: str, picture: Path, target: Path) -> None:
    """Open a picture, and save what the last pane shows: the method."""
    target.parent.mkdir(exist_ok=True)
    if not program.window.actions_by_id[mode].isChecked():
        program.window.actions_by_id[mode].trigger()
    program.files.open_file(picture)
    wait_until(lambda: is_settled(program))
    program.saving.save_to(target)
    wait_until(lambda: is_settled(program) and target.exists())


def _pixels(path: Path) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(path) as image:
        return image.mode, image.size, image.tobytes()


def _command(*words: object) -> None:
    """Call the command line; what it says is not shown."""
    said = io.StringIO()
    with (
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
        contextlib.suppress(SystemExit),
    ):
        srcnn([str(word) for word in words])


def main() -> None:
    """Sweep over a folder, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--count", type=int, default=None)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = sweep(Path(folder), chosen.pictures.resolve(), chosen.count)
    for name, value in asdict(figures).items():
        sys.stdout.write(f"{name:12} {value}\n")
    sys.exit(0 if figures.is_sound else 1)


if __name__ == "__main__":
    main()
