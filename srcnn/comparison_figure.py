"""A comparison as the content of a figure: crops of the truth and of each method's result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from srcnn.figure import FigureContent, Panel
from srcnn.report import decibels
from srcnn.tiles import render_tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from srcnn.benchmark import Comparison, Measurement
    from srcnn.colour_profile import ColourTransform
    from srcnn.geometry import Region
    from srcnn.method import Method
    from srcnn.metrics import Protocol
    from srcnn.tiles import Enlargement


def figure_of(
    comparison: Comparison,
    methods: Sequence[Method],
    measured: Sequence[Measurement],
    regions: Sequence[Region],
    name: str,
    protocol: Protocol,
    to_srgb: ColourTransform | None = None,
) -> FigureContent:
    """Put together the crops of the truth and of every method, with their figures.

    Parameters
    ----------
    comparison : Comparison
        Ground truth and input.
    methods, measured : Sequence
        Methods, and what was measured of each.
    regions : Sequence[Region]
        Crops, in pixels of the truth.
    name : str
        Of the picture.
    protocol : Protocol
        How it was measured.
    to_srgb : ColourTransform or None
        Of the picture's colour profile: figures are taken for sRGB wherever they are shown.
    """
    truth = comparison.truth.pixels
    coloured = _same if to_srgb is None else to_srgb
    panels = [Panel("Original\nPSNR", [coloured(truth[region.slices]) for region in regions])]
    for method, one in zip(methods, measured, strict=True):
        enlargement = comparison.enlargement(method)
        caption = f"{method.label}\n{decibels(one.row.psnr_db)} dB"
        panels.append(Panel(caption, [coloured(_crop(enlargement, region)) for region in regions]))
    return FigureContent(
        truth=coloured(truth),
        regions=regions,
        panels=panels,
        title=f"{name} \N{MULTIPLICATION SIGN}{comparison.scale}",
        protocol=f"PSNR of the whole picture. {protocol.describe(is_grey=truth.ndim == 2)}.",
    )


def _same(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return pixels


def _crop(enlargement: Enlargement, region: Region) -> NDArray[np.uint8]:
    """Return a part of the result, (h, w) or (h, w, 3), from the tiles that cover it."""
    shape = (region.height, region.width, *(() if enlargement.source.is_grey else (3,)))
    pixels = np.empty(shape, np.uint8)
    for index in enlargement.grid.covering(region):
        tile = render_tile(enlargement, index)
        part = tile.region.intersected(region)
        inside = part.moved(-tile.region.left, -tile.region.top)
        pixels[part.moved(-region.left, -region.top).slices] = tile.pixels[inside.slices]
    return pixels
