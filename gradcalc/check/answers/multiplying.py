r"""Products over an index in formulas of LaTeX, of matrices too: `\prod_i \partial h_i / \partial h_{i-1}`.

In which order matrices are multiplied the sign doesn't say: a line is right if it is so in one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial, reduce
from typing import Final

from gradcalc.check.answers.definitions import parted, with_indices
from gradcalc.check.answers.limits import Limited
from gradcalc.check.answers.parts import Part
from gradcalc.formula.brackets import MATRICES
from gradcalc.formula.expr import Num
from gradcalc.formula.spelling import NAME
from gradcalc.formula.write import code
from gradcalc.problem.letter_ranges import tree_of

_SIGNS: Final = ("·", "⋅", "×")
_MATRIX: Final = 2
_FEW: Final = (Num(2.0), Num(3.0), Num(4.0))
"""Exponents with which a matrix may be multiplied by itself, from 2."""
_COUNTING: Final = "qprsuvgabcmnkxyzw"
"""Letters for the factors of a power, of which one is taken that means nothing else."""


class Multiplying(Limited):
    """Reads products over an index."""

    def factors(self, has_letter: Callable[[int, int], bool]) -> Part:
        """What a product goes over: the factors behind it, of derivatives those alone in which its letter is."""
        start = self.position
        found = self.power() if self.token.kind == "fraction" else None
        if found is None or code(found.expr) not in self.meanings.partials or not has_letter(start, self.position):
            self.position = start
            return self.term()
        while self.token.kind == "fraction" or self.token.text in _SIGNS:
            before = self.position
            self.accept(*_SIGNS)
            factor = self.power()
            if not has_letter(before, self.position):
                self.position = before
                break
            found = self.builder.product(found, factor, self.matrices_first)
        return found

    def raised(self, base: Part, exponent: Part) -> Part:
        """A power; of a square matrix to a letter, as `W^{t-k}`, that of matrices.

        `A^2` may be either, that of matrices first in a problem in letters: in numbers it may be square by chance.
        """
        rows, columns = base.shape if base.shape is not None and len(base.shape) == _MATRIX else (0, 1)
        letters = {*NAME.findall(code(exponent.expr))} & {*self.meanings.letters, *self.meanings.sizes}
        if rows == columns > 1 and exponent.expr in _FEW:
            self.meanings.odd = True
            if bool(self.meanings.sizes) != self.meanings.otherwise:
                return reduce(partial(self.builder.applied, "matmul"), [base] * (_FEW.index(exponent.expr) + 2))
        if not letters or not rows == columns > 1:
            return super().raised(base, exponent)
        letter = next(each for each in _COUNTING if each not in {*self.meanings.letters, *self.meanings.sizes})
        limits = f"{letter}, 1, {code(exponent.expr)}"
        return self.opaque(f"{MATRICES}({code(base.expr)}, {limits}, {self.named_size(rows)})", base.shape)

    def matrices_over(self, body: Part, letter: str, limits: str) -> Part:
        """The product of square matrices; of links of a chain of derivatives it is one, from the first to the last."""
        rows, columns = body.shape or (0, 1)
        if rows != columns or not limits:
            self.fail("a product of matrices that aren't square, or that doesn't say how far it goes")
        text = f"{MATRICES}({code(body.expr)}, {limits}, {self.named_size(rows)})"
        found = self.opaque(text, body.shape)
        taken = self.meanings.partials.get(code(body.expr))
        if taken is not None:
            of, by = taken
            _, first, last = limits.split(", ")
            if with_indices(of, {letter: (letter, -1)}).expr == by.expr:
                ends = with_indices(of, {letter: parted(last)}), with_indices(by, {letter: parted(first)})
                self.meanings.partials[text], self.meanings.rows[text] = ends, text
        return found


def in_other_order(text: str) -> str | None:
    """A formula with the last of such matrices first, as Jacobians are chained; None of one that has none."""
    tree = tree_of(text) if MATRICES in text and text.isascii() else None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    mine = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == MATRICES]
    for node in sorted(mine, key=lambda each: each.col_offset, reverse=True):
        factor, *limits = (ast.unparse(each) for each in node.args)
        turned = f"{MATRICES}(({factor}).T, {', '.join(limits)}).T"
        text = f"{text[: node.col_offset]}{turned}{text[node.end_col_offset :]}"
    return text if mine else None
