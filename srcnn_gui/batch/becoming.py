"""What a picture of the queue is going to become, in words, and what it will lose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.batch.plan import Task
from srcnn.errors import OutputError
from srcnn.files import identity, shown_name
from srcnn.final_size import STRETCHED, chain_of, is_chain, is_stretched
from srcnn.formats import FORMATS
from srcnn.save_options import losses
from srcnn_gui.explanation import message_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from srcnn.batch.plan import Naming
    from srcnn.method import Method
    from srcnn_gui.batch.choices import Choices
    from srcnn_gui.batch.facts import Facts
    from srcnn_gui.batch.rows import Found, Outcome

_NUMBER = "Put {number} into the names."
_KEEP_OR_NUMBER = "Keep the folders below, or put {number} into the names."
_ARROW = "\N{RIGHTWARDS ARROW}"
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Becoming:
    """What a picture is going to become.

    Attributes
    ----------
    sizes : str
        Of the picture and, behind an arrow, of the result, as far as they are known.
    how : str
        The format and the steps of the making.
    losses : tuple of str
        Sentences on what will not be kept, by reading, the format or the size.
    problem : str
        Why it cannot be made, as a sentence; empty if it can.
    pixels : int
        Of the result; 0 if unknown.
    """

    sizes: str = ""
    how: str = ""
    losses: tuple[str, ...] = ()
    problem: str = ""
    pixels: int = 0


def becoming(path: Path, facts: Facts | None, choices: Choices, method: Method | None) -> Becoming:
    """Say what a picture becomes, as far as that is known before it is read as a whole."""
    own = path.suffix.lower()
    kept = FORMATS[choices.suffix or (own if own in FORMATS else ".png")]
    label = choices.method if method is None else method.label
    if facts is None or method is None:
        how = f"{label} {_TIMES}{choices.scale}" if choices.target is None else label
        sizes = "" if facts is None else f"{facts.size}"
        return Becoming(sizes, f"{kept.label}, {how}")
    try:
        chain = chain_of(facts.size, choices.scale, choices.target, method.scales)
    except OutputError as error:
        return Becoming(f"{facts.size}", kept.label, problem=message_of(error))
    steps = chain.describe(method).partition(" -> ")
    how = ", ".join(filter(None, (kept.label, steps[0], "bicubic" if steps[2] else "")))
    sizes, most = f"{facts.size} {_ARROW} {chain.size}", kept.side
    if max(chain.size.width, chain.size.height) > most:
        problem = f"{kept.label} holds at most {most:,} pixels a side. Choose PNG or TIFF."
        return Becoming(sizes, how, problem=problem, pixels=chain.size.pixels)
    lost = [*facts.notes, *losses(facts.stand_in(), kept, choices.options)]
    lost += [STRETCHED] if is_stretched(facts.size, chain.size) else []
    return Becoming(sizes, how, tuple(lost), pixels=chain.size.pixels)


def has_become(outcome: Outcome) -> Becoming | None:
    """Say what a picture has become, whatever is chosen now; None if nothing was made of it."""
    if outcome.before is None or outcome.after is None:
        return None
    sizes = f"{outcome.before} {_ARROW} {outcome.after}"
    lost = tuple(note for note in outcome.notes if not is_chain(note))
    return Becoming(sizes, shown_name(outcome.target), lost, pixels=outcome.after.pixels)


def target_of(found: Found, number: int, choices: Choices, naming: Naming) -> Path:
    """Return the file that a picture becomes; ``number`` is its place in the queue, from 1."""
    folder = choices.output
    if folder is None:
        folder = found.path.parent
    elif choices.keeps_folders:
        folder = folder / found.place
    return folder / naming.name(found.path, number)


def tasks_of(numbered: Iterable[tuple[int, Found]], choices: Choices) -> list[Task]:
    """Return the work on pictures, in their order, with their places in the queue.

    Raises
    ------
    OutputError
        If two would become the same file, or a result would take a picture's place.
    """
    try:
        naming = choices.naming()
    except ValueError as error:
        raise OutputError(str(error), hint="Change the names of the results.") from error
    wanted = list(numbered)
    pictures = {identity(found.path): found.path for _, found in wanted}
    taken: dict[str, Path] = {}
    tasks = []
    for number, found in wanted:
        target = target_of(found, number, choices, naming)
        key = identity(target)
        other = taken.setdefault(key, found.path)
        if other != found.path:
            can_part = not choices.keeps_folders and other.parent != found.path.parent
            raise OutputError(
                f"{other} and {found.path} would both become {target}",
                hint=_KEEP_OR_NUMBER if can_part else _NUMBER,
            )
        if key in pictures:
            raise OutputError(
                f"The result for {found.path} would take the place of {pictures[key]}",
                hint="Choose another folder, or other names.",
            )
        tasks.append(Task(found.path, target, number, choices.output))
    return tasks
