"""Matrices with dots in formulas of LaTeX: the sum of each entry, by its rule, times the matrix with a 1 there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gradcalc.check.answers.corners import LAST, Place, Rule
from gradcalc.check.answers.letters import letter_of
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.second import Second
from gradcalc.formula.expr import Name, call, names
from gradcalc.formula.write import code

_SECOND: Final = 2
Size = tuple[str, int]
"""A number of rows or columns: as formulas have it, and what it comes to here."""


class Dotted(Second):
    """Reads rows, columns and matrices with dots."""

    def ruled(self, token: Token) -> Part:
        """All entries by one formula, with letters for their row and column."""
        cells, ends, rule = token.inner
        self.meanings.letters |= dict.fromkeys(filter(None, rule.letters))
        parts = [self.inner(each) for each in cells]
        counts = [self.meanings.letters.pop(letter, None) for letter in rule.letters]
        left = self.meanings.left or ()
        if not self.level and self.position == 1 and self.token.kind == "end" and len(left) == len(counts):
            sides = left if all(rule.letters) else [max(left)] * 2
            counts = [own or side for own, side in zip(counts, sides, strict=True)]  # `0, …, 0` alone
        sizes = [
            self.size(*each) if letter else ("", 1) for letter, *each in zip(rule.letters, counts, ends, strict=True)
        ]
        return self.laid_out(rule, parts, sizes, is_row=token.text != "(" or self.token.kind == "transpose")

    def one_apart(self, token: Token) -> Part:
        """A list in which the entry at the class of the sample is another one."""
        others, entry = (self.inner(each) for each in token.inner[:2])
        hot = Part(Name(self.meanings.one_hot), self.builder.shapes.get(self.meanings.one_hot))
        index = {letter for name in names(entry.expr) for letter in self.meanings.entries.get(name, (None, ""))[1]}
        if 1 not in (hot.shape or ()) or any(each.isalpha() and each not in self.meanings.classes for each in index):
            self.fail("dots that say no rule: what is shown beside them doesn't differ as its places do")
        is_row = token.inner[2] and (token.text != "(" or self.token.kind == "transpose")
        lies = (hot.shape or ())[0] == 1
        hot = hot if lies == is_row else self.builder.applied("transpose", hot)
        return self.builder.whole(call("where", hot.expr, entry.expr, others.expr), hot, entry, others)

    def size(self, counted: int | None, end: Sequence[Token]) -> Size:
        """How many there are: what the last is called, if that is a size, or as many as the letter counts."""
        text = (letter_of(end[0]) or end[0].text) if len(end) == 1 else ""
        told = int(text) if text.isdecimal() else self.meanings.sizes.get(text)
        if told is not None and counted not in (None, told):
            self.fail(f"dots up to {text}, where there are {self.named_size(counted or 0)}")
        if told is None and counted is None:
            self.fail("dots that don't say how far they go")
        return (text, told) if told is not None else (self.named_size(counted or 0), counted or 0)

    def named_size(self, number: int) -> str:
        """A size's letter, if there is one only of that number."""
        found = [name for name, size in self.meanings.sizes.items() if size == number]
        return found[0] if len(found) == 1 else str(number)

    def laid_out(self, rule: Rule, parts: Sequence[Part], sizes: Sequence[Size], is_row: bool) -> Part:
        """The matrix; its entries are numbers, or columns in a row, or rows one below the other."""
        (down, along), ((rows, height), (columns, width)) = rule.letters, sizes
        shapes = {part.shape for part in parts}
        block = shapes.pop() if len(shapes) == 1 else () if shapes <= {(), (1, 1)} else None
        entry = f"({self.entry_text(rule, parts, sizes)})"
        if block in ((), (1, 1)) and along and not down and not is_row and not self.builder.axis:
            down, rows, height, along, columns, width = along, columns, width, "", "", 1
        row, column = f"eye({columns})[{along},:]", f"eye({rows})[:,{down}]"
        if block in ((), (1, 1)):
            text = f"{entry} * ({column} @ {row})" if down and along else f"{entry} * {row if along else column}"
        elif block is not None and along and not down and block[1] == 1:
            text, height = f"{entry} @ {row}", block[0]
        elif block is not None and down and not along and block[0] == 1:
            text, width = f"{column} @ {entry}", block[1]
        else:
            self.fail("the shapes of what stands beside the dots don't fit together")
        for letter, size in ((along, columns), (down, rows)):
            text = f"sum({text}, {letter}, 1, {size})" if letter else text
        return self.opaque(text, (height, width))

    def entry_text(self, rule: Rule, parts: Sequence[Part], sizes: Sequence[Size]) -> str:
        """An entry, with the diagonal and what stands alone."""
        entry, *others = (code(part.expr) for part in parts)
        where = ["==".join(rule.letters)] * len(rule.diagonal)
        where += [" * ".join(_at(rule, place, sizes)) for place, _ in rule.alone]
        for condition, other in zip(where, others, strict=True):
            entry = f"where({condition}, {other}, {entry})"
        return entry


def _at(rule: Rule, place: Place, sizes: Sequence[Size]) -> Iterator[str]:
    """The conditions of one place; where row and column are called otherwise it is none of the diagonal.

    Beside the diagonal what stands alone in a later row is tried in the second: at small sizes there is no other.
    """
    is_beside = rule.is_square and place[0] != place[1]
    for letter, number, (size, _) in zip(rule.letters, place, sizes, strict=True):
        if letter:
            told = min(number, _SECOND) if is_beside and LAST in place else number
            yield f"({letter} == {size if number == LAST else told})"
    if is_beside:
        yield f"(1 - ({' == '.join(rule.letters)}))"
