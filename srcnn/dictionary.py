"""Dictionaries of the classical methods: pairs of low- and high-resolution patches."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from srcnn.errors import WeightsError
from srcnn.resources import resource_path
from srcnn.safe_file import write_safely
from srcnn.untrusted import read_bounded, safetensors_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CARD_KEY = "card"
KINDS = ("ksvd", "sc")
_DAMAGED = (ValueError, ArithmeticError, RecursionError)
_MAX_BYTES = 64 << 20
"""More is not read."""


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Atoms that low-resolution features are composed of, and what each means in detail.

    Attributes
    ----------
    kind : str
        ``ksvd`` (Zeyde et al., used by ANR and the neighbour embeddings too) or ``sc`` (Yang et
        al.).
    scale : int
        Factor it was trained for.
    low : float64, (features, atoms)
        Atoms of the features, each of norm 1.
    high : float64, (9 * scale * scale, atoms)
        The detail that belongs to each, column by column.
    projection : float64, (36 * scale * scale, features), or None
        From the four feature maps of a patch to its features; SC has none.
    card : Mapping
        Where it comes from: images, settings, seed, PSNR.

    Raises
    ------
    ValueError
        If the arrays do not fit together, or a number is not finite.
    """

    kind: str
    scale: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    projection: NDArray[np.float64] | None = None
    card: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.scale not in (2, 3, 4):
            raise ValueError(f"there are no dictionaries {self.kind!r} for scale {self.scale}")
        area = self.scale * self.scale
        features, atoms = self.low.shape
        shapes = {"low": (features, atoms), "high": (9 * area, atoms)}
        if self.kind == "ksvd":
            shapes["projection"] = (36 * area, features)
        elif features != 144:  # four maps of 6 x 6
            raise ValueError(f"atoms of SC have 144 features, not {features}")
        for name, shape in shapes.items():
            array = np.array(getattr(self, name), np.float64)
            if array.shape != shape or not np.isfinite(array).all():
                raise ValueError(f"{name} must be {shape} finite numbers")
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The arrays by name."""
        found = {"low": self.low, "high": self.high}
        return found if self.projection is None else {**found, "projection": self.projection}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all numbers as hexadecimal text; the card does not matter."""
        digest = hashlib.sha256(f"{self.kind} {self.scale}".encode())
        for name, array in sorted(self.arrays.items()):
            digest.update(name.encode() + array.astype("<f4").tobytes())
        return digest.hexdigest()


def save_dictionary(dictionary: Dictionary, path: Path) -> None:
    """Write a dictionary with its card as safetensors, float32; never half of it.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    # safetensors writes the memory as it lies
    arrays = {
        name: np.ascontiguousarray(array, np.float32) for name, array in dictionary.arrays.items()
    }
    card = {**dictionary.card, "kind": dictionary.kind, "scale": dictionary.scale}
    write_safely(path, save(arrays, {CARD_KEY: json.dumps(card, allow_nan=False)}))


def load_dictionary(path: Path) -> Dictionary:
    """Read a dictionary.

    Raises
    ------
    WeightsError
        If the file cannot be read, or is no dictionary.
    """
    hint = "Train it anew, or take one that comes with the program."
    try:
        return _parse(read_bounded(path, _MAX_BYTES))
    except OSError as error:
        raise WeightsError(f"Cannot read {path}: {error.strerror or error}", hint=hint) from error
    except (LookupError, TypeError, AttributeError, SafetensorError, *_DAMAGED) as error:
        raise WeightsError(f"{path} is no dictionary: {error}", hint=hint) from error


def _parse(data: bytes) -> Dictionary:
    card = json.loads(safetensors_metadata(data)[CARD_KEY])
    arrays = load(data)
    kind, scale = card.pop("kind"), card.pop("scale")
    low, high, projection = arrays["low"], arrays["high"], arrays.get("projection")
    return Dictionary(kind, scale, low, high, projection, card)


@cache
def bundled_dictionaries() -> tuple[Dictionary, ...]:
    """Return the dictionaries that come with the program."""
    folder = resource_path("dictionaries")
    return tuple(load_dictionary(path) for path in sorted(folder.glob("*.safetensors")))
