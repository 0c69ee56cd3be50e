"""What is said of an error: a sentence and a hint. No Qt."""

from __future__ import annotations

import logging

from srcnn.crash_report import report_of
from srcnn.errors import SrcnnError

REPORT_WRITTEN = "A report was written. Nothing is sent anywhere."


def explain(error: BaseException) -> tuple[str, str]:
    """Return a sentence that says what went wrong, and a hint what to do about it."""
    if isinstance(error, SrcnnError):
        return str(error), error.hint
    if isinstance(error, MemoryError):
        return (
            "There is not enough memory for this",
            "Close other programs, or work on a smaller picture.",
        )
    name = type(error).__name__
    said = f"{name}: {error}" if str(error) else name
    has_report = report_of(error) is not None
    hint = REPORT_WRITTEN if has_report else f"The details are in {_log_place()}."
    return f"Something unexpected happened: {said}", hint


def message_of(error: BaseException) -> str:
    """Return an error and what can be done about it as one text."""
    return as_sentences(*explain(error))


def as_sentences(*parts: str) -> str:
    """Join what is not empty, each with a full stop if it has no mark at its end."""
    return " ".join(
        part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part
    )


def _log_place() -> str:
    """Name the file that is logged to, if there is one."""
    handlers = logging.getLogger().handlers
    files = (
        handler.baseFilename for handler in handlers if isinstance(handler, logging.FileHandler)
    )
    return next((f"the log, {file}" for file in files), "the log")
