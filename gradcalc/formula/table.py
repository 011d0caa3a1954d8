"""What is known of a function, in one place: the entry, and the table that the entries stand in.

The entries themselves are in `gradcalc.functions`; to add one is to write one `register(Function(...))`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from gradcalc.errors import GradcalcError
from gradcalc.words import did_you_mean

Shape: TypeAlias = tuple[int, ...]
"""`()` for a scalar, `(rows, columns)` for a matrix; `(C, H, W)` or `(N, C, H, W)` for images."""


class Axis(IntEnum):
    """Along which axis one sample lies: its entries are a column (x is D×N) or a row (x is N×D)."""

    COLUMNS = 0
    ROWS = 1


@dataclass(eq=False)  # not frozen: what passes through a context manager is given a traceback
class ShapeMismatch(Exception):
    """A bare fact: these argument shapes don't fit, because of `why`."""

    why: str


SIZES = ("rows", "columns", "third", "fourth")
"""The parameters of `ones`: how many along each axis."""
AXIS = "axis"
"""The parameter by which a function goes along the rows or the columns; its formulas pass it on."""


class FromTheBack(float):
    """An axis that was typed as -1 or -2: that of a matrix, which for images would be another."""


ALL_ENTRIES = -1.0
"""Its usual value in a reduction. (Typed, axis=-1 is the last axis, as in NumPy.)"""

IMAGES = "image"
"""The group of the functions of images."""
COMPARISONS = ("greater", "less", "greater_equal", "less_equal", "equal", "not_equal")
"""The functions that are written as a sign between two values, looser than a sum."""

ShapeRule: TypeAlias = Callable[[Sequence[Shape], Mapping[str, float], Axis], Shape]


PlaceRule: TypeAlias = Callable[[Sequence[Shape], int, Mapping[str, float]], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Infix:
    """How an operator is written between its arguments; a higher precedence binds tighter."""

    precedence: int
    code: str
    unicode: str
    latex: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong rule that students use."""

    id: str
    """The kind of mistake, which reports and statistics go by: `missing-activation-derivative`."""
    rule: str
    """What replaces the right rule, over the same names."""
    message: str
    """What is said of it: a sentence that teaches, with no numbers in it; `{a}` stands for what the argument a is."""
    arg: str = ""
    """For which argument's gradient; empty for the value itself."""

    def said(self, args: Mapping[str, str] | None = None) -> str:
        """The message with these in the place of the arguments, or with their own names."""
        return re.sub(r"\{(\w+)\}", lambda found: (args or {}).get(found[1], found[1]), self.message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """One function, with all that is known of it. Formulas are texts in gradcalc's own language."""

    name: str
    args: tuple[str, ...]
    """The arguments' names, which the formulas below speak of."""
    params: Mapping[str, float] = field(default_factory=dict)
    """Numbers that a call may set, and their usual values. Formulas may pass them on: `sum(a, axis=axis)`. `axis`, of
    a reduction, is 0 or 1, or -1 for all entries; a `per_sample` function has one without naming it here."""
    aliases: tuple[str, ...] = ()
    """Other names that may be typed."""
    summary: str
    """What it is, in half a sentence."""

    definition: str | None = None
    """The textbook's formula over the arguments and parameters; None where the function can't be said by others."""
    gradient: Mapping[str, str] = field(default_factory=dict)
    """Argument -> its vector-Jacobian product, a formula over `g` (the upstream gradient, in the shape of the value),
    `out` (the value), the arguments and the parameters."""
    no_gradient: str | None = None
    """Why there is no gradient, where there is none."""
    stops: tuple[str, ...] = ()
    """Arguments to which nothing is passed on, as they only choose: the condition of `where`."""
    source: str = ""
    """Where the function, or its rule, was published."""

    value: Callable[..., Any]
    """What computes it from float64 arrays: numerically stable, where the definition may be less so. Parameters come as
    keywords, and for a `per_sample` function `axis`, the axis along which one sample lies."""
    shape: ShapeRule
    """The value's shape from the arguments' shapes: one of the rules in `formula/shapes.py`, or its own."""
    entry: Callable[..., Any] | None = None
    """Of a function that can't be said by others: writes one entry, from its place, the views of the arguments (in
    `formula/entries.py`) and the parameters."""
    elementwise: bool = False
    """Each entry of the value comes from the same entry of each argument; narrower arguments are broadcast."""
    per_sample: bool = False
    """It works on each sample by itself, as softmax does; a call may say along which axis a sample lies."""
    by_layout: bool = False
    """Its `value` takes `axis` as that of a `per_sample` function does, though it doesn't work on each by itself."""
    undefined: str = ""
    """Why a value isn't finite though the arguments are: for a singular matrix."""
    of_shapes: bool = False
    """The value depends on the arguments' shapes alone, so there is nothing to differentiate."""
    images: bool = False
    """It takes arrays of more than two axes, as all functions that go entry by entry do."""
    moves: bool = False
    """Each entry of the value is an entry of an argument that stands elsewhere, or 0."""
    usual: Mapping[str, float] = field(default_factory=dict)
    """The last arguments that a call may leave out, and the numbers that they are then: no bias is 0."""
    variadic: bool = False
    """It takes any number of arguments from two, all treated alike."""
    lies: PlaceRule | None = None
    """Of a variadic function, where an argument lies in the value: numbers by name, of which its gradient's rule
    speaks; from the arguments' shapes, its position and the parameters."""
    kinks: tuple[str, ...] = ()
    """Formulas over the arguments and parameters; where one is zero, the function has no derivative."""
    domain: Mapping[str, str] = field(default_factory=dict)
    """Argument -> where it may lie: "positive", "probability" (each entry in (0, 1)), "distribution" (a sample sums
    to 1), "one_hot", "sign" (±1), "bit" (0 or 1), "index" (a whole number from 1); anywhere if not said.
    Targets are held to it, random instances are drawn by it."""

    role: Literal["activation", "loss"] | None = None
    """Its part in a network. A loss has two arguments: what came out, and its target."""
    group: str = "elementwise"
    """The heading under which listings show a function without a role."""
    infix: Infix | None = None
    """How an operator is written."""
    unicode: str | None = None
    latex: str | None = None
    """How a call is written, if not as in code: `σ({a})`. `{y:2}` puts an argument in brackets unless it binds as
    tight as a product (precedences as in `formula/write.py`)."""

    mistakes: tuple[Mistake, ...] = ()
    """The wrong rules and values that students use, to recognise them."""

    @property
    def target(self) -> str | None:
        """A loss's argument that holds its target; None for any other function."""
        return self.args[1] if self.role == "loss" else None

    @property
    def heading(self) -> str:
        """Under which heading listings show it."""
        return self.role or self.group

    def parameters(self, given: Iterable[tuple[str, float]]) -> Mapping[str, float]:
        """The value of every parameter: as given, or the usual one."""
        return {**self.params, **dict(given)} if given else self.params

    def keywords(self, given: Iterable[tuple[str, float]], axis: Axis) -> dict[str, Any]:
        """What `value` takes beside the arguments."""
        return {
            **self.parameters(given),
            **({AXIS: self.along(given, axis)} if self.per_sample or self.by_layout else {}),
        }

    def along(self, given: Iterable[tuple[str, float]], axis: Axis) -> Axis:
        """The axis along which a sample lies: `axis`, unless a call to a `per_sample` function has its own."""
        own = dict(given).get(AXIS) if given and self.per_sample else None
        return axis if own is None else Axis(int(own))

    @property
    def repeats(self) -> bool:
        """Whether narrower arguments are repeated to fit the others; those that number another's samples are not."""
        return self.elementwise or (self.per_sample and "index" not in self.domain.values())

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of all parameters."""
        return (*self.params, AXIS) if self.per_sample else tuple(self.params)

    @property
    def least(self) -> int:
        """How many arguments a call has at least."""
        return 2 if self.variadic else len(self.args) - len(self.usual)

    def passes_on(self, position: int) -> bool:
        """Whether the argument there can receive a gradient."""
        return not self.of_shapes and self.argument(position) not in self.stops

    def argument(self, position: int) -> str:
        """The name of the argument there; those of a variadic function are all alike, and have the first one's name."""
        return self.args[0 if self.variadic else position]


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
_MADE_FROM_IT: list[Callable[[], None]] = []


class _Cached(Protocol):
    def cache_clear(self) -> None: ...


CachedFunction = TypeVar("CachedFunction", bound=_Cached)


def until_changed(function: CachedFunction) -> CachedFunction:
    """Let a function under `lru_cache` forget its results when the table changes."""
    _MADE_FROM_IT.append(function.cache_clear)
    return function


def _changed() -> None:
    for forget in _MADE_FROM_IT:
        forget()


def register(entry: Function) -> Function:
    """Add an entry to the table. Raises ValueError where one of its names is taken."""
    taken = {*_FUNCTIONS, *_ALIASES} & {entry.name, *entry.aliases}
    if taken:
        raise ValueError(f"{entry.name}: {', '.join(sorted(taken))} is in the table already")
    _FUNCTIONS[entry.name] = entry
    _ALIASES.update(dict.fromkeys(entry.aliases, entry.name))
    _changed()
    return entry


def unregister(name: str) -> None:
    """Take an entry out again (tests add entries of their own). Raises KeyError where it isn't in the table."""
    entry = _FUNCTIONS.pop(name)
    for alias in entry.aliases:
        del _ALIASES[alias]
    _changed()


def register_pair(entry: Pair) -> Pair:
    """Add a shortcut to the table."""
    _PAIRS[entry.outer, entry.inner] = entry
    _changed()
    return entry


def unregister_pair(entry: Pair) -> None:
    """Take a shortcut out again. Raises KeyError where it isn't in the table."""
    del _PAIRS[entry.outer, entry.inner]
    _changed()


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


def without_brackets(name: str) -> bool:
    """Whether an entry of that name or alias is a number, written without brackets: pi."""
    return known(name) and not (lookup(name).args or lookup(name).params)


def functions() -> tuple[Function, ...]:
    """All entries, in the order in which they were added."""
    return tuple(_FUNCTIONS.values())
