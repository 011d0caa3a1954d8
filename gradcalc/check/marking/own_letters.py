"""Try chains that are read by themselves, in letters of their own: at all small values, as claims of problems are.

A chain may be read in several ways. What holds in the most natural of those in which it holds is right; what is wrong
must be so in every one of them, and be said as an identity: `y = wx` says what y is, and is false of no y.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from gradcalc.check.answers.model import Reading
from gradcalc.check.claims.told import against
from gradcalc.check.claims.try_out import ClaimResult, check_claim, holds
from gradcalc.check.marking.statements import CARRIED, LAID_OUT, NEVER, UNEQUAL, Tried
from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import Apply, Expr, Name, names, walk
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis, Shape, lookup
from gradcalc.problem.claim_indices import DERIVATIVES
from gradcalc.problem.claims import Claim, in_letters
from gradcalc.program.kinds import KINDS, ValueKind, letters_of, shape_of_kind

INSTANCES: Final = 60
_RIGHT: Final = ("correct", "imprecise")
_PLAIN: Final = frozenset(("add", "sub", "neg", "mul", "matmul", "pow", "div", "transpose", "part", "sum"))
"""What people write equations to be solved with, and conditions: `AB = BA`."""
_SPECIAL: Final = {
    "matrix": ("symmetric",),
    "vector": ("one_hot", "probability", "positive", "sign"),
    "scalar": ("sign", "bit", "positive"),
}
"""What letters may be beside what is inferred: what holds of these isn't called wrong."""
_OF_ARRAYS: Final = frozenset(
    ("transpose", "trace", "diag", "vec", "kron", "norm", "dot", "inner", "inv", "det", "matmul", "sum")
)
"""Functions that nobody takes of a number."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of the lines of a chain, and by which reading."""

    reading: Reading
    lines: tuple[Tried, ...]


def chosen(readings: Sequence[Reading], axis: Axis) -> Found | None:
    """The reading that is meant, with what came of each line; None where none of them fits.

    That is the most natural one of which every line could be tried, else the one of which most are right.
    """
    tried = []
    for each in readings:
        lines = _lines(each, axis)
        tried += [Found(each, lines)] if lines else []
        if lines and all(line.verdict != "unreadable" for line in lines):
            break
    if not tried:
        return None
    best = max(reversed(tried), key=lambda each: sum(line.verdict in _RIGHT for line in each.lines))
    best = tried[-1] if all(line.verdict != "unreadable" for line in tried[-1].lines) else best
    return Found(best.reading, tuple(_sure(best, number, readings, axis) for number in range(len(best.lines))))


def _sure(best: Found, number: int, every: Sequence[Reading], axis: Axis) -> Tried:
    """What came of a line: nothing that is wrong in one reading and right in another."""
    found = best.lines[number]
    if found.verdict in ("correct", "unreadable"):
        return found
    is_meant = best.reading.claim or _is_identity(best.reading, number + 1, axis)
    readings = [each for each in every if each is not best.reading]
    every_way = (*readings, *_special(best.reading))
    others = (_holds(each.texts[0], each.texts[number + 1], each.where, axis) for each in every_way)
    if found.verdict == "imprecise" and is_meant:
        return found
    if not is_meant or any(others):
        return Tried("unreadable", _not_known(best.reading))
    return found


@lru_cache(maxsize=4096)  # a write-up's lines in each of their readings: they are tried again at other sizes
def _holds(left: str, right: str, where: tuple[tuple[str, ValueKind], ...], axis: Axis) -> bool:
    """Whether an equation holds in a reading, where it can be tried."""
    try:
        claim = in_letters(f"{left} == {right}", dict(where), axis)
    except GradcalcError:
        return False
    return bool(right) and _fits(claim) and holds(claim, INSTANCES)


def _special(reading: Reading) -> Iterator[Reading]:
    """The same where one letter is of a special kind, as text beside it may say: `A` symmetric, `y` one-hot."""
    for at, (name, kind) in enumerate(() if reading.is_stated else reading.where):
        for special in _SPECIAL.get(kind.kind, ()):
            other = ValueKind(special, kind.sizes[: max(KINDS[special].counts)])
            yield replace(reading, where=(*reading.where[:at], (name, other), *reading.where[at + 1 :]))


def _not_known(reading: Reading) -> str:
    *before, last = (name for name, _ in reading.where)
    return f"{', '.join(before)} and {last} aren't known here" if before else f"{last} isn't known here"


def _lines(reading: Reading, axis: Axis) -> tuple[Tried, ...]:
    """What came of each line behind the first; nothing where a letter is no number in it, or must be one."""
    found: list[Tried] = []
    for number, text in enumerate(reading.texts[1:], 1):
        line = _line(reading, number, found, axis) if text else Tried("unreadable", reading.reasons[number])
        if line is None:
            return ()
        found.append(line)
    return tuple(found)


def _line(reading: Reading, number: int, before: Sequence[Tried], axis: Axis) -> Tried | None:
    left, text = reading.texts[0], reading.texts[number]
    found = _tried(left, text, reading.where, axis)
    if isinstance(found, Tried):
        return found
    if found is None:
        return None
    if found.holds and reading.condition and _never(reading, axis):
        return Tried("unreadable", NEVER)
    if found.holds:
        return Tried("correct")
    turned = _tried(left, f"({text}).T", reading.where, axis)
    if isinstance(turned, ClaimResult) and turned.holds:
        return Tried("imprecise", LAID_OUT)
    if found.problem:
        return Tried("unreadable", found.problem)
    if number > 1 and before[-1].verdict in ("wrong", "carried"):
        step = _tried(reading.texts[number - 1], text, reading.where, axis)
        if isinstance(step, ClaimResult) and step.holds:
            return Tried("carried", CARRIED)
    return Tried("wrong", f"{UNEQUAL.format(left)}: {against(found)}")


def _never(reading: Reading, axis: Axis) -> bool:
    """Whether the condition of a reading holds at nothing that is tried: all would be equal there."""
    found = _tried(f"({reading.condition})", f"0 * ({reading.condition})", reading.where, axis)
    return isinstance(found, ClaimResult) and found.holds


@lru_cache(maxsize=512)
def _tried(left: str, right: str, where: tuple[tuple[str, ValueKind], ...], axis: Axis) -> ClaimResult | Tried | None:
    """What comes of an equation; why it can't be read; None where its letters aren't what they are read as."""
    try:
        claim = in_letters(f"{left} == {right}", dict(where), axis)
    except GradcalcError as error:
        return Tried("unreadable", str(error))
    return check_claim(claim, INSTANCES) if _fits(claim) else None


def _fits(claim: Claim) -> bool:
    """Whether no number stands where only an array makes sense, and derivatives are of what rests on the letter."""
    sizes = {letter: size for size, letter in enumerate(letters_of(claim.where.values()), 2)}
    shapes = {name: shape_of_kind(kind, sizes, claim.axis) for name, kind in claim.where.items()}
    return not any(_is_odd(node, shapes, claim.axis) for node in _applications(claim))


def _applications(claim: Claim) -> Iterator[Apply]:
    return (node for side in claim.sides for node in walk(side) if isinstance(node, Apply))


def _is_odd(node: Apply, shapes: dict[str, Shape], axis: Axis) -> bool:
    if node.function in DERIVATIVES:
        return len(node.args) > 1 and not {*names(node.args[1])} <= {*names(node.args[0])}
    if node.function == "mul":
        return _is_row_times_number(node, shapes)
    if node.function not in _OF_ARRAYS and not lookup(node.function).per_sample:
        return False
    return any(_shape(arg, shapes, axis) == () for arg in node.args if names(arg))


def _is_row_times_number(node: Apply, shapes: dict[str, Shape]) -> bool:
    """`a^T x`, where x is an array as well to whoever writes that."""
    turned = any(isinstance(arg, Apply) and arg.function == "transpose" for arg in node.args)
    return turned and any(isinstance(arg, Name) and shapes.get(arg.id) == () for arg in node.args)


def _shape(expr: Expr, shapes: dict[str, Shape], axis: Axis) -> Shape | None:
    try:
        return shape_of(expr, shapes, axis)
    except (GradcalcError, KeyError):
        return None


def _is_identity(reading: Reading, number: int, axis: Axis) -> bool:
    """Whether a line is said of all values of its letters: both sides have the same, neither is one by itself.

    Where nothing says what they are, it has a function or a derivative in it, or three letters: equations of fewer
    are conditions as well.
    """
    try:
        claim = in_letters(f"{reading.texts[0]} == {reading.texts[number]}", dict(reading.where), axis)
    except GradcalcError:
        return False
    left, right = ({*names(side)} for side in claim.sides)
    functions = {node.function for node in _applications(claim)}
    lone = [isinstance(_whole(side), Name) for side in claim.sides]
    defines = lone[0] or (lone[1] and functions.isdisjoint(DERIVATIVES))
    telling = reading.is_stated or bool(functions - _PLAIN) or len(left) > 2
    return left == right and telling and not defines


def _whole(side: Expr) -> Expr:
    """What a side is an entry or the transpose of."""
    while isinstance(side, Apply) and side.function in ("part", "transpose", "neg"):
        side = side.args[0]
    return side
