"""What a sheet says of claims: true or false by the claim's number, a chain, or equations between quantities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from gradcalc.check.answers.chains import sides
from gradcalc.check.answers.free_letters import readings
from gradcalc.check.answers.model import Reading
from gradcalc.errors import FormulaError, GradcalcError
from gradcalc.formula.expr import Num, names
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Shape
from gradcalc.problem.claims import Claim, stated
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.solution import Solution
from gradcalc.words import shorten, visible

CLAIMS: Final = "claims"
_GRADIENT: Final = re.compile(r"\bgrad\([^,()]+,\s*(\w+)\)")
MOST: Final = 200
"""So many claims may a sheet make."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One of them: an equation of the student's own, or what is said of the problem's claim with that number.

    `says` is whether that is called true; `lines` are the equations between one line of a chain and the next, with
    the texts of all lines. `refused` is why it can't be read.
    """

    label: str
    text: str = ""
    claim: Claim | None = None
    says: bool | None = None
    lines: tuple[tuple[str, Claim | None, str], ...] = ()
    refused: str = ""
    turned: Claim | None = None
    """An equation with a derivative in it, of which the right side lies otherwise."""
    readings: tuple[Reading, ...] = ()
    """The ways to read one in letters that the problem doesn't have."""

    @property
    def is_of_problem(self) -> bool:
        """Whether it is said of a claim of the problem, by its number."""
        return self.says is not None or bool(self.lines)


def sizes_of(problem: Problem) -> dict[str, int]:
    """The sizes of a problem's letters, which stand among its abbreviations."""
    let = problem.let.items()
    return {name: int(expr.value) for name, expr in let if isinstance(expr, Num) and expr.value.is_integer()}


def abbreviations(problem: Problem, shapes: Mapping[str, Shape]) -> dict[str, tuple[Equation, Shape]]:
    """The problem's abbreviations that rest on names of these shapes, as equations with their shapes, in order."""
    found: dict[str, tuple[Equation, Shape]] = {}
    for name, expr in problem.let.items():
        known = {**shapes, **{each: shape for each, (_, shape) in found.items()}}
        if not isinstance(expr, Num) and all(each in known for each in names(expr)):
            with suppress(GradcalcError):
                found[name] = Equation("forward", name, expr), shape_of(expr, known, problem.axis)
    return found


def statements(value: Any, solution: Solution) -> Iterator[Statement]:
    """What a sheet's `claims` say, one by one."""
    reader = _Reader(solution)
    items = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    if not items:
        must = "write a list of equations, or true or false by a claim's number: {1: true}"
        yield Statement(CLAIMS, refused=must)
    for number, (key, each) in enumerate(items):
        if number >= MOST:
            yield Statement(CLAIMS, refused=f"a sheet makes at most {MOST} claims")
            return
        label = f"{CLAIMS}.{shorten(str(key))}"
        yield reader.by_number(label, key, each) if isinstance(value, dict) else reader.equation(label, each)


class _Reader:
    def __init__(self, solution: Solution) -> None:
        self.problem = solution.problem
        self.sizes = sizes_of(self.problem)
        forward = {name: solution.shapes[name] for name in (*self.problem.given, *solution.forward)}
        gradients = {gradient_name(name): shape for name, shape in forward.items()}
        self.quantities = {**forward, **gradients, **dict.fromkeys(self.sizes, ())}

    def claim(self, text: str) -> Claim:
        """Raises FormulaError."""
        over = self.problem.indices
        return stated(text, self.problem.axis, self.quantities, self.sizes, dict(over.classes), over)

    def equation(self, label: str, value: Any) -> Statement:
        """An equation of the student's own."""
        text = visible(str(value).strip())
        if not isinstance(value, str):
            return Statement(label, shorten(text), refused="a claim is an equation: dW1 == x.T @ da1")
        try:
            return Statement(label, text, self.claim(text), turned=self.turned(text))
        except FormulaError as error:
            said = f"{shorten(text)}, column {error.start + 1}: {error.message}"
            own = readings(text, self.problem.claims, {*self.quantities}, self.problem.axis)
            return Statement(label, text, refused=said, readings=own)

    def turned(self, text: str) -> Claim | None:
        """An equation with the right side transposed: gradients by columns are rows in some books, Jacobians lie so."""
        left, _, right = text.partition("==")
        may_lie_so = "jacobian(" in text or any(1 in self.quantities.get(by, ()) for by in _GRADIENT.findall(text))
        if not may_lie_so or not right or "==" in right:
            return None
        with suppress(FormulaError):
            return self.claim(f"{left} == ({right}).T")
        return None

    def by_number(self, label: str, key: Any, value: Any) -> Statement:
        """True, false, or a chain from one side of the problem's claim to the other."""
        number = int(key) if str(key).strip().isdecimal() else 0
        claims = self.problem.claims
        if not 1 <= number <= len(claims):
            has = f"the problem has claims 1 to {len(claims)}" if claims else "the problem has no claims"
            return Statement(label, refused=f"{has}; equations of your own stand in a list")
        if isinstance(value, bool):
            return Statement(label, str(value).lower(), claims[number - 1], value)
        lines = sides(value)
        if lines is None:
            must = "write true or false, or a chain with a sign = between two sides"
            return Statement(label, shorten(str(value)), refused=must)
        return self.chain(label, claims[number - 1], [line for line in lines if line])

    def chain(self, label: str, claim: Claim, lines: list[str]) -> Statement:
        """A chain, which begins at the claim's left side, whether that is written or not."""
        if len(lines) < 2:
            return Statement(label, " ".join(lines), refused="a chain has two sides at least, with = between them")
        if claim.where:
            only = "chains are read for claims about quantities of the problem"
            return Statement(label, " = ".join(lines), refused=only)
        texts = [*lines] if _same(lines[0], claim) else [claim.text.partition("==")[0].strip(), *lines]
        found: list[tuple[str, Claim | None, str]] = [(texts[0], None, "")]
        for before, after in pairwise(texts):
            try:
                found.append((after, self.claim(f"{before} == {after}"), ""))
            except FormulaError as error:
                found.append((after, None, error.message))
        return Statement(label, " = ".join(lines), claim, lines=tuple(found))


def _same(text: str, claim: Claim) -> bool:
    return "".join(text.split()) == "".join(claim.text.partition("==")[0].split())
