"""Numbers of bytes, for people."""

from __future__ import annotations


def bytes_text(count: float) -> str:
    """Return a number of bytes for people: ``"9.1 GB"``, ``"45 MB"``, ``"0.8 kB"``."""
    for unit, worth in (("GB", 1e9), ("MB", 1e6)):
        if count >= worth * 0.9995:
            return f"{count / worth:.{1 if count < 9.95 * worth else 0}f} {unit}"
    return f"{count / 1e3:.{1 if count < 9.95e3 else 0}f} kB"
