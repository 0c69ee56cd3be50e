"""The methods there are: a value made by a call, not a global."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping

from typing_extensions import override

from srcnn import methods
from srcnn.errors import MissingWeights, UnknownMethod
from srcnn.method import Method, MethodEnvironment


class MethodRegistry(Mapping[str, Method]):
    """Methods by id, in the order of their rank; read-only.

    Raises
    ------
    ValueError
        If two methods have the same id.
    """

    def __init__(self, found: Iterable[Method]) -> None:
        self._methods: dict[str, Method] = {}
        for method in sorted(found, key=lambda method: (method.rank, method.id)):
            if method.id in self._methods:
                raise ValueError(f"two methods are called {method.id!r}")
            self._methods[method.id] = method

    @override
    def __getitem__(self, method_id: str) -> Method:
        return self._methods[method_id]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._methods)

    @override
    def __len__(self) -> int:
        return len(self._methods)

    def find(self, method_id: str, scale: int | None = None) -> Method:
        """Return the method of that id, for that scale if one is wanted.

        Raises
        ------
        UnknownMethod
            If there is none of that id.
        MissingWeights
            If it cannot enlarge by ``scale``.
        """
        method = self._methods.get(method_id)
        if method is None:
            close = difflib.get_close_matches(method_id, self._methods, n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            raise UnknownMethod(
                f"There is no method {method_id!r}",
                hint=f"{hint}Known methods: {', '.join(self._methods)}.",
            )
        if scale is not None and scale not in method.scales:
            known = ", ".join(f"\N{MULTIPLICATION SIGN}{known}" for known in sorted(method.scales))
            raise MissingWeights(
                f"{method.label} has no weights for \N{MULTIPLICATION SIGN}{scale}",
                hint=f"It has weights for {known}.",
            )
        return method


def load_methods(env: MethodEnvironment) -> MethodRegistry:
    """Build every method of every file in ``srcnn/methods``."""
    modules = (
        importlib.import_module(f"{methods.__name__}.{info.name}")
        for info in pkgutil.iter_modules(methods.__path__)
    )
    return MethodRegistry(method for module in modules for method in module.build(env))
