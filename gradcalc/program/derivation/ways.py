"""The way to a gradient, from the chain rule to given values: the gradients in a line replaced one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import inf
from typing import Final

from gradcalc.formula.expr import Expr, Name, names, substitute
from gradcalc.formula.table import Shape
from gradcalc.program.derivation.chain import ChainRule
from gradcalc.program.derivation.lines import Derivation, Line, count, told
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Problem

MOST: Final = 14
"""With more uses of names than this a line can't be read: gradients in it keep their names."""
FEW: Final = 2
"""A gradient of so few uses is put in beside others."""


class Ways:
    """The ways to the gradients of a problem whose names have these shapes. Raises what `backward` raises."""

    introduction: tuple[str | Expr, ...] = ()

    def __init__(self, problem: Problem, shapes: Mapping[str, Shape]) -> None:
        self.rule = ChainRule(problem, shapes)
        self.place = {name: place for place, name in enumerate(self.rule.named)}

    def to(self, name: str, depth: float = inf) -> tuple[Derivation, ...]:
        """The way to one gradient; before it those to gradients in it that nobody can ask for.

        Gradients are replaced `depth` levels down. Raises KeyError for what has no gradient.
        """
        return tuple(self._with_made(name, depth, set()))

    def to_all(self, wanted: Iterable[str], depth: float = inf) -> Iterator[Derivation]:
        """The ways to several, in the order in which they are calculated; what is known already is put in at once."""
        known: dict[str, Expr] = {}
        for name in wanted:
            for way in self._in_order(name, depth, known):
                known[way.of] = way.result
                yield way

    def sides(self, name: str, expr: Expr) -> tuple[Expr, Expr]:
        """The two sides of an equation."""
        return Name(name), expr

    def _in_order(self, name: str, depth: float, known: dict[str, Expr]) -> Iterator[Derivation]:
        for made in self._made(name for line in self.rule.lines(name) for name in self.rule.gradients(line.expr)):
            if made not in known:
                yield from self._in_order(made, depth, known)
        yield self._way(name, depth, known)

    def _with_made(self, name: str, depth: float, done: set[str]) -> Iterator[Derivation]:
        way = self._way(name, depth, {})
        done.add(name)
        put = (gradient for line in way.lines if line.by == "put" for gradient in line.names)
        for made in self._made((*put, *way.kept)):
            if made not in done:
                yield from self._with_made(made, 0, done)
        yield way

    def _made(self, gradients: Iterable[str]) -> Iterator[str]:
        """Of which of these gradients the quantity was named for derivations alone, in the order of calculation."""
        mine = {self.rule.of_gradient[each] for each in gradients} & self.rule.named.keys()
        return iter(sorted(mine, key=self.place.__getitem__, reverse=True))

    def _way(self, name: str, depth: float, known: Mapping[str, Expr]) -> Derivation:
        lines = [*self.rule.lines(name)]
        expr, level = lines[-1].expr, 0
        while level < depth and (more := [*self._replaced(expr, known)]):
            lines += more
            expr, level = lines[-1].expr, level + 1
        kept = tuple(self.rule.gradients(expr))
        restored = () if name in self.rule.named else self.restored(expr)
        stands_for = self.rule.named.get(name)
        return Derivation(
            of=name,
            left=self.rule.left(name),
            lines=tuple(told([*lines, *restored])),
            result=expr,
            kept=kept,
            stands_for=stands_for,
            partials=self._partials(name, lines),
        )

    def _partials(self, name: str, lines: Iterable[Line]) -> tuple[tuple[str, str], ...]:
        users = [user for line in lines if line.by == "chain" for user in line.names]
        of = self.rule.problem.objective
        own = [] if of is None else [(of, by) for by in (name, *users)]
        return (*own, *((user, name) for user in users))

    def _replaced(self, expr: Expr, known: Mapping[str, Expr]) -> Iterator[Line]:
        """The lines that replace the gradients of a formula, as far as it stays short.

        One that is the only one is replaced line by line, unless it is a sum of several itself: that keeps its name. Of
        several those that end are replaced, and those that nobody can ask for, all at once.
        """
        found = self.rule.gradients(expr)
        if len(found) == 1:
            value = self._value(found[0], known)
            short = count(substitute(expr, {found[0]: value})) <= MOST
            yield from self._one_replaced(expr, found[0], known) if short and self._leads_on(value) else ()
            return
        for gradient in found:
            value = self._value(gradient, known)
            if not self.rule.gradients(value) and count(value) <= FEW:
                lines = [*self._one_replaced(expr, gradient, known)]
                expr = lines[-1].expr
                yield from lines
        made = {gradient_name(name): self.rule.totals[name] for name in self._made(self.rule.gradients(expr))}
        if made and count(substitute(expr, made)) <= 2 * MOST:
            yield Line(substitute(expr, made), "put", tuple(made), tuple((Name(each), made[each]) for each in made))
            yield self._tidy(substitute(expr, made))

    def _leads_on(self, value: Expr) -> bool:
        return len(self.rule.gradients(value)) < 2

    def _value(self, gradient: str, known: Mapping[str, Expr]) -> Expr:
        name = self.rule.of_gradient[gradient]
        return known.get(name, self.rule.totals[name])

    def _one_replaced(self, expr: Expr, gradient: str, known: Mapping[str, Expr]) -> Iterator[Line]:
        """The lines in which one gradient is replaced by what it is equal to."""
        name = self.rule.of_gradient[gradient]
        if name in known:
            lines = [Line(known[name], "put", (gradient,), ((Name(gradient), known[name]),))]
        else:
            lines = [*self._lifted(name)]
        for line in lines:
            yield replace(line, expr=substitute(expr, {gradient: line.expr}))
        yield self._tidy(substitute(expr, {gradient: lines[-1].expr}))

    def _tidy(self, expr: Expr) -> Line:
        return Line(self.rule.shapes.tidy(self.rule.shapes.upright(expr)), "simplified")

    def _lifted(self, name: str) -> Iterator[Line]:
        """A gradient's own lines, as they are told within another's: by a sign such as σ′(a), then as it is."""
        lines = self.rule.lines(name)
        shortcut = [line for line in lines if line.by == "shortcut"]
        if shortcut:
            yield from shortcut
            return
        by_rules = [line for line in lines if line.by in ("function", "derivative", "nothing")]
        yield from by_rules[:-1]
        yield replace(by_rules[-1], expr=self.rule.totals[name])

    def restored(self, expr: Expr) -> Iterator[Line]:
        """What was named for derivations alone by its formula, if that stays short enough."""
        mine = [name for name in names(expr) if name in self.rule.named]
        raw = substitute(expr, {name: self._formula(name) for name in mine})
        if mine and count(raw) <= 2 * MOST:
            because = tuple((Name(name), self._formula(name)) for name in mine)
            yield Line(raw, "restored", tuple(mine), because)
            yield self._tidy(raw)

    def _formula(self, name: str) -> Expr:
        formula = self.rule.named[name]
        return substitute(formula, {used: self._formula(used) for used in names(formula) if used in self.rule.named})
