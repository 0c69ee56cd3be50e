"""Hostile files for everything that reads files; whatever is not refused in a sentence is told.

``python -m tests.fuzz.run --files 20000 --seed 0`` prints its figures. A failure is told with its
reader and index: ``--reader pictures --seed 0 --index 7 --save FILE`` does it once more.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.files import hostile_file
from tests.fuzz.readers import READERS
from tests.fuzz.watch import Outcome, Watched

Outcomes = dict[str, list[Outcome]]
"""How the files of each reader went."""


def read_hostile(pieces: Mapping[str, range], seed: int) -> Outcomes:
    """Let one process, and another if it has to be, read some files of each reader."""
    watched = Watched(seed)
    try:
        return {
            reader: [watched.read(reader, index) for index in indices]
            for reader, indices in pieces.items()
        }
    finally:
        watched.close()


def run(files: int, seed: int, processes: int = 2) -> Outcomes:
    """Share files out over the readers and the processes."""
    counts = {name: round(files * reader.share) for name, reader in READERS.items()}
    parts = [
        {name: range(part, count, processes) for name, count in counts.items()}
        for part in range(processes)
    ]
    with ThreadPoolExecutor(processes) as pool:
        found = list(pool.map(read_hostile, parts, [seed] * processes))
    return {name: [outcome for each in found for outcome in each[name]] for name in READERS}


def figures(found: Outcomes) -> str:
    """Return a line for each reader, one for all, and the failures."""
    lines = []
    everything = [outcome for outcomes in found.values() for outcome in outcomes]
    for name, outcomes in {**found, "all": everything}.items():
        results = Counter(outcome.result for outcome in outcomes)
        accepted = results.pop("accepted", 0)
        refused = ", ".join(f"{kind} {count:,}" for kind, count in results.most_common())
        slowest = max(outcomes, key=lambda outcome: outcome.seconds)
        largest = max(outcomes, key=lambda outcome: outcome.megabytes)
        lines.append(
            f"{name}: {len(outcomes):,} files, {accepted:,} accepted, "
            f"refused: {refused or 'none'}; "
            f"slowest {slowest.seconds:.2f} s ({slowest.file}, {slowest.index}); "
            f"peak {largest.megabytes:.0f} MB ({largest.file}, {largest.index})"
        )
    return "\n".join(lines)


def failures(found: Outcomes, seed: int) -> list[str]:
    """Return what went wrong, each with how to do it once more."""
    return [
        f"--reader {reader} --seed {seed} --index {outcome.index}  ({outcome.file})\n"
        f"{outcome.fault}"
        for reader, outcomes in found.items()
        for outcome in outcomes
        if outcome.fault
    ]


def main() -> int:
    """Run from the command line; 1 if something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--reader", choices=READERS)
    parser.add_argument("--index", type=int)
    parser.add_argument("--save", type=Path, help="write the file of that index here")
    chosen = parser.parse_args()
    if chosen.index is not None:
        if chosen.reader is None:
            parser.error("--index needs --reader")
        name, content = hostile_file(chosen.reader, chosen.seed, chosen.index)
        if chosen.save:
            chosen.save.write_bytes(content)
        piece = range(chosen.index, chosen.index + 1)
        ((outcome,),) = read_hostile({chosen.reader: piece}, chosen.seed).values()
        sys.stdout.write(f"{name}: {outcome}\n{outcome.fault}\n")
        return bool(outcome.fault)
    found = run(chosen.files, chosen.seed, chosen.processes)
    wrong = failures(found, chosen.seed)
    told = "\n".join(wrong) or f"nothing went wrong (seed {chosen.seed})"
    sys.stdout.write(f"{figures(found)}\n{told}\n")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
