"""How long a person waits for the window: start, first tiles, panning, memory.

    python -m benchmarks.application [--quick] --json FILE

Each part runs in a process of its own, offscreen, on a synthetic photograph, through the very
objects that the program is made of. Times are medians of the repeats of one run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Part:
    """A measurement of ``benchmarks.window``, on a picture of that size."""

    name: str
    megapixels: float
    repeats: int = 1
    is_long: bool = False


PARTS = (
    Part("start", 0.25, repeats=3),
    Part("gaps", 24.0),
    Part("viewport", 12.0),
    Part("save", 50.0, is_long=True),
    Part("save", 100.0, is_long=True),
)


def photograph(megapixels: float, path: Path) -> Path:
    """Write a JPEG of 3:2 with smooth shapes, edges and some noise."""
    width = round((megapixels * 1.5e6) ** 0.5)
    y, x = np.mgrid[0:1000, 0:1500]
    waves = 128 + 80 * np.sin(x / 30 + 6 * np.sin(y / 90)) + 30 * np.sign(np.sin(x / 7 + y / 11))
    noise = np.random.default_rng(0).normal(0, 6, waves.shape)
    colours = np.stack([waves + noise, 255 - waves, waves / 2 + y / 8], axis=-1)
    image = Image.fromarray(colours.clip(0, 255).astype(np.uint8))
    image.resize((width, round(width / 1.5))).save(path, quality=92)
    return path


def measure(part: Part, picture: Path) -> dict[str, float]:
    """Run a part in processes of its own; return the medians."""
    command = [sys.executable, "-m", "benchmarks.window", part.name, str(picture)]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(part.repeats)
    ]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    """Measure all parts and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="leave the large pictures out")
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            if options.quick and part.is_long:
                continue
            picture = photograph(part.megapixels, Path(folder, f"{part.megapixels:g}.jpg"))
            for name, value in measure(part, picture).items():
                rows.append({"name": name, "megapixels": part.megapixels, "value": value})
                ratios.setdefault(name, value)
                print(f"{part.megapixels:6g} MP  {name:22} {value:10.3f}", flush=True)
                if part.megapixels == 100 and name == "rss_over_bare_mb":
                    ratios["rss_100mp_mb"] = value
    machine = {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    result = {"machine": machine, "rows": rows, "ratios": ratios}
    options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
