"""PSNR and SSIM, each with the protocol that gives it a meaning.

The protocol is that of the paper ("MATLAB 2014"): uint8 luma, the method's result clipped and
rounded once, ``shave`` pixels left out on every side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srcnn.errors import PictureTooSmall
from srcnn.geometry import Region, Size
from srcnn.padding import Padding
from srcnn.resize import Border

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Plane

SSIM_RADIUS = 5
"""Half of the 11 x 11 window, without its centre."""

_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def _window() -> NDArray[np.float64]:
    """Return the Gaussian of 11 taps and sigma 1.5, of sum 1 (Wang et al. 2004)."""
    taps = np.exp(-0.5 * (np.arange(-SSIM_RADIUS, SSIM_RADIUS + 1) / 1.5) ** 2)
    return np.asarray(taps / taps.sum())


_WINDOW = _window()


@dataclass(frozen=True, slots=True)
class Protocol:
    """Everything besides the two pictures that a figure depends on.

    Attributes
    ----------
    shave : int
        Pixels left out on every side; the literature uses the scale.
    border : Border
        Border rule of ``imresize``.
    degradation : str
        How the low-resolution input was made; empty if it is not known.
    of_saved_file : bool
        Whether luma was taken from the final RGB (a saved file) and not straight from the
        method's luma (the paper). The two differ by less than 0.02 dB on most photographs, by
        up to 0.1 dB where overshoot is clipped to RGB (text, stripes).
    padding : Padding
        What networks saw outside the picture; only another rule than replication is told.
    """

    shave: int
    border: Border = Border.CLAMP
    degradation: str = "bicubic"
    of_saved_file: bool = False
    padding: Padding = Padding.REPLICATE

    @property
    def luma(self) -> str:
        """Where luma comes from, in words."""
        return "luma of the saved RGB" if self.of_saved_file else "luma before RGB (paper)"

    def describe(self, *, is_grey: bool = False) -> str:
        """Return one line to stand beside a figure, of grey pictures if it is of these alone."""
        made = f", {self.degradation} input, {self.border.value} border" if self.degradation else ""
        told = self.padding.sentence_part
        padded = f", {told}" if told else ""
        channel = "grey 0-255, uint8" if is_grey else f"BT.601 luma 16-235, uint8, {self.luma}"
        return (
            f"{channel}, shave {self.shave} px{made}{padded}; "
            "SSIM 11 \N{MULTIPLICATION SIGN} 11 Gaussian, sigma 1.5"
        )

    def as_dict(self) -> dict[str, object]:
        """Return the protocol as plain values, for JSON."""
        return {
            "channel": "luma (BT.601, 16-235, uint8; grey as it is)",
            "luma_from": self.luma,
            "rounding": "clipped and rounded once to uint8",
            "shave": self.shave,
            "border": self.border.value if self.degradation else "",
            "degradation": self.degradation,
            **({} if self.padding is Padding.REPLICATE else {"padding": self.padding.value}),
            "ssim": "Gaussian 11x11, sigma 1.5, K1 0.01, K2 0.03, range 255, population covariance",
        }


def to_bytes(plane: Plane) -> BytePlane:
    """Clip a plane in [0, 1] and round it to 0..255, halves upwards."""
    scaled = plane * np.float32(255)
    scaled += np.float32(0.5)
    np.clip(scaled, 0, 255, out=scaled)
    return scaled.astype(np.uint8)


def squared_error(truth: BytePlane, estimate: BytePlane) -> int:
    """Return the exact sum of squared differences of two (H, W) planes."""
    difference = truth.astype(np.int32) - estimate
    return int(np.einsum("ij,ij->", difference, difference, dtype=np.int64))


def psnr_of(squared: float, pixels: int) -> float:
    """Return the PSNR in dB of a sum of squared errors; ``inf`` for none, NaN for no pixels."""
    if pixels == 0:
        return math.nan
    return 10 * math.log10(255**2 * pixels / squared) if squared else math.inf


def psnr(truth: BytePlane, estimate: BytePlane, *, shave: int) -> float:
    """Compute the peak signal-to-noise ratio.

    Parameters
    ----------
    truth, estimate : BytePlane, (H, W)
        Luma of equal size.
    shave : int
        Pixels left out on each side.

    Returns
    -------
    float
        dB, of a peak of 255; ``inf`` for equal pictures.

    Raises
    ------
    PictureTooSmall
        If nothing is left inside the shave.
    ValueError
        If the sizes differ.
    """
    inside = shaved(truth, estimate, shave)
    difference = truth[inside.slices], estimate[inside.slices]
    return psnr_of(squared_error(*difference), inside.size.pixels)


def ssim(truth: BytePlane, estimate: BytePlane, *, shave: int) -> float:
    """Compute the structural similarity (Wang et al. 2004) of two lumas.

    Windows lie wholly inside the shaved picture, as in the authors' code and in scikit-image
    with ``gaussian_weights=True, sigma=1.5, use_sample_covariance=False``.

    Parameters
    ----------
    truth, estimate : BytePlane, (H, W)
        Luma of equal size.
    shave : int
        Pixels left out on each side.

    Returns
    -------
    float
        Mean over all windows; 1 for equal pictures.

    Raises
    ------
    PictureTooSmall
        If no window fits inside the shave.
    ValueError
        If the sizes differ.
    """
    inside = shaved(truth, estimate, shave)
    centres = inside.grown(-SSIM_RADIUS)
    if centres.is_empty:
        raise PictureTooSmall(
            "SSIM needs at least 11 \N{MULTIPLICATION SIGN} 11 pixels inside the border",
            hint="Choose a larger picture.",
        )
    total = 0.0
    for top in range(centres.top, centres.bottom, 256):  # strips bound the memory
        bottom = min(top + 256, centres.bottom)
        part = Region(centres.left, top, centres.right, bottom).grown(SSIM_RADIUS)
        total += ssim_sum(truth[part.slices], estimate[part.slices])
    return total / centres.size.pixels


def ssim_sum(truth: BytePlane, estimate: BytePlane) -> float:
    """Sum the SSIM of all windows that lie wholly inside two (H, W) planes; 0 if none does."""
    if min(truth.shape) <= 2 * SSIM_RADIUS:
        return 0.0
    x, y = truth.astype(np.float64), estimate.astype(np.float64)
    mean_x, mean_y = _blur(x), _blur(y)
    variances = _blur(x * x + y * y) - mean_x * mean_x - mean_y * mean_y
    covariance = _blur(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + _C1) / (mean_x * mean_x + mean_y * mean_y + _C1)
    return float(np.sum(luminance * (2 * covariance + _C2) / (variances + _C2)))


def _blur(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Filter with the window where it fits; the window is symmetric, so pairs are added first."""
    for axis in (0, 1):
        length = values.shape[axis] - 2 * SSIM_RADIUS
        views = [
            values[k : k + length] if axis == 0 else values[:, k : k + length] for k in range(11)
        ]
        total = views[SSIM_RADIUS] * _WINDOW[SSIM_RADIUS]
        for k in range(SSIM_RADIUS):
            total += (views[k] + views[10 - k]) * _WINDOW[k]
        values = total
    return values


def shaved(truth: BytePlane, estimate: BytePlane, shave: int) -> Region:
    """Return the region inside the shave.

    Raises
    ------
    PictureTooSmall
        If nothing is left.
    ValueError
        If the sizes differ.
    """
    if truth.shape != estimate.shape:
        raise ValueError(f"pictures of different size: {truth.shape} and {estimate.shape}")
    size = Size(truth.shape[1], truth.shape[0])
    inside = size.region.grown(-shave)
    if inside.is_empty:
        raise PictureTooSmall(
            f"Nothing of a picture of {size} pixels is left inside a border of {shave}",
            hint="Choose a larger picture.",
        )
    return inside
