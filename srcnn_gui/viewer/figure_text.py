"""Figures and states as people read them. No Qt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srcnn_gui.viewer.choice import PaneView
    from srcnn_gui.viewer.method_library import MethodLibrary

NOT_KNOWN = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


def decibels(value: float) -> str:
    """Return a PSNR: ``32.58 dB``, or that the pictures are identical."""
    if math.isnan(value):
        return NOT_KNOWN
    return "\N{INFINITY} (identical)" if math.isinf(value) else f"{value:.2f} dB"


def gain(value: float) -> str:
    """Return a difference of PSNRs with its sign; nothing where it is not known."""
    if not math.isfinite(value):
        return NOT_KNOWN
    return f"{value:+.2f} dB".replace("-", _MINUS)


def similarity(value: float) -> str:
    """Return an SSIM with four digits."""
    return NOT_KNOWN if math.isnan(value) else f"{value:.4f}"


def signed(value: int) -> str:
    """Return a whole number with its sign, 0 without."""
    return f"{value:+d}".replace("-", _MINUS) if value else "0"


def device_text(view: PaneView, library: MethodLibrary) -> str:
    """Return what computes a pane's result; nothing where nothing is computed."""
    state = view.result
    if state is None or state.whole is None:
        return ""
    if not state.layer.needs_torch:
        return "CPU"
    return library.choose(view.choice.device).device.id.upper()


def state_text(view: PaneView, *, torch_is_ready: bool) -> str:
    """Return how far a pane's result is: pending, a percentage, done, or why it is not."""
    state = view.result
    if view.problem is not None:
        return "not available"
    if state is None:
        return ""
    if state.error is not None:
        return "failed"
    if state.whole is None:  # the truth needs no computing
        return "reference"
    if state.whole.is_complete:
        return "done"
    if state.layer.needs_torch and not torch_is_ready:
        return "loading PyTorch"
    percent = math.floor(100 * state.whole.part)
    return f"{percent} %" if percent or state.whole.seconds else "pending"
