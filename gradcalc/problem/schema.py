"""The JSON Schema of problem files, written from the forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field
from inspect import getdoc
from types import UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

import yaml

from gradcalc.problem.fit import kinds
from gradcalc.problem.forms import FORMS
from gradcalc.problem.keys import Limits, Must, OneOf, Or, Short, Written, default, is_form, is_required

Schema: TypeAlias = dict[str, Any]

_SIMPLE: Final[Mapping[Any, Schema]] = {
    Any: {},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
}
_LIMITS: Final = {"gt": "exclusiveMinimum", "ge": "minimum", "le": "maximum"}
_LEAST_ITEMS: Final = {"array": "minItems", "object": "minProperties"}


def json_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of problem files, by which editors complete and check them."""
    parts: dict[str, Schema] = {}
    forms = [_part(form, parts) for form in FORMS.values()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradcalc problem",
        "description": "A worked problem in backpropagation, for gradcalc",
        "$defs": dict(sorted(parts.items())),
        "anyOf": forms,
    }


def _part(form: Any, parts: dict[str, Schema]) -> Schema:
    """A reference to a form, which is put among the schema's parts."""
    if form.__name__ not in parts:
        parts[form.__name__] = {}  # its place, should a form ever contain itself
        parts[form.__name__] = {
            "type": "object",
            "description": getdoc(form),
            "properties": {name: _key(kind, key, parts) for name, (kind, key) in kinds(form).items()},
            "required": [name for name, (_, key) in kinds(form).items() if is_required(key)],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{form.__name__}"}


def _key(kind: Any, key: Field[Any], parts: dict[str, Schema]) -> Schema:
    about = key.metadata
    schema = {**_schema(kind, parts, about["each"]), "description": about["description"], **_examples(about["must"])}
    usual = None if is_required(key) else default(key)
    return schema if usual is None else {**schema, "default": usual}


def _examples(must: Must) -> Schema:
    return {"examples": [yaml.safe_load(must.example)]} if must.example else {}


def _schema(kind: Any, parts: dict[str, Schema], each: Must) -> Schema:
    """The schema of a kind of value; `each` has an example of its items."""
    if is_form(kind):
        return _part(kind, parts)
    write = _WRITERS.get(get_origin(kind))
    return dict(_SIMPLE[kind]) if write is None else write(get_args(kind), parts, each)


def _list(kinds: tuple[Any, ...], parts: dict[str, Schema], each: Must) -> Schema:
    return {"type": "array", "items": {**_schema(kinds[0], parts, each), **_examples(each)}}


def _mapping(kinds: tuple[Any, ...], parts: dict[str, Schema], each: Must) -> Schema:
    return {"type": "object", "additionalProperties": {**_schema(kinds[1], parts, each), **_examples(each)}}


def _optional(kinds: tuple[Any, ...], parts: dict[str, Schema], each: Must) -> Schema:
    """A key that may be left out has no null in its place."""
    return _schema(kinds[0], parts, each)


def _one_of(choices: tuple[Any, ...], parts: dict[str, Schema], each: Must) -> Schema:
    return {"type": "string", "enum": list(choices)}


def _annotated(kinds: tuple[Any, ...], parts: dict[str, Schema], each: Must) -> Schema:
    kind, about = kinds
    if isinstance(about, Written):
        return dict(about.schema)
    if isinstance(about, OneOf):
        return _told_by_keys(kind, about, parts)
    schema = _schema(kind, parts, each)
    if isinstance(about, Short | Or):
        return {"anyOf": [about.schema, schema]}
    return {**schema, **_limits(about, schema)}


def _told_by_keys(usual: Any, others: OneOf, parts: dict[str, Schema]) -> Schema:
    """Each form where its key is there, else the usual one; so that what is wrong is told of the form that is meant."""
    schema = _part(usual, parts)
    for key, form in others.every().items():
        if form is not usual:
            there = {"type": "object", "required": [key]}
            schema = {"if": there, "then": _part(form, parts), "else": schema}
    return schema


def _limits(limits: Limits, schema: Schema) -> Schema:
    named = {**_LIMITS, "min_length": _LEAST_ITEMS.get(schema["type"], "minLength")}
    return {named[name]: limit for name, limit in limits._asdict().items() if limit is not None}


_WRITERS: Final[Mapping[Any, Callable[..., Schema]]] = {
    Annotated: _annotated,
    list: _list,
    dict: _mapping,
    Union: _optional,
    UnionType: _optional,
    Literal: _one_of,
}
