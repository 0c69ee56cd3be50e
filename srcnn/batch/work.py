"""The work on one picture of a batch: read, enlarge, save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.batch.run import Result
from srcnn.colour_profile import profile_problem
from srcnn.final_size import STRETCHED, chain_of, is_stretched
from srcnn.forecast import memory_warnings
from srcnn.formats import format_of
from srcnn.memory import memory_needed
from srcnn.output import save_enlargement
from srcnn.picture import DEFAULT_MAX_MEGAPIXELS, load_picture
from srcnn.resize import Border
from srcnn.save_options import DEFAULT_OPTIONS, losses
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement

if TYPE_CHECKING:
    from srcnn.batch.plan import Task
    from srcnn.batch.run import Attempt
    from srcnn.final_size import Chain, Target
    from srcnn.formats import Format
    from srcnn.method import Method
    from srcnn.picture import Picture
    from srcnn.save_options import SaveOptions


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
    target : Target or None
        The size that is wanted, instead of ``scale``: by the nearest scale, then bicubic.
    """

    method: Method
    scale: int
    border: Border = Border.CLAMP
    max_megapixels: float = DEFAULT_MAX_MEGAPIXELS
    threads: int | None = None
    options: SaveOptions = DEFAULT_OPTIONS
    target: Target | None = None

    def __call__(self, task: Task, attempt: Attempt) -> Result:
        """Do one task.

        Raises
        ------
        SrcnnError
            If it cannot be read or saved; nothing is left behind.
        Cancelled
            If the attempt said so.
        """
        kept = format_of(task.target)
        picture = load_picture(task.picture, max_megapixels=self.max_megapixels)
        enlargement, chain = self.enlargement_of(picture)
        needed = memory_needed(
            enlargement, kept, self.options, size=chain.size, threads=self.threads
        )
        for remark in (*self.remarks(picture, chain, kept), *memory_warnings(needed)):
            attempt.note(remark)
        save_enlargement(
            enlargement,
            task.target,
            metadata=picture,
            overwrite=attempt.overwrite,
            options=self.options,
            size=chain.size,
            progress=attempt.progress,
            should_stop=attempt.should_stop,
            threads=self.threads,
            note=attempt.note,
        )
        return Result(picture.size, chain.size)

    def remarks(self, picture: Picture, chain: Chain, kept: Format) -> list[str]:
        """Return sentences on what is not kept of a picture, and on how its size is reached."""
        problem = profile_problem(picture.icc, is_grey=picture.is_grey)
        return [
            *picture.notes,
            *([problem] if problem else ()),
            *losses(picture, kept, self.options),
            *([chain.describe(self.method)] if chain.needs_bicubic else ()),
            *([STRETCHED] if is_stretched(picture.size, chain.size) else ()),
        ]

    def enlargement_of(self, picture: Picture) -> tuple[Enlargement, Chain]:
        """Return what is computed of a picture, and how its final size is reached.

        Raises
        ------
        OutputError
            If it cannot be brought to the size that is wanted.
        """
        chain = chain_of(picture.size, self.scale, self.target, self.method.scales)
        source = PictureSource(picture)
        return Enlargement(source, self.method, chain.scale, self.border), chain
