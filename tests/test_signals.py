"""Every ``connect()`` leads to a ``@Slot`` method or on to a signal.

A lambda or a plain function connected to a signal runs in the thread that emits it, and an
undecorated method spoils the decorated one beside it. This reads the source; it is a net, not
a proof: a method of another object is known by its name alone.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

GUI = Path(__file__).resolve().parents[1] / "srcnn_gui"


def decorators(function: ast.FunctionDef) -> set[str]:
    calls = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return {ast.unparse(name).rpartition(".")[2] for name in calls}


def receivers(cls: ast.ClassDef) -> dict[str, bool]:
    """Return the names that ``cls`` defines, and whether a signal may be connected to each."""
    names = {}
    for item in cls.body:
        if isinstance(item, ast.FunctionDef):
            names[item.name] = "Slot" in decorators(item)
        elif isinstance(item, ast.Assign) and isinstance(item.value, ast.Call):
            is_signal = ast.unparse(item.value.func).rpartition(".")[2] == "Signal"
            names |= {t.id: is_signal for t in item.targets if isinstance(t, ast.Name)}
    return names


def offences(sources: dict[str, str]) -> list[str]:
    """Return ``file:line: reason`` of every connection that should not be there."""
    trees = {name: ast.parse(source) for name, source in sources.items()}
    known: defaultdict[str, list[bool]] = defaultdict(list)
    for tree in trees.values():
        for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            for name, fit in receivers(cls).items():
                known[name].append(fit)
    found = []
    for file, tree in trees.items():
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        owner = {id(node): receivers(cls) for cls in classes for node in ast.walk(cls)}
        tables = table_values(tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "connect":
                own = owner.get(id(call), {})
                found += [
                    f"{file}:{target.lineno}: {reason}"
                    for target in tables.get(id(call.args[0]), call.args[:1])
                    if (reason := objection(target, own, known))
                ]
    return found


def table_values(tree: ast.Module) -> dict[int, list[ast.expr]]:
    """Return what a name may stand for, by node, in ``for key, name in {...}.items():``."""
    values = {}
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For)):
        match loop:
            case ast.For(
                target=ast.Tuple(elts=[_, ast.Name(id=name)]),
                iter=ast.Call(func=ast.Attribute(value=ast.Dict(values=table), attr="items")),
            ):
                uses = (node for line in loop.body for node in ast.walk(line))
                values |= {
                    id(use): table for use in uses if isinstance(use, ast.Name) and use.id == name
                }
    return values


def objection(target: ast.expr, own: dict[str, bool], known: dict[str, list[bool]]) -> str:
    if not isinstance(target, ast.Attribute):
        return f"connect({ast.unparse(target)}) is neither a method nor a signal"
    if ast.unparse(target.value) == "self" and target.attr in own:
        fit = own[target.attr]
    else:  # a name that nothing here defines is Qt's own
        fit = any(known.get(target.attr, [True]))
    return "" if fit else f"{target.attr} needs @Slot"


def test_the_window_connects_slots_and_signals_only():
    sources = {path.relative_to(GUI).as_posix(): path.read_text() for path in GUI.rglob("*.py")}
    connections = sum(source.count(".connect(") for source in sources.values())
    assert connections > 20
    assert offences(sources) == []


CLASS = """
class Relay(QObject):
    done = Signal()
    _sent = Signal(object)

    def __init__(self, button):
        {line}

    def plain(self): ...

    @QtCore.Slot(object)
    def _on_sent(self, message): ...
"""


@pytest.mark.parametrize(
    "line",
    [
        "self._sent.connect(self._on_sent)",
        "button.clicked.connect(self.done)",
        "button.clicked.connect(self._relay._on_sent)",
        "button.clicked.connect(self.close)",
        "button.clicked.connect(self._on_sent, Qt.ConnectionType.QueuedConnection)",
        "for b, go in {1: self._on_sent, 2: self.done}.items(): buttons[b].clicked.connect(go)",
    ],
)
def test_the_net_lets_through(line):
    assert offences({"relay.py": CLASS.format(line=line)}) == []


@pytest.mark.parametrize(
    "line",
    [
        "button.clicked.connect(lambda: self.done.emit())",
        "button.clicked.connect(self.plain)",
        "button.clicked.connect(button.plain)",
        "button.clicked.connect(partial(self._on_sent, 1))",
        "button.clicked.connect(print)",
        "for b, go in {1: self._on_sent, 2: self.plain}.items(): buttons[b].clicked.connect(go)",
    ],
)
def test_the_net_catches(line):
    (offence,) = offences({"relay.py": CLASS.format(line=line)})
    assert offence.startswith("relay.py:7: ")
