"""What saving is said to take agrees with what it took."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from srcnn.formats import AVIF, JPEG, PNG, TIFF, WEBP
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.memory import memory_needed
from srcnn.picture import Picture
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import DEFAULT_OPTIONS, SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's tables are Linux's")


def enlargement_of(picture: Picture, scale: int = 4) -> Enlargement:
    method = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)
    return Enlargement(PictureSource(picture), method, scale)


def needed(kept, *, grey=False, dtype=np.uint8, size=None, options=DEFAULT_OPTIONS) -> float:
    """Return the bytes for each pixel of a large result, without the tiles."""
    shape = (1000, 1000) if grey else (1000, 1000, 3)
    enlargement = enlargement_of(Picture(np.zeros(shape, dtype)))
    return memory_needed(enlargement, kept, options, size=size, threads=1) / 16e6


def test_formats_depths_and_sizes_differ():
    assert needed(PNG, grey=True) < needed(PNG) < needed(PNG, dtype=np.uint16)
    assert needed(JPEG, dtype=np.uint16) < needed(TIFF, dtype=np.uint16)  # it keeps 8 bits
    assert needed(PNG) < needed(WEBP) < needed(WEBP, options=SaveOptions(lossless=True))
    assert needed(WEBP) < needed(AVIF)
    assert needed(PNG, size=Size(3000, 3000)) > needed(PNG)  # 16 bits in between


WORK = """
import sys
from pathlib import Path
import numpy as np
from srcnn.formats import format_of
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.memory import memory_needed
from srcnn.output import save_enlargement
from srcnn.picture import Picture
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import Compression, SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement

path, depth, side = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
y, x = np.mgrid[:750, :1000]
wave = np.stack([0.5 + 0.4 * np.sin(x / (9 + k)) * np.cos(y / 13) for k in range(3)], -1)
options = SaveOptions(compression=Compression.FAST)
method = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)

def figure(name):  # not getrusage: its peak is that of whoever started this process
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

def work(part):
    picture = Picture((wave[part] * np.iinfo(depth).max).astype(depth))
    return Enlargement(PictureSource(picture), method, 4)

small = work(np.s_[:60, :60])
save_enlargement(small, path, options=options, size=Size(250, 250), overwrite=True)
large = work(np.s_[:, :])
size = Size(side, side) if side else None
needed = memory_needed(large, format_of(path), options, size=size)
source = large.source.picture.pixels.nbytes
before = figure("VmRSS") - source
save_enlargement(large, path, options=options, size=size, overwrite=True)
print(needed, figure("VmHWM") - before)
"""


@LINUX
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "depth", "side"),
    [("a.jpg", "uint8", 0), ("a.tif", "uint16", 0), ("a.jpg", "uint8", 3000)],
)
def test_a_picture_of_12_megapixels_takes_what_was_said(tmp_path, name, depth, side):
    command = [sys.executable, "-c", WORK, str(tmp_path / name), depth, str(side)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said, took = map(int, done.stdout.split())
    assert abs(said - took) < max(0.35 * took, 60e6), (said, took)
    assert Path(tmp_path / name).exists()
