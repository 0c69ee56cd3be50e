"""How fast a network learns: sub-images a second, beside the plain PyTorch loop.

    python -m benchmarks.training [--quick] --json FILE

Both learn 9-1-5 from the samples that come with the program, in turns within one run, on all
cores: ours through ``train()``, as the window and the command line do; the plain loop is
Conv2d-ReLU-Conv2d-ReLU-Conv2d and Adam, fed by the same sub-images.
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
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import mse_loss

from trainer.config import OptimiserKind, Precision, TrainConfig, usual_threads
from trainer.events import RunFinished, StepDone
from trainer.loop import train
from trainer.pictures import list_folders
from trainer.sub_images import SubImages

ROUNDS = 5
SECONDS = 6.0
BATCHES = (16, 32, 128)
RATIO_BATCH = TrainConfig().batch
"""The ratio is that of the preset's batch."""


def configuration(batch: int, folder: Path) -> TrainConfig:
    """Return the preset ``fast`` on the samples, without validations in between."""
    return TrainConfig(
        out=folder, batch=batch, threads=usual_threads(batch), report_every=max(1, 640 // batch),
        validate_every=10**9, snapshot_every=10**9,
    )  # fmt: skip


def own(config: TrainConfig, seconds: float) -> float:
    """Return the sub-images a second of our loop, sampling, step and averaging included."""
    with tempfile.TemporaryDirectory() as folder:
        config = replace(config, out=Path(folder, "run"), backprops=None, minutes=seconds / 60)
        events = list(train(config))
    steps = [event.per_second for event in events if isinstance(event, StepDone)]
    if steps:
        return statistics.median(steps)
    return next(e.backprops / e.seconds for e in events if isinstance(e, RunFinished))


def plain(config: TrainConfig, seconds: float) -> float:
    """Return the sub-images a second of the loop that everybody writes."""
    torch.manual_seed(0)
    torch.set_num_threads(usual_threads(10**9))
    network = nn.Sequential(
        nn.Conv2d(1, 64, 9), nn.ReLU(), nn.Conv2d(64, 32, 1), nn.ReLU(), nn.Conv2d(32, 1, 5)
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-4)
    sub_images = SubImages(list_folders(config.data), config)
    list(sub_images.load())
    paces = []
    step, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        began = time.perf_counter()
        for _ in range(config.report_every):
            low, truth = map(torch.from_numpy, sub_images.sample(step))
            optimiser.zero_grad()
            mse_loss(network(low), truth).backward()
            optimiser.step()
            step += 1
        paces.append(config.report_every * config.batch / (time.perf_counter() - began))
    return statistics.median(paces)


def compare(batch: int, rounds: int, seconds: float) -> dict[str, float]:
    """Return the medians of all ways at one batch, measured in turns."""
    config = configuration(batch, Path())
    ways = {
        "plain": lambda: plain(config, seconds),
        "own": lambda: own(config, seconds),
        "own, adam": lambda: own(replace(config, optimiser=OptimiserKind.ADAM), seconds),
        "own, bfloat16": lambda: own(replace(config, precision=Precision.BFLOAT16), seconds),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, measure in ways.items():
            found[name].append(measure())
    return {name: statistics.median(values) for name, values in found.items()}


def window_gaps(seconds: float) -> dict[str, float]:
    """Return how late events come in a window that trains, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.training_window", f"{seconds:g}"]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(result.stdout)
    return figures


def main() -> None:
    """Measure all and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one batch, fewer rounds")
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    batches = (RATIO_BATCH,) if options.quick else BATCHES
    rounds, seconds = (2, 3.0) if options.quick else (ROUNDS, SECONDS)
    rows: list[dict[str, object]] = []
    ratios: dict[str, float] = {}
    for batch in batches:
        rates = compare(batch, rounds, seconds)
        for name, rate in rates.items():
            rows.append({"name": name, "batch": batch, "sub_images_per_second": rate})
            print(f"batch {batch:4}  {name:16} {rate:8,.0f}/s  {rate / rates['plain']:.2f} x plain")
        if batch == RATIO_BATCH:
            ratios["own_over_plain"] = rates["own"] / rates["plain"]
    gaps = window_gaps(10 if options.quick else 30)
    for name, value in gaps.items():
        rows.append({"name": name, "value": value})
        print(f"{name:24} {value:8.1f}")
    ratios |= {name: gaps[name] for name in ("gap_p99_ms", "gap_max_ms")}
    machine = {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
    result = {"machine": machine, "rows": rows, "ratios": ratios}
    options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
