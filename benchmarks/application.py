"""How long a person waits for the window: start, first tiles, panning, memory.

    python -m benchmarks.application [--quick] --json FILE

Each part runs in a process of its own, offscreen, on a synthetic photograph, through the very
objects that the program is made of; a start is a start of the program itself. Times are medians of
the repeats of one run, and Python keeps what it compiled, so all starts but the first are warm.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.machine import describe_machine


@dataclass(frozen=True)
class Part:
    """A measurement on a picture of some size.

    Attributes
    ----------
    name : str
        ``start``, or a part of ``benchmarks.window_part``.
    megapixels : float
        Of the picture that is opened.
    repeats : int
        Processes to take the medians of.
    effort : float
        1, or less to be done sooner.
    counts : bool
        Whether its figures are among the ratios; of several parts of a name the worst is.
    """

    name: str
    megapixels: float
    repeats: int = 1
    effort: float = 1.0
    counts: bool = True


QUICK = (
    Part("start", 0.25, repeats=3),
    Part("gaps", 24, effort=0.3),
    Part("viewport", 12, effort=0.5),
    Part("repaint", 24, effort=0.2),
    Part("save", 25, effort=0.2),
)
ALL = (
    Part("start", 0.25, repeats=9),
    *(Part("start", megapixels, counts=False) for megapixels in (12, 24, 100)),
    *(Part("gaps", megapixels) for megapixels in (0.25, 12, 24, 100)),
    Part("viewport", 12),
    *(Part("viewport", megapixels, counts=False) for megapixels in (24, 100)),
    *(Part("repaint", megapixels) for megapixels in (12, 24, 100)),
    Part("save", 25),
    *(Part("save", megapixels, counts=False) for megapixels in (50, 100)),
)
RATIOS = {
    "window_s": "window_s",
    "first_picture_s": "first_picture_s",
    "first_srcnn_tile_s": "first_srcnn_tile_s",
    "viewport_ms": "viewport_ms",
    "repaint_p95_ms": "repaint_p95_ms",
    "gap_p99_ms": "gap_p99_ms",
    "gap_max_ms": "gap_max_ms",
    "rss_over_bare_mb": "rss_100mp_mb",
}
"""Which figures are ratios, and how they are called there: 25 megapixels x2 are 100."""


def photograph(megapixels: float, path: Path) -> Path:
    """Write a JPEG of 3:2 with smooth shapes, edges and some noise, if it is not there yet."""
    if path.exists():
        return path
    width = round((megapixels * 1.5e6) ** 0.5)
    y, x = np.mgrid[0:1000, 0:1500]
    waves = 128 + 80 * np.sin(x / 30 + 6 * np.sin(y / 90)) + 30 * np.sign(np.sin(x / 7 + y / 11))
    noise = np.random.default_rng(0).normal(0, 6, waves.shape)
    colours = np.stack([waves + noise, 255 - waves, waves / 2 + y / 8], axis=-1)
    image = Image.fromarray(colours.clip(0, 255).astype(np.uint8))
    image.resize((width, round(width / 1.5))).save(path, quality=92)
    return path


def run(part: Part, picture: Path) -> dict[str, float]:
    """Run a part once, in a process of its own that has no settings of anybody."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    environment |= dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(picture.parent))
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if part.name == "start":
        arguments = ["benchmarks.window_start", str(time.monotonic()), str(picture)]
    else:
        arguments = ["benchmarks.window_part", part.name, str(picture), str(part.effort)]
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def measure(part: Part, picture: Path) -> dict[str, float]:
    """Return the medians of a part's repeats."""
    runs = [run(part, picture) for _ in range(part.repeats)]
    return {name: statistics.median(each[name] for each in runs) for name in runs[0]}


def as_row(name: str, megapixels: float, value: float) -> dict[str, object]:
    """Return a figure with its unit, which the end of its name says."""
    row: dict[str, object] = {"name": name, "megapixels": megapixels}
    if name.endswith("_mb"):
        return {**row, "megabytes": value}
    return {**row, "seconds": value / 1000 if name.endswith("_ms") else value}


def main() -> None:
    """Measure all parts and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer pictures, less of each")
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for part in QUICK if options.quick else ALL:
            picture = photograph(part.megapixels, Path(folder, f"{part.megapixels:g}.jpg"))
            for name, value in measure(part, picture).items():
                rows.append(as_row(name, part.megapixels, value))
                print(f"{part.megapixels:6g} MP  {name:28} {value:10.3f}", flush=True)
                if part.counts and name in RATIOS:
                    ratio = RATIOS[name]
                    ratios[ratio] = max(value, ratios.get(ratio, value))
    result = {"machine": describe_machine(), "rows": rows, "ratios": ratios}
    options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
