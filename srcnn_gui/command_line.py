"""The words of the command line ``srcnn-gui``, and the settings that they change."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn import __version__
from srcnn.samples import SAMPLES
from srcnn_gui.theme import Theme
from srcnn_gui.viewer.scene import TRUTH, Mode
from srcnn_gui.viewer.session import MAX_PANES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.settings import Settings

_MOST_SIDE = 16_384


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the words say; wrong ones, and those that do not go together, end the program.

    Parameters
    ----------
    arguments : sequence of str or None
        What stands behind the program's name; None for those of this process.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    problem = _contradiction(options)
    if problem:
        parser.error(problem)
    return options


def _contradiction(options: argparse.Namespace) -> str:
    """Say which words of the command line do not go together; empty if all do."""
    if options.image is not None and options.sample is not None:
        return "open a picture or a --sample, not both"
    if options.overwrite and options.screenshot is None:
        return "--overwrite goes with --screenshot"
    if options.screenshot is not None and options.screenshot.suffix.lower() != ".png":
        return "--screenshot is saved as PNG: end its name in .png"
    if options.mode == Mode.UPSCALE and TRUTH in (options.methods or ()):
        return f"--mode upscale has no {TRUTH} to show"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="srcnn-gui", description="See, measure and save super-resolution."
    )
    parser.add_argument("image", nargs="?", type=Path, help="picture to open")
    parser.add_argument("--scale", type=int, choices=(2, 3, 4), help="enlargement factor")
    parser.add_argument(
        "--methods", type=_methods, help="what the panes show, such as bicubic,srcnn,truth"
    )
    parser.add_argument(
        "--sample", choices=[sample.id for sample in SAMPLES], help="sample to open"
    )
    parser.add_argument("--mode", choices=[*map(str, Mode)], help="compare or upscale")
    parser.add_argument("--theme", choices=[*map(str, Theme)], help="system, light or dark")
    parser.add_argument("--size", type=_size, metavar="WxH", help="size of the window")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="FILE.png",
        help="save the finished state of the window, without showing it, and end",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the file of --screenshot if it exists"
    )
    parser.add_argument("--version", action="version", version=f"SRCNN Studio {__version__}")
    return parser


def _methods(text: str) -> tuple[str, ...]:
    methods = tuple(method.strip() for method in text.split(",") if method.strip())
    if not 0 < len(methods) <= MAX_PANES:
        raise argparse.ArgumentTypeError(f"name one to {MAX_PANES} methods")
    return methods


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, as 1280x800")
    size = int(match[1]), int(match[2])
    if max(size) > _MOST_SIDE:
        raise argparse.ArgumentTypeError(f"a side has at most {_MOST_SIDE:,} pixels")
    return size


def with_options(settings: Settings, options: argparse.Namespace) -> Settings:
    """Return the settings as the command line wants them."""
    settings = replace(
        settings,
        scale=options.scale or settings.scale,
        mode=Mode(options.mode or settings.mode),
        theme=Theme(options.theme or settings.theme),
    )
    if options.methods is None:
        return settings
    if settings.mode is Mode.COMPARE:
        return replace(settings, panes=options.methods)
    return replace(settings, upscale_panes=options.methods)
