"""``srcnn benchmark``: methods, scales and a folder to tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.benchmark import Choice, run_benchmark
from srcnn.commands.engine import how_computed, say_weights
from srcnn.commands.options import check_overwrite_used
from srcnn.commands.terminal import note, progress_bar, say, show_table
from srcnn.files import check_targets, list_pictures
from srcnn.report import BenchmarkRow, Report, SkippedImage
from srcnn.safe_file import write_text_safely

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from srcnn.commands.options import Common

WRITERS: Mapping[str, Callable[[Report], str]] = {
    "json": Report.to_json,
    "markdown": Report.to_markdown,
    "csv": Report.to_csv,
    "latex": Report.to_latex,
}


def run(
    folder: Path,
    choice: Choice,
    common: Common,
    files: Mapping[str, Path | None],
    *,
    overwrite: bool,
) -> int:
    """Measure, print the tables, write the files and return the exit code.

    Parameters
    ----------
    folder : Path
        Pictures.
    choice : Choice
        Methods and scales.
    common : Common
        Options of every command.
    files : Mapping[str, Path or None]
        Where to write, by name of the format (see ``WRITERS``).
    overwrite : bool
        Whether they may replace files.

    Raises
    ------
    SrcnnError
        If there is no picture, or a file cannot be written; a picture that cannot be used makes
        the exit code 1.
    """
    wanted = {name: path for name, path in files.items() if path is not None}
    check_overwrite_used(*wanted, overwrite=overwrite)
    check_targets(wanted.values(), list_pictures(folder) if wanted else (), overwrite=overwrite)
    report = _measured(folder, choice, common)
    for table in report.tables():
        show_table(table.title, ("image", *table.methods), table.lines())
        say(f"{table.explanation}\n")
    say_weights(choice.methods, choice.scales)
    for name, path in wanted.items():
        write_text_safely(path, WRITERS[name](report), overwrite=overwrite)
    for skipped in report.skipped:
        note(f"skipped: {skipped.image}: {skipped.reason}")
    return 1 if report.skipped else 0


def _measured(folder: Path, choice: Choice, common: Common) -> Report:
    rows: list[BenchmarkRow] = []
    skipped: list[SkippedImage] = []
    with progress_bar(folder.name) as advance:
        for result in run_benchmark(
            folder, choice, max_megapixels=common.max_megapixels, progress=advance, note=note
        ):
            if isinstance(result, BenchmarkRow):
                rows.append(result)
            else:
                skipped.append(result)
    return Report(choice.protocols, rows, skipped, how_computed(choice.methods, common))
