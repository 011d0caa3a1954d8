"""What the words beside a chain say of where it holds, as a formula; and whether some of them couldn't be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from gradcalc.check.answers.condition import Condition
from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.writeup.asides import activity, asides, has_words, says_definite
from gradcalc.check.writeup.conditions import COMPARED
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.check.writeup.model import Derivation, Side, WriteUp
from gradcalc.check.writeup.pairs import pair_said
from gradcalc.formula.expr import call, neg
from gradcalc.formula.spelling import NAME
from gradcalc.formula.write import code

_OF_SIGN: Final = re.compile(r"\||\\(?:[lr]?[vV]ert|sqrt|det|log|ln|max|min|lambda|sigma)(?![A-Za-z])")
"""What is simpler where a matrix is definite, and not only symmetric."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Where words say that a chain holds; `words` where they have a condition in them that is no formula."""

    condition: str = ""
    has_words: bool = False


def beside(writeup: WriteUp, chain: Derivation, interpreter: Interpreter) -> Beside:
    """What the words beside the display of a chain say of where it holds."""
    if chain.is_shape or chain.sides[0].is_plain:
        return Beside()
    where = writeup.text, chain.sides[0].start, chain.sides[-1].start
    sides = _with_pair([*asides(*where)], writeup, chain)
    every = [Formulas(replace(chain, condition=each), interpreter).condition for each in sides]
    said = activity(*where)
    every += [_activity(said, interpreter)] if said else []
    found = [*dict.fromkeys(each for each in every if each and not _says_what_is(each, interpreter))]
    whole = " * ".join(f"({each})" for each in found) if found[1:] else "".join(found)
    is_sign = says_definite(*where) and any(_OF_SIGN.search(side.tex) for side in chain.sides)
    words = is_sign or has_words(*where, are_read=bool(every) and all(every))
    return Beside("" if chain.condition is not None else whole, words)


def _with_pair(said: list[Side], writeup: WriteUp, chain: Derivation) -> list[Side]:
    """Conditions with what is said last of two indices of a chain, in the place of what the words say of any."""
    left, last = chain.sides[0], chain.sides[-1]
    pair = pair_said(writeup.text, left.start, last.start + len(last.tex), left.tex)
    return [*(each for each in said if not COMPARED.fullmatch(each.tex)), Side(pair, left.start)] if pair else said


def _activity(said: str, interpreter: Interpreter) -> str:
    """That all that is rectified is positive, or negative; empty where nothing is, or something for each step."""
    rectified = () if interpreter.solution.problem.over else interpreter.facts.rectified
    signed = (each if said == "active" else neg(each) for each in rectified)
    return " * ".join(f"({code(call('min', call('step', each)))})" for each in signed)


def _says_what_is(condition: str, interpreter: Interpreter) -> bool:
    """Whether it says what something is that is worked out, rightly or not: `where $h = W x$`."""
    name, rest = Condition(condition).sides or ("", "")
    solution = interpreter.solution
    is_of_target = any(word in solution.problem.targets for word in NAME.findall(rest))
    return name.partition("[")[0] in solution.by_name and not is_of_target
