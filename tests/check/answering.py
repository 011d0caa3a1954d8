"""Answer sheets for tests: arrays as they would be written down, by quantity."""

from __future__ import annotations

import numpy as np

from gradcalc.check.answers.model import Answer, Numbers, Sheet
from gradcalc.check.marking.mark import mark
from gradcalc.formula.parse import parse
from gradcalc.program.sections import quantities


def written(value, digits=4, scientific=False):
    """Numbers with that many decimals (with an exponent: significant digits); a list of numbers is flat."""
    array = np.asarray(value, dtype=float)
    if scientific:
        texts = [f"{entry:.{digits - 1}e}" for entry in array.ravel()]
        units = [10.0 ** (int(text.split("e")[1]) - digits + 1) for text in texts]
    else:
        texts = [f"{entry:.{digits}f}" for entry in array.ravel()]
        units = [10.0**-digits] * array.size
    flat = array.ndim == 1
    shape = (array.size, 1) if flat else array.shape
    values = np.array([float(text) for text in texts]).reshape(shape)
    return Numbers(values, np.array(units).reshape(shape), np.full(shape, scientific), flat)


def as_sheet(solution, answers, digits=4):
    """A sheet from label -> array, list, Numbers or formula."""
    known = {quantity.label: quantity for quantity in quantities(solution)}
    found = []
    for label, value in answers.items():
        name = known[label].equation
        if isinstance(value, str):
            found.append(Answer(label, name, formula=parse(value), text=value))
        else:
            found.append(Answer(label, name, value if isinstance(value, Numbers) else written(value, digits)))
    return Sheet(tuple(found))


def marked(solution, answers, digits=4, **options):
    """The marks of a sheet, and its verdicts by quantity."""
    marks = mark(solution, as_sheet(solution, answers, digits), **options)
    return marks, {verdict.quantity: verdict for verdict in marks.verdicts}


def ids(verdict):
    return [mistake.id for mistake in verdict.mistakes]
