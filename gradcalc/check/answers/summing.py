"""Sums over an index in formulas of LaTeX, with limits and conditions, and the products of which their terms are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import Final

from gradcalc.check.answers.families import Member
from gradcalc.check.answers.identities import eye
from gradcalc.check.answers.letters import letter_of, split
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.limits import Limits
from gradcalc.check.answers.multiplying import Multiplying
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.typed import UnknownName
from gradcalc.formula.expr import Apply, Expr, Name, Num, call, names, walk
from gradcalc.formula.tex.tree import Symbol
from gradcalc.formula.write import code

_SQUARE: Final = 2
_OF_SET: Final = ("∈", ":", "|", "∣")
"""What stands between the letter of a sum and the set over which it goes."""
_COMPARED: Final = frozenset(("<", ">", "<=", ">=", "=", "==", "!=", "≠"))


class Summing(Multiplying):
    """Reads sums and products over an index."""

    def either(self, sign: str, left: Part, right: Part) -> Part:
        """The product that fits: of two vectors that lie alike `·` may be the inner one, `⊗` is Kronecker's."""
        alike = left.shape == right.shape and left.shape is not None and 1 in left.shape
        if alike and sign in ("·", "⋅") and self.meanings.dots:
            return self.builder.applied("dot", left, right)
        if sign == "⊗" and self.meanings.kronecker:
            return self.builder.applied("mul" if () in (left.shape, right.shape) else "kron", left, right)
        if sign == "⊗" and _is_column(left) and _is_column(right):
            rows = (left.shape or (0,))[0]
            is_outer = left.shape != right.shape or self.meanings.left == (rows, rows)
            self.meanings.uncertain |= not is_outer
            if is_outer:  # of two columns, which a square matrix on the left side says too
                return self.builder.applied("matmul", left, self.builder.applied("transpose", right))
        found = super().either(sign, left, right)
        return self.builder.applied("kron", left, right) if sign == "⊗" and found.shape is None else found

    def is_tight(self, sign: str) -> bool:
        """Whether a product of this sign is taken before what stands side by side: `A ⊗ B vec(X)`."""
        return sign == "⊗" and self.meanings.kronecker

    def tightly(self, found: Sequence[tuple[str, list[Part]]]) -> Part:
        """`v · M · w` is a number as `v M w` is."""
        parts = [part for _, each in found for part in each]
        dots = all(sign in ("", "·", "⋅", "×") for sign, _ in found)
        return self.side_by_side(parts) if dots and self.is_form(parts) else super().tightly(found)

    def side_by_side(self, parts: Sequence[Part]) -> Part:
        """Factors; where a number is asked for, of a column, a matrix and a column the first one lies."""
        if self.is_form(parts):
            *before, left, middle, right = parts
            parts = [*before, self.builder.applied("transpose", left), middle, right]
        return super().side_by_side(parts)

    def is_form(self, parts: Sequence[Part]) -> bool:
        """Whether factors are numbers and then `v M w`, in a formula for a number."""
        shapes = [part.shape for part in parts]
        if self.meanings.left not in ((), (1, 1)) or len(shapes) < 3 or any(shape != () for shape in shapes[:-3]):
            return False
        left, middle, right = (shape or (0, 0) for shape in shapes[-3:])
        return 1 < middle[0] == left[0] and 1 < middle[1] == right[0] and left[1] == right[1] == 1

    def sum(self) -> Part:
        """Terms; of a column and a matrix it can't be said whether a gap is lost, unless one is `I v` or a bias."""
        start = len(self.meanings.terms)
        found = self.with_identity(super().sum())
        shapes = {shape for shape in self.meanings.terms[start:] if shape}
        del self.meanings.terms[start:]
        by_entry = self.by_entry(found)
        mixed = len(shapes) > 1 and found.shape is not None and by_entry is None
        is_meant = any(_is_identity(node) or _is_of_lines(node) for node in walk(found.expr))
        is_sure = mixed and (is_meant or self.has_biases(found))
        self.meanings.uncertain |= mixed and not is_sure
        return by_entry or found

    def has_biases(self, found: Part) -> bool:
        """Whether all terms of a sum are equally large but for vectors that are learnt: `X W + b`."""
        terms = found.expr.args if isinstance(found.expr, Apply) and found.expr.function == "add" else ()
        others = {self.builder.whole(term).shape for term in terms if not self.is_bias(term)}
        return len(others - {(), None}) == 1

    def is_bias(self, term: Expr) -> bool:
        """Whether a term is a parameter that is a row or a column, or a multiple of it."""
        used = names(term)
        return bool(used) and all(
            name in self.meanings.parameters and 1 in (self.builder.shapes.get(name) or ()) for name in used
        )

    def with_identity(self, found: Part) -> Part:
        r"""`1 + \frac{\partial F}{\partial x}` beside a square Jacobian, where 1 is the identity."""
        terms = found.expr.args if isinstance(found.expr, Apply) and found.expr.function == "add" else ()
        rows, columns = (found.shape or (0, 1)) if len(found.shape or ()) == _SQUARE else (0, 1)
        is_jacobian = any(code(term) in self.meanings.partials for term in terms)
        if Num(1.0) not in terms or not is_jacobian or not rows == columns > 1:
            return found
        whole = tuple(eye(rows) if term == Num(1.0) else term for term in terms)
        return self.builder.whole(Apply("add", whole), found)

    def by_entry(self, found: Part) -> Part | None:
        """`w_k^T x + b` as `w_k^T x + b_k`: beside numbers with one index vectors are meant by their entries."""
        terms = found.expr.args if isinstance(found.expr, Apply) and found.expr.function == "add" else ()
        parts = [self.builder.whole(term) for term in terms]
        vectors = [part for part in parts if part.shape not in ((), (1, 1))]
        indices = {letter for part in parts if part not in vectors for letter in self.indices(part)}
        letter = indices.pop() if vectors and len(indices) == 1 else ""
        size = self.meanings.letters.get(letter) if letter else None
        if size is None or any(not _is_name(each.expr) or {*(each.shape or ())} != {1, size} for each in vectors):
            return None
        self.meanings.remarks.append(f"vectors beside what has the index {letter} are read as their entries")
        entries = [self.entry_of(part, letter) if part in vectors else part for part in parts]
        return self.builder.whole(Apply("add", tuple(part.expr for part in entries)), *entries)

    def entry_of(self, part: Part, letter: str) -> Part:
        """The entry of a name, or of its opposite."""
        if isinstance(part.expr, Apply):
            entry = self.entry(self.builder.whole(part.expr.args[0]), [letter], ())
            return self.builder.applied("neg", entry)
        return self.entry(part, [letter], ())

    def indices(self, part: Part) -> Iterator[str]:
        """The letters of the indices in a formula."""
        for name in names(part.expr):
            index = self.meanings.entries.get(name, (None, ""))[1]
            yield from (each for each in index.split(",") if each.isalpha())

    def term(self) -> Part:
        """A term of a sum."""
        found = super().term()
        self.meanings.terms.append(found.shape)
        return found

    def total(self, token: Token) -> Part:
        """`Σ_{k=1}^K …`: the product behind it, and what comes after a sign as long as the letter is in it."""
        function, terms = "sum" if token.text == "∑" else "prod", len(self.meanings.terms)
        lower, upper = token.inner
        lower, condition = parted_at_condition(_without_brackets(lower))
        counted = [Limits(letter) for letter in self.members_counted(lower)]
        limits = counted or [self.limits(each, upper if i == 0 else []) for i, each in enumerate(split(lower[:-1]))]
        known, is_whole = {*self.meanings.letters}, self.is_all(token)
        again = known.intersection(each.letter for each in limits)
        outside = {each.letter: self.meanings.letters.pop(each.letter, None) for each in limits if each.letter}
        self.meanings.letters |= dict.fromkeys(outside)
        body = self.factors(partial(self.is_between, outside)) if function == "prod" else self.term()
        del self.meanings.terms[terms:]
        if not limits:
            limits = [Limits(each) for each in self.unsaid(known)] or [Limits("")]
            outside = {each.letter: None for each in limits if each.letter}
        while function == "sum" and self.token.text in ("+", "-") and any(map(self.is_ahead, outside)):
            sign = self.accept("+", "-")
            term = self.products()
            body = self.added(body, sign, term)
        if function == "sum":
            body = self.with_like_terms(body, outside)
        if condition:
            where = self.inside(condition).compared()
            body = self.builder.whole(call("where", where.expr, body.expr, Num(0.0)), where, body)
        for each in reversed(limits):
            last = self.meanings.sizes.get(each.last)
            if each.first in ("", "1") and None not in (last, count := self.meanings.letters.get(each.letter)):
                self.meanings.clashing |= {each.letter} if last != count else set()
            text = self.steps(each) if each.letter in self.meanings.steps else self.entries(each)
            body = self.over(function, body, each.letter, text, is_whole, is_again=each.letter in again)
        for letter, count in outside.items():
            self.meanings.letters.pop(letter, None)
            self.meanings.letters |= {} if count is None else {letter: count}
        return body

    def with_like_terms(self, body: Part, letters: Iterable[str]) -> Part:
        """Of a sum of rows, the terms behind a sign that have as many rows: `Σ_i Ŷ - Y`."""
        text = code(body.expr)
        is_of_rows = len(body.shape or ()) == 2 and 1 not in (body.shape or ())
        if not is_of_rows or any(uses(text, letter) for letter in letters):
            return body
        while self.token.text in ("+", "-"):
            start, sign = self.position, self.accept("+", "-")
            term = self.products()
            if term.shape != body.shape:
                self.position = start
                break
            body = self.added(body, sign, term)
        return body

    def added(self, body: Part, sign: str, term: Part) -> Part:
        """A body with one more term, behind a sign."""
        right = Apply("neg", (term.expr,)) if sign == "-" else term.expr
        return self.builder.whole(Apply("add", (body.expr, right)), body, term)

    def is_all(self, token: Token) -> bool:
        """Whether a sum is all of a side, but for numbers before it; of a bare one in a number, all of a term."""
        before = [*takewhile(lambda each: each is not token, self.tokens)]
        is_bare = all(each.kind == "end" for each in token.inner[0])
        if is_bare and self.meanings.left in ((), (1, 1)):
            last = max((i for i, each in enumerate(before) if each.text in ("+", "-")), default=-1)
            before = [each for each in before[last + 1 :] if not self.is_number(each)]
        return not self.level and all(each.kind in ("fraction", "number") or each.text in "-(" for each in before)

    def is_number(self, token: Token) -> bool:
        """Whether a token is the name of a number: `λ`."""
        name = self.builder.resolve(token.text) if token.kind == "name" else None
        return name is not None and self.builder.shapes.get(name) in ((), (1, 1))

    def unsaid(self, known: Collection[str]) -> list[str]:
        r"""The letters over which a sum without limits goes, `\sum w_i x_i`: those in its terms that are new."""
        new = [each for each in self.meanings.letters if each not in known and each not in self.meanings.sizes]
        if len(new) > 1 and self.meanings.left not in ((), (1, 1)):
            self.fail("over which of its indices this sum goes isn't said")
        return new

    def over(self, function: str, body: Part, letter: str, limits: str, is_whole: bool, is_again: bool = False) -> Part:
        """The sum of a body over its letter; of what has no such index, over its rows.

        A sum of columns with one entry each would say nothing: there all entries are meant, as where a number is asked.
        """
        if function == "prod" and body.shape is not None and min(body.shape, default=1) > 1:
            return self.matrices_over(body, letter, limits)
        counts = self.meanings.letters.get(letter) is not None or uses(code(body.expr), letter)
        if letter and (counts or (limits and body.shape in (None, (), (1, 1)))):
            text, letter, limits = self.apart(code(body.expr), letter, limits, is_again)
            return self.opaque(f"{function}({text}, {limits or letter})", body.shape)
        if function == "prod" or not body.shape:
            self.fail("what this sum counts over isn't an index of its terms")
        axis, left = 1 - int(self.builder.axis), self.meanings.left if is_whole else None
        if left in ((), (1, 1)) or (body.shape[axis] == 1 and left != body.shape):
            return self.builder.whole(call("sum", body.expr), body)
        self.meanings.remarks.append("a sum of rows")
        sums = [self.builder.whole(call("sum", body.expr, axis=float(each)), body) for each in (axis, 1 - axis)]
        return next((each for each in sums if each.shape == left), sums[0])

    def apart(self, text: str, letter: str, limits: str, is_again: bool = False) -> tuple[str, str, str]:
        r"""The terms, the letter and the limits, with a letter of its own where another sum's counts elsewhere.

        Also where the letter is an index outside the sum as well: `\partial / \partial u_w \log \sum_w e^{u_w}`.
        """
        count = self.meanings.letters.get(letter)
        if is_again and count is not None:
            own = f"{letter}_{count}"
            return put_for(text, letter, own), own, put_for(limits, letter, own)
        if self.meanings.summed.setdefault(letter, count) in (None, count) or count is None:
            return text, letter, limits
        own = f"{letter}_{count}"
        return put_for(text, letter, own), own, put_for(limits, letter, own)

    def members_counted(self, lower: Sequence[Token]) -> list[str]:
        """The letters that a sum over a set counts: `(u,v) \\in E`, `v_p \\in \\text{parents}(v)`, `w : (v,w) \\in E`.

        Those which aren't free in the formula already; among these those that count members, if there are any.
        """
        end = next((i for i, token in enumerate(lower) if token.text in _OF_SET), 0)
        if not end and any(token.text == "→" for token in lower):
            end = len(lower)  # from where to where an edge leads: `u → v`
        shown = self.meanings.letters_shown
        letters = [shown.get(each, each) for each in dict.fromkeys(letters_in(lower[:end]))]
        mine = [letter for letter in letters if letter in self.meanings.over]
        new = [letter for letter in letters if letter not in self.meanings.letters] if self.meanings.over else []
        return [letter for letter in new if letter in mine] or new or mine[-1:]

    def is_between(self, letters: Iterable[str], start: int, end: int) -> bool:
        """Whether one of these letters is in the tokens from a place to another."""
        return any(stands_in(self.tokens[start:end], letter) for letter in letters)

    def is_ahead(self, letter: str) -> bool:
        """Whether a letter is in the term behind the sign that stands here."""
        ahead = self.tokens[self.position + 1 :]
        return stands_in([*takewhile(lambda token: not _ends_term(token), ahead)], letter)

    def indicator(self) -> Part:
        """`1_{[y_i = 1]}` is 1 where that holds, `1_{ij}` where i is j."""
        tokens = self.token.inner[0]
        said = [token for token in tokens if token.text not in ("[", "]", "{", "}")]
        if all(letter_of(token) or token.text in ",}" for token in said[:-1]):
            return self.kronecker()
        self.position += 1
        return self.inside(said).compared()

    def indexed(self, found: Part) -> Part:
        r"""`W_{ij}`; `\delta_{ij}` is Kronecker's where δ is a vector too."""
        name, index = self.tokens[self.position - 1], self.token.inner[0][:-1]
        two = [letter_of(token) for token in index if token.text != ","]
        is_pair = len(two) == 2 and all(two) and _is_delta(name) and 1 in (found.shape or ())
        return self.kronecker() if is_pair else super().indexed(found)

    def kronecker(self) -> Part:
        """`δ_{ij}` is 1 where i is j."""
        index = split([each for each in self.token.inner[0] if each.kind != "end" and each.text != ","])
        self.position += 1
        letters = [each for part in index for each in part]
        if len(letters) != 2:
            raise UnknownName("δ")
        one, other = (self.index_text([each]) for each in letters)
        for each in (one, other):
            self.meanings.letters.setdefault(each, None)
        is_of_sample = (one in self.meanings.over) != (other in self.meanings.over)
        self.meanings.uncertain |= is_of_sample  # `δ_{ki}` of a sample i may be what a line says it is
        return self.opaque(f"({one} == {other})", ())


def _is_delta(name: Token) -> bool:
    """Whether a name is δ with an index alone, the problem's or the student's own."""
    of = name.inner[0] if name.inner else ""
    if isinstance(of, Member):
        base = of.family.base
        return not of.indices and isinstance(base, Symbol) and base.command.char == "δ"
    return of == "δ"


def _without_brackets(lower: Sequence[Token]) -> Sequence[Token]:
    """`i, j` of `(i, j)`."""
    is_pair = [token.text for token in (*lower[:1], *lower[-2:-1])] == ["(", ")"]
    return [*lower[1:-2], lower[-1]] if is_pair else lower


def _ends_term(token: Token) -> bool:
    return token.kind == "end" or (token.kind == "sign" and token.text in ("+", "-", ")", "]"))


def _is_column(part: Part) -> bool:
    return part.shape is not None and len(part.shape) == 2 and part.shape[1] == 1 < part.shape[0]


def stands_in(part: Sequence[object], letter: str) -> bool:
    """Whether a letter stands in tokens, however deep, and isn't that of a sum before it."""
    for each in part:
        if not isinstance(each, Token):
            found = isinstance(each, list | tuple) and stands_in(each, letter)
        elif each.kind == "sum" and letter in counted_by(each.inner[0]):
            return False
        elif each.kind == "member":
            found = any(uses(index, letter) for index in each.inner[0].indices)
        elif each.kind == "lettered":
            found = letter in each.inner[1]
        else:
            found = letter_of(each) == letter or stands_in(each.inner, letter)
        if found:
            return True
    return False


def counted_by(lower: Sequence[Token]) -> list[str]:
    """The letters over which a sum goes that has this below it: i and j of `i, j`, j of `j = 1`."""
    counted, _ = parted_at_condition(_without_brackets(lower))
    return [letter_of(each[0]) for each in split(counted[:-1])]


def _is_of_lines(node: Expr) -> bool:
    """Whether it is a sum of each row or each column, which is written where a whole is less it."""
    return isinstance(node, Apply) and node.function == "sum" and bool(node.params)


def _is_identity(node: Expr) -> bool:
    return isinstance(node, Apply) and node.function == "eye"


def parted_at_condition(lower: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    r"""What a sum counts over, and the condition on it: `\sum_{i : m_i < 1}`."""
    at = next((i for i, token in enumerate(lower) if token.text in _OF_SET[1:]), len(lower))
    signs = {token.text for token in lower[at:]}
    if signs.isdisjoint(_COMPARED) or "∈" in signs:
        return lower, ()
    return [*lower[:at], lower[-1]], lower[at + 1 :]


def has_name(token: Token, name: str) -> bool:
    """Whether a name stands in a token, however deep."""
    inside = (part for part in token.inner if isinstance(part, list | tuple))
    return (token.kind == "name" and token.text == name) or any(
        has_name(each, name) for part in inside for each in _flat(part)
    )


def members_in(token: Token) -> Iterator[str]:
    """The members by letters in a token, however deep: `a[l-1]`."""
    if token.kind in ("member", "lettered"):
        yield token.text
    for part in (part for part in token.inner if isinstance(part, list | tuple)):
        yield from (each for inner in _flat(part) for each in members_in(inner))


def _flat(part: Sequence[object]) -> list[Token]:
    parts = (each for each in part if not isinstance(each, str))
    return [t for each in parts for t in ([each] if isinstance(each, Token) else _flat(each))]  # type: ignore[arg-type]


def letters_in(tokens: Sequence[Token]) -> Iterator[str]:
    """The single letters in tokens, however deep."""
    for token in tokens:
        if letter_of(token):
            yield letter_of(token)
        for part in token.inner if token.kind in ("index", "group") else ():
            yield from letters_in(_flat(part))


def uses(text: str, letter: str) -> bool:
    """Whether a letter stands in a text by itself."""
    return _alone(letter).search(text) is not None


def put_for(text: str, letter: str, other: str) -> str:
    """A text with another name for a letter that stands by itself."""
    return _alone(letter).sub(other, text)


def _alone(letter: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){re.escape(letter)}(?![\w(])")


def _is_name(expr: Expr) -> bool:
    """Whether a formula is a name, or its opposite."""
    inner = expr.args[0] if isinstance(expr, Apply) and expr.function == "neg" else expr
    return isinstance(inner, Name)
