"""Options: those that every command has, and text that stands for lists and regions."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import typer

from srcnn.figure import SUFFIXES
from srcnn.final_size import Target
from srcnn.formats import FORMATS
from srcnn.geometry import Region, Size
from srcnn.method import ALL_SCALES
from srcnn.padding import Padding
from srcnn.save_options import SaveOptions, concerning

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.resize import Border


@dataclass(frozen=True, slots=True)
class Common:
    """Options of every command.

    Attributes
    ----------
    device : str
        ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
    border : Border
        Border rule of ``imresize``.
    max_megapixels : float
        Larger pictures are refused.
    threads : int or None
        Tiles that are computed at a time; None for one a core.
    fast : bool
        Compute networks in 16 bits where the device can.
    padding : Padding
        What networks see outside the picture.
    dictionary : Path or None
        What classical methods compute with, instead of the bundled one of its kind and scale.
    """

    device: str
    border: Border
    max_megapixels: float
    threads: int | None
    fast: bool = False
    padding: Padding = Padding.REPLICATE
    dictionary: Path | None = None


def parse_scales(text: str) -> tuple[int, ...]:
    """Turn ``2,3,4`` into scales, each once, in that order."""
    try:
        scales = tuple(dict.fromkeys(int(part) for part in text.split(",")))
    except ValueError:
        scales = ()
    if not scales or not ALL_SCALES.issuperset(scales):
        raise typer.BadParameter(f"{text!r} is no list like 2,3,4", param_hint="--scales")
    return scales


def parse_methods(text: str) -> tuple[str, ...]:
    """Turn ``bicubic,srcnn`` into ids of methods, each once, in that order."""
    methods = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if not all(methods):
        raise typer.BadParameter(f"{text!r} is no list like bicubic,srcnn", param_hint="--methods")
    return methods


def check_figure(path: Path | None) -> None:
    """Refuse the name of a figure that cannot be written."""
    if path is not None and path.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(
            f"{path.name!r} does not end in .png or .pdf", param_hint="--figure"
        )


def parse_crop(text: str) -> Region:
    """Turn ``x,y,w,h`` into a region of the ground truth."""
    if not re.fullmatch(r"\d+(,\d+){3}", text):
        raise typer.BadParameter(f"{text!r} is not x,y,width,height in pixels", param_hint="--crop")
    left, top, width, height = map(int, text.split(","))
    if width == 0 or height == 0:
        raise typer.BadParameter(f"{text!r} is empty", param_hint="--crop")
    return Region(left, top, left + width, top + height)


def parse_target(factor: float | None, size: str | None, longest: int | None) -> Target | None:
    """Turn the three ways of asking for a size into one; None if none was used."""
    if sum(value is not None for value in (factor, size, longest)) > 1:
        raise typer.BadParameter(
            "only one of --factor, --size and --longest can be had", param_hint="--size"
        )
    if factor is not None and not math.isfinite(factor):
        raise typer.BadParameter(f"{factor} is no factor", param_hint="--factor")
    if size is not None:
        match = re.fullmatch(r"([1-9]\d{0,6})x([1-9]\d{0,6})", size)
        if match is None:
            raise typer.BadParameter(f"{size!r} is not WIDTHxHEIGHT", param_hint="--size")
        return Target(size=Size(int(match[1]), int(match[2])))
    return None if factor is None and longest is None else Target(factor=factor, longest=longest)


def given_options(context: typer.Context) -> dict[str, str]:
    """Return the options that stand on the command line: parameters, and as they are written."""
    found = {}
    for param in context.command.params:
        source = context.get_parameter_source(param.name) if param.name else None
        if param.name and source is not None and source.name == "COMMANDLINE":
            is_off = context.params.get(param.name) is False and param.secondary_opts
            found[param.name] = (param.secondary_opts if is_off else param.opts)[0]
    return found


def check_scale_unused(context: typer.Context, target: Target | None) -> None:
    """Refuse a scale beside another way of asking for a size, which chooses its own."""
    if target is not None and "scale" in given_options(context):
        raise typer.BadParameter(
            "it is chosen by --factor, --size or --longest; leave it out", param_hint="--scale"
        )


def unused_options(context: typer.Context, suffix: str) -> list[str]:
    """Return the options for saving that are given and do nothing for a format, if it is known."""
    kept = FORMATS.get(suffix)
    if kept is None:
        return []
    choices = {field.name for field in fields(SaveOptions)} - concerning(kept)
    return [text for name, text in given_options(context).items() if name in choices]


def parse_shard(text: str) -> slice:
    """Turn ``i/n``, counted from 1, into the slice that takes every n-th from the i-th on."""
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise typer.BadParameter(f"{text!r} is not i/n with 1 <= i <= n", param_hint="--shard")
    return slice(int(match[1]) - 1, None, int(match[2]))


def check_overwrite_used(*files: object, overwrite: bool) -> None:
    """Refuse ``--overwrite`` where nothing is written."""
    if overwrite and not any(files):
        raise typer.BadParameter("nothing is to be written", param_hint="--overwrite")
