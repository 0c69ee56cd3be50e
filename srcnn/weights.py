"""Weights: the numbers of a trained network, with a card that says where they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np

from srcnn.errors import MissingWeights, OutputError, WeightsError
from srcnn.resources import resource_path
from srcnn.safe_file import write_safely
from srcnn.spec import SrcnnSpec, WeightArrays
from srcnn.weight_files import CARD_KEY, WEIGHT_SUFFIXES, read_weight_file, scale_in_name

SCALES = (2, 3, 4)
"""Factors that weights can be for."""

_TENSOR_NAMES = tuple(f"conv{layer}.{kind}" for layer in (1, 2, 3) for kind in ("weight", "bias"))
_MAX_NAME = 80
_LARGEST = 1e300  # whole numbers of JSON may be too large for a float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Where weights come from; everything but the name may be unknown.

    Attributes
    ----------
    name : str
        Family of weights this belongs to, one file a scale; empty: named after the network.
        At most 80 printable characters without commas, since it becomes part of a method's id.
    trained_on, preset, licence, notes : str
        Training images, recipe, terms of use, anything else worth knowing.
    seed, backprops : int or None
        Seed of the run; sub-images seen.
    minutes : float or None
        Wall time of the training.
    psnr : Mapping[str, float]
        Mean PSNR in dB by the paper's protocol, by name of the test set.

    Raises
    ------
    ValueError
        If the name cannot be used, or a number is not finite or of another type.
    """

    name: str = ""
    trained_on: str = ""
    preset: str = ""
    seed: int | None = None
    backprops: int | None = None
    minutes: float | None = None
    psnr: Mapping[str, float] = field(default_factory=dict)
    licence: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        psnr = dict(self.psnr)
        object.__setattr__(self, "psnr", psnr)
        texts = (self.name, self.trained_on, self.preset, self.licence, self.notes, *psnr)
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("texts on a model card must be texts")
        if len(self.name) > _MAX_NAME or "," in self.name or not self.name.isprintable():
            raise ValueError(f"{self.name[:_MAX_NAME]!r} cannot be the name of weights")
        for number in (self.seed, self.backprops, self.minutes, *psnr.values()):
            if number is not None and not _is_finite_number(number):
                raise ValueError(f"{number!r} on a model card is no finite number")


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of one network for one scale.

    Attributes
    ----------
    spec : SrcnnSpec
        Shape of the network.
    scale : int
        Factor they were trained for: 2, 3 or 4.
    arrays : WeightArrays
        w1, b1, w2, b2, w3, b3, float32, read-only copies of what was given.
    card : ModelCard
        Where they come from.

    Raises
    ------
    ValueError
        If the arrays do not belong to ``spec``, a weight is not finite, or the scale is another.
    """

    spec: SrcnnSpec
    scale: int
    arrays: WeightArrays
    card: ModelCard = field(default_factory=ModelCard)

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            raise ValueError(f"weights are for \N{MULTIPLICATION SIGN}2, 3 or 4, not {self.scale}")
        arrays = tuple(np.array(array, dtype=np.float32, order="C") for array in self.arrays)
        if tuple(array.shape for array in arrays) != self.spec.shapes:
            raise ValueError(f"the arrays do not belong to a network {self.spec.name}")
        for array in arrays:
            if not np.isfinite(array).all():
                raise ValueError("weights must be finite numbers")
            array.flags.writeable = False
        object.__setattr__(self, "arrays", cast("WeightArrays", arrays))

    @property
    def name(self) -> str:
        """Family: the name on the card, or that of the network."""
        return self.card.name or self.spec.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 of network and numbers as hexadecimal text; the card does not matter."""
        digest = hashlib.sha256(repr(self.spec).encode())
        for array in self.arrays:
            digest.update(array.astype("<f4").tobytes())
        return digest.hexdigest()

    @property
    def card_text(self) -> str:
        """Card, scale and network as JSON: what a file's metadata hold."""
        card = {**asdict(self.card), "scale": self.scale, "network": self.spec.name}
        return json.dumps(card, allow_nan=False)

    def renamed(self, name: str) -> Weights:
        """Return the same weights as a member of another family."""
        return replace(self, card=replace(self.card, name=name))


def load_weights(path: Path, *, scale: int | None = None) -> Weights:
    """Load the weights of one network.

    Parameters
    ----------
    path : Path
        A file of ours (``.safetensors``), of the authors' release (``.mat``) or of another
        PyTorch program (``.pth``, ``.pt``).
    scale : int, optional
        The wanted scale. Needed where neither the card nor the file name (``x3.mat``,
        ``mine_x3.pth``) says what the weights are for.

    Raises
    ------
    MissingWeights
        If the weights are for another scale, or nobody says for which.
    WeightsError
        If the file cannot be read or holds no SRCNN.
    """
    file = read_weight_file(path)
    card, known = _parsed_card(path.name, file.card)
    known = known or scale_in_name(path.stem) or scale
    if known is None:
        raise MissingWeights(
            f"{path.name} does not say for which scale it is",
            hint=f"Choose the scale, or put it into the file's name: {path.stem}_x3{path.suffix}.",
        )
    if scale not in (None, known):
        raise MissingWeights(
            f"{path.name} is for another scale: \N{MULTIPLICATION SIGN}{known}, "
            f"not \N{MULTIPLICATION SIGN}{scale}",
            hint=f"Choose \N{MULTIPLICATION SIGN}{known}, or other weights.",
        )
    try:
        spec = SrcnnSpec.of([array.shape for array in file.arrays])
        return Weights(spec, known, file.arrays, card)
    except ValueError as error:
        raise WeightsError(
            f"{path.name} cannot be used: {error}", hint="Choose weights of an SRCNN."
        ) from error


def load_weights_folder(path: Path) -> tuple[Weights, ...]:
    """Load every weights file of a folder, sorted by name; other and hidden files are left alone.

    Raises
    ------
    WeightsError
        If a file cannot be used, two are for the same scale of one family, or there is none.
    """
    try:
        files = sorted(
            file
            for file in path.iterdir()
            if file.suffix.lower() in WEIGHT_SUFFIXES and not file.name.startswith(".")
        )
    except OSError as error:
        raise WeightsError(
            f"{path} cannot be read: {error.strerror}", hint="Choose another folder."
        ) from error
    if not files:
        raise WeightsError(
            f"there are no weights in {path}",
            hint=f"Weights are files that end in {', '.join(WEIGHT_SUFFIXES)}.",
        )
    found: dict[tuple[str, int], Path] = {}
    loaded = []
    for file in files:
        weights = load_weights(file)
        other = found.setdefault((weights.name, weights.scale), file)
        if other is not file:
            raise WeightsError(
                f"{other.name} and {file.name} are both {weights.name} for "
                f"\N{MULTIPLICATION SIGN}{weights.scale}",
                hint="Keep one of them in the folder, or choose a file.",
            )
        loaded.append(weights)
    return tuple(loaded)


def load_weights_path(path: Path) -> tuple[Weights, ...]:
    """Load a file, or all files of a folder.

    Raises
    ------
    WeightsError
        As ``load_weights`` and ``load_weights_folder``.
    """
    return load_weights_folder(path) if path.is_dir() else (load_weights(path),)


def bundled_weights() -> tuple[Weights, ...]:
    """Load the weights that come with the program, sorted by file name."""
    files = sorted(resource_path("weights").glob("*.safetensors"))
    return tuple(load_weights(file) for file in files)


def save_weights(weights: Weights, path: Path) -> None:
    """Save weights with their card as a safetensors file; the same weights give the same bytes.

    The file is written beside its place, read back, compared and only then renamed.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is untouched.
    """
    from safetensors.numpy import save

    if path.suffix.lower() != ".safetensors":
        raise OutputError(
            f"weights are not saved as {path.name}", hint="Choose a name that ends in .safetensors."
        )
    tensors = dict(zip(_TENSOR_NAMES, weights.arrays, strict=True))
    write_safely(path, save(tensors, metadata={CARD_KEY: weights.card_text}))


def _parsed_card(file_name: str, text: str) -> tuple[ModelCard, int | None]:
    """Return the card and the scale that ``text`` tells; unknown entries are left alone."""
    if not text:
        return ModelCard(), None
    try:
        values = json.loads(text)
        scale = values.get("scale")
        known = {known.name for known in fields(ModelCard)} & values.keys()
        card = ModelCard(**{key: values[key] for key in known})
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsError(
            f"the model card in {file_name} cannot be read: {error}",
            hint="Save the weights again with the program that made them.",
        ) from error
    if scale is not None and (type(scale) is not int or scale not in SCALES):
        raise WeightsError(
            f"{file_name} is for \N{MULTIPLICATION SIGN}{scale}",
            hint="This program enlarges by 2, 3 or 4.",
        )
    return card, scale


def _is_finite_number(value: object) -> bool:
    """Tell whether a value from a card is a number; ``true`` is none."""
    return type(value) in (int, float) and abs(cast("float", value)) < _LARGEST
