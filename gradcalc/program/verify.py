"""Check every gradient against central differences of the forward pass, and look for kinks.

The differences are of fourth order, (8(f₁ - f₋₁) - (f₂ - f₋₂)) / 12h (Fornberg, 1988, table 1). Every entry is
moved by itself up to 500 entries; beyond that each quantity is moved along random directions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcalc.formula.compile import Compiled, compile_formulas
from gradcalc.formula.expr import Apply, Expr, Name, add, substitute, walk
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis, lookup
from gradcalc.program.problem import Array, Equation

ENTRIES = 500
DIRECTIONS = 3
STEPS = (1e-3, 1e-4, 1e-5)
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
    largest = max((float(np.max(np.abs(g), initial=0.0)) for g in gradients.values()), default=0.0)
    floor = max(1e-3 * largest, 1e-5 * abs(here), 1e-300)
    worst, where = 0.0, ""
    for name, gradient in gradients.items():
        program, moved = (plain, name) if name in given else (shifted, shift_name(name))
        for direction in _directions(gradient, everything):
            analytic = float(np.sum(gradient * direction))
            error = _error(program, base, moved, direction, analytic, objective, floor)
            if not error <= worst:
                worst, where = error, name
    entries = "every entry" if everything else f"{DIRECTIONS} random directions for each quantity"
    return Verification(f"central differences, {entries}", worst, where, find_kinks(forward, given, axis))


def shift_name(name: str) -> str:
    """A name that no formula can hold, for what is added to a quantity."""
    return f"shift of {name}"


def _shiftable(forward: Sequence[Equation], given: Mapping[str, Array], axis: Axis, targets: Sequence[str]) -> Compiled:
    """The forward pass with something added to each quantity: the way to move those in the middle."""
    formulas = [(eq.name, add(eq.expr, Name(shift_name(eq.name)))) for eq in forward]
    return compile_formulas(formulas, [*given, *(shift_name(eq.name) for eq in forward)], axis, targets)


def _directions(gradient: Array, everything: bool) -> Iterator[Array]:
    if everything:
        for index in np.ndindex(np.shape(gradient)):
            direction = np.zeros(np.shape(gradient))
            direction[index] = 1.0
            yield direction
    else:
        random = np.random.default_rng(0)
        for _ in range(DIRECTIONS):
            direction = random.standard_normal(np.shape(gradient))
            yield direction / max(float(np.sqrt(np.sum(direction**2))), 1e-300)


def _error(
    program: Compiled,
    base: Mapping[str, Array],
    moved: str,
    direction: Array,
    analytic: float,
    objective: Objective,
    floor: float,
) -> float:
    """The relative error, with the step that agrees best: a long one rounds less, a short one stays off kinks."""
    start = base[moved]
    size = max(1.0, float(np.max(np.abs(start) * (direction != 0), initial=0.0)))
    best = np.inf
    for step in STEPS:
        h = step * size

        def along(k: int, h: float = h) -> float:
            return objective(program({**base, moved: start + k * h * direction}))

        numeric = (8.0 * (along(1) - along(-1)) - (along(2) - along(-2))) / (12.0 * h)
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
                distance = substitute(parse(kink), dict(zip(lookup(node.function).args, node.args, strict=True)))
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


def _places(distance: Array) -> str:
    """`[2]` or `[1,2], [2,1]`: which entries, counted from 1."""
    if np.size(distance) == 1:
        return ""
    places = [tuple(int(i) + 1 for i in index) for index in np.argwhere(np.abs(distance) <= ON_KINK)]
    vector = 1 in np.shape(distance)
    shown = [f"[{max(place)}]" if vector else f"[{place[0]},{place[1]}]" for place in places[:5]]
    return ", ".join(shown) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
