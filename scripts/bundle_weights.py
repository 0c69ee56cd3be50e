"""Put the weights of finished runs into the program, with their figures on the card.

    python -m scripts.bundle_weights RUN... --data DATA

DATA has Set5 and Set14. The table of docs/weights.md is written anew from all cards; without a
run, only that.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn.benchmark import Choice, run_benchmark
from srcnn.device import cpu_device
from srcnn.method import MethodEnvironment
from srcnn.methods.srcnn import SrcnnMethod
from srcnn.report import BenchmarkRow
from srcnn.weights import bundled_weights, load_weights, save_weights

if TYPE_CHECKING:
    from srcnn.weights import Weights

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "weights.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
SETS = ("Set5", "Set14")
LICENCE = "MIT"
TIMES = "\N{MULTIPLICATION SIGN}"


def measured(weights: Weights, folder: Path) -> float:
    """Return the mean PSNR in dB on a folder, by the paper's protocol."""
    method = SrcnnMethod({weights.scale: weights}, MethodEnvironment(cpu_device()))
    rows = run_benchmark(folder, Choice([method], [weights.scale]))
    return statistics.fmean(row.psnr_db for row in rows if isinstance(row, BenchmarkRow))


def bundle(run: Path, data: Path) -> Path:
    """Measure the weights of a run, and save them among the resources."""
    weights = load_weights(run / "weights.safetensors")
    psnr = {name: round(measured(weights, data / name), 4) for name in SETS}
    card = replace(
        weights.card,
        name=weights.spec.name,
        psnr={**psnr, **weights.card.psnr},
        licence=LICENCE,
    )
    target = ROOT / "resources" / "weights" / f"{weights.spec.name}_x{weights.scale}.safetensors"
    save_weights(replace(weights, card=card), target)
    return target


def table() -> str:
    """Return the table of the bundled weights and the commands that made them, as Markdown."""
    rows = [
        "| network | filters | scale | weights | Set5 | Set14 | validation | backprops | minutes |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    commands = []
    for weights in bundled_weights():
        spec, card = weights.spec, weights.card
        held_out = next(db for name, db in card.psnr.items() if name.endswith("(validation)"))
        rows.append(
            f"| {spec.f1}-{spec.f2}-{spec.f3} | {spec.n1}-{spec.n2} | {TIMES}{weights.scale} "
            f"| {spec.weights_count:,} | {card.psnr['Set5']:.2f} | {card.psnr['Set14']:.2f} "
            f"| {held_out:.2f} | {card.backprops:,} | {card.minutes:g} |"
        )
        commands.append(f"{card.notes.split(' -- ')[0]}  # {spec.name} {TIMES}{weights.scale}")
    return "\n".join([*rows, "", "```", *commands, "```", ""])


def write_table() -> None:
    """Write the table into the document, between its marks."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    DOCUMENT.write_text(f"{before}{BEGIN}{table()}{END}{after}", encoding="utf-8")


def main() -> None:
    """Bundle the runs that the command line names, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.add_argument("--data", type=Path, help="folder with Set5 and Set14")
    options = parser.parse_args()
    if options.runs and options.data is None:
        parser.error("--data is needed to measure")
    for run in options.runs:
        print(bundle(run, options.data).relative_to(ROOT))
    write_table()


if __name__ == "__main__":
    main()
