"""Put one answer 1 to 10% off, and see whether marking takes it for a rounding.

The right numbers come from plain NumPy, the sheet is text as a student types it, zeros at the end left off.
`figures.py` measures.
"""

from __future__ import annotations

import numpy as np
from by_hand import Stuck, run
from random_problems import random_problem

from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.problem.source import read_text
from gradcalc.program.sections import quantities

DIGITS = 4
LEAST = 2e-4
"""A difference of fewer units than two may be rounding."""


def typed(value):
    """Numbers to four decimals as they are typed: zeros at the end are left off."""
    if np.ndim(value):
        return f"[{', '.join(typed(part) for part in value)}]"
    return f"{float(value):.{DIGITS}f}".rstrip("0").rstrip(".")


def sheet_text(values, questions):
    """A sheet by sections, as YAML in flow style."""
    sections = {}
    for question in questions:
        sections.setdefault(question.section, {})[question.name] = typed(values[question.equation])
    lines = [f"loss: {sections.pop('loss')['loss']}\n"] if "loss" in sections else []
    lines += [f"{section}: {{{', '.join(f'{n}: {v}' for n, v in a.items())}}}\n" for section, a in sections.items()]
    return "".join(lines)


def marked_text(solution, text):
    """The marks of a sheet that is text."""
    return mark(solution, sheet_from_document(read_text(text, "answers.yaml", lenient=True), solution))


def off(random, value):
    """The value with each entry 1 to 10% off, or one entry alone; None where that can't be seen in the digits."""
    factors = 1 + random.choice([-1, 1], np.shape(value)) * random.uniform(0.01, 0.1, np.shape(value))
    moved = np.round(value * factors, DIGITS)
    seen = (np.abs(moved - value) >= LEAST) & (np.abs(moved - value) >= 0.01 * np.abs(value))
    if not seen.any():
        return None
    if random.random() < 0.5:
        only = random.choice(np.flatnonzero(seen))
        seen = np.zeros(np.size(value), dtype=bool)
        seen[only] = True
    return np.where(np.reshape(seen, np.shape(value)), moved, value)


def chosen(random, solution, values):
    """The questions of a sheet, and the one whose answer is off."""
    known = [question for question in quantities(solution) if question.equation in values]
    which = random.choice(["all", "half", "one"])
    asked = known if which == "all" else [q for q in known if random.random() < 0.5] or known
    victim = asked[random.integers(len(asked))]
    return [victim] if which == "one" else asked, victim


def verdicts(seeds):
    """For each seed the verdict on the answer that is off, with the sheet."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        solution, _ = random_problem(random)
        try:
            right = run(solution)
        except Stuck:
            continue
        asked, victim = chosen(random, solution, right)
        moved = off(random, right[victim.equation])
        if moved is None:
            continue
        text = sheet_text({**right, victim.equation: moved}, asked)
        found = next(v for v in marked_text(solution, text).verdicts if v.quantity == victim.label)
        yield seed, found, text
