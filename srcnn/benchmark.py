"""Measuring methods against a ground truth: pictures, scales and methods to rows of figures.

All figures are read from tiles, so they are those of the window and of saved files.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from srcnn.degrade import Degradation
from srcnn.errors import PictureError
from srcnn.files import list_pictures
from srcnn.metrics import Protocol, psnr, ssim
from srcnn.padding import Padding
from srcnn.picture import DEFAULT_MAX_MEGAPIXELS, load_picture
from srcnn.report import BenchmarkRow, SkippedImage
from srcnn.resize import Border
from srcnn.source import DegradedSource, Truth, degraded_source, make_truth
from srcnn.tiles import Enlargement, render_tile, render_tiles, stepping_down

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from srcnn.method import Method
    from srcnn.picture import Picture
    from srcnn.types import BytePlane

    Progress: TypeAlias = Callable[[float, int], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is measured besides the pictures.

    Attributes
    ----------
    methods : Sequence[Method]
        Each can enlarge by all of ``scales``.
    scales : Sequence[int]
        Factors.
    border : Border
        Border rule of the shrinking and of the bicubic that enlarges chroma.
    threads : int or None
        Tiles that are computed at a time; None for one a core.
    padding : Padding
        What networks among the methods see outside the picture, for the protocol.
    """

    methods: Sequence[Method]
    scales: Sequence[int]
    border: Border = Border.CLAMP
    threads: int | None = None
    padding: Padding = Padding.REPLICATE

    @property
    def protocols(self) -> dict[int | None, Protocol]:
        """The protocol at each scale: the shave is the scale."""
        return {
            scale: Protocol(shave=scale, border=self.border, padding=self.padding)
            for scale in self.scales
        }


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A ground truth and the low-resolution input made from it.

    Attributes
    ----------
    truth : Truth
        What results are compared with.
    source : DegradedSource
        What methods enlarge.
    scale : int
        Enlargement factor.
    border : Border
        Border rule.
    """

    truth: Truth
    source: DegradedSource
    scale: int
    border: Border

    def enlargement(self, method: Method) -> Enlargement:
        """Return the result of a method in all its colours, as it is shown and saved."""
        return Enlargement(self.source, method, self.scale, self.border)

    def luma_enlargement(self, method: Method) -> Enlargement:
        """Return the part that figures are measured on, bit for bit that of ``enlargement``.

        Chroma is left out where the method does not look at it: nobody measures it.
        """
        if method.channels > 1 or self.source.is_grey:
            return self.enlargement(method)
        luma = self.source.window(self.source.size.region)[:1]
        source = DegradedSource(luma, f"{self.source.key} luma")
        return Enlargement(source, method, self.scale, self.border)


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """The figures of one result, and the luma (H, W) they are of."""

    row: BenchmarkRow
    luma: BytePlane


def compare(picture: Picture, scale: int, border: Border = Border.CLAMP) -> Comparison:
    """Take a picture as ground truth and make the low-resolution input from it.

    Raises
    ------
    PictureTooSmall
        If modcrop leaves nothing of it.
    """
    truth = make_truth(picture, scale)
    source = degraded_source(truth, scale, Degradation.BICUBIC, border)
    return Comparison(truth, source, scale, border)


def measure(
    comparison: Comparison,
    method: Method,
    image: str,
    *,
    warm_up: bool = True,
    progress: Progress = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
    note: Callable[[str], object] = lambda _text: None,
) -> Measurement:
    """Enlarge by one method, and compare with the truth.

    Parameters
    ----------
    comparison : Comparison
        Truth and input.
    method : Method
        How to enlarge.
    image : str
        Name for the row.
    warm_up : bool
        Compute one tile before the clock starts.
    progress : callable
        Told (tiles done, tiles in all).
    should_stop : callable
        Asked before every tile.
    threads : int or None
        Tiles that are computed at a time; None for one a core.
    note : callable
        Told in a sentence if the device's memory did not suffice; then all is computed and timed
        anew.

    Returns
    -------
    Measurement
        Its ``seconds`` are from the low-resolution plane to the luma of the result.

    Raises
    ------
    PictureTooSmall
        If too little is left inside the shave.
    Cancelled
        If ``should_stop`` said so.
    """
    luma = np.empty(comparison.truth.luma.shape, np.uint8)

    def timed(enlargement: Enlargement) -> float:
        if warm_up:
            render_tile(enlargement, 0)
        started = time.perf_counter()
        for tile in render_tiles(enlargement, should_stop, threads):
            luma[tile.region.slices] = tile.luma
            progress(tile.index + 1, len(enlargement.grid))
        return time.perf_counter() - started

    seconds = stepping_down(timed, comparison.luma_enlargement(method), note)
    row = BenchmarkRow(
        image=image,
        scale=comparison.scale,
        method=method.id,
        psnr_db=psnr(comparison.truth.luma, luma, shave=comparison.scale),
        ssim=ssim(comparison.truth.luma, luma, shave=comparison.scale),
        seconds=seconds,
    )
    return Measurement(row, luma)


def run_benchmark(
    folder: Path,
    choice: Choice,
    *,
    max_megapixels: float = DEFAULT_MAX_MEGAPIXELS,
    progress: Progress = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    note: Callable[[str], object] = lambda _text: None,
) -> Iterator[BenchmarkRow | SkippedImage]:
    """Measure every method at every scale on every picture of a folder.

    Parameters
    ----------
    folder : Path
        Searched with the folders below it.
    choice : Choice
        Methods and scales.
    max_megapixels : float
        Larger pictures are skipped.
    progress : callable
        Told (rows done, rows in all); the first has a fraction while a row is computed.
    should_stop : callable
        Asked before every tile.
    note : callable
        Told in a sentence if a device's memory did not suffice.

    Yields
    ------
    BenchmarkRow or SkippedImage
        Rows picture by picture, scale by scale; a picture that cannot be used, or not at one
        of the scales, is skipped there with the reason.

    Raises
    ------
    DataError
        If there is no picture in ``folder``.
    Cancelled
        If ``should_stop`` said so.
    """
    paths = list_pictures(folder)
    total = len(paths) * len(choice.scales) * len(choice.methods)
    warm: set[tuple[str, int]] = set()
    for number, path in enumerate(paths):
        name = path.relative_to(folder).as_posix()
        done = number * total // len(paths)
        try:
            picture = load_picture(path, max_megapixels=max_megapixels)
        except PictureError as error:
            yield SkippedImage(name, str(error))
            continue
        for scale in choice.scales:
            try:
                comparison = compare(picture, scale, choice.border)
                for method in choice.methods:
                    yield measure(
                        comparison,
                        method,
                        name,
                        warm_up=(method.id, scale) not in warm,
                        progress=partial(_report, progress, done, total),
                        should_stop=should_stop,
                        threads=choice.threads,
                        note=note,
                    ).row
                    warm.add((method.id, scale))
                    done += 1
            except PictureError as error:
                yield SkippedImage(name, f"\N{MULTIPLICATION SIGN}{scale}: {error}")


def _report(progress: Progress, done: int, total: int, part: float, parts: int) -> None:
    """Tell ``progress`` how far the rows are, of which one is computed in ``parts``."""
    progress(done + part / parts, total)
