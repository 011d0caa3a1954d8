"""Cases, matrices, rows in brackets and what stands between bars, in formulas of LaTeX."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final

from gradcalc.check.answers.dotted import Dotted
from gradcalc.check.answers.labels import target_at
from gradcalc.check.answers.letters import letter_of
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.normal import GAP
from gradcalc.check.answers.parts import Part
from gradcalc.formula.expr import Name, Num, add, call

_MATRIX: Final = 2


class Grids(Dotted):
    """Reads what is put together of several formulas."""

    def bracketed(self) -> Part:
        """`[a + b]`, or a row `[a, b]`."""
        items = [self.comparison("=")]
        while not self.accept("]"):
            if not self.accept(",", GAP):
                self.fail("']' is missing here")
            items.append(self.comparison("="))
        return self.positive(items[0]) if len(items) == 1 else self.beside(items, 1)

    def positive(self, inner: Part) -> Part:
        """`[x]_+` is 0 where x is negative."""
        token = self.token
        if token.kind == "index" and [each.text for each in token.inner[0][:-1]] == ["+"]:
            self.position += 1
            return self.builder.whole(call("maximum", Num(0.0), inner.expr), inner)
        return inner

    def fenced(self, token: Token) -> Part:
        """What stands between bars: of a vector in `|v|^2` its norm, of a square matrix its determinant."""
        inner = self.inner(token.inner[0])
        rows, columns = inner.shape if inner.shape is not None and len(inner.shape) == _MATRIX else (0, 1)
        before = self.tokens[self.position - 2] if self.position > 1 else token
        is_summed = "sum" in (before.kind, before.text)  # `\sum |W|`, entry by entry
        if token.text == "|" and rows == columns > 1 and not is_summed and not self.is_squared_or_indexed():
            return self.builder.applied("det", inner)
        is_norm = token.text == "|" and self.token.kind == "raise" and inner.shape not in ((), (1, 1), None)
        name = "norm" if is_norm else {"‖": "norm", "|": "abs", "⌊": "floor"}[token.text]
        return self.builder.applied(name, inner)

    def is_squared_or_indexed(self) -> bool:
        """Whether a 2 above or an index below follows, as a norm has it: `|W|^2`, `|W|_1`."""
        above = [each.text for each in self.token.inner[0]] if self.token.kind == "raise" else []
        return self.token.kind == "index" or above[:1] == ["2"]

    def norm(self) -> Part:
        """What stands between ‖ and ‖; of `w` where the weights are w_1 and w_2 that of all of them together."""
        alone = [each.text for each in self.tokens[self.position + 1 : self.position + 2]] == ["‖"]
        letter = self.token.text if alone else ""
        names = self.meanings.weights.get(letter, ()) if self.builder.resolve(letter) is None else ()
        if not names:
            return super().norm()
        self.position += 2
        squares = (call("pow", call("norm", Name(name)), Num(2.0)) for name in names)
        return self.builder.whole(call("sqrt", add(*squares)))

    def grid(self, token: Token) -> Part:
        """Cases or a matrix."""
        return self.cases(token.inner) if token.text == "cases" else self.matrix(token.inner)

    def cases(self, rows: Sequence[Sequence[Sequence[Token]]]) -> Part:
        """`where(condition, a, b)`, of several cases within each other; the last one is what is left."""
        if not all(len(row) == 2 for row in rows) or not 1 < len(rows) <= 6:
            self.fail("cases have two columns: a formula, and its condition")
        for row in rows:
            self.conditions_letters(row[1])
        parts = [(self.inner(_without_comma(row[0])), self.condition(row[1])) for row in rows]
        # Of two conditions either may be the one that is the other's opposite.
        found = parts[-1][0]
        for value, condition in reversed(parts[:-1]):
            if condition is None:
                self.fail("only the last case is without a condition")
            found = self.builder.whole(call("where", condition.expr, value.expr, found.expr), condition, value, found)
        return found

    def conditions_letters(self, tokens: Sequence[Token]) -> None:
        """Letters that are compared are indices."""
        for left, sign, right in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if sign.text in ("=", "!=") and letter_of(left) and letter_of(right):
                for each in (left, right):
                    self.meanings.letters.setdefault(letter_of(each), None)

    def condition(self, tokens: Sequence[Token]) -> Part | None:
        """A condition without its words; None of what is left over."""
        said = [token for token in tokens if token.kind != "words" or token.text.lower() in ("and", "or")]
        pieces: list[list[Token]] = [[]]
        for token in said[:-1]:
            if token.kind == "words":
                pieces.append([])
            else:
                pieces[-1].append(_as_letter(token, self.meanings.letters))
        pieces = [_without_stops(piece) for piece in pieces]
        if not any(pieces):
            return None
        found = [self.inside([*piece, said[-1]]).compared() for piece in pieces]
        whole = found[0]
        for each in found[1:]:
            whole = self.builder.applied("mul", whole, each)
        return whole

    def compared(self) -> Part:
        """All of a condition, which compares numbers: `w \\cdot x` is one."""
        of_class = self.class_compared()
        if of_class is not None:
            return of_class
        before, self.meanings.dots = self.meanings.dots, True
        found = self.comparison("=", ">", "<")
        self.meanings.dots = before
        if self.token.kind != "end":
            self.fail("this condition can't be read")
        return found

    def class_compared(self) -> Part | None:
        r"""`b = \text{label}[a]`: whether the target is 1 there; None of any other condition."""
        said = [token for token in self.tokens if token.kind != "end"]
        at = next((i for i, token in enumerate(said) if token.text in ("=", "!=")), 0)
        for of_class, entry in ((said[:at], said[at + 1 :]), (said[at + 1 :], said[:at])):
            member = of_class[0] if len(of_class) == 1 and of_class[0].kind in ("member", "lettered") else None
            if member is not None and len(entry) == 1 and letter_of(entry[0]):
                return self.class_of_member(member, letter_of(entry[0]), "==" if said[at].text == "=" else "!=")
            sample = self.label(of_class, is_compared=True)
            if sample is not None and len(entry) == 1 and letter_of(entry[0]) and self.meanings.one_hot:
                text = self.index_text(sample) if sample else ""
                hot = target_at(self.meanings.one_hot, text, letter_of(entry[0]), self.builder.axis)
                return self.opaque(f"({hot} {'==' if said[at].text == '=' else '!='} 1)", ())
        return None

    def class_of_member(self, member: Token, letter: str, sign: str) -> Part | None:
        """The same of the target of one sample, `y_i = k`; None where that is no vector."""
        family = member.text.partition("[")[0]
        shape = self.builder.shapes.get(self.meanings.members.get(family, ""))
        if self.meanings.members.get(family) not in self.meanings.targets or shape in (None, (), (1, 1)):
            return None
        if member.kind == "lettered":
            self.some_member(member.text, member.inner[1])  # whose letters count members
        self.meanings.uncertain |= letter in self.meanings.steps  # `s_k` of a sample, where k is a class
        return self.opaque(f"({member.text}[{letter}] {sign} 1)", ())

    def matrix(self, rows: Sequence[Sequence[Sequence[Token]]]) -> Part:
        """A matrix of numbers or formulas, entry by entry or block by block."""
        parts = [[self.inner(cell) for cell in row] for row in rows]
        if len({len(row) for row in parts}) != 1:
            self.fail("rows of different lengths")
        whole = [self.beside(row, 1) for row in parts]
        return self.beside(whole, 0)

    def beside(self, parts: Sequence[Part], axis: int) -> Part:
        """Parts in a row, or one below the other."""
        if len(parts) == 1:
            return parts[0]
        whole = next((part for part in parts if part.shape), None)
        if whole is not None:
            zeros = self.builder.whole(call("mul", Num(0.0), whole.expr), whole)
            parts = [zeros if part.expr == Num(0.0) else part for part in parts]
        return self.joined(parts, axis)


def _as_letter(token: Token, letters: Container[str]) -> Token:
    letter = letter_of(token)
    return Token("name", letter, 0, (letter,)) if letter and letter in letters else token


def _without_stops(tokens: list[Token]) -> list[Token]:
    """A condition without the signs of punctuation before and behind it."""
    kept = [at for at, token in enumerate(tokens) if token.text not in (",", ".", ";")]
    return tokens[kept[0] : kept[-1] + 1] if kept else []


def _without_comma(tokens: Sequence[Token]) -> list[Token]:
    *inside, end = tokens
    return [*(inside[:-1] if inside and inside[-1].text == "," else inside), end]
