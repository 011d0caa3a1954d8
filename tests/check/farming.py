"""Look for the cheapest sheet: how many points one gets without a single right answer.

Answers are constants, copies of what is given or of other answers, old parameters, formulas that name another quantity,
and what follows from such answers. What comes out right all the same is left out. Sheets that take one false start and
calculate on are tried first, then the best are changed answer by answer. `figures.py` measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from answering import written
from by_hand import value_of

from gradcalc.check.answers.model import Answer, Sheet
from gradcalc.check.marking.grader import Grader
from gradcalc.formula.expr import Name
from gradcalc.problem.load import load, loads
from gradcalc.program.problem import Problem
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve

GRAPH = """
inputs: {x1: 0.7, x2: -1.3}
targets: {out: 0.35}
vertices:
  p: {weights: {x1: 0.83, x2: 0.27}, bias: 0.19, activation: sigmoid}
  q: {weights: {x2: -0.62, p: 1.41}, bias: -0.23, activation: sigmoid}
  r: {weights: {p: -0.94, q: 0.57, x1: 1.13}, bias: 0.31, activation: tanh}
  out: {weights: {q: 0.76, r: -1.28}, bias: 0.43, activation: sigmoid}
loss: half_squared_error
lr: 0.6
"""
"""Its numbers are such that no constant is what a usual mistake gives."""
PROBLEMS = {
    "hw3": load("hw3"),
    "a batch (schiendorfer-batch)": load("schiendorfer-batch"),
    "a graph of four vertices": loads(GRAPH),
    "a graph in round numbers (ttic-graph-sigmoid)": load("ttic-graph-sigmoid"),
}
CONSTANTS = (0.0, 1.0, -1.0, 0.5, 0.1, 2.0, 1e-4, 40.0)
FOLLOW = ("follow", "")
Trick = tuple[str, object]


@dataclass
class Farm:
    """A problem, its grader, and what may be written for each quantity without knowing the answer."""

    problem: Problem
    tricks: dict[str, list[Trick]] = field(init=False)
    seen: dict[tuple, float] = field(default_factory=dict)

    def __post_init__(self):
        self.solution = solve(self.problem, check=False)
        self.digits = self.solution.problem.digits
        self.grader = Grader(self.solution)
        self.questions = quantities(self.solution)
        self.exprs = {equation.name: equation.expr for equation in self.solution.equations}
        self.tricks = {question.equation: list(self.tricks_for(question)) for question in self.questions}

    def tricks_for(self, question) -> Iterator[Trick]:
        """What may be written: a kind, and its number or the name that is copied."""
        yield FOLLOW
        yield from (("constant", number) for number in CONSTANTS)
        shape = self.solution.shapes[question.equation]
        earlier = [*self.solution.problem.given, *(q.equation for q in self.questions)]
        for name in earlier:
            if name != question.equation and np.prod(self.solution.shapes[name]) == np.prod(shape):
                yield "copy", name
                yield "formula", name

    def sheet(self, tricks: Mapping[str, Trick]) -> dict[str, object]:
        """The answers by equation: arrays, or names as formulas; without those that are right or can't be made."""
        axis = self.solution.problem.axis
        own = {name: np.asarray(value, dtype=float) for name, value in self.solution.problem.given.items()}
        answers: dict[str, object] = {}

        def lookup(name):
            return own[name]

        for name, (kind, what) in tricks.items():
            shape, right = self.solution.shapes[name], self.solution.values[name]
            try:
                value = np.full(shape, what) if kind == "constant" else None
                if kind == "follow":
                    value = np.broadcast_to(value_of(self.exprs[name], lookup, axis), shape)
                if kind in ("copy", "formula"):
                    value = np.reshape(own[what] if kind == "copy" else self.solution.values[what], shape)
            except (KeyError, ValueError, IndexError, FloatingPointError):
                continue
            if not np.isfinite(value).all() or (np.abs(value - right) <= 2 * 10.0**-self.digits).all():
                continue
            if kind != "formula":
                own[name] = np.asarray(value, dtype=float)
            answers[name] = what if kind == "formula" else value
        return answers

    def marks(self, answers: Mapping[str, object]):
        found = []
        for question in self.questions:
            value = answers.get(question.equation)
            if isinstance(value, str):
                found.append(Answer(question.label, question.equation, formula=Name(value), text=value))
            elif value is not None:
                found.append(Answer(question.label, question.equation, written(value, self.digits)))
        return self.grader.mark(Sheet(tuple(found)), complete=True)

    def worth(self, tricks: Mapping[str, Trick]) -> float:
        """The part of all points that a sheet earns."""
        answers = self.sheet(tricks)
        key = tuple((n, v if isinstance(v, str) else np.round(v, self.digits).tobytes()) for n, v in answers.items())
        if key not in self.seen:
            marks = self.marks(answers)
            self.seen[key] = marks.score / marks.points
        return self.seen[key]

    def starts(self) -> Iterator[dict[str, Trick]]:
        """One false start at a time, and all that can be calculated from it; then the same trick everywhere."""
        for start, tricks in self.tricks.items():
            for trick in tricks[1:]:
                yield {name: trick if name == start else FOLLOW for name in self.tricks}
        for number in CONSTANTS:
            yield dict.fromkeys(self.tricks, ("constant", number))

    def changed(self, random: np.random.Generator, tricks: Mapping[str, Trick]) -> dict[str, Trick]:
        """Another sheet: one to three answers are given otherwise."""
        new = dict(tricks)
        for name in random.choice(list(self.tricks), size=random.integers(1, 4)):
            new[str(name)] = self.tricks[name][random.integers(len(self.tricks[name]))]
        return new

    def best(self, random: np.random.Generator, count: int) -> tuple[float, dict[str, Trick]]:
        """The sheet that earns most of `count`: a third are starts, the others climb from the best five of them."""
        starts = list(self.starts())
        random.shuffle(starts)
        tried = sorted(((self.worth(each), i) for i, each in enumerate(starts[: count // 3])), reverse=True)[:5]
        pool = [(worth, starts[i]) for worth, i in tried]
        for turn in range(count - count // 3):
            worth, tricks = pool[turn % len(pool)]
            new = self.changed(random, tricks)
            found = self.worth(new)
            if found >= worth:
                pool[turn % len(pool)] = (found, new)
        return max(pool, key=lambda each: each[0])
