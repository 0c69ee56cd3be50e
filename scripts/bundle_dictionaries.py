"""Train the dictionaries of the classical methods, and put them into the program.

    python -m scripts.bundle_dictionaries --data DATA --runs RUNS [--method M]... [--scale S]...

DATA has T91 to learn from, Set5 and Set14 to measure on. A training that was killed goes on; one
that is finished is measured and bundled again.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn.benchmark import Choice, run_benchmark
from srcnn.device import cpu_device
from srcnn.dictionary import load_dictionary, save_dictionary
from srcnn.method import MethodEnvironment
from srcnn.registry import load_methods
from srcnn.report import BenchmarkRow
from trainer.dictionary import resume_dictionary, train_dictionary
from trainer.dictionary_cli import describe
from trainer.dictionary_state import USUAL, DictionaryConfig, dictionary_file, state_file
from trainer.events import DataRead

if TYPE_CHECKING:
    from srcnn.dictionary import Dictionary

ROOT = Path(__file__).resolve().parents[1]
METHODS = {"ksvd": ("ksvd", "anr", "ne-nnls", "ne-lle"), "sc": ("sc",)}
"""Those that each kind of dictionary serves."""

SETS = {2: ("Set5",), 3: ("Set5", "Set14"), 4: ("Set5",)}
"""What is measured on at each scale: what the paper's tables have."""


def measured(dictionary: Dictionary, folder: Path) -> dict[str, float]:
    """Return the mean PSNR in dB of each method on a folder, by the paper's protocol."""
    methods = load_methods(MethodEnvironment(cpu_device(), dictionaries=(dictionary,)))
    served = METHODS[dictionary.kind]
    choice = Choice([methods[name] for name in served], [dictionary.scale])
    rows = [row for row in run_benchmark(folder, choice) if isinstance(row, BenchmarkRow)]
    return {
        name: round(statistics.fmean(row.psnr_db for row in rows if row.method == name), 4)
        for name in served
    }


def train(config: DictionaryConfig) -> Path:
    """Train a dictionary, or go on with its training; return its file."""
    begun = state_file(config.out).exists()
    for event in resume_dictionary(config.out) if begun else train_dictionary(config):
        if not isinstance(event, DataRead):
            print(describe(event), flush=True)
    return dictionary_file(config.out)


def bundle(trained: Path, data: Path) -> Path:
    """Measure a dictionary, and save it with its figures among the resources."""
    dictionary = load_dictionary(trained)
    psnr = {name: measured(dictionary, data / name) for name in SETS[dictionary.scale]}
    folder = ROOT / "resources" / "dictionaries"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{dictionary.kind}_x{dictionary.scale}.safetensors"
    save_dictionary(replace(dictionary, card={**dictionary.card, "psnr": psnr}), target)
    for name, figures in psnr.items():
        print(name, ", ".join(f"{method} {db:.2f}" for method, db in figures.items()), flush=True)
    return target


def main() -> None:
    """Train and bundle the dictionaries of all scales, or of those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with T91, Set5 and Set14")
    parser.add_argument("--runs", type=Path, required=True, help="folder for the trainings")
    parser.add_argument("--method", action="append", choices=sorted(METHODS))
    parser.add_argument("--scale", type=int, action="append", choices=sorted(SETS))
    options = parser.parse_args()
    data = (options.data / "T91",)
    for method in options.method or sorted(METHODS):
        for scale in options.scale or sorted(SETS):
            out, usual = options.runs / f"{method}_x{scale}", USUAL[method]
            config = DictionaryConfig(data, out, scale, **usual, method=method)
            print(bundle(train(config), options.data).relative_to(ROOT), flush=True)


if __name__ == "__main__":
    main()
