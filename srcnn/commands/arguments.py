"""Arguments of commands that several have, or that are many."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from srcnn.padding import Padding
from srcnn.resize import Border
from srcnn.save_options import Compression

DeviceOption: TypeAlias = Annotated[
    str, typer.Option("--device", help="Where networks run: auto, cpu, cuda, cuda:N or mps.")
]
BorderOption: TypeAlias = Annotated[
    Border, typer.Option("--border", help="What resizing sees outside the picture.")
]
PaddingOption: TypeAlias = Annotated[
    Padding,
    typer.Option("--padding", help="What networks see outside the picture; normalised: section 4."),
]
LimitOption: TypeAlias = Annotated[
    float, typer.Option("--max-megapixels", min=0, help="Larger pictures are refused.")
]
ThreadsOption: TypeAlias = Annotated[
    int | None, typer.Option("--threads", min=1, help="Tiles computed at a time; else one a core.")
]
FastOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--fast", help="Compute networks in 16 bits where the device can: at most 0.01 dB less."
    ),
]
ScaleOption: TypeAlias = Annotated[
    int, typer.Option("--scale", min=2, max=4, help="Enlargement factor.")
]
WeightsOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--weights", help="File or folder of weights for srcnn, not the bundled ones."),
]
DictionaryOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--dictionary", help="Dictionary for the classical methods, by srcnn-train."),
]
MethodsOption: TypeAlias = Annotated[
    str, typer.Option("--methods", help="Ids of methods, with commas between them.")
]
JsonOption: TypeAlias = Annotated[
    Path | None, typer.Option("--json", help="Write the figures, unrounded, to this file.")
]

OverwriteOption: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="Replace existing files.")
]
FactorOption: TypeAlias = Annotated[
    float | None,
    typer.Option("--factor", min=1, help="Any factor, by the nearest scale and bicubic."),
]
SizeOption: TypeAlias = Annotated[
    str | None, typer.Option("--size", help="Exact size of the result in pixels, as 5000x3333.")
]
LongestOption: TypeAlias = Annotated[
    int | None,
    typer.Option("--longest", min=1, help="Pixels of the result's longer side."),
]
QualityOption: TypeAlias = Annotated[
    int, typer.Option("--quality", min=1, max=100, help="Of JPEG, WebP and AVIF.")
]
LosslessOption: TypeAlias = Annotated[bool, typer.Option("--lossless", help="WebP without loss.")]
ChromaOption: TypeAlias = Annotated[
    bool,
    typer.Option("--full-chroma/--half-chroma", help="All colour in JPEG and AVIF, or 4:2:0."),
]
CompressionOption: TypeAlias = Annotated[
    Compression, typer.Option("--compression", help="How hard PNG and TIFF are packed.")
]
StripOption: TypeAlias = Annotated[
    bool,
    typer.Option("--strip", help="Leave out EXIF, XMP, captions, resolution and how it was made."),
]
ForecastOption: TypeAlias = Annotated[
    bool,
    typer.Option("--forecast", help="Only say what time, memory and room it will take."),
]
