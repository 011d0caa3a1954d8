r"""What the words of a write-up say that a name stands for: `where $Z_i = \sum_l e^{S_{il}}$`, `let $G := ...$`.

Only what a displayed equation has and the problem hasn't is looked up: all else in the words is let be.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.check.writeup.model import Derivation, Side
from gradcalc.check.writeup.sides import ONE_NAME

_MOST: Final = 200
"""So many equations within words are looked at."""
_INLINE: Final = re.compile(r"(?<![$\\])\$(?!\$)([^$\n]{3,300}?)\$(?!\$)|\\\(([^\n]{3,300}?)\\\)")
_SIGN: Final = re.compile(r":=|\\(?:coloneqq|equiv|triangleq)(?![A-Za-z])|=")


class InWords:
    """The equations within the words of a write-up whose left sides are names, each taken in once."""

    def __init__(self, text: str) -> None:
        self.equations = list(_equations(text))

    def define(self, names: Collection[str], interpreter: Interpreter) -> bool:
        """Let names that the problem hasn't stand for what the words say that they do; whether these say so of one."""
        found = False
        for each in [*self.equations]:
            if not any(name[:1] in each.sides[0].tex or not name.isascii() for name in names):
                continue
            formulas = Formulas(each, interpreter)
            if formulas.unknown[:1] and formulas.unknown[0] in names and _is_new(formulas, interpreter):
                formulas.define(interpreter)
                self.equations.remove(each)
                found = True
        return found


def _is_new(formulas: Formulas, interpreter: Interpreter) -> bool:
    return formulas.read[1] is not None and (formulas.defines(interpreter) or formulas.abbreviates(interpreter))


def _equations(text: str) -> Iterator[Derivation]:
    for number, found in enumerate(_INLINE.finditer(text)):
        inside = found[1] or found[2]
        start = found.start(1) if found[1] else found.start(2)
        left, *rest = _SIGN.split(inside)
        if number >= _MOST or not rest or not ONE_NAME.fullmatch(left) or not rest[0].strip():
            continue
        right = rest[0].strip().rstrip(",.;")
        yield Derivation((Side(left.strip(), start), Side(right, start)))
