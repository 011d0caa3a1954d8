"""Plant a mistake in a random problem, carry it on in plain NumPy, and see what marking makes of the sheet.

The mistakes are those of the catalogue, or formulas written by hand (`wrong_formulas.py`). Answers have
the decimals that the problem asks for. `figures.py` measures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from answering import marked
from by_hand import Stuck, run
from off_by_a_little import marked_text, sheet_text
from random_problems import random_problem
from wrong_formulas import wrong_formula
from wrong_images import wrong_image
from wrong_layers import wrong_layer

from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.program.sections import quantities


@dataclass
class Planted:
    """A mistake in one equation of a problem, and what a student comes to who makes it."""

    solution: object
    equation: str
    id: str
    values: dict


@dataclass
class Outcome:
    """What marking makes of one sheet: how the mistake shows, and whether it is found and named."""

    planted: Planted
    marks: object
    first: str | None
    placed: bool = False
    named: bool = False
    named_first: bool = False
    ambiguous: bool = False

    @property
    def told(self):
        return self.first is not None and not self.ambiguous


def plant(random):
    """A mistake of a random kind in a random equation; None where none of those tried has a value."""
    solution, _ = random_problem(random)
    return planted_in(solution, solution.equations, random)


def planted_in(solution, equations, random, left_out=()):
    """The same in one of these equations, of any kind but those left out."""
    known = Mutants(solution)
    for _ in range(20):
        equation = equations[random.integers(len(equations))]
        by_id = {}
        for mutation in known.of(equation):
            if mutation.id not in left_out:
                by_id.setdefault(mutation.id, []).append(mutation)
        if by_id:
            id = sorted(by_id)[random.integers(len(by_id))]
            mutation = by_id[id][random.integers(len(by_id[id]))]
            try:
                values = run(solution, {equation.name: mutation.expr})
            except Stuck:
                continue
            return Planted(solution, equation.name, id, values)
    return None


def plant_by_hand(random):
    """A mistake whose formula is written by hand; None where it leads to no value."""
    return _planted(wrong_formula, random)


def plant_in_layers(random):
    """The same in layers of other kinds: recurrent ones, normalisation, dropout, embeddings, attention."""
    return _planted(wrong_layer, random)


def plant_in_images(random):
    """The same in convolution and pooling."""
    return _planted(wrong_image, random)


def _planted(wrong, random):
    try:
        solution, id, equation, values = wrong(random)
    except Stuck:
        return None
    return Planted(solution, equation, id, values)


def asked(random, solution, which):
    """The quantities on the sheet: all of them, the final ones, or any half."""
    every = quantities(solution)
    if which == "all":
        return every
    if which == "final":
        ends = {*solution.problem.parameters} or {*solution.problem.inputs}
        found = [q for q in every if q.section == "updated" or q.name in ("loss", "yhat", "f")]
        found = [q for q in found if q.section != "gradients" and (q.section, q.name) != ("after", "yhat")]
        return [q for q in every if q in found or (q.section == "gradients" and q.name in ends)]
    return [q for q in every if random.random() < 0.5] or every


def rounded(values, questions, digits):
    return {q.label: np.round(values[q.equation], digits) for q in questions}


def typed(solution, answers):
    """The marks of a sheet that is text, zeros at the end left off."""
    questions = [question for question in quantities(solution) if question.label in answers]
    values = {question.equation: answers[question.label] for question in questions}
    return marked_text(solution, sheet_text(values, questions))


def outcome(planted, questions, is_typed=False):
    """Mark the sheet of a student who made the planted mistake, and carried it on at full precision."""
    right, values, digits = planted.solution.values, planted.values, planted.solution.problem.digits
    unit = 10.0**-digits
    off = {q.label: float(np.max(np.abs(values[q.equation] - right[q.equation]))) for q in questions}
    visible = [label for label in off if off[label] > unit]
    answers = rounded(values, questions, digits)
    marks = typed(planted.solution, answers) if is_typed else marked(planted.solution, answers, digits)[0]
    if not visible:
        return Outcome(planted, marks, None)
    result = Outcome(planted, marks, visible[0])
    error = marks.first_error
    labels = list(off)
    # What differs by about half a unit may be wrong already, or not yet.
    before = [label for label in labels[: labels.index(visible[0])] if off[label] > 0.2 * unit]
    result.placed = error is not None and error.quantity in (visible[0], *before)
    found = [mistake.id for mistake in error.mistakes] if error else []
    result.named = result.placed and planted.id in found
    result.named_first = result.named and found[0] == planted.id
    result.ambiguous = not result.named and is_ambiguous(planted, questions, answers)
    return result


def is_ambiguous(planted, questions, answers):
    """Whether a mistake of another kind gives the same rounded numbers."""
    known, half = Mutants(planted.solution), 0.51 * 10.0**-planted.solution.problem.digits
    for equation in planted.solution.equations:
        for mutation in known.of(equation):
            if mutation.id != planted.id:
                try:
                    other = run(planted.solution, {equation.name: mutation.expr})
                except Stuck:
                    continue
                if all((np.abs(other[q.equation] - answers[q.label]) < half).all() for q in questions):
                    return True
    return False


def outcomes(seeds, which, make=plant, is_typed=False):
    """What comes of a mistake in each of the problems that these seeds give."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        planted = make(random)
        if planted is not None:
            yield outcome(planted, asked(random, planted.solution, which), is_typed)


def gets_full_marks(result):
    return result.first is not None and result.marks.score >= result.marks.points
