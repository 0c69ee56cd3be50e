"""Files as other libraries and programs read them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

EXIFTOOL = shutil.which("exiftool")
MAGICK = next(filter(None, map(shutil.which, ("magick", "convert-im6"))), None)


def exiftool(folder: Path) -> dict[str, dict[str, object]]:
    """Return what exiftool says of every file of a folder, by name."""
    assert EXIFTOOL is not None
    command = [EXIFTOOL, "-json", "-n", "-G1", "-struct", str(folder)]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    return {Path(found["SourceFile"]).name: found for found in json.loads(printed)}


def magick_pixels(path: Path) -> np.ndarray:
    """Return the pixels as ImageMagick reads them: (H, W, 4) of 16 bits."""
    assert MAGICK is not None
    size = subprocess.run(
        [MAGICK, str(path), "-format", "%w %h", "info:"], check=True, capture_output=True
    ).stdout
    width, height = map(int, size.split())
    options = ["-depth", "16", "-endian", "LSB"]
    raw = subprocess.run(
        [MAGICK, str(path), *options, "rgba:-"], check=True, capture_output=True
    ).stdout
    return np.frombuffer(raw, "<u2").reshape(height, width, 4)


def pixels_in(path: Path) -> np.ndarray:
    """Return (H, W, channels) as libpng, tifffile and Pillow see them."""
    if path.suffix == ".png":
        pixels = imagecodecs.png_decode(path.read_bytes())
    elif path.suffix == ".tif":
        pixels = tifffile.imread(path)
    else:
        with Image.open(path) as image:
            pixels = np.asarray(image)
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels


def belongings_in(path: Path) -> dict[str, Any]:
    """Return profile, XMP, EXIF and resolution as tifffile and Pillow see them."""
    if path.suffix == ".tif":
        with tifffile.TiffFile(path) as tiff:
            tags = {tag.code: tag.value for tag in tiff.pages.first.tags}
            dpi = tuple(across / down for across, down in (tags[282], tags[283]))
            details = tags.get(0x8769, {})
        return {
            "icc": tags.get(34675),
            "xmp": tags.get(700),
            "exif": tags,
            "taken": details.get("DateTimeOriginal"),
            "dpi": dpi if tags[296] == 2 else None,
        }
    with Image.open(path) as image:
        image.load()
        exif, info = image.getexif(), image.info
        xmp = info.get("xmp")
        return {
            "icc": info.get("icc_profile"),
            "xmp": xmp.encode() if isinstance(xmp, str) else xmp,
            "exif": exif,
            "taken": exif.get_ifd(0x8769).get(0x9003),
            "dpi": info.get("dpi"),
        }


def check_with_magick(path: Path) -> None:
    """See that ImageMagick reads the same pixels as the libraries."""
    ours = pixels_in(path)
    colours = ours.shape[2] - (ours.shape[2] in (2, 4))
    top = 2 ** (8 * ours.itemsize) - 1
    scaled = ours.astype(np.uint16) * np.uint16(65535 // top)
    seen = magick_pixels(path)
    same = np.broadcast_to(scaled[..., :colours], (*scaled.shape[:2], 3))
    opacity = scaled[..., -1] if ours.shape[2] > colours else np.uint16(65535)
    off = np.abs(seen[..., :3].astype(int) - same)
    if path.suffix in (".jpg", ".avif"):  # decoders differ a little
        assert off.mean() < 3 * 257
    else:
        assert off.max() == 0
    if path.suffix != ".avif":  # of which version 6 reads no opacity
        assert (seen[..., 3] == opacity).all()
