"""What Typer says of a command line that is wrong, as it may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

from typer.core import TyperGroup

from gradcalc.words import did_you_mean, visible

_COLOURS = "Terminals get colours, files and pipes none; NO_COLOR=1 leaves them out, FORCE_COLOR=1 has them everywhere."


class Commands(TyperGroup):
    """The commands of gradcalc, whose messages hold no escapes of the terminal."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what stands before the command."""
        with _visible_messages():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Read what stands after the command, and run it."""
        with _visible_messages():
            return super().invoke(ctx)


@runtime_checkable
class _Misuse(Protocol):
    """What Typer raises for a command line that is wrong, by its documented attributes; its class is not public."""

    message: str
    exit_code: int

    def format_message(self) -> str: ...


@runtime_checkable
class _NoSuchOption(Protocol):
    """The same for an option that there isn't."""

    option_name: str
    possibilities: list[str] | None


@contextmanager
def _visible_messages() -> Iterator[None]:
    """Show what a message quotes of the command line, escapes of the terminal among it, as it may be shown."""
    try:
        yield
    except Exception as error:
        if isinstance(error, _Misuse):
            error.message = visible(error.message)
        if isinstance(error, _NoSuchOption):
            error.possibilities = _alike(error.option_name, error.possibilities or ())
            if isinstance(error, _Misuse) and error.option_name in ("--color", "--colour"):
                error.message, error.possibilities = f"{error.message}. {_COLOURS}", []
        raise


def _alike(option: str, others: Iterable[str]) -> list[str]:
    """The options that may be meant: alike without the dashes, which make any two short ones alike."""
    return [each for each in others if did_you_mean(option.lstrip("-"), [each.lstrip("-")])]
