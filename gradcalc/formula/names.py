"""Show names as a textbook writes them: `W1` as W¹, `dW1` as ∇W¹, or as the problem's `symbols` have them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gradcalc.formula.expr import FENCE
from gradcalc.formula.symbols import lowered, raised, to_unicode, under
from gradcalc.formula.table import known, lookup
from gradcalc.formula.tex.commands import COMMANDS, GREEK
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.tree import Char, Group, Node, Row, Scripted, Symbol
from gradcalc.formula.tex.write import latex

VIA = " from "
"""Between a gradient and the quantity by whose use a part of it comes."""
_NEW_UNICODE, _NEW_LATEX = "_new", r"\mathrm{new}"
ELLIPSIS = "..."
"""In place of terms that are left out."""
_WORDS = {ELLIPSIS: ("…", r"\cdots"), "yhat": ("ŷ", r"\hat{y}"), "lr": ("η", r"\eta")}
Style: TypeAlias = Literal["signs", "course"]
"""Every product with its sign (`W @ x`, `⟨u, v⟩`), or as courses write on paper: `W x`, `uᵀ v`."""
_ON_PAPER = {"matmul": "", "norm": FENCE}
"""How courses write what has a word or a sign in Unicode."""
_PARTS = re.compile(r"([^\W\d_]+)(\d*)")


@dataclass(frozen=True)
class Names:
    """How a report writes: every name, in Unicode and in LaTeX, functions with symbols of their own, and the style.

    An indexed name (`dW1[1,2]`) needs no entry of its own.
    """

    unicode_of: Mapping[str, str]
    latex_of: Mapping[str, str]
    functions: Mapping[str, str] = field(default_factory=dict)
    """The LaTeX of functions and signs that have a symbol of their own, by their names in the table."""
    style: Style = "signs"
    gradients: frozenset[str] = frozenset()
    """Which of the names are gradients."""

    def unicode(self, id: str) -> str:
        """A name on one line of text: `∇W¹[1,2]`; one that isn't known, as it is."""
        base, letter = (id, "") if id in self.unicode_of else _lettered(id)
        return _indexed(base, self.unicode_of) + (under(letter) if letter else "")

    def latex(self, id: str) -> str:
        r"""A name as LaTeX mathematics, without the dollars: `\nabla W^{1}[1,2]`; one that isn't known, as it is."""
        base, letter = (id, "") if id in self.latex_of else _lettered(id)
        shown = _indexed(base, self.latex_of)
        return _subscripted(shown, letter) if letter else shown

    def function_unicode(self, name: str) -> str | None:
        """The symbol of a function or a sign on a line of text; None where it has no symbol of its own."""
        if name in self.functions:
            return to_unicode(self.functions[name])
        return _ON_PAPER.get(name) if self.style == "course" else None

    def function_latex(self, name: str) -> str | None:
        """The same as LaTeX mathematics."""
        own = self.functions.get(name)
        return "" if own is None and name == "matmul" and self.style == "course" else own


def _indexed(id: str, shown: Mapping[str, str]) -> str:
    if id in shown or not id.endswith("]"):
        return shown.get(id, id)
    base, bracket, index = id.rpartition("[")
    return shown.get(base, base) + bracket + index


def _lettered(id: str) -> tuple[str, str]:
    """`a[i]` as `a` and `i`, `W[i,j]` as `W` and `i,j`; of any other name there are no letters."""
    base, _, index = id.removesuffix("]").rpartition("[")
    letters = index.split(",")
    return (base, index) if base and any(map(str.isalpha, letters)) and all(map(_is_place, letters)) else (id, "")


def _is_place(text: str) -> bool:
    return text.isdecimal() or (len(text) == 1 and text.isalpha())


def name_table(
    ids: Collection[str],
    gradients: Mapping[str, str] | None = None,
    layered: bool = False,
    symbols: Mapping[str, str] | None = None,
    new: Mapping[str, str] | None = None,
    states: Mapping[str, tuple[str, str]] | None = None,
    changes: Mapping[str, str] | None = None,
    steps: Mapping[str, tuple[str, int]] | None = None,
    written: Style = "signs",
    derivatives: Mapping[str, Sequence[str]] | None = None,
) -> Names:
    """How each of `ids` is shown.

    `gradients` has the name of which an id is the gradient, `new` that of which it is the value after the update,
    `states` what an optimizer keeps (`m_hat`) and of which name, `changes` that of which it is the change, `steps` the
    name that it has at the first of several steps, and of which step it is, `derivatives` what a derivative is of and
    by what; with `layered` a trailing number is a layer's and raised, else it is lowered. A symbol whose key is none of
    `ids` is a function's.
    """
    made = (gradients or {}, new or {}, states or {}, changes or {}, steps or {}, derivatives or {})
    style = _Style(*made, layered, symbols or {})
    return Names(
        _distinct(ids, style.unicode, style.derivatives),
        _Made(ids, style.latex),
        _of_functions(symbols or {}, ids),
        written,
        frozenset(gradients or ()),
    )


def _of_functions(symbols: Mapping[str, str], ids: Collection[str]) -> dict[str, str]:
    mine = {lookup(key).name: _read(symbol) for key, symbol in symbols.items() if key not in ids and known(key)}
    return {name: latex(symbol) for name, symbol in mine.items() if symbol}


class _Made(Mapping[str, str]):
    """What is made of each name when it is asked for: who loads a large graph asks for no LaTeX."""

    def __init__(self, ids: Iterable[str], make: Callable[[str], str]) -> None:
        self._made: dict[str, str | None] = dict.fromkeys(ids)
        self._make = make

    def __getitem__(self, id: str) -> str:
        made = self._made[id]
        if made is None:
            made = self._made[id] = self._make(id)
        return made

    def __contains__(self, id: object) -> bool:
        return id in self._made

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _distinct(
    ids: Iterable[str], shown: Callable[[str], str], derivatives: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Names that would look alike (`x` and \\mathbf{x}) stay as they are typed, but for those of one derivative."""
    table = {id: shown(id) for id in ids}
    meanings = {(text, tuple(derivatives.get(id, (id,)))) for id, text in table.items()}
    uses = Counter(text for text, _ in meanings)
    return {id: text if uses[text] == 1 else id for id, text in table.items()}


@dataclass(frozen=True, slots=True)
class _Style:
    gradients: Mapping[str, str]
    new: Mapping[str, str]
    states: Mapping[str, tuple[str, str]]
    changes: Mapping[str, str]
    steps: Mapping[str, tuple[str, int]]
    derivatives: Mapping[str, Sequence[str]]
    layered: bool
    symbols: Mapping[str, str]

    def unicode(self, id: str) -> str:
        if id in self.symbols:
            return to_unicode(self.symbols[id]) or self.plain(id)
        whole, via, by = id.partition(VIA)
        if via:
            return self.unicode(whole) + via + self.unicode(by)
        if id in self.steps:
            first, step = self.steps[id]
            return f"{self.unicode(first)}⁽{raised(str(step))}⁾"
        if id in self.gradients:
            return "∇" + self.entry(self.gradients[id], self.unicode)
        if id in self.new:
            if self.new[id] in self.derivatives:
                return self.entry(self.new[id], self.unicode) + _NEW_UNICODE
            base, bracket, index = self.unicode(self.new[id]).partition("[")
            return base + _NEW_UNICODE + bracket + index
        if id in self.states:
            return "_".join(map(self.unicode, self.states[id]))
        if id in self.changes:
            return "Δ" + self.unicode(self.changes[id])
        if id in self.derivatives:
            what, *ways = (self.entry(part, self.unicode) for part in self.derivatives[id])
            order = raised(str(len(ways))) if len(ways) > 1 else ""
            squared = len(ways) == 2 and ways[0] == ways[1] and ways[0].isalpha()
            return f"∂{order}{what}/" + (f"∂{ways[0]}²" if squared else "".join(f"∂{name}" for name in ways))
        return self.plain(id)

    def entry(self, id: str, shown: Callable[[str], str]) -> str:
        """A name, or an entry of one; of a derivative in brackets. A member of a family (`h[1]`) is a name."""
        base, bracket, index = id.rpartition("[")
        if bracket and id not in self.symbols and (base.endswith("]") or self._is_known(base)):
            return self.entry(base, shown) + bracket + index
        return f"({shown(id)})" if id in self.derivatives else shown(id)

    def _is_known(self, id: str) -> bool:
        tables = (self.symbols, self.gradients, self.new, self.states, self.changes, self.steps, self.derivatives)
        return any(id in table for table in tables)

    def latex(self, id: str) -> str:
        symbol = _read(self.symbols.get(id, ""))
        if symbol:
            return latex(symbol)
        whole, via, by = id.partition(VIA)
        if via:
            return rf"{{{self.latex(whole)}}}_{{\text{{from }} {self.latex(by)}}}"
        if id in self.steps:
            first, step = self.steps[id]
            return f"{{{self.latex(first)}}}^{{({step})}}"
        if id in self.gradients:
            return rf"\nabla {self.entry(self.gradients[id], self.latex)}"
        if id in self.new:
            return _subscripted(self.entry(self.new[id], self.latex), _NEW_LATEX)
        if id in self.states:
            line, of = map(self.latex, self.states[id])
            return _subscripted(line, of)
        if id in self.changes:
            return rf"\Delta {self.latex(self.changes[id])}"
        if id in self.derivatives:
            what, *ways = (self.entry(part, self.latex) for part in self.derivatives[id])
            order = f"^{{{len(ways)}}}" if len(ways) > 1 else ""
            squared = len(ways) == 2 and ways[0] == ways[1] and ways[0].isalpha()
            below = rf"\partial {ways[0]}^{{2}}" if squared else " ".join(rf"\partial {name}" for name in ways)
            return rf"\frac{{\partial{order} {what}}}{{{below}}}"
        return self.plain_latex(id)

    def plain(self, id: str) -> str:
        """A name with its numbers raised or lowered."""
        script = raised if self.layered else lowered
        base, bracket, index = id.partition("[")
        if bracket:
            return f"{self.plain(base)}[{index}"
        return _WORDS[id][0] if id in _WORDS else "_".join(_scripted(part, script) for part in id.split("_"))

    def plain_latex(self, id: str) -> str:
        if id in _WORDS:
            return _WORDS[id][1]
        base, bracket, index = id.partition("[")
        if bracket:
            return _subscripted(self.plain_latex(base), index.removesuffix("]"))
        head, *rest = [_latex_part(part, "^" if self.layered else "_") for part in id.split("_")]
        return _subscripted(head, ",".join(rest)) if rest else head


def _scripted(part: str, script: Callable[[str], str | None]) -> str:
    match = _PARTS.fullmatch(part)
    if match is None:
        return part
    word, number = match.groups()
    return GREEK.get(word, word) + ((script(number) or number) if number else "")


def _latex_part(part: str, sign: str) -> str:
    match = _PARTS.fullmatch(part)
    if match is None:
        return rf"\mathrm{{{part}}}"
    word, number = match.groups()
    symbol = latex((Symbol(COMMANDS[word]),)) if word in GREEK else word if len(word) == 1 else rf"\mathrm{{{word}}}"
    return f"{symbol}{sign}{{{number}}}" if number else symbol


def _read(symbol: str) -> Row:
    """The tree of a symbol; none of one that isn't known, which is passed on to nobody."""
    try:
        return read(symbol)
    except TexError:
        return ()


def _subscripted(name: str, lower: str) -> str:
    """`W_0^1` with `new` is W_{0,new}^1: TeX allows one subscript."""
    *before, last = read(name)
    base, primes, scripts = (last.base, last.primes, last.scripts) if isinstance(last, Scripted) else (last, 0, ())
    there = dict(scripts).get("_")
    added = Group(read(lower) if there is None else (*_items(there), Char(","), *read(lower)))
    joined = Scripted(base, primes, tuple({**dict(scripts), "_": added}.items()))
    return latex((*before, joined))


def _items(node: Node) -> Row:
    return node.items if isinstance(node, Group) else (node,)
