"""How fast SRCNN runs: the program's own way beside others, and what the machine can do.

    python -m benchmarks.inference [--quick] --json FILE [--markdown FILE]

Our own way is ``render_tiles``, which the window, saved files and all figures are made by. Its
time includes bicubic interpolation and rounding; the others are given the interpolated plane. All
ways take turns within a round, so that a slow minute is slow for all; figures are medians.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from benchmarks import ways
from benchmarks.machine import describe_machine
from benchmarks.resizing import compare_resizing
from benchmarks.turns import median_seconds
from srcnn.device import cpu_device
from srcnn.errors import SrcnnError
from srcnn.workers import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.ways import Task, Way

    Row = dict[str, Any]

ROUNDS, QUICK_ROUNDS = 5, 3
SECONDS_A_WAY, QUICK_SECONDS_A_WAY = 60.0, 3.0
"""A way that takes long has fewer turns."""
SIDES = {512: "025mp", 1024: "1mp", 2048: "4mp", 4096: "16mp"}
MAIN_SCALE = 3
"""The program's own default."""
SUFFIXES = {MAIN_SCALE: "", 2: "_x2", 4: "_x4"}
"""What the names of the ratios end in, for each scale."""
NETWORKS = ("9-1-5-32-16", "9-1-5-128-64", "11-1-7")
PAIRS = {
    "plain_over_own": ("plain PyTorch", "own"),
    "onnxruntime_over_own": ("ONNX Runtime", "own"),
    "openvino_over_own": ("OpenVINO", "own"),
}
RUNTIMES: dict[str, Callable[[Task], Way]] = {
    "ONNX Runtime": ways.onnx_runtime,
    "OpenVINO": ways.openvino,
}
CEILINGS = (ways.first_layer_alone, ways.first_layer_side_by_side)


def find_ways(*, quick: bool) -> list[Way]:
    """Return all ways; those that this machine cannot take are named and left out."""
    is_short = cpu_device().short_type is not None
    if not is_short:
        print("own, fast is left out: this processor has no instructions for bfloat16")
    makers = _runtimes(ways.task("9-1-5", MAIN_SCALE, 64))
    found = [*(ceiling() for ceiling in CEILINGS), ways.matrix_product()]
    for side in SIDES:
        main = ways.task("9-1-5", MAIN_SCALE, side)
        found.append(ways.own(main))
        if side in (1024, 2048):
            found += [ways.own(main, fast=True)] if is_short else []
            found += [ways.plain(main), *(maker(main) for maker in makers)]
        if side == 1024:
            found.append(ways.plain_tiles(main))
    for scale, side in ((2, 1024),) if quick else ((2, 1024), (2, 2048), (4, 1024), (4, 2048)):
        other = ways.task("9-1-5", scale, side)
        found += [ways.own(other), ways.plain(other), *(maker(other) for maker in makers)]
    for name in () if quick else NETWORKS:
        other = ways.task(name, MAIN_SCALE, 1024)
        found += [ways.own(other), *([ways.own(other, fast=True)] if is_short else [])]
        found.append(ways.plain(other))
    return found


def _runtimes(task: Task) -> list[Callable[[Task], Way]]:
    """Return those whose packages are installed, found out with a small task."""
    found = []
    for name, maker in RUNTIMES.items():
        try:
            maker(task)
        except (ImportError, SrcnnError) as error:
            print(f"{name} is left out: {error}")
        else:
            found.append(maker)
    return found


def rows_of(found: Sequence[Way], seconds: Sequence[float]) -> list[Row]:
    """Return a row for each way."""
    plain = {
        (way.network, way.scale, way.side): taken
        for way, taken in zip(found, seconds, strict=True)
        if way.name == "plain PyTorch"
    }
    rows = []
    for way, taken in zip(found, seconds, strict=True):
        row = {
            "name": way.name,
            "network": way.network,
            "scale": way.scale,
            "megapixels": round(way.megapixels, 3),
            "seconds": taken,
            "gflop_per_second": way.gflop / taken,
        }
        whole = plain.get((way.network, way.scale, way.side))
        rows.append(row if whole is None else {**row, "times_plain": whole / taken})
    return rows


def ratios_of(found: Sequence[Way], seconds: Sequence[float]) -> dict[str, float]:
    """Return what the rows come to; without those whose way is missing."""
    rates = {
        (way.name, way.scale, SIDES.get(way.side)): way.gflop / taken
        for way, taken in zip(found, seconds, strict=True)
        if way.network in ("", "9-1-5")
    }
    ceiling = max(rates[found[number].name, 0, None] for number in range(len(CEILINGS)))
    ratios = {}
    for scale, suffix in SUFFIXES.items():
        for size in ("1mp", "4mp"):
            for name, (other, own) in PAIRS.items():
                if (other, scale, size) in rates:
                    ratio = rates[own, scale, size] / rates[other, scale, size]
                    ratios[f"{name}_{size}{suffix}"] = ratio
    ratios["own_over_ceiling"] = rates["own", MAIN_SCALE, "1mp"] / ceiling
    ratios["own_over_ceiling_4mp"] = rates["own", MAIN_SCALE, "4mp"] / ceiling
    ratios["own_over_ceiling_x2"] = rates["own", 2, "1mp"] / ceiling
    if ("own, fast", MAIN_SCALE, "4mp") in rates:
        fast = rates["own, fast", MAIN_SCALE, "4mp"]
        ratios["bf16_over_fp32"] = fast / rates["own", MAIN_SCALE, "4mp"]
    small, large = rates["own", MAIN_SCALE, "1mp"], rates["own", MAIN_SCALE, "16mp"]
    ratios["linearity_16mp_over_1mp"] = small / large
    return ratios


def as_markdown(rows: Sequence[Row], ratios: dict[str, float]) -> str:
    """Return both as tables."""
    lines = [
        "| way | network | megapixels | seconds | s/MP | GFLOP/s | times plain |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        size, seconds = row["megapixels"], row["seconds"]
        cells = (
            row["name"],
            f"{row['network']} \N{MULTIPLICATION SIGN}{row['scale']}" if row.get("network") else "",
            f"{size:.2f}" if size else "",
            f"{seconds:.3f}",
            f"{seconds / size:.3f}" if size else "",
            f"{row['gflop_per_second']:.0f}" if "gflop_per_second" in row else "",
            f"{row['times_plain']:.1f}" if "times_plain" in row else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| ratio | |", "|---|---:|"]
    lines += [f"| `{name}` | {value:.3g} |" for name, value in ratios.items()]
    return "\n".join(lines) + "\n"


def use_all_cores() -> None:
    """Have PyTorch share what it computes in this thread between all cores, for good.

    A thread that has not computed yet takes the number that was set last anywhere, even after it
    has set one: that would be the 1 of our tiles, and all others would look slow. To ask for the
    number first makes it take one now.
    """
    torch.get_num_threads()
    torch.set_num_threads(usable_cores())


def main() -> None:
    """Measure all and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, the main network only")
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    parser.add_argument("--markdown", type=Path, help="write the tables to this file too")
    options = parser.parse_args()
    use_all_cores()
    found = find_ways(quick=options.quick)
    limits = (QUICK_ROUNDS, QUICK_SECONDS_A_WAY) if options.quick else (ROUNDS, SECONDS_A_WAY)
    seconds = median_seconds([way.run for way in found], *limits)
    rows, ratios = rows_of(found, seconds), ratios_of(found, seconds)
    ratios["max_abs_error"] = max(
        ways.largest_error(ways.task("9-1-5", scale, 512)) for scale in (2, 3, 4)
    )
    more_rows, more_ratios = compare_resizing(quick=options.quick)
    rows, ratios = rows + more_rows, ratios | more_ratios
    tables = as_markdown(rows, ratios)
    print(tables)
    result = {"machine": describe_machine(), "rows": rows, "ratios": ratios}
    options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if options.markdown is not None:
        options.markdown.write_text(tables, encoding="utf-8")


if __name__ == "__main__":
    main()
