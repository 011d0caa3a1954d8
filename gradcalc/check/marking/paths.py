r"""Derivatives by the direct way alone: in `dy/dx = ∂y/∂x + ∂y/∂u du/dx` that of y by x holds u, which rests on x too.

What a sign ∂ means its line doesn't say: all its derivatives may be so, or those alone that are of what the left side
is of, or those that aren't, as where ∂L/∂c is along all paths, and ∂c/∂a within one step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gradcalc.formula.expr import Name, call, names, substitute
from gradcalc.formula.write import code
from gradcalc.program.dependence import depending_on
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation, Problem

_TAKEN: Final = re.compile(r"\b(grad|jacobian)\(([^\W\d]\w*), ([^\W\d]\w*)\)")
_WORD: Final = re.compile(r"[^\W\d]\w*(?![\w\[(])")


def by_direct_ways(left: str, right: str, problem: Problem) -> Iterator[str]:
    """The right side of a line with some of its derivatives along all paths taken by the direct way alone.

    None of a line that has one derivative: a path that is left out is no other reading of it.
    """
    gradients = {gradient_name(name): name for name in (*problem.given, *(each.name for each in problem.forward))}
    taken = _taken(right, gradients, problem.objective or "")
    of_left = {of for _, of, _ in _taken(left, gradients, problem.objective or "").values()}
    direct = {said: _direct(problem.forward, *each) for said, each in taken.items()}
    put = {said: other for said, other in direct.items() if other}
    mine = [said for said in put if taken[said][1] in of_left]
    choices = ([*put], mine, [said for said in put if said not in mine])
    for chosen in choices if len(taken) > 1 else ():
        if chosen:
            pattern = "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in chosen)
            yield re.sub(pattern, lambda it: put[it[0]], right)


def _taken(text: str, gradients: Mapping[str, str], loss: str) -> dict[str, tuple[str, str, str]]:
    """The derivatives in a formula: how each is written, of what, and by what."""
    every = {found[0]: (found[1], found[2], found[3]) for found in _TAKEN.finditer(text)}
    return every | {word: ("grad", loss, gradients[word]) for word in _WORD.findall(text) if word in gradients}


def _direct(forward: Sequence[Equation], how: str, of: str, by: str) -> str:
    """A derivative in which what rests on `by` is held; empty where that is none, or `by` has no direct way."""
    rule = next((each.expr for each in forward if each.name == of), None)
    used = {*names(rule)} if rule is not None else set()
    held = used & depending_on(forward, [by]) - {by}
    if rule is None or by not in used or not held:
        return ""
    return f"{how}({code(substitute(rule, {name: call('stop_gradient', Name(name)) for name in held}))}, {by})"
