"""The network's function, arranged so that a step of training takes less time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import conv2d, fold, linear, relu_

if TYPE_CHECKING:
    import torch

    from srcnn.network import Srcnn


def arranged(network: Srcnn, x: torch.Tensor) -> torch.Tensor:
    """Compute ``network(x)``, gradients included, as products of large matrices.

    One row a pixel: the first layer multiplies rows of f1 x f1 neighbours, the second (1 x 1)
    rows of features, the third makes f3 x f3 numbers a pixel that ``fold`` adds where they
    belong. On sub-images of 33 pixels this is twice as fast as three convolutions.

    Parameters
    ----------
    network : Srcnn
        The weights.
    x : (N, C, H, W)
        As for ``Srcnn.forward``.

    Returns
    -------
    (N, C, H - 2 * halo, W - 2 * halo)
        Equal to ``network(x)`` up to the order of sums.
    """
    spec = network.spec
    w1, b1, w2, b2, w3, b3 = network.parameters()
    count, _, height, width = x.shape
    rows, columns = height - spec.f1 + 1, width - spec.f1 + 1

    neighbours = x.unfold(2, spec.f1, 1).unfold(3, spec.f1, 1)  # (N, C, rows, columns, f1, f1)
    pixels = neighbours.permute(0, 2, 3, 1, 4, 5).reshape(count * rows * columns, -1)
    features = relu_(linear(pixels, w1.flatten(1), b1))

    if spec.f2 == 1:
        features = relu_(linear(features, w2.flatten(1), b2))
    else:
        planes = features.view(count, rows, columns, spec.n1).permute(0, 3, 1, 2)
        planes = relu_(conv2d(planes, w2, b2))
        rows, columns = planes.shape[2:]
        features = planes.permute(0, 2, 3, 1)

    taps = w3.flip(2, 3).transpose(1, 2).transpose(2, 3)  # (C, f3, f3, n2)
    taps = taps.reshape(spec.channels * spec.f3**2, spec.n2)
    shares = taps @ features.reshape(count, rows * columns, spec.n2).transpose(1, 2)
    size = (rows - spec.f3 + 1, columns - spec.f3 + 1)
    sums = fold(shares, size, spec.f3, padding=spec.f3 - 1)
    return sums + b3[:, None, None]
