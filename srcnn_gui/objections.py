"""Why commands cannot be given in the present state of the window. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.session import MAX_PANES

if TYPE_CHECKING:
    from srcnn_gui.viewer.scene import Scene

_NEED_A_PICTURE = (
    *("save_result", "save_view", "copy_view", "copy_figures", "flip", "feature_maps"),
    *("zoom_in", "zoom_out", "zoom_fit", "zoom_100", "zoom_200", "zoom_400", "zoom_800"),
    *("pan_left", "pan_right", "pan_up", "pan_down"),
)
_NEED_A_TRUTH = ("difference_absolute", "difference_signed", "amplify_more", "amplify_less")
_REDUCE = ("degradation_bicubic", "degradation_gaussian")

NO_PICTURE = "Open a picture first"
_NO_TRUTH = "There is no truth to compare with: attach a reference, or choose Compare"
_NOT_REDUCED = "Only in Compare: in Upscale the picture is not reduced"
_IS_THE_TRUTH = "Only in Upscale: in Compare the picture itself is the reference"
_NO_ROOM = f"There are {MAX_PANES} panes already: remove one first"
_LAST_PANE = "The last pane stays"
_NOT_TWO = "A split needs two panes: add one first"


def objections(mode: Mode, scene: Scene | None, panes: int) -> dict[str, str]:
    """Return by the ids of commands why they cannot be given.

    Parameters
    ----------
    mode : Mode
        What was chosen.
    scene : Scene or None
        What is open.
    panes : int
        How many there are.

    Returns
    -------
    dict of str to str
        A sentence without a full stop; empty for commands that can be given.
    """
    is_open = scene is not None
    has_truth = scene is None or scene.truth is not None
    is_upscaled = scene is not None and scene.setup.mode is Mode.UPSCALE
    return {
        "add_pane": "" if panes < MAX_PANES else _NO_ROOM,
        "remove_pane": "" if panes > 1 else _LAST_PANE,
        "view_split": "" if panes > 1 else _NOT_TWO,
        "attach_reference": "" if is_upscaled else _IS_THE_TRUTH if is_open else NO_PICTURE,
        **dict.fromkeys(_NEED_A_TRUTH, "" if has_truth else _NO_TRUTH),
        **dict.fromkeys(_REDUCE, "" if mode is Mode.COMPARE else _NOT_REDUCED),
        **dict.fromkeys(_NEED_A_PICTURE, "" if is_open else NO_PICTURE),
    }
