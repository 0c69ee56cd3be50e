"""The network of Dong et al., ECCV 2014: three convolutions, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import relu
from typing_extensions import override

from srcnn.spec import SrcnnSpec

if TYPE_CHECKING:
    from srcnn.spec import WeightArrays


class Srcnn(nn.Module):
    """Patch extraction, non-linear mapping and reconstruction (equations 1 to 3 of the paper).

    Parameters
    ----------
    spec : SrcnnSpec
        Widths and filter sizes.
    """

    def __init__(self, spec: SrcnnSpec | None = None) -> None:
        super().__init__()
        self.spec = spec = spec or SrcnnSpec()
        self.conv1 = nn.Conv2d(spec.channels, spec.n1, spec.f1)
        self.conv2 = nn.Conv2d(spec.n1, spec.n2, spec.f2)
        self.conv3 = nn.Conv2d(spec.n2, spec.channels, spec.f3)

    @override
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Sharpen interpolated planes by valid convolutions.

        Parameters
        ----------
        x : (N, C, H, W)
            Bicubic interpolation at the final size, in [0, 1].

        Returns
        -------
        (N, C, H - 2 * halo, W - 2 * halo)
            Not clipped.
        """
        x = relu(self.conv1(x))  # (N, n1, ...)
        x = relu(self.conv2(x))  # (N, n2, ...)
        out: torch.Tensor = self.conv3(x)
        return out


def network_from(arrays: WeightArrays) -> Srcnn:
    """Build the network that has these weights, on the CPU.

    Raises
    ------
    ValueError
        If the arrays do not fit together.
    """
    network = Srcnn(SrcnnSpec.of([array.shape for array in arrays]))
    with torch.no_grad():
        for parameter, array in zip(network.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array.copy()))  # torch dislikes read-only arrays
    return network


def arrays_of(network: Srcnn) -> WeightArrays:
    """Return a copy of the weights of ``network``, float32, whatever its device."""
    w1, b1, w2, b2, w3, b3 = (
        parameter.detach().to("cpu", torch.float32).numpy().copy()
        for parameter in network.parameters()
    )
    return w1, b1, w2, b2, w3, b3
