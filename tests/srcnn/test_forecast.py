"""What saving will take is known before: from a few tiles, and a sample that is encoded."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace

import numpy as np
import pytest

from srcnn import forecast as forecast_module
from srcnn.errors import Cancelled, DeviceTooSmall
from srcnn.forecast import Forecast, calibrate, forecast, memory_warnings, warnings
from srcnn.formats import FORMATS, JPEG, PNG, TIFF, WEBP
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.method import ALL_SCALES, Method
from srcnn.output import save_enlargement
from srcnn.picture import Picture
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import DEFAULT_OPTIONS, Compression, SaveOptions
from srcnn.source import PictureSource, degraded_source, make_truth
from srcnn.tiles import Enlargement


def waves(height: int, width: int, *, dtype: type = np.uint8, channels: int = 3) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    values = [0.5 + 0.4 * np.sin(x / (9 + k)) * np.cos(y / 13) for k in range(channels)]
    return (np.stack(values, axis=-1) * np.iinfo(dtype).max).astype(dtype)


def enlargement_of(picture: Picture, scale: int = 3) -> Enlargement:
    method = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)
    return Enlargement(PictureSource(picture), method, scale)


LARGE = enlargement_of(Picture(waves(400, 500)))


class Counted(Method):
    """Notes down which tiles are computed; each takes a moment, or fails the first time."""

    id = "counted"
    label = "Counted"
    scales = ALL_SCALES
    context = 0
    fingerprint = "counted"
    tile = 48

    def __init__(self, moment: float = 0.0, *, fails: bool = False) -> None:
        self.calls = 0
        self.fails = fails
        self._moment = moment
        self._lock = threading.Lock()

    def enlarge(self, planes, scale):
        with self._lock:
            self.calls += 1
        if self.fails:
            raise DeviceTooSmall("Too small")
        end = perf_counter() + self._moment
        while perf_counter() < end:
            pass
        return planes.repeat(scale, axis=1).repeat(scale, axis=2)

    def step_down(self):
        smaller = Counted(self._moment)
        smaller.tile = 24
        return smaller


def counted(method: Method, side: int = 200) -> Enlargement:
    return Enlargement(PictureSource(Picture(waves(side, side))), method, 2)


def test_a_small_picture_is_computed_once_and_no_longer():
    method = Counted()
    found = calibrate(counted(method, 60), seconds=100)
    assert method.calls == found.tiles == len(counted(method, 60).grid) == 9
    assert sorted(tile.index for tile in found.sample) == list(range(9))


def test_it_ends_in_time_and_looks_everywhere():
    method = Counted(0.002)
    enlargement = counted(method, 600)
    began = perf_counter()
    found = calibrate(enlargement, seconds=0.1, threads=2)
    assert perf_counter() - began < 2
    assert method.calls < found.tiles == 625
    rows = {tile.index // 25 for tile in found.sample}
    assert max(rows) - min(rows) > 12
    assert found.seconds_per_tile >= 0.0005


def test_of_slow_tiles_one_for_each_thread_is_enough():
    method = Counted(0.1)
    found = calibrate(counted(method), seconds=0.05, threads=1)
    assert method.calls == 2
    assert found.seconds_per_tile >= 0.1


def test_the_samples_are_bounded():
    found = calibrate(enlargement_of(Picture(waves(1200, 1200))), seconds=0.5)
    assert sum(tile.pixels.shape[0] * tile.pixels.shape[1] for tile in found.sample) <= 300_000


def test_a_device_that_is_too_small_is_given_less():
    method = Counted(fails=True)
    found = calibrate(counted(method, 60), seconds=0.2)
    assert method.calls == 1
    assert found.tiles == 25


def test_it_can_be_stopped():
    with pytest.raises(Cancelled):
        calibrate(LARGE, should_stop=lambda: True)


CONTENTS = {
    "rgb": Picture(waves(240, 300)),
    "grey": Picture(waves(240, 300, channels=1)[..., 0]),
    "rgba": Picture(waves(240, 300), alpha=waves(240, 300, channels=1)[..., 0]),
    "16 bits": Picture(waves(240, 300, dtype=np.uint16)),
}


@pytest.mark.parametrize("suffix", sorted(set(FORMATS) - {".tiff", ".jpeg"}))
@pytest.mark.parametrize(("content", "factor"), [(name, 1.0) for name in CONTENTS] + [("rgb", 0.7)])
def test_the_length_of_the_file_is_about_right(tmp_path, suffix, content, factor):
    enlargement = enlargement_of(CONTENTS[content], 2)
    size = None if factor == 1 else Size(int(600 * factor), int(480 * factor))
    options = SaveOptions(compression=Compression.FAST)
    path = tmp_path / f"a{suffix}"
    save_enlargement(enlargement, path, options=options, size=size)
    found = forecast(enlargement, calibrate(enlargement), FORMATS[suffix], options, size=size)
    assert found.size == (size or enlargement.size)
    assert found.file_bytes == pytest.approx(path.stat().st_size, rel=0.35, abs=8000)
    assert 0 < found.seconds < 60
    assert found.memory_bytes > 4 * found.size.pixels or content == "grey"


def test_choices_change_the_forecast():
    calibration = calibrate(LARGE)

    def length(kept, options):
        return forecast(LARGE, calibration, kept, options).file_bytes

    ends = (Compression.FAST, Compression.SMALL)
    low, high = (length(JPEG, SaveOptions(quality=quality)) for quality in (20, 95))
    assert low < high
    fast, small = (length(PNG, SaveOptions(compression=level)) for level in ends)
    assert fast > small
    assert length(WEBP, SaveOptions(lossless=True)) > length(WEBP, SaveOptions(quality=50))


def test_what_is_beside_the_pixels_is_counted_once():
    picture = replace(CONTENTS["rgb"], icc=b"i" * 1000, exif=b"e" * 20_000, xmp=b"x" * 300)
    calibration = calibrate(LARGE)
    plain = forecast(LARGE, calibration, TIFF, DEFAULT_OPTIONS)
    whole = forecast(LARGE, calibration, TIFF, DEFAULT_OPTIONS, metadata=picture)
    stripped = forecast(LARGE, calibration, TIFF, SaveOptions(strip=True), metadata=picture)
    assert whole.file_bytes - plain.file_bytes == 21_300
    assert stripped.file_bytes - plain.file_bytes == 1000


def test_a_reduced_picture_is_forecast_too():
    truth = make_truth(CONTENTS["rgb"], 2)
    source = degraded_source(truth, 2)
    enlargement = replace(LARGE, source=source, scale=2)
    found = forecast(enlargement, calibrate(enlargement), PNG, DEFAULT_OPTIONS, size=Size(300, 240))
    assert found.size == Size(300, 240)


def test_time_grows_with_the_tiles():
    calibration = replace(calibrate(LARGE), seconds_per_tile=1.0)
    found = forecast(LARGE, calibration, PNG, SaveOptions(compression=Compression.FAST))
    assert calibration.tiles <= found.seconds < calibration.tiles + 10


def test_the_trial_can_be_stopped():
    with pytest.raises(Cancelled):
        forecast(LARGE, calibrate(LARGE), PNG, DEFAULT_OPTIONS, should_stop=lambda: True)


def test_more_threads_need_more_memory():
    found = calibrate(LARGE, seconds=0)
    few, many = (
        forecast(LARGE, found, PNG, DEFAULT_OPTIONS, threads=threads).memory_bytes
        for threads in (1, 64)
    )
    assert few < many


NEEDS = Forecast(10, 9_100_000_000, 9_200_000_000, Size(30000, 30000))


def test_what_does_not_fit_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(forecast_module, "free_memory", lambda: 4_000_000_000)
    usage = SimpleNamespace(free=500_000_000)
    asked: list[Path] = []
    monkeypatch.setattr(
        forecast_module.shutil, "disk_usage", lambda path: asked.append(path) or usage
    )
    assert warnings(NEEDS, tmp_path / "gone" / "a.png") == [
        "This needs about 9.1 GB of memory; 4.0 GB are free.",
        "This needs about 9.2 GB on the disk; 500 MB are free there.",
    ]
    assert asked == [tmp_path]
    assert warnings(replace(NEEDS, memory_bytes=10**9, file_bytes=10**6), tmp_path / "a.png") == []


def test_a_drive_that_does_not_answer_is_no_warning(tmp_path, monkeypatch):
    def fail(_path):
        raise OSError(5, "I/O error")

    monkeypatch.setattr(forecast_module.shutil, "disk_usage", fail)
    assert warnings(replace(NEEDS, memory_bytes=0), tmp_path / "a.png") == []


def test_where_free_memory_is_not_known_nothing_is_said(monkeypatch):
    monkeypatch.setattr(forecast_module, "free_memory", lambda: None)
    assert memory_warnings(10**18) == []
