"""What is free is read from the kernel; what saving takes agrees with what it took."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from srcnn import memory
from srcnn.formats import AVIF, JPEG, PNG, TIFF, WEBP
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.memory import free_memory, memory_needed
from srcnn.picture import Picture
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import DEFAULT_OPTIONS, SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's tables are Linux's")
MEMINFO = "MemTotal:  2000 kB\nMemFree:  100 kB\nMemAvailable:   1000 kB\n"


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Return a folder in the place of the control groups; 1000 kB are available."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(MEMINFO)
    monkeypatch.setattr(memory, "_MEMINFO", meminfo)
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path)
    return tmp_path


@LINUX
def test_this_machine_has_some():
    free = free_memory()
    assert free is not None
    assert 1e6 < free < 1e15


@LINUX
def test_what_the_kernel_calls_available_is_free(kernel):
    assert free_memory() == 1000 * 1024


@LINUX
@pytest.mark.parametrize(
    ("names", "cache"),
    [
        (("memory.max", "memory.current", "memory.stat"), "inactive_file"),
        (
            (
                "memory/memory.limit_in_bytes",
                "memory/memory.usage_in_bytes",
                "memory/memory.stat",
            ),
            "total_inactive_file",
        ),
    ],
)
def test_a_container_may_leave_less(kernel, names, cache):
    for name, text in zip(names, ("500000", "300000", f"anon 1\n{cache} 50000\n"), strict=True):
        path = kernel / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert free_memory() == 250_000
    (kernel / names[0]).write_text("max")
    assert free_memory() == 1000 * 1024


@LINUX
@pytest.mark.parametrize("text", ["", "MemAvailable: much kB\n", None])
def test_a_kernel_that_does_not_tell(kernel, text):
    if text is None:
        (kernel / "meminfo").unlink()
    else:
        (kernel / "meminfo").write_text(text)
    assert free_memory() is None


def test_elsewhere_it_is_not_known(monkeypatch):
    monkeypatch.setattr(memory, "sys", SimpleNamespace(platform="darwin"))
    assert free_memory() is None


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
