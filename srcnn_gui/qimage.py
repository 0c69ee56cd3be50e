"""Pictures to and from Qt, pixel for pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from srcnn.errors import PictureError
from srcnn.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    height, width = pixels.shape[:2]
    if pixels.dtype != np.uint8 or pixels.shape[2:] not in ((), (3,)) or not pixels.size:
        raise ValueError(f"{pixels.dtype} pixels of shape {pixels.shape} are no picture")
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
    is_grey = image.isGrayscale()
    is_deep = image.depth() > 32 or image.format() == _Format.Format_Grayscale16
    alpha = (
        _channels(image, _Format.Format_RGBA8888, 4)[..., 3] if image.hasAlphaChannel() else None
    )
    if alpha is not None and (alpha == 255).all():
        alpha = None
    pixels = _channels(image, *_straight(is_deep=is_deep))
    profile = image.colorSpace().iccProfile().data() if not is_grey else b""
    return Picture(
        pixels=np.array(pixels[..., 0] if is_grey else pixels[..., :3]),
        alpha=None if alpha is None else np.array(alpha),
        icc=bytes(profile) or None,
    )


def _straight(*, is_deep: bool) -> tuple[QImage.Format, int]:
    """Return a format whose colours are not multiplied by opacity, and its channels."""
    return (_Format.Format_RGBA64 if is_deep else _Format.Format_RGBA8888), 4


def _channels(
    image: QImage, form: QImage.Format, count: int
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return (H, W, ``count``) pixels of ``image``, in memory of their own."""
    converted = image.convertToFormat(form)
    dtype = np.uint16 if converted.depth() // count == 16 else np.uint8
    rows = np.frombuffer(converted.constBits(), np.uint8)
    rows = rows.reshape(converted.height(), converted.bytesPerLine())
    used = rows[:, : converted.width() * converted.depth() // 8].copy()
    return used.view(dtype).reshape(converted.height(), converted.width(), count)
