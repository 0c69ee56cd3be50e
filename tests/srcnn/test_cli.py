"""The command line: how it starts, what it refuses, how it shows progress."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typing_extensions import override

from srcnn import __version__
from srcnn.commands.terminal import progress_bar

Srcnn: TypeAlias = Callable[..., Any]


def modules_after(*args: object) -> set[str]:
    """Return what is imported after a command has run in a process of its own."""
    code = (
        "import sys\nfrom srcnn import cli\n"
        f"try:\n    {'cli.main(sys.argv[1:])' if args else 'pass'}\n"
        "finally:\n    print(*sys.modules, sep='\\n')\n"
    )
    command = [sys.executable, "-c", code, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return set(done.stdout.splitlines())


def test_starting_imports_nothing_heavy():
    assert not {"torch", "matplotlib", "scipy", "skimage", "PySide6"} & modules_after()


def test_methods_in_numpy_do_not_wait_for_torch(photo: Path, tmp_path: Path):
    modules = modules_after(
        *("compare", photo, "--methods", "nearest,bicubic,lanczos", "--threads", 1),
        *("--json", tmp_path / "a.json", "--save", tmp_path / "saved"),
    )
    assert "torch" not in modules
    assert "matplotlib" not in modules


def test_the_version_is_told(srcnn: Srcnn):
    assert srcnn("--version").out.strip() == __version__


@pytest.mark.parametrize(
    "command", ["upscale", "compare", "measure", "benchmark", "info", "convert"]
)
def test_every_command_explains_itself(srcnn: Srcnn, command: str):
    assert f"srcnn {command}" in srcnn(command, "--help").out


@pytest.mark.parametrize(
    "args",
    [
        ("enlarge", "a.png"),
        ("upscale", "a.png"),
        ("upscale", "a.png", "--output", "b.png", "--scale", "5"),
        ("upscale", "a.png", "--output", "b.png", "--shard", "0/2"),
        ("upscale", "a.png", "--output", "b.png", "--shard", "3/2"),
        ("upscale", "a.png", "--output", "b.png", "--shard", "half"),
        ("upscale", "a.png", "--output", "b.png", "--border", "zero"),
        ("upscale", "a.png", "--output", "b.png", "--threads", "0"),
        ("compare", "a.png", "--methods", "bicubic,,srcnn"),
        ("compare", "a.png", "--figure", "figure.jpg"),
        ("compare", "a.png", "--figure", "f.png", "--crop", "1,2,3"),
        ("compare", "a.png", "--figure", "f.png", "--crop", "1,2,0,4"),
        ("compare", "a.png", "--figure", "f.png", "--crop=-1,2,3,4"),
        ("compare", "a.png", "--crop", "1,2,3,4"),  # and no figure
        ("measure", "a.png"),
        ("benchmark", ".", "--scales", "2,5"),
        ("benchmark", ".", "--scales", "two"),
        ("benchmark", ".", "--scales", ""),
        ("convert", "a.mat", "b.pth"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(srcnn: Srcnn, args: tuple[str, ...]):
    assert "Usage: srcnn" in srcnn(*args, code=2).err


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def test_a_bar_moves_on_a_terminal(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar("[b]photo.png") as advance:
        advance(1, 2)
    assert "[b]photo.png" in terminal.getvalue()
    assert "50%" in terminal.getvalue()
