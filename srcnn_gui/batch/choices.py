"""What a person chose for the whole batch, and how it outlives the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from srcnn.batch.plan import Naming
from srcnn.final_size import MAX_FACTOR, Target
from srcnn.formats import FORMATS
from srcnn.geometry import Size
from srcnn.method import ALL_SCALES
from srcnn.save_options import Compression, SaveOptions
from srcnn_gui.viewer.method_library import AUTO

MOST_PIXELS = 65_536
"""A side of a result that can be asked for."""

_LONGEST_PATTERN = 200


class SizeWay(StrEnum):
    """How the size of the results is said: the method's scale, or one of three other ways."""

    SCALE = "scale"
    FACTOR = "factor"
    LONGEST = "longest"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Choices:
    """One setting for all pictures.

    Attributes
    ----------
    method, device : str
        Ids; a device may be ``auto``.
    way : SizeWay
        Which of the following counts.
    scale : int
        What the method enlarges by.
    factor : float
        Times as wide and high.
    longest, width, height : int
        Pixels.
    output : Path or None
        Folder for the results; None for beside the originals.
    keeps_folders : bool
        Whether folders below the one that was added are made there too.
    with_folders : bool
        Whether the folders below are looked into when one is added.
    pattern : str
        How results are called, as ``srcnn.batch.plan.Naming`` says.
    suffix : str
        Ending of the results; empty for that of the picture.
    overwrites : bool
        Whether a file that is there is replaced, not left.
    options : SaveOptions
        How results are encoded.
    """

    method: str = "srcnn"
    device: str = AUTO
    way: SizeWay = SizeWay.SCALE
    scale: int = 3
    factor: float = 2.5
    longest: int = 3840
    width: int = 1920
    height: int = 1080
    output: Path | None = None
    keeps_folders: bool = True
    with_folders: bool = True
    pattern: str = "{stem}_x{scale}_{method}"
    suffix: str = ""
    overwrites: bool = False
    options: SaveOptions = field(default_factory=SaveOptions)

    @property
    def target(self) -> Target | None:
        """The size that is wanted; None if it is what the method makes."""
        match self.way:
            case SizeWay.SCALE:
                return None
            case SizeWay.FACTOR:
                return Target(factor=self.factor)
            case SizeWay.LONGEST:
                return Target(longest=self.longest)
            case SizeWay.EXACT:
                return Target(size=Size(self.width, self.height))

    def naming(self) -> Naming:
        """Return how results are called.

        Raises
        ------
        ValueError
            If the pattern is no use; a sentence.
        """
        return Naming(self.pattern, self.scale, self.method, self.suffix or None, self.target)

    @property
    def naming_problem(self) -> str:
        """What is wrong with the pattern, as a sentence; empty if nothing is."""
        try:
            self.naming()
        except ValueError as error:
            return f"{error}."
        return ""

    def as_values(self) -> dict[str, Any]:
        """Return the choices as values for JSON."""
        output = "" if self.output is None else str(self.output)
        return {**asdict(self), "output": output}


def choices_of(values: object) -> Choices:
    """Return the choices of values from JSON; what is missing or no use has its default."""
    default = Choices()
    if not isinstance(values, Mapping):
        return default
    found: dict[str, Any] = _taken(values, default)
    output, options = values.get("output"), values.get("options")
    found["output"] = Path(output) if isinstance(output, str) and output else None
    if isinstance(options, Mapping):
        taken = _taken(options, default.options)
        if not 1 <= taken.get("quality", 1) <= 100:
            del taken["quality"]
        found["options"] = SaveOptions(**taken)
    return Choices(**{name: value for name, value in found.items() if _is_sane(name, value)})


def _taken(values: Mapping[Any, Any], default: Choices | SaveOptions) -> dict[str, Any]:
    """Return the values that are of the types of the defaults."""
    found: dict[str, Any] = {}
    for one in fields(default):
        usual, value = getattr(default, one.name), values.get(one.name)
        if isinstance(usual, SizeWay | Compression):
            if value in set(type(usual)):
                found[one.name] = type(usual)(value)
        elif type(value) is type(usual) and value is not None:
            found[one.name] = value
    return found


def _is_sane(name: str, value: Any) -> bool:
    match name:
        case "scale":
            return value in ALL_SCALES
        case "factor":
            return bool(1 <= value <= MAX_FACTOR)
        case "longest" | "width" | "height":
            return bool(1 <= value <= MOST_PIXELS)
        case "suffix":
            return value == "" or value in FORMATS
        case "pattern":
            return len(value) <= _LONGEST_PATTERN
        case _:
            return True
