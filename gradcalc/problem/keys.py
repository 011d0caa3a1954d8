"""What a form is made of: keys, each with its kind of value, its default, and words for what its value must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar, Final, NamedTuple


class Limits(NamedTuple):
    """What a number, or how many items, must at least or at most be."""

    gt: float | None = None
    ge: float | None = None
    le: float | None = None
    min_length: int | None = None


class Written(NamedTuple):
    """How JSON Schema says what may be written, where it is code of our own that reads it."""

    schema: Mapping[str, Any]
    gaps: bool = False
    """Whether `null` may stand in a list, for an entry that is left out."""


class Short(NamedTuple):
    """A short way to write a value: how JSON Schema says it, and what a value, if it's written so, stands for."""

    schema: Mapping[str, Any]
    meant: Callable[[Any], Any]


class Or(NamedTuple):
    """Values of other types that may stand in place of one: how JSON Schema says them; code of our own reads them."""

    schema: Mapping[str, Any]
    types: tuple[type, ...]


class OneOf(NamedTuple):
    """One of several forms in place of the usual one: which a value has, and all of them by the keys that tell them."""

    of: Callable[[Any], Any]
    every: Callable[[], Mapping[str, Any]]


class Must(NamedTuple):
    """What a value must be, as a message says it after "must be", with an example in YAML."""

    what: str
    example: str = ""

    def __str__(self) -> str:
        return f"{self.what} such as {self.example}" if self.example else self.what


SOMETHING: Final = Must("given")


def key(description: str, default: Any = MISSING, must: Must = SOMETHING, each: Must = SOMETHING) -> Any:
    """A key of a form, and what it is where a file leaves it out; without a default, no file may.

    `must` says what its value must be, `each` what each of its items must be.
    """
    about = {"description": description, "must": must, "each": each}
    if isinstance(default, list | dict):
        return field(default_factory=default.copy, metadata=about)
    return field(default=default, metadata=about)


class Keys:
    """What a file gives, key by key; a key that it leaves out has its default. Raises TypeError where it may not."""

    whole: ClassVar[bool] = False
    """Whether it is of no use where something in it doesn't fit."""

    def __init__(self, **given: Any) -> None:
        for each in fields(self):  # type: ignore[arg-type]
            setattr(self, each.name, given[each.name] if each.name in given else default(each))


def default(key: Field[Any]) -> Any:
    """The value of a key that is left out. Raises TypeError for one that must not be."""
    if key.default_factory is not MISSING:
        return key.default_factory()
    if key.default is MISSING:
        raise TypeError(f"'{key.name}' is missing")
    return key.default


def names(form: type[Keys]) -> list[str]:
    """The names of a form's keys."""
    return [key.name for key in fields(form)]  # type: ignore[arg-type]


def is_required(key: Field[Any]) -> bool:
    """Whether no file may leave a key out."""
    return key.default is MISSING and key.default_factory is MISSING


# What a dataclass would have written is written above once: a dozen forms would take longer than reading a file.
form = dataclass(init=False, repr=False, eq=False, match_args=False)


def is_form(kind: Any) -> bool:
    """Whether a kind of value is a form, so that it has keys of its own."""
    return isinstance(kind, type) and issubclass(kind, Keys)
