"""Texts without the names of the user's files."""

from __future__ import annotations

import re

_ENDING = re.compile(
    r".*(\.(?:png|jpe?g|tiff?|webp|bmp|gif|avif|hei[cf]|jxl|safetensors|pth?|mat|onnx|npz"
    r"|jsonl?|csv|md|tex|pdf|ini|txt|part|claim))\b",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?<!\S)(?:[A-Za-z]:|~)?[\\/]\S.*")
_PARTS = re.compile(r"""(: |["'()<>|\n])""")


def without_names(text: str) -> str:
    """Hide names of files in a text: of each, and of words that may belong to it, the ending stays.

    What stands between quotes, brackets and colons is looked at alone.
    """
    return "".join(_hidden(part) for part in _PARTS.split(text))


def _hidden(part: str) -> str:
    ending = _ENDING.match(part)
    if ending is not None:
        part = f"*{ending[1]}{part[ending.end() :]}"
    return _PATH.sub("*", part)
