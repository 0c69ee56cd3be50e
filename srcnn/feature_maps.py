"""What one filter of a network answers to a picture: its feature map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from srcnn.colour import ycbcr_to_rgb
from srcnn.errors import Cancelled
from srcnn.extension import imresize_extended
from srcnn.geometry import Region
from srcnn.resize import Border

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn.source import Source
    from srcnn.types import Plane, Planes
    from srcnn.weights import Weights

LAYERS = (1, 2)
"""Layers that have feature maps; the third makes the picture."""

_BAND_ROWS = 64
"""Rows computed at once: the second layer needs all maps of the first of them."""
_BICUBIC_CONTEXT = 2


def feature_map(
    weights: Weights,
    planes: Planes,
    region: Region,
    layer: int,
    number: int,
    *,
    border: Border = Border.CLAMP,
    should_stop: Callable[[], bool] = lambda: False,
) -> Plane:
    """Compute the response of one filter after its ReLU.

    Parameters
    ----------
    weights : Weights
        The network.
    planes : float32, (channels, h, w)
        Low-resolution planes in [0, 1]: luma, or RGB as the network takes it.
    region : Region
        Part of the interpolated plane, in its pixels; the plane is extended by replication.
    layer : int
        1 or 2.
    number : int
        Which filter, from 0 in the order of the weights.
    border : Border
        Border rule of the interpolation.
    should_stop : callable
        Asked now and then.

    Returns
    -------
    float32, (region.height, region.width)
        0 or more; there is no largest value.

    Raises
    ------
    ValueError
        If there is no such layer.
    Cancelled
        If ``should_stop`` said so.
    """
    import torch
    from torch.nn.functional import conv2d

    if layer not in LAYERS:
        raise ValueError(f"layer {layer} has no feature maps")
    w1, b1, w2, b2 = (torch.from_numpy(array.copy()) for array in weights.arrays[:4])
    one = slice(number, number + 1)
    if layer == 1:
        w1, b1 = w1[one], b1[one]
    else:
        w2, b2 = w2[one], b2[one]
    spec = weights.spec
    reach = spec.f1 // 2 + (spec.f2 // 2 if layer == 2 else 0)
    result = np.empty((region.height, region.width), np.float32)
    with torch.inference_mode():
        for top in range(region.top, region.bottom, _BAND_ROWS):
            if should_stop():
                raise Cancelled
            bottom = min(top + _BAND_ROWS, region.bottom)
            band = Region(region.left, top, region.right, bottom)
            plane = imresize_extended(planes, weights.scale, band.grown(reach), border=border)
            x = conv2d(torch.from_numpy(plane[np.newaxis]), w1, b1).relu_()
            if layer == 2:
                x = conv2d(x, w2, b2).relu_()
            result[band.top - region.top : band.bottom - region.top] = x[0, 0].numpy()
    return result


def feature_map_of(
    source: Source,
    weights: Weights,
    region: Region,
    layer: int,
    number: int,
    *,
    border: Border = Border.CLAMP,
    should_stop: Callable[[], bool] = lambda: False,
) -> Plane:
    """Compute the response of one filter to a part of a picture, from no more than it sees.

    Parameters and result are those of ``feature_map``; ``region`` is a part of the enlarged
    ``source``.
    """
    scale, spec = weights.scale, weights.spec
    low = region.reduced(scale)
    context = -(-(spec.f1 // 2 + spec.f2 // 2) // scale) + _BICUBIC_CONTEXT
    window = low.grown(context).intersected(source.size.region)
    planes = source.window(window)
    if spec.channels == 1:
        planes = source.luma_of(planes)
    else:
        planes = planes.repeat(3, axis=0) if source.is_grey else ycbcr_to_rgb(planes)
    inner = region.moved(-window.left * scale, -window.top * scale)
    return feature_map(
        weights, planes, inner, layer, number, border=border, should_stop=should_stop
    )
