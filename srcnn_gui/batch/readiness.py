"""Whether a batch can be started as it is set, and by which method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn_gui.viewer.method_library import IN_TRAINING

if TYPE_CHECKING:
    from srcnn.errors import SrcnnError
    from srcnn.method import Method
    from srcnn.resize import Border
    from srcnn_gui.batch.choices import Choices
    from srcnn_gui.batch.rows import Tally
    from srcnn_gui.viewer.method_library import MethodLibrary


def methods_of(library: MethodLibrary, choices: Choices, border: Border) -> tuple[Method, ...]:
    """Return the methods there are on the chosen device; a run in training is none of them."""
    registry = library.registry(choices.device, border)
    return tuple(method for id_, method in registry.items() if id_ != IN_TRAINING)


def method_of(library: MethodLibrary, choices: Choices, border: Border) -> Method | None:
    """Return the chosen method, if it is there."""
    methods = methods_of(library, choices, border)
    return next((method for method in methods if method.id == choices.method), None)


def missing(
    choices: Choices, method: Method | None, *, torch_is_ready: bool, problem: SrcnnError | None
) -> str:
    """Say what is wrong with a setting, without a full stop; empty if nothing is.

    Parameters
    ----------
    choices : Choices
        The setting.
    method : Method or None
        The chosen one, if it is there.
    torch_is_ready : bool
        Whether PyTorch is loaded.
    problem : SrcnnError or None
        Why it cannot be.
    """
    if method is None:
        return f"There is no method {choices.method} here"
    if choices.target is None and choices.scale not in method.scales:
        return f"{method.label} does not enlarge by {choices.scale}"
    if choices.naming_problem:
        return choices.naming_problem.removesuffix(".")
    if method.needs_torch and not torch_is_ready:
        return "PyTorch is still being loaded" if problem is None else str(problem)
    return ""


def objection(counts: Tally, lacking: str, *, is_running: bool) -> str:
    """Say why nothing can be started now, likewise; ``lacking`` is what ``missing`` says."""
    if is_running:
        return "A batch is under way"
    if not counts.left:
        return "No picture is waiting" if counts.total else "Add pictures first"
    return lacking
