"""Measure what the paper prints and write docs/paper.md: no number in it is written by hand.

    python -m scripts.paper --data DATA [--weights FOLDER]

DATA has Set5 and Set14. FOLDER has the weights that the authors released (x2.mat, x3.mat,
x4.mat), which do not come with the program; without them, only our own networks are measured.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from scripts.paper_figures import CONVERGENCE_TEXT, NETWORKS_TEXT, write_all
from scripts.paper_times import SPEED, rows_of_times
from srcnn.benchmark import Choice, run_benchmark
from srcnn.device import cpu_device
from srcnn.files import list_pictures
from srcnn.filters import dead_filters
from srcnn.method import MethodEnvironment
from srcnn.methods.srcnn import method_id
from srcnn.padding import Padding
from srcnn.paper import PaperPicture, content_hash, paper_picture
from srcnn.picture import load_picture
from srcnn.registry import load_methods
from srcnn.report import BenchmarkRow
from srcnn.resources import resource_path
from srcnn.weights import bundled_weights, load_weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from srcnn.method import Method
    from srcnn.weights import Weights

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "paper.md"
SETS = ("Set5", "Set14")
SCALES = (2, 3, 4)
SCALE_OF_TIMES = 3
CLASSICAL = ("bicubic", "sc", "ksvd", "ne-nnls", "ne-lle", "anr")
AUTHORS = "authors"
PRINTED = ("srcnn", "srcnn:authors")
"""What the paper calls SRCNN is set beside both our network and the authors'."""
PADDINGS = "replicated", "zeros", "zeros, divided by the share of valid pixels"
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Measured:
    """A figure of one result, with the picture as the paper knows it."""

    picture: PaperPicture
    row: BenchmarkRow

    @property
    def printed(self) -> float | None:
        """PSNR in dB that the paper prints for this result, if it does."""
        method = "srcnn" if self.row.method in PRINTED else self.row.method
        assert self.row.scale is not None
        return self.picture.psnr_db.get((self.row.scale, method))


def networks(authors: Path | None) -> tuple[Weights, ...]:
    """Return our networks, and the authors' if there are any."""
    found = sorted(authors.glob("x*.mat")) if authors else []
    return (*bundled_weights(), *(load_weights(path).renamed(AUTHORS) for path in found))


def measure(folder: Path, methods: Sequence[Method], scale: int) -> list[Measured]:
    """Measure methods on the pictures of a folder that the paper knows."""
    known = {}
    for path in list_pictures(folder):
        found = paper_picture(content_hash(load_picture(path).pixels))
        if found is not None:
            known[path.relative_to(folder).as_posix()] = found
    return [
        Measured(known[row.image], row)
        for row in run_benchmark(folder, Choice(methods, [scale]))
        if isinstance(row, BenchmarkRow) and row.image in known
    ]


def by_method(results: Sequence[Measured]) -> Mapping[str, list[Measured]]:
    """Return the results by id of the method, in their order."""
    groups: dict[str, list[Measured]] = {}
    for result in results:
        groups.setdefault(result.row.method, []).append(result)
    return groups


def table_of(results: Sequence[Measured]) -> Iterator[str]:
    """Yield PSNR and its distance to print: a row a picture, a column a method."""
    groups = by_method(results)
    yield from heading("picture", *groups)
    pictures = dict.fromkeys(result.picture.name for result in results)
    found = {(each.picture.name, each.row.method): each for each in results}
    for name in pictures:
        cells = [cell(*figures([found[name, method]])) for method in groups]
        yield line(name, *cells)
    yield line("**average**", *(f"**{cell(*figures(each))}**" for each in groups.values()))


def figures(results: Sequence[Measured]) -> tuple[float, float | None]:
    """Return the mean PSNR, and how far it is from the printed ones if all are printed."""
    mean = fmean(result.row.psnr_db for result in results)
    printed = [result.printed for result in results if result.printed is not None]
    return mean, mean - fmean(printed) if len(printed) == len(results) else None


def cell(psnr_db: float, distance: float | None) -> str:
    """Return a figure with its distance to print."""
    if distance is None:
        return f"{psnr_db:.2f}"
    return f"{psnr_db:.2f} ({round(distance, 2) or 0.0:+.2f})"


def averages(results: Sequence[Measured]) -> Iterator[str]:
    """Yield PSNR, SSIM and time of each method, and how many times as long as SRCNN it takes."""
    groups = by_method(results)
    seconds = {name: fmean(each.row.seconds or 0 for each in some) for name, some in groups.items()}
    yield from heading("method", "PSNR", "SSIM", "seconds a picture", "times SRCNN")
    for name, some in groups.items():
        mean, distance = figures(some)
        similarity = fmean(each.row.ssim for each in some)
        times = seconds[name] / seconds["srcnn"]
        yield line(
            name, cell(mean, distance), f"{similarity:.4f}", f"{seconds[name]:.3f}", f"{times:.2f}"
        )


def times(results: Sequence[Measured]) -> Iterator[str]:
    """Yield seconds a picture of each method, here and in print, and as multiples of SRCNN's."""
    yield from heading("method", "seconds", "times SRCNN", "paper's seconds", "times SRCNN")
    yield from starmap(line, rows_of_times(by_method(results)))


def winners(results: Sequence[Measured], network: str) -> str:
    """Say on which pictures a classical method does better than a network."""
    found = {(each.picture.name, each.row.method): each.row.psnr_db for each in results}
    pictures = dict.fromkeys(each.picture.name for each in results)
    lost = []
    for name in pictures:
        others = {m: found[name, m] for m in CLASSICAL if (name, m) in found}
        best = max(others, key=lambda method: others[method])
        if others[best] > found[name, network]:
            lost.append(f"*{name}* ({best}, by {others[best] - found[name, network]:.2f} dB)")
    won = f"{network} is best on {len(pictures) - len(lost)} of {len(pictures)} pictures"
    return f"{won}; not on {', '.join(lost)}." if lost else f"{won}."


def shapes(results: Sequence[Measured], data: Sequence[Weights]) -> Iterator[str]:
    """Yield what width and filter size do: PSNR, time, dead filters (sections 5.1, 5.3, 5.4)."""
    groups = by_method(results)
    with resource_path("paper/networks.tsv").open(encoding="utf-8", newline="") as file:
        printed = list(csv.DictReader(file, delimiter="\t"))
    yield from heading("printed network", "trained on", "PSNR, Set5", "seconds a picture")
    for row in printed:
        yield line(row["network"], row["trained_on"], row["psnr_db"], row["seconds"])
    yield ""
    yield from heading("our network", "weights", "dead filters", "PSNR, Set5", "seconds a picture")
    for weights in data:
        method = "srcnn" if weights.name == "9-1-5" else f"srcnn:{weights.name}"
        if weights.scale == 3 and method in groups:
            seconds = fmean(each.row.seconds or 0 for each in groups[method])
            mean, _ = figures(groups[method])
            count = f"{dead_filters(weights.arrays[0])} of {weights.spec.n1}"
            size = f"{weights.spec.weights_count:,}"
            yield line(method, size, count, f"{mean:.2f}", f"{seconds:.3f}")


def runs() -> Iterator[str]:
    """Yield what kept training runs gave."""
    yield from heading("trained on", "network", "backprops", "Set5", "Set14")
    for path in sorted((DOCUMENT.parent / "runs").glob("*.json")):
        run = json.loads(path.read_text(encoding="utf-8"))
        figures = (f"{run['psnr_db'][name]:.2f}" for name in SETS)
        network = f"{run['network']} {TIMES}{run['scale']}"
        yield line(run["trained_on"], network, f"{run['backprops']:,}", *figures)


def borders(folder: Path, weights: Weights) -> Iterator[str]:
    """Yield what rules for what the layers see outside the picture give on a folder."""
    yield from heading("border", "PSNR, Set5")
    for name, padding in zip(PADDINGS, Padding, strict=True):
        env = MethodEnvironment(cpu_device(), [weights], padding=padding)
        method = load_methods(env)[method_id(weights.name)]
        rows = run_benchmark(folder, Choice([method], [weights.scale], padding=padding))
        mean = fmean(row.psnr_db for row in rows if isinstance(row, BenchmarkRow))
        yield line(name, f"{mean:.2f}")


def heading(*titles: str) -> Iterator[str]:
    """Yield the head of a table: the first column is text, the others are numbers."""
    yield line(*titles)
    yield line("---", *("---:" for _ in titles[1:]))


def line(*cells: str) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(cells) + " |"


def document(data: Path, authors: Path | None) -> Iterator[str]:
    """Measure everything and yield the document line by line."""
    weights = networks(authors)
    registry = load_methods(MethodEnvironment(cpu_device(), weights))
    yield from INTRODUCTION
    wanted = [name for name in (*CLASSICAL, *PRINTED) if name in registry]
    timed: dict[str, list[Measured]] = {}
    for number, name in enumerate(SETS, 1):
        yield f"## Table {number}: {name}\n"
        for scale in SCALES:
            methods = [registry[each] for each in wanted if scale in registry[each].scales]
            results = measure(data / name, methods, scale)
            if scale == SCALE_OF_TIMES:
                timed[name] = results
            yield f"### {TIMES}{scale}\n"
            yield from table_of(results)
            yield ""
            yield from averages(results)
            yield ""
            for network in PRINTED:
                if network in by_method(results):
                    yield winners(results, network) + "\n"
    yield from SPEED
    for name, results in timed.items():
        yield f"### {name}, {TIMES}{SCALE_OF_TIMES}\n"
        yield from times(results)
        yield ""
    yield from SHAPES
    widths = [method for name, method in registry.items() if name.startswith("srcnn")]
    widths = [method for method in widths if 3 in method.scales and method.id != "srcnn:authors"]
    yield from shapes(measure(data / "Set5", widths, 3), weights)
    yield from DATA
    yield from runs()
    yield from CONVERGENCE_TEXT
    yield from BORDERS
    chosen = [each for each in weights if each.scale == 3 and each.spec.name == "9-1-5"]
    yield from borders(data / "Set5", chosen[-1])
    yield from NETWORKS_TEXT


INTRODUCTION = (
    "# The paper's tables, measured\n",
    "Written by `make paper DATA=... WEIGHTS=...`; no number is written by hand. In parentheses:",
    "the distance to what the paper (Dong et al., ECCV 2014) prints. Protocol: luma in 8 bits,",
    "bicubic with clamped borders, results rounded once, as many pixels shaved as the scale.\n",
    "`srcnn` is the network that comes with the program, trained on T91 and General100 by another",
    "recipe than the paper's (`docs/weights.md`), so it is above print. `srcnn:authors` are the",
    "weights that the authors released, trained on the 91 images; they do not come with the",
    "program. The dictionaries of the classical methods are our own, trained from the 91 images",
    "from other random beginnings than their authors', which moves an average by some hundredths",
    "of a decibel. Seconds are from the low-resolution plane to the result, on all cores.\n",
)
SHAPES = (
    "## Width, filter size, dead filters (sections 5.1, 5.3, 5.4)\n",
    f"All at {TIMES}3. A filter of the first layer is dead if its variance is under a thousandth",
    "of the largest. Seconds of print are history.\n",
)
DATA = (
    "",
    "## More training pictures (section 5.2)\n",
    "The same network, recipe and seed, the same number of backprops, other pictures; kept by",
    "`scripts/keep_run.py`. What the paper found is in the first table of the section above.\n",
)
BORDERS = (
    "",
    "## The border rule (section 4)\n",
    "The paper says that borders are filled with zeros and results divided by the number of valid",
    "pixels: `--padding normalised`. The weights were not trained for that:\n",
)


def main() -> None:
    """Write the document."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of Set5 and Set14")
    parser.add_argument(
        "--weights", type=Path, help="folder of the authors' x2.mat, x3.mat, x4.mat"
    )
    options = parser.parse_args()
    text = "\n".join(document(options.data, options.weights)) + "\n"
    DOCUMENT.write_text(text, encoding="utf-8")
    write_all(DOCUMENT.parent / "figures")


if __name__ == "__main__":
    main()
