"""Running times for docs/paper.md: ours beside those that the paper prints."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scripts.paper import Measured

SPEED = (
    "## Running time (section 4.2)\n",
    "Seconds a picture on this machine beside those that the paper prints (Tables 1 and 2), which",
    "are of another machine and another decade; so beside both stands how many times as long as",
    "SRCNN a method takes, in one program each. The paper prints none for bicubic, and its SRCNN",
    "is that of the authors' weights.\n",
)
_CLOCK = "srcnn"


def rows_of_times(groups: Mapping[str, Sequence[Measured]]) -> Iterator[tuple[str, ...]]:
    """Yield id, seconds, multiple of SRCNN's, printed seconds and their multiple of each method.

    Parameters
    ----------
    groups : Mapping of Measured
        The results by id of the method; SRCNN is one of them.
    """
    here = {name: fmean(each.row.seconds or 0 for each in some) for name, some in groups.items()}
    printed = {name: printed_seconds(some) for name, some in groups.items()}
    clock = printed[_CLOCK]
    for name, own in here.items():
        theirs = printed[name]
        yield (
            name,
            f"{own:.3f}",
            f"{own / here[_CLOCK]:.2f}",
            "" if theirs is None else f"{theirs:.2f}",
            "" if theirs is None or clock is None else f"{theirs / clock:.2f}",
        )


def printed_seconds(results: Sequence[Measured]) -> float | None:
    """Return the mean of the times that the paper prints; None if some are not printed."""
    found = [each.picture.seconds.get((each.row.scale or 0, each.row.method)) for each in results]
    known = [seconds for seconds in found if seconds is not None]
    return fmean(known) if known and len(known) == len(found) else None
