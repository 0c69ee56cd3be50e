"""What the paper prints for Set5 and Set14, for pictures told by their content.

Source: Dong et al., "Learning a Deep Convolutional Network for Image Super-Resolution", ECCV
2014, Tables 1 and 2. A picture is recognised by a hash of its decoded pixels, so the name and the
format of its file do not matter.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from srcnn.resources import resource_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from srcnn.types import Pixels


@dataclass(frozen=True, slots=True)
class PaperPicture:
    """A picture of the paper's tables.

    Attributes
    ----------
    set_name : str
        ``Set5`` or ``Set14``.
    name : str
        What the tables call it.
    psnr_db : Mapping[tuple[int, str], float]
        PSNR in dB, two digits, by scale and id of the method; what is not printed is missing.
    """

    set_name: str
    name: str
    psnr_db: Mapping[tuple[int, str], float]


def content_hash(pixels: Pixels) -> str:
    """Return what tells a picture from all others: SHA-256 of shape, depth and pixels, in hex.

    Parameters
    ----------
    pixels : uint8 or uint16, (H, W) grey or (H, W, 3) RGB
        As decoded.
    """
    little = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    digest = hashlib.sha256(f"{pixels.shape} {pixels.dtype.itemsize} ".encode())
    digest.update(np.ascontiguousarray(little).data)
    return digest.hexdigest()


def paper_picture(content: str) -> PaperPicture | None:
    """Return the picture of that content, or None if it is none of the paper's.

    Parameters
    ----------
    content : str
        As ``content_hash`` returns it.
    """
    return _pictures().get(content)


@cache
def _pictures() -> Mapping[str, PaperPicture]:
    printed: dict[tuple[str, str], dict[tuple[int, str], float]] = {}
    for row in _rows("psnr"):
        figures = printed.setdefault((row["set"], row["image"]), {})
        figures[int(row["scale"]), row["method"]] = float(row["psnr_db"])
    return {
        row["sha256"]: PaperPicture(row["set"], row["image"], printed[row["set"], row["image"]])
        for row in _rows("pictures")
    }


def _rows(name: str) -> Iterator[dict[str, str]]:
    with resource_path(f"paper/{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")
