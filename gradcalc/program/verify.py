"""Check every gradient against central differences of the forward pass, and look for kinks.

The differences are of fourth order, (8(f₁ - f₋₁) - (f₂ - f₋₂)) / 12h (Fornberg, 1988, table 1). Every entry is
moved by itself up to 500 entries; beyond that each quantity is moved along random directions, and where there
are many quantities, groups of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcalc.formula.compile import Compiled, compile_formulas
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, substitute, walk
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis, lookup
from gradcalc.program.problem import Array, Equation

ENTRIES = 500
DIRECTIONS = 3
QUANTITIES = 40
GROUPS = 8
STEPS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
GOOD = 1e-9
ON_KINK = 1e-9

Objective = Callable[[Mapping[str, Array]], float]


@dataclass(frozen=True, slots=True)
class Verification:
    """How well the gradients agree with central differences.

    `max_relative_error` is the largest |analytic - numeric|, relative to the larger of the two (or, for entries
    lost in rounding, to 1e-3 of the largest gradient entry or 1e-5 of the objective); nan where the objective
    isn't finite. `worst` is the quantity that has it. `kinks` tells which values sit where a function has no
    derivative, so that the differences need not agree there.
    """

    method: str
    max_relative_error: float
    worst: str
    kinks: tuple[str, ...]


def verify(
    forward: Sequence[Equation],
    given: Mapping[str, Array],
    gradients: Mapping[str, Array],
    objective: Objective,
    targets: Sequence[str],
    axis: Axis = Axis.COLUMNS,
) -> Verification:
    """Compare `gradients` (by name) with differences of `objective`, a function of the values by name.

    `targets` are the names that `objective` reads.
    """
    plain = compile_formulas([(eq.name, eq.expr) for eq in forward], given, axis, targets)
    shifted = _shiftable(forward, given, axis, targets)
    everything = sum(np.size(value) for value in gradients.values()) <= ENTRIES
    base = {**given, **{shift_name(eq.name): np.zeros(())[()] for eq in forward}}
    here = objective(plain(given))
    largest = max((float(np.max(np.abs(g[np.isfinite(g)]), initial=0.0)) for g in gradients.values()), default=0.0)
    floor = max(1e-3 * largest, 1e-5 * abs(here), 1e-300)
    worst, where = 0.0, ""
    for group in _groups(gradients, given, everything):
        program = plain if group[0] in given else shifted
        for directions in _directions({name: gradients[name] for name in group}, everything):
            analytic = sum(float(np.sum(gradients[name] * along)) for name, along in directions.items())
            moved = {name if name in given else shift_name(name): along for name, along in directions.items()}
            error = _error(program, base, moved, analytic, objective, floor)
            if not error <= worst:
                worst, where = error, " or ".join(group[:3])
    method = "central differences, " + ("every entry" if everything else "random directions")
    return Verification(method, worst, where, find_kinks(forward, given, axis))


def _groups(gradients: Mapping[str, Array], given: Mapping[str, Array], everything: bool) -> Iterator[list[str]]:
    """Which quantities are moved together: each by itself, or a few groups where there are very many."""
    for names in ([n for n in gradients if n in given], [n for n in gradients if n not in given]):
        size = 1 if everything or len(gradients) <= QUANTITIES else -(-len(names) // (GROUPS // 2))
        yield from (names[start : start + size] for start in range(0, len(names), max(size, 1)))


def shift_name(name: str) -> str:
    """A name that no formula can hold, for what is added to a quantity."""
    return f"shift of {name}"


def _shiftable(forward: Sequence[Equation], given: Mapping[str, Array], axis: Axis, targets: Sequence[str]) -> Compiled:
    """The forward pass with something added to each quantity: the way to move those in the middle."""
    formulas = [(eq.name, add(eq.expr, Name(shift_name(eq.name)))) for eq in forward]
    return compile_formulas(formulas, [*given, *(shift_name(eq.name) for eq in forward)], axis, targets)


def _directions(gradients: Mapping[str, Array], everything: bool) -> Iterator[dict[str, Array]]:
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


def _error(
    program: Compiled,
    base: Mapping[str, Array],
    moved: Mapping[str, Array],
    analytic: float,
    objective: Objective,
    floor: float,
) -> float:
    """The relative error, with the step that agrees best: a long one rounds less, a short one stays off kinks."""
    size = max(1.0, *(float(np.max(np.abs(base[n]) * (along != 0), initial=0.0)) for n, along in moved.items()))
    best = np.inf
    for step in STEPS:
        h = step * size

        def value(k: int, h: float = h) -> float:
            return objective(program({**base, **{name: base[name] + k * h * along for name, along in moved.items()}}))

        numeric = (8.0 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12.0 * h)
        error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), floor)
        best = min(best, error) if not np.isnan(error) else error
        if best < GOOD or np.isnan(best):
            break
    return float(best)


def find_kinks(forward: Sequence[Equation], given: Mapping[str, Array], axis: Axis) -> tuple[str, ...]:
    """Where a value sits on a kink, such as `relu at 0: h1[2]`."""
    formulas: list[tuple[str, Expr]] = [(eq.name, eq.expr) for eq in forward]
    watched: list[tuple[str, Apply]] = []
    for equation in forward:
        for node in walk(equation.expr):
            for kink in lookup(node.function).kinks if isinstance(node, Apply) else ():
                assert isinstance(node, Apply)
                distance = _distance(kink, node)
                formulas.append((f"kink {len(watched)}", distance))
                watched.append((equation.name, node))
    if not watched:
        return ()
    distances = compile_formulas(formulas, given, axis, [f"kink {i}" for i in range(len(watched))])(given)
    found = [
        f"{node.function} in {name}{_places(distance)}"
        for (name, node), distance in zip(watched, distances.values(), strict=True)
        if np.any(np.abs(distance) <= ON_KINK)
    ]
    return tuple(dict.fromkeys(found))


def _distance(kink: str, node: Apply) -> Expr:
    """How far an application is from a kink, as a formula over what it is applied to."""
    entry = lookup(node.function)
    params = {name: Num(value) for name, value in {**entry.params, **dict(node.params)}.items()}
    return substitute(parse(kink), {**params, **dict(zip(entry.args, node.args, strict=True))})


def _places(distance: Array) -> str:
    """`[2]` or `[1,2], [2,1]`: which entries, counted from 1."""
    if np.size(distance) == 1:
        return ""
    places = [tuple(int(i) + 1 for i in index) for index in np.argwhere(np.abs(distance) <= ON_KINK)]
    vector = 1 in np.shape(distance)
    shown = [f"[{max(place)}]" if vector else f"[{place[0]},{place[1]}]" for place in places[:5]]
    return ", ".join(shown) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
