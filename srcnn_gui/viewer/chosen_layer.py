"""From what was chosen for a pane to what it draws. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.errors import PictureError, SrcnnError
from srcnn.tiles import Enlargement
from srcnn_gui.viewer.layer import Layer, MethodLayer, TruthLayer
from srcnn_gui.viewer.method_library import IN_TRAINING
from srcnn_gui.viewer.scene import TRUTH

if TYPE_CHECKING:
    from srcnn_gui.viewer.choice import PaneChoice, PaneView
    from srcnn_gui.viewer.method_library import MethodLibrary
    from srcnn_gui.viewer.scene import Scene


def chosen_layer(
    choice: PaneChoice, scene: Scene, library: MethodLibrary, torch_problem: SrcnnError | None
) -> Layer:
    """Return the layer of a choice.

    Parameters
    ----------
    choice : PaneChoice
        What was chosen.
    scene : Scene
        The open picture.
    library : MethodLibrary
        The methods there are.
    torch_problem : SrcnnError or None
        Why PyTorch cannot be used, if so.

    Raises
    ------
    SrcnnError
        If there is no such layer; the sentence stands in the pane.
    """
    if choice.method == TRUTH:
        if scene.truth is None:
            raise PictureError(
                "There is no reference to show", hint="Attach one, or choose a method."
            )
        return TruthLayer(scene.truth, scene.truth_key, scene.colours.truth)
    setup = scene.setup
    registry = library.registry(choice.device, setup.border)
    method = registry.find(choice.method, setup.scale)
    if method.needs_torch and torch_problem is not None:
        raise torch_problem.with_traceback(None)  # raised before, perhaps
    enlargement = Enlargement(scene.source, method, setup.scale, setup.border)
    layer = MethodLayer(
        enlargement, scene.truth, scene.truth_key, scene.protocol, scene.colours.picture
    )
    layer.is_passing = choice.method == IN_TRAINING
    return layer


def continue_view(view: PaneView, before: PaneView) -> None:
    """Let the newest result of a run in progress stand on the last one, so nothing flickers."""
    if view.shown is None or before.shown is None or view.result is before.result:
        return
    is_passing = before.result is not None and before.result.layer.is_passing
    if is_passing and type(view.shown.layer) is type(before.shown.layer):
        view.shown.continue_from(before.shown)
