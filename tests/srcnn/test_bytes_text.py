"""Numbers of bytes are short."""

from __future__ import annotations

import pytest

from srcnn.bytes_text import bytes_text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0.0 kB"),
        (812, "0.8 kB"),
        (45_400, "45 kB"),
        (999_600, "1.0 MB"),
        (3_740_000, "3.7 MB"),
        (9_960_000, "10 MB"),
        (45_000_000, "45 MB"),
        (9_100_000_000, "9.1 GB"),
    ],
)
def test_bytes_are_said_for_people(count, text):
    assert bytes_text(count) == text
