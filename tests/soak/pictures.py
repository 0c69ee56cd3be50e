"""Tiny pictures for long runs, what becomes of them, and the program as a process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from srcnn.batch.plan import Naming, plan_batch
from srcnn.batch.run import Existing, run_batch
from srcnn.batch.work import Enlarging
from srcnn.device import cpu_device
from srcnn.method import MethodEnvironment
from srcnn.registry import load_methods

ROOT = Path(__file__).resolve().parents[2]
SCALE = 2

_PROGRAM = "from srcnn.cli import main; main()"


def draw_pictures(folder: Path, count: int, width: int, height: int, seed: int = 0) -> list[str]:
    """Write so many pictures of noise into three folders; return their names, sorted."""
    rng = np.random.default_rng(seed)
    names = []
    for number in range(count):
        name = f"{'abc'[number % 3]}/{number:05}.png"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name)
        names.append(name)
    return sorted(names)


def enlarged(pictures: Path, output: Path) -> dict[str, bytes]:
    """Enlarge all pictures in this process, undisturbed; return the files by their names."""
    bicubic = load_methods(MethodEnvironment(cpu_device()))["bicubic"]
    tasks = plan_batch([pictures], output, Naming(scale=SCALE))
    done = run_batch(tasks, Enlarging(bicubic, SCALE, threads=1), existing=Existing.FAIL)
    assert done.standing.done == len(tasks)
    return finished(output)


def finished(output: Path) -> dict[str, bytes]:
    """Return the files that have their final names."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def hidden(output: Path) -> list[str]:
    """Return the names of hidden files: parts and claims."""
    return sorted(path.name for path in output.rglob(".*"))


def start(pictures: Path, output: Path, log: Path, *options: object) -> subprocess.Popen[bytes]:
    """Begin ``srcnn upscale`` as a process of its own; what it prints goes to a file.

    A pipe that nobody reads would hold it up, and with it those that wait for it.
    """
    words = [
        "upscale", pictures, "--output", output, "--scale", SCALE, "--method", "bicubic",
        "--threads", 1, *options,
    ]  # fmt: skip
    with log.open("wb") as printed:
        return subprocess.Popen(
            [sys.executable, "-u", "-c", _PROGRAM, *map(str, words)],
            cwd=ROOT,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )


def pause(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait so long, or until a process ends."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
