r"""`\delta^{(l)}` for the gradient on the weighted sum that a problem shows with these scripts: `z^{(l)}`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from gradcalc.formula.expr import Apply
from gradcalc.formula.primes import is_of_one_number
from gradcalc.formula.table import lookup
from gradcalc.formula.tex.commands import COMMANDS
from gradcalc.formula.tex.tree import Row, Scripted, Symbol
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation

_DELTA: Final = Symbol(COMMANDS["delta"])


def delta_trees(trees: Mapping[Row, str], forward: Iterable[Equation], known: Collection[str]) -> dict[Row, str]:
    """The gradients by the trees of δ with the scripts of what they are on, where that is one weighted sum alone.

    `trees` are those of names as the problem shows them, `known` the names of its equations.
    """
    sums = {equation.name for equation in forward if not is_activation(equation)}
    found = [(_delta(tree[0]), name) for tree, name in trees.items() if name in sums and _has_scripts(tree)]
    uses = Counter(tree for tree, _ in found)
    gradients = ((tree, gradient_name(name)) for tree, name in found if uses[tree] == 1 and tree not in trees)
    return {tree: gradient for tree, gradient in gradients if gradient in known}


def _has_scripts(tree: Row) -> bool:
    return len(tree) == 1 and isinstance(tree[0], Scripted) and bool(tree[0].scripts) and not tree[0].primes


def _delta(node: object) -> Row:
    return (Scripted(_DELTA, 0, node.scripts),) if isinstance(node, Scripted) else ()


def is_activation(equation: Equation) -> bool:
    """Whether a quantity is what a function makes of another one: the gradient on it is called otherwise."""
    if not isinstance(equation.expr, Apply):
        return False
    entry = lookup(equation.expr.function)
    return entry.role is not None or (is_of_one_number(entry) and entry.infix is None)
