"""Figures are computed beside the window: crops first, the newest of each layer."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest

from srcnn.geometry import Region
from srcnn.metrics import psnr, ssim
from srcnn_gui.viewer.figure_service import CropRequest, FigureService

WAIT_MS = 5000


def crop(key, region, seed=0, shape=(700, 60)):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 256, shape, dtype=np.uint8)
    luma = np.clip(truth + rng.integers(-9, 10, shape), 0, 255).astype(np.uint8)
    return CropRequest(key, truth, luma, region)


@pytest.mark.parametrize(
    "region",
    [
        Region(0, 0, 60, 700),
        Region(3, 100, 58, 612),
        Region(5, 5, 16, 16),
        Region(0, 0, 11, 267),
        Region(0, 0, 60, 266),
        Region(0, 10, 60, 277),
    ],
)
def test_figures_of_a_crop_are_those_of_the_metrics(region):
    request = crop("key", region)
    figures = request()
    truth, luma = request.truth[region.slices], request.luma[region.slices]
    assert figures.psnr_db == pytest.approx(psnr(truth, luma, shave=0), abs=1e-9)
    assert figures.ssim == pytest.approx(ssim(truth, luma, shave=0), abs=1e-9)
    assert figures.part == 1


@pytest.mark.parametrize("region", [Region(0, 0, 10, 60), Region(0, 0, 60, 10), Region(4, 4, 5, 5)])
def test_a_crop_without_room_for_a_window_has_no_ssim(region):
    figures = crop("key", region)()
    assert math.isfinite(figures.psnr_db)
    assert math.isnan(figures.ssim)


class Sums:
    """SSIM requests that are asked for one by one."""

    def __init__(self, count):
        self.left = count

    def __call__(self):
        if self.left == 0:
            return None
        self.left -= 1
        return lambda: (float(self.left), 1)


def is_set():
    quiet = threading.Event()
    quiet.set()
    return quiet


@pytest.fixture
def executor(held):
    return held()


@pytest.fixture
def service(qapp, executor):
    """Return a function that makes a service with some SSIM sums to compute."""

    def make(sums=0, quiet=None):
        service = FigureService(Sums(sums), quiet or is_set(), executor)
        service.heard = []
        service.crop_measured.connect(lambda request, _: service.heard.append(request.key))
        service.ssim_summed.connect(lambda _, result: service.heard.append(result[0]))
        return service

    return make


REGION = Region(0, 0, 30, 30)


def test_a_crop_is_measured(service, executor):
    service = service()
    measured = []
    service.crop_measured.connect(lambda request, figures: measured.append((request, figures)))
    request = crop("one", REGION)
    service.measure_crop(request)
    assert not service.is_idle
    executor.run()
    assert measured == [(request, request())]
    assert service.is_idle


def test_of_the_crops_of_a_layer_the_newest_wins(service, executor):
    service = service()
    requests = [crop("one", Region(0, 0, 12 + k, 12 + k)) for k in range(5)]
    measured = []
    service.crop_measured.connect(lambda request, figures: measured.append(request))
    for request in requests:
        service.measure_crop(request)
    service.measure_crop(crop("two", REGION))
    executor.run()
    assert measured[:2] == [requests[0], requests[4]]  # the first had begun
    assert [request.key for request in measured] == ["one", "one", "two"]


def test_crops_come_before_sums(service, executor):
    service = service(3)
    service.pump()
    service.measure_crop(crop("one", REGION))
    service.measure_crop(crop("two", REGION))
    executor.run()
    assert service.heard == [2.0, "one", "two", 1.0, 0.0]
    assert service.is_idle


def test_nothing_is_begun_while_tiles_in_sight_are_computed(service, executor):
    quiet = threading.Event()
    service = service(1, quiet)
    service.measure_crop(crop("one", REGION))
    service.pump()
    assert not executor.waiting
    quiet.set()
    service.pump()
    executor.run()
    assert service.heard == ["one", 0.0]


def test_one_computation_at_a_time(service, executor):
    service = service(3)
    for _ in range(3):
        service.pump()
    assert len(executor.waiting) == 1


def test_after_shutdown_nothing_is_emitted_or_begun(service, executor):
    service = service(3)
    service.pump()
    service.shutdown()
    service.pump()
    service.measure_crop(crop("one", REGION))
    assert not executor.waiting
    assert service.heard == []


@pytest.mark.usefixtures("no_threads_left")
def test_it_computes_in_one_thread_of_its_own(qtbot):
    threads = []

    class Noting:
        def __call__(self):
            threads.append(threading.current_thread().name)
            return 1.0, 1

    requests = [Noting(), Noting()]
    service = FigureService(lambda: requests.pop() if requests else None, is_set())
    heard = []
    service.ssim_summed.connect(lambda: heard.append(threading.current_thread()))
    service.pump()
    qtbot.waitUntil(lambda: service.is_idle and len(heard) == 2, timeout=WAIT_MS)
    assert all(name.startswith("figures") for name in threads)
    assert set(heard) == {threading.main_thread()}
    service.shutdown()


def test_a_figure_that_fails_does_not_stop_the_others(service, executor, caplog):
    service = service(1)
    failed = []
    service.failed.connect(failed.append)
    service.measure_crop(CropRequest("broken", np.zeros((30, 30), np.uint8), None, REGION))
    service.measure_crop(crop("one", REGION))
    executor.run()
    assert service.heard == ["one", 0.0]
    assert service.is_idle
    assert [type(error) for error in failed] == [TypeError]
    assert "Traceback" in caplog.text
