"""``srcnn measure``: saved results against the ground truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from srcnn.colour import luma_bytes
from srcnn.commands.options import check_overwrite_used
from srcnn.commands.terminal import say, show_error, show_table
from srcnn.errors import PictureError, SrcnnError
from srcnn.files import check_targets
from srcnn.metrics import Protocol, psnr, ssim
from srcnn.output import recorded_origin
from srcnn.picture import load_picture
from srcnn.report import BenchmarkRow, Report, SkippedImage, in_words
from srcnn.safe_file import write_text_safely

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


_MOST_CROPPED = 3
"""Pixels that modcrop takes away at most, at x4."""


def run(
    images: Sequence[Path],
    truth: Path,
    shave: int | None,
    max_megapixels: float,
    json_file: Path | None,
    *,
    overwrite: bool,
) -> int:
    """Measure every image, print the tables and return the exit code.

    Parameters
    ----------
    images : Sequence[Path]
        Saved results.
    truth : Path
        Ground truth.
    shave : int or None
        Pixels left out on each side; None for the scale recorded in each file, else none.
    max_megapixels : float
        Larger pictures are refused.
    json_file : Path or None
        Where to write the report.
    overwrite : bool
        Whether it may replace a file.

    Raises
    ------
    SrcnnError
        If the ground truth cannot be read or the report not be written; an image that cannot
        be measured makes the exit code 1.
    """
    check_overwrite_used(json_file, overwrite=overwrite)
    if json_file is not None:
        check_targets([json_file], [truth, *images], overwrite=overwrite)
    target = load_picture(truth, max_megapixels=max_megapixels).to_uint8()
    rows, skipped = [], []
    protocols: dict[int | None, Protocol] = {}
    for image in images:
        try:
            row, protocol = _measure_one(image, target, shave, max_megapixels)
        except SrcnnError as error:
            show_error(error)
            skipped.append(SkippedImage(image.as_posix(), str(error)))
        else:
            rows.append(row)
            protocols[row.scale] = protocol
    if not rows:
        protocols = {None: _protocol(shave or 0)}
    report = Report(protocols, rows, skipped)
    _show(report, is_grey=target.ndim == 2)
    if json_file is not None:
        write_text_safely(json_file, report.to_json(), overwrite=overwrite)
    return 1 if skipped else 0


def _protocol(shave: int) -> Protocol:
    return Protocol(shave=shave, degradation="", of_saved_file=True)


def _measure_one(
    image: Path, target: NDArray[np.uint8], shave: int | None, max_megapixels: float
) -> tuple[BenchmarkRow, Protocol]:
    result = load_picture(image, max_megapixels=max_megapixels).to_uint8()
    method, scale = recorded_origin(image) or (image.stem, None)
    protocol = _protocol(scale or 0 if shave is None else shave)
    truth_luma, luma = aligned_lumas(target, result, image.name)
    row = BenchmarkRow(
        image=image.as_posix(),
        scale=scale,
        method=method,
        psnr_db=psnr(truth_luma, luma, shave=protocol.shave),
        ssim=ssim(truth_luma, luma, shave=protocol.shave),
        seconds=None,
    )
    return row, protocol


def aligned_lumas(
    truth: NDArray[np.uint8], result: NDArray[np.uint8], name: str
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the lumas of two pictures, cut to the size of the result.

    Grey is measured as it is, colour as luma from 16 to 235. So a grey picture is compared with
    one in colour only if all colours of that are grey, and then as grey.

    Parameters
    ----------
    truth, result : uint8, (H, W) or (H, W, 3)
        Pixels; the result may lack up to three rows and columns, as modcrop leaves them out.
    name : str
        Of the result, for the message.

    Raises
    ------
    PictureError
        If the sizes do not go together, or one is grey and the other in colour.
    """
    (height, width), (full_height, full_width) = result.shape[:2], truth.shape[:2]
    lacking = (full_height - height, full_width - width)
    if not 0 <= min(lacking) <= max(lacking) <= _MOST_CROPPED:
        times = "\N{MULTIPLICATION SIGN}"
        raise PictureError(
            f"{name} has {width} {times} {height} pixels, but the truth has "
            f"{full_width} {times} {full_height}",
            hint="Measure a result of the truth's size; up to 3 pixels may lack at the right and "
            "at the bottom.",
        )
    truth = truth[:height, :width]
    if truth.ndim != result.ndim:
        colour = truth if truth.ndim == 3 else result
        if (colour != colour[..., :1]).any():
            raise PictureError(
                f"Of {name} and the truth one is grey, the other in colour",
                hint="Save both in grey, or both in colour.",
            )
        truth = truth if truth.ndim == 2 else truth[..., 0]
        result = result if result.ndim == 2 else result[..., 0]
    return luma_bytes(truth), luma_bytes(result)


def _show(report: Report, *, is_grey: bool) -> None:
    """Print a table for each scale, and the protocol of each."""
    for table in report.tables():
        show_table(
            table.title,
            ("image", "method", "PSNR dB", "SSIM"),
            [
                (row.image, row.method, in_words(row.psnr_db), f"{row.ssim:.4f}")
                for row in table.rows
            ],
        )
        say(table.protocol.describe(is_grey=is_grey))
