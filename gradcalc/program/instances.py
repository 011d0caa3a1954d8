"""Random instances of a problem: other numbers in the same shapes, and everything that follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Apply, Name, Num, walk
from gradcalc.formula.table import Axis, known, lookup
from gradcalc.optimizers.rule import RATE
from gradcalc.program.build import Program, build
from gradcalc.program.kinds import ValueKind, is_any, random_value
from gradcalc.program.naming import at_first
from gradcalc.program.problem import Problem

ATTEMPTS = 5
"""How often numbers are drawn anew where they lead out of a function's domain."""
SPREADS = (1.0, 0.3, 0.05)
"""After that, by which part of themselves the problem's own numbers are moved."""
_STRICTEST = ("index", "one_hot", "distribution", "sign", "bit", "probability", "positive")


def instances(
    problem: Problem, count: int = 20, seed: int = 0, program: Program | None = None
) -> Iterator[dict[str, Array]]:
    """The value of every name, at that many random instances of a problem (the same ones for the same seed).

    Values are float64 in the shapes that they have in the problem. Given ones stay of the kind that the file states,
    and keep what they are used as: one-hot and other distributions, signs, probabilities, positive numbers. Where
    values at random aren't finite, those near the problem's own are taken. `program` is the problem's, if it is built
    already; else this raises what `build` raises.
    """
    program = program or build(problem)
    random = np.random.default_rng(seed)
    draw = Drawer(problem)
    for _ in range(count):
        yield _finite(program, draw, random)


def _finite(program: Program, draw: Drawer, random: np.random.Generator) -> dict[str, Array]:
    values: dict[str, Array] = {}
    for spread in (*[None] * ATTEMPTS, *SPREADS):
        values = program.run(draw.anew(random) if spread is None else draw.near(random, spread))
        if all(np.isfinite(value).all() for value in values.values()):
            break
    return values


class Drawer:
    """Draws given values, each as what it is used as."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.uses = uses(problem)

    def anew(self, random: np.random.Generator) -> dict[str, Array]:
        """Values in the problem's shapes that have nothing to do with its own, by name."""
        return {name: self._one(name, value, random) for name, value in self.problem.given.items()}

    def near(self, random: np.random.Generator, spread: float) -> dict[str, Array]:
        """The problem's own values, moved by up to `spread / 2` times themselves; distributions and signs anew."""
        moved = {}
        for name, value in self.problem.given.items():
            factor = 1.0 + spread * random.uniform(-0.5, 0.5, value.shape)
            fixed = self.uses.get(at_first(name)) in ("index", "one_hot", "distribution", "sign", "bit", "probability")
            anew = fixed or self._stated(name) is not None
            moved[name] = self._one(name, value, random) if anew else np.asarray(value * factor)
        return moved

    def _one(self, name: str, value: Array, random: np.random.Generator) -> Array:
        if at_first(name) == RATE:
            return np.asarray(random.uniform(0.01, 1.0))
        kind = self._stated(name)
        if kind is not None:
            return random_value(kind, value.shape, random, self.problem.axis)
        make = _MAKERS.get(self.uses.get(at_first(name), ""), _normal)
        return np.asarray(make(value, self.problem.axis, random), dtype=np.float64)

    def _stated(self, name: str) -> ValueKind | None:
        """What the file says that a name is, where that is more than an array of a shape."""
        kind = self.problem.kinds.get(at_first(name))
        return None if kind is None or is_any(kind) else kind


def uses(problem: Problem) -> dict[str, str]:
    """What given names are used as, where that says more than a number: the strictest of their uses."""
    found: dict[str, set[str]] = {name: {"distribution"} for name in problem.assumed}
    for equation in problem.forward:
        for node in walk(equation.expr):
            for name, use in _used(node) if isinstance(node, Apply) and known(node.function) else ():
                found.setdefault(name, set()).add(use)
    strictest = {name: min(kinds, key=_STRICTEST.index) for name, kinds in found.items() if name in problem.given}
    by_use = {name: _as_given(use, problem.given[name], problem.axis) for name, use in strictest.items()}
    return by_use | dict.fromkeys(problem.classes.values(), "one_hot")


def _used(node: Apply) -> Iterator[tuple[str, str]]:
    """The names that are arguments of a function with a domain for them."""
    if node.function == "div" or (node.function == "pow" and _is_whole(node.args[1])):
        return
    entry = lookup(node.function)
    for argument, arg in zip(entry.args, node.args, strict=False):
        use = entry.domain.get(argument)
        if isinstance(arg, Name) and use in _STRICTEST:
            yield arg.id, str(use)


def _is_whole(exponent: object) -> bool:
    return isinstance(exponent, Num) and exponent.value == int(exponent.value)


def _as_given(use: str, value: Array, axis: Axis) -> str:
    """A distribution that is one-hot stays so; and what isn't one in the problem needn't be one here."""
    if use == "distribution" and not np.allclose(np.sum(value, axis=axis if value.ndim else None), 1.0, atol=1e-6):
        return "probability"
    if use == "distribution" and np.isin(value, (0.0, 1.0)).all():
        return "one_hot"
    return use


_Maker = Callable[[Array, Axis, np.random.Generator], Array]


def _normal(value: Array, axis: Axis, random: np.random.Generator) -> Array:
    return random.standard_normal(value.shape)


def _positive(value: Array, axis: Axis, random: np.random.Generator) -> Array:
    return random.uniform(0.2, 3.0, value.shape)


def _probability(value: Array, axis: Axis, random: np.random.Generator) -> Array:
    return random.uniform(0.05, 0.95, value.shape)


def _sign(value: Array, axis: Axis, random: np.random.Generator) -> Array:
    return random.choice([-1.0, 1.0], value.shape)


def _distribution(value: Array, axis: Axis, random: np.random.Generator) -> Array:
    if not value.shape:
        return np.ones(())
    weights = random.exponential(1.0, value.shape) + 0.05
    return np.asarray(weights / weights.sum(axis=axis, keepdims=True))


def _as_it_is(value: Array, axis: Axis, random: np.random.Generator) -> Array:
    """A mask says what belongs together, an index what is taken; they stay."""
    return value


def _one_hot(value: Array, axis: Axis, random: np.random.Generator) -> Array:
    if not value.shape:
        return np.ones(())
    rows = np.eye(value.shape[axis])[random.integers(value.shape[axis], size=value.shape[1 - axis])]
    return np.asarray(rows.T if axis is Axis.COLUMNS else rows)


_MAKERS: Mapping[str, _Maker] = {
    "one_hot": _one_hot,
    "index": _as_it_is,
    "bit": _as_it_is,
    "distribution": _distribution,
    "sign": _sign,
    "probability": _probability,
    "positive": _positive,
}
