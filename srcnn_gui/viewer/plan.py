"""What of the panes is to be computed, as streams of tiles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from srcnn_gui.viewer.render_service import Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.viewer.choice import Look, PaneView
    from srcnn_gui.viewer.tile_cache import TileCache


def in_sight(looks: Sequence[Look], cache: TileCache) -> list[Stream]:
    """Return what canvases show and is not there yet."""
    return [
        Stream(
            look.state.layer,
            look.nearest_first(),
            partial(look.state.is_wanted, zoom=look.zoom, cache=cache),
        )
        for look in looks
        if look.state.error is None
    ]


def unseen(views: Sequence[PaneView]) -> list[Stream]:
    """Return all that is missing for the figures of the whole image."""
    streams = []
    for view in views:
        state = view.result
        if state is None or state.layer.is_passing or state.whole is None or state.error:
            continue
        streams.append(Stream(state.layer, state.whole.missing(), state.is_missing))
    return streams
