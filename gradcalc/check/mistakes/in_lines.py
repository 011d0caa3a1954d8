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


def without_transpose(text: str) -> Slip | None:
    r"""A line with the inner product of two names for what may be another one in a function: `\exp(u_w v_c)`."""
    tree, meant = tree_as_typed(text), text
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    inside = [each for node in calls if _is_by_entry(_called(node)) for arg in node.args for each in ast.walk(arg)]
    pairs = {each.col_offset: each for each in inside if isinstance(each, ast.BinOp) and _is_of_names(each)}
    for _, node in sorted(pairs.items(), reverse=True):
        meant = replaced(meant, node, f"dot({ast.unparse(node.left)}, {ast.unparse(node.right)})")
    said = [ast.unparse(node) for _, node in sorted(pairs.items())]
    return Slip(meant, f"right, with the inner product for {said[0]}: a transpose is left out") if said else None


def _is_by_entry(function: str) -> bool:
    return known(function) and lookup(function).elementwise


def _is_of_names(node: ast.BinOp) -> bool:
    """Whether it is a product entry by entry of two names, or parts of them, and of their opposites."""
    sides = [side.operand if isinstance(side, ast.UnaryOp) else side for side in (node.left, node.right)]
    return isinstance(node.op, ast.Mult) and all(isinstance(side, ast.Name | ast.Subscript) for side in sides)


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
