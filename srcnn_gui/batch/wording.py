"""What the panel says, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.bytes_text import bytes_text
from srcnn_gui.batch.rows import State
from srcnn_gui.explanation import as_sentences

if TYPE_CHECKING:
    from srcnn_gui.batch.rows import Row, Tally


def status_of(row: Row) -> str:
    """Return where a picture is, in a few words."""
    outcome = row.outcome
    if row.share is not None:
        return "writing" if row.share >= 1 else f"{row.share:.0%}".replace("%", " %")
    if outcome is None:
        return "waiting"
    match outcome.state:
        case State.DONE:
            return f"done in {outcome.seconds:.1f} s"
        case State.SKIPPED:
            return "skipped: exists"
        case _:
            return f"failed: {outcome.error}"


def tip_of(row: Row) -> str:
    """Return all that is known of what became of a picture."""
    outcome = row.outcome
    if row.share is not None or outcome is None:
        return ""
    notes = "\n".join(outcome.notes)
    match outcome.state:
        case State.DONE:
            made = f"{outcome.target}\n{outcome.after}, {bytes_text(outcome.length)}"
            return f"{made}\n{notes}".strip()
        case State.SKIPPED:
            return f"{outcome.target} was there already."
        case _:
            return f"{as_sentences(outcome.error, outcome.hint)}\n{notes}".strip()


def summary(counts: Tally) -> str:
    """Return what came of a queue: ``"41 done, 2 skipped, 1 failed"``."""
    parts = [f"{counts.done} done"]
    parts += [f"{counts.skipped} skipped"] if counts.skipped else []
    parts += [f"{counts.failed} failed"] if counts.failed else []
    parts += [f"{counts.left} left"] if counts.left else []
    return ", ".join(parts)


def pictures(count: int) -> str:
    """Return a number of pictures in words."""
    return "1 picture" if count == 1 else f"{count:,} pictures"


def offer_text(counts: Tally) -> str:
    """Return what is offered at the next start."""
    verb = "is" if counts.left == 1 else "are"
    return f"{counts.left:,} of {pictures(counts.total)} of the last batch {verb} left."


def waiting_text(counts: Tally, reason: str) -> str:
    """Return what is said while nothing is done: what is missing, or how many wait."""
    if reason and counts.left:
        return f"{reason}."
    if counts.ended:
        return f"{summary(counts)}."
    return f"{pictures(counts.left)} waiting: press Start." if counts.left else ""
