"""Factors that a line of a derivation has lost: a weight in a sum over edges, or the last step of the chain rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import islice, permutations
from typing import Final

from gradcalc.check.mistakes.in_lines import Slip, replaced, tree_as_typed
from gradcalc.problem.letter_ranges import letters_in
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Problem

_MOST: Final = 8
"""So many factors are tried."""
_GRADIENT: Final = re.compile(r"grad\(\w+, (\w+)((?:\[[\w,]+\])*)\)")
_ENTRY: Final = re.compile(r"(\w+)((?:\[[\w,]+\])*)")


def left_out(left: str, right: str, problem: Problem) -> Iterator[Slip]:
    """The line with one factor more, as each may be lost."""
    tree = tree_as_typed(right)
    if tree is not None:
        yield from islice(_in_sums(right, tree, problem), _MOST)
    yield from islice(_at_end(left, right, problem), _MOST)


def _in_sums(text: str, tree: ast.AST, problem: Problem) -> Iterator[Slip]:
    """Given members of families, as the weights of edges, within sums over their letters; inner sums first."""
    letters = [*dict.fromkeys(letters_in(tree))]
    for node in reversed([*ast.walk(tree)]):
        over = _letter_of_sum(node)
        if not over or not isinstance(node, ast.Call):
            continue
        inside = ast.unparse(node.args[0])
        for factor in _members(problem, over, [each for each in letters if each != over]):
            if factor not in inside:
                more = replaced(text, node.args[0], f"({inside}) * {factor}")
                yield Slip(more, f"the factor {factor} is left out of the sum over {over}")


def _letter_of_sum(node: ast.AST) -> str:
    is_sum = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum"
    second = node.args[1] if is_sum and isinstance(node, ast.Call) and len(node.args) > 1 else None
    return second.id if isinstance(second, ast.Name) else ""


def _members(problem: Problem, over: str, others: Sequence[str]) -> Iterator[str]:
    """The given members with that letter in their index, or their entries, that are numbers."""
    given = {family: (len(index), problem.given[name].ndim) for name, (family, index) in _given(problem)}
    for family, (count, axes) in given.items():
        if axes:
            for one, other in permutations((over, *others), 2) if count == 1 else ():
                yield from (f"{family}[{one}][{other}]",) if over in (one, other) else ()
        elif count == 1:
            yield f"{family}[{over}]"
        elif count == 2:
            yield from (f"{family}[{index}]" for other in others for index in (f"{other},{over}", f"{over},{other}"))


def _given(problem: Problem) -> Iterator[tuple[str, tuple[str, tuple[int, ...]]]]:
    return ((name, member) for name, member in problem.members.items() if name in problem.given)


def _at_end(left: str, right: str, problem: Problem) -> Iterator[Slip]:
    """The derivative of what is made of a quantity by that, in the gradient on it."""
    found = _GRADIENT.fullmatch(left)
    entry = None if found else _ENTRY.fullmatch(left)
    pairs = _made_of(problem)
    names = {gradient_name(name): name for pair in pairs for name in pair}
    name = found[1] if found else names.get(entry[1], "") if entry else ""
    index = found[2] if found else entry[2] if entry else ""
    for made, of in pairs if name else ():
        written = made + index[: index.find("]") + 1] if made in problem.indices.families else made
        if of == name and f"grad({written}, " not in right:
            yield Slip(
                f"({right}) * grad({written}, {name}{index})",
                f"the derivative of {written} by {name}{index} is left out",
            )


def _made_of(problem: Problem) -> list[tuple[str, str]]:
    """What is made of what, each by its name; of families of members with one index."""
    pairs = ((eq.name, used) for eq in problem.forward for used in eq.uses)
    apart = ((problem.members.get(one, (one, ())), problem.members.get(other, (other, ()))) for one, other in pairs)
    return [*dict.fromkeys((one, other) for (one, index), (other, same) in apart if index == same)]
