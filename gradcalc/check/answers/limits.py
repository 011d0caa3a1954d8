"""The limits and conditions of sums and products over an index, in formulas of LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from gradcalc.check.answers.definitions import parted
from gradcalc.check.answers.families import INDEX
from gradcalc.check.answers.grids import Grids
from gradcalc.check.answers.letters import letter_of
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.parts import Part

_END: Final = re.compile(r"(\d{1,9}|[^\W\d]\w*)((?:[-+]\d{1,9})?)", re.ASCII)
_BEYOND: Final = (">", ">=", "<", "<=")
_TO_LAST: Final = "→"
"""The end of a sum over all from somewhere on."""
_OF_SET: Final = ("|",)
"""How an end begins that is the size of a set, which the problem needn't have: `|V|`."""


class Limits(NamedTuple):
    """The letter of a sum, its condition, and where it begins and ends, as it is written."""

    letter: str
    condition: str = ""
    first: str = ""
    last: str = ""


class Limited(Grids):
    """Reads from where to where sums go."""

    def limits(self, lower: Sequence[Token], upper: Sequence[Token]) -> Limits:
        """Of a sum over one letter."""
        if [token.text for token in lower[1:4:2]] == ["<=", "<="]:  # 1 ≤ i ≤ n
            lower, upper = (lower[2], Token("sign", "=", 0), lower[0]), lower[4:]
        letter = letter_of(lower[0]) if lower else ""
        letter = self.meanings.letters_shown.get(letter, letter)
        if not letter:
            self.fail("what this sum counts over can't be read")
        signs = [token.text for token in lower[1:2]]
        if signs == ["!="]:
            return Limits(letter, f"{letter} != {self.index_text(lower[2:])}")
        if signs and signs[0] in _BEYOND:
            return self.beyond(letter, signs[0], _spelled(lower[2:]))
        if signs not in ([], ["="], ["∈"]):
            self.fail("what this sum counts over can't be read")
        first, last = _spelled(lower[2:] if signs == ["="] else []), _spelled(upper)
        return Limits(letter, "", first, last)

    def beyond(self, letter: str, sign: str, bound: str) -> Limits:
        r"""Of `\sum_{k \ge t}` and `\sum_{k < t}`: from there to the last one, or from the first to there."""
        if not INDEX.fullmatch(bound):
            self.fail("what this sum counts over can't be read")
        name, away = parted(bound)
        away += {">": 1, "<": -1}.get(sign, 0)
        end = f"{name}{away:+d}" if away else name
        return Limits(letter, "", end, _TO_LAST) if sign in (">", ">=") else Limits(letter, "", "1", end)

    def entries(self, limits: Limits) -> str:
        """The limits of a sum over entries; nothing where it goes over all of them."""
        first, last = limits.first or "1", limits.last
        if limits.condition or (not last and first in ("0", "1")):
            return limits.condition
        if first == "0" and last.endswith("-1"):
            first, last = "1", last.removesuffix("-1")  # counted from 0
        if last == _TO_LAST:
            last = self.named_size(self.meanings.letters.get(limits.letter) or 0)
        if first == "1" and not self.is_known(last):
            self.meanings.ends.add(last)
            return ""
        return ", ".join((limits.letter, self.end(first, limits.letter), self.end(last, limits.letter)))

    def is_known(self, end: str) -> bool:
        """Whether a sum's end isn't just another letter for how many entries there are."""
        known = end in self.meanings.sizes or end in self.meanings.letters
        return known or end.isdecimal() or any(sign in end for sign in "+-/*·⋅×⌊")

    def end(self, text: str, counting: str) -> str:
        """Where a sum over entries begins or ends, by sizes, indices and numbers."""
        found, count = _END.fullmatch(text), self.meanings.letters.get(counting)
        if found is None or (text == "0"):
            self.fail("the limits of this sum can't be read")
        letter, rest = found[1], found[2]
        if letter.isdecimal() or letter in self.meanings.sizes or letter in self.meanings.letters:
            return text
        if count is None:
            self.fail(f"how far '{letter}' counts isn't said")
        return f"{self.named_size(count)}{rest}"

    def whole_formula(self) -> Part:
        """All of it; a letter at which a sum ends is no index."""
        if not self.level:
            self.meanings.ends.clear()
        found = super().whole_formula()
        clash = next((each for each in self.meanings.ends if each in self.meanings.letters and not self.level), "")
        return self.fail(f"a sum ends at '{clash}', which is an index elsewhere") if clash else found

    def steps(self, limits: Limits) -> str:
        """The limits of a sum over members, as they are written; nothing where there are none."""
        if not (limits.first or limits.last):
            return limits.condition
        if limits.last in _OF_SET and limits.first in ("", "0", "1"):
            return ""
        first, last = limits.first or "1", limits.last.replace(_TO_LAST, self.meanings.last)
        if not (INDEX.fullmatch(first) and INDEX.fullmatch(last)):
            self.fail("the limits of this sum can't be read")
        if first == "0" and last.endswith("-1") and not any(name.endswith("[0]") for name in self.builder.shapes):
            first, last = "1", last.removesuffix("-1")  # samples counted from 0
        return ", ".join((limits.letter, self.step(first), self.step(last)))


def _spelled(tokens: Sequence[Token]) -> str:
    """An end of a sum as it is typed."""
    return "".join(letter_of(token) or token.text for token in tokens if token.kind != "end")
