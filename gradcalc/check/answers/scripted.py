r"""Names with scripts in trees of TeX: what is part of the name, and what is an index, a power or a transpose.

`h_1^2` may be an entry of h2 or the square of h1, `a_{2k}` an entry of a2, `W_{new}` the weights after the update.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from gradcalc.check.answers.families import Family, member
from gradcalc.check.answers.lexer import END, Token
from gradcalc.check.answers.patterns import Found, Patterns
from gradcalc.check.answers.trees import bare as _bare
from gradcalc.check.answers.trees import typed as _typed
from gradcalc.formula.tex.tree import Accented, Char, Fenced, Group, Node, Row, Scripted, Symbol
from gradcalc.program.naming import new_name

_KEPT: Final[tuple[tuple[str, ...], ...]] = (("^",), ("_",), ())
"""Which scripts may be part of a name where others aren't."""
_TURNED: Final = ("⊤", "T", "⊺", "†", "t", "Tr", "tr")
_INVERTED: Final = tuple(f"{minus}{sign}" for minus in "-−" for sign in _TURNED[:3])
"""Above a matrix its inverse, turned."""
_LAYER: Final = re.compile(r"[(\[]\w+(?:[-+]\d)?[)\]]")


class ScriptedNames(ABC):
    """Cuts names with scripts into tokens."""

    def __init__(
        self,
        known: Mapping[Row, str],
        others: Mapping[Row, str],
        resolve: Callable[[str], str | None],
        patterns: Patterns,
        families: Sequence[Family] = (),
        vectors: Collection[str] = (),
        below: bool = False,
        above: bool = False,
    ) -> None:
        self.known, self.others, self.resolve = known, others, resolve
        self.patterns, self.families, self.vectors = patterns, families, vectors
        self.longest = max(map(len, known), default=1)
        self.below = below
        """Whether layers are known to have their numbers below in this formula, as in `W_2`."""
        self.above = above
        """Whether they are known to have them above, as in `W^2`."""
        self.signs: set[str] = set()
        """Where they have them in the names that leave no doubt."""
        self.either = False
        """Whether there is a name as `h_1^2`, an entry of h2 or the square of h1."""
        self.is_square = False
        """Whether a name as `z^2` was read as the square of what is shown so, where there is a z2 too."""

    def inside(self, node: Node) -> list[Token]:
        """The tokens of an argument, and one at the end."""
        return [*self.row(node.items if isinstance(node, Group) else (node,)), END]

    @abstractmethod
    def row(self, row: Row) -> list[Token]:
        """The tokens of a row. Raises NotReadable."""

    def named(self, row: Row, found: Found | None) -> list[Token] | None:
        """A row that is one name with scripts, which may be `found` by a pattern; None of anything else."""
        *rest, last = row
        before = tuple(rest)
        if not isinstance(last, Scripted):
            return None
        if not before and (plain := _without_transpose(last)) is not None:
            return [*self.row((plain,)), Token("transpose", "ᵀ", 0)]
        if _is_nabla(last) or (isinstance(last.base, Fenced) and last.base.opening is None):
            return None  # or a bar, behind which something is said
        if not before and self.is_power(last):
            return None
        if not before and (tokens := self.member(last)) is not None:
            return tokens
        partly = self.primed(before, last) or self.renewed(before, last) or self.squared(before, last)
        partly = partly or self.index_behind(before, last)
        name = None if before or partly else self.resolved((last,))
        if name is not None and name == self.known.get(_bare(last.base)):
            name = None  # what is shown without a number has an index here
        name = name or (None if partly else self.others.get(row))
        if name is not None:
            self.signs |= numbered(last)
            return [name_token(name)]
        if partly is None and found is not None and found.pattern.is_column:
            return self.with_letters(found)
        return (
            partly
            or self.layer_squared(before, last)
            or self.partly(before, last)
            or (None if before else self.of_capital(last))
        )

    def primed(self, before: Row, node: Scripted) -> list[Token] | None:
        """`x'_j`, an entry of what is shown as x'."""
        for kept in _KEPT if node.primes else ():
            some = tuple(each for each in node.scripts if each[0] in kept)
            name = self.known.get((*before, Scripted(node.base, node.primes, some)))
            if name is not None and len(some) == len(kept) < len(node.scripts):
                return [name_token(name), *self.scripts(0, {sign: it for sign, it in node.scripts if sign not in kept})]
        return None

    def is_power(self, node: Scripted) -> bool:
        """Whether `v^2` may be a square, of numbers that are shown with their index below: `v_i`."""
        sign, above = node.scripts[0] if len(node.scripts) == 1 else ("", node)
        if sign != "^" or not isinstance(above, Char) or not above.text.isdecimal():
            return False
        shown = [family for family in self.families if family.is_shown and family.base == node.base and family.sites]
        return any("^" not in each.sites and f"{each.name}[{above.text}]" not in self.vectors for each in shown)

    def squared(self, before: Row, node: Scripted) -> list[Token] | None:
        """`y^2` where y is shown so and y2 isn't: the square of y, whatever else is called y2."""
        above = dict(node.scripts).get("^")
        if above is None or node.primes or not _typed(_bare(above)).isdecimal():
            return None
        rest = tuple(each for each in node.scripts if each[0] != "^")
        name = self.known.get((*before, *((Scripted(node.base, 0, rest),) if rest else _bare(node.base))))
        if name is None or self.resolve(name) != name or self.is_another_layer(before, node, name):
            return None  # nothing, or a function
        return [name_token(name), *self.scripts(0, {"^": above})]

    def is_another_layer(self, before: Row, node: Scripted, name: str) -> bool:
        """Whether `z^3` is z3 where z1 is shown as z: its cube is nothing that people take; z^2 may be either."""
        above = dict(node.scripts).get("^")
        number = _typed(_bare(above))
        if before or above is None or not number.isdecimal() or name.rstrip("0123456789") != _typed(_bare(node.base)):
            return False
        other = self.resolved((Scripted(node.base, 0, (("^", above),)),))
        if other in (None, name):
            return False
        self.is_square |= number == "2" and not self.above
        return number != "2" or self.above

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
        return [name_token(below), *self.scripts(0, {"^": scripts["^"]})] if self.below else None

    def layer(self, before: Row, node: Node) -> str | None:
        """The name of what is written with one number, below or above."""
        row = (*before, node)
        return self.known.get(row) or (None if before else self.resolved((node,))) or self.others.get(row)

    def partly(self, before: Row, node: Scripted) -> list[Token] | None:
        """What is known but for some of its scripts, which then are an index, a transpose or a power."""
        scripts = dict(node.scripts)
        bases: list[tuple[tuple[str, ...], Row]] = []
        for kept in _KEPT:
            some = tuple(script for script in node.scripts if script[0] in kept)
            if len(some) == len(kept) and len(some) < len(node.scripts) + bool(node.primes):
                bases.append((kept, _bare(node.base) if not some else (Scripted(node.base, 0, some),)))
        shown = [(kept, self.known.get((*before, *base))) for kept, base in bases]
        typed = [(kept, None if before else self.resolved(base)) for kept, base in bases]
        near = [(kept, self.others.get((*before, *base))) for kept, base in bases]
        capital = None if before or "_" not in scripts else self.known.get(_capital(node.base))
        for kept, name in (*shown, *typed, *near, ((), capital)):
            if name is not None and (kept or not self.is_another_layer(before, node, name)):
                rest = {sign: script for sign, script in scripts.items() if sign not in kept}
                if not all(_typed(_bare(script)).isdecimal() for script in scripts.values()):
                    self.signs |= numbered(Scripted(node.base, 0, tuple((sign, scripts[sign]) for sign in kept)))
                base = _typed(_bare(node.base))
                typed_as = base if base == "δ" or base not in name else ""
                return [name_token(name, typed=typed_as), *self.scripts(node.primes, rest)]
        return None

    def of_capital(self, node: Scripted) -> list[Token] | None:
        """`w_{ij}^{(2)}` and `w_{2,ij}`, an entry of `W_2` where there is no w."""
        scripts, letter = dict(node.scripts), node.base
        has_index = "_" in scripts and not node.primes
        if not (has_index and isinstance(letter, Char) and letter.text.islower()) or self.resolve(letter.text):
            return None
        capital = Scripted(Char(letter.text.upper()), 0, node.scripts)
        found = self.index_behind((), capital) or (self.partly((), capital) if "^" in scripts else None) or []
        is_entry = len(found) == 2 and found[1].kind == "index" and found[0].text != letter.text.upper()
        return found if is_entry else None

    def renewed(self, before: Row, node: Scripted) -> list[Token] | None:
        """`W_{0,new}^1`: what is known without the word, after the update."""
        for sign, script in node.scripts:
            inner = _bare(script)
            if _typed(inner) in ("(new)", "(old)"):
                inner = inner[1:-1]
            if _typed(inner) == "old":
                if self.layer((), Scripted(node.base, 0, ((sign, script),))):
                    return None  # the problem's own `z_{old}`
                others = tuple(each for each in node.scripts if each[0] != sign)
                older = (Scripted(node.base, node.primes, others),) if others or node.primes else _bare(node.base)
                return self.row((*before, *older))
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
                return [name_token(f"{name}{bracket}{index}" if is_entry else name), *old[1:]]
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
            return [name_token(name), *self.scripts(0, {"_": Group(index)})]
        name = self.layer(before, Scripted(node.base, 0, (("_", inner[0]),)))
        is_power = (
            name in self.vectors and _typed(index) != "new" and not _LAYER.fullmatch(_typed(_bare(scripts.get("^"))))
        )  # `h_{1j}^2`
        return [name_token(name), *self.scripts(0, {**scripts, "_": Group(index)})] if name and is_power else None

    def member(self, node: Scripted) -> list[Token] | None:
        """`h^{(t-1)}`, of a family; scripts that are left over come behind."""
        core = Scripted(node.base, node.primes, tuple(each for each in node.scripts if each[0] != "^"))
        is_known = bool(self.families) and (self.layer((), core) if core.scripts else self.known.get(_bare(node.base)))
        found = member(node, self.families, bool(is_known))
        if found is None or (is_known and "^" not in found.family.sites):
            return None
        name = self.resolve(found.name)
        first = Token("member", found.name, 0, (found,)) if name is None else name_token(name)
        return [first, *self.scripts(0, found.scripts)]

    def with_letters(self, found: Found) -> list[Token]:
        """A name that is shown with letters, its entry, and the scripts that are left over."""
        first, *rest = [[self.index(each) for each in bracket] for bracket in found.indices()]
        name = found.pattern.name
        if found.pattern.is_family:
            member = f"{name}[{','.join(first)}]"
            known = self.resolve(member)
            tokens = [Token("lettered", member, 0, (name, tuple(first))) if known is None else name_token(known)]
        else:
            tokens, rest = [name_token(name)], [first, *rest]
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

    def scripts(self, primes: int, scripts: Mapping[str, Node]) -> list[Token]:
        """A transpose before an index: `w_{jb}^T` is an entry of the transpose; `X_{n,:}^T` is a row, transposed."""
        found = [Token("sign", "′", 0)] * primes
        index, above = scripts.get("_"), scripts.get("^")
        text = _typed(_bare(above))
        is_step = _LAYER.fullmatch(text) is not None and any(family.sites for family in self.families)
        if (text.strip("()") in _TURNED and not is_step) or (above is not None and _turned_layer(above)):
            found.append(Token("transpose", "ᵀ", 0))
        elif text in _INVERTED:
            minus_one = [Token("sign", "-", 0), Token("number", "1", 0), END]
            found += [Token("raise", "^", 0, (minus_one,)), Token("transpose", "ᵀ", 0)]
        elif above is not None and not _LAYER.fullmatch(_typed(_bare(above))):
            found.append(Token("raise", "^", 0, (self.inside(above),)))
        elif above is not None:
            found.append(Token("layer", _typed(_bare(above)), 0, (self.inside(above),)))
        if index is not None:
            turns = primes == 1 or (found and found[-1].kind == "transpose")
            is_first = text.isdecimal() and text != "1"  # `h_{1j}^2`
            is_line = any(sign in _typed(_bare(index)) for sign in ":·⋅")
            at = 0 if turns and is_line else primes if is_first else len(found)
            found.insert(at, Token("index", "_", 0, (self.inside(index),)))
        return found


def numbered(node: Node) -> set[str]:
    """Where a name has the number of its layer, if that is all it has beside its letter: below or above."""
    scripts = node.scripts if isinstance(node, Scripted) else ()
    return {sign for sign, script in scripts if len(scripts) == 1 and _typed(_bare(script)).strip("()").isdecimal()}


def _capital(node: Node | None) -> Row:
    r"""`\hat{Y}` for the `\hat{y}` of its entries."""
    if not isinstance(node, Accented) or not isinstance(letter := _bare(node.inner)[0], Char):
        return ()
    return (Accented(node.name, Char(letter.text.upper())),)


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


def name_token(text: str, kind: str = "name", typed: str = "") -> Token:
    """A name; `typed` is the letter for it, which as an index means nothing but itself."""
    if text in ("⊙", "@"):
        return Token("sign", text, 0)
    return Token(kind, text, 0, (typed or text,))


def _is_nabla(node: Scripted) -> bool:
    return isinstance(node.base, Symbol) and node.base.command.name == "nabla"
