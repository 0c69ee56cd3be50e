"""What is said of a measurement besides its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn import computed
from srcnn.benchmark import Choice
from srcnn.workers import usable_cores

if TYPE_CHECKING:
    from srcnn_gui.benchmark.plan import Plan
    from srcnn_gui.benchmark.results import Results


def computed_by(plan: Plan, device: str, *, fast: bool) -> dict[str, object]:
    """Return how results are computed, as plain values: enough to repeat it.

    Parameters
    ----------
    plan : Plan
        What is measured.
    device : str
        Id of what networks run on, unless the plan names several.
    fast : bool
        Whether networks compute in 16 bits where the device can.
    """
    told = tuple(dict.fromkeys(column.device for column in plan.columns if column.device))
    fingerprints = {column.id: column.method.fingerprint for column in plan.columns}
    return computed.computed_by(fingerprints, told or (device,), threads=usable_cores(), fast=fast)


def place_text(plan: Plan) -> str:
    """Return what networks run on, in a sentence; empty if there is none."""
    places = dict.fromkeys(c.place for c in plan.columns if c.method.needs_torch)
    return f"Networks on {' and '.join(places)}. " if places else ""


def protocol_text(plan: Plan) -> str:
    """Return what the figures stand under, in one line."""
    protocols = Choice((), plan.scales, plan.border, padding=plan.padding).protocols
    text = next(iter(protocols.values())).describe()
    if len(plan.scales) > 1:
        text = text.replace(f"shave {plan.scales[0]} px", "shave as many pixels as the scale")
    return text


def summary(results: Results) -> str:
    """Return what was measured, in a sentence."""
    pictures = len(results.contents)
    parts = [f"{pictures} picture{'' if pictures == 1 else 's'}, {len(results.rows)} results"]
    if results.recognised:
        parts.append(f"{len(results.recognised)} in the paper's tables")
    if results.remembered:
        parts.append(f"{len(results.remembered)} remembered")
    if results.skipped:
        parts.append(f"{len({one.image for one in results.skipped})} left out")
    return f"{', '.join(parts)}."
