r"""Derivatives in formulas of LaTeX: `\frac{\partial L}{\partial W}`, `\nabla_W L`, products of them, `dW`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from gradcalc.check.answers.definitions import parted
from gradcalc.check.answers.families import INDEX
from gradcalc.check.answers.letters import FACTORS, ONES, Lettered, letter_of
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.normal import ONE
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.typed import UnknownName
from gradcalc.formula.expr import Apply, Expr, Name, Num, names, transform
from gradcalc.formula.unknown import OF_VECTOR
from gradcalc.formula.write import code
from gradcalc.program.naming import gradient_name
from gradcalc.words import shorten

NO_COPY: Final = "what comes by one step's use of {} alone: the problem has no copy for each step"
NO_LOSS: Final = "the loss"
"""In place of a loss that the problem doesn't give, of which it has gradients all the same."""
_CLOSED: Final = ("fraction", "fence", "partial")
"""Kinds of tokens behind which a number can only be a factor."""


class Differentiating(Lettered):
    """Reads derivatives."""

    def sequence(self) -> list[Part]:
        """Factors side by side; products of partial derivatives are one."""
        found = [self.power()]
        signs = (*self.openings, "[", "∇", "∂")
        while (
            self.token.kind in FACTORS or self.are_ones_ahead() or self.token.text in signs or self.is_number_between()
        ):
            part = self.power()
            both = self.chained(found[-1], part)
            found[-1:] = [found[-1], part] if both is None else [both]
        return self.contracted(self.with_sums(found))

    def is_number_between(self) -> bool:
        r"""Whether a number stands before a bracket, or between fractions, as a factor: `\sigma'(z) 2 (a - y)`."""
        before, behind = self.tokens[self.position - 1], self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        is_closed = before.text in (")", "]") or before.kind in _CLOSED
        is_factor = behind.text == "(" or (is_closed and behind.kind in FACTORS)
        return self.token.kind == "number" and before.kind != "number" and is_factor

    def primed(self, found: Part) -> Part:
        r"""`W'` is turned; `(\frac{1}{1+e^{-x}})'`, of a number, is its derivative by the one thing that is in it."""
        inside = {*names(found.expr)}
        if found.shape != () or isinstance(found.expr, Name | Num):
            return super().primed(found)
        if len(inside) != 1:
            self.fail("by what a prime is a derivative isn't said")
        return self.partial(found, self.builder.whole(Name(inside.pop())))

    def with_sums(self, factors: list[Part]) -> list[Part]:
        r"""What stands behind a row of ones is summed, as what stands before a column of them: `A \mathbf{1}`.

        `b \mathbf{1}^T` is b as often as it is added, and `A \mathbf{1} \mathbf{1}^T` the sums of A's rows.
        """
        if [each.expr for each in factors[-2:]] == [Num(1.0), Name(ONES)] and len(factors) > 2 and factors[-3].shape:
            rows = self.builder.joined(Apply("sum", (factors[-3].expr,), (("axis", 1),)), [factors[-3]])
            return [*factors[:-3], rows]
        at = next((i for i, each in enumerate(factors[:-1]) if each.expr == Name(ONES)), None)
        if at is not None:
            factors = [*factors[:at], self.summed(factors[at + 1]), *factors[at + 2 :]]
        left, ones = factors[-2:] if len(factors) > 1 else (factors[0], factors[0])
        if left is ones or not left.shape or ones.expr not in (Name(ONES), Num(1.0)):
            return factors
        is_row = ones.expr == Name(ONES)
        last = left if is_row else self.builder.joined(Apply("sum", (left.expr,), (("axis", 1),)), [left])
        return [*factors[:-2], last]

    def are_ones_ahead(self) -> bool:
        r"""Whether ones stand here, with or without a dot before them, `A \cdot \mathbf{1}`, or an indicator."""
        is_dot = self.token.text in ("·", "⋅") and self.tokens[self.position + 1].inner == (ONE,)
        self.position += is_dot
        is_indicator = self.token.text == "1" and self.tokens[self.position + 1].kind == "index"
        return self.token.inner == (ONE,) or (self.token.kind == "number" and is_indicator)

    def contracted(self, factors: list[Part]) -> list[Part]:
        r"""`v^T \frac{\partial z}{\partial W}`, with a Jacobian by a matrix, in the shape of W as a gradient has it."""
        for i, factor in enumerate(factors):
            of, by = self.meanings.partials.get(code(factor.expr), (factor, factor))
            if by is factor or not of.shape or of.shape == (1, 1) or not by.shape or 1 in by.shape:
                continue
            before, after = self.multiplied(factors[:i]), factors[i + 1 :]
            if before is not None and before.shape == (1, prod(of.shape)):
                return [self.in_shape_of(by, f"({code(before.expr)})", factor), *after]
            if after and after[0].shape == (prod(of.shape), 1):
                return [*factors[:i], self.in_shape_of(by, f"({code(after[0].expr)}).T", factor), *after[1:]]
        return factors

    def multiplied(self, factors: Sequence[Part]) -> Part | None:
        """The product of factors; None where there are none."""
        found = factors[0] if factors else None
        for each in factors[1:]:
            found = self.builder.product(found, each, self.matrices_first) if found is not None else each
        return found

    def in_shape_of(self, by: Part, row: str, jacobian: Part) -> Part:
        """A row times a Jacobian, in the shape of what that is by."""
        rows = self.meanings.rows[code(jacobian.expr)]
        return self.opaque(f"unvec(({row} @ {rows}).T, {code(by.expr)})", by.shape)

    def summed(self, what: Part) -> Part:
        """`1^T v` is a sum, `1^T A` the row of the sums of A's columns."""
        if what.shape is None or len(what.shape) != 2 or 1 in what.shape:
            return self.builder.applied("sum", what)
        return self.builder.joined(Apply("sum", (what.expr,), (("axis", 0),)), [what])

    def tightly(self, found: Sequence[tuple[str, list[Part]]]) -> Part:
        """Derivatives with a sign between them are a chain too."""
        flat: list[tuple[str, list[Part]]] = []
        for sign, parts in found:
            if flat and sign in ("·", "×", "⋅") and self.has_jacobian(parts[0]):
                flat[-1] = (flat[-1][0], [*flat[-1][1], *parts])
                continue
            is_product = flat and sign in ("·", "×", "@", "⋅")
            both = self.chained(flat[-1][1][-1], parts[0]) if is_product else None
            pair = [flat[-1][1][-1], parts[0]] if is_product else []
            both = both or next((each for each in self.contracted(pair) if each not in pair), None)
            if both is not None:
                flat[-1] = (flat[-1][0], [*flat[-1][1][:-1], both, *parts[1:]])
            else:
                flat.append((sign, [*parts]))
        return super().tightly(flat)

    def side_by_side(self, parts: Sequence[Part]) -> Part:
        """Their product; where gradients are rows, with these as rows if matrices can be multiplied so alone."""
        if len(parts) > 1 and any(map(self.has_jacobian, parts[1:])):
            self.meanings.as_rows |= not self.makes_array(parts)
        self.meanings.as_rows |= self.is_before_jacobians(parts)
        turned = [self.as_row(part) for part in parts] if self.meanings.as_rows else parts
        as_they_are = turned is parts or len(parts) == 1 or self.makes_array(parts) or not self.makes_array(turned)
        return super().side_by_side(parts if as_they_are else turned)

    def has_jacobian(self, part: Part) -> bool:
        r"""Whether it is a sum with a Jacobian in it, `I + \frac{\partial F}{\partial x}`."""
        terms = part.expr.args if isinstance(part.expr, Apply) and part.expr.function == "add" else ()
        matrices = [self.meanings.partials[code(term)][0] for term in terms if code(term) in self.meanings.partials]
        return any(of.shape not in ((), (1, 1)) for of in matrices)

    def is_before_jacobians(self, parts: Sequence[Part]) -> bool:
        """Whether a gradient on a vector and a sum with Jacobians in it can be multiplied if the gradient is a row."""
        if len(parts) != 2 or not self.makes_array([self.as_row(parts[0]), parts[1]]) or self.makes_array(parts):
            return False
        inner = parts[1].expr
        is_sum = isinstance(inner, Apply) and inner.function in ("add", "sub")
        return is_sum and not ({*self.meanings.rows} - {*self.meanings.gradients}).isdisjoint(names(inner))

    def makes_array(self, parts: Sequence[Part]) -> bool:
        """Whether matrices can be multiplied in this order, and give an array."""
        found = parts[0]
        for part in parts[1:]:
            found = self.builder.applied("matmul" if found.shape and part.shape else "mul", found, part)
        return found.shape not in (None, (), (1, 1))

    def as_row(self, part: Part) -> Part:
        """A gradient on a vector, as a row."""
        of = self.meanings.partials.get(code(part.expr), (None,))[0]
        is_gradient = code(part.expr) in self.meanings.gradients or (of is not None and of.shape in ((), (1, 1)))
        is_vector = part.shape is not None and 1 in part.shape
        return self.builder.applied("transpose", part) if is_vector and is_gradient else part

    def chained(self, left: Part, right: Part) -> Part | None:
        """`∂a/∂b ∂b/∂c`, in either order, as one derivative of an array's; None where they are no such pair."""
        one, other = (self.meanings.partials.get(code(each.expr)) for each in (left, right))
        if one is None or other is None:
            return None
        self.meanings.as_rows |= code(left.expr) in self.meanings.gradients_named and bool(other[0].shape)
        pairs = (((left, one), (right, other)), ((right, other), (left, one)))
        for (first, (of, middle)), (second, (also, by)) in pairs:
            if middle.expr == also.expr and middle.shape and of.shape is not None and by.shape is not None:
                return self.product_of(first, second, of, by)
        return None

    def product_of(self, first: Part, second: Part, of: Part, by: Part) -> Part:
        """A product of two Jacobians; of a number's it is put into the shape of what it is taken by."""
        rows = " @ ".join(self.meanings.rows[code(each.expr)] for each in (first, second))
        is_number = of.shape in ((), (1, 1))
        whole = f"unvec(({rows}).T, {code(by.expr)})" if by.shape else f"sum({rows})"
        text = whole if is_number else f"({rows})"
        found = self.opaque(text, by.shape if is_number else (prod(of.shape or ()), prod(by.shape or ())))
        self.meanings.partials[text], self.meanings.rows[text] = (of, by), rows
        self.meanings.products.add(text)
        return found

    def fraction(self, token: Token) -> Part:
        """A fraction, or a derivative; with one ∂ alone the other one is lost."""
        above, below = token.inner
        signs = [each.text == "∂" for each in (*above, *below)]
        if not any(signs) or (below[0].text != "∂" and (above[0].text != "∂" or sum(signs) > 1)):
            return self.builder.applied("div", self.inner(above), self.inner(below))
        if sum(signs) == 1:
            self.meanings.remarks.append("a fraction with one ∂ is read as a derivative")
        by = self.inner(below[below[0].text == "∂" :])
        if above[0].text == "∂" and _is_plus(above[1]):
            return self.at_its_step(self.differentiated_in(above[2:]), by)
        if above[0].text == "∂" and above[1].kind == "end":
            return self.partial(self.products(), by)
        ahead = [token.kind if token.kind == "number" else token.text for token in self.tokens[self.position :][:3]]
        self.meanings.uncertain |= ahead == ["(", "number", ")"]  # which may be where it is taken
        return self.partial(self.differentiated_in(above[above[0].text == "∂" :]), by)

    def at_its_step(self, of: Part, by: Part) -> Part:
        r"""`\partial^+ h_t / \partial W`, what comes by W at the step t itself: by its copy for that step."""
        family, index = self.meanings.copied.get(code(by.expr)), code(of.expr).partition("[")[2].removesuffix("]")
        if family is None or not INDEX.fullmatch(index):
            self.fail(NO_COPY.format(shorten(code(by.expr))))
        return self.partial(of, self.some_member(f"{family}[{index}]", []))

    def differentiated_in(self, tokens: Sequence[Token]) -> Part:
        """What is differentiated: the loss by any name, where the problem has gradients from above in its place.

        An index isn't: where l is one, `\\partial l` is that of the loss.
        """
        if [each.text for each in tokens if each.kind != "end"] == ["l"] and "l" in self.meanings.letters:
            return Part(Name(self.meanings.objective or NO_LOSS), ())
        try:
            return self.inner(tokens)
        except UnknownName:
            if len(tokens) > 2 or not self.has_loss_above():
                raise
            return Part(Name(NO_LOSS), ())

    def at_step(self, found: Part) -> Part:
        r"""`\frac{\partial J}{\partial W}|_{(t)}`: the part that comes by the copy of W for the step t."""
        index = "".join(letter_of(token) or token.text for token in self.token.inner[0]).strip("()[]")
        of, by = self.meanings.partials.get(code(found.expr), (found, found))
        family = self.meanings.copied.get(code(by.expr))
        if by is found or not (self.meanings.members and INDEX.fullmatch(index)):
            return super().at_step(found)
        if family is None:
            self.fail(NO_COPY.format(code(by.expr)))
        self.position += 1
        step = self.step(index)
        letter = parted(step)[0]
        return self.partial(of, self.some_member(f"{family}[{step}]", [letter] if letter.isalpha() else []))

    def has_loss_above(self) -> bool:
        """Whether the problem has gradients from above in the place of a loss."""
        return self.meanings.objective is None and bool(self.meanings.gradients)

    def in_line(self) -> Part:
        r"""`∂L/∂W1`, as it is typed without a fraction, and `\partial_W L`."""
        if self.token.kind == "index":
            by = self.inner(self.token.inner[0])
            self.position += 1
            return self.partial(self.postfix(), by)
        of = self.postfix()
        self.expect("/")
        self.expect("∂")
        return self.partial(of, self.postfix())

    def partial(self, of: Part, by: Part) -> Part:
        """`∂a/∂b`: the gradient of a number in the shape of b, the Jacobian of anything else."""
        of, by = self.by_name(of, by)
        by_text = code(by.expr)
        if not (isinstance(by.expr, Name) or _is_part(by.expr)):
            self.fail(f"a derivative by {shorten(by_text)}, which is no quantity")
        rows = f"jacobian({code(of.expr)}, {by_text})"
        if of.shape not in ((), (1, 1)):
            found = self.opaque(rows, None if of.shape is None else (prod(of.shape), prod(by.shape or ())))
        else:
            found = self.gradient(of, by)
        if code(found.expr) in self.meanings.gradients:
            self.remember_gradient(found)
        else:
            text = code(found.expr)
            self.meanings.partials[text] = (of, by)
            self.meanings.rows[text] = f"vec({text}).T" if self.known_member(text) else rows
        return found

    def by_name(self, of: Part, by: Part) -> tuple[Part, Part]:
        """Both by their names; what a derivative is taken by stands under its name in what it is of."""
        if isinstance(by.expr, Apply) and by.expr.function == "transpose":
            by = self.builder.whole(by.expr.args[0])  # in whichever layout
        if isinstance(by.expr, Apply) and by.expr.function == "vec" and of.shape not in ((), (1, 1)):
            by = self.builder.whole(by.expr.args[0])  # Jacobians by matrices are by their columns
        whole = self.meanings.named(of)
        named = self.meanings.named(by)
        named = named if self.is_of_targets(whole) else self.predicted(named)
        if named.expr == by.expr or isinstance(whole.expr, Name):
            return whole, named
        old, new = by.expr, named.expr
        return Part(transform(of.expr, lambda node: new if node == old else node), of.shape), named

    def is_of_targets(self, of: Part) -> bool:
        r"""Whether a formula has a target in it, but not what that is compared with: t in `\sigma(t)` is any number."""
        used = {*names(of.expr)}
        compared = self.meanings.predicted.items()
        return not isinstance(of.expr, Name) and any(target in used and other not in used for target, other in compared)

    def predicted(self, by: Part) -> Part:
        """What is compared with a target, where a gradient on the target is written: nobody takes that."""
        whole, index = self.meanings.entries.get(code(by.expr), (by, ""))
        other = self.meanings.predicted.get(code(whole.expr))
        if other is None:
            return by
        self.meanings.remarks.append(f"the gradient on {code(whole.expr)} is read as that on {other}")
        found = Part(Name(other), self.builder.shapes.get(other))
        return found if not index else self.entry(found, index.split(","), by.shape or ())

    def remember_gradient(self, found: Part) -> None:
        """That a name is the gradient of the loss, as a row for chains."""
        name = code(found.expr)
        of = self.meanings.gradients[name]
        loss = Part(Name(self.meanings.objective or NO_LOSS), ())
        self.meanings.partials.setdefault(name, (loss, Part(Name(of), self.builder.shapes.get(of))))
        self.meanings.rows.setdefault(name, f"vec({name}).T")

    def gradient(self, of: Part, by: Part) -> Part:
        """The gradient of a number: by its name, where the equations have it."""
        text = code(by.expr)
        if text in self.meanings.copies and "[" not in code(of.expr):
            self.fail(NO_COPY.format(shorten(text)))
        if isinstance(of.expr, Name) and of.expr.id in (self.meanings.objective, NO_LOSS):
            whole, index = self.meanings.entries.get(text, (by, ""))
            if isinstance(by.expr, Apply):
                whole, index = Part(by.expr.args[0], None), text[len(code(by.expr.args[0])) + 1 : -1]
            written = gradient_name(code(whole.expr))
            name = self.builder.resolve(written) or self.known_member(written)
            if name is not None and not index:
                return Part(Name(name), self.builder.shapes.get(name))
            if name is not None:
                return self.opaque(f"{name}[{index}]", by.shape)
        return self.opaque(f"grad({code(of.expr)}, {text})", by.shape)

    def known_member(self, written: str) -> str | None:
        """The name of any member, if it is one of a family: `da[c]`."""
        family = written.partition("[")[0]
        if not written.endswith("]") or family not in self.meanings.members:
            return None
        member = self.meanings.at_step(written)
        shape = self.builder.shapes.get(member, self.builder.shapes.get(self.meanings.members[family]))
        return code(self.opaque(written, shape).expr)

    def some_member(self, text: str, indices: Sequence[str]) -> Part:
        """A member by letters; that of a family of gradients is a derivative."""
        self.meanings.letters |= dict.fromkeys(each for each in indices if each not in self.meanings.letters)
        name = self.known_member(text)
        if name is None:
            raise UnknownName(text)
        found = Part(Name(name), self.builder.shapes.get(name))
        of = next((each for each in self.meanings.members if gradient_name(each) == text.partition("[")[0]), None)
        if of is not None:
            loss = Part(Name(self.meanings.objective or NO_LOSS), ())
            self.meanings.partials[text] = loss, self.some_member(of + text[text.index("[") :], indices)
            self.meanings.rows[text] = f"vec({text}).T"
        return found

    def gradient_by(self, by: Part, twice: bool = False) -> Part:
        r"""`\nabla_W L`, `\nabla_W ŷ`, and alone: of the loss."""
        start = self.position
        opened = self.token.kind == "sign" and self.token.text in (*self.openings, "[", "‖", "-")
        if opened or self.token.kind in (*FACTORS, "number"):
            try:
                of = self.number_behind()
                if of is not None:
                    return self.partial(of, by)
            except UnknownName:
                if self.tokens[start + 1].kind == "end" and self.has_loss_above():
                    self.position = start + 1
                    return self.partial(Part(Name(NO_LOSS), ()), by)
            self.position = start
        return self.partial(Part(Name(self.meanings.objective or NO_LOSS), ()), by)

    def number_behind(self) -> Part | None:
        r"""The number behind a nabla of which it is the gradient: one value, or a product as `(Xw - y)^T (Xw - y)`.

        None where there is no number. Raises UnknownName.
        """
        is_minus = self.accept("-")
        start, is_whole = self.position, is_minus or self.token.kind in ("fraction", "number")
        value = self.power if self.is_norm_ahead() else self.postfix
        for reads in (self.products,) if is_whole else (value, self.products):
            self.position = start
            try:
                found = self.meanings.named(reads())
            except UnknownName:
                raise
            except NotReadable:
                continue
            if found.shape in ((), (1, 1)):
                return self.builder.applied("neg", found) if is_minus else found
        return None

    def is_norm_ahead(self) -> bool:
        """Whether bars stand here."""
        return self.token.kind == "fence" or self.token.text == "‖"

    def gradient_of_next(self) -> Part:
        r"""`\nabla W` is that of the loss; `\nabla f(a)` that of the function."""
        of = self.atom()
        of = self.predicted(of)
        if isinstance(of.expr, Apply) and of.expr.function == OF_VECTOR[0]:
            return self.builder.whole(Apply(OF_VECTOR[1], of.expr.args), of)
        if isinstance(of.expr, Apply) and len(of.expr.args) == 1 and of.shape == ():
            return self.partial(of, self.builder.whole(of.expr.args[0]))
        return self.partial(Part(Name(self.meanings.objective or NO_LOSS), ()), of)

    def differential(self, token: Token) -> Part:
        """`d(e)`, `dW`."""
        if token.text == "d":
            is_norm = self.is_norm_ahead()
            of = self.postfix()
            is_raised = self.token.kind == "raise" and (is_norm or self.token.inner[0][0].text in ("-", "−"))
            inner = self.meanings.named(self.raised_here(of) if is_raised else of)
        else:
            name = token.text[1:]
            inner = Part(Name(name), self.builder.shapes.get(name))
        return self.change(inner)

    def change(self, of: Part) -> Part:
        r"""The differential of a part; `dz_i` is an entry of `dz`, and `dz^T` its transpose."""
        if isinstance(of.expr, Apply) and of.expr.function in ("transpose", "part", "vec"):
            inner = self.change(self.builder.whole(of.expr.args[0], of))
            return self.builder.whole(Apply(of.expr.function, (inner.expr,), of.expr.params), inner)
        whole, index = self.meanings.entries.get(code(of.expr), (None, ""))
        if whole is not None:
            return self.entry(self.change(whole), index.split(","), ())
        text = f"differential{len(self.meanings.differentials)}"
        self.meanings.differentials[text] = of
        return self.opaque(text, of.shape)


def _is_plus(token: Token) -> bool:
    return token.kind == "raise" and [each.text for each in token.inner[0]] == ["+", ""]


def _is_part(expr: Expr) -> bool:
    return isinstance(expr, Apply) and expr.function == "part" and isinstance(expr.args[0], Name)
