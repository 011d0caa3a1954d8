"""Spoil a right sheet by slips that are no mistake of understanding, and see whether one is named all the same.

What is spoiled is one answer: a digit, a sign, or all its entries by random amounts; the others stay right.
"""

from __future__ import annotations

import numpy as np
from answering import marked
from by_hand import Stuck, run
from random_problems import random_problem

from gradcalc.check.mistakes.meanings import MEANINGS
from gradcalc.program.sections import quantities

DIGITS = 4
SLIPS = {*MEANINGS["In writing it down"], "sign-flipped", "factor-of-two"}
"""What says how the numbers are off: no mistake of understanding."""


def digit(random, value):
    """One digit of one entry is another; None where a value has no entry to spoil."""
    text = [f"{entry:.{DIGITS}f}" for entry in np.ravel(value)]
    place = random.integers(len(text))
    digits = [at for at, char in enumerate(text[place]) if char.isdigit()]
    at = digits[random.integers(len(digits))]
    other = str((int(text[place][at]) + random.integers(1, 10)) % 10)
    text[place] = text[place][:at] + other + text[place][at + 1 :]
    return np.array([float(each) for each in text]).reshape(np.shape(value))


def sign(random, value):
    """One entry of several has the other sign."""
    places = np.flatnonzero(np.abs(value) > 10.0**-DIGITS)
    if np.size(value) < 2 or not places.size:
        return None
    turned = np.array(value)
    turned.flat[random.choice(places)] *= -1
    return turned


def amounts(random, value):
    """Every entry is off by an amount of its own, up to half of the largest."""
    largest = float(np.max(np.abs(value)))
    return value + random.uniform(-0.5, 0.5, np.shape(value)) * largest if largest > 0.01 else None


SPOILED = {"one digit of one entry": digit, "one sign of several": sign, "every entry by a random amount": amounts}


def spoiled(seeds, how):
    """For each seed the verdict on the answer that is spoiled, if it is wrong."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        solution, _ = random_problem(random)
        try:
            right = run(solution)
        except Stuck:
            continue
        questions = [question for question in quantities(solution) if question.equation in right]
        victim = questions[random.integers(len(questions))]
        wrong = SPOILED[how](random, right[victim.equation])
        if wrong is None or (np.abs(np.round(wrong, DIGITS) - right[victim.equation]) < 2 * 10.0**-DIGITS).all():
            continue
        answers = {question.label: right[question.equation] for question in questions}
        _, verdicts = marked(solution, {**answers, victim.label: wrong})
        yield verdicts[victim.label]


def names_falsely(verdict):
    """Whether a mistake of understanding is named."""
    return any(mistake.id not in SLIPS for mistake in verdict.mistakes)
