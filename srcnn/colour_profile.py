"""Colour profiles (ICC): from a picture's numbers to those of a screen. By LittleCMS; no Qt."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageCms

from srcnn.errors import PictureError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_ERRORS = (ImageCms.PyCMSError, OSError, ValueError)
_COLOUR, _GREY = "RGB ", "GRAY"
_KINDS = ("mntr", "scnr", "prtr", "spac")
_NAMES = {"CMYK": "CMYK", "Lab ": "LAB"}
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_PRECISE = _FLAGS | ImageCms.Flags.NOOPTIMIZE  # for a table of greys, which need not be fast
_LONGEST_NAME = 60
_MAX_BYTES = 64 * 2**20

_BAND_PIXELS = 2**17
"""So many are converted at a time: copying holds up all other threads."""

_STEPS = np.linspace(0, 255, 17).round().astype(np.uint8)
_LEVELS = np.arange(256, dtype=np.uint8)[np.newaxis]
_CUBE = np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), axis=-1).reshape(17, -1, 3)
_PROBES = np.concatenate([_CUBE.reshape(1, -1, 3), _LEVELS[..., np.newaxis].repeat(3, 2)], axis=1)
"""Colours everywhere in the cube, and all greys."""


class ColourTransform:
    """From a picture's numbers to others that look the same; immutable, safe in every thread.

    Colours that the target has not are clipped (relative colorimetric, with black point
    compensation).

    Attributes
    ----------
    key : str
        Equal keys mean equal results.
    """

    __slots__ = ("_greys", "_transform", "key")

    def __init__(self, transform: ImageCms.ImageCmsTransform, key: str) -> None:
        self._transform = transform
        self._greys = self._applied(_LEVELS)[0]
        self.key = key

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the colours (h, w, 3) of RGB pixels (h, w, 3) or grey ones (h, w)."""
        return self._greys[pixels] if pixels.ndim == 2 else self._applied(pixels)

    def _applied(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        rows = max(1, _BAND_PIXELS // pixels.shape[1])
        bands = [pixels[top : top + rows] for top in range(0, len(pixels), rows)]
        return np.concatenate([self._of_band(band) for band in bands])

    def _of_band(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        image = Image.fromarray(pixels)
        if image.mode != self._transform.input_mode:  # a grey picture with a profile of colours
            image = image.convert("RGB")
        return np.asarray(self._transform.apply(image))


def colour_transform(
    icc: bytes | None, target: bytes | None = None, *, is_grey: bool = False
) -> ColourTransform | None:
    """Return what makes pixels of one profile look right in another.

    Parameters
    ----------
    icc, target : bytes or None
        Profile of the pixels, and of what they are shown on; None for sRGB.
    is_grey : bool
        Whether the pixels are grey, so that the profile may be one of grey.

    Returns
    -------
    ColourTransform or None
        None if nothing is to be done: no colour would change by more than a level, as where one
        program's sRGB is shown as another's.

    Raises
    ------
    PictureError
        If a profile is damaged, or not one for such pixels.
    """
    if icc == target:
        return None
    (source, space), (shown, _) = _opened(icc), _opened(target)
    if space not in (_COLOUR, _GREY):
        kind = _NAMES.get(space, "other things")
        raise PictureError(f"The colour profile is one for {kind}", hint="Convert it to sRGB.")
    if space == _GREY and not is_grey:
        raise PictureError("The colour profile is one for grey", hint="Convert it to sRGB.")
    mode, flags = ("L", _PRECISE) if space == _GREY else ("RGB", _FLAGS)
    try:
        built = ImageCms.buildTransform(source, shown, mode, "RGB", _INTENT, flags)
    except _ERRORS as error:
        raise _damaged() from error
    digest = hashlib.blake2b(icc or b"", digest_size=8).hexdigest()
    onto = hashlib.blake2b(target or b"", digest_size=8).hexdigest()
    transform = ColourTransform(built, f"{digest} to {onto}")
    probes = _LEVELS if is_grey else _PROBES
    before = _LEVELS[..., np.newaxis] if is_grey else _PROBES
    changes = np.abs(transform(probes).astype(np.int16) - before)
    return transform if changes.max() > 1 else None


def to_srgb(icc: bytes | None, *, is_grey: bool) -> ColourTransform | None:
    """Return what brings pixels to sRGB; None if they are, or their profile is no use."""
    try:
        return colour_transform(icc, is_grey=is_grey)
    except PictureError:
        return None


def profile_problem(icc: bytes | None, *, is_grey: bool) -> str:
    """Return a sentence on a profile that is no use to a picture; empty if all is well."""
    try:
        colour_transform(icc, is_grey=is_grey)
    except PictureError as error:
        return f"{error}; it is passed on as it is."
    return ""


def profile_name(icc: bytes | None) -> str:
    """Return what a profile calls itself, in one line; empty if it does not say."""
    if icc is None:
        return ""
    try:
        text = ImageCms.getProfileDescription(_opened(icc)[0])
    except (PictureError, *_ERRORS):
        return ""
    words = "".join(c if c.isprintable() else " " for c in text).split()
    return " ".join(words)[:_LONGEST_NAME]


def read_screen_profile(path: Path) -> bytes:
    """Read the profile of a screen (ICC, ICM).

    Raises
    ------
    PictureError
        If there is no such file, or none that colours can be shown through.
    """
    hint = "Choose the .icc or .icm file that belongs to the screen."
    try:
        with path.open("rb") as file:
            icc = file.read(_MAX_BYTES)
    except OSError as error:
        raise PictureError(f"The profile {path.name} cannot be read", hint=hint) from error
    check_screen_profile(icc, path.name)
    return icc


def check_screen_profile(icc: bytes, name: str) -> None:
    """Raise ``PictureError`` if colours cannot be shown through a profile called ``name``."""
    hint = "Choose the .icc or .icm file that belongs to the screen."
    try:
        is_one = _opened(icc)[1] == _COLOUR
        if is_one:
            colour_transform(None, icc)
    except PictureError as error:
        raise PictureError(f"{name} is damaged, or no colour profile", hint=hint) from error
    if not is_one:
        raise PictureError(f"{name} is not the profile of a screen", hint=hint)


def _opened(icc: bytes | None) -> tuple[ImageCms.ImageCmsProfile, str]:
    """Return a profile and what its numbers are; that is empty where it is of no device."""
    try:
        made = ImageCms.createProfile("sRGB") if icc is None else io.BytesIO(icc)
        found = ImageCms.ImageCmsProfile(made)
        space, kind = found.profile.xcolor_space, found.profile.device_class
    except _ERRORS as error:
        raise _damaged() from error
    return found, space if kind in _KINDS or space in _NAMES else ""


def _damaged() -> PictureError:
    return PictureError("The colour profile is damaged", hint="Save it anew, or without one.")
