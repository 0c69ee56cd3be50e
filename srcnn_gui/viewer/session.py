"""What is open, what each pane shows of it, and what has been computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn.errors import DeviceTooSmall, SrcnnError
from srcnn.workers import usable_cores
from srcnn_gui.viewer.choice import DifferenceChoice, Look, PaneChoice, PaneView
from srcnn_gui.viewer.chosen_layer import chosen_layer, continue_view
from srcnn_gui.viewer.figure_service import CropRequest, FigureService
from srcnn_gui.viewer.layer import Difference, DifferenceLayer, Layer, MethodLayer
from srcnn_gui.viewer.layer_state import LayerState
from srcnn_gui.viewer.plan import in_sight, unseen
from srcnn_gui.viewer.render_service import RenderService
from srcnn_gui.viewer.scene import TRUTH, Scene
from srcnn_gui.viewer.tile_cache import TileCache

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from srcnn_gui.viewer.layer import Drawn
    from srcnn_gui.viewer.method_library import MethodLibrary
    from srcnn_gui.viewer.overview import Preview
    from srcnn_gui.viewer.whole_figures import Figures, SsimRequest

MAX_PANES = 4
BASELINE = "bicubic"
"""The method that gains are measured against."""

_KEPT_STATES = 8
"""Layers that are remembered, shown or not, so that going back to one is immediate."""


class Session(QObject):
    """The open scene and the layers of its panes; all changes happen in the GUI thread."""

    scene_changed = Signal()
    views_changed = Signal()  # panes show other layers, or there is another number of them
    tiles_arrived = Signal(object, object)  # LayerState, and the regions that are new; none: all
    figures_changed = Signal()
    failed = Signal(object)  # Exception
    stepped_down = Signal(str)  # in a sentence, that a device's memory did not suffice

    def __init__(
        self,
        library: MethodLibrary,
        *,
        tile_executor: Executor | None = None,
        figure_executor: Executor | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.library = library
        self.cache = TileCache()
        self._computes_whole = True
        self._scene: Scene | None = None
        self._preview: Preview | None = None
        self._difference = DifferenceChoice()
        self._views: tuple[PaneView, ...] = ()
        self._states: dict[str, LayerState] = {}
        self._torch_problem: SrcnnError | None = None
        self._looks: tuple[Look, ...] = ()
        at_once = usable_cores() if tile_executor is None else 1
        self._renders = RenderService(tile_executor, at_once, self)
        self._renders.drawn.connect(self._on_drawn)
        self._renders.failed.connect(self._on_failed)
        self.figure_service = FigureService(
            self._next_ssim, self._renders.quiet, figure_executor, self
        )
        self.figure_service.crop_measured.connect(self._on_crop_measured)
        self.figure_service.ssim_summed.connect(self._on_ssim_summed)
        self.figure_service.failed.connect(self.failed)
        self._renders.quietened.connect(self.figure_service.pump)

    @property
    def scene(self) -> Scene | None:
        """The open scene, if any."""
        return self._scene

    @property
    def preview(self) -> Preview | None:
        """The low-resolution input of the open scene."""
        return self._preview

    @property
    def views(self) -> tuple[PaneView, ...]:
        """What the panes show, from left to right."""
        return self._views

    @property
    def panes(self) -> tuple[PaneChoice, ...]:
        """What was chosen for the panes, from left to right."""
        return tuple(view.choice for view in self._views)

    @property
    def difference(self) -> DifferenceChoice:
        """Whether panes show errors."""
        return self._difference

    @property
    def is_finished(self) -> bool:
        """Whether everything wanted is computed and measured."""
        return self._renders.is_idle and self.figure_service.is_idle

    @property
    def quiet(self) -> threading.Event:
        """Set while no tile in sight is being computed."""
        return self._renders.quiet

    @property
    def torch_is_ready(self) -> bool:
        """Whether PyTorch is imported."""
        return self._renders.torch_is_ready

    @property
    def torch_problem(self) -> SrcnnError | None:
        """Why PyTorch cannot be used, if so."""
        return self._torch_problem

    @property
    def baseline(self) -> LayerState | None:
        """The state of bicubic, if a pane shows it."""
        states = (view.result for view in self._views if view.choice.method == BASELINE)
        return next(states, None)

    def open_scene(self, scene: Scene, preview: Preview) -> None:
        """Show another scene; what was computed of the old one is dropped."""
        self._scene, self._preview = scene, preview
        self._states.clear()
        self._views = tuple(PaneView(choice) for choice in self.panes)
        self._looks = ()
        self.cache.clear()
        self.scene_changed.emit()
        self.rebuild()

    def set_panes(self, panes: Sequence[PaneChoice]) -> None:
        """Choose what the panes show."""
        self._views = tuple(PaneView(choice) for choice in panes[:MAX_PANES])
        self.rebuild()

    def set_pane(self, position: int, choice: PaneChoice) -> None:
        """Choose what one pane shows."""
        panes = list(self.panes)
        panes[position] = choice
        self.set_panes(panes)

    def set_difference(self, choice: DifferenceChoice) -> None:
        """Show errors instead of results, or results again."""
        self._difference = choice
        self.rebuild()

    def set_computes_whole(self, whole: bool) -> None:
        """Compute what is not in sight too, for the figures of the whole image, or do not."""
        self._computes_whole = whole
        self._replan()

    def set_torch_ready(self) -> None:
        """Say that PyTorch is imported and the library knows all devices."""
        self._renders.set_torch_ready()
        self.rebuild()

    def set_torch_missing(self, problem: SrcnnError) -> None:
        """Say that PyTorch cannot be imported: panes that need it show why they are empty."""
        self._torch_problem = problem
        self.rebuild()

    def rebuild(self) -> None:
        """Find the layers of all panes anew: after any choice, and when methods come or go."""
        before = {view.choice: view for view in self._views}
        self._views = tuple(self._view(choice) for choice in self.panes)
        for view in self._views:
            continue_view(view, before[view.choice])
        shown = {id(state) for view in self._views for state in (view.result, view.shown)}
        for key, state in list(self._states.items()):
            is_difference = isinstance(state.layer, DifferenceLayer)
            is_kept = not (is_difference or state.layer.is_passing or state.error)
            if id(state) not in shown and (not is_kept or len(self._states) > _KEPT_STATES):
                del self._states[key]
        self._looks = ()
        self._replan()
        self.views_changed.emit()
        self.figures_changed.emit()

    def look_at(self, looks: Sequence[Look]) -> None:
        """Say what the canvases show: these tiles come first, then the rest of the image."""
        self._looks = tuple(looks)
        self._replan()
        self._measure_crops()

    def shutdown(self) -> None:
        """End the threads."""
        self._renders.shutdown()
        self.figure_service.shutdown()

    def _view(self, choice: PaneChoice) -> PaneView:
        if self._scene is None:
            return PaneView(choice)
        try:
            layer = chosen_layer(choice, self._scene, self.library, self._torch_problem)
        except SrcnnError as error:
            return PaneView(choice, problem=error)
        result = self._state(layer)
        truth, difference = self._scene.truth, self._difference
        if truth is None or difference.kind is Difference.OFF or choice.method == TRUTH:
            return PaneView(choice, result, result)
        known = result.luma_of_tile
        shown = DifferenceLayer(layer, truth, difference.kind, difference.amplification, known)
        return PaneView(choice, result, self._state(shown))

    def _state(self, layer: Layer) -> LayerState:
        if self._preview is None:
            raise RuntimeError("no scene is open")
        if layer.key not in self._states:
            self._states[layer.key] = LayerState(layer, self._preview)
        return self._states[layer.key]

    def _replan(self) -> None:
        """Tell the render service what is wanted now."""
        background = []
        if self._computes_whole and self._scene is not None and self._scene.truth is not None:
            background = unseen(self._views)
        self._renders.set_plan(in_sight(self._looks, self.cache), background)

    def _measure_crops(self) -> None:
        """Ask for the figures of what is in sight, where all of it is in."""
        scene = self._scene
        if scene is None or scene.truth is None:
            return
        inside = scene.size.region.grown(-scene.setup.scale)
        for view in self._views:
            look = next((look for look in self._looks if look.state is view.shown), None)
            if look is None or view.result is None or view.result.whole is None:
                continue
            state, whole = view.result, view.result.whole
            region = look.region.intersected(inside)
            if state.crop_region == region or region.is_empty or not whole.covers(look.region):
                continue
            state.crop_region = region
            key = state.layer.key
            self.figure_service.measure_crop(CropRequest(key, scene.truth.luma, whole.luma, region))

    def _next_ssim(self) -> SsimRequest | None:
        for state in self._states.values():
            if state.whole is not None:
                request = state.whole.take_ssim_request()
                if request is not None:
                    return request
        return None

    @Slot(object, object)
    def _on_drawn(self, layer: Layer, drawn: tuple[Drawn, ...]) -> None:
        state = self._states.get(layer.key)
        if state is None:  # of a scene that is closed
            return
        for tile in drawn:
            state.add(tile)
            self.cache.add(layer, tile)
        self.tiles_arrived.emit(state, tuple(tile.region for tile in drawn))
        self._measure_crops()
        self.figure_service.pump()
        self.figures_changed.emit()

    @Slot(object, object)
    def _on_failed(self, layer: Layer, error: Exception) -> None:
        """Note why a layer cannot be computed; the same result fails but once for the user."""
        base = layer.base if isinstance(layer, DifferenceLayer) else layer
        if isinstance(error, DeviceTooSmall) and isinstance(base, MethodLayer):
            effort = self.library.step_down(base.enlargement.method)
            if effort is not None:
                self.stepped_down.emit(f"{error}. Going on with {effort}.")
                self.rebuild()
                return
        found = [self._states.get(one.key) for one in (base, layer)]
        states = [state for state in found if state is not None]
        is_known = any(state.error is not None for state in states)
        for state in states:
            state.error = error
            self.tiles_arrived.emit(state, ())
        self.figures_changed.emit()
        if states and not is_known:
            self.failed.emit(error)

    @Slot(object, object)
    def _on_crop_measured(self, request: CropRequest, figures: Figures) -> None:
        state = self._states.get(request.key)
        if state is not None and state.whole is not None and state.whole.luma is request.luma:
            state.crop = figures
            self.figures_changed.emit()

    @Slot(object, object)
    def _on_ssim_summed(self, request: SsimRequest, result: tuple[float, int]) -> None:
        request.figures.add_ssim(*result)
        self.figures_changed.emit()
