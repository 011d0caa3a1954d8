"""Slips in a line of a derivation that is tried as it stands: the one change that would make it right."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from gradcalc.formula.spelling import respell
from gradcalc.formula.table import known, lookup
from gradcalc.problem.letter_ranges import tree_of

_MOST: Final = 12
"""So many changes of one line are tried."""
_LOGARITHM: Final = "log"
_SIGNS: Final = {"+": "plus", "-": "minus"}


@dataclass(frozen=True, slots=True)
class Slip:
    """A line with one change, and what to say of it where that is right."""

    text: str
    said: str


def slips(text: str, functions: frozenset[str]) -> Iterator[Slip]:
    """What a line may have meant, of a problem with these functions."""
    tree = tree_as_typed(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    found = [slip for node in calls for make in _MAKERS if (slip := make(text, node, functions)) is not None]
    sums = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp)] if tree is not None else []
    found += [slip for node in sums if (slip := _of_sign(text, node)) is not None]
    yield from found[:_MOST]
    if tree is not None:
        yield Slip(f"-({text})", "the whole has the wrong sign")


def _of_sign(text: str, node: ast.BinOp) -> Slip | None:
    """`W + r ∇W` for `W − r ∇W`."""
    signs = ("+", "-") if isinstance(node.op, ast.Add) else ("-", "+") if isinstance(node.op, ast.Sub) else None
    between = text[node.left.end_col_offset : node.right.col_offset]
    if signs is None or between.count(signs[0]) != 1:
        return None
    meant = f"{text[: node.left.end_col_offset]}{between.replace(*signs)}{text[node.right.col_offset :]}"
    return Slip(meant, f"{_SIGNS[signs[0]]} stands where {_SIGNS[signs[1]]} belongs")


def _of_one_minus(text: str, node: ast.Call, functions: frozenset[str]) -> Slip | None:
    """`σ(1 − x)` for `1 − σ(x)`."""
    name, arg = _called(node), node.args[0] if len(node.args) == 1 else None
    is_minus = isinstance(arg, ast.BinOp) and isinstance(arg.op, ast.Sub)
    if not (name and isinstance(arg, ast.BinOp) and is_minus and _is_one(arg.left) and known(name)):
        return None
    meant = f"(1 - {name}({ast.unparse(arg.right)}))"
    return Slip(replaced(text, node, meant), f"{ast.unparse(node)} stands where {meant[1:-1]} belongs")


def _of_scores(text: str, node: ast.Call, functions: frozenset[str]) -> Slip | None:
    """The logarithm of scores, where that of their softmax is meant."""
    inner = next((name for name in sorted(functions) if _is_of_samples(name)), "")
    if _called(node) != _LOGARITHM or not inner or len(node.args) != 1:
        return None
    if any(_called(each) == inner for each in ast.walk(node.args[0]) if isinstance(each, ast.Call)):
        return None
    arg = ast.unparse(node.args[0])
    return Slip(replaced(text, node, f"{_LOGARITHM}({inner}({arg}))"), f"the {inner} is left out: {inner}({arg})")


_MAKERS: Final[tuple[Callable[[str, ast.Call, frozenset[str]], Slip | None], ...]] = (_of_one_minus, _of_scores)


def _is_of_samples(name: str) -> bool:
    return known(name) and lookup(name).per_sample and len(lookup(name).args) == 1


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def tree_as_typed(text: str) -> ast.AST | None:
    """A text's tree, if its nodes stand where they do in the text, as `replaced` needs it."""
    return tree_of(text) if respell(text).text == text and text.isascii() else None


def replaced(text: str, node: ast.expr, by: str) -> str:
    """A text with other text in the place of a node, in one line as all of these are."""
    return f"{text[: node.col_offset]}{by}{text[node.end_col_offset :]}"
