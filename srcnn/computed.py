"""How results were computed: what else figures and times depend on, as plain values."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from srcnn import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PACKAGES = ("numpy", "torch")


def computed_by(
    fingerprints: Mapping[str, str], devices: Sequence[str], *, threads: int, fast: bool
) -> dict[str, object]:
    """Return how results are computed: enough to repeat it.

    Parameters
    ----------
    fingerprints : Mapping[str, str]
        Of the methods, by their ids: border rule, device and hash of the weights are in them.
    devices : Sequence[str]
        Ids of what networks run on.
    threads : int
        Tiles computed at a time.
    fast : bool
        Whether networks compute in 16 bits where the device can.
    """
    versions = {"srcnn": __version__}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        **({"device": devices[0]} if len(devices) == 1 else {"devices": tuple(devices)}),
        "threads": threads,
        "fast": fast,
        "versions": versions,
        "fingerprints": dict(fingerprints),
    }
