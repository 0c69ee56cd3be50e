"""Figures computed in the background: the visible crop first, then the whole image's SSIM."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn.metrics import SSIM_RADIUS, psnr_of, squared_error, ssim_sum
from srcnn_gui.viewer.render_service import threads_of
from srcnn_gui.viewer.whole_figures import Figures, SsimRequest

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

    from srcnn.geometry import Region
    from srcnn.types import BytePlane

log = logging.getLogger(__name__)

_STRIP_ROWS = 256


@dataclass(frozen=True, slots=True, eq=False)
class CropRequest:
    """Figures of a crop: a call with everything it needs, safe in any thread.

    ``truth`` and ``luma`` are whole planes; inside ``region`` they do not change any more.
    """

    key: str
    truth: BytePlane
    luma: BytePlane
    region: Region

    def __call__(self) -> Figures:
        """Compute PSNR and SSIM inside the region, strip by strip."""
        truth, luma = self.truth[self.region.slices], self.luma[self.region.slices]
        height = len(truth)
        squared = sum(
            squared_error(truth[top : top + _STRIP_ROWS], luma[top : top + _STRIP_ROWS])
            for top in range(0, height, _STRIP_ROWS)
        )
        total = 0.0
        for top in range(0, height - 2 * SSIM_RADIUS, _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS + 2 * SSIM_RADIUS)
            total += ssim_sum(truth[rows], luma[rows])
        windows = self.region.grown(-SSIM_RADIUS).size.pixels
        return Figures(
            psnr_db=psnr_of(squared, truth.size),
            ssim=total / windows if windows else float("nan"),
            part=1.0,
        )


class FigureService(QObject):
    """Computes figures; of the crops of one layer the newest wins.

    Nothing is begun while ``quiet`` is not set; whoever sets it calls ``pump``. ``next_ssim`` is
    asked for further work whenever no crop waits.
    """

    crop_measured = Signal(object, object)  # CropRequest, Figures
    ssim_summed = Signal(object, object)  # SsimRequest, tuple of sum and count
    failed = Signal(object)  # Exception; the other figures go on
    _completed = Signal(object, object)  # request, Future; emitted in the worker thread

    def __init__(
        self,
        next_ssim: Callable[[], SsimRequest | None],
        quiet: threading.Event,
        executor: Executor | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._next_ssim = next_ssim
        self._quiet = quiet
        self._executor = executor or threads_of("figures")
        self._crops: dict[str, CropRequest] = {}
        self._is_busy = False
        self._is_closed = False
        self._completed.connect(self._on_completed)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is computed."""
        return not self._is_busy

    def measure_crop(self, request: CropRequest) -> None:
        """Measure a crop, instead of an older one of the same layer that has not begun."""
        self._crops[request.key] = request
        self.pump()

    def shutdown(self) -> None:
        """Drop what has not begun and wait for the rest; nothing is emitted any more."""
        self._is_closed = True
        self._executor.shutdown(wait=True, cancel_futures=True)

    @Slot()
    def pump(self) -> None:
        """Begin the next computation if there is one and none is under way."""
        if self._is_busy or self._is_closed or not self._quiet.is_set():
            return
        request = self._next_crop() or self._next_ssim()
        if request is None:
            return
        self._is_busy = True
        future = self._executor.submit(request)
        future.add_done_callback(lambda done: self._completed.emit(request, done))

    def _next_crop(self) -> CropRequest | None:
        return self._crops.pop(next(iter(self._crops))) if self._crops else None

    @Slot(object, object)
    def _on_completed(
        self, request: CropRequest | SsimRequest, future: Future[Figures | tuple[float, int]]
    ) -> None:
        self._is_busy = False
        if self._is_closed or future.cancelled():
            return
        error = future.exception()
        if error is not None:
            log.error("figures failed", exc_info=error)
            self.failed.emit(error)
        elif isinstance(request, CropRequest):
            self.crop_measured.emit(request, future.result())
        else:
            self.ssim_summed.emit(request, future.result())
        self.pump()
