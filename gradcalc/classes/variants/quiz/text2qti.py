"""Text that a lecturer can edit, and of which the program text2qti makes a quiz for Canvas: one for each variant.

The form is that of text2qti 0.8 (github.com/gpoore/text2qti). It writes numbers with four decimals, and refuses a
question where the least or the greatest answer that it allows is nearer to 0 than 0.0001.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gradcalc.classes.variants.quiz.question import Blank, Question

LEAST: Final = 1e-4
"""Neither limit may be nearer to 0, nor a number be off by less."""


def as_text(question: Question) -> str:
    """The quiz: what is given, and a numerical question for each blank; those that can't be asked are told."""
    lines = [f"Quiz title: {question.title} ({question.student})", "", "Text title: Given"]
    lines += ["Text: Numbers and formulas:", "", *(f"    - `{line}`" for line in question.given), ""]
    lines += [f"    To {question.digits} decimals:", ""]
    asked = [blank for blank in question.blanks if _is_taken(blank)]
    for number, blank in enumerate(asked, 1):
        lines += [f"{number}. `{blank.label}`", f"= {blank.value} +- {_room(blank):g}", ""]
    return "\n".join([*lines, *_left_out(question)])


def _room(blank: Blank) -> float:
    return max(float(blank.room), LEAST)


def _is_taken(blank: Blank) -> bool:
    value, room = float(blank.value), _room(blank)
    return abs(value - room) >= LEAST and abs(value + room) >= LEAST


def _left_out(question: Question) -> Iterator[str]:
    """Comments, which text2qti passes over."""
    for blank in question.blanks:
        if not _is_taken(blank):
            yield f"% {blank.label} = {blank.value} is left out: it is too near to 0 for text2qti\n"
