r"""Where a formula of LaTeX is taken: `\frac{df}{dx}\Big|_{x=2}`, `\sigma'(z)|_{z = z_1}`.

A number for what the problem gives holds for the whole chain. What comes to a quantity anyway says nothing
(`|_{a = wx}`), and a letter that the problem doesn't have stands for what it is said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gradcalc.check.answers.identities import Identities
from gradcalc.check.answers.letters import letter_of
from gradcalc.check.answers.lexer import END, Token
from gradcalc.check.answers.loss import Loss
from gradcalc.check.answers.meanings import Meanings
from gradcalc.check.answers.tex import POINT
from gradcalc.formula.expr import Expr, Name, Num
from gradcalc.formula.write import code


class Points(Loss):
    """Reads where formulas are taken."""

    def __init__(
        self, builder: Identities, tokens: Sequence[Token], matrices_first: bool, meanings: Meanings, level: int = 0
    ) -> None:
        kept, points = taken_apart(tokens)
        super().__init__(builder, kept, matrices_first, meanings, level)
        for left, right in points:
            self.take_at(left, right)

    def take_at(self, left: Sequence[Token], right: Sequence[Token]) -> None:
        """Take all of it at a point, with a name for a letter of one's own, or as it is where that holds anyway."""
        if len(left) == 2 and letter_of(left[0]) and self.builder.resolve(left[0].text) is None:
            if len(right) != 2 or right[0].kind not in ("name", "number"):
                self.fail(f"what {left[0].text} stands for here can't be read")
            self.tokens = with_name(self.tokens, left[0].text, right[0])
            return
        of, at = self.inner(left), self.inner(right)
        number = number_of(at.expr)
        if number is None or not isinstance(of.expr, Name) or of.expr.id not in self.meanings.given:
            if not self.meanings.holds(of.expr, at.expr):
                self.fail(f"this is taken where {code(of.expr)} is {code(at.expr)}, which it isn't in the problem")
        elif self.meanings.point.setdefault(of.expr.id, number) != number:
            self.fail("a chain is read at one point only")


def taken_apart(tokens: Sequence[Token]) -> tuple[list[Token], list[tuple[list[Token], list[Token]]]]:
    """Tokens without points, and both sides of each equation in these."""
    points = [token.inner[0] for token in tokens if token.kind == POINT]
    kept = [token for token in tokens if token.kind != POINT]
    return kept, [pair for point in points for pair in _equations(point)]


def _equations(point: Sequence[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    part: list[list[Token]] = [[]]
    for token in point:
        if token.kind == "end" or token.text == ",":
            if len(part) == 2:
                yield [*part[0], END], [*part[1], END]
            part = [[]]
        elif token.text == "=":
            part.append([])
        else:
            part[-1].append(token)


def with_name(tokens: Iterable[Token], letter: str, by: Token) -> list[Token]:
    """Tokens with a name in the place of a letter, however deep."""
    return [_put(token, letter, by) for token in tokens]


def _put(token: Token, letter: str, by: Token) -> Token:
    if token.kind == "name" and token.text == letter:
        return by
    inner = tuple(with_name(part, letter, by) if isinstance(part, list) else part for part in token.inner)
    return replace(token, inner=inner) if inner != token.inner else token


def number_of(expr: Expr) -> float | None:
    """The number that a formula is; None of any other."""
    if isinstance(expr, Num):
        return expr.value
    if not isinstance(expr, Name) and expr.function == "neg" and isinstance(expr.args[0], Num):
        return -expr.args[0].value
    return None
