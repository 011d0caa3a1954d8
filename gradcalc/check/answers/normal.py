r"""Trees of TeX in one form, however they were typed: `{\mathbf W}_2`, `W_{2}` and `\boldsymbol{W}_2` are one name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from gradcalc.check.answers.calls import MODULES
from gradcalc.check.answers.trees import bare as _bare
from gradcalc.formula.tex.commands import COMMANDS
from gradcalc.formula.tex.read import BARE, CASES
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
    Words,
)

_BOLD = ("mathbf", "boldsymbol", "bm", "bold", "mathrm", "operatorname", "mathit", "mathsf", "mathtt")
"""Fonts by which names aren't told apart."""
_EQUATION = re.compile(r"[a-z]\s*[=≠]\s*[a-z]")
"""A condition that is written as text."""
REMARKS = ("if", "for", "when", "otherwise", "else", "and", "or", "all", "with")
"""Words of conditions."""
GAP = "¦"
"""Stands for a wide space between columns."""
_BETWEEN = (Char("+"), Char("-"), Char("−"))
"""Around these a wide space parts nothing."""
_BAR = Char("|")
_NORM = Symbol(COMMANDS["Vert"])
_PRIME = Symbol(COMMANDS["prime"])
_COLOURED = Styled(BARE, Group(()))
"""A colour of all that follows."""
_NUMPY = (Char("n"), Char("p"), Char("."))
_OF_MODULE = re.compile(rf"(?:{'|'.join(sorted(MODULES))})\.([a-z_]\w*)")
ONE = Styled("mathbf", Char("1"))
"""A 1 in a font of its own: an array of ones."""
_INDICATORS = (ONE, *(Styled(font, Char(letter)) for font in ("mathbb", "mathds") for letter in "I1"))
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_OTHER = {"widehat": "hat", "overline": "bar", "widetilde": "tilde"}


def normal(row: Row) -> Row:
    """A row without what says nothing: spaces, fonts, braces around one thing, the order of scripts."""
    return _with_bars(_with_indicators(_without_module(tuple(each for node in row for each in _in_row(node)))))


def _with_indicators(row: Row) -> Row:
    r"""`\mathbb{1}\{y = k\}`, `\mathbb{I}(y = k)` and `1\{y = k\}` as `1_{y = k}`."""
    for at, node in enumerate(row[:-1]):
        opening = row[at + 1]
        inside: Row = ()
        if isinstance(opening, Fenced):
            inside, end = opening.inner, at + 2
        elif sign_at(opening) in _BRACKETS:
            closing = _BRACKETS[sign_at(opening)]
            end = next((i for i in range(at + 2, len(row)) if sign_at(row[i]) == closing), at) + 1
            inside = row[at + 2 : end - 1]
        is_mark = node in _INDICATORS or (node == Char("1") and sign_at(opening) == "{")
        if is_mark and any(sign_at(each) in ("=", "≠", "<", ">", "≤", "≥") for each in inside):
            return (*row[:at], Scripted(Char("1"), 0, (("_", Group(inside)),)), *_with_indicators(row[end:]))
    return row


def sign_at(node: Node) -> str:
    """The sign that a node is, or with which it opens."""
    first = node.opening if isinstance(node, Fenced) else node
    return first.text if isinstance(first, Char) else first.command.char if isinstance(first, Symbol) else ""


def _in_row(node: Node) -> Row:
    r"""A node of a row, `\left( … \right)` as brackets of any size: names have some, `h(x)`."""
    found = _normal(node)
    match found:
        case (Fenced(Char("(") as opening, inside, Char(")") as closing),):
            return (opening, *inside, closing)
    return found


def _with_bars(row: Row) -> Row:
    """What stands between two bars, whose brackets are closed, as one: `|z|`; two side by side are ‖."""
    row = _with_norms(row)
    bars = [i for i, node in enumerate(row) if _is_bar(node)]
    for first, last in pairwise(bars):
        inside, end = row[first + 1 : last], row[last]
        closed = all(inside.count(Char(one)) == inside.count(Char(other)) for one, other in ("()", "[]"))
        if inside and row[first] == _BAR and closed:
            found: Node = Fenced(_BAR, inside, _BAR)
            found = Scripted(found, end.primes, end.scripts) if isinstance(end, Scripted) else found
            return (*row[:first], found, *_with_bars(row[last + 1 :]))
    return row


def _is_bar(node: Node) -> bool:
    return node == _BAR or (isinstance(node, Scripted) and node.base == _BAR)


def _with_norms(row: Row) -> Row:
    r"""`||v||^2` and `\left||v\right||^2` as `\|v\|^2`; as it is where there are bars alone too, `|a||b|`."""
    flat = tuple(each for node in row for each in _opened(node))
    bars = [i for i, node in enumerate(flat) if _is_bar(node)]
    pairs = list(zip(bars[::2], bars[1::2], strict=False))
    if len(bars) % 4 or not bars or any(second != first + 1 or flat[first] != _BAR for first, second in pairs):
        return row
    ends = {second: flat[second] for _, second in pairs}
    norms = {i: Scripted(_NORM, it.primes, it.scripts) if isinstance(it, Scripted) else _NORM for i, it in ends.items()}
    return tuple(norms.get(i, node) for i, node in enumerate(flat) if i in norms or i not in bars)


def _opened(node: Node) -> Row:
    """What stands between a bar and one that is `\\right`, where a bar follows the first: of two of them."""
    match node:
        case Fenced(first, (second, *inside), last) if first == second == last == _BAR:
            return (_BAR, _BAR, *inside, _BAR)
    return (node,)


def _without_module(row: Row) -> Row:
    """`sum` for `np.sum`."""
    i = next((i for i in range(len(row) - 3) if row[i : i + 3] == _NUMPY and isinstance(row[i + 3], Char)), None)
    return row if i is None else (*row[:i], *_without_module(row[i + 3 :]))


def _normal(node: Node) -> Row:
    match node:
        case Symbol(command) if command.kind == "space":
            return ()
        case Symbol(command) if command.char == "|":
            return (_BAR,)
        case Group(items) if items and items[0] == _COLOURED:
            return normal(items)
        case Group(items):
            inner = normal(items)
            return inner if len(inner) < 2 else (Group(inner),)
        case Styled():
            return _styled(node)
        case Words():
            return _words(node)
        case Accented():
            return _accented(node)
        case Scripted():
            return _scripted(node)
        case Fenced():
            return _fenced(node)
        case Fraction(above, below):
            return (Fraction(_one(above), _one(below)),)
        case Root(inside):
            return (Root(_one(inside)),)
        case Braced(inside, said):
            label = _normal(said)
            return (Braced(_one(inside), label[0]),) if _is_name(label) else _normal(inside)
        case Grid(kind, rows):
            return (Grid(kind, tuple(tuple(map(normal, row)) for row in rows)),)
    return (node,)


def _styled(node: Styled) -> Row:
    match node:
        case Styled(font, marked) if font == BARE:
            return normal(_bare(marked))
        case Styled(font, Group(items)) if font in _BOLD and len(items) > 1 and (word := spelled(items)):
            return (Words("text", word),)
        case Styled("mathbf" | "boldsymbol" | "bm" | "mathbb" | "mathds", Char("1") | Group((Char("1"),))):
            return (ONE,)
        case Styled(font, inner) if font in _BOLD:
            return _bare(_one(inner))
    return (Styled("mathcal" if node.font == "mathscr" else node.font, _one(node.inner)),)


def _words(node: Words) -> Row:
    text = node.text.strip()
    if found := _OF_MODULE.fullmatch(text):
        return (Words("text", found[1]),)
    if len(text) == 1:
        return (Char(text),)
    if text.isalpha():
        return (Words("text", text),)
    return tuple(map(Char, node.text.replace(" ", ""))) if _EQUATION.fullmatch(text) else (node,)


def _accented(node: Accented) -> Row:
    name, inner = _OTHER.get(node.name, node.name), _one(node.inner)
    if node.name == "vec" and inner in (Char("1"), ONE):
        return (ONE,)
    if node.name in ("vec", "underline"):
        return _bare(inner)
    if isinstance(inner, Scripted):
        return (Scripted(Accented(name, inner.base or Group(())), inner.primes, inner.scripts),)
    return (Accented(name, inner),)


def _scripted(node: Scripted) -> Row:
    primes, scripts = node.primes, node.scripts
    inside = [_primes(script) for sign, script in scripts if sign == "^" and node.base is not None]
    primes += inside[0][1] if inside else 0
    scripts = tuple((sign, inside[0][0] if inside and sign == "^" else script) for sign, script in scripts)
    each = ((sign, _one(script)) for sign, script in scripts)
    ordered = tuple(sorted((each for each in each if each[1] != Group(())), reverse=True))
    bare = None if node.base is None else _one(node.base)
    return (Scripted(bare, primes, ordered),) if ordered or primes or bare is None else (bare,)


def _fenced(node: Fenced) -> Row:
    match node:
        case Fenced(Symbol(command), (Grid(_, rows),), None) if command.char == "{":
            return _normal(Grid(CASES, tuple(tuple(filter(None, row)) for row in rows)))
        case Fenced(None, inside, None):
            return _normal(Group(inside))
        case Fenced(Char("[") as opening, inside, closing):
            return (Fenced(opening, _with_gaps(inside), closing),)
    whole = normal(node.inner)
    match whole:
        case (Fenced(Char("|"), within, Char("|")),) if node.opening == node.closing == _BAR:
            return (Fenced(_NORM, within, _NORM),)
    return (Fenced(node.opening, whole, node.closing),)


def _primes(script: Node) -> tuple[Node, int]:
    """A superscript without the primes at its end, and how many there are: `g^{[1]'}` is the slope of `g^{[1]}`."""
    items = _bare(script)
    if all(each == _PRIME for each in items):
        return Group(()), len(items)
    if len(items) == 1 and isinstance(items[0], Scripted) and items[0].base is None and not items[0].scripts:
        return Group(()), items[0].primes
    last = items[-1] if isinstance(script, Group) else None
    if isinstance(last, Scripted) and last.primes and last.base is not None and not last.scripts:
        return Group((*items[:-1], last.base)), last.primes
    if len(items) > 1 and isinstance(last, Symbol) and last.command.name == "prime":
        return Group(items[:-1]), 1
    return script, 0


def _with_gaps(row: Row) -> Row:
    """What stands between brackets, with a sign for each wide space: there it stands between columns."""
    parts: list[Row] = [()]
    for node in row:
        if isinstance(node, Symbol) and node.command.name in ("quad", "qquad"):
            parts.append(())
        else:
            parts[-1] = (*parts[-1], node)
    found: Row = ()
    for part in filter(None, map(normal, parts)):
        is_one = found and (found[-1] in _BETWEEN or (len(part) == 1 and part[0] in _BETWEEN))
        found = (*found, *part) if is_one or not found else (*found, Char(GAP), *part)
    return found


def spelled(items: Row) -> str:
    """Letters, digits and underscores as one word; empty for anything else."""
    text = "".join(
        node.text if isinstance(node, Char) else node.command.char if isinstance(node, Symbol) else " "
        for node in items
        if not (isinstance(node, Symbol) and node.command.kind == "space")
    )
    return text if text.isidentifier() else ""


def _is_name(row: Row) -> bool:
    """Whether a remark at a brace is a name, which is given there."""
    if len(row) != 1:
        return False
    base = row[0].base if isinstance(row[0], Scripted) else row[0]
    base = base.inner if isinstance(base, Accented) else base
    is_letter = isinstance(base, Symbol) and base.command.kind == "letter"
    return is_letter or (isinstance(base, Char) and base.text.isalpha())


def _one(node: Node) -> Node:
    inner = _normal(node)
    return inner[0] if len(inner) == 1 else Group(inner)


def other_ways(row: Row) -> Iterator[Row]:
    """A name with its number below for one that has it above, and the other way round: `w_2` for `w^2`.

    Also with a number or a letter below for one in brackets above, and the other way round: `w_l` for `w^{(l)}`.
    """
    *before, last = row
    if isinstance(last, Scripted) and len(last.scripts) == 1 and not last.primes:
        sign, script = last.scripts[0]
        if isinstance(script, Char) and script.text.isdecimal():
            yield (*before, Scripted(last.base, 0, (("_" if sign == "^" else "^", script),)))
        if isinstance(script, Char) and script.text.isalnum() and sign == "_":
            yield (*before, Scripted(last.base, 0, (("^", Group((Char("("), script, Char(")")))),)))
        inside = script.items if isinstance(script, Group) and sign == "^" else ()
        if len(inside) == 3 and isinstance(inside[1], Char) and (inside[0], inside[2]) == (Char("("), Char(")")):
            yield (*before, Scripted(last.base, 0, (("_", inside[1]),)))
