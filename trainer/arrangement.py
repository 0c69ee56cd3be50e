"""The network's function and its gradients, arranged so that a step takes less time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import pad
from typing_extensions import override

if TYPE_CHECKING:
    from srcnn.network import Srcnn


def arranged(
    network: Srcnn, x: torch.Tensor, products: torch.dtype = torch.float32
) -> torch.Tensor:
    """Compute ``network(x)``, gradients included, as products of large matrices.

    Features are kept as matrices of one row a feature and one column a pixel, so that unfolding,
    adding and masking move whole rows of pixels. On the processor this is about twice as fast as
    three convolutions; elsewhere, and where the second layer is not 1 x 1, it is the convolutions.

    Parameters
    ----------
    network : Srcnn
        The weights.
    x : (N, C, H, W)
        As for ``Srcnn.forward``; no gradient flows back into it.
    products : torch.dtype
        What the factors of products are rounded to: float32, or bfloat16 where the processor
        multiplies that faster.

    Returns
    -------
    (N, C, H - 2 * halo, W - 2 * halo)
        Equal to ``network(x)`` up to the order of sums.
    """
    if x.device.type != "cpu" or network.spec.f2 != 1:
        with torch.autocast(x.device.type, torch.bfloat16, enabled=products == torch.bfloat16):
            result: torch.Tensor = network(x)
        return result.float()
    return _Arranged.apply(x, products, *network.parameters())  # type: ignore[no-any-return, no-untyped-call]  # so in torch's stubs


class _Arranged(torch.autograd.Function):
    """Three layers with a 1 x 1 one in the middle."""

    @staticmethod
    @override
    def forward(
        ctx: Any,
        x: torch.Tensor,
        products: torch.dtype,
        *parameters: torch.Tensor,
    ) -> torch.Tensor:
        w1, b1, w2, b2, w3, b3 = parameters
        count, channels, height, width = x.shape
        f1, f3 = w1.shape[2], w3.shape[2]
        rows, columns = height - f1 + 1, width - f1 + 1

        patches = x.unfold(2, f1, 1).unfold(3, f1, 1)  # (N, C, rows, columns, f1, f1)
        patches = patches.permute(1, 4, 5, 0, 2, 3).to(products).reshape(channels * f1 * f1, -1)
        first = _product(w1.flatten(1), patches).add_(b1[:, None]).relu_()  # (n1, pixels)
        second = _product(w2.flatten(1), first).add_(b2[:, None]).relu_()  # (n2, pixels)
        taps = w3.permute(0, 2, 3, 1).reshape(-1, w3.shape[1])  # (C * f3 * f3, n2)
        shares = _product(taps, second).view(channels, f3, f3, count, rows, columns)

        # add what belongs to one place: first along the rows, for all taps of a column at once
        out_rows, out_columns = rows - f3 + 1, columns - f3 + 1
        along = shares[:, :, 0, ..., :out_columns].clone()  # (C, f3, N, rows, columns)
        for dx in range(1, f3):
            along += shares[:, :, dx, ..., dx : dx + out_columns]
        result = along[:, 0, :, :out_rows] + b3[:, None, None, None]
        for dy in range(1, f3):
            result += along[:, dy, :, dy : dy + out_rows]
        ctx.save_for_backward(patches, first, second, taps, w2)
        ctx.shapes = (w1.shape, w2.shape, w3.shape)
        return result.transpose(0, 1)

    @staticmethod
    @override
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        patches, first, second, taps, w2 = ctx.saved_tensors
        shape1, shape2, shape3 = ctx.shapes
        gradient = gradients[0].transpose(0, 1)  # (C, N, rows, columns)
        channels, f3 = shape3[0], shape3[2]

        # what each tap of the last layer is to blame for: the gradient, moved by its place; the
        # last tap comes first
        moved = pad(gradient, (f3 - 1,) * 4).unfold(2, f3, 1).unfold(3, f3, 1)
        moved = moved.permute(0, 4, 5, 1, 2, 3).reshape(channels * f3 * f3, -1)
        to_taps = _product(moved, second.t()).view(channels, f3, f3, -1).flip(1, 2)
        to_taps = to_taps.permute(0, 3, 1, 2)
        to_b3 = gradient.sum((1, 2, 3))

        turned = taps.view(channels, f3, f3, -1).flip(1, 2).view(channels * f3 * f3, -1)
        behind = _product(turned.t(), moved)
        behind = torch.ops.aten.threshold_backward(behind, second, 0)
        to_w2, to_b2 = _product(behind, first.t()).view(shape2), behind.sum(1)

        behind = _product(w2.flatten(1).t(), behind)
        behind = torch.ops.aten.threshold_backward(behind, first, 0)
        to_w1, to_b1 = _product(behind, patches.t()).view(shape1), behind.sum(1)
        return None, None, to_w1, to_b1, to_w2, to_b2, to_taps, to_b3


def _product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Multiply two matrices, in the coarser of their types; the result is float32."""
    if left.dtype == right.dtype:
        return left @ right
    return (left.to(torch.bfloat16) @ right.to(torch.bfloat16)).float()
