"""Read claims, chains of formulas to be tried at random instances, and what each name in them stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, Literal, TypeAlias

from gradcalc.errors import FormulaError
from gradcalc.formula.brackets import NO_INDICES as NO_FAMILIES
from gradcalc.formula.brackets import Indices
from gradcalc.formula.expr import Apply, Expr, Name, names, substitute, walk
from gradcalc.formula.parse import PART
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Axis, Shape
from gradcalc.formula.unknown import entry_for, uncalled
from gradcalc.problem.claim_indices import DERIVATIVES, DIFFERENTIAL, NO_INDICES, Indexed, indexed
from gradcalc.problem.document import is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import ClaimKeys
from gradcalc.problem.kinds import NoKind, read_kind
from gradcalc.program.kinds import FUNCTION, KINDS, ValueKind, letters_of, shape_of_kind, sizes_in
from gradcalc.program.letters import as_numbers
from gradcalc.program.problem import Path
from gradcalc.words import did_you_mean, outside_brackets, shorten, visible

Relation: TypeAlias = Literal["==", ">=", "<="]

_RELATION: Final = "==|>=|<=|≥|≤"
_SPELT: Final[dict[str, Relation]] = {"==": "==", ">=": ">=", "<=": "<=", "≥": ">=", "≤": "<="}
_MOST_SIDES: Final = 50
_MOST_NODES: Final = 10_000
NO_SIZES: Final[Mapping[str, int]] = {}
NO_CLASSES: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Claim:
    """A chain such as `left == middle == right`, for all values of the names in `where`.

    `sides` are its formulas, `relations` what stands between them. `holds` is False for one that is meant to fail.
    A vector lies as a sample does, along `axis`. `of_problem` are the names of the problem's own quantities in it.
    """

    text: str
    sides: tuple[Expr, ...]
    relations: tuple[Relation, ...]
    where: Mapping[str, ValueKind] = field(default_factory=dict)
    holds: bool = True
    path: Path = ()
    axis: Axis = Axis.COLUMNS
    of_problem: frozenset[str] = frozenset()
    indexed: Indexed = NO_INDICES
    """The letters of indices in it, for which `sides` are those of the first entries."""
    short: Mapping[str, Expr] = field(default_factory=dict)
    """What is abbreviated, and the sizes of its problem's letters."""

    def cases(self, shapes: Mapping[str, Shape]) -> list[tuple[Expr, ...]]:
        """Its formulas for names of these shapes, for every choice of the letters of indices. Raises FormulaError."""
        if not self.indexed:
            return [self.sides]
        cases = self.indexed.cases(shapes, sizes_in(self.where, shapes, self.axis))
        return [tuple(substitute(side, self.short) for side in sides) for sides in cases]


def read_claims(
    draft: Draft,
    claims: list[ClaimKeys],
    axis: Axis,
    quantities: Mapping[str, Shape],
    sizes: Mapping[str, int] = NO_SIZES,
) -> tuple[Claim, ...]:
    """The claims of a file that can be read, where a sample lies along `axis`; a fault for each that can't.

    `quantities` are the names of the problem, and those of gradients, which claims may be about, with their shapes;
    `sizes` are the letters for sizes among them, with the sizes that these shapes have.
    """
    every = [(("claims", i), claim) for i, claim in enumerate(claims) if is_read(claim)]
    found = (_read(draft, path, claim, axis, quantities, sizes) for path, claim in every)
    return tuple(claim for claim in found if claim is not None)


def at(claim: Claim, sizes: Mapping[str, int]) -> Claim:
    """The claim with numbers for letters that are sizes of its problem, in formulas and in kinds."""
    numbers = as_numbers(sizes)
    sides = tuple(substitute(side, numbers) for side in claim.sides)
    where = {name: _at(kind, sizes) for name, kind in claim.where.items()}
    short = {**claim.short, **numbers}
    letters = replace(claim.indexed, at=dict(sizes)) if claim.indexed else claim.indexed
    of_problem = claim.of_problem - {*sizes}
    return replace(claim, sides=sides, where=where, of_problem=of_problem, indexed=letters, short=short)


def _at(kind: ValueKind, sizes: Mapping[str, int]) -> ValueKind:
    return replace(kind, sizes=tuple(sizes.get(str(size), size) for size in kind.sizes))


def _read(
    draft: Draft,
    path: Path,
    keys: ClaimKeys,
    axis: Axis,
    quantities: Mapping[str, Shape],
    sizes: Mapping[str, int],
) -> Claim | None:
    where = {}
    for raw, text in keys.where.items():
        kind = _kind(draft, (*path, "where", raw), text)
        if _can_be_named(draft, (*path, "where", raw), canonical(raw)) and kind is not None:
            where[canonical(raw)] = kind
    stated = {canonical(raw) for raw in keys.where}
    functions = Indices(functions=(*draft.indices.functions, *_functions(where)))
    short = _abbreviations(draft, path, keys, {*stated, *quantities}, functions)
    parts = _parts(draft, (*path, "claim"), keys.claim)
    known = {*stated, *short, *quantities}
    sizes = {**_sizes(where), **sizes}
    classes = {**dict(draft.indices.classes), **{kind.at: name for name, kind in where.items() if kind.at}}
    texts = [text for text, _ in parts]
    letters = indexed(texts, known - {*sizes} | stated, sizes, classes, axis, functions)
    shapes = {**quantities, **_shapes(where, axis)}
    sides = [_side(draft, (*path, "claim"), text, offset, known, letters, shapes, sizes) for text, offset in parts]
    if not parts or any(side is None for side in sides):
        return None
    whole = [_in_full(draft, path, side, short) for side in sides if side is not None]
    used = {name for side in whole for name in names(side)}
    draft.warnings.extend(f"claim {int(path[1]) + 1}: '{name}' is not used" for name in where if name not in used)
    relations = tuple(_SPELT[found.group()] for found in _relations(keys.claim))
    own = frozenset((used | {*letters.sizes}) & {*quantities} - stated)
    text = visible(keys.claim.strip())
    return Claim(text, tuple(whole), relations, where, keys.holds, path, axis, own, letters, short)


def _sizes(where: Mapping[str, ValueKind]) -> dict[str, int]:
    """Some sizes, all different."""
    return {letter: size for size, letter in enumerate(letters_of(where.values()), 2)}


def _shapes(where: Mapping[str, ValueKind], axis: Axis) -> dict[str, Shape]:
    """Shapes of these sizes."""
    return {name: shape_of_kind(kind, _sizes(where), axis) for name, kind in where.items()}


def _functions(where: Mapping[str, ValueKind]) -> Iterator[tuple[str, str]]:
    """The unknown functions, with the table's function for each."""
    return ((name, entry_for(kind.sizes)) for name, kind in where.items() if kind.kind == FUNCTION)


def _abbreviations(draft: Draft, path: Path, keys: ClaimKeys, stated: set[str], functions: Indices) -> dict[str, Expr]:
    """What the names under `let` stand for; each may use those before it."""
    short = dict[str, Expr]()
    for raw, text in keys.let.items():
        here, name = (*path, "let", raw), canonical(raw)
        if name in stated:
            draft.key_fault(here, f": '{shorten(raw)}' stands in 'where' already")
        elif _can_be_named(draft, here, name):
            letters = indexed([], {*stated, *short}, over=functions)
            formula = _side(draft, here, text, 0, {*stated, *short}, letters, {}, {})
            short |= {} if formula is None else {name: _in_full(draft, path, formula, short)}
    return short


def _in_full(draft: Draft, path: Path, side: Expr, short: Mapping[str, Expr]) -> Expr:
    whole = substitute(side, short)
    if sum(1 for _ in islice(walk(whole), _MOST_NODES + 1)) > _MOST_NODES:
        draft.fault((*path, "let"), f": written out, a side has more than {_MOST_NODES:,} operations")
        return side
    return whole


def _can_be_named(draft: Draft, path: Path, name: str) -> bool:
    taken = name in DERIVATIVES and name != DIFFERENTIAL
    if name.isidentifier() and not name.startswith("_") and not taken:
        return True
    reason = "it is a function" if taken else "a name has letters and digits"
    draft.key_fault(path, f": this can't be a name: {reason}")
    return False


def _kind(draft: Draft, path: Path, text: str) -> ValueKind | None:
    try:
        return read_kind(text)
    except NoKind as error:
        draft.fault(path, f"{error.message}{draft.near(error.word, KINDS) if error.word else ''}")
        return None


def _relations(text: str) -> list[re.Match[str]]:
    """The signs of a chain that stand outside of all brackets."""
    return list(outside_brackets(_RELATION, text))


def _parts(draft: Draft, path: Path, text: str) -> list[tuple[str, int]]:
    """The formulas of a chain, each with the place at which it begins."""
    signs = _relations(text)
    if not signs or len(signs) >= _MOST_SIDES:
        few = "" if not signs else f"; it has at most {_MOST_SIDES} sides"
        draft.fault(path, f": a claim has the form LEFT == RIGHT, such as softmax(v + c) == softmax(v){few}")
        return []
    ends = [*(sign.start() for sign in signs), len(text)]
    return [(text[start:end], start) for start, end in zip([0, *(sign.end() for sign in signs)], ends, strict=True)]


def _side(
    draft: Draft,
    path: Path,
    side: str,
    offset: int,
    stated: set[str],
    letters: Indexed,
    shapes: Mapping[str, Shape],
    sizes: Mapping[str, int],
) -> Expr | None:
    """A formula over these names; None, and a fault, where it is none."""
    try:
        read = letters.first(side, shapes, sizes)
    except FormulaError as error:
        draft.fault_at(draft.document.inside(offset + error.start, *path), path, f": {error.message}")
        return None
    _check_side(draft, path, read, offset, stated)
    for name in uncalled(read, dict(letters.over.functions)):
        said = f": '{name.id}' is a function: call it, as in {name.id}(…)"
        draft.fault_at(draft.document.inside(offset + name.at[0], *path), path, said)
    return read


def _check_side(draft: Draft, path: Path, side: Expr, offset: int, stated: set[str]) -> None:
    """Refuse free names, and derivatives that don't say with respect to what."""

    def fault(node: Name | Apply, message: str) -> None:
        draft.fault_at(draft.document.inside(offset + node.at[0], *path), path, f": {message}")

    for node in walk(side):
        if isinstance(node, Name) and node.id not in stated:
            hint = did_you_mean(node.id, stated) or ": say what it is in 'where', such as vector(n)"
            fault(node, f"unknown name '{shorten(node.id)}'{hint}")
        elif isinstance(node, Apply) and node.function in DERIVATIVES and not _is_derivative(node):
            form = "d(formula)" if node.function == DIFFERENTIAL else f"{node.function}(formula, name)"
            fault(node, f"write {form}: what is differentiated, and with respect to what")


def in_letters(text: str, where: Mapping[str, ValueKind], axis: Axis) -> Claim:
    """An equation in letters of these kinds that a sheet states. Raises FormulaError."""
    found = stated(text, axis, _shapes(where, axis), _sizes(where))
    return replace(found, where=where, of_problem=frozenset(), indexed=replace(found.indexed, at={}))


def stated(
    text: str,
    axis: Axis,
    quantities: Mapping[str, Shape],
    sizes: Mapping[str, int],
    classes: Mapping[str, str] = NO_CLASSES,
    over: Indices = NO_FAMILIES,
) -> Claim:
    """An equation between a problem's quantities that a sheet states. Raises FormulaError.

    `sizes` are those of the problem's letters, which formulas may use; `classes` are its letters for classes, with
    the names that are one-hot there, `over` has its families and its unknown functions.
    """
    text = re.sub(r"(?<![=<>!])=(?!=)", "==", text) if not _relations(text) else text
    signs = _relations(text)
    if not signs or len(signs) >= _MOST_SIDES:
        raise FormulaError(text, "a claim has two sides: dW1 == x.T @ da1")
    ends = [*(sign.start() for sign in signs), len(text)]
    parts = [text[a:b].strip() for a, b in zip([0, *(sign.end() for sign in signs)], ends, strict=True)]
    letters = replace(indexed(parts, {*quantities} - {*sizes}, sizes, classes, axis, over), at=dict(sizes))
    cases = letters.cases(quantities, sizes) if over.families else []
    sides = cases[0] if cases else letters.firsts(quantities, sizes)
    for node in (node for case in (sides, *cases) for side in case for node in walk(side)):
        if isinstance(node, Name) and node.id not in quantities:
            raise FormulaError(text, f"unknown name '{shorten(node.id)}'{did_you_mean(node.id, quantities)}")
        if isinstance(node, Apply) and node.function in DERIVATIVES and not _is_derivative(node):
            raise FormulaError(text, f"write {node.function}(formula, name): by what it is differentiated")
    own = frozenset({name for case in (sides, *cases) for side in case for name in names(side)} & {*quantities})
    relations = tuple(_SPELT[found.group()] for found in signs)
    return Claim(visible(text), sides, relations, axis=axis, of_problem=own, indexed=letters)


def _is_derivative(node: Apply) -> bool:
    if node.function == DIFFERENTIAL:
        return len(node.args) == 1
    by = node.args[1] if len(node.args) == 2 else None
    return isinstance(by.args[0] if isinstance(by, Apply) and by.function == PART else by, Name)
