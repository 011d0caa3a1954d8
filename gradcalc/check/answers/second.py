r"""Second derivatives in formulas of LaTeX: `\nabla^2_\theta L`, `\frac{\partial^2 L}{\partial w_i \partial w_j}`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from gradcalc.check.answers.differentiating import NO_LOSS, Differentiating
from gradcalc.check.answers.lexer import END, Token
from gradcalc.check.answers.parts import Part
from gradcalc.formula.expr import Name
from gradcalc.formula.write import code


class Second(Differentiating):
    """Reads second derivatives, a Hessian in the numerator layout of the gradient's Jacobian."""

    def fraction(self, token: Token) -> Part:
        """A second derivative, or what isn't one."""
        above, below = token.inner
        if not (below[0].text == "∂" and above[0].text == "∂" and _is_square(above[1])):
            return super().fraction(token)
        of = self.products() if above[2].kind == "end" else self.inner(above[2:])
        return self.second(of, *self.by_two(below[1:-1]))

    def by_two(self, tokens: Sequence[Token]) -> tuple[Part, Part]:
        r"""What it is taken by: `\partial u \partial v`, `\partial w^2`."""
        middle = next((i for i, token in enumerate(tokens) if token.text == "∂"), None)
        if middle is not None:
            first, second = (self.inner([*part, END]) for part in (tokens[:middle], tokens[middle + 1 :]))
            return first, second
        square = next((i for i, token in enumerate(tokens) if _is_square(token)), None)
        if square is None:
            self.fail("a second derivative by what? Write \\partial w^2 or \\partial u \\partial v")
        by = self.inner([*tokens[:square], *tokens[square + 1 :], END])
        return by, by

    def gradient_by(self, by: Part, twice: bool = False) -> Part:
        r"""`\nabla_\theta L`, and `\nabla^2_\theta L`, which alone is of the loss."""
        if not twice:
            return super().gradient_by(by)
        loss = Part(Name(self.meanings.objective or NO_LOSS), ())
        ends = self.token.kind == "end" or self.token.text in (")", "]", "+", "-")
        return self.second(loss if ends else self.postfix(), by, by)

    def hessian_by_letter(self) -> Part | None:
        r"""`H_{\mathcal{L}}(w)` and `H_{\mathcal{L}}^{-1}(w)`; `H(w)` may be something else; None of others."""
        start, scripts = self.position, dict[str, Token]()
        while self.token.kind in ("index", "raise"):
            scripts[self.token.kind] = self.token
            self.position += 1
        below, power = scripts.get("index"), scripts.get("raise")
        by = self.in_bracket() if self.meanings.objective is not None and self.accept("(") else None
        loss = Part(Name(self.meanings.objective or NO_LOSS), ())
        if by is None or not by.shape or (below is not None and self.inner(below.inner[0]).expr != loss.expr):
            self.position = start
            return None
        self.meanings.uncertain |= below is None
        found = self.second(loss, by, by)
        return found if power is None else self.raised(found, self.inner(power.inner[0]))

    def in_bracket(self) -> Part | None:
        """A quantity alone in a bracket that is open."""
        if self.token.kind != "name" or self.tokens[self.position + 1].text != ")":
            return None
        found = self.atom()
        self.position += 1
        return found

    def second(self, of: Part, first: Part, other: Part) -> Part:
        """The derivative of a number by one quantity and then by another."""
        of, first = self.by_name(of, first)
        if of.shape not in ((), (1, 1)):
            self.fail("a second derivative is read of one number only")
        _, other = self.by_name(of, other)
        one, two = code(first.expr), code(other.expr)
        sizes = [None if part.shape is None else prod(part.shape) for part in (first, other)]
        shape = None if None in sizes else (sizes[0] or 1, sizes[1] or 1)
        whole = one == two and isinstance(first.expr, Name) and one not in self.meanings.opaque
        if whole:
            return self.opaque(f"hessian({code(of.expr)}, {one})", shape)
        return self.opaque(f"jacobian(grad({code(of.expr)}, {one}), {two})", () if shape == (1, 1) else shape)


def _is_square(token: Token) -> bool:
    """Whether it raises what stands before it to the second power."""
    return token.kind == "raise" and [each.text for each in token.inner[0]] == ["2", ""]
