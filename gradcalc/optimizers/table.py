"""What is known of an update rule, in one place: the entry, and the table that the entries stand in.

The entries themselves are in `gradient.py`, `adaptive.py` and `moments.py`; to add one is to write one
`register(Optimizer(...))` in one of them. They are loaded when the table is first asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final

from gradcalc.errors import GradcalcError
from gradcalc.words import did_you_mean, known

_ENTRIES: Final = ("gradient", "adaptive", "moments")
"""The modules with entries, in the order in which listings show them."""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A wrong line that students use in place of a right one."""

    id: str
    """The kind of mistake: `bias-correction-left-out`."""
    line: str
    """The name that the line sets."""
    rule: str
    """What replaces the right formula, over the same names."""
    message: str
    """What is said of it: a sentence that teaches, with no numbers in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Optimizer:
    """One update rule, with all that is known of it. Formulas are texts in gradcalc's own language.

    They are over `theta` (the parameter), `g` (its gradient), `lr` (the learning rate), `k` (the number of the step,
    from 1), the rule's parameters, and the names of the lines. A name that is used before its line sets it is what
    the step before has left: 0 at the first.
    """

    name: str
    lines: Mapping[str, str]
    """Name -> formula, in order; the line `theta` sets the parameter."""
    params: Mapping[str, float] = field(default_factory=dict)
    """Numbers that a problem may set, and their usual values."""
    shares: tuple[str, ...] = ()
    """Which of them lie between 0 and 1, as they say how much of an average is kept."""
    rate: float | None = None
    """The learning rate where a problem gives none; None where it must give one."""
    aliases: tuple[str, ...] = ()
    """Other names that may be typed."""
    summary: str
    """What it is, in half a sentence."""
    source: str
    """Where the rule, as it stands here, was published."""
    defaults: str = ""
    """Where the usual values come from."""
    remark: str = ""
    """What else is worth knowing: how others write it."""
    mistakes: tuple[WrongLine, ...] = ()
    """The wrong lines that students use, to recognise them."""


class UnknownOptimizer(GradcalcError):
    """No entry has this name; the message names the nearest, or those there are."""

    def __init__(self, name: str) -> None:
        names = [entry.name for entry in optimizers()]
        self.hint = did_you_mean(name, [*names, *_ALIASES]) or f"; known are {known(names)}"
        super().__init__(f"unknown optimizer '{name}'{self.hint}")


_TABLE: dict[str, Optimizer] = {}
_ALIASES: dict[str, str] = {}


def register(entry: Optimizer) -> Optimizer:
    """Add an entry to the table. Raises ValueError where one of its names is taken."""
    taken = {*_TABLE, *_ALIASES} & {entry.name, *entry.aliases}
    if taken:
        raise ValueError(f"{entry.name}: {', '.join(sorted(taken))} is in the table already")
    _TABLE[entry.name] = entry
    _ALIASES.update(dict.fromkeys(entry.aliases, entry.name))
    return entry


def unregister(name: str) -> None:
    """Take an entry out again (tests add entries of their own). Raises KeyError where it isn't in the table."""
    for alias in _TABLE.pop(name).aliases:
        del _ALIASES[alias]


def optimizers() -> tuple[Optimizer, ...]:
    """All entries."""
    for module in _ENTRIES:
        import_module(f"gradcalc.optimizers.{module}")
    return tuple(_TABLE.values())


def lookup(name: str) -> Optimizer:
    """The entry of that name or alias, in small or large letters. Raises UnknownOptimizer, with the nearest name."""
    optimizers()
    folded = name.strip().lower()
    entry = _TABLE.get(folded) or _TABLE.get(_ALIASES.get(folded, ""))
    if entry is None:
        raise UnknownOptimizer(name)
    return entry
