"""Read claims, identities to be tried at random instances: two formulas, and what each name in them stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from gradcalc.errors import FormulaError
from gradcalc.formula.expr import Apply, Expr, Name, names, walk
from gradcalc.formula.parse import parse
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import known
from gradcalc.problem.document import is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import ClaimKeys
from gradcalc.program.problem import Path
from gradcalc.words import did_you_mean, shorten, visible

DERIVATIVES: Final = ("grad", "jacobian")
"""Functions of claims alone: `grad(f, x)` and `jacobian(f, x)`."""

Size: TypeAlias = str | int

# How many sizes each kind can have, and the sizes that are meant where it is written without any.
_KINDS: Final[dict[str, tuple[tuple[int, ...], tuple[Size, ...]]]] = {
    "scalar": ((0,), ()),
    "vector": ((1,), ("n",)),
    "matrix": ((2,), ("n", "m")),
    "one_hot": ((1,), ("n",)),
    "probability": ((1,), ("n",)),
    "sign": ((0, 1, 2), ()),
    "positive": ((0, 1, 2), ()),
}
_KIND: Final = re.compile(r"\s*(\w+)\s*(?:\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)\s*)?")
_LARGEST: Final = 100


@dataclass(frozen=True, slots=True)
class ValueKind:
    """What a name stands for: `kind`, and a letter or a number for each size; the same letter is the same size.

    Without sizes it is a number, with one a vector, with two a matrix.
    """

    kind: str
    sizes: tuple[Size, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """`left == right` for all values of the names in `where`; `holds` is False for one that is meant to fail."""

    text: str
    left: Expr
    right: Expr
    where: Mapping[str, ValueKind] = field(default_factory=dict)
    holds: bool = True
    path: Path = ()


def read_claims(draft: Draft, claims: list[ClaimKeys]) -> tuple[Claim, ...]:
    """The claims of a file that can be read; a fault for each that can't."""
    found = (_read(draft, ("claims", i), claim) for i, claim in enumerate(claims) if is_read(claim))
    return tuple(claim for claim in found if claim is not None)


def _read(draft: Draft, path: Path, keys: ClaimKeys) -> Claim | None:
    where = {}
    for raw, text in keys.where.items():
        kind = _kind(draft, (*path, "where", raw), text)
        if _can_be_named(draft, (*path, "where", raw), canonical(raw)) and kind is not None:
            where[canonical(raw)] = kind
    sides = _sides(draft, (*path, "claim"), keys.claim)
    if sides is None:
        return None
    left, right = sides
    stated = {canonical(raw) for raw in keys.where}
    for side, offset in ((left, 0), (right, keys.claim.index("==") + 2)):
        _check_side(draft, (*path, "claim"), side, offset, stated)
    used = {*names(left), *names(right)}
    draft.warnings.extend(f"claim {int(path[1]) + 1}: '{name}' is not used" for name in where if name not in used)
    return Claim(visible(keys.claim.strip()), left, right, where, keys.holds, path)


def _can_be_named(draft: Draft, path: Path, name: str) -> bool:
    if name.isidentifier() and not name.startswith("_") and not known(name) and name not in DERIVATIVES:
        return True
    reason = "it is a function" if known(name) or name in DERIVATIVES else "a name has letters and digits"
    draft.key_fault(path, f": this can't be a name: {reason}")
    return False


def _kind(draft: Draft, path: Path, text: str) -> ValueKind | None:
    found = _KIND.fullmatch(text)
    if found is None or found[1] not in _KINDS:
        word = found[1] if found else text
        draft.fault(path, f": unknown kind '{shorten(text)}'{draft.near(word, _KINDS)}")
        return None
    counts, usual = _KINDS[found[1]]
    sizes = tuple(int(size) if size.isdecimal() else size for size in found.groups()[1:] if size)
    if sizes and len(sizes) not in counts:
        wanted = f"{found[1]}({', '.join('nm'[: max(counts)])})" if max(counts) else found[1]
        draft.fault(path, f": '{shorten(text)}' has the wrong number of sizes: write {wanted}")
        return None
    if any(isinstance(size, int) and not 1 <= size <= _LARGEST for size in sizes):
        draft.fault(path, f": a size in '{shorten(text)}' must be a letter or a number from 1 to {_LARGEST}")
        return None
    return ValueKind(found[1], sizes or usual)


def _sides(draft: Draft, path: Path, text: str) -> tuple[Expr, Expr] | None:
    if text.count("==") != 1:
        draft.fault(path, ": a claim has the form LEFT == RIGHT, such as softmax(v + c) == softmax(v)")
        return None
    left, right = text.split("==")
    sides = _side(draft, path, left, 0), _side(draft, path, right, len(left) + 2)
    return sides if sides[0] is not None and sides[1] is not None else None  # type: ignore[return-value]


def _side(draft: Draft, path: Path, side: str, offset: int) -> Expr | None:
    try:
        return parse(side, DERIVATIVES)
    except FormulaError as error:
        draft.fault_at(draft.document.inside(offset + error.start, *path), path, f": {error.message}")
        return None


def _check_side(draft: Draft, path: Path, side: Expr, offset: int, stated: set[str]) -> None:
    """Refuse free names, and derivatives that don't say with respect to what."""

    def fault(node: Name | Apply, message: str) -> None:
        draft.fault_at(draft.document.inside(offset + node.at[0], *path), path, f": {message}")

    for node in walk(side):
        if isinstance(node, Name) and node.id not in stated:
            hint = did_you_mean(node.id, stated) or ": say what it is in 'where', such as vector(n)"
            fault(node, f"unknown name '{shorten(node.id)}'{hint}")
        elif isinstance(node, Apply) and node.function in DERIVATIVES and not _is_derivative(node):
            fault(node, f"write {node.function}(formula, name): what is differentiated, and with respect to what")


def _is_derivative(node: Apply) -> bool:
    return len(node.args) == 2 and isinstance(node.args[1], Name)
