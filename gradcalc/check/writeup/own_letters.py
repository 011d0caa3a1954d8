r"""Chains in letters that the problem doesn't have: `A(B + C) = AB + AC`, `\sigma'(x) = \sigma(x)(1 - \sigma(x))`.

What a claim of the problem says of its letters holds first. Of others it is inferred what they are, from what fits:
numbers, vectors and square matrices are tried, capitals as matrices first. Which of these readings is meant is for
trying to tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from gradcalc.check.answers.free_letters import MOST_LETTERS, can_be_a_letter, choices, options
from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.answers.model import Reading
from gradcalc.check.answers.model import where as where_it_holds
from gradcalc.check.answers.names import Names
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.check.writeup.model import Derivation
from gradcalc.errors import FormulaError
from gradcalc.formula.expr import Expr
from gradcalc.formula.spelling import NAME, canonical
from gradcalc.formula.table import known
from gradcalc.problem.claims import in_letters
from gradcalc.program.kinds import ValueKind, letters_of, numbers_of, random_value, shape_of_kind
from gradcalc.program.letters import as_numbers, small
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve

SMALLEST: Final = 4
"""Formulas are read at sizes from this one on, all different, so that digits of an index are entries."""

Where = Mapping[str, ValueKind]
MOST_KEPT: Final = 1_000
_READERS: dict[object, OwnLetters] = {}


def own_letters(problem: Problem) -> OwnLetters:
    """What reads such chains beside a problem: the same at all sizes of one in letters."""
    claims = tuple((claim.text, tuple(claim.where.items())) for claim in problem.claims)
    key = (problem.axis, problem.style, tuple(problem.symbols.items()), claims)
    if key not in _READERS:
        _READERS.clear()  # the next write-up is most likely to the same problem
        _READERS[key] = OwnLetters(problem)
    return _READERS[key]


class OwnLetters:
    """Reads chains by themselves, each once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._read: dict[tuple[tuple[str, ...], str], tuple[Reading, ...]] = {}
        self._interpreters: dict[tuple[tuple[str, ValueKind], ...], Interpreter] = {}

    @cached_property
    def settings(self) -> tuple[Where, ...]:
        """The letters of each claim, and those of all together where no two differ."""
        of_claims = [claim.where for claim in self.problem.claims if claim.where]
        every: dict[str, ValueKind] = {}
        for where in of_claims:
            every |= where
        agree = all(every[name] == kind for where in of_claims for name, kind in where.items())
        apart = {tuple(where.items()): where for where in of_claims}
        return (*apart.values(), *([every] if agree and len(apart) > 1 else []))

    def readings(self, chain: Derivation) -> tuple[Reading, ...]:
        """Every way to read it that fits, the most natural first: with letters of claims alone, where that fits."""
        key = (tuple(side.tex for side in chain.sides), chain.condition.tex if chain.condition else "")
        if key not in self._read:
            if len(self._read) > MOST_KEPT:
                self._read.clear()
            self._read[key] = self._readings(chain)
        return self._read[key]

    def _readings(self, chain: Derivation) -> tuple[Reading, ...]:
        stated = [where for where in self.settings if self.letters(chain, where) == ()]
        found = [self.reading(chain, where, {}) for where in stated]
        for where in () if any(found) else (*self.settings[-1:], {}):
            letters = self.letters(chain, where) or ()
            found += [self.reading(chain, where, inferred) for inferred in choices(_text(chain), letters) if letters]
        return tuple(each for each in found if each is not None)

    def letters(self, chain: Derivation, where: Where) -> tuple[str, ...] | None:
        """The letters of a chain beside these; None where a name in it can't be a letter."""
        found: tuple[str, ...] = ()
        text = _text(chain)
        while True:
            # Of a number a softmax can't be read, of a vector a power to it: either says which letters are behind.
            ways = ([options(text, name, found)[rank] for name in found] for rank in (0, 1))
            kinds = ({**where, **dict(zip(found, each, strict=True))} for each in ways)
            missing = (each for way in kinds for each in Formulas(chain, self.interpreter(way)).unknown)
            unknown = dict.fromkeys(name for each in missing for name in _apart(canonical(each)))
            new = [name for name in unknown if name not in found]
            if not all(map(can_be_a_letter, new)) or len(found) + len(new) > MOST_LETTERS:
                return None
            if not new:
                return found
            found = (*found, *new)

    def reading(self, chain: Derivation, stated: Where, inferred: Where) -> Reading | None:
        """The chain with these letters; None where that doesn't fit."""
        where = {**stated, **inferred}
        interpreter = self.interpreter(where)
        interpreter.guessed = frozenset(inferred)
        formulas = Formulas(chain, interpreter)
        if formulas.is_conditional and not formulas.condition:
            return None
        first, *others = formulas.read
        if first is None or not any(others) or formulas.free or formulas.meanings.called - formulas.meanings.alone:
            return None
        every = [where_it_holds(formulas.condition, text) for text in formulas.texts]
        used = {word for text in every for word in NAME.findall(text)}
        mine = {name: kind for name, kind in where.items() if used & {name, *map(str, kind.sizes)}}
        sides = [self.side(text, mine) for text in every]
        texts = tuple(text if side is not None else "" for text, side in zip(every, sides, strict=True))
        number = next((i for i, claim in enumerate(self.problem.claims, 1) if sides[0] in claim.sides), 0)
        if not (texts[0] and any(texts[1:])):
            return None
        condition = formulas.condition
        return Reading(tuple(mine.items()), texts, tuple(formulas.reasons), not inferred, number, condition)

    def side(self, text: str, where: Where) -> Expr | None:
        """A side as claims read it; None where they can't."""
        try:
            return in_letters(f"{text} == {text}", where, self.problem.axis).sides[0] if text else None
        except FormulaError:
            return None

    def interpreter(self, where: Where) -> Interpreter:
        """What reads formulas over these letters and the problem's functions."""
        key = tuple(where.items())
        if key not in self._interpreters:
            solution = solve(_in_letters(self.problem, where), check=False)
            self._interpreters[key] = Interpreter(solution, Names(solution))
        return self._interpreters[key]


def _text(chain: Derivation) -> str:
    return "".join(side.tex for side in chain.sides)


def _apart(name: str) -> Sequence[str]:
    """The letters of a product of capitals that is taken for a word: `ABC`."""
    return name if name.isupper() and name.isalpha() and len(name) < MOST_LETTERS else (name,)


def _in_letters(problem: Problem, where: Where) -> Problem:
    """A problem that has these letters and nothing else, each at random in a small shape."""
    taken, random = numbers_of(where.values()), np.random.default_rng(0)
    letters = letters_of(where.values())
    sizes = small(letters, taken, dict.fromkeys(letters, SMALLEST))
    shapes = {name: shape_of_kind(kind, sizes, problem.axis) for name, kind in where.items()}
    values = {name: random_value(kind, shapes[name], random, problem.axis) for name, kind in where.items()}
    symbols = {name: tex for name, tex in problem.symbols.items() if name in where or known(name)}
    return Problem(axis=problem.axis, inputs=values, let=as_numbers(sizes), symbols=symbols, style=problem.style)
