"""What the paper prints for Set5 and Set14, for pictures told by their content.

Source: Dong et al., "Learning a Deep Convolutional Network for Image Super-Resolution", ECCV
2014, Tables 1 and 2: PSNR (``psnr.tsv``) and running time on the authors' machine
(``seconds.tsv``; none is printed for bicubic). A picture is recognised by a hash of its decoded
pixels, so the name and the format of its file do not matter.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field
from functools import cache
from statistics import fmean
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
    seconds : Mapping[tuple[int, str], float]
        Running time on the authors' machine, likewise.
    """

    set_name: str
    name: str
    psnr_db: Mapping[tuple[int, str], float]
    seconds: Mapping[tuple[int, str], float] = field(default_factory=dict)


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


def printed_average(set_name: str, scale: int, method: str) -> float | None:
    """Return the mean PSNR in dB of a method on a set, or None if it is not printed for all."""
    pictures = [one for one in _pictures().values() if one.set_name == set_name]
    names = {one.name: one.psnr_db.get((scale, method)) for one in pictures}
    values = [value for value in names.values() if value is not None]
    return fmean(values) if values and len(values) == len(names) else None


@cache
def _pictures() -> Mapping[str, PaperPicture]:
    psnr_db, seconds = _printed("psnr", "psnr_db"), _printed("seconds", "seconds")
    return {
        row["sha256"]: PaperPicture(
            row["set"],
            row["image"],
            psnr_db[row["set"], row["image"]],
            seconds[row["set"], row["image"]],
        )
        for row in _rows("pictures")
    }


def _printed(name: str, column: str) -> dict[tuple[str, str], dict[tuple[int, str], float]]:
    """Return a column by set and image, then by scale and method."""
    printed: dict[tuple[str, str], dict[tuple[int, str], float]] = {}
    for row in _rows(name):
        figures = printed.setdefault((row["set"], row["image"]), {})
        figures[int(row["scale"]), row["method"]] = float(row[column])
    return printed


def _rows(name: str) -> Iterator[dict[str, str]]:
    with resource_path(f"paper/{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")
