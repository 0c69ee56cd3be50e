"""Settings as text: what ``--set NAME=VALUE`` means."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from trainer.config import KINDS, TrainConfig

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_Number = TypeVar("_Number", int, float)


def parsed_setting(name: str, text: str) -> Any:
    """Return what ``text`` means for the field of that name: ``rate=1e-3``, ``rescales=1,0.5``.

    Raises
    ------
    ValueError
        If there is no such field, or the text is no value of it.
    """
    defaults = {known.name: known.default for known in fields(TrainConfig)}
    if name not in defaults or name in ("spec", "data"):
        raise ValueError(f"there is no setting {name!r}")
    if name in KINDS:
        try:
            return KINDS[name](text)
        except ValueError as error:
            choices = ", ".join(kind.value for kind in KINDS[name])
            raise ValueError(f"{name} must be one of: {choices}") from error
    match defaults[name]:
        case bool():
            if text not in ("true", "false", "True", "False"):
                raise ValueError(f"{name} must be true or false, not {text}")
            return text.lower() == "true"
        case int():
            return as_number(int, name, text)
        case float():
            return as_number(float, name, text)
        case tuple():
            return tuple(as_number(float, name, part) for part in text.split(","))
        case _:
            raise ValueError(f"{name} has an option of its own")


def check_given_once(settings: Iterable[str], given: Container[str]) -> None:
    """Refuse a setting that was also given by an option of its name.

    Raises
    ------
    ValueError
        If one was.
    """
    for text in settings:
        name = text.partition("=")[0]
        if name in given:
            raise ValueError(f"{name} is given twice: by --{name} and by --set")


def as_number(kind: type[_Number], name: str, text: str) -> _Number:
    """Return the number that a setting's text is.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return kind(text)
    except ValueError as error:
        wanted = {"int": "a whole number"}.get(kind.__name__, "a number")
        raise ValueError(f"{name} must be {wanted}, not {text!r}") from error
