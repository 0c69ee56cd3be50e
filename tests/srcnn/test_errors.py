import inspect
import re

import pytest

from srcnn import errors
from srcnn.errors import Cancelled, SrcnnError

CLASSES = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, SrcnnError)
}


def drawn_tree() -> dict[str, str | None]:
    """Read child -> parent off the tree in the module's docstring."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"([│ ]*(?:[├└]── )?)([A-Z]\w+)(?:  |$)", line):
            depth = len(match[1]) // 4
            above[depth:] = [match[2]]
            parents[match[2]] = above[depth - 1] if depth else None
    return parents


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes():
    real = {name: cls.__base__.__name__ for name, cls in CLASSES.items() if cls is not SrcnnError}
    assert drawn_tree() == {"SrcnnError": None, **real}


@pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
def test_every_error_is_a_sentence_with_a_hint(cls: type[SrcnnError]):
    error = cls("The disk is full", hint="Free some space.")
    assert str(error) == "The disk is full"
    assert error.hint == "Free some space."
    assert cls("The disk is full").hint == ""
    assert inspect.getdoc(cls)


def test_hints_are_named():
    with pytest.raises(TypeError):
        SrcnnError("message", "hint")


def test_cancelling_is_no_error_of_the_world():
    assert not issubclass(Cancelled, SrcnnError)
