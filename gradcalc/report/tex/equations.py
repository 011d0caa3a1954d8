"""Set quantities as rows of an alignment: a label, and lines that begin with `=` or go on indented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gradcalc.report.document import Definitions, Entry, Quantity, Workings, caption
from gradcalc.report.images import kept
from gradcalc.report.tex.breaking import lines
from gradcalc.report.tex.drawing import TexPiece
from gradcalc.report.tex.tokens import EQUALS, Tokens, atom, total, written
from gradcalc.report.tex.typeset import TexSetter

INDENT = r"\quad"
_BETWEEN, _GAP = r",\quad ", 1.5
_INDENTED = 1.0
_LABEL_SHARE = 0.3
DEFINED_SHARE = 0.6
"""The same where things are defined, of which the words for them are a part."""


@dataclass(frozen=True, slots=True)
class Row:
    """One equation: its lines, each a left and a right cell of an alignment. Numbered or not."""

    cells: tuple[tuple[str, str], ...]
    numbered: bool = True
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Display:
    """`label = form = form`: the rule, the rule with its numbers, the value."""

    label: Tokens
    forms: tuple[TexPiece, ...]
    numbered: bool = True
    below: tuple[Tokens, ...] = ()
    """Equations that stand side by side under it: the matrices of images."""


def workings(block: Workings, set: TexSetter) -> list[Display]:
    """A quantity's equation, then those of its entries."""
    return [each for quantity in block.quantities for each in _quantity(quantity, block, set)]


def _quantity(quantity: Quantity, block: Workings, set: TexSetter) -> Iterable[Display]:
    numbers = set.numbers(quantity.rule, block.values, block.exact)
    value = None if quantity.maps else set.value(quantity.value)
    shown = equation(set.name(quantity.name), set.rule(quantity.rule), numbers, value)
    yield replace(shown, below=_maps(quantity, set)) if quantity.maps else shown
    yield from (entry(each, block, set) for each in quantity.entries)


def _maps(quantity: Quantity, set: TexSetter) -> tuple[Tokens, ...]:
    shown = kept(quantity.maps, set.document.full)
    set.elided |= len(shown) < len(quantity.maps)
    return tuple((*set.name(each.name).tokens, EQUALS, *set.value(each.value).tokens) for each in shown)


def entry(entry: Entry, block: Workings, set: TexSetter) -> Display:
    """One entry written out; not numbered, as it belongs to its quantity."""
    numbers = set.numbers(entry.expr, block.values, block.exact)
    return equation(set.name(entry.name), set.rule(entry.expr), numbers, set.value(entry.value), numbered=False)


def equation(label: TexPiece, *forms: TexPiece | None, numbered: bool = True) -> Display:
    """The forms that there are."""
    return Display(label.tokens, tuple(form for form in forms if form is not None), numbered)


def definitions(block: Definitions, set: TexSetter) -> list[Display]:
    """What functions mean, not numbered."""
    return [
        equation(_defined(set.formula(left), words), set.formula(right), numbered=False)
        for left, right, words in block.written
    ]


def _defined(piece: TexPiece, words: str) -> TexPiece:
    """What is defined, behind what it is called."""
    said = caption(words, written(piece.tokens))
    return TexPiece((atom(rf"\text{{{said}}}"), *piece.tokens)) if said else piece


def rows(equations: Sequence[Display], width: float, share: float = _LABEL_SHARE) -> list[Row]:
    """The equations with their `=` signs under each other, every line at most `width` em where it can be broken.

    A label that is wider than this share of a line stands on a line of its own.
    """
    most = share * width
    label = max((total(each.label) for each in equations if total(each.label) <= most), default=0.0)
    return [_row(each, width, label, most) for each in equations]


def narrowest_room(equations: Sequence[Display]) -> float:
    """How wide a line must be, in em, so that every matrix stands on it in one piece."""
    parts = [part for each in equations for part in (*(form.tokens for form in each.forms), *each.below)]
    widest = max(token.width for tokens in parts for token in tokens)
    return max(total(each.label) for each in equations) + EQUALS.width + _INDENTED + widest


def _row(each: Display, width: float, label: float, most: float) -> Row:
    room = width - label - EQUALS.width
    parts = (*(form.tokens for form in each.forms), *each.below)
    tall = any(token.rows > 1 for tokens in parts for token in tokens)
    cells = [("", line) for line in filled([form.tokens for form in each.forms], room)]
    if total(each.label) <= most:
        cells[0] = (written(each.label), cells[0][1])
    else:
        above = lines(each.label, width - label, width - label - _INDENTED)
        cells = [*(("", written(line)) for line in above), *cells]
    cells += [("", line) for line in side_by_side(each.below, room)]
    return Row(tuple(cells), each.numbered, tall)


def side_by_side(equations: Iterable[Tokens], room: float) -> Iterator[str]:
    """`x = …, W = …`: as many to a line as it holds."""
    line, used = "", 0.0
    for whole in equations:
        if line and used + _GAP + total(whole) <= room:
            line += _BETWEEN + written(whole)
            used += _GAP + total(whole)
            continue
        if line:
            yield line + ","
        *above, line = map(written, lines(whole, room, room))
        yield from above
        used = total(whole)
    yield from [line] if line else []


def filled(forms: Sequence[Tokens], room: float, first: float | None = None) -> list[str]:
    """Lines that begin with `=`: all forms on one where they fit, else each on its own, broken where it must be.

    `first` is the room on the first line, where it isn't the same.
    """
    first = room if first is None else first
    if total(_chain(forms)) <= first:
        return [_begun(_chain(forms))]
    if len(forms) > 1 and total(_chain(forms[-2:])) <= (room if len(forms) > 2 else first):
        forms = [*forms[:-2], _chain(forms[-2:])]
    return [line for i, form in enumerate(forms) for line in _broken(form, room if i else first, room)]


def _chain(forms: Sequence[Tokens]) -> Tokens:
    return tuple(token for i, form in enumerate(forms) for token in ((EQUALS, *form) if i else form))


def _broken(form: Tokens, first: float, room: float) -> list[str]:
    begun, *rest = lines(form, first, room - _INDENTED)
    return [_begun(begun), *(f"{INDENT} {written(line)}" for line in rest)]


def _begun(line: Tokens) -> str:
    return f"= {written(line)}"
