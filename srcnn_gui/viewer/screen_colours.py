"""Colours as they are on the screen: a picture's profile, and the screen's. No Qt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PIL import ImageCms

from srcnn.colour_profile import ColourTransform, colour_transform, profile_name, to_srgb
from srcnn.errors import PictureError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TELLS_PROFILE = os.name == "nt"
"""Whether the system says which profile its screens have."""


class Screen(StrEnum):
    """What the screen is taken for: sRGB, as the system or a file says, or no matter."""

    SRGB = "srgb"
    SYSTEM = "system"
    FILE = "file"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Display:
    """The colours of a screen.

    Attributes
    ----------
    icc : bytes or None
        Its profile; None for sRGB.
    is_managed : bool
        Whether pictures are shown in its colours, and not as their numbers are.
    """

    icc: bytes | None = None
    is_managed: bool = True


SRGB_DISPLAY = Display()


@dataclass(frozen=True, slots=True, eq=False)
class ScreenColours:
    """How a picture and what it is measured against get their colours on a screen.

    Attributes
    ----------
    picture, truth : ColourTransform or None
        From the numbers of the file to those of the screen; None if they are the same.
    profile : str
        What the picture's profile calls itself; empty for sRGB and for none.
    problem : str
        In a sentence, why colours may be off; empty if they are not.
    """

    picture: ColourTransform | None = None
    truth: ColourTransform | None = None
    profile: str = ""
    problem: str = ""


AS_THEY_ARE = ScreenColours()


def colours_on(
    display: Display, picture: tuple[bytes | None, bool], truth: tuple[bytes | None, bool]
) -> ScreenColours:
    """Return how profiles are shown; a damaged or unsuitable one is taken for sRGB.

    Parameters
    ----------
    display : Display
        The screen.
    picture, truth : tuple of bytes or None, and bool
        Profile of the picture and of what it is measured against, and whether it is grey.
    """
    icc, is_grey = picture
    try:
        plain = colour_transform(icc, is_grey=is_grey)
        shown = _shown(display, icc, is_grey=is_grey)
    except PictureError as error:
        problem = f"{error}, so the picture is shown as sRGB."
        shown = _shown(display, None, is_grey=is_grey)
        return ScreenColours(shown, _truth(display, picture, truth, shown), "", problem)
    name = "" if plain is None else profile_name(icc)
    return ScreenColours(shown, _truth(display, picture, truth, shown), name)


def system_profile(window: int) -> bytes | None:
    """Return the profile of the screen that a window is on; None where nobody tells."""
    if not TELLS_PROFILE:
        return None
    try:
        found = ImageCms.get_display_profile(window)
    except (OSError, ImageCms.PyCMSError):
        return None
    return None if found is None else found.tobytes()


def screen_to_srgb(display: Display) -> ColourTransform | None:
    """Return what makes pixels of the screen right where everything is taken for sRGB."""
    return to_srgb(display.icc, is_grey=False) if display.is_managed else None


def to_bgra(
    pixels: NDArray[np.uint8],
    alpha: NDArray[np.uint8] | None,
    colours: ColourTransform | None = None,
) -> NDArray[np.uint8]:
    """Return grey or RGB pixels in the colours of the screen and the byte order of a QImage."""
    if colours is not None:
        pixels = colours(pixels)
    bgra = np.empty((*pixels.shape[:2], 4), np.uint8)
    for channel in range(3):  # one by one is fastest
        bgra[..., channel] = pixels if pixels.ndim == 2 else pixels[..., 2 - channel]
    bgra[..., 3] = 255 if alpha is None else alpha
    return bgra


def _shown(display: Display, icc: bytes | None, *, is_grey: bool) -> ColourTransform | None:
    if not display.is_managed:
        return None
    return colour_transform(icc, display.icc, is_grey=is_grey)


def _truth(
    display: Display,
    picture: tuple[bytes | None, bool],
    truth: tuple[bytes | None, bool],
    shown: ColourTransform | None,
) -> ColourTransform | None:
    """Return the truth's: in Compare it is the picture."""
    if truth == picture:
        return shown
    icc, is_grey = truth
    try:
        return _shown(display, icc, is_grey=is_grey)
    except PictureError:
        return _shown(display, None, is_grey=is_grey)
