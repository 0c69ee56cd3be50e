"""srcnn-train: train SRCNN weights from the command line."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from srcnn.commands.arguments import OverwriteOption
from srcnn.commands.options import check_figure
from srcnn.commands.terminal import show_error
from srcnn.crash_report import unexpected_reported
from srcnn.errors import SrcnnError
from srcnn.spec import SrcnnSpec
from trainer.config import Schedule, TrainConfig, usual_threads
from trainer.control import Command
from trainer.interrupts import interrupts_collected
from trainer.presets import PRESETS
from trainer.setting import as_number, check_given_once, parsed_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer.events import RunFinished, TrainEvent

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_NETWORK = [part.name for part in fields(SrcnnSpec)]


@app.command(no_args_is_help=True)
def run(
    *,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder of pictures, searched with its sub-folders; repeatable.",
            show_default="the pictures that come with the program",
        ),
    ] = None,
    scale: Annotated[
        int | None, typer.Option(min=2, max=4, help="Enlargement factor.", show_default="3")
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            help="srcnn (a network); ksvd (dictionary: K-SVD, ANR, NE) or sc (one for SC)."
        ),
    ] = "srcnn",
    validation: Annotated[
        Path | None,
        typer.Option(help="Folder to validate on.", show_default="a tenth of --data, held out"),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help=f"One of: {', '.join(PRESETS)}.", show_default="fast")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="Budget: minutes of training.")
    ] = None,
    backprops: Annotated[
        int | None,
        typer.Option(min=1, help="Budget: sub-images seen, in whole batches; reproducible."),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(min=1, help="End after so many validations without a gain."),
    ] = None,
    initial: Annotated[
        Path | None, typer.Option(help="Weights to begin with (.safetensors, .mat, .pth).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the run.", show_default="runs/NETWORK-SCALE-TIME"),
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="auto, cpu, cuda, cuda:N or mps.", show_default="cpu")
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Workers on the CPU, one a core.", show_default="all cores"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Same seed, same weights.", show_default="0")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Any other setting, such as n1=128, rate=1e-3 or optimiser=adam; repeatable.",
        ),
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print events as lines of JSON.")] = False,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder; no other settings.")
    ] = None,
    figure: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="RUN FILE", help="Draw the curve of a run (.png or .pdf), and end."),
    ] = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Train SRCNN weights or a dictionary; Ctrl-C stops and keeps what was learnt.

    The weights are RUN/weights.safetensors. A run that was killed goes on with --resume RUN and
    ends, on a CPU and with a budget in backprops, in the very same weights. Several GPUs or
    machines: torchrun --nproc-per-node N -m trainer.cli ...

    A dictionary is RUN/dictionary.safetensors, learnt on the CPU. It takes --data, --scale,
    --seed, --threads, --out and --jsonl; --set knows its atoms, iterations and (ksvd) sparsity.
    """
    settings = {
        "data": tuple(data) if data else None, "scale": scale, "validation": validation,
        "minutes": minutes, "backprops": backprops, "patience": patience, "initial": initial,
        "out": out, "device": device, "threads": threads, "seed": seed,
    }  # fmt: skip
    given = {name: _absolute(value) for name, value in settings.items() if value is not None}
    is_told = bool(given or preset is not None or setting or method != "srcnn")
    if figure is not None:
        _draw(*figure, is_alone=not (is_told or resume or jsonl), overwrite=overwrite)
        return
    if overwrite:
        raise typer.BadParameter("goes with --figure", param_hint="--overwrite")
    if resume is not None:
        if is_told:
            raise typer.BadParameter("goes with --jsonl alone", param_hint="--resume")
        if _train_dictionary(method, resume, {}, [], jsonl=jsonl):
            return
        finished = _print(_go_on(resume), jsonl=jsonl)
    elif method != "srcnn":
        if method not in ("ksvd", "sc"):
            raise typer.BadParameter("choose one of: srcnn, ksvd, sc", param_hint="--method")
        if preset is not None:
            given["preset"] = preset
        _train_dictionary(method, None, given, setting or [], jsonl=jsonl)
        return
    else:
        finished = _print(_start(_chosen(preset or "fast", given, setting or [])), jsonl=jsonl)
    if finished is not None and finished.reason.value == "diverged":
        raise typer.Exit(1)


def main() -> None:
    """Run the program: exit 0 when done, 1 if the world is wrong, 2 for wrong usage."""
    try:
        with unexpected_reported("srcnn-train"):
            app()
    except SrcnnError as error:
        show_error(error)
        sys.exit(1)


def _draw(folder: Path, path: Path, *, is_alone: bool, overwrite: bool) -> None:
    from trainer.run_figure import save_run_figure

    if not is_alone:
        raise typer.BadParameter("goes with --overwrite alone", param_hint="--figure")
    check_figure(path)
    save_run_figure(folder, path, overwrite=overwrite)
    print(path)


def _print(events: Iterator[TrainEvent], *, jsonl: bool) -> RunFinished | None:
    from trainer.console import print_events
    from trainer.events import RunFinished
    from trainer.report import to_json

    if not jsonl:
        return print_events(events)
    finished = None
    for event in events:
        print(to_json(event), flush=True)
        finished = event if isinstance(event, RunFinished) else finished
    return finished


def _train_dictionary(
    method: str, folder: Path | None, given: dict[str, Any], settings: list[str], *, jsonl: bool
) -> bool:
    """Train a dictionary, or go on with that in ``folder``; False if there is none in it."""
    from trainer.dictionary_cli import describe, go_on_if_dictionary, start, to_json

    with interrupts_collected() as interrupts:

        def control() -> Command:
            return Command.STOP if interrupts else Command.GO_ON

        if folder:
            events = go_on_if_dictionary(folder, control)
        else:
            events = start(method, given, settings, control)
        if events is None:
            return False
        for event in events:
            print(to_json(event) if jsonl else describe(event), flush=True)
    return True


def _chosen(preset: str, given: dict[str, Any], settings: list[str]) -> TrainConfig:
    """Put the given settings over those of the preset; a budget replaces the preset's."""
    if preset not in PRESETS:
        raise typer.BadParameter(f"choose one of: {', '.join(PRESETS)}", param_hint="--preset")
    if "minutes" in given and "backprops" in given:
        raise typer.BadParameter("give --minutes or --backprops, not both")
    base = PRESETS[preset].for_scale(given.get("scale", 3))
    if PRESETS[preset].needs_initial and "initial" not in given:
        raise typer.BadParameter(f"the preset {preset} begins with weights", param_hint="--initial")
    if {"minutes", "backprops", "patience"} & given.keys():
        base = _without_budget(base, given)
    try:
        check_given_once(settings, given)
        config = _with_settings(replace(base, **given), settings)
    except (ValueError, TypeError) as error:
        raise typer.BadParameter(str(error), param_hint="--set") from error
    if "threads" not in given and not any(text.startswith("threads=") for text in settings):
        config = replace(config, threads=usual_threads(config.batch))
    if "out" not in given:
        now = datetime.now().astimezone()
        name = f"{config.spec.name}-x{config.scale}-{now:%Y%m%d-%H%M%S}"
        config = replace(config, out=Path("runs") / name)
    return config


def _absolute(value: Any) -> Any:
    """Return folders and files with their whole names, so that a run goes on from anywhere."""
    match value:
        case Path():
            return value.absolute()
        case tuple():
            return tuple(folder.absolute() for folder in value)
        case _:
            return value


def _without_budget(base: TrainConfig, given: dict[str, Any]) -> TrainConfig:
    """Drop the preset's budget; a rate that falls with the budget is constant without one."""
    if "minutes" in given:
        return replace(base, minutes=given["minutes"], backprops=None)
    if "backprops" in given:
        return replace(base, backprops=given["backprops"], minutes=None)
    return replace(
        base, patience=given["patience"], schedule=Schedule.CONSTANT, backprops=None, minutes=None
    )


def _with_settings(config: TrainConfig, settings: list[str]) -> TrainConfig:
    """Put ``NAME=VALUE`` settings over a configuration.

    Raises
    ------
    ValueError, TypeError
        If a name is unknown or a value makes no sense.
    """
    changes: dict[str, Any] = {}
    network: dict[str, int] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r} is not NAME=VALUE")
        if name in _NETWORK:
            network[name] = as_number(int, name, value)
        else:
            changes[name] = parsed_setting(name, value)
    if network:
        changes["spec"] = replace(config.spec, **network)
    return replace(config, **changes)


def _go_on(folder: Path) -> Iterator[TrainEvent]:
    from trainer.loop import resume

    with interrupts_collected() as interrupts:
        yield from resume(folder, lambda: Command.STOP if interrupts else Command.GO_ON)


def _start(config: TrainConfig) -> Iterator[TrainEvent]:
    from trainer.loop import train

    with interrupts_collected() as interrupts:
        yield from train(config, lambda: Command.STOP if interrupts else Command.GO_ON)


if __name__ == "__main__":
    main()
