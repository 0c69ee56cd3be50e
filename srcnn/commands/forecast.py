"""``srcnn upscale --forecast``: what it will take, and nothing done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.bytes_text import bytes_text
from srcnn.commands.terminal import note, say, show_error
from srcnn.errors import SrcnnError
from srcnn.forecast import calibrate, forecast, warnings
from srcnn.formats import check_size, format_of
from srcnn.picture import load_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.batch.plan import Task
    from srcnn.batch.work import Enlarging
    from srcnn.forecast import Forecast

_CALIBRATION_S = 1.0
_LEAST_S = 0.02
"""So long a picture is calibrated at least, however many there are."""


def run(tasks: Sequence[Task], work: Enlarging) -> int:
    """Say for each picture, and for all of them, what enlarging will take; return the exit code.

    Every picture is read and some of its tiles are computed: for a second, or in a batch for
    a share of ten seconds.
    """
    seconds = max(min(_CALIBRATION_S, 10 / max(len(tasks), 1)), _LEAST_S)
    found = []
    for task in tasks:
        try:
            told = _forecast(task, work, seconds)
        except SrcnnError as error:
            show_error(error)
            continue
        found.append(told)
        say(f"{task.picture}  {told.size}  {_text(told)}")
        for warning in warnings(told, task.target):
            note(f"{task.picture.name}: {warning}")
    if len(tasks) > 1 and found:
        room = bytes_text(sum(told.file_bytes for told in found))
        total = sum(told.seconds for told in found)
        left = f", {len(tasks) - len(found)} cannot be made" if len(found) < len(tasks) else ""
        pictures = "1 picture" if len(found) == 1 else f"{len(found)} pictures"
        say(f"{pictures}  about {total:.0f} s, {room} on the disk{left}")
    return 0 if len(found) == len(tasks) else 1


def _forecast(task: Task, work: Enlarging, seconds: float) -> Forecast:
    kept = format_of(task.target)
    picture = load_picture(task.picture, max_megapixels=work.max_megapixels)
    enlargement, chain = work.enlargement_of(picture)
    check_size(chain.size, kept)
    for remark in work.remarks(picture, chain, kept):
        note(f"{task.picture.name}: {remark}")
    calibration = calibrate(enlargement, seconds, threads=work.threads)
    return forecast(
        enlargement,
        calibration,
        kept,
        work.options,
        size=chain.size,
        metadata=picture,
        threads=work.threads,
    )


def _text(told: Forecast) -> str:
    return (
        f"about {told.seconds:.1f} s, {bytes_text(told.memory_bytes)} of memory, "
        f"{bytes_text(told.file_bytes)} on the disk"
    )
