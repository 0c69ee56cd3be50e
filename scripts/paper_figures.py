"""Draw the figures of docs/paper.md into docs/figures: ``python -m scripts.paper_figures``.

Convergence (Figs. 1 and 6) is of the runs that docs/runs keeps; that sparse coding is a network of
convolutions (section 3.2) is shown on our own test chart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import conv2d, conv_transpose2d

from srcnn.convergence_figure import ConvergenceContent, Curve, Level, save_convergence
from srcnn.device import cpu_device
from srcnn.dictionary import Dictionary, bundled_dictionaries
from srcnn.feature_maps import feature_map
from srcnn.figure import write_drawing
from srcnn.geometry import Region, Size
from srcnn.method import MethodEnvironment
from srcnn.methods.ksvd import KsvdMethod
from srcnn.methods.srcnn import SrcnnMethod
from srcnn.metrics import to_bytes
from srcnn.paper import printed_average
from srcnn.picture import load_picture
from srcnn.pursuit import pursue
from srcnn.resize import Border, imresize
from srcnn.resources import resource_path
from srcnn.weights import bundled_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from srcnn.types import Planes

DOCS = Path(__file__).resolve().parents[1] / "docs"
CONVERGENCE, NETWORKS = "convergence.png", "sparse-coding-as-network.png"
CONVERGENCE_TEXT = (
    "",
    "## Convergence (Figs. 1 and 6)\n",
    f"![Gain over bicubic of the kept runs, over backprops](figures/{CONVERGENCE})\n",
    "What a run gains over bicubic on the pictures it holds out, after so many backprops, and in",
    "the end on Set5. The lines are what the paper prints for Set5, also as gains. The curves",
    "begin at 0 since the preset *fast* begins with the bicubic picture; the paper's begin below.",
    "`srcnn-train --figure RUN FILE` draws the curve of any run.",
)
NETWORKS_TEXT = (
    "",
    "## Sparse coding as a network (section 3.2)\n",
    f"![Sparse coding above SRCNN, step by step](figures/{NETWORKS})\n",
    "A method of sparse coding is a network of convolutions, but for one step: projecting patches",
    "is a convolution, and so is averaging them. Here K-SVD is computed in that way; the result is",
    "that of the program's code patch by patch. Pursuit is what SRCNN replaces by a layer.",
)
SCALE, SPARSITY = 3, 3
TIMES = "\N{MULTIPLICATION SIGN}"
_PART = Region(200, 430, 296, 494)
"""Of the test chart: letters and lines, in low-resolution pixels."""


def convergence(runs: Path) -> ConvergenceContent:
    """Return the curves of kept runs as gains over bicubic, with what the paper prints."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(runs.glob("*.json"))]
    printed = {name: printed_average("Set5", SCALE, name) for name in ("bicubic", "sc", "srcnn")}
    bicubic = printed["bicubic"]
    assert bicubic is not None
    curves = []
    for run in found:
        (_, first), *_ = run["validation"]  # runs begin with the bicubic picture
        points = [(backprops, psnr_db - first) for backprops, psnr_db in run["validation"]]
        name = f"{run['trained_on']}, on those held out"
        curves.append(Curve(name, points, run["psnr_db"]["Set5"] - bicubic))
    names = {"sc": "SC", "srcnn": "SRCNN, 91 images"}
    levels = [Level("bicubic", 0.0)]
    for method, name in names.items():
        value = printed[method]
        assert value is not None
        levels.append(Level(f"{name}: the paper on Set5", value - bicubic))
    title = f"SRCNN 9-1-5 {TIMES}{SCALE}, preset fast"
    return ConvergenceContent(curves, levels, title, "gain over bicubic, dB", "in the end, on Set5")


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A picture of what a step gives, (h, w) in any range, and what the step is."""

    pixels: NDArray[np.floating]
    caption: str


def sparse_coding(dictionary: Dictionary, low: Planes) -> tuple[list[Stage], Planes]:
    """Run K-SVD's sparse coding as a network; return its stages, and the result (1, H, W).

    Every step but pursuit is a convolution; where no patch is, the result is bicubic.
    """
    assert dictionary.projection is not None
    scale = dictionary.scale
    enlarged = imresize(low, scale)
    inside = enlarged.astype(np.float64)
    maps = conv2d(torch.from_numpy(inside)[None], difference_filters(scale))
    # patches begin a cell inside: differences lose as much as that at each edge
    features = conv2d(maps, as_filters(dictionary.projection, 4, scale), stride=scale)[0]
    length, rows, columns = features.shape
    flat = features.reshape(length, -1).T.numpy()
    gram = dictionary.low.T @ dictionary.low
    chosen, coefficients = pursue(flat @ dictionary.low, gram, SPARSITY)
    codes = np.zeros((len(flat), dictionary.low.shape[1]))
    np.put_along_axis(codes, chosen, coefficients, axis=1)
    spread = torch.from_numpy(codes.T.reshape(1, -1, rows, columns).copy())
    filters = as_filters(dictionary.high, 1, scale)
    total = conv_transpose2d(spread, filters, stride=scale)
    ones = torch.ones(1, 1, rows, columns, dtype=torch.float64)
    count = conv_transpose2d(ones, torch.ones_like(filters[:1]), stride=scale)
    result = inside.copy()
    result[0, scale:-scale, scale:-scale] += (total / count)[0, 0].numpy()
    used = np.argsort(-np.abs(codes).sum(axis=0), kind="stable")[:4]
    side = 3 * scale
    stages = [
        Stage(enlarged[0], "bicubic"),
        Stage(
            mosaic(features[:4].numpy()),
            f"{length} features: conv {2 * scale + 1}{TIMES}{2 * scale + 1} to 4 differences,\n"
            f"conv {side}{TIMES}{side}, stride {scale} (4 shown)",
        ),
        Stage(
            mosaic(np.abs(codes[:, used].T.reshape(-1, rows, columns))),
            f"{codes.shape[1]} codes, {SPARSITY} of them not 0:\npursuit (4 shown)",
        ),
        Stage(result[0], f"detail averaged over patches:\ntransposed conv {side}{TIMES}{side}"),
    ]
    return stages, result.astype(np.float32)


def difference_filters(scale: int) -> torch.Tensor:
    """Return first and second differences as filters (4, 1, 2 * scale + 1, 2 * scale + 1)."""
    size = 2 * scale + 1
    filters = torch.zeros(4, 1, size, size, dtype=torch.float64)
    ahead = (scale + 1) // 2
    for tap, weight in ((ahead, 1.0), (ahead - scale, -1.0)):
        filters[0, 0, scale, scale + tap] = filters[1, 0, scale + tap, scale] = weight
    for tap, weight in ((scale, 0.5), (0, -1.0), (-scale, 0.5)):
        filters[2, 0, scale, scale + tap] = filters[3, 0, scale + tap, scale] = weight
    return filters


def as_filters(matrix: NDArray[np.float64], maps: int, scale: int) -> torch.Tensor:
    """Turn columns over patches, map by map and column by column, into filters (n, maps, y, x)."""
    side = 3 * scale
    columns = matrix.T.reshape(-1, maps, side, side)
    return torch.from_numpy(columns.swapaxes(2, 3).copy())


def srcnn_stages(low: Planes) -> list[Stage]:
    """Return the layers of the bundled network; of each the maps that vary most are shown."""
    (weights,) = (w for w in bundled_weights() if (w.name, w.scale) == ("9-1-5", SCALE))
    spec = weights.spec
    whole = Size(low.shape[2], low.shape[1]).scaled(SCALE).region
    layers = []
    for layer, count, side in ((1, spec.n1, spec.f1), (2, spec.n2, spec.f2)):
        maps = np.stack([feature_map(weights, low, whole, layer, n) for n in range(count)])
        liveliest = np.argsort(-maps.var(axis=(1, 2)), kind="stable")[:4]
        caption = f"{count} maps: conv {side}{TIMES}{side}, ReLU\n(4 shown)"
        layers.append(Stage(mosaic(maps[liveliest]), caption))
    method = SrcnnMethod({SCALE: weights}, MethodEnvironment(cpu_device()))
    result = Stage(method.enlarge(low, SCALE)[0], f"conv {spec.f3}{TIMES}{spec.f3}")
    return [Stage(imresize(low, SCALE)[0], "bicubic"), *layers, result]


def mosaic(maps: NDArray[np.floating]) -> NDArray[np.floating]:
    """Put four maps (4, h, w) in a square, each in its own range from 0 to 1, parted by a line."""
    spans = np.ptp(maps, axis=(1, 2), keepdims=True)
    scaled = (maps - maps.min(axis=(1, 2), keepdims=True)) / np.where(spans > 0, spans, 1)
    framed = np.pad(scaled, ((0, 0), (1, 1), (1, 1)), constant_values=1.0)
    return np.concatenate([np.concatenate(framed[k : k + 2], axis=1) for k in (0, 2)])


def draw_networks(rows: Sequence[tuple[str, Sequence[Stage]]], note: str) -> Figure:
    """Draw methods row by row, what corresponds below one another, as Fig. 3 of the paper."""
    from matplotlib.figure import Figure

    heads = ("interpolation", "patch extraction", "non-linear mapping", "reconstruction")
    drawn = Figure((10, 2.15 * len(rows) + 0.5), dpi=110, layout="constrained")
    for row, (name, stages) in enumerate(rows):
        for column, stage in enumerate(stages):
            axes = drawn.add_subplot(len(rows), len(heads), row * len(heads) + column + 1)
            low, high = (0, 1) if column in {0, len(heads) - 1} else (None, None)
            axes.imshow(stage.pixels, cmap="gray", vmin=low, vmax=high, interpolation="nearest")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.set_xlabel(stage.caption, fontsize=7.5)
            if row == 0:
                axes.set_title(heads[column], fontsize=9)
            if column == 0:
                axes.set_ylabel(name, fontsize=9)
    drawn.supxlabel(note, fontsize=7.5)
    return drawn


def networks() -> Figure:
    """Draw sparse coding as a network above SRCNN, and say how far it is from the method."""
    chart = load_picture(resource_path("samples/chart.png")).to_uint8()[..., 1]
    low = (chart[_PART.slices] / np.float32(255))[np.newaxis].astype(np.float32)
    (dictionary,) = (d for d in bundled_dictionaries() if (d.kind, d.scale) == ("ksvd", SCALE))
    stages, result = sparse_coding(dictionary, low)
    patchwise = KsvdMethod({SCALE: dictionary}, Border.CLAMP).enlarge(low, SCALE)
    differ = int(np.count_nonzero(to_bytes(result[0]) != to_bytes(patchwise[0])))
    distance = float(np.abs(result - patchwise).max())
    note = (
        f"The upper row by convolutions and the program's patch by patch code differ by at most "
        f"{distance:.0e} of the range; {differ} of {result.size:,} pixels differ after rounding."
    )
    rows = [("sparse coding (K-SVD)", stages), ("SRCNN 9-1-5", srcnn_stages(low))]
    return draw_networks(rows, note)


def write_all(folder: Path) -> None:
    """Draw every figure into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    save_convergence(convergence(DOCS / "runs"), folder / CONVERGENCE)
    write_drawing(networks(), folder / NETWORKS)


def main() -> None:
    """Draw the figures."""
    write_all(DOCS / "figures")


if __name__ == "__main__":
    main()
