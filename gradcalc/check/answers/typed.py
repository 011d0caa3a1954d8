"""Read formulas as people type them: NumPy's calls, factors side by side, `σ′(a1)`, `∂L/∂W1`, `h1(1 − h1)`.

A descent by precedence that builds the formula as it goes, with the shape of each part, as the kind of a product may
follow from the shapes of its factors: the matrix product first. From loose to tight: comparison; + -; * / @ ⊙ and the
signs that can be either product; factors side by side; powers; calls, transposes. Nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from gradcalc.check.answers.calls import IGNORED, MODULES, PRODUCT, comparison, is_function, made, table_name
from gradcalc.check.answers.cursor import DEEPEST, Cursor
from gradcalc.check.answers.lexer import DIGITS, Token, tokens
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.parts import Builder, Part
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, decimals_of, neg
from gradcalc.formula.index import TO_THE_END, Along, params_of
from gradcalc.formula.primes import derivative
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.table import known, without_brackets
from gradcalc.formula.unknown import meant
from gradcalc.program.naming import gradient_name
from gradcalc.words import shorten

_POWER: Final = re.compile(r"(\w+)\^\((\d{1,3})\)")
_COMPARE: Final = (">", "<", ">=", "<=", "≥", "≤", "==", "!=", "≠")
_EITHER: Final = ("·", "⋅", "×", "∘", "⊗", "\u0387", "∙")
"""Signs that people write for the product entry by entry and for the matrix product."""
_PRODUCTS: Final = ("*", "/", "@", "⊙", "÷", *_EITHER)
_OPENINGS: Final = ("(", "√", "⟨")
_PRIMES: Final = ("'", "′")
LONGEST_INDEX: Final = 9


class UnknownName(NotReadable):
    """A name that the problem doesn't have; `said` is what to say of it, if not that it is unknown."""

    def __init__(self, name: str, said: str = "") -> None:
        self.name, self.said = name, said
        super().__init__(said or f"unknown name '{shorten(name)}'")


def read(text: str, builder: Builder, matrices_first: bool = True) -> Expr:
    """The formula; without `matrices_first` a product whose kind isn't told is entry by entry. Raises NotReadable."""
    return Parser(builder, tokens(text, builder.resolve), matrices_first).whole_formula().expr


class Parser(Cursor):
    """Reads a formula from its tokens."""

    def __init__(self, builder: Builder, tokens: Sequence[Token], matrices_first: bool) -> None:
        super().__init__(tokens)
        self.builder, self.matrices_first = builder, matrices_first
        self.openings: tuple[str, ...] = (*_OPENINGS, "‖")
        """With what a factor may begin beside names."""

    def whole_formula(self) -> Part:
        """All of it. Raises NotReadable."""
        part = self.comparison()
        if self.token.kind != "end":
            self.fail(f"{shorten(repr(self.token.text))} isn't expected here")
        return part

    def comparison(self, *more: str) -> Part:
        """A sum, or two of them compared; `more` are further signs that compare here."""
        self.deeper()
        left = self.sum()
        sign = self.accept(*_COMPARE, *more)
        if sign:
            right = self.sum()
            left = self.builder.whole(comparison(sign, left.expr, right.expr), left, right)
        self.depth -= 1
        return left

    def sum(self) -> Part:
        """Terms."""
        terms = [self.term()]
        while sign := self.accept("+", "-"):
            term = self.term()
            terms.append(self.builder.whole(neg(term.expr), term) if sign == "-" else term)
        if len(terms) == 1:
            return terms[0]
        return self.builder.whole(add(*(term.expr for term in terms)), *terms)

    def term(self) -> Part:
        """A term with its signs."""
        signs, start = 0, self.position
        while sign := self.accept("+", "-"):
            signs += sign == "-"
        if self.position - start > DEEPEST:
            self.fail(f"nested more than {DEEPEST} levels deep")
        found = self.products()
        return self.builder.whole(neg(found.expr), found) if signs % 2 else found

    def products(self) -> Part:
        """What stands side by side first, then the signs from the left; all from the left where only that fits."""
        found: list[tuple[str, list[Part]]] = [("", self.sequence())]
        while sign := self.accept(*_PRODUCTS):
            found.append((sign, self.signed_factors()))
        if any(self.is_tight(sign) for sign, _ in found):
            return self.tightly([each for sign, parts in found for each in _each_alone(sign, parts)])
        tight = self.tightly(found)
        if tight.shape is not None or all(len(parts) == 1 for _, parts in found) or len(found) == 1:
            return tight
        loose = self.tightly([each for sign, parts in found for each in _each_alone(sign, parts)])
        return tight if loose.shape is None else loose

    def is_tight(self, sign: str) -> bool:
        """Whether a product of this sign is taken before what stands side by side."""
        return False

    def tightly(self, found: Sequence[tuple[str, list[Part]]]) -> Part:
        """The product of factors that stand side by side, and behind signs."""
        left = self.side_by_side(found[0][1])
        for sign, parts in found[1:]:
            if sign in ("/", "÷"):
                left = self.divided(left, parts)
            elif sign in _EITHER:
                left = self.either(sign, left, self.side_by_side(parts))
            else:
                function = "matmul" if sign == "@" else "mul"
                left = self.builder.applied(function, left, self.side_by_side(parts))
        return left

    def either(self, sign: str, left: Part, right: Part) -> Part:
        """What a sign for either product stands for: what fits."""
        return self.builder.product(left, right, self.matrices_first)

    def divided(self, left: Part, over: list[Part]) -> Part:
        """`1/2 x` and `1/N x` are halves and Nths of x; else what stands side by side is divided by as a whole."""
        if isinstance(left.expr, Num) and len(over) > 1 and over[0].shape == ():
            return self.side_by_side([self.builder.applied("div", left, over[0]), *over[1:]])
        return self.builder.applied("div", left, self.side_by_side(over))

    def signed_factors(self) -> list[Part]:
        """Factors side by side behind a sign, with a minus before the first."""
        minus = self.accept("-")
        found = self.sequence()
        return [self.builder.whole(neg(found[0].expr), found[0]), *found[1:]] if minus else found

    def sequence(self) -> list[Part]:
        """Factors side by side; a number stands before the others alone (`1 2` and `x 2` are slips)."""
        found = [self.power()]
        while self.token.kind in ("name", "partial") or self.token.text in self.openings:
            found.append(self.power())
        return found

    def side_by_side(self, parts: Sequence[Part]) -> Part:
        """Their product, from the left; from the right where that fits and the other doesn't."""
        left = parts[0]
        for part in parts[1:]:
            left = self.builder.product(left, part, self.matrices_first)
        if left.shape is None and len(parts) > 2:
            right = parts[-1]
            for part in reversed(parts[:-1]):
                right = self.builder.product(part, right, self.matrices_first)
            return right if right.shape is not None else left
        return left

    def power(self) -> Part:
        """A value and what it is raised to."""
        self.deeper()
        base = self.postfix()
        self.depth -= 1
        if self.token.kind == "raised":
            exponent = self.token.text.translate(DIGITS)
            self.position += 1
            if not re.fullmatch(r"-?\d+", exponent):
                self.fail("this can't be an exponent")
            return self.raised(base, Part(Num(float(exponent)), ()))
        if self.accept("^", "**"):
            brace, minus = self.accept("{"), self.accept("-")
            self.deeper()
            exponent_part = self.comparison() if brace else self.power()
            self.depth -= 1
            if brace:
                self.expect("}")
            inner = self.builder.whole(neg(exponent_part.expr), exponent_part) if minus else exponent_part
            return self.raised(base, inner)
        return base

    def raised(self, base: Part, exponent: Part) -> Part:
        """A power; of a square matrix, -1 is its inverse."""
        shape = base.shape or ()
        is_square = len(shape) == MATRIX and shape[0] == shape[1] > 1
        is_inverse = exponent.expr == Num(-1.0) and is_square
        return self.builder.applied("inv", base) if is_inverse else self.builder.applied("pow", base, exponent)

    def postfix(self) -> Part:
        """A value with its transposes, methods and indices."""
        found = self.atom()
        while True:
            if self.token.kind == "transpose" or (self.token.kind == "sign" and self.token.text in _PRIMES):
                self.position += 1
                found = self.builder.applied("transpose", found)
            elif self.token.text == "." and self.tokens[self.position + 1].kind == "name":
                found = self.method(found)
            elif self.token.text == "[":
                found = self.part(found)
            else:
                return found

    def part(self, found: Part) -> Part:
        """An entry or a part, by its index in brackets; not among NumPy's names."""
        pairs = pairwise(self.tokens)
        if any(token.text in MODULES and following.text == "." for token, following in pairs):
            self.fail("brackets can't be read here: NumPy counts entries from 0, formulas here from 1")
        index = self.index()
        return self.builder.whole(Apply("part", (found.expr,), params_of(index)), found)

    def index(self) -> tuple[Along, ...]:
        """One or two numbers or ranges, counted from 1."""
        start = self.position
        self.expect("[")
        index = [self.along()]
        if self.accept(","):
            index.append(self.along())
        if not self.accept("]") or any(not 1 <= each.first <= max(each.last, each.first) for each in index):
            self.position = start
            self.fail("an index is a whole number from 1, or a range: x[2], W[1,2], W[:,1]")
        return tuple(index)

    def along(self) -> Along:
        """One index or a range."""
        first = self.whole()
        if not self.accept(":"):
            return Along(first or 0)
        last = self.whole()
        return Along(first or 1, TO_THE_END if last is None else last) if last != 0 else Along(0)

    def whole(self) -> int | None:
        """The whole number that stands here, if one does."""
        text = self.token.text
        if self.token.kind != "number" or not text.isdecimal() or len(text) > LONGEST_INDEX:
            return None
        self.position += 1
        return int(text)

    def method(self, found: Part) -> Part:
        """What stands behind a dot."""
        self.position += 1
        name = self.token.text
        self.position += 1
        if name == "T":
            return self.builder.applied("transpose", found)
        name = "transpose" if name == "t" else name
        if not (is_function(name) and self.accept("(")):
            self.fail(f"'.{shorten(name)}' isn't part of a formula")
        return self.called(name, [found])

    def atom(self) -> Part:
        """One value: a number, a name, a call, what stands in brackets."""
        token = self.token
        self.position += 1
        if token.kind == "number":
            return Part(Num(float(token.text), decimals_of(token.text)), ())
        if token.kind == "partial":
            return self.named(gradient_name(token.text), token)
        if token.kind == "name":
            return self.name(token)
        if token.text == "(":
            items = self.items("(", "=")
            return items[0] if len(items) == 1 else self.in_a_row(items)
        if token.text == "[":
            return self.listed()
        if token.text == "√":
            self.deeper()
            under = self.atom()
            self.depth -= 1
            return self.builder.applied("sqrt", under)
        if token.text == "‖":
            return self.norm()
        if token.text == "⟨":
            left = self.comparison()
            self.expect(",")
            right = self.comparison()
            self.expect("⟩")
            return self.builder.applied("inner", left, right)
        self.position -= 1
        return self.fail(
            f"{shorten(repr(token.text))} can't stand here" if token.text else "the formula breaks off here"
        )

    def listed(self) -> Part:
        """A list of numbers, a column or where samples are rows a row; a list of lists, a matrix."""
        if self.token.text != "[":
            return self.joined(self.items("["), int(self.builder.axis))
        rows = []
        while self.accept("["):
            rows.append(self.joined(self.items("["), 1))
            self.accept(",")
        self.expect("]")
        return self.joined(rows, 0)

    def in_a_row(self, items: Sequence[Part]) -> Part:
        """`(1, 0)` and `(1, 0)ᵀ` are one vector, as samples lie."""
        self.position += self.token.kind == "transpose"
        return self.joined(items, int(self.builder.axis))

    def items(self, opening: str, *more: str) -> list[Part]:
        """What stands in a bracket that is open, up to its end, apart by commas; `more` signs compare there."""
        found = [self.comparison(*more)]
        while self.accept(","):
            found.append(self.comparison(*more))
        self.expect(")" if opening == "(" else "]")
        return found

    def joined(self, parts: Sequence[Part], axis: int) -> Part:
        """Parts one below the other, or side by side."""
        return self.builder.whole(call("concat", *(part.expr for part in parts), axis=float(axis)), *parts)

    def norm(self) -> Part:
        """What stands before the next ‖: within it this sign closes."""
        before, self.openings = self.openings, _OPENINGS
        inner = self.sum()
        self.openings = before
        self.expect("‖")
        return self.builder.applied("norm", inner)

    def name(self, token: Token) -> Part:
        """A name, or the function of that name where it is called."""
        text = token.text
        while text in MODULES and self.token.text == "." and self.tokens[self.position + 1].kind == "name":
            self.position += 2
            text = self.tokens[self.position - 1].text
        numbered = text + self.token.text.translate(DIGITS) if self.token.kind == "raised" else text
        if numbered != text and (self.builder.resolve(numbered) or self.member_at(numbered, self.position + 1)[0]):
            text = numbered
            self.position += 1
        of_problem = self.of_problem(text)
        if of_problem is not None:
            return self.unknown_function(*of_problem)
        primed = self.token.kind == "sign" and self.token.text in _PRIMES
        bare = self.tokens[self.position + primed].text
        if bare == "(" and is_function(text) and (known(text) or not self.builder.resolve(text)):
            self.position += 1 + primed
            return self.differentiated(text) if primed else self.called(text, [])
        return self.named(text, token)

    def of_problem(self, text: str) -> tuple[str, str] | None:
        """The unknown function of the problem that a name means, and the table's function for the call."""
        if not self.builder.functions:
            return None
        plain = text.replace("∇", "d").replace(" ", "")
        return meant(self.builder.resolve(plain) or plain, self.builder.functions)

    def unknown_function(self, function: str, name: str) -> Part:
        """A call of an unknown function of the problem, or of its derivative: `φ′(z)`."""
        primes = 0
        while self.token.kind == "sign" and self.token.text in _PRIMES:
            primes += 1
            self.position += 1
        if not self.accept("("):
            self.fail(f"{name} is a function: its argument must stand behind it in brackets")
        arg = self.argument_of(name)
        found: Expr | None = Apply(function, (Name(name), arg.expr))
        for _ in range(primes):
            found = derivative(found) if isinstance(found, Apply) else None
        if found is None:
            self.fail(f"{name} has no such derivative here")
        return self.builder.whole(found, arg)

    def argument_of(self, name: str) -> Part:
        """What a function is applied to, up to its closing bracket."""
        arg = self.comparison()
        self.expect(")")
        return arg

    def named(self, text: str, token: Token) -> Part:
        """The value of a name; a member of a family by its index."""
        plain = text.replace("∇", "d").replace(" ", "")
        member = self.member(plain) if self.token.text == "[" else None
        if member is not None:
            return Part(Name(member), self.builder.shapes.get(member))
        found = self.builder.resolve(plain) or self.builder.resolve(text)
        power = _POWER.fullmatch(plain)
        if found is None and power and self.builder.resolve(power[1]):
            return self.builder.applied("pow", self.named(power[1], token), Part(Num(float(power[2])), ()))
        if found is None and without_brackets(plain):
            return Part(call(plain), ())
        if found is None:
            said = f"{text} is a function: call it with ( )" if is_function(text) and text not in IGNORED else ""
            raise UnknownName(plain, said)
        return Part(Name(found), self.builder.shapes.get(found))

    def member(self, family: str) -> str | None:
        """The member of a family whose index stands here, and go on; None where there is no such family."""
        found, end = self.member_at(family, self.position)
        self.position = end if found is not None else self.position
        return found

    def member_at(self, family: str, start: int) -> tuple[str | None, int]:
        """The member whose index begins there, and behind which token it ends."""
        if self.tokens[start].text != "[":
            return None, start
        end = next((i for i in range(start, len(self.tokens)) if self.tokens[i].text == "]"), start)
        index = "".join(token.text for token in self.tokens[start : end + 1])
        return self.builder.resolve(family + index) if len(index) < LONGEST_INDEX * 4 else None, end + 1

    def differentiated(self, name: str) -> Part:
        """The derivative of a function: `σ′(a)`."""
        inner = self.comparison()
        self.expect(")")
        return self.derivative_of(name, inner)

    def derivative_of(self, name: str, inner: Part) -> Part:
        """The derivative of a function, by its name, at a formula."""
        function = table_name(name)
        found = derivative(call(function, inner.expr)) if known(function) else None
        if found is None:
            self.fail(f"{name}′ can't be read: it is no function of one number")
        return self.builder.whole(found, inner)

    def called(self, name: str, args: list[Part]) -> Part:
        """A call whose bracket is open."""
        if args and name in IGNORED:
            return self.passed_over(args[0])
        keywords: dict[str, Expr | None] = {}
        while not self.accept(")"):
            ahead = self.tokens[self.position + 1 : self.position + 2]
            if self.token.kind == "name" and ahead and ahead[0].text == "=":
                key = self.token.text
                self.position += 2
                keywords[key] = self.setting()
            else:
                args.append(self.comparison())
            if not self.accept(",") and self.token.text != ")":
                self.fail("a ',' or ')' is missing here")
        if name == PRODUCT:
            return self.dot(args)
        return self.builder.whole(made(name, [arg.expr for arg in args], keywords, self.builder.axis), *args)

    def passed_over(self, found: Part) -> Part:
        """What a method that changes no number is called with."""
        opened = 1
        while opened and self.token.kind != "end":
            opened += (self.token.text == "(") - (self.token.text == ")")
            self.position += 1
        return found

    def setting(self) -> Expr | None:
        """The value of a named argument: a number, True, False or None; of a type its name."""
        token = self.token
        if token.kind == "name":
            self.position += 1
            while self.accept("."):
                self.position += self.token.kind == "name"
            return {"True": Num(1.0), "False": Num(0.0)}.get(token.text)
        minus = self.accept("-")
        part = self.atom()
        return neg(part.expr) if minus else part.expr

    def dot(self, args: Sequence[Part]) -> Part:
        """NumPy's dot: the matrix product, of vectors that lie alike the inner product."""
        if len(args) != 2:
            raise NotReadable(f"dot takes 2 arguments, not {len(args)}")
        product = self.builder.applied("matmul", *args)
        inner = self.builder.applied("dot", *args)
        numbers = any(arg.shape == () for arg in args)
        if numbers:
            return self.builder.applied("mul", *args)
        return (
            inner if product.shape is None and inner.shape is not None and args[0].shape == args[1].shape else product
        )


def _each_alone(sign: str, parts: Sequence[Part]) -> list[tuple[str, list[Part]]]:
    """Factors side by side as ones with signs between them, of either product."""
    first, *rest = parts
    return [(sign, [first]), *((_EITHER[0], [part]) for part in rest)]
