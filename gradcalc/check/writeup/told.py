r"""What a write-up says that its problem leaves open: a learning rate, or which letter is the class.

`where $k$ is the true class` lets k be that in what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from gradcalc.check.answers.facts import Facts
from gradcalc.check.writeup.model import WriteUp
from gradcalc.check.writeup.updates import SAID
from gradcalc.problem.rates import USUAL
from gradcalc.program.problem import Problem

_LETTER: Final = r"(?:\$|\\\()\s*(?P<letter>[a-z])\s*(?:\$|\\\))"
_BARE: Final = r"(?P<letter>[b-hj-z])(?![\w'])"
_RIGHT: Final = (
    r"(?:correct|true|target|right|gold(?:en)?|actual|ground[- ]?truth|desired|observed)\s+"
    r"(?:(?:class|label|category|word|token|answer|output|index)(?:'s)?\s*)+"
)
_IS: Final = r"\s*(?:,|is|be|are|being|denotes?|indicates?|represents?|stands\s+for|as|by|for|=|at|with\s+index)?\s*"
_OF: Final = r"(?:the\s+)?(?:(?:index|number|position)\s+(?:of|for)\s+)?(?:the\s+)?"
_CLASS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LETTER}{_IS}{_OF}{_RIGHT}",
        rf"\b{_BARE}{_IS.replace(')?', ')')}{_OF}{_RIGHT}",
        rf"{_RIGHT}{_IS}{_LETTER}",
        rf"{_RIGHT}(?:is\s+|=\s*)?\b{_BARE}",
        rf"\b(?:class|label|word)\s+{_LETTER}\s+(?:is|be)\s+(?:the\s+)?(?:correct|true|right|target)\b",
        r"\$\s*(?:\\\w+\s*)?\{?[a-z]\}?_\{?\s*(?P<letter>[a-z])\s*\}?\s*=\s*1\s*\$",
    )
)
"""Words by which a letter is that of the class."""


def classes_told(text: str, facts: Facts) -> dict[str, str]:
    """The letters that the words of a write-up call the class, each with the target that is one-hot there.

    None beside a problem that has such a letter itself, or several samples.
    """
    if not facts.one_hot or not facts.has_one_sample or facts.solution.problem.classes:
        return {}
    return {letter: facts.one_hot for letter in _letters(text) if letter not in facts.solution.shapes}


def _letters(text: str) -> Iterator[str]:
    return (found["letter"] for pattern in _CLASS for found in pattern.finditer(text))


def of_class(text: str, left: str, told: Mapping[str, str]) -> str:
    """A formula at the class, where a letter for it isn't on the left side: `sum(y[k] * (…), k)`."""
    for letter, target in told.items():
        alone = re.compile(rf"(?<![\w.]){letter}(?![\w(])")
        if text and alone.search(text) and not alone.search(left) and f", {letter})" not in text:
            text = f"sum({target}[{letter}] * ({text}), {letter})"
    return text


def with_rate(problem: Problem, answers: object) -> Problem:
    r"""A problem in letters that has no update with one, where a write-up to it has: `W := W - \alpha \, dW`."""
    is_open = problem.letters is not None and problem.objective is not None and not problem.is_updated
    writes_one = isinstance(answers, WriteUp) and any(
        SAID.search(f"={side.tex}") for chain in answers.chains for side in chain.sides[1:]
    )
    return replace(problem, lr=USUAL) if is_open and problem.parameters and writes_one else problem
