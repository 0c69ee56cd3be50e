"""srcnn-train: train SRCNN weights from the command line."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from srcnn.errors import SrcnnError
from trainer.config import PRESETS, TrainConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from trainer.checkpoint import TrainState
    from trainer.events import TrainEvent

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(no_args_is_help=True)
def run(
    *,
    data: Annotated[
        Path | None, typer.Option(help="Folder of pictures, searched with its sub-folders.")
    ] = None,
    scale: Annotated[
        int | None, typer.Option(min=2, max=4, help="Enlargement factor.", show_default="3")
    ] = None,
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
        int | None, typer.Option(min=1, help="Budget: sub-images seen; reproducible.")
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
        int | None, typer.Option(min=1, help="Threads of the CPU.", show_default="1")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Same seed, same weights.", show_default="0")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print events as lines of JSON.")] = False,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder; no other settings.")
    ] = None,
) -> None:
    """Train SRCNN weights; Ctrl-C stops and keeps what was learnt.

    The weights are RUN/weights.safetensors. A run that was killed goes on with --resume RUN and
    ends, on a CPU and with a budget in backprops, in the very same weights.
    """
    settings = {
        "data": data, "scale": scale, "validation": validation, "minutes": minutes,
        "backprops": backprops, "initial": initial, "out": out, "device": device,
        "threads": threads, "seed": seed,
    }  # fmt: skip
    given = {name: value for name, value in settings.items() if value is not None}
    if resume is not None:
        if given or preset is not None:
            raise typer.BadParameter("goes with --jsonl alone", param_hint="--resume")
        events = _go_on(resume)
    else:
        events = _start(_chosen(preset or "fast", given))

    from trainer.report import describe, to_json

    write: Callable[[TrainEvent], str] = to_json if jsonl else describe
    for event in events:
        print(write(event), flush=True)


def main() -> None:
    """Run the program: exit 0 when done, 1 if the world is wrong, 2 for wrong usage."""
    try:
        app()
    except SrcnnError as error:
        print(f"error: {error}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        sys.exit(1)


def _chosen(preset: str, given: dict[str, Path | int | float | str]) -> TrainConfig:
    """Put the given settings over those of the preset; a budget replaces the preset's."""
    if preset not in PRESETS:
        raise typer.BadParameter(f"choose one of: {', '.join(PRESETS)}", param_hint="--preset")
    if "data" not in given:
        raise typer.BadParameter("a folder of pictures is needed", param_hint="--data")
    if "minutes" in given and "backprops" in given:
        raise typer.BadParameter("give --minutes or --backprops, not both")
    base = PRESETS[preset]
    if "backprops" in given:
        base = replace(base, minutes=None)
    config = replace(base, **given)  # type: ignore[arg-type]  # each option has its field's type
    if "out" not in given:
        now = datetime.now().astimezone()
        name = f"{config.spec.name}-x{config.scale}-{now:%Y%m%d-%H%M%S}"
        config = replace(config, out=Path("runs") / name)
    return config


def _go_on(folder: Path) -> Iterator[TrainEvent]:
    from trainer.checkpoint import load_checkpoint
    from trainer.run_folder import RunFolder

    config, state = load_checkpoint(RunFolder(folder).checkpoint)
    return _start(replace(config, out=folder), state)


def _start(config: TrainConfig, state: TrainState | None = None) -> Iterator[TrainEvent]:
    from trainer.loop import Command, train

    with _interrupts() as interrupts:
        yield from train(config, lambda: Command.STOP if interrupts else Command.GO_ON, state)


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Collect the first Ctrl-C instead of raising; the second one raises."""
    received: list[int] = []

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        if received:
            signal.default_int_handler(number, frame)
        received.append(number)
        print("stopping; what was learnt is kept", file=sys.stderr)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)
