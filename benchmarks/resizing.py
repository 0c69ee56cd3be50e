"""How fast ``imresize`` is, beside scikit-image and Pillow."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from skimage.transform import resize

from benchmarks.turns import median_seconds
from srcnn.resize import imresize

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE, QUICK_SHAPE = (4000, 6000), (1600, 2400)
ROUNDS, QUICK_ROUNDS = 5, 3
SECONDS_A_CALL, QUICK_SECONDS_A_CALL = 60.0, 2.0


def compare_resizing(*, quick: bool) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Enlarge and shrink a float32 plane by 3; return rows and ratios."""
    height, width = QUICK_SHAPE if quick else SHAPE
    limits = (QUICK_ROUNDS, QUICK_SECONDS_A_CALL) if quick else (ROUNDS, SECONDS_A_CALL)
    plane = np.random.default_rng(0).random((height, width), dtype=np.float32)
    picture = Image.fromarray(plane)
    rows: list[dict[str, Any]] = []
    ratios: dict[str, float] = {}
    for direction, scale in (("up", Fraction(3)), ("down", Fraction(1, 3))):
        target = math.ceil(height * scale), math.ceil(width * scale)
        shrinks = scale < 1
        calls: dict[str, Callable[[], object]] = {
            "imresize": partial(imresize, plane, scale),
            "Pillow": partial(picture.resize, target[::-1], Image.Resampling.BICUBIC),
            "scikit-image": partial(resize, plane, target, order=3, anti_aliasing=shrinks),
        }
        medians = median_seconds(list(calls.values()), *limits)
        seconds = dict(zip(calls, medians, strict=True))
        for name, taken in seconds.items():
            row = {"name": f"{name}, {direction} by 3", "megapixels": plane.size / 1e6}
            rows.append({**row, "seconds": taken})
        ratios[f"skimage_over_imresize_{direction}"] = seconds["scikit-image"] / seconds["imresize"]
        ratios[f"imresize_over_pillow_{direction}"] = seconds["imresize"] / seconds["Pillow"]
    return rows, ratios
