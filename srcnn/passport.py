"""The same results measured by other protocols: how far a figure moves with what it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srcnn.benchmark import compare
from srcnn.colour import luma_bytes
from srcnn.metrics import psnr, psnr_of, squared_error, ssim
from srcnn.resize import Border
from srcnn.tiles import render_tiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from srcnn.benchmark import Comparison
    from srcnn.method import Method
    from srcnn.picture import Picture
    from srcnn.types import BytePlane

PAPER = "the paper's protocol"
_FULL_RANGE = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True)
class Stamp:
    """A result measured by one protocol.

    Attributes
    ----------
    protocol : str
        What is done otherwise than in the paper, in words.
    psnr_db : float or None
        PSNR in dB; None where the protocol is about SSIM alone.
    ssim : float or None
        SSIM; None where it is about PSNR alone.
    """

    protocol: str
    psnr_db: float | None
    ssim: float | None


def passport(
    picture: Picture,
    scale: int,
    methods: Mapping[Border, Method],
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Stamp]:
    """Enlarge a reduced picture, and measure the result in all ways that papers do.

    Parameters
    ----------
    picture : Picture
        The ground truth.
    scale : int
        Enlargement factor.
    methods : Mapping[Border, Method]
        The method with either border rule of bicubic.
    should_stop : callable
        Asked before every tile.

    Returns
    -------
    list of Stamp
        The paper's protocol first; always the same ones in the same order.

    Raises
    ------
    PictureTooSmall
        If too little is left inside the shave.
    Cancelled
        If ``should_stop`` said so.
    """
    comparisons = {border: compare(picture, scale, border) for border in Border}
    comparison, other = comparisons[Border.CLAMP], comparisons[Border.MIRROR]
    pixels, luma = _result(comparison, methods[Border.CLAMP], should_stop)
    _, mirrored = _result(other, methods[Border.MIRROR], should_stop)
    truth = comparison.truth
    saved = luma_bytes(pixels)
    full = _full_range(truth.pixels), _full_range(pixels)
    return [
        Stamp(PAPER, psnr(truth.luma, luma, shave=scale), ssim(truth.luma, luma, shave=scale)),
        Stamp("bicubic mirrored at the edges", *_figures(other.truth.luma, mirrored, scale)),
        Stamp("luma of the saved RGB", *_figures(truth.luma, saved, scale)),
        Stamp("luma from 0 to 255 (JPEG)", *_figures(*full, scale)),
        Stamp("all of RGB", _rgb_psnr(truth.pixels, pixels, scale), None),
        Stamp("nothing shaved", *_figures(truth.luma, luma, 0)),
        Stamp(
            "SSIM by 7 \N{MULTIPLICATION SIGN} 7 means", None, _flat_ssim(truth.luma, luma, scale)
        ),
    ]


def _result(
    comparison: Comparison, method: Method, should_stop: Callable[[], bool]
) -> tuple[NDArray[np.uint8], BytePlane]:
    """Return the pixels of a result, and its luma before they were made."""
    luma = np.empty(comparison.truth.luma.shape, np.uint8)
    pixels = np.empty(comparison.truth.pixels.shape, np.uint8)
    for tile in render_tiles(comparison.enlargement(method), should_stop):
        luma[tile.region.slices] = tile.luma
        pixels[tile.region.slices] = tile.pixels
    return pixels, luma


def _figures(truth: BytePlane, estimate: BytePlane, shave: int) -> tuple[float, float]:
    return psnr(truth, estimate, shave=shave), ssim(truth, estimate, shave=shave)


def _full_range(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return luma as JPEG has it; grey as it is."""
    if pixels.ndim == 2:
        return pixels
    luma: NDArray[np.uint8] = np.floor(pixels @ _FULL_RANGE + 0.5).astype(np.uint8)
    return luma


def _rgb_psnr(truth: NDArray[np.uint8], pixels: NDArray[np.uint8], shave: int) -> float:
    inside = slice(shave, -shave), slice(shave, -shave)
    one, other = truth[inside], pixels[inside]
    flat = (len(one), -1)
    return psnr_of(squared_error(one.reshape(flat), other.reshape(flat)), one.size)


def _flat_ssim(truth: BytePlane, luma: BytePlane, shave: int) -> float:
    """Return the SSIM that scikit-image computes unless told otherwise."""
    from skimage.metrics import structural_similarity

    inside = slice(shave, -shave), slice(shave, -shave)
    similarity = structural_similarity(  # type: ignore[no-untyped-call]  # it has no types
        truth[inside], luma[inside], data_range=255
    )
    return float(similarity)
