"""Check every gradient against central differences of the forward pass, and look for kinks.

The differences are of fourth order, (8(f₁ - f₋₁) - (f₂ - f₋₂)) / 12h (Fornberg, 1988, table 1). Every entry is
moved by itself up to 500 entries; beyond that each quantity is moved along random directions, and where there
are many quantities, or a pass takes long, groups of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import Compiled, compile_formulas
from gradcalc.formula.expr import Apply, Expr, Name, add, walk
from gradcalc.formula.kinks import distances
from gradcalc.formula.receiving import held, receiving
from gradcalc.formula.smooth import smooth
from gradcalc.formula.table import Axis, pairs
from gradcalc.program.limits import cost
from gradcalc.program.problem import Equation

ENTRIES = 500
DIRECTIONS = 3
QUANTITIES = 40
GROUPS = 8
COST = 100_000_000
"""Beyond this many entries in all passes, fewer passes are made."""
STEPS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
GOOD = 1e-9
ON_KINK = 1e-9

Objective = Callable[[Mapping[str, Array]], float]
Direction = Mapping[str, Array]
Moved: TypeAlias = Literal["every entry", "random directions"]


@dataclass(frozen=True, slots=True)
class Kink:
    """Where a value sits on a kink: of which function, in which quantity, at which entries (` [2]`, or nothing)."""

    function: str
    quantity: str
    places: str = ""

    def __str__(self) -> str:
        return f"{self.function} in {self.quantity}{self.places}"


@dataclass(frozen=True, slots=True)
class Verification:
    """How well the gradients agree with central differences.

    `max_relative_error` is the largest |analytic - numeric|, relative to the larger of the two (or, for entries
    lost in rounding, to 1e-3 of the quantity's largest or 1e-5 of the values that the objective is made of); nan
    where the objective isn't finite or no gradient is. `worst_of` are the quantities that may have it. `moved` tells
    along what they were moved; gradients that aren't finite are left out, and there were some where `finite_only`.
    `on_kinks` tells which values sit where a function has no derivative, so that differences need not agree there.
    """

    moved: Moved
    finite_only: bool
    max_relative_error: float
    worst_of: tuple[str, ...]
    on_kinks: tuple[Kink, ...] = ()

    @property
    def worst(self) -> str:
        """Which quantities may have it, in words."""
        return " or ".join(self.worst_of)

    @property
    def kinks(self) -> tuple[str, ...]:
        """The same in words, such as `relu in h1[2]`."""
        return tuple(map(str, self.on_kinks))


def verify(
    forward: Sequence[Equation],
    given: Mapping[str, Array],
    gradients: Mapping[str, Array],
    objective: Objective,
    targets: Sequence[str],
    axis: Axis = Axis.COLUMNS,
) -> Verification:
    """Compare `gradients` (by name) with differences of `objective`, a function of the values by name.

    Values are float64 scalars or matrices, a gradient in the shape of its quantity. `given` has what the forward pass
    starts from, `targets` are the names that `objective` reads.
    """
    forward, given = _held(forward, given, axis)
    kinks = find_kinks(forward, given, axis, fixed=given.keys() - gradients.keys())
    finite = {name: value for name, value in gradients.items() if np.isfinite(value).all()}
    finite_only = len(finite) < len(gradients)
    gradients = finite
    values = {**given, **compile_formulas([(eq.name, eq.expr) for eq in forward], given, axis)(given)}
    long = cost(forward, {name: np.shape(value) for name, value in values.items()}, axis)
    entries = sum(np.size(value) for value in gradients.values())
    everything = entries <= ENTRIES and entries * long <= COST
    few = len(gradients) <= QUANTITIES and len(gradients) * long <= COST
    moved: Moved = "every entry" if everything else "random directions"
    here = objective(values)
    if not np.isfinite(here) or (finite_only and not finite):
        return Verification(moved, finite_only, np.nan, (), kinks)
    size = max(abs(here), min(_largest(values.values()), 1e3))
    worst, where = 0.0, tuple[str, ...]()
    for movable in _movable(forward, given, targets, axis):
        for group in _groups([name for name in gradients if name in movable.names], everything or few):
            gradient = {name: gradients[name] for name in group}
            floor = max(1e-3 * _largest(gradient.values()), 1e-5 * size, 1e-300)
            for along in _directions(gradient, everything):
                error = _error(_line(movable, along, objective), gradient, along, _steps(values, along), floor)
                if not (error <= worst or np.isnan(worst)):
                    worst, where = error, tuple(group[:3])
    return Verification(moved, finite_only, worst, where, kinks)


def _held(
    forward: Sequence[Equation], given: Mapping[str, Array], axis: Axis
) -> tuple[Sequence[Equation], Mapping[str, Array]]:
    """The forward pass with what stands under a `stop_gradient` given as a constant, as the gradients take it."""
    constants: dict[str, Expr] = {}

    def hold(expr: Expr) -> Expr:
        constants[f"constant {len(constants)}"] = expr
        return Name(f"constant {len(constants) - 1}")

    changed = [replace(eq, expr=held(eq.expr, hold)) for eq in forward]
    if not constants:
        return forward, given
    formulas = [(eq.name, eq.expr) for eq in forward]
    values = compile_formulas([*formulas, *constants.items()], given, axis, constants)(given)
    return changed, {**given, **values}


@dataclass(frozen=True, slots=True)
class _Movable:
    """A forward pass, and the quantities that can be moved in it."""

    names: frozenset[str]
    program: Compiled
    inputs: Mapping[str, Array]

    def moved(self, along: Direction, h: float) -> dict[str, Array]:
        """The targets' values after a step of length h."""
        keys = {name: name if name in self.inputs else _shift(name) for name in along}
        return self.program({**self.inputs, **{keys[n]: self.inputs[keys[n]] + h * along[n] for n in along}})


def _movable(
    forward: Sequence[Equation], given: Mapping[str, Array], targets: Sequence[str], axis: Axis
) -> Iterator[_Movable]:
    """Passes in which what is given can be moved, or what is computed, by adding to it.

    Nothing is added between the two functions of a pair while others are moved: their composition stays stable.
    """
    yield _Movable(frozenset(given), _shiftable(forward, set(), given, targets, axis), given)
    inner = {pair.inner for pair in pairs()}
    within = {eq.name for eq in forward if isinstance(eq.expr, Name)}
    within |= {eq.name for eq in forward if isinstance(eq.expr, Apply) and eq.expr.function in inner}
    for moved in ({eq.name for eq in forward} - within, within):
        zeros = {_shift(eq.name): np.zeros(())[()] for eq in forward if eq.name in moved}
        yield _Movable(frozenset(moved), _shiftable(forward, moved, given, targets, axis), {**given, **zeros})


def _shift(name: str) -> str:
    """A name that no formula can hold, for what is added to a quantity."""
    return f"shift of {name}"


def _shiftable(
    forward: Sequence[Equation], names: set[str], given: Mapping[str, Array], targets: Sequence[str], axis: Axis
) -> Compiled:
    """The forward pass with something added to some of its quantities."""
    formulas = [(e.name, add(e.expr, Name(_shift(e.name))) if e.name in names else e.expr) for e in forward]
    return compile_formulas(formulas, [*given, *(_shift(e.name) for e in forward if e.name in names)], axis, targets)


def _groups(names: Sequence[str], alone: bool) -> Iterator[Sequence[str]]:
    """Which quantities are moved together: each by itself, or a few groups where there are very many."""
    size = 1 if alone else max(-(-len(names) // (GROUPS // 2)), 1)
    return (names[start : start + size] for start in range(0, len(names), size))


def _directions(gradients: Mapping[str, Array], everything: bool) -> Iterator[Direction]:
    """Directions in which to move: along each entry, or random ones of length 1."""
    if everything:
        for name, gradient in gradients.items():
            for index in np.ndindex(np.shape(gradient)):
                along = np.zeros(np.shape(gradient))
                along[index] = 1.0
                yield {name: along}
        return
    random = np.random.default_rng(0)
    for _ in range(DIRECTIONS):
        drawn = {name: random.standard_normal(np.shape(gradient)) for name, gradient in gradients.items()}
        length = max(float(np.sqrt(sum(np.sum(along**2) for along in drawn.values()))), 1e-300)
        yield {name: along / length for name, along in drawn.items()}


def _line(movable: _Movable, along: Direction, objective: Objective) -> Callable[[float], float]:
    return lambda h: objective(movable.moved(along, h))


def _steps(values: Mapping[str, Array], along: Direction) -> Iterator[float]:
    """Steps to try: a long one rounds less, a short one stays off kinks and within the function's domain."""
    moved = np.concatenate([np.abs(values[name] + 0.0 * part)[part != 0] for name, part in along.items()])
    yield from (step * max(1.0, float(np.max(moved, initial=0.0))) for step in STEPS)
    smallest = float(np.min(moved, initial=1.0, where=moved > 0))
    if smallest < 1.0:
        yield from (step * smallest for step in STEPS[:3])


def _error(
    line: Callable[[float], float],
    gradients: Mapping[str, Array],
    along: Direction,
    steps: Iterable[float],
    floor: float,
) -> float:
    """The relative error, with the step that agrees best; nan where nothing can be compared."""
    analytic = sum(float(np.sum(gradients[name] * part)) for name, part in along.items())
    best = np.inf
    for h in steps:
        numeric = (8.0 * (line(h) - line(-h)) - (line(2 * h) - line(-2 * h))) / (12.0 * h)
        if np.isfinite(numeric):
            best = min(best, abs(analytic - numeric) / max(abs(analytic), abs(numeric), floor))
        if best < GOOD:
            break
    return float(best) if np.isfinite(best) else np.nan


def _largest(arrays: Iterable[Array]) -> float:
    return max(float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array))) for array in arrays)


def find_kinks(
    forward: Sequence[Equation], given: Mapping[str, Array], axis: Axis, fixed: Collection[str] = ()
) -> tuple[Kink, ...]:
    """Where a value sits on a kink, such as `relu in h1[2]`; not of what is made of `fixed` names alone."""
    formulas: list[tuple[str, Expr]] = [(eq.name, eq.expr) for eq in forward]
    watched: list[tuple[str, Apply]] = []
    for equation in forward:
        for node in walk(smooth(equation.expr)):
            for distance in distances(node) if isinstance(node, Apply) else ():
                assert isinstance(node, Apply)
                if all(name in fixed for name in receiving(distance)):
                    continue
                formulas.append((f"kink {len(watched)}", distance))
                watched.append((equation.name, node))
    if not watched:
        return ()
    found = compile_formulas(formulas, given, axis, [f"kink {i}" for i in range(len(watched))])(given)
    shown = [
        Kink(node.function, name, _places(distance))
        for (name, node), distance in zip(watched, found.values(), strict=True)
        if np.any(np.abs(distance) <= ON_KINK)
    ]
    return tuple(dict.fromkeys(shown))


def _places(distance: Array) -> str:
    """`[2]` or `[1,2], [2,1]`: which entries, counted from 1."""
    if np.size(distance) == 1:
        return ""
    places = [tuple(int(i) + 1 for i in index) for index in np.argwhere(np.abs(distance) <= ON_KINK)]
    vector = 1 in np.shape(distance)
    shown = [f"[{max(place)}]" if vector else f"[{place[0]},{place[1]}]" for place in places[:5]]
    return ", ".join(shown) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
