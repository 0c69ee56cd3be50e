"""The long runs of the window, in short, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.soak.pictures import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="/proc says what a process has"),
]


def run(name: str, *words: object) -> None:
    """Let a driver run as ``make soak`` does; the seed is its own."""
    command = [sys.executable, "-W", "ignore", "-m", f"tests.soak.{name}", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_a_window_leaves_nothing_behind():
    run("window_cycles", "--cycles", 3)


def test_a_window_that_is_played_with_at_random_does_not_fail():
    # The bound is wide, so that a slow machine passes and a frozen window does not.
    run("monkey", "--actions", 200, "--longest-ms", 1000)
