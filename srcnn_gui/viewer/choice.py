"""What a person chose to see: panes, differences, and where they look. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.method_library import AUTO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from srcnn.errors import SrcnnError
    from srcnn.geometry import Region
    from srcnn_gui.viewer.layer_state import LayerState


@dataclass(frozen=True, slots=True)
class PaneChoice:
    """What a pane shows: a method's id or ``truth``, and on which device."""

    method: str
    device: str = AUTO


@dataclass(frozen=True, slots=True)
class DifferenceChoice:
    """Whether panes show their error instead of themselves, and how strongly."""

    kind: Difference = Difference.OFF
    amplification: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class PaneView:
    """A choice and what it comes to for the open scene.

    Attributes
    ----------
    choice : PaneChoice
        What was chosen.
    result : LayerState or None
        The method's result or the truth; None where there is none, as ``problem`` says.
    shown : LayerState or None
        What is drawn: the result, or its difference to the truth.
    problem : SrcnnError or None
        Why there is no result.
    """

    choice: PaneChoice
    result: LayerState | None = None
    shown: LayerState | None = None
    problem: SrcnnError | None = None

    @property
    def is_computed(self) -> bool:
        """Whether its result is coming in, or none is to be had."""
        return self.result is None or (self.result.error is None and self.result.part > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a canvas shows of a layer right now.

    Attributes
    ----------
    state : LayerState
        Of which layer.
    region : Region
        The pixels that can be seen.
    focus : tuple of float
        The image point to begin at: under the cursor, else the centre.
    zoom : float
        Screen pixels per image pixel.
    """

    state: LayerState
    region: Region
    focus: tuple[float, float] = field(default=(0.0, 0.0))
    zoom: float = 1.0

    def nearest_first(self) -> Iterator[int]:
        """Yield the tiles in sight, those nearest the focus first."""
        grid = self.state.layer.grid
        column, row = self.focus[0] / grid.tile - 0.5, self.focus[1] / grid.tile - 0.5

        def distance(index: int) -> float:
            r, c = divmod(index, grid.columns)
            return (r - row) ** 2 + (c - column) ** 2

        yield from sorted(grid.covering(self.region), key=distance)
