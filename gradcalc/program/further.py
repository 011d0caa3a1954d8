"""Quantities that can be asked for beside those of a solution: changes, deltas, losses one by one, abbreviations.

Their equations are made where something asks for them (`beside`), so that plain reports don't grow.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, islice, permutations

from gradcalc.program.naming import (
    block_name,
    change_name,
    delta_name,
    derivative_name,
    gradient_name,
    has_part,
    loss_name,
    part_name,
    target_name,
)
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.structure import Layer, Unit

DELTAS, LOSSES, CHANGES, LET, MADE, HESSIANS = "deltas", "losses", "changes", "let", "made", "hessians"
SHAPES, COUNT = "shapes", "count"
JACOBIANS = "jacobians"
"""Of these there are too many to list them: each is known by its name (`blocks`)."""
PARTS = "gradients"
"""The section in which parts of gradients stand."""
MOST_PARTS = 2_000
"""So many parts of gradients are known of one problem."""
MOST_TOGETHER = 8
"""Of more inputs and parameters than these second derivatives are known by each alone, not by two of them."""
FURTHER = (DELTAS, LOSSES, CHANGES, LET, MADE, HESSIANS, SHAPES, COUNT, JACOBIANS)
MINUS = {DELTAS: "-gradient", CHANGES: "old - new"}
"""The other sign of a section, as `signs` has it."""


@dataclass(frozen=True, slots=True)
class Further:
    """One that can be asked for: the section and the name in sheets, the quantity that it is of, its equation's name.

    `also` is what else it is called in its section, `alone` what it is called outside of it.
    """

    section: str
    name: str
    of: str
    equation: str
    also: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    by: str = ""
    """Of a part of a gradient: the quantity by whose use it comes."""
    ways: tuple[str, ...] = ()
    """Of a Hessian: the quantities by which the second derivatives are taken."""

    @property
    def derivative(self) -> tuple[str, ...]:
        """Of a second derivative what is differentiated, and by what; nothing of others, or of several together."""
        return (self.of, *self.ways) if self.ways and "," not in self.name else ()

    @property
    def label(self) -> str:
        """`changes.W1`; of all losses in one `losses`, of the count of steps `made`, of parameters `count`."""
        return self.section if self.name == self.section in (LOSSES, MADE, COUNT) else f"{self.section}.{self.name}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a problem when it can be named what is asked."""

    parameters: Collection[str]
    targets: Collection[str]
    forward: Collection[str]
    layers: Collection[Layer]
    units: Collection[Unit]
    objective: str | None
    taken: Collection[str]
    let: Iterable[str] = ()
    signs: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Which quantities use a name, where a gradient is asked of it."""
    leaves: Collection[str] = ()
    """What second derivatives can be asked by: the inputs and parameters, where there is something to differentiate."""
    given: Collection[str] = ()
    """The inputs, targets and parameters."""
    ends: bool = False
    """Whether the steps end at a condition, so that it can be asked how many they are."""


def of_problem(problem: Problem) -> tuple[Further, ...]:
    """All that can be asked of a problem beside its solution."""
    users = users_of(problem.forward) if problem.has_gradients and not problem.has_given_gradients else {}
    return tuple(further(replace(_known(problem), users=users)))


def second_derivatives(problem: Problem) -> dict[str, tuple[str, ...]]:
    """The equations of second derivatives that can be asked for: what is differentiated, and by what."""
    return {each.equation: each.derivative for each in _hessians(_known(problem)) if each.derivative}


def _known(problem: Problem) -> Known:
    """What is known of a problem, but for what uses what, which takes time to find out."""
    forward = [equation.name for equation in problem.forward]
    return Known(
        problem.parameters,
        problem.targets,
        forward,
        problem.layers,
        problem.units,
        problem.objective,
        {*problem.given, *forward},
        problem.let,
        problem.signs,
        leaves=problem.leaves if problem.objective is not None else (),
        given=tuple(problem.data),
        ends=problem.until is not None,
    )


def further(known: Known) -> Iterator[Further]:
    """The same by what is known of a problem, as long as it isn't a Problem."""
    yield from _deltas(known)
    yield from _losses(known)
    for name in (*known.parameters, *known.forward):
        called = (f"Δ{name}", f"Δ_{name}", f"Delta_{name}")
        yield Further(CHANGES, name, name, _free(change_name(name), known.taken), called, called)
    yield from (Further(LET, name, name, name) for name in known.let)
    yield from islice(_parts(known), MOST_PARTS)
    yield from _hessians(known)
    for name in (*known.given, *known.forward):
        yield Further(SHAPES, name, name, _free(f"shape of {name}", known.taken))
    if known.parameters:
        yield Further(COUNT, COUNT, COUNT, _free(f"{COUNT} of parameters", known.taken))
    if known.ends:
        yield Further(MADE, MADE, MADE, _free(MADE, known.taken))


def users_of(forward: Iterable[Equation]) -> dict[str, tuple[str, ...]]:
    """Which equations use each name."""
    found: dict[str, list[str]] = {}
    for equation in forward:
        for name in equation.uses:
            found.setdefault(name, []).append(equation.name)
    return {name: tuple(users) for name, users in found.items()}


def _parts(known: Known) -> Iterator[Further]:
    """The part of a name's gradient that comes by each quantity that uses it."""
    for name, users in known.users.items():
        for by in users if name not in known.targets else ():
            part = part_name(name, by)
            yield Further(PARTS, part, name, gradient_name(part), alone=(part,), by=by)


def _hessians(known: Known) -> Iterator[Further]:
    """Second derivatives by a quantity twice (`w`), by two of them (`x/y`), and by several together (`x, y`)."""
    of, leaves = known.objective or "", [*known.leaves]
    for name in leaves:
        yield _hessian(known, name, derivative_name((of, name, name)), (name, name))
    if not 1 < len(leaves) <= MOST_TOGETHER:
        return
    for pair in permutations(leaves, 2):
        yield _hessian(known, "/".join(pair), derivative_name((of, *pair)), pair)
    parameters = [name for name in leaves if name in known.parameters]
    for several in dict.fromkeys([*combinations(leaves, 2), tuple(parameters), tuple(leaves)]):
        if len(several) > 1:
            yield _hessian(known, ", ".join(several), block_name(several), several, (",".join(several),))


def _hessian(known: Known, name: str, equation: str, ways: tuple[str, ...], also: tuple[str, ...] = ()) -> Further:
    return Further(HESSIANS, name, known.objective or "", _free(equation, known.taken), also, ways=ways)


def _deltas(known: Known) -> Iterator[Further]:
    """One a weighted sum or a vertex; where neither is known, one for each quantity that is computed.

    By itself `δ2` is the gradient, unless deltas have the other sign.
    """
    for layer in known.layers:
        number = str(layer.number)
        written = (f"δ{number}", f"δ_{number}", f"delta_{number}")
        yield _delta(known, layer.sums, layer.sums, delta_name(number), written, (number,))
    for unit in known.units:
        with_letter = (f"δ_{unit.name}", f"δ{unit.name}")
        equation = delta_name(unit.name, apart=True)
        yield _delta(known, unit.name, unit.sum, equation, with_letter, (unit.sum, unit.output))
    for name in () if known.layers or known.units else known.forward:
        if name != known.objective:
            yield _delta(known, name, name, delta_name(name, apart=True), (f"δ_{name}", f"δ{name}"), ())


def _delta(known: Known, name: str, of: str, equation: str, written: tuple[str, ...], also: tuple[str, ...]) -> Further:
    """A delta; `written` is how it is written with its letter, `also` what else it is called."""
    alone = written if is_minus(DELTAS, known.signs) else ()
    return Further(DELTAS, name, of, _free(equation, known.taken), (*written, *also, gradient_name(of)), alone)


def _losses(known: Known) -> Iterator[Further]:
    """One a vertex with a target; else all in one vector."""
    if known.objective is None:
        return
    for unit in known.units:
        if target_name(unit.name) in known.targets:
            yield Further(LOSSES, unit.name, unit.output, _free(loss_name(unit.name), known.taken), (unit.output,))
    if not known.units:
        yield Further(LOSSES, LOSSES, known.objective, _free(LOSSES, known.taken))


def _free(name: str, taken: Collection[str]) -> str:
    """A name that no quantity of the problem has."""
    while name in taken:
        name += "_"
    return name


def is_minus(section: str, signs: Mapping[str, str]) -> bool:
    """Whether a section has the other sign: minus the gradient, old minus new."""
    return signs.get(section) == MINUS.get(section, "")


def by_labels(problem: Problem, labels: Iterable[str]) -> set[str]:
    """The names of the equations of those that are meant by labels such as `changes.W1`, at whatever step."""
    bare = {re.sub(r"steps\.\d+\.", "", label) for label in labels}
    if not any(label.partition(".")[0] in FURTHER or has_part(label) for label in bare):
        return set()
    jacobians = {label.partition(".")[2] for label in bare if label.startswith(f"{JACOBIANS}.")}
    return jacobians | {each.equation for each in of_problem(problem) if each.label in bare}
