"""The forms as pydantic models: they tell every fault of a file, and give the JSON Schema of problem files."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, WithJsonSchema

from gradcalc.problem.fit import hints
from gradcalc.problem.forms import FORMS, Limits, Written, default, is_form
from gradcalc.program.problem import Path


class Model(BaseModel):
    """What all models share: no unknown keys, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def misfits(form: type, data: Any) -> list[tuple[Path, str]]:
    """Everything in the data that doesn't fit a form: its path, and pydantic's word for what is wrong with it."""
    try:
        model(form).model_validate(data)
    except ValidationError as error:
        return [(detail["loc"], detail["type"]) for detail in error.errors(include_url=False, include_context=False)]
    return []


@lru_cache(maxsize=32)
def model(form: Any) -> type[BaseModel]:
    """The model of a form."""
    kinds = hints(form)
    keys: dict[str, Any] = {key.name: _key(kinds[key.name], key) for key in fields(form)}
    made = pydantic.create_model(form.__name__, __base__=Model, **keys)
    made.__doc__ = form.__doc__
    return made


def _key(kind: Any, key: Field[Any]) -> tuple[Any, Any]:
    """The annotation of a key, and what else pydantic is to know of it."""
    about: dict[str, Any] = {"description": key.metadata["description"]}
    if get_origin(kind) is Annotated and isinstance(kind.__metadata__[0], Limits):
        # Older versions of pydantic take the limits of a whole key only beside its description.
        about |= _limits(kind.__metadata__[0])
        kind = get_args(kind)[0]
    required = key.default is MISSING and key.default_factory is MISSING
    return _kind(kind), pydantic.Field(... if required else default(key), **about)


def _kind(kind: Any) -> Any:
    """A form's annotation in pydantic's terms."""
    origin: Any = get_origin(kind)
    if origin is None:
        return model(kind) if is_form(kind) else kind
    if origin is Literal:
        return kind
    first, *others = get_args(kind)
    if origin is Annotated:
        return Annotated[(_kind(first), *_about(*others))]
    inner = (_kind(first), *map(_kind, others))
    return Union[inner] if origin in (Union, UnionType) else origin[inner]  # noqa: UP007 - made of a tuple


def _about(about: Limits | Written) -> list[Any]:
    if isinstance(about, Limits):
        return [pydantic.Field(**_limits(about))]
    read = [] if about.meant is None else [BeforeValidator(about.meant)]
    return read if about.schema is None else [*read, WithJsonSchema(dict(about.schema))]


def _limits(limits: Limits) -> dict[str, Any]:
    return {name: limit for name, limit in limits._asdict().items() if limit is not None}


def json_schema() -> dict[str, Any]:
    """The JSON schema of problem files, by which editors complete and check them."""
    any_form: Any = Union[tuple(map(_kind, FORMS.values()))]  # noqa: UP007 - made of a tuple
    schema = _plain(TypeAdapter(any_form).json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradcalc problem",
        "description": "A worked problem in backpropagation, for gradcalc",
        **schema,
    }


def _plain(schema: Any) -> Any:
    """A schema without what only pydantic needs: null for keys left out, and titles made from names."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _plain(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    if kept.get("default", 0) is None:
        del kept["default"]
    choices = [choice for choice in kept.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **{key: value for key, value in kept.items() if key != "anyOf"}}
    return {**kept, "anyOf": choices} if choices else kept
