r"""Cut LaTeX as people write it into the tokens of a typed formula: `W_2^\top \delta_2` is `W2`, a transpose, `da2`.

What has an inside of its own (a fraction, a sum's limits, cases) is one token with the tokens of its inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from gradcalc.check.answers.calls import is_function
from gradcalc.check.answers.corners import NoRule
from gradcalc.check.answers.dots import (
    by_rule,
    has_dots,
    is_dotted,
    letters_for,
    listed,
    paired,
    with_chains,
    with_sums,
)
from gradcalc.check.answers.families import Family
from gradcalc.check.answers.lexer import END, Token
from gradcalc.check.answers.normal import ONE, REMARKS
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.one_apart import constant, one_apart
from gradcalc.check.answers.patterns import Patterns
from gradcalc.check.answers.scripted import ScriptedNames, name_token, numbered
from gradcalc.check.answers.trees import bare as _bare
from gradcalc.check.answers.trees import typed as _typed
from gradcalc.check.answers.typesetting import tree_of
from gradcalc.formula.tex.commands import COMMANDS
from gradcalc.formula.tex.tree import (
    Accented,
    Braced,
    Char,
    Fenced,
    Fraction,
    Grid,
    Group,
    Node,
    Root,
    Row,
    Scripted,
    Styled,
    Symbol,
    Unknown,
    Words,
    fence_sign,
)

SAME: Final = {
    **{"Tr": "trace", "tr": "trace", "Trace": "trace", "Diag": "diag", "ReLU": "relu", "ln": "log", "sgn": "sign"},
    **{"Softmax": "softmax", "SM": "softmax", "Sigmoid": "sigmoid", "σ": "sigmoid"},
}
"""Functions under other names."""
_CONSTANTS: Final = ("True", "False", "None")
"""Values of named arguments, as programs have them."""
_SIGNS: Final = {"∗": "*", "{": "(", "}": ")", "⋅": "·", "≤": "<=", "≥": ">=", "≠": "!=", "∣": "|", "−": "-"}
_REDUCED: Final = ("∑", "∏")
_COUNT: Final = re.compile(r"(?![i-l]{2}$)\w[\w×]*")
"""What stands below a 1 that is an array of ones, and not an indicator or Kronecker's delta: how many they are."""
POINT: Final = "point"
r"""The kind of a token that says where what stands before it is taken: `\Big|_{x = 2}`."""
_PARTIAL: Final = Symbol(COMMANDS["partial"])


def tex_tokens(
    text: str,
    known: Mapping[Row, str],
    others: Mapping[Row, str],
    resolve: Callable[[str], str | None],
    patterns: Patterns,
    families: Sequence[Family] = (),
    vectors: Collection[str] = (),
) -> list[Token]:
    r"""The tokens of a formula in TeX, and one at the end. Raises NotReadable.

    `known` has what reports show, by its normal tree: `\nabla a^{2}` is da2 where it is shown so; `others` are like
    these, and `resolve` knows names that are typed without TeX; `patterns` are names with letters for indices,
    `families` names with members, `vectors` have one index.
    """
    tree = tree_of(text)
    cutting = _Cutting(known, others, resolve, patterns, families, vectors)
    tokens = cutting.row(tree)
    if cutting.either and cutting.signs == {"_"}:
        tokens = _Cutting(known, others, resolve, patterns, families, vectors, below=True).row(tree)
    elif cutting.is_square and cutting.signs == {"^"}:
        tokens = _Cutting(known, others, resolve, patterns, families, vectors, above=True).row(tree)
    return [*tokens, END]


class _Cutting(ScriptedNames):
    def row(self, row: Row) -> list[Token]:
        """All of it; what is known by a longer tree before what is known by a shorter one."""
        found: list[Token] = []
        row = self.with_rules(row) if has_dots(row) else row
        while row:
            size, tokens = self.begins(row)
            found += tokens
            row = row[size:]
        return found

    def begins(self, row: Row) -> tuple[int, list[Token]]:
        """How much of a row is read as one, and as what."""
        found = self.patterns.at_start(row)
        for size in range(min(max(self.longest, found.size if found else 0), len(row)), 0, -1):
            name = None if size == 1 and _is_letter(row[0]) else self.known.get(row[:size])
            if name is not None:
                self.signs |= numbered(row[size - 1])
                return size, [name_token(name, typed=_typed(row[:size]) if size == 1 else "")]
            here = found if found is not None and found.size == size else None
            tokens = self.named(row[:size], here) or (None if here is None else self.with_letters(here))
            if tokens is not None:
                return size, tokens
        return self.letters(row) or (1, self.node(row[0]))

    def letters(self, row: Row) -> tuple[int, list[Token]] | None:
        """What letters side by side begin, with the digits or the prime behind them; None where there are none."""
        word = list(takewhile(_is_letter, row))
        if not word:
            return None
        letters = "".join(each.text for each in word if isinstance(each, Char))
        behind = row[len(word)] if len(row) > len(word) else None
        if isinstance(behind, Scripted) and behind.primes and not behind.scripts and behind.base is not None:
            whole = letters + _typed(_bare(behind.base))  # `ReLU'(z)`: the prime is the word's
            if is_function(SAME.get(whole, whole)):
                return len(word) + 1, [name_token(whole), *self.scripts(behind.primes, {})]
        if isinstance(behind, Scripted) and not behind.primes and behind.base is not None:
            whole = letters + _typed(_bare(behind.base))  # `net_k`: the index is the word's
            name = self.resolve(whole) if len(whole) > 2 and whole.isalpha() and whole[0] != "d" else None
            if name is not None:
                return len(word) + 1, [name_token(name), *self.scripts(0, dict(behind.scripts))]
        if isinstance(behind, Char) and behind.text.isdecimal():
            name = self.resolve(letters + behind.text)
            if name is not None:
                return len(word) + 1, [name_token(name)]
        return self.word(letters)

    def word(self, letters: str) -> tuple[int, list[Token]]:
        """The longest name or function among letters side by side; else one letter, or all of them as a word."""
        if letters in _CONSTANTS:
            return len(letters), [name_token(letters)]
        for size in range(len(letters), 0, -1):
            part = letters[:size]
            name = self.known.get(tuple(map(Char, part))) or (self.resolve(part) if size > 1 else None)
            if name is not None and not (size < len(letters) and is_function(letters)):
                return size, [name_token(name, typed=part)]
            if size > 1 and (is_function(part) or part in SAME):
                return size, [name_token(part)]
        ahead = next((i for i in range(1, len(letters) - 2) if is_function(letters[i:])), 0)
        if ahead:  # a function behind letters of its own: `I vec(…)`
            return self.word(letters[:ahead])
        single = letters[0] in "de" or self.resolve(letters[0]) is not None
        whole = len(letters) if not single and len(letters) > 2 else 1
        return whole, [name_token(self.resolve(letters[:whole]) or letters[:whole], typed=letters[:whole])]

    def whole_word(self, text: str) -> Token:
        """A word that is set as one: a name, a function, or a remark."""
        if text.lower() in REMARKS:
            return name_token(text, "words")
        shown = self.known.get(tuple(map(Char, text)))
        name = shown or self.resolve(text) or SAME.get(text) or (text if is_function(text) else None)
        return name_token(text, "words") if name is None and not text.isidentifier() else name_token(name or text)

    def node(self, node: Node) -> list[Token]:
        match node:
            case Char("ᵀ"):
                return [Token("transpose", "ᵀ", 0)]
            case Char(text) if text in _REDUCED:
                return [Token("sum", text, 0, ([], []))]
            case Char(text):
                return [Token("number" if text[0].isdecimal() else "sign", _SIGNS.get(text, text), 0)]
            case Words(_, text) if text.strip().startswith("(") and text.strip().endswith(")"):
                return []  # a remark, as `(element-wise)`
            case Words(_, text):
                return [self.whole_word(text.strip())]
            case Symbol(command):
                if command.kind == "space":
                    return []
                char = _SIGNS.get(command.char, command.char)
                if char in _REDUCED:
                    return [Token("sum", char, 0, ([], []))]
                is_name = command.kind in ("function", "letter") or char == "ℓ"
                return [name_token(char) if is_name else Token("sign", char, 0)]
            case Group(items):
                return [Token("group", "", 0, (self.inside(node),))] if len(items) != 1 else self.node(items[0])
            case Styled(_, Char("1")):
                return [Token("number", "1", 0, (ONE,))]
            case Styled(_, inner):
                return self.begins(_bare(inner))[1] if not isinstance(inner, Group) else self.row(inner.items)
            case Accented(name, inner):
                written = f"{_typed(_bare(inner))}{'hat' if name in ('hat', 'widehat') else name}"
                return [name_token(self.resolve(written) or written)]
            case Scripted():
                return self.scripted(node)
            case Fenced(opening, inside, closing):
                signs = [_SIGNS.get(fence_sign(each), fence_sign(each)) for each in (opening, closing)]
                rows = listed(paired(inside)) if signs[0] in ("(", "[") and has_dots(inside) else None
                if rows is not None:
                    return [self.by_rule(Grid(signs[0], rows.rows))]
                if signs[0] in ("|", "‖", "⌊"):
                    return [Token("fence", signs[0], 0, ([*self.row(inside), END],))]
                return [Token("sign", signs[0], 0), *self.row(inside), Token("sign", signs[1], 0)]
            case Root(inner):
                return [Token("root", "", 0, (self.inside(inner),))]
            case Fraction(above, below):
                if _begins_with_d(above) and _begins_with_d(below):
                    above, below = map(_with_partial, (above, below))
                before, self.above = self.above, self.above or _is_derivative(above)
                found = Token("fraction", "", 0, (self.inside(above), self.inside(below)))
                self.above = before
                return [found]
            case Grid(_, ((cell,),)) if has_dots(cell) and (row := listed(paired(cell))) is not None:
                return [self.by_rule(row)]
            case Grid() if is_dotted(node):
                return [self.by_rule(node)]
            case Braced(inner, said):
                return [Token("braced", "", 0, (self.inside(inner), said))]
            case Grid(kind, rows):
                cells = tuple(tuple([*self.row(cell), END] for cell in row) for row in rows)
                return [Token("grid", kind, 0, cells)]
            case Unknown(name):
                raise NotReadable(rf"\{name} can't be read in a formula")

    def with_rules(self, row: Row) -> Row:
        """A row with sums for terms with dots between them, and lists put together."""
        try:
            return with_sums(paired(with_chains(row)), letters_for(row, self.resolve)[1])
        except NoRule:
            return row

    def by_rule(self, grid: Grid) -> Token:
        """A matrix with dots by the rule that its entries follow: the tokens of these, and of what is last."""
        apart = one_apart(grid)
        if apart is not None:
            rest, entry = apart
            alike = constant(rest)
            others = [self.by_rule(rest)] if alike is None else self.row(alike)
            return Token("apart", grid.kind, 0, ([*others, END], [*self.row(entry), END], len(grid.rows) == 1))
        try:
            rule = by_rule(grid, letters_for((grid,), self.resolve))
        except NoRule:
            raise NotReadable(
                "dots that say no rule: what is shown beside them doesn't differ as its places do"
            ) from None
        if isinstance(rule, Grid):
            return self.node(rule)[0]
        cells = [self.inside(Group(each)) for each in (rule.entry, *rule.diagonal, *(row for _, row in rule.alone))]
        return Token("rule", grid.kind, 0, (cells, [self.row(end) for end in rule.ends], rule))

    def scripted(self, node: Scripted) -> list[Token]:
        """A base that isn't known with its scripts."""
        scripts = dict(node.scripts)
        below = self.inside(scripts["_"]) if "_" in scripts else []
        is_point = any(token.text == "=" for token in below)
        if below and _is_bar(node.base):
            inside = node.base.inner if isinstance(node.base, Fenced) else ()
            whole = [Token("group", "", 0, (self.inside(Group(inside)),))] if inside and is_point else self.row(inside)
            return [*whole, Token(POINT if is_point else "at", "|", 0, (below,))]
        base = self.row(_bare(node.base)) if node.base is not None else []
        if node.base in (Char("1"), ONE) and _COUNT.fullmatch(_typed(_bare(scripts.get("_")))):
            base, scripts = [Token("number", "1", 0, (ONE,))], {"^": scripts["^"]} if "^" in scripts else {}
        first = base[0] if base else END
        if first.text == "Σ" and "_" in scripts and self.resolve("Σ") is None:
            first = Token("sum", _REDUCED[0], 0)
        if first.kind == "sum":
            limits = tuple(self.inside(scripts[sign]) if sign in scripts else [] for sign in ("_", "^"))
            return [Token("sum", first.text, 0, limits)]
        if first.text in ("∇", "∂") and "_" in scripts:
            second = "^" in scripts and _typed(_bare(scripts["^"])) == "2"
            return [Token("nabla", "∇²" if second else "∇", 0, (self.inside(scripts["_"]),))]
        if is_point and first is not END and base[-1].kind == "sign" and base[-1].text in ("]", ")"):
            return [*base, Token(POINT, "|", 0, (below,))]
        if len(base) > 1 and isinstance(node.base, Group):
            base = [Token("group", "", 0, ([*base, END],))]
        return [*base, *self.scripts(node.primes, scripts)]


def _is_bar(node: Node | None) -> bool:
    r"""Whether a node is a bar, or ends with one that nothing opens: `\left. … \right|`."""
    if isinstance(node, Fenced):
        return node.opening is None and _is_bar(node.closing)
    return node == Char("|") or (isinstance(node, Symbol) and node.command.char in ("|", "∣"))


def _begins_with_d(node: Node) -> bool:
    first = next(iter(_bare(node)), None)
    return (first.base if isinstance(first, Scripted) and dict(first.scripts).keys() == {"^"} else first) == Char("d")


def _is_derivative(above: Node) -> bool:
    r"""Whether this begins with ∂, and not `\partial^2`: no power is derived, nor is it derived by any."""
    return _bare(above)[:1] == (_PARTIAL,)


def _with_partial(node: Node) -> Node:
    r"""`\partial^2 q` for `d^2 q`, and `\partial x` for each `dx` in it."""
    first, *rest = _bare(node)
    first = replace(first, base=_PARTIAL) if isinstance(first, Scripted) else _PARTIAL
    return Group((first, *(_PARTIAL if each == Char("d") else each for each in rest)))


def _is_letter(node: Node) -> bool:
    return isinstance(node, Char) and node.text.isalpha() and node.text != "ᵀ"
