"""Make a form of a document's data, fast, where all of it fits; what doesn't fit is for `schema` to explain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from gradcalc.problem.forms import Limits, Written, is_form

T = TypeVar("T")


class Misfit(Exception):
    """Some value isn't what its key takes."""


def fitted(form: type[T], data: Any) -> T:
    """The form with the data's values, of which each is what the form's annotation says. Raises Misfit."""
    made: T = _form(form, data)
    return made


@lru_cache(maxsize=32)
def hints(form: Any) -> Mapping[str, Any]:
    """The kind of value that each key of a form takes."""
    return get_type_hints(form, include_extras=True)


def _fitted(kind: Any, value: Any) -> Any:
    if kind is Any:
        return value
    if is_form(kind):
        return _form(kind, value)
    if kind is float and type(value) is int:
        return float(value)
    check = _PARTS.get(get_origin(kind))
    if check is not None:
        return check(get_args(kind), value)
    if type(value) is not kind:
        raise Misfit
    return value


def _form(form: Any, data: Any) -> Any:
    if not isinstance(data, dict):
        raise Misfit
    kinds = hints(form)
    try:
        return form(**{key: _fitted(kinds[key], value) for key, value in data.items()})
    except (KeyError, TypeError):
        raise Misfit from None  # a key is unknown, or one is missing


def _list(kinds: tuple[Any, ...], value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Misfit
    return [_fitted(kinds[0], item) for item in value]


def _dict(kinds: tuple[Any, ...], value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misfit
    return {key: _fitted(kinds[1], item) for key, item in value.items()}


def _optional(kinds: tuple[Any, ...], value: Any) -> Any:
    return None if value is None else _fitted(kinds[0], value)


def _one_of(choices: tuple[Any, ...], value: Any) -> Any:
    if value not in choices:
        raise Misfit
    return value


def _annotated(kinds: tuple[Any, ...], value: Any) -> Any:
    kind, about = kinds
    if isinstance(about, Written):
        return _fitted(kind, value if about.meant is None else about.meant(value))
    found = _fitted(kind, value)
    if not _within(about, found):
        raise Misfit
    return found


def _within(limits: Limits, value: Any) -> bool:
    if limits.min_length is not None:
        return len(value) >= limits.min_length
    above, least, most, _ = limits
    return (above is None or value > above) and (least is None or value >= least) and (most is None or value <= most)


_PARTS: Final[Mapping[Any, Callable[[tuple[Any, ...], Any], Any]]] = {
    Annotated: _annotated,
    list: _list,
    dict: _dict,
    Union: _optional,
    UnionType: _optional,
    Literal: _one_of,
}
