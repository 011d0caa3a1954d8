r"""Letters that mean something else than their custom: `E = \hat{Y} - Y`, and `\delta_k` beside `\delta_j`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.check.writeup.model import Derivation
from gradcalc.check.writeup.subjects import Subjects
from gradcalc.formula.expr import Name

_INDEX: Final = re.compile(r"_\s*\{?\s*([a-z])\s*\}?\s*\Z")
"""An index at the end of a name."""
_ARGUMENTS: Final = re.compile(r"\([^()]*\)\s*\Z")


def is_no_loss(chain: Formulas, interpreter: Interpreter, subjects: Subjects, text: str) -> bool:
    r"""Whether a letter that others have for the loss stands for something else: `E = \hat{Y} - Y`.

    So it is where that is an array, or the problem's own letter for the loss is used in the write-up, too.
    """
    left, right = chain.read[:2]
    problem = interpreter.solution.problem
    objective = problem.objective or ""
    tex, shown = chain.sides[0].tex.strip(), problem.symbols.get(objective, objective)
    if left != Name(objective) or right is None or shown in tex or chain.is_plain:
        return False
    is_array = chain.shapes[1] not in ((), (1, 1), None)
    has_both = re.search(rf"(?<![A-Za-z\\]){re.escape(shown)}(?![A-Za-z])", text) is not None
    is_letter = interpreter.own.is_one_name(_ARGUMENTS.sub("", tex))
    return is_letter and (is_array or has_both) and not subjects.is_value(right, subjects.by_equation[objective])


def bind_others(whole: Derivation, chain: Formulas, interpreter: Interpreter) -> bool:
    r"""Take in what `\delta_k` is where `\delta_j = \partial C / \partial z_j` was said, and k counts otherwise.

    Whether there was one.
    """
    found = False
    for name, right in _with_letters(whole, sorted(chain.meanings.clashing), interpreter):
        said = replace(whole, sides=(replace(whole.sides[0], tex=name), replace(whole.sides[1], tex=right)))
        other = Formulas(said, interpreter).another(said, interpreter)
        if other is not None:
            interpreter.own.bind(other)
            found = True
    return found


def _with_letters(whole: Derivation, letters: list[str], interpreter: Interpreter) -> Iterator[tuple[str, str]]:
    """What was said of names of the student's own, with each of these letters for their index with which they stand."""
    used = "".join(side.tex for side in whole.sides).replace(" ", "")
    for left, right in [*interpreter.own.said]:
        index = _INDEX.search(left)
        old = index[1] if index is not None else ""
        for letter in letters if old else ():
            name = _with_index(left, old, letter)
            if old != letter and name.replace(" ", "") in used:
                yield name, _with_index(right, old, letter)


def _with_index(tex: str, old: str, new: str) -> str:
    """A formula with another letter for an index."""
    return re.sub(rf"(_\s*\{{?\s*){old}(?![A-Za-z])", rf"\g<1>{new}", tex)
