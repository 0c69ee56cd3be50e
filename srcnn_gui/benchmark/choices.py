"""What a person chose to measure, and how it outlives the window."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from srcnn.method import ALL_SCALES


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form says.

    Attributes
    ----------
    folder : Path or None
        Where the pictures are.
    samples : bool
        Whether the samples are measured instead.
    methods : tuple of str
        Ids, in any order.
    scales : tuple of int
        Factors, ascending.
    devices : tuple of str
        Ids of what networks run on; if there is none, it is what the window has chosen.
    """

    folder: Path | None = None
    samples: bool = False
    methods: tuple[str, ...] = ("bicubic", "srcnn")
    scales: tuple[int, ...] = (3,)
    devices: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        """What is missing, as a sentence; empty if nothing is."""
        if self.folder is None and not self.samples:
            return "Choose a folder of pictures, or the samples"
        if not self.methods:
            return "Tick at least one method"
        return "" if self.scales else "Tick at least one scale"

    def to_text(self) -> str:
        """Return the choices as JSON."""
        return json.dumps(
            {
                "folder": "" if self.folder is None else str(self.folder),
                "samples": self.samples,
                "methods": self.methods,
                "scales": self.scales,
                "devices": self.devices,
            }
        )


def choices_of_text(text: str) -> Choices:
    """Return the choices of a JSON text; what is missing or no use has its default."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Choices()
    if not isinstance(found, dict):
        return Choices()
    default = Choices()
    folder, methods, scales = (found.get(name) for name in ("folder", "methods", "scales"))
    devices = found.get("devices")
    return Choices(
        folder=Path(folder) if isinstance(folder, str) and folder else None,
        samples=found.get("samples") is True,
        methods=tuple(id_ for id_ in methods if isinstance(id_, str))
        if isinstance(methods, list)
        else default.methods,
        scales=tuple(sorted(ALL_SCALES.intersection(s for s in scales if isinstance(s, int))))
        if isinstance(scales, list)
        else default.scales,
        devices=tuple(id_ for id_ in devices if isinstance(id_, str))
        if isinstance(devices, list)
        else default.devices,
    )
