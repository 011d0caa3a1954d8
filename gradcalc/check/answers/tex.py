r"""Cut LaTeX as people write it into the tokens of a typed formula: `W_2^\top \delta_2` is `W2`, a transpose, `da2`.

What has an inside of its own (a fraction, a sum's limits, cases) is one token with the tokens of its inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
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
from gradcalc.check.answers.families import Family, member
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.normal import ONE, REMARKS, normal
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.one_apart import constant, one_apart
from gradcalc.check.answers.patterns import Found, Patterns
from gradcalc.check.answers.trees import bare as _bare
from gradcalc.check.answers.trees import typed as _typed
from gradcalc.formula.parse import MAX_LENGTH
from gradcalc.formula.tex.commands import COMMANDS
from gradcalc.formula.tex.read import TexError, read
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
from gradcalc.program.naming import new_name

SAME: Final = {
    **{"Tr": "trace", "tr": "trace", "Trace": "trace", "Diag": "diag", "ReLU": "relu", "ln": "log", "sgn": "sign"},
    **{"Softmax": "softmax", "SM": "softmax", "Sigmoid": "sigmoid", "σ": "sigmoid"},
}
"""Functions under other names."""
_CONSTANTS: Final = ("True", "False", "None")
"""Values of named arguments, as programs have them."""
_TEX: Final = re.compile(r"\\[A-Za-z]|[_^]\{")
_SIZES: Final = re.compile(
    r"\\(?:big|Big|bigg|Bigg)[lrm]?(?![A-Za-z])|\\(?:displaystyle|limits|nolimits|space|,|;|!)(?![A-Za-z])"
    r"|\\(?:enspace|enskip|strut|allowbreak|tiny|small|normalsize|large|Large|LARGE|huge|Huge)(?![A-Za-z])"
    r"|\\(?:[hm]skip|m?kern)\s*-?[\d.]+\s*[a-z]{2}"
)
_MIXED: Final = re.compile(r"\\(?:text|mbox|textrm)\s*\{([^{}$]*)\$([^{}$]*)\$([^{}$]*)\}")
"""Text with mathematics in it."""
_TURNED: Final = ("⊤", "T", "⊺", "†", "t", "Tr", "tr")
_SIGNS: Final = {"∗": "*", "{": "(", "}": ")", "⋅": "·", "≤": "<=", "≥": ">=", "≠": "!=", "∣": "|", "−": "-"}
_REDUCED: Final = ("∑", "∏")
_COUNT: Final = re.compile(r"(?![i-l]{2}$)\w[\w×]*")
"""What stands below a 1 that is an array of ones, and not an indicator or Kronecker's delta: how many they are."""
_LAYER: Final = re.compile(r"[(\[]\w+(?:[-+]\d)?[)\]]")
POINT: Final = "point"
r"""The kind of a token that says where what stands before it is taken: `\Big|_{x = 2}`."""
_PARTIAL: Final = Symbol(COMMANDS["partial"])


class NotTex(NotReadable):
    """TeX that can't be read: where in its text, from 0, and why."""

    def __init__(self, start: int, why: str) -> None:
        self.start, self.why = start, why
        super().__init__(f"column {start + 1}: {why}")


def is_tex(text: str) -> bool:
    """Whether there is TeX in a formula."""
    return bool(_TEX.search(text))


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
    plain = _SIZES.sub(lambda found: " " * len(found[0]), text).replace("...", r"\dots ").replace(".*", " *")
    while (found := _MIXED.search(plain)) is not None:
        plain = f"{plain[: found.start()]}\\text{{{found[1]}}} {found[2]} \\text{{{found[3]}}}{plain[found.end() :]}"
    try:
        tree = (_kept_tree if len(plain) <= MAX_LENGTH else _tree)(plain)
    except TexError as error:
        raise NotTex(error.start, f"{error.why}{error.hint}") from None
    cutting = _Cutting(known, others, resolve, patterns, families, vectors)
    tokens = cutting.row(tree)
    if cutting.either and cutting.signs == {"_"}:
        tokens = _Cutting(known, others, resolve, patterns, families, vectors, below=True).row(tree)
    return [*tokens, END]


def _tree(text: str) -> Row:
    return normal(read(text, grids=True))


_kept_tree: Final = lru_cache(maxsize=256)(_tree)
"""Of a line that is read for several sizes, and for all that its letters may be, the same tree."""

END: Final = Token("end", "", 0)


class _Cutting:
    def __init__(
        self,
        known: Mapping[Row, str],
        others: Mapping[Row, str],
        resolve: Callable[[str], str | None],
        patterns: Patterns,
        families: Sequence[Family] = (),
        vectors: Collection[str] = (),
        below: bool = False,
    ) -> None:
        self.known, self.others, self.resolve = known, others, resolve
        self.patterns, self.families, self.vectors = patterns, families, vectors
        self.longest = max(map(len, known), default=1)
        self.below = below
        """Whether layers are known to have their numbers below in this formula, as in `W_2`."""
        self.signs: set[str] = set()
        """Where they have them in the names that leave no doubt."""
        self.either = False
        """Whether there is a name as `h_1^2`, an entry of h2 or the square of h1."""

    def row(self, row: Row) -> list[Token]:
        """All of it; what is known by a longer tree before what is known by a shorter one."""
        found: list[Token] = []
        row = self.with_rules(row) if has_dots(row) else row
        while row:
            size, tokens = self.begins(row)
            found += tokens
            row = row[size:]
        return found

    def inside(self, node: Node) -> list[Token]:
        """The tokens of an argument, and one at the end."""
        return [*self.row(node.items if isinstance(node, Group) else (node,)), END]

    def begins(self, row: Row) -> tuple[int, list[Token]]:
        """How much of a row is read as one, and as what."""
        found = self.patterns.at_start(row)
        for size in range(min(max(self.longest, found.size if found else 0), len(row)), 0, -1):
            name = None if size == 1 and _is_letter(row[0]) else self.known.get(row[:size])
            if name is not None:
                self.signs |= _numbered(row[size - 1])
                return size, [_name(name, typed=_typed(row[:size]) if size == 1 else "")]
            *before, last = row[:size]
            if isinstance(last, Scripted) and not before and (plain := _without_transpose(last)) is not None:
                return 1, [*self.row((plain,)), Token("transpose", "ᵀ", 0)]
            if isinstance(last, Scripted) and not _is_nabla(last):
                if not before and (tokens := self.member(last)) is not None:
                    return 1, tokens
                partly = self.renewed(tuple(before), last) or self.squared(tuple(before), last)
                partly = partly or self.index_behind(tuple(before), last)
                name = None if before or partly else self.resolved((last,))
                if name is not None and name == self.known.get(_bare(last.base)):
                    name = None  # what is shown without a number has an index here
                name = name or (None if partly else self.others.get(row[:size]))
                if name is not None:
                    self.signs |= _numbered(last)
                    return size, [_name(name)]
                if partly is None and found is not None and size == found.size and found.pattern.is_column:
                    return size, self.with_letters(found)
                partly = partly or self.layer_squared(tuple(before), last) or self.partly(tuple(before), last)
                if partly is not None:
                    return size, partly
            if found is not None and size == found.size:
                return size, self.with_letters(found)
        word = list(takewhile(_is_letter, row))
        if word:
            letters = "".join(each.text for each in word if isinstance(each, Char))
            primed = row[len(word)] if len(row) > len(word) else None
            if isinstance(primed, Scripted) and primed.primes and not primed.scripts and primed.base is not None:
                whole = letters + _typed(_bare(primed.base))  # `ReLU'(z)`: the prime is the word's
                if is_function(SAME.get(whole, whole)):
                    return len(word) + 1, [_name(whole), *self.scripts(primed.primes, {})]
            digits = row[len(word)] if len(row) > len(word) else None
            if isinstance(digits, Char) and digits.text.isdecimal():
                name = self.resolve(letters + digits.text)
                if name is not None:
                    return len(word) + 1, [_name(name)]
            return self.word(letters)
        return 1, self.node(row[0])

    def squared(self, before: Row, node: Scripted) -> list[Token] | None:
        """`y^2` where y is shown so and y2 isn't: the square of y, whatever else is called y2."""
        above = dict(node.scripts).get("^")
        if above is None or node.primes or not _typed(_bare(above)).isdecimal():
            return None
        rest = tuple(each for each in node.scripts if each[0] != "^")
        name = self.known.get((*before, *((Scripted(node.base, 0, rest),) if rest else _bare(node.base))))
        if name is None or self.resolve(name) != name:
            return None  # nothing, or a function
        return [_name(name), *self.scripts(0, {"^": above})]

    def layer_squared(self, before: Row, node: Scripted) -> list[Token] | None:
        """`h_1^2`, the square of h1, in a formula where layers have their numbers below."""
        scripts = dict(node.scripts)
        if node.primes or not all(_typed(_bare(scripts.get(sign))).isdecimal() for sign in "_^"):
            return None
        below, above = (self.layer(before, Scripted(node.base, 0, ((sign, scripts[sign]),))) for sign in "_^")
        if below is None or above is None or _typed(_bare(scripts["^"])) == "1":  # which nothing is raised to
            self.signs |= {"^"} if above else {"_"} if below else set()
            return None
        self.either = True
        return [_name(below), *self.scripts(0, {"^": scripts["^"]})] if self.below else None

    def layer(self, before: Row, node: Node) -> str | None:
        """The name of what is written with one number, below or above."""
        row = (*before, node)
        return self.known.get(row) or (None if before else self.resolved((node,))) or self.others.get(row)

    def partly(self, before: Row, node: Scripted) -> list[Token] | None:
        """What is known but for some of its scripts, which then are an index, a transpose or a power."""
        scripts = dict(node.scripts)
        bases: list[tuple[tuple[str, ...], Row]] = []
        ways: tuple[tuple[str, ...], ...] = (("^",), ("_",), ())
        for kept in ways:
            some = tuple(script for script in node.scripts if script[0] in kept)
            if len(some) == len(kept) and len(some) < len(node.scripts) + bool(node.primes):
                bases.append((kept, _bare(node.base) if not some else (Scripted(node.base, 0, some),)))
        shown = [(kept, self.known.get((*before, *base))) for kept, base in bases]
        typed = [(kept, None if before else self.resolved(base)) for kept, base in bases]
        near = [(kept, self.others.get((*before, *base))) for kept, base in bases]
        capital = None if before or "_" not in scripts else self.known.get(_capital(node.base))
        for kept, name in (*shown, *typed, *near, ((), capital)):
            if name is not None:
                rest = {sign: script for sign, script in scripts.items() if sign not in kept}
                if not all(_typed(_bare(script)).isdecimal() for script in scripts.values()):
                    self.signs |= _numbered(Scripted(node.base, 0, tuple((sign, scripts[sign]) for sign in kept)))
                typed_as = "δ" if _typed(_bare(node.base)) == "δ" else ""
                return [_name(name, typed=typed_as), *self.scripts(node.primes, rest)]
        return None

    def renewed(self, before: Row, node: Scripted) -> list[Token] | None:
        """`W_{0,new}^1`: what is known without the word, after the update."""
        for sign, script in node.scripts:
            inner = _bare(script)
            if _typed(inner[-3:]) != "new" and inner != (Char("+"),):
                continue
            rest = inner[:-3][:-1] if inner[:-3] and _typed(inner[-4:-3]) == "," else inner[:-3]
            scripts = [each for each in node.scripts if each[0] != sign]
            scripts += [(sign, rest[0] if len(rest) == 1 else Group(rest))] if rest else []
            bare = Scripted(node.base, node.primes, tuple(sorted(scripts, reverse=True))) if scripts else None
            old = self.row((*before, *((bare,) if bare else _bare(node.base))))
            plain = bool(old) and old[0].kind == "name" and all(each.kind in ("index", "transpose") for each in old[1:])
            whole, bracket, index = old[0].text.partition("[") if plain else ("", "", "")
            name = self.resolve(new_name(old[0].text)) or self.resolve(new_name(whole)) if plain else None
            if name is not None:
                is_entry = bool(bracket) and not name.endswith("]")
                return [_name(f"{name}{bracket}{index}" if is_entry else name), *old[1:]]
        return None

    def index_behind(self, before: Row, node: Scripted) -> list[Token] | None:
        """`a_{2,k}` or `a_{2k}` where `a_2` is known, and no `a`: what stands behind the number is an index.

        `W_{0,k}`, as biases are called by some, is that of `W_0` whatever else is known.
        """
        scripts = dict(node.scripts)
        inner = _bare(scripts.get("_"))
        has_comma = inner[1:2] == (Char(","),)
        index = inner[2:] if has_comma else inner[1:]
        apart = has_comma or _typed(index).isalpha()
        if not (index and apart) or not _typed(inner[:1]).isdecimal() or node.primes or node.base is None:
            return None
        is_bias = has_comma and inner[0] == Char("0")
        if not is_bias and (_typed(index).isdecimal() or self.layer(before, node.base) is not None):
            return None
        known = tuple((sign, inner[0] if sign == "_" else script) for sign, script in node.scripts)
        name = self.layer(before, Scripted(node.base, 0, known))
        if name is not None:
            return [_name(name), *self.scripts(0, {"_": Group(index)})]
        name = self.layer(before, Scripted(node.base, 0, (("_", inner[0]),)))
        is_power = (
            name in self.vectors and _typed(index) != "new" and not _LAYER.fullmatch(_typed(_bare(scripts.get("^"))))
        )  # `h_{1j}^2`
        return [_name(name), *self.scripts(0, {**scripts, "_": Group(index)})] if name and is_power else None

    def member(self, node: Scripted) -> list[Token] | None:
        """`h^{(t-1)}`, of a family; scripts that are left over come behind."""
        core = Scripted(node.base, node.primes, tuple(each for each in node.scripts if each[0] != "^"))
        is_known = bool(self.families) and (self.layer((), core) if core.scripts else self.known.get(_bare(node.base)))
        found = member(node, self.families, bool(is_known))
        if found is None or (is_known and "^" not in found.family.sites):
            return None
        name = self.resolve(found.name)
        first = Token("member", found.name, 0, (found,)) if name is None else _name(name)
        return [first, *self.scripts(0, found.scripts)]

    def with_letters(self, found: Found) -> list[Token]:
        """A name that is shown with letters, its entry, and the scripts that are left over."""
        first, *rest = [[self.index(each) for each in bracket] for bracket in found.indices()]
        name = found.pattern.name
        if found.pattern.is_family:
            member = f"{name}[{','.join(first)}]"
            known = self.resolve(member)
            tokens = [Token("lettered", member, 0, (name, tuple(first))) if known is None else _name(known)]
        else:
            tokens, rest = [_name(name)], [first, *rest]
        for bracket in rest:
            inside = [token for each in bracket for token in (Token("sign", ",", 0), *self.row(tuple(map(Char, each))))]
            tokens.append(Token("index", "_", 0, ([*inside[1:], END],)))
        return tokens if found.more is None else [*tokens, *self.scripts(found.more.primes, dict(found.more.scripts))]

    def index(self, row: Row) -> str:
        """An index as formulas have it: the letter of the problem for one that its symbols have; `u_i` is i."""
        first, *added = row
        script = dict(first.scripts).get("_") if isinstance(first, Scripted) else None
        letter = _typed((first,) if script is None else _bare(script))
        return self.patterns.letters.get(letter, letter) + _typed(tuple(added)).replace("−", "-")

    def resolved(self, row: Row) -> str | None:
        """A name as it is typed without TeX."""
        if not row:
            return None  # `{}^T`, before what is turned
        text = _typed(row)
        base = row[-1].base if isinstance(row[-1], Scripted) else row[-1]
        letter = _typed(_bare(base))
        found = self.resolve(text) if text[:1].isalpha() and letter else None
        joined = text.replace("_", "", 1)  # `W_f` and `W_{hh}` are Wf and Whh, where there is no W
        is_apart = found is None and joined != text and joined.isalpha() and self.resolve(letter) is None
        return self.resolve(joined) if is_apart else found

    def word(self, letters: str) -> tuple[int, list[Token]]:
        """The longest name or function among letters side by side; else one letter, or all of them as a word."""
        if letters in _CONSTANTS:
            return len(letters), [_name(letters)]
        for size in range(len(letters), 0, -1):
            part = letters[:size]
            name = self.known.get(tuple(map(Char, part))) or (self.resolve(part) if size > 1 else None)
            if name is not None and not (size < len(letters) and is_function(letters)):
                return size, [_name(name, typed=part)]
            if size > 1 and (is_function(part) or part in SAME):
                return size, [_name(part)]
        ahead = next((i for i in range(1, len(letters) - 2) if is_function(letters[i:])), 0)
        if ahead:  # a function behind letters of its own: `I vec(…)`
            return self.word(letters[:ahead])
        single = letters[0] in "de" or self.resolve(letters[0]) is not None
        whole = len(letters) if not single and len(letters) > 2 else 1
        return whole, [_name(self.resolve(letters[:whole]) or letters[:whole], typed=letters[:whole])]

    def whole_word(self, text: str) -> Token:
        """A word that is set as one: a name, a function, or a remark."""
        if text.lower() in REMARKS:
            return _name(text, "words")
        shown = self.known.get(tuple(map(Char, text)))
        name = shown or self.resolve(text) or SAME.get(text) or (text if is_function(text) else None)
        return _name(text, "words") if name is None and not text.isidentifier() else _name(name or text)

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
                return [_name(char) if is_name else Token("sign", char, 0)]
            case Group(items):
                return [Token("group", "", 0, (self.inside(node),))] if len(items) != 1 else self.node(items[0])
            case Styled(_, Char("1")):
                return [Token("number", "1", 0, (ONE,))]
            case Styled(_, inner):
                return self.begins(_bare(inner))[1] if not isinstance(inner, Group) else self.row(inner.items)
            case Accented(name, inner):
                written = f"{_typed(_bare(inner))}{'hat' if name in ('hat', 'widehat') else name}"
                return [_name(self.resolve(written) or written)]
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
                return [Token("fraction", "", 0, (self.inside(above), self.inside(below)))]
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

    def scripts(self, primes: int, scripts: Mapping[str, Node]) -> list[Token]:
        """A transpose before an index: `w_{jb}^T` is an entry of the transpose; `X_{n,:}^T` is a row, transposed."""
        found = [Token("sign", "′", 0)] * primes
        index, above = scripts.get("_"), scripts.get("^")
        text = _typed(_bare(above))
        is_step = _LAYER.fullmatch(text) is not None and any(family.sites for family in self.families)
        if (text.strip("()") in _TURNED and not is_step) or (above is not None and _turned_layer(above)):
            found.append(Token("transpose", "ᵀ", 0))
        elif above is not None and not _LAYER.fullmatch(_typed(_bare(above))):
            found.append(Token("raise", "^", 0, (self.inside(above),)))
        elif above is not None:
            found.append(Token("layer", _typed(_bare(above)), 0, (self.inside(above),)))
        if index is not None:
            turns = primes == 1 or (found and found[-1].kind == "transpose")
            is_first = text.isdecimal() and text != "1"  # `h_{1j}^2`
            at = 0 if turns and ":" in _typed(_bare(index)) else primes if is_first else len(found)
            found.insert(at, Token("index", "_", 0, (self.inside(index),)))
        return found


def _is_bar(node: Node | None) -> bool:
    r"""Whether a node is a bar, or ends with one that nothing opens: `\left. … \right|`."""
    if isinstance(node, Fenced):
        return node.opening is None and _is_bar(node.closing)
    return node == Char("|") or (isinstance(node, Symbol) and node.command.char in ("|", "∣"))


def _numbered(node: Node) -> set[str]:
    """Where a name has the number of its layer, if that is all it has beside its letter: below or above."""
    scripts = node.scripts if isinstance(node, Scripted) else ()
    return {sign for sign, script in scripts if len(scripts) == 1 and _typed(_bare(script)).strip("()").isdecimal()}


def _capital(node: Node | None) -> Row:
    r"""`\hat{Y}` for the `\hat{y}` of its entries."""
    if not isinstance(node, Accented) or not isinstance(letter := _bare(node.inner)[0], Char):
        return ()
    return (Accented(node.name, Char(letter.text.upper())),)


def _begins_with_d(node: Node) -> bool:
    first = next(iter(_bare(node)), None)
    return (first.base if isinstance(first, Scripted) and dict(first.scripts).keys() == {"^"} else first) == Char("d")


def _with_partial(node: Node) -> Node:
    r"""`\partial^2 q` for `d^2 q`, and `\partial x` for each `dx` in it."""
    first, *rest = _bare(node)
    first = replace(first, base=_PARTIAL) if isinstance(first, Scripted) else _PARTIAL
    return Group((first, *(_PARTIAL if each == Char("d") else each for each in rest)))


def _without_transpose(node: Scripted) -> Scripted | None:
    r"""`W^{(2)}` for `W^{(2)\top}`; None of anything else."""
    above = dict(node.scripts).get("^")
    items = above.items if isinstance(above, Group) else ()
    if len(items) < 2 or _typed(items[-1:]) not in ("⊤", "T") or _typed(items[:1]) not in ("(", "["):
        return None
    rest = items[:-1]
    scripts = tuple((sign, Group(rest) if sign == "^" else it) for sign, it in node.scripts)
    return Scripted(node.base, node.primes, scripts)


def _turned_layer(node: Node) -> bool:
    return _typed(_bare(node))[-1:] in _TURNED and _typed(_bare(node))[:1] in "(["


def _name(text: str, kind: str = "name", typed: str = "") -> Token:
    """A name; `typed` is the letter for it, which as an index means nothing but itself."""
    if text in ("⊙", "@"):
        return Token("sign", text, 0)
    return Token(kind, text, 0, (typed or text,))


def _is_letter(node: Node) -> bool:
    return isinstance(node, Char) and node.text.isalpha() and node.text != "ᵀ"


def _is_nabla(node: Scripted) -> bool:
    return isinstance(node.base, Symbol) and node.base.command.name == "nabla"
