"""What is known of a function, in one place: the entry, and the table that the entries stand in.

The entries themselves are in `gradcalc.functions`; to add one is to write one `register(Function(...))`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeAlias

from gradcalc.errors import GradcalcError
from gradcalc.words import did_you_mean

Shape: TypeAlias = tuple[int, ...]
"""`()` for a scalar, `(rows, columns)` for a matrix; there is nothing else."""


class Axis(IntEnum):
    """Along which axis one sample lies: its entries are a column (x is D×N) or a row (x is N×D)."""

    COLUMNS = 0
    ROWS = 1


@dataclass(frozen=True, slots=True)
class ShapeMismatch(Exception):
    """A bare fact: these argument shapes don't fit, because of `why`."""

    why: str


ShapeRule: TypeAlias = Callable[[Sequence[Shape], Mapping[str, float], Axis], Shape]


@dataclass(frozen=True, slots=True)
class Infix:
    """How an operator is written between its arguments; a higher precedence binds tighter."""

    precedence: int
    code: str
    unicode: str
    latex: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong rule that students use: `rule` replaces the right one (over the same names)."""

    id: str
    rule: str
    message: str
    arg: str = ""
    """For which argument's gradient; empty for the value itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """One function, with all that is known of it.

    value         NumPy function of the arguments (float64 arrays), numerically stable; parameters and,
                  for a `per_sample` function, `axis` come as keywords
    mask          NumPy function of the arguments that gives booleans where `value` gives 1 and 0: what the value
                  is multiplied by costs less so
    definition    the textbook's formula over the arguments (may be less stable than `value`)
    gradient      argument -> formula of its vector-Jacobian product over `g` (the upstream gradient, in
                  the shape of the value), `out` (the value), the arguments and the parameters
    no_gradient   instead of `gradient`: why there is none
    shape         the value's shape from the arguments' shapes
    kinks         formulas over the arguments; where one is zero, the function has no derivative
    unicode, latex  how a call is written, if not as in code: `σ({a})`; `{y:2}` puts an argument in brackets
                  unless it binds as tight as a product (precedences as in `gradcalc.formula.write`)
    domain        where the arguments may lie, for tests and random instances: "real", "positive",
                  "probability" (each entry in (0, 1)), "distribution" (a sample sums to 1)
    idioms        "numpy", "torch", "jax" or "any" -> how a program calls it (`torch.sigmoid({a})`), where its
                  definition is less stable or less usual (fields as in `gradcalc.report.code.backends`)
    """

    name: str
    args: tuple[str, ...]
    value: Callable[..., Any]
    summary: str
    shape: ShapeRule
    mask: Callable[..., Any] | None = None
    definition: str | None = None
    gradient: Mapping[str, str] = field(default_factory=dict)
    no_gradient: str | None = None
    params: Mapping[str, float] = field(default_factory=dict)
    group: str = "elementwise"
    infix: Infix | None = None
    unicode: str | None = None
    latex: str | None = None
    aliases: tuple[str, ...] = ()
    kinks: tuple[str, ...] = ()
    domain: Mapping[str, str] = field(default_factory=dict)
    per_sample: bool = False
    variadic: bool = False
    elementwise: bool = False
    targets: str | None = None
    mistakes: tuple[Mistake, ...] = ()
    idioms: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A shortcut that textbooks take: `outer` of `inner`, differentiated in one step.

    `rule` is over g, `out` (the inner value), the inner function's arguments and the outer's others.
    `value` computes the composition stably, from the inner arguments and then the outer's others.
    `requires` names an argument of `outer` that must hold a distribution for the rule to be right.
    """

    outer: str
    inner: str
    through: str
    rule: str
    value: Callable[..., Any]
    summary: str
    requires: str | None = None
    source: str = ""


class UnknownFunction(GradcalcError):
    """No entry has this name; `hint` names the nearest."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.hint = did_you_mean(name, [*_FUNCTIONS, *_ALIASES])
        super().__init__(f"unknown function '{name}'{self.hint}")


_FUNCTIONS: dict[str, Function] = {}
_ALIASES: dict[str, str] = {}
_PAIRS: dict[tuple[str, str], Pair] = {}


def register(entry: Function) -> Function:
    """Add an entry to the table. Raises ValueError where its name is taken."""
    taken = {*_FUNCTIONS, *_ALIASES} & {entry.name, *entry.aliases}
    if taken:
        raise ValueError(f"{entry.name}: {', '.join(sorted(taken))} is in the table already")
    _FUNCTIONS[entry.name] = entry
    _ALIASES.update(dict.fromkeys(entry.aliases, entry.name))
    return entry


def unregister(name: str) -> None:
    """Take an entry out again (tests add entries of their own)."""
    entry = _FUNCTIONS.pop(name)
    for alias in entry.aliases:
        del _ALIASES[alias]


def register_pair(entry: Pair) -> Pair:
    """Add a shortcut to the table."""
    _PAIRS[entry.outer, entry.inner] = entry
    return entry


def pair(outer: str, inner: str) -> Pair | None:
    """The shortcut for `outer` of `inner`, if there is one."""
    return _PAIRS.get((outer, inner))


def pairs() -> tuple[Pair, ...]:
    """All shortcuts."""
    return tuple(_PAIRS.values())


def lookup(name: str) -> Function:
    """The entry of that name or alias. Raises UnknownFunction, with the nearest name."""
    entry = _FUNCTIONS.get(name) or _FUNCTIONS.get(_ALIASES.get(name, ""))
    if entry is None:
        raise UnknownFunction(name)
    return entry


def known(name: str) -> bool:
    """Whether the table has an entry of that name or alias."""
    return name in _FUNCTIONS or name in _ALIASES


def functions() -> tuple[Function, ...]:
    """All entries, in the order in which they were added."""
    return tuple(_FUNCTIONS.values())
