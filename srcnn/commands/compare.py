"""``srcnn compare``: one picture, many methods."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from srcnn import benchmark, figure
from srcnn.colour_profile import to_srgb
from srcnn.commands.engine import how_computed, say_weights
from srcnn.commands.options import check_overwrite_used
from srcnn.commands.terminal import note, progress_bar, say, show_table
from srcnn.comparison_figure import figure_of
from srcnn.errors import OutputError, PictureError
from srcnn.files import check_targets, make_folder, shown_name
from srcnn.metrics import Protocol
from srcnn.output import save_enlargement
from srcnn.picture import Picture, load_picture
from srcnn.report import Report, in_words
from srcnn.safe_file import write_safely, write_text_safely
from srcnn.source import NOT_TRANSPARENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from srcnn.benchmark import Comparison, Measurement
    from srcnn.commands.options import Common
    from srcnn.geometry import Region
    from srcnn.method import Method


@dataclass(frozen=True, slots=True)
class Outputs:
    """What shall be written; fields as the options of the command."""

    json: Path | None
    save: Path | None
    figure: Path | None
    crops: Sequence[Region]
    overwrite: bool

    def check(self, truth: Path, results: Iterable[str]) -> None:
        """Refuse what cannot be written before anything is computed.

        Parameters
        ----------
        truth : Path
            The picture that is read.
        results : Iterable of str
            Names of the files in ``save``.
        """
        check_overwrite_used(self.json, self.figure, self.save, overwrite=self.overwrite)
        wanted = [path for path in (self.json, self.figure) if path is not None]
        if self.save is not None and self.save.is_file():
            raise OutputError(f"{self.save} is a file", hint="Give the name of a folder.")
        if self.save is not None and self.save.is_dir():
            wanted += [self.save / name for name in results]
        check_targets(wanted, [truth], overwrite=self.overwrite)


def run(
    path: Path,
    scale: int,
    methods: Sequence[Method],
    baseline: Method,
    common: Common,
    outputs: Outputs,
) -> None:
    """Measure every method on a picture, print the table and write what is asked for.

    Parameters
    ----------
    path : Path
        The ground truth.
    scale : int
        Enlargement factor.
    methods : Sequence[Method]
        What is compared.
    baseline : Method
        What gains are over, whether or not it is among ``methods``.
    common : Common
        Options of every command.
    outputs : Outputs
        Files.

    Raises
    ------
    SrcnnError
        If the picture cannot be used or a file not be written.
    """
    ids = ("truth", *(method.id for method in methods))
    outputs.check(path, [file_name(path.stem, scale, name) for name in ids])
    picture = load_picture(path, max_megapixels=common.max_megapixels)
    for remark in (*picture.notes, *([NOT_TRANSPARENT] if picture.alpha is not None else ())):
        note(f"{path.name}: {remark}")
    comparison = benchmark.compare(picture, scale, common.border)
    check_crops(outputs.crops, comparison)
    plain, *measured = _measure_all(comparison, [baseline, *methods], path.name, common.threads)
    protocol = Protocol(shave=scale, border=common.border, padding=common.padding)
    _show(f"{path.name} \N{MULTIPLICATION SIGN}{scale}", methods, measured, plain)
    say(protocol.describe(is_grey=picture.is_grey))
    say_weights(methods, [scale])
    if outputs.json is not None:
        rows = [one.row for one in measured]
        report = Report({scale: protocol}, rows, computed=how_computed(methods, common))
        write_text_safely(outputs.json, report.to_json(), overwrite=outputs.overwrite)
    _save_all(outputs, path.stem, picture, comparison, methods, common.threads)
    if outputs.figure is not None:
        regions = outputs.crops or [_chosen_crop(comparison, measured, plain)]
        colours = to_srgb(picture.icc, is_grey=picture.is_grey)
        name = shown_name(path)
        content = figure_of(comparison, methods, measured, regions, name, protocol, colours)
        figure.save_figure(content, outputs.figure)


def check_crops(crops: Sequence[Region], comparison: Comparison) -> None:
    """Raise ``PictureError`` if a crop is not inside the ground truth."""
    size = comparison.truth.size
    for crop in crops:
        if not size.region.contains(crop):
            raise PictureError(
                f"The crop {crop.left},{crop.top},{crop.width},{crop.height} is not inside the "
                f"picture, which has {size} pixels",
                hint="--crop is x,y,width,height in pixels of the picture, of which the right and "
                "lower edge are cut to a multiple of the scale.",
            )


def _measure_all(
    comparison: Comparison, methods: Sequence[Method], image: str, threads: int | None
) -> list[Measurement]:
    found: dict[str, Measurement] = {}
    for method in methods:
        if method.id not in found:
            with progress_bar(method.label) as advance:
                found[method.id] = benchmark.measure(
                    comparison, method, image, progress=advance, threads=threads, note=note
                )
    return [found[method.id] for method in methods]


def _show(
    title: str, methods: Sequence[Method], measured: Sequence[Measurement], plain: Measurement
) -> None:
    """Print the figures with their gain over bicubic."""
    lines = []
    for method, row in zip(methods, (one.row for one in measured), strict=True):
        gain = row.psnr_db - plain.row.psnr_db
        lines.append(
            [
                method.label,
                in_words(row.psnr_db),
                f"{row.ssim:.4f}",
                f"{gain:+.2f}" if math.isfinite(gain) else "\N{EN DASH}",
                f"{row.seconds:.3f}",
            ]
        )
    show_table(title, ("method", "PSNR dB", "SSIM", "gain over bicubic dB", "seconds"), lines)


def file_name(stem: str, scale: int, method: str) -> str:
    """Return the name of a saved result: what file systems do not like becomes a dash."""
    safe = re.sub(r"[^\w.-]", "-", method)
    return f"{stem}_x{scale}_{safe}.png"


def _save_all(
    outputs: Outputs,
    stem: str,
    picture: Picture,
    comparison: Comparison,
    methods: Sequence[Method],
    threads: int | None,
) -> None:
    """Save the truth and every result as PNG."""
    folder = outputs.save
    if folder is None:
        return
    make_folder(folder)
    truth = io.BytesIO()
    Image.fromarray(comparison.truth.pixels).save(truth, "PNG", icc_profile=picture.icc)
    target = folder / file_name(stem, comparison.scale, "truth")
    write_safely(target, truth.getvalue(), overwrite=outputs.overwrite)
    say(str(target))
    for method in methods:
        target = folder / file_name(stem, comparison.scale, method.id)
        with progress_bar(target.name) as advance:
            save_enlargement(
                comparison.enlargement(method),
                target,
                metadata=picture,
                overwrite=outputs.overwrite,
                progress=advance,
                threads=threads,
                note=note,
            )
        say(str(target))


def _chosen_crop(
    comparison: Comparison, measured: Sequence[Measurement], plain: Measurement
) -> Region:
    """Return the place where the best method gains most over bicubic, and say so."""
    truth = comparison.truth.luma
    best = max(measured, key=lambda one: one.row.psnr_db)
    gains = best.row.psnr_db > plain.row.psnr_db
    crop = figure.telling_region(truth, plain.luma, best.luma if gains else truth)
    why = f"{best.row.method} gains most over bicubic" if gains else "bicubic errs most"
    note(f"crop: {crop.left},{crop.top},{crop.width},{crop.height} (where {why})")
    return crop
