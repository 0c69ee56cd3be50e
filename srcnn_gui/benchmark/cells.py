"""Figures in words, with the digits that papers print."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from srcnn.report import decibels

_NOT_THERE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_TIMES = "\N{MULTIPLICATION SIGN}"


class Quantity(StrEnum):
    """What a cell shows."""

    PSNR = "psnr"
    SSIM = "ssim"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure, and the difference beside it.

    Attributes
    ----------
    value : float
        Unrounded; NaN if there is none.
    text, beside : str
        In words; ``beside`` may be empty.
    """

    value: float
    text: str
    beside: str = ""


EMPTY = Cell(math.nan, _NOT_THERE)


def in_words(value: float, quantity: Quantity) -> str:
    """Return a figure with the digits that papers print."""
    match quantity:
        case Quantity.PSNR:
            return decibels(value)
        case Quantity.SSIM:
            return f"{value:.4f}"
        case Quantity.SECONDS:
            return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def times_in_words(multiple: float) -> str:
    """Return a multiple with two or three digits."""
    digits = 2 if multiple < 0.995 else 1 if multiple < 9.95 else 0
    return f"{multiple:.{digits}f}\N{THIN SPACE}{_TIMES}"


def signed(difference: float, digits: int) -> str:
    """Return a difference with its sign; empty if it is no number."""
    if not math.isfinite(difference):
        return ""
    rounded = round(difference, digits)
    sign = _MINUS if rounded < 0 else "+" if rounded > 0 else "\N{PLUS-MINUS SIGN}"
    return f"{sign}{abs(rounded):.{digits}f}"
