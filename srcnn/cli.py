"""The command line: how commands are called; ``srcnn.commands`` does what they say."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from srcnn import __version__
from srcnn.batch.work import Enlarging
from srcnn.benchmark import Choice
from srcnn.commands import benchmark as benchmark_command
from srcnn.commands import compare as compare_command
from srcnn.commands import forecast as forecast_command
from srcnn.commands import measure as measure_command
from srcnn.commands import passport as passport_command
from srcnn.commands import upscale as upscale_command
from srcnn.commands import weights as weights_command
from srcnn.commands.arguments import (
    BorderOption,
    ChromaOption,
    CompressionOption,
    DeviceOption,
    DictionaryOption,
    FactorOption,
    FastOption,
    ForecastOption,
    JsonOption,
    LimitOption,
    LongestOption,
    LosslessOption,
    MethodsOption,
    OverwriteOption,
    PaddingOption,
    QualityOption,
    ScaleOption,
    SizeOption,
    StripOption,
    ThreadsOption,
    WeightsOption,
)
from srcnn.commands.engine import find_by_border, find_methods
from srcnn.commands.options import (
    Common,
    check_figure,
    check_scale_unused,
    parse_crop,
    parse_methods,
    parse_scales,
    parse_shard,
    parse_target,
)
from srcnn.commands.terminal import note, show_error
from srcnn.crash_report import unexpected_reported
from srcnn.errors import SrcnnError
from srcnn.padding import Padding
from srcnn.picture import DEFAULT_MAX_MEGAPIXELS
from srcnn.resize import Border
from srcnn.save_options import Compression, SaveOptions

app = typer.Typer(
    help="Enlarge pictures by SRCNN and other methods, and measure how well that went.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_BASELINE = "bicubic"


@app.command()
def upscale(
    context: typer.Context,
    inputs: Annotated[list[Path], typer.Argument(help="Pictures, or folders of pictures.")],
    output: Annotated[
        Path, typer.Option(help="File to write; a folder for several inputs or a folder.")
    ],
    scale: ScaleOption = 3,
    factor: FactorOption = None,
    size: SizeOption = None,
    longest: LongestOption = None,
    method: Annotated[str, typer.Option(help="Id of the method.")] = "srcnn",
    weights: WeightsOption = None,
    dictionary: DictionaryOption = None,
    quality: QualityOption = 95,
    lossless: LosslessOption = False,
    full_chroma: ChromaOption = True,
    compression: CompressionOption = Compression.NORMAL,
    strip: StripOption = False,
    name: Annotated[
        str | None,
        typer.Option(help="Pattern for names in a folder, as {stem}_x{scale}{suffix}."),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="Format of all results in a folder, as png.")
    ] = None,
    recursive: Annotated[
        bool, typer.Option("--recursive/--flat", help="Whether to look into folders below.")
    ] = True,
    shard: Annotated[str, typer.Option(help="i/n: only every n-th picture from the i-th.")] = "1/1",
    overwrite: OverwriteOption = False,
    skip_existing: Annotated[
        bool, typer.Option("--skip-existing", help="Pass over pictures whose result exists.")
    ] = False,
    claim: Annotated[
        bool,
        typer.Option(
            "--claim", help="Share the work with other programs that do the same; skip what exists."
        ),
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Append a line for every picture to this CSV file.")
    ] = None,
    forecast: ForecastOption = False,
    device: DeviceOption = "auto",
    border: BorderOption = Border.CLAMP,
    max_megapixels: LimitOption = DEFAULT_MAX_MEGAPIXELS,
    threads: ThreadsOption = None,
    fast: FastOption = False,
    padding: PaddingOption = Padding.REPLICATE,
) -> None:
    """Enlarge pictures and save them, with as much of them as the format can keep."""
    part = parse_shard(shard)
    is_named = name is not None or format_ is not None
    into_folder = upscale_command.is_folder(inputs, output, is_named=is_named)
    target = parse_target(factor, size, longest)
    check_scale_unused(context, target)
    naming = None
    if into_folder:
        naming = upscale_command.chosen_naming(name, format_, scale, method, target)
    existing = upscale_command.chosen_existing(overwrite=overwrite, skip=skip_existing, claim=claim)
    batch = upscale_command.Batch(naming, recursive, part, existing, claim, report)
    common = Common(device, border, max_megapixels, threads, fast, padding, dictionary)
    (found,) = find_methods([method], [scale] if target is None else [], common, weights)
    options = SaveOptions(quality, lossless, full_chroma, compression, strip)
    upscale_command.note_unused(context, inputs, output, batch)
    work = Enlarging(found, scale, border, max_megapixels, threads, options, target)
    if forecast:
        if report is not None:
            raise typer.BadParameter("it is of work that is done", param_hint="--report")
        raise typer.Exit(forecast_command.run(upscale_command.plan(inputs, output, batch), work))
    raise typer.Exit(upscale_command.run(inputs, output, batch, work))


@app.command()
def compare(
    image: Annotated[Path, typer.Argument(help="The ground truth.")],
    scale: ScaleOption = 3,
    methods: MethodsOption = "bicubic,srcnn",
    weights: WeightsOption = None,
    dictionary: DictionaryOption = None,
    json: JsonOption = None,
    save: Annotated[
        Path | None, typer.Option(help="Save the truth and every result into this folder.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="Write crops with captions to this .png or .pdf file.")
    ] = None,
    crop: Annotated[
        list[str] | None,
        typer.Option(help="x,y,w,h of a crop for the figure; again for more. Else it is chosen."),
    ] = None,
    overwrite: OverwriteOption = False,
    device: DeviceOption = "auto",
    border: BorderOption = Border.CLAMP,
    max_megapixels: LimitOption = DEFAULT_MAX_MEGAPIXELS,
    threads: ThreadsOption = None,
    fast: FastOption = False,
    padding: PaddingOption = Padding.REPLICATE,
) -> None:
    """Shrink a picture, enlarge it again by every method, and measure what is lost."""
    check_figure(figure)
    if crop and figure is None:
        raise typer.BadParameter("crops are for a --figure", param_hint="--crop")
    crops = [parse_crop(text) for text in crop or ()]
    common = Common(device, border, max_megapixels, threads, fast, padding, dictionary)
    wanted = [_BASELINE, *parse_methods(methods)]
    baseline, *found = find_methods(wanted, [scale], common, weights)
    outputs = compare_command.Outputs(json, save, figure, crops, overwrite)
    compare_command.run(image, scale, found, baseline, common, outputs)


@app.command()
def measure(
    images: Annotated[list[Path], typer.Argument(help="Saved results.")],
    truth: Annotated[Path, typer.Option(help="The ground truth.")],
    json: JsonOption = None,
    overwrite: OverwriteOption = False,
    shave: Annotated[
        int | None,
        typer.Option(min=0, help="Pixels left out on each side; else the scale in the file, or 0."),
    ] = None,
    max_megapixels: LimitOption = DEFAULT_MAX_MEGAPIXELS,
) -> None:
    """Measure saved results against the ground truth."""
    code = measure_command.run(images, truth, shave, max_megapixels, json, overwrite=overwrite)
    raise typer.Exit(code)


@app.command()
def benchmark(
    folder: Annotated[Path, typer.Argument(help="Ground truths; folders in it are searched too.")],
    scales: Annotated[str, typer.Option(help="Enlargement factors.")] = "2,3,4",
    methods: MethodsOption = "bicubic,srcnn",
    weights: WeightsOption = None,
    dictionary: DictionaryOption = None,
    json: JsonOption = None,
    markdown: Annotated[Path | None, typer.Option(help="Write tables in Markdown.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the rows, unrounded, as CSV.")] = None,
    latex: Annotated[Path | None, typer.Option(help="Write tables for LaTeX.")] = None,
    overwrite: OverwriteOption = False,
    device: DeviceOption = "auto",
    border: BorderOption = Border.CLAMP,
    max_megapixels: LimitOption = DEFAULT_MAX_MEGAPIXELS,
    threads: ThreadsOption = None,
    fast: FastOption = False,
    padding: PaddingOption = Padding.REPLICATE,
) -> None:
    """Measure methods at several scales on every picture of a folder."""
    factors = parse_scales(scales)
    common = Common(device, border, max_megapixels, threads, fast, padding, dictionary)
    found = find_methods(parse_methods(methods), factors, common, weights)
    choice = Choice(found, factors, border, threads, padding)
    files = {"json": json, "markdown": markdown, "csv": csv, "latex": latex}
    raise typer.Exit(benchmark_command.run(folder, choice, common, files, overwrite=overwrite))


@app.command()
def passport(
    folder: Annotated[Path, typer.Argument(help="Ground truths; folders in it are searched too.")],
    scale: ScaleOption = 3,
    methods: MethodsOption = "bicubic,srcnn",
    weights: WeightsOption = None,
    dictionary: DictionaryOption = None,
    device: DeviceOption = "auto",
    max_megapixels: LimitOption = DEFAULT_MAX_MEGAPIXELS,
    fast: FastOption = False,
    padding: PaddingOption = Padding.REPLICATE,
) -> None:
    """Show how far the averages of a folder move when they are measured by other protocols."""
    common = Common(device, Border.CLAMP, max_megapixels, None, fast, padding, dictionary)
    found = find_by_border(parse_methods(methods), scale, common, weights)
    raise typer.Exit(passport_command.run(folder, scale, found, max_megapixels, padding))


@app.command()
def info(
    weights: Annotated[Path, typer.Argument(help="File of weights.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    figure: Annotated[
        Path | None, typer.Option(help="Draw the first layer's filters (.png or .pdf).")
    ] = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Say what is known of a file of weights."""
    check_figure(figure)
    weights_command.show_info(weights, as_json=json, figure=figure, overwrite=overwrite)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="Weights to read.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUTPUT", help="File to write: .safetensors or .onnx.")
    ],
    overwrite: OverwriteOption = False,
) -> None:
    """Convert weights of this or another program."""
    if target.suffix.lower() not in weights_command.TARGET_SUFFIXES:
        raise typer.BadParameter(
            f"{target.name!r} does not end in .safetensors or .onnx", param_hint="OUTPUT"
        )
    weights_command.convert(source, target, overwrite=overwrite)


@app.callback(invoke_without_command=True)
def _start(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit: 0 done, 1 the world is wrong, 2 wrong usage, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test's stream may lack it
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        with unexpected_reported("srcnn"):
            app(args, prog_name="srcnn")
    except SrcnnError as error:
        show_error(error)
    except MemoryError:
        note("error: There is not enough memory for this\nhint: Close other programs.")
    sys.exit(1)
