"""Read a command's parameters without pydantic, which takes longer to load than a problem to solve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

_READERS: Final[dict[Any, Callable[[str], Any]]] = {str: str, Path: Path, list[str]: str}


class Command(TyperCommand):
    """A command that reads what is typed by the parsers of its parameters, and leaves alone what nobody typed.

    Newer versions of Typer convert every parameter of a command, given or not, by way of pydantic. Where a parameter
    isn't described as they describe it, nothing is changed.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _lighten(self.get_params(ctx))
        return super().parse_args(ctx, args)


class Group(TyperGroup):
    """A group of commands that reads its own parameters likewise."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _lighten(self.get_params(ctx))
        return super().parse_args(ctx, args)


def _lighten(parameters: list[Any]) -> None:
    for parameter in parameters:
        if hasattr(parameter, "type_descriptor") and "process_value" not in vars(parameter):
            parameter.process_value = _read(parameter)


def _read(parameter: Any) -> Callable[[Any, Any], Any]:
    """What takes the place of the parameter's `process_value`."""
    usual, kind = parameter.process_value, parameter.type_descriptor
    read = kind.parameter_info.parser or _READERS.get(kind.annotation)

    def processed(context: Any, value: Any) -> Any:
        if isinstance(value, str) and read is not None:
            value = read(value)
        elif isinstance(value, str) or (value is None and parameter.required):
            return usual(context, value)  # which has the words for what is missing
        return value if parameter.callback is None else parameter.callback(context, parameter, value)

    return processed
