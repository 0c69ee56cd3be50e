"""``srcnn upscale``: pictures in, larger pictures out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn.commands.terminal import note, progress_bar, say, show_error
from srcnn.errors import OutputError, SrcnnError
from srcnn.files import list_pictures, make_folder
from srcnn.output import FORMATS, format_of, save_enlargement
from srcnn.picture import load_picture
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.commands.options import Common
    from srcnn.method import Method
    from srcnn.picture import Picture


@dataclass(frozen=True, slots=True)
class Task:
    """A picture to read and the file to write."""

    picture: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Upscaler:
    """How every picture is enlarged and saved; fields as the options of the command."""

    method: Method
    scale: int
    overwrite: bool
    common: Common

    def run(self, task: Task) -> None:
        """Enlarge one picture.

        Raises
        ------
        SrcnnError
            If it cannot be read or saved; nothing is left behind.
        """
        format_of(task.target)
        self._save(self._read(task.picture), task.target, task.picture.name)

    def run_all(self, tasks: Sequence[Task]) -> int:
        """Do every task, whatever becomes of the others; return the exit code."""
        failed = []
        for number, task in enumerate(tasks, 1):
            try:
                picture = self._read(task.picture)
                make_folder(task.target.parent)
                self._save(picture, task.target, f"{number}/{len(tasks)} {task.picture.name}")
            except SrcnnError as error:
                show_error(error)
                failed.append(task.picture)
        if failed:
            note(f"{len(failed)} of {len(tasks)} pictures failed:")
            for path in failed:
                note(f"  {path}")
        return 1 if failed else 0

    def _read(self, path: Path) -> Picture:
        picture = load_picture(path, max_megapixels=self.common.max_megapixels)
        for remark in picture.notes:
            note(f"{path.name}: {remark}")
        return picture

    def _save(self, picture: Picture, target: Path, label: str) -> None:
        enlargement = Enlargement(
            PictureSource(picture), self.method, self.scale, self.common.border
        )
        with progress_bar(label) as advance:
            save_enlargement(
                enlargement,
                target,
                metadata=picture,
                overwrite=self.overwrite,
                progress=advance,
                threads=self.common.threads,
                note=note,
            )
        say(f"{target}  {enlargement.size}")


def plan(inputs: Sequence[Path], output: Path) -> list[Task]:
    """Say which file each picture becomes, sorted by picture.

    Of several inputs or of a folder all go below the folder ``output``, in the folders they
    came from. They keep their names, but end in ``.png`` where their format cannot be written.
    Pictures already below ``output`` are results of an earlier run, not inputs.

    Raises
    ------
    DataError
        If a folder has no picture.
    OutputError
        If two pictures would become the same file.
    """
    places: dict[Path, Path] = {}
    for path in inputs:
        if path.is_dir():
            inside = list_pictures(path)
            places |= {found: found.relative_to(path) for found in inside}
        else:
            places[path] = Path(path.name)
    below = output.resolve()
    taken: dict[Path, Path] = {}
    for path, place in sorted(places.items()):
        if path.resolve().is_relative_to(below):
            continue
        name = place if place.suffix.lower() in FORMATS else place.with_suffix(".png")
        other = taken.setdefault(output / name, path)
        if other != path:
            raise OutputError(
                f"{other} and {path} would both become {output / name}",
                hint="Upscale them one after the other, into different folders.",
            )
    return [Task(path, target) for target, path in taken.items()]
