"""Pictures to and from Qt, pixel for pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColorSpace, QImage

from srcnn.errors import PictureError
from srcnn.picture import Picture
from srcnn_gui.viewer.screen_colours import screen_to_srgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import Pixels
    from srcnn_gui.viewer.screen_colours import Display

_Format = QImage.Format


def to_qimage(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8] | None = None) -> QImage:
    """Turn pixels into an image that owns its memory.

    Parameters
    ----------
    pixels : uint8, (H, W) or (H, W, 3)
        Grey or RGB.
    alpha : uint8, (H, W), or None
        Opacity, not multiplied into the pixels.

    Returns
    -------
    QImage
        ``Grayscale8`` or ``RGB888``; with opacity ``RGBA8888``.

    Raises
    ------
    ValueError
        If there are no pixels, or the shapes do not go together.
    """
    is_shaped = pixels.ndim == 2 or pixels.shape[2:] == (3,)
    if pixels.dtype != np.uint8 or not is_shaped or not pixels.size:
        raise ValueError(f"{pixels.dtype} pixels of shape {pixels.shape} are no picture")
    height, width = pixels.shape[:2]
    if alpha is None:
        data = np.ascontiguousarray(pixels)
        form = _Format.Format_Grayscale8 if pixels.ndim == 2 else _Format.Format_RGB888
    else:
        if alpha.shape != (height, width):
            raise ValueError(f"opacity of shape {alpha.shape} for a picture of {pixels.shape}")
        data = np.empty((height, width, 4), np.uint8)
        data[..., :3] = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
        data[..., 3] = alpha
        form = _Format.Format_RGBA8888
    return QImage(data.data, width, height, data.strides[0], form).copy()


def view_for_others(view: QImage, display: Display) -> QImage:
    """Return what was on a screen as sRGB, so that it looks the same wherever it is shown.

    Where colours were not managed, the numbers stay as they are and nothing is said of them.
    """
    if not display.is_managed:
        return view
    transform = screen_to_srgb(display)
    if transform is not None:
        ratio = view.devicePixelRatio()
        view = to_qimage(transform(np.ascontiguousarray(_rgba(view)[..., :3])))
        view.setDevicePixelRatio(ratio)
    view.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    return view


def from_qimage(image: QImage) -> Picture:
    """Turn an image of Qt, such as one from the clipboard, into a picture.

    Grey stays grey, 16 bits stay 16 bits; opacity is kept unless everything is opaque, and the
    colour profile of a colour picture goes along.

    Raises
    ------
    PictureError
        If the image is null.
    """
    if image.isNull():
        raise PictureError(
            "There is no picture that can be read", hint="Copy a picture, then paste it here."
        )
    is_grey = image.allGray()
    rgba = _rgba(image)
    alpha = rgba[..., 3].copy() if image.hasAlphaChannel() else None
    if alpha is not None and (alpha == np.iinfo(alpha.dtype).max).all():
        alpha = None
    profile = b"" if is_grey else bytes(image.colorSpace().iccProfile().data())
    return Picture(
        pixels=rgba[..., 0].copy() if is_grey else rgba[..., :3].copy(),
        alpha=alpha,
        icc=profile or None,
    )


def _rgba(image: QImage) -> Pixels:
    """Return (H, W, 4) straight colours, of 16 bits if ``image`` has as many."""
    is_deep = image.depth() > 32 or image.format() == _Format.Format_Grayscale16
    form = _Format.Format_RGBA64 if is_deep else _Format.Format_RGBA8888
    converted = image.convertToFormat(form)
    memory = bytes(converted.constBits())  # a copy: the image goes away
    shape = image.height(), image.width(), 4
    if is_deep:
        return np.frombuffer(memory, np.uint16).reshape(shape)
    return np.frombuffer(memory, np.uint8).reshape(shape)
