"""Letters of indices in formulas of LaTeX: `h_{ni}`, `W[:,k]`, and what stands behind a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NoReturn, Self

from gradcalc.check.answers.cursor import DEEPEST
from gradcalc.check.answers.families import INDEX, WORDS, spelled
from gradcalc.check.answers.identities import Identities
from gradcalc.check.answers.labels import sample_of, target_at
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.meanings import Meanings
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.shaped import fits, is_shape, sides_of
from gradcalc.check.answers.typed import Parser
from gradcalc.formula.expr import Apply, Expr, Name, Num, names
from gradcalc.formula.index import TO_THE_END, Along, params_of
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Shape, known, lookup
from gradcalc.formula.write import code
from gradcalc.words import shorten

FACTORS: Final = (
    *("name", "member", "lettered", "partial", "group", "braced", "fence", "root", "fraction", "grid", "rule", "apart"),
    *("sum", "nabla"),
)
"""Kinds of tokens with which a factor may begin."""
PRIMES: Final = ("'", "′")
_DOTS: Final = ("·", "⋅", "*", "•")
"""In the place of an index: all of them."""
ONES: Final = "a row of ones"
_EUCLIDEAN: Final = (["2"], ["F"])
"""What stands below the bars of the norm that is the root of the sum of squares."""
_RANGE: Final = re.compile(r"(?=.)(\d{0,9})(?:(:)([1-9]\d{0,8})?)?", re.ASCII)


class Lettered(Parser):
    """Reads values with letters for indices; what has no value before a letter has one is kept as its text."""

    builder: Identities

    def __init__(
        self, builder: Identities, tokens: Sequence[Token], matrices_first: bool, meanings: Meanings, level: int = 0
    ) -> None:
        super().__init__(builder, tokens, matrices_first)
        self.meanings, self.level = meanings, level

    def fail(self, why: str) -> NoReturn:
        """Say why it can't be read on: places are those of the whole formula."""
        raise NotReadable(why)

    def whole_formula(self) -> Part:
        """All of it; a bracket too many at its end is passed over."""
        found = self.comparison()
        while self.token.kind == "sign" and self.token.text in (")", "]") and not self.level:
            self.position += 1
            self.meanings.remarks.append("a bracket too many")
        if self.token.kind != "end":
            self.fail(f"{shorten(repr(self.token.text or self.token.kind))} isn't expected here")
        return found

    def inside(self, tokens: Sequence[Token]) -> Self:
        """A reader of the inside of a token."""
        if self.level + 1 > DEEPEST:
            self.fail(f"nested more than {DEEPEST} levels deep")
        return type(self)(self.builder, tokens, self.matrices_first, self.meanings, self.level + 1)

    def inner(self, tokens: Sequence[Token]) -> Part:
        """The formula in a token."""
        return self.inside(tokens).whole_formula()

    def opaque(self, text: str, shape: Shape | None) -> Part:
        """A part that is kept as its text."""
        self.meanings.opaque[text] = shape
        if shape is not None:
            self.meanings.shapes[text] = shape
        return Part(Name(text), shape)

    def power(self) -> Part:
        """A value and what it is raised to."""
        self.deeper()
        base = self.postfix()
        self.depth -= 1
        while self.token.kind in ("raise", "transpose", "index"):
            base = self.raised_here(base)
        return base

    def raised_here(self, base: Part) -> Part:
        """A value raised, and what stands behind its exponent."""
        token = self.token
        if token.kind == "index":
            return self.indexed(base)
        self.position += 1
        if token.kind == "transpose":
            return self.turned(base)
        exponent = self.inner(token.inner[0])
        layer = self.of_layer(base, "1") if exponent.expr == Num(1.0) else None
        if layer is not None:
            return layer  # which nothing is raised to
        if exponent.shape not in ((), (1, 1)):
            self.fail("an exponent that is no number")
        return self.raised(base, exponent)

    def postfix(self) -> Part:
        """A value and its transposes and indices."""
        found = self.atom()
        while True:
            if self.token.kind == "transpose":
                self.position += 1
                found = self.turned(found)
            elif self.token.kind == "sign" and self.token.text in PRIMES:
                self.position += 1
                found = self.primed(found)
            elif self.token.kind == "index":
                found = self.indexed(found)
            elif self.token.kind == "at":
                found = self.at_step(found)
            elif self.token.text == "[" and found.shape and self.is_index():
                found = self.in_brackets(found)
            elif self.token.kind == "layer":
                if self.is_sample(found, self.token.text.strip("()[]"), is_layer=True):
                    self.position += 1
                    continue
                layer = self.of_layer(found, self.token.text.strip("()[]"))
                if layer is not None:
                    self.position += 1
                    found = layer
                    continue
                if self.meanings.members and INDEX.fullmatch(self.token.text[1:-1]):
                    self.copy_of(found)
                    continue
                self.fail(f"'{shorten(self.token.text)}' above a name that isn't shown so")
            else:
                return found

    def at_step(self, found: Part) -> Part:
        r"""`\frac{\partial J}{\partial W}|_{(t)}`: what reads derivatives knows what comes by one step."""
        self.fail(f"'|' behind {shorten(code(found.expr))}: what is held there, or at which step?")

    def primed(self, found: Part) -> Part:
        """A prime behind a value, which turns it."""
        return self.turned(found)

    def copy_of(self, found: Part) -> None:
        """`W^{(t)}`, of what is the same at every step: W as it is used at that one."""
        self.step(spelled(self.token.text[1:-1]))
        self.position += 1
        self.meanings.copies.add(code(found.expr))

    def of_layer(self, found: Part, number: str) -> Part | None:
        """What is shown without the number of its layer, as `h` for h1, and has it here: `h^{(1)}`, `h_{1j}`."""
        name = found.expr.id if isinstance(found.expr, Name) else ""
        letter = self.meanings.unnumbered.get(name)
        if letter is None or not number.isdecimal():
            return None
        is_only_one = letter == name and number == "1" and 1 in (found.shape or ())
        layer = self.builder.resolve(f"{letter}{number}") or (name if is_only_one else None)
        return None if layer is None else Part(Name(layer), self.builder.shapes.get(layer))

    def in_layer(self, found: Part, index: list[list[Token]]) -> tuple[Part, list[list[Token]]]:
        """Of a vector in `h_{1j}` 1 is the number of its layer, and j its index."""
        name = found.expr.id if isinstance(found.expr, Name) and 1 in (found.shape or ()) else ""
        both = [each[0] for each in index if len(each) == 1]
        has_number = len(both) == 2 and both[0].text.isdecimal() and bool(letter_of(both[1]))
        if name not in self.meanings.unnumbered or not has_number:
            return found, index
        layer = self.of_layer(found, both[0].text)
        return (
            (layer, index[1:])
            if layer
            else self.fail(f"{name} has one index: is {both[0].text} the number of a layer?")
        )

    def turned(self, found: Part) -> Part:
        """A transpose; that of 1 is a row of ones, with which a column is summed."""
        if found.expr == Num(1.0):
            return Part(Name(ONES), ())
        if found.shape == () and any(name in self.meanings.entries for name in names(found.expr)):
            self.fail("the transpose of one entry")
        return self.builder.applied("transpose", found)

    def is_index(self) -> bool:
        """Whether only letters, numbers and what stands between them are in the bracket that opens here."""
        ahead = self.position + 1
        while self.tokens[ahead].text not in ("]", ""):
            token = self.tokens[ahead]
            if not (token.text in (",", ":", "+", "-") or token.kind == "number" or self.counts(token)):
                return False
            ahead += 1
        return ahead > self.position + 1 and self.tokens[ahead].text == "]"

    def in_brackets(self, found: Part) -> Part:
        """`W[i,j]`."""
        end = next(i for i in range(self.position, len(self.tokens)) if self.tokens[i].text == "]")
        inside = self.tokens[self.position + 1 : end]
        self.position = end + 1
        if len(inside) == 1 and self.is_sample(found, letter_of(inside[0])):
            return found
        return self.part_of(found, inside)

    def is_sample(self, found: Part, letter: str, is_layer: bool = False) -> bool:
        """Whether the letter behind a value only says which sample it is of."""
        if len(letter) == 1 and letter.isalpha() and isinstance(found.expr, Name):
            self.meanings.marked.setdefault(letter, set()).add(found.expr.id)
            if is_layer and self.meanings.samples is None:
                return True
        return letter in (self.meanings.samples or ())

    def indexed(self, found: Part) -> Part:
        r"""`W_{ij}`, `W_{[i,j]}`."""
        tokens = [token for token in self.token.inner[0] if token.kind != "end" and token.text not in "[]"]
        self.position += 1
        if is_shape(tokens):
            return self.in_shape(found, sides_of(tokens))
        if any(token.text == "∈" for token in tokens) and letter_of(tokens[0]) in self.meanings.over:
            return found  # all of them, by their index
        if _is_norm(found.expr):
            return found if [token.text for token in tokens] in _EUCLIDEAN else self.fail("another norm")
        return self.part_of(found, whole_lines(tokens, found.shape))

    def in_shape(self, found: Part, sides: Sequence[str]) -> Part:
        """A value with its shape below it."""
        if not fits(sides, found.shape, self.meanings):
            is_known = spell(found.shape) if found.shape is not None else "of no shape"
            self.fail(f"{shorten(code(found.expr))} is {is_known} here, not {'×'.join(sides)}")
        return found

    def part_of(self, found: Part, tokens: Sequence[Token]) -> Part:
        """An entry or a column, by letters or numbers."""
        found, index = self.in_layer(found, one_digit_each(split(tokens), found.shape))
        labelled = [self.label(each) is not None for each in index]
        if any(labelled) and self.meanings.one_hot:
            return self.at_label(found, index, labelled.index(True))
        if found.shape is None:  # which is told where it is tried
            return self.entry(found, [self.index_text(each) for each in index], ())
        if not found.shape or (found.expr == Name(self.meanings.objective or "") and {*found.shape} == {1}):
            if found.shape == () and code(found.expr) in self.meanings.entries:
                self.fail("an index of one entry")
            self.fail("what has an index here is one number")
        written = [self.index_text(each) for each in index]
        shape = found.shape
        if len(written) == 1 and 1 not in shape:
            is_turned = isinstance(found.expr, Apply) and found.expr.function == "transpose"
            matrix = Part(found.expr.args[0], shape[::-1]) if is_turned and isinstance(found.expr, Apply) else found
            self.meanings.columns.add(code(matrix.expr))
            way = self.meanings.by_rows.get(code(matrix.expr))
            if way is not None:
                return self.row_of(matrix, index[0], (way == "column") != is_turned)
            if is_turned:
                return self.column_turned(matrix.expr, shape[::-1], index[0])
            self.count(index[0], shape[1])
            self.meanings.remarks.append(f"{code(found.expr)} with one index is its column")
            return self.entry(found, [":", written[0]], (shape[0], 1))
        if len(written) == 1:
            self.count(index[0], max(shape))
            return self.entry(found, written, ())
        if len(written) != 2:
            self.fail("more than two indices")
        is_row = written[1] == ":" and written[0].isalpha() and isinstance(found.expr, Name) and 1 not in shape
        if is_row:
            self.meanings.columns.add(code(found.expr))
            if self.meanings.by_rows.get(code(found.expr)) == "column":
                return self.row_of(found, index[0], is_turned=True)
        found = self.fitting(found, index)
        for each, size in zip(index, found.shape or (), strict=True):
            self.count(each, size)
        sizes = tuple(1 if text != ":" else size for text, size in zip(written, found.shape or (), strict=True))
        return self.entry(found, written, sizes if ":" in written else ())

    def row_of(self, matrix: Part, index: Sequence[Token], is_turned: bool) -> Part:
        """A row of a matrix, as a column where `is_turned`."""
        rows, columns = matrix.shape or (1, 1)
        self.count(index, rows)
        row = self.entry(matrix, [self.index_text(index), ":"], (1, columns))
        return self.builder.applied("transpose", row) if is_turned else row

    def column_turned(self, matrix: Expr, shape: Shape, index: Sequence[Token]) -> Part:
        """`w_k^T`, the column k of W as a row; of a square matrix the row k of its transpose may be meant."""
        self.count(index, shape[1])
        self.meanings.uncertain |= shape[0] == shape[1]
        return self.builder.applied(
            "transpose", self.entry(Part(matrix, shape), [":", self.index_text(index)], (shape[0], 1))
        )

    def label(self, tokens: Sequence[Token], is_compared: bool = False) -> Sequence[Token] | None:
        """Of which sample an index is the class, as `y_i` and `label[i]`; of the only one nothing, whatever is said.

        Where it is compared with a class, the targets may be called by any name that people have for them.
        """
        target, letters = self.meanings.one_hot, self.meanings.letters
        is_name = bool(tokens) and tokens[0].text == target == letter_of(tokens[0]) and target not in letters
        sample = sample_of(tokens, self.builder.resolve, target if is_name or is_compared else "")
        return () if sample and 1 in (self.builder.shapes.get(target) or ()) else sample

    def at_label(self, found: Part, index: Sequence[Sequence[Token]], place: int) -> Part:
        r"""`z_{i, \text{label}[i]}`: of the entries with any class the one at which the target is 1."""
        letter = next(each for each in "qpsrtuvw" if each not in self.meanings.letters)
        sample = self.label(index[place]) or ()
        written = [letter if at == place else self.index_text(each) for at, each in enumerate(index)]
        for each, size in zip(index, found.shape or (), strict=False):
            self.count(each, size)
        entry = code(self.entry(found, written, ()).expr)
        text = self.index_text(sample) if sample else ""
        hot = target_at(self.meanings.one_hot, text, letter, self.builder.axis)
        return self.opaque(f"sum({entry} * {hot}, {letter})", ())

    def fitting(self, found: Part, index: Sequence[Sequence[Token]]) -> Part:
        """`h_{iz}^T` with the indices of h, where only these count as far as they do elsewhere."""
        if not (isinstance(found.expr, Apply) and found.expr.function == "transpose" and found.shape):
            return found
        counted = [self.meanings.letters.get(letter_of(each[0])) if len(each) == 1 else None for each in index]
        clash = any(count not in (None, size) for count, size in zip(counted, found.shape, strict=True))
        return Part(found.expr.args[0], found.shape[::-1]) if clash else found

    def entry(self, found: Part, written: Sequence[str], shape: Shape) -> Part:
        """The part, as a formula where its index is of numbers and ranges of them, else as text."""
        if "0" in written:
            self.fail("entries are counted from 1 here: there is none with index 0")
        index = tuple(each for text in written if (each := _along(text)) is not None)
        if len(index) == len(written):
            return self.builder.whole(Apply("part", (found.expr,), params_of(index)), found)
        base = code(found.expr)
        closed = isinstance(found.expr, Name) or (isinstance(found.expr, Apply) and _is_call(found.expr))
        text = f"{base if closed else f'({base})'}[{','.join(written)}]"
        self.meanings.entries[text] = (found, ",".join(written))
        return self.opaque(text, shape)

    def index_text(self, tokens: Sequence[Token]) -> str:
        """One index as it is typed: a letter, a number, `t-1`, `:`."""
        fine = (token.kind == "number" or token.text in ("+", "-", ":") or self.counts(token) for token in tokens)
        if not tokens or not all(fine):
            self.fail("this index can't be read")
        return "".join(letter_of(token) or token.text for token in tokens)

    def counts(self, token: Token) -> bool:
        """Whether a token is a letter of an index, or a size."""
        return bool(letter_of(token)) or (token.kind == "name" and token.text in self.meanings.sizes)

    def step(self, index: str) -> str:
        """An index of a member: a capital letter that is no size is the last one, `T` or `L`."""
        letter = index.partition("+")[0].partition("-")[0]
        if letter.isdecimal() or letter in self.meanings.sizes:
            return index
        if letter.isupper():
            if not self.meanings.last:
                self.fail(f"how far '{letter}' counts isn't said")
            return f"{self.meanings.last}{index[len(letter) :]}"
        self.meanings.letters.setdefault(letter, None)
        self.meanings.steps.add(letter)
        return index

    def count(self, tokens: Sequence[Token], size: int) -> None:
        """Remember how far a letter counts."""
        letter = letter_of(tokens[0]) if len(tokens) == 1 else ""
        typed = tokens[0].text if len(tokens) == 1 else ""
        if typed.islower() and typed not in self.meanings.letters and self.meanings.sizes.get(typed, size) != size:
            self.fail(f"{typed} is a size in the problem, and an index of something else here")
        if letter and self.meanings.letters.get(letter) is None:
            self.meanings.letters[letter] = size
        elif letter and self.meanings.letters[letter] != size:
            self.meanings.clashing.add(letter)


def letter_of(token: Token) -> str:
    """The letter that a token is, if it is a single one."""
    typed = token.inner[0] if token.kind == "name" and token.inner else ""
    typed = WORDS.get(token.text, typed) if typed == token.text else typed
    if typed in WORDS.values():
        return str(typed)
    return typed if isinstance(typed, str) and len(typed) == 1 and typed.isascii() and typed.isalpha() else ""


def _along(text: str) -> Along | None:
    """A number from 1 or a range, `2:3`, `:`, whose ends may be left out; None of anything else."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    first, colon, last = int(found[1] or 1), found[2], int(found[3] or TO_THE_END)
    return Along(first, last) if colon else Along(first)


def split(tokens: Sequence[Token]) -> list[list[Token]]:
    """Indices: apart by commas, or letters and digits side by side."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == ",":
            found.append([])
        elif found[-1] and is_index(token) and is_index(found[-1][-1]):
            found.append([token])
        else:
            found[-1].append(token)
    return [each for each in found if each]


def whole_lines(tokens: list[Token], shape: Shape | None) -> list[Token]:
    r"""An index with `k,:` for a row that is written as `(k, \cdot)`, `k\cdot` or, of a matrix, `k:`."""
    has_dot = any(token.text in _DOTS for token in tokens)
    if has_dot and (tokens[0].text, tokens[-1].text) == ("(", ")"):
        tokens = tokens[1:-1]
    found = [replace(token, text=":") if token.text in _DOTS else token for token in tokens]
    is_matrix = shape is not None and len(shape) == 2 and 1 not in shape
    is_line = len(found) == 2 and [bool(letter_of(each)) for each in found].count(True) == 1
    if is_line and (is_matrix or has_dot) and ":" in (found[0].text, found[1].text):
        return [found[0], Token("sign", ",", 0), found[1]]
    return found


def is_index(token: Token) -> bool:
    """Whether a token is an index by itself: a letter or a number."""
    return token.kind == "number" or bool(letter_of(token))


def one_digit_each(index: list[list[Token]], shape: Shape | None) -> list[list[Token]]:
    """`W_{12}` is `W[1,2]` where there are no twelve columns."""
    if not shape or len(index) != 1 or len(index[0]) != 1 or index[0][0].kind != "number":
        return index
    digits = index[0][0].text
    size = max(shape) if 1 in shape else shape[1]
    two = len(digits) == 2 and digits.isdecimal() and "0" not in digits and int(digits) > size
    return [[replace(index[0][0], text=digit)] for digit in digits] if two else index


def _is_norm(expr: Expr) -> bool:
    """Whether it is a norm or a power of one, or the root of a sum of them."""
    while isinstance(expr, Apply) and expr.function in ("pow", "sqrt", "add"):
        expr = expr.args[0]
    return isinstance(expr, Apply) and expr.function == "norm"


def _is_call(node: Apply) -> bool:
    return (
        known(node.function) and not lookup(node.function).infix and node.function not in ("neg", "part", "transpose")
    )
