r"""Maxima over a few values in formulas of LaTeX: `\max_{y \in \{\pm 1\}} f(y)`, and `\arg\max`, at which it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final

from gradcalc.check.answers.calls import comparison
from gradcalc.check.answers.letters import PRIMES
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.summing import Summing
from gradcalc.formula.expr import Num, call, neg

OF_TWO: Final = {"max": "maximum", "min": "minimum"}
"""What these are where there are two arguments."""
_ARG: Final = "arg"
MOST_VALUES: Final = 10


class Extremes(Summing):
    """Reads the largest and the smallest of what a formula comes to at each value of a letter."""

    def extreme(self, text: str) -> Part | None:
        r"""What begins here with `\max_{y \in …}`, behind its name; None where nothing does."""
        is_arg = text.startswith(_ARG)
        name = text.removeprefix(_ARG)
        ahead = self.tokens[self.position : self.position + 2]
        if text == _ARG and ahead[0].text in OF_TWO:
            name, ahead = ahead[0].text, ahead[1:]
        if name not in OF_TWO or not ahead or ahead[0].kind != "index":
            return None
        inside = [token for token in ahead[0].inner[0] if token.kind != "end"]
        if not any(token.text == "∈" for token in inside):
            return None
        self.position = self.tokens.index(ahead[0], self.position) + 1
        return self.over_values(name, is_arg, *self.set_of(inside))

    def set_of(self, tokens: Sequence[Token]) -> tuple[str, list[float]]:
        r"""The letter, and the values of `\{-1, 1\}` or `\{\pm 1\}`."""
        at = next(i for i, token in enumerate(tokens) if token.text == "∈")
        letter = "".join(token.text for token in tokens[:at])
        said = [token for token in tokens[at + 1 :] if token.text not in ("(", ")", "+")]
        values = [*_values(said)]
        if not letter or len(tokens[:at]) > 2 or not 1 < len(values) <= MOST_VALUES:
            self.fail("what this goes over can't be read: a few numbers in braces can be")
        return letter, values

    def over_values(self, name: str, is_arg: bool, letter: str, values: Sequence[float]) -> Part:
        """The extreme of the formula that follows, or where it is; a maximum is of a product, of no sum."""
        start, parts = self.position, []
        outside = self.meanings.bound.get(letter)
        for value in values:
            self.position = start
            self.meanings.bound[letter] = value
            parts.append(self.sum() if is_arg else self.products())
        self.meanings.bound.pop(letter)
        self.meanings.bound |= {} if outside is None else {letter: outside}
        self.meanings.uncertain |= not is_arg and self.token.text in ("+", "-")
        function = OF_TWO[name]
        if not is_arg:
            return reduce(lambda one, other: self.builder.applied(function, one, other), parts)
        found, best = Part(Num(values[0]), ()), parts[0]
        for value, part in zip(values[1:], parts[1:], strict=True):
            sign = "<" if name == "max" else ">"
            better = comparison(sign, best.expr, part.expr)
            found = self.builder.whole(call("where", better, Num(value), found.expr), best, part)
            best = self.builder.applied(function, best, part)
        return found

    def bound(self, token: Token) -> Part | None:
        """The value of a letter over which a maximum goes; None of any other name."""
        bound = self.meanings.bound
        if self.token.text in PRIMES and f"{token.text}{self.token.text}" in bound:
            self.position += 1
            return Part(Num(bound[f"{token.text}{self.tokens[self.position - 1].text}"]), ())
        value = bound.get(token.text)
        return None if value is None else Part(Num(value) if value >= 0 else neg(Num(-value)), ())


def _values(tokens: Sequence[Token]) -> Iterator[float]:
    """The numbers of a set; both of `±1`. Nothing of one with anything else in it."""
    signs: list[float] = [1.0]
    for token in tokens:
        if token.kind == "number":
            yield from (sign * float(token.text) for sign in signs)
        elif token.text not in ("-", "±", ","):
            return
        signs = [-1.0] if token.text == "-" else [1.0, -1.0] if token.text == "±" else [1.0]
