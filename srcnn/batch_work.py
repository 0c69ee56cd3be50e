"""The work on one picture of a batch: read, enlarge, save."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from srcnn.batch import Result
from srcnn.formats import format_of
from srcnn.output import save_enlargement
from srcnn.picture import DEFAULT_MAX_MEGAPIXELS, load_picture
from srcnn.resize import Border
from srcnn.save_options import SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement

if TYPE_CHECKING:
    from srcnn.batch import Attempt
    from srcnn.batch_plan import Task
    from srcnn.method import Method


@dataclass(frozen=True, slots=True)
class Enlarging:
    """Enlarges every picture in the same way; called with a task and an attempt.

    Attributes
    ----------
    method : Method
        How.
    scale : int
        By what factor.
    border : Border
        Border rule of ``imresize``.
    max_megapixels : float
        Larger pictures are refused.
    threads : int or None
        Tiles that are computed at a time; None for one a core.
    options : SaveOptions
        Choices of the format.
    """

    method: Method
    scale: int
    border: Border = Border.CLAMP
    max_megapixels: float = DEFAULT_MAX_MEGAPIXELS
    threads: int | None = None
    options: SaveOptions = field(default_factory=SaveOptions)

    def __call__(self, task: Task, attempt: Attempt) -> Result:
        """Do one task.

        Raises
        ------
        SrcnnError
            If it cannot be read or saved; nothing is left behind.
        Cancelled
            If the attempt said so.
        """
        format_of(task.target)
        picture = load_picture(task.picture, max_megapixels=self.max_megapixels)
        for remark in picture.notes:
            attempt.note(remark)
        enlargement = Enlargement(PictureSource(picture), self.method, self.scale, self.border)
        save_enlargement(
            enlargement,
            task.target,
            metadata=picture,
            overwrite=attempt.overwrite,
            options=self.options,
            progress=attempt.progress,
            should_stop=attempt.should_stop,
            threads=self.threads,
            note=attempt.note,
        )
        return Result(picture.size, enlargement.size)
