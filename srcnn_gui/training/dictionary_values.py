"""From what stands in the form of a dictionary to the settings of its training. No Qt."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcnn.patches import RIM, SIDE
from srcnn.spec import SrcnnSpec
from srcnn_gui.training.fields import SPECS as RUN_SPECS
from srcnn_gui.training.fields import FieldSpec, Kind, Section
from srcnn_gui.training.form_values import checked_name, unused_name
from trainer.config import Sampling, TrainConfig
from trainer.dictionary_state import USUAL, DictionaryConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

NAMES = {"ksvd": "K-SVD", "sc": "SC"}
"""What people call the ways to learn a dictionary."""

USERS = {"ksvd": "K-SVD, ANR and both neighbour embeddings", "sc": "Sparse coding"}
"""The methods that a dictionary is for."""

EXPLANATIONS = {
    "ksvd": "Learns patches of which a few, added up, come close to any other (Zeyde et al.). "
    "K-SVD, ANR and both neighbour embeddings use the dictionary as soon as it is finished.",
    "sc": "Learns low- and high-resolution patches as pairs (Yang et al.). Sparse coding uses the "
    "dictionary as soon as it is finished. An iteration may take minutes.",
}

# A table: the formatter would give every cell a line of its own.
# fmt: off
_DICTIONARY = (
    FieldSpec("atoms", "Atoms", "Patches in the dictionary: more are better and slower.",
              Kind.INTEGER, unit="patches"),
    FieldSpec("sparsity", "Sparsity", "Atoms that a patch is composed of, at most.",
              Kind.INTEGER, unit="atoms a patch"),
    FieldSpec("iterations", "Iterations", "How often all atoms are improved. After each, the run "
              "can be continued from there.", Kind.INTEGER, unit="iterations"),
)
_RUN = (
    FieldSpec("threads", "Threads", "Cores of the processor that it uses; the dictionary does not "
              "depend on it.", Kind.INTEGER, unit="cores"),
    FieldSpec("seed", "Seed", "Number that decides what is drawn at random. Same seed, same "
              "dictionary.", Kind.INTEGER),
    FieldSpec("name", "Name", "What the run is called; also the name of its folder. Empty: method "
              "and scale.", Kind.TEXT, is_optional=True),
)
# fmt: on


def sections(method: str) -> tuple[Section, ...]:
    """Return the fields of a method, ``ksvd`` or ``sc``, under their headings."""
    pictures = (RUN_SPECS["data"], RUN_SPECS["scale"])
    known = tuple(spec for spec in _DICTIONARY if spec.name in USUAL[method])
    return Section("Pictures", pictures), Section("Dictionary", known), Section("Run", _RUN)


def config_of(values: Mapping[str, Any], method: str, runs: Path) -> DictionaryConfig:
    """Return the settings that the fields stand for.

    Parameters
    ----------
    values : Mapping
        Of every field, by name.
    method : str
        ``ksvd`` or ``sc``.
    runs : Path
        Folder that the run's own folder is made in.

    Raises
    ------
    ValueError
        If a value makes no sense; the message begins with the field's name.
    """
    name = checked_name(values["name"], runs) or free_name(method, values["scale"], runs)
    chosen = {key: value for key, value in values.items() if key != "name"}
    return DictionaryConfig(out=runs / name, method=method, **chosen)


def text_with(text: str, config: DictionaryConfig) -> str:
    """Return settings of the last trainings of each kind as JSON, with one more."""
    before = {method: known.as_dict() for method, known in configs_of_text(text).items()}
    return json.dumps({**before, config.method: config.as_dict()})


def configs_of_text(text: str) -> dict[str, DictionaryConfig]:
    """Return the settings that were saved as JSON, by method; those that can be used."""
    if not text:
        return {}
    try:
        plain = json.loads(text)
        found = [DictionaryConfig.from_dict(plain[method], Path()) for method in plain]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        log.warning("settings of the last dictionaries ignored: %s", error)
        return {}
    return {config.method: config for config in found}


def free_name(method: str, scale: int, runs: Path) -> str:
    """Return a name that no run has yet: ``ksvd x3``, ``sc x2 2``."""
    return unused_name(f"{method} x{scale}", runs)


def problem_of(error: ValueError) -> tuple[str, str]:
    """Return the field that an error is about, and the rest of the message as a sentence."""
    name, _, rest = str(error).partition(" ")
    return name, rest[0].upper() + rest[1:] if rest.startswith("must") else rest


def as_question(config: DictionaryConfig) -> TrainConfig:
    """Return settings of a run whose sub-images are the patches of a dictionary.

    So that its pictures can be looked through; a single one suffices.
    """
    return TrainConfig(
        data=config.data,
        validation=config.data[0] if config.data else None,
        scale=config.scale,
        crop=(SIDE + 2 * RIM) * config.scale,
        sampling=Sampling.GRID,
        stride=2 * config.scale,
        spec=SrcnnSpec(1, 1, 1, 1, 1),
    )
