r"""Tell how wide TeX mathematics will be, in em, without running TeX: `width(r"\hat{y}_1")`.

The widths are those of Computer Modern; what isn't known is taken to be wide rather than narrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gradcalc.formula.tex.commands import FONTS
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
)

SCRIPT = 0.8
"""How wide a superscript is: its letters are smaller, and wider for their height."""
RELATION, BINARY, THIN, COMMA = 0.556, 0.444, 0.167, 0.445
"""The space around `=`, around `+`, between a bracket and its neighbour, before and behind a function;
a comma with the space behind it."""


def _table(text: str) -> dict[str, float]:
    return {pair[:-3]: int(pair[-3:]) / 1000 for pair in text.split()}


_ITALIC = _table(
    "A750 B809 C786 D856 E796 F782 G786 H912 I518 J651 K921 L681 N912 O791 P781 Q791 R767 S671 T723 U792 V806 X907"
    " Y803 Z754 a529 b429 c433 d520 e466 f597 g513 h576 i345 j469 k552 l318 m878 n600 o485 p503 q482 r479 s469 t361"
    " u572 v521 w743 x572 y526 z509"
) | {"M": 1.079, "W": 1.083}
_ROMAN = _table(
    "A750 B708 C722 D764 E681 F653 G785 H750 I361 J514 K778 L625 M917 N750 O778 P681 Q778 R736 S556 T722 U750 V764"
    " X750 Y775 Z611 a500 b556 c444 d556 e444 f383 g514 h556 i278 j306 k528 l278 m833 n556 o500 p556 q528 r392 s394"
    " t389 u556 v542 w736 x528 y542 z444"
) | {"W": 1.042, " ": 0.333}
_TYPEWRITER = dict.fromkeys(_ROMAN, 0.525)
_SIGNS = _table("(389 )389 [278 ]278 .278 ,445 /500 |278 !278 :834 ;445 *500 '300 +778 -778") | {
    "=": 1.334,
    "<": 1.334,
    ">": 1.334,
}
_BOLD = {"textbf": FONTS["mathbf"].width}
_DIGIT, _PRIME, _LEAST, _UNKNOWN = 0.5, 0.3, 0.5, 1.0
_AROUND_FRACTION, _AROUND_ROOT, _BEHIND_SCRIPT = 0.26, 1.0, 0.05


@lru_cache(maxsize=4096)
def width(tex: str) -> float:
    """How wide a formula without environments is, in em; half a pair of braces takes no room."""
    try:
        return _row(read(_whole(tex), lenient=True), _ITALIC)
    except TexError:
        return _UNKNOWN * len(tex)


def _whole(tex: str) -> str:
    r"""A part of a template with the partners of its braces: `\sqrt{` as `\sqrt{}`."""
    depth = lowest = 0
    bare = tex.replace(r"\{", "").replace(r"\}", "")
    for char in bare:
        depth += (char == "{") - (char == "}")
        lowest = min(lowest, depth)
    return "{" * -lowest + tex + "}" * (depth - lowest)


def _row(row: Row, font: Mapping[str, float]) -> float:
    return sum(_node(node, font) for node in row)


def _node(node: Node, font: Mapping[str, float]) -> float:
    match node:
        case Char(text):
            return sum(_char(char, font) for char in text)
        case Symbol(command):
            return command.width + (THIN if command.kind == "function" else 0.0)
        case Unknown() | Braced() | Grid():
            return _UNKNOWN
        case Group(items):
            return _row(items, font)
        case Words(name, text):
            letters = _TYPEWRITER if name == "texttt" else _ROMAN
            return _BOLD.get(name, 1.0) * sum(_char(char, letters) for char in text)
        case Styled(name, inner):
            return _styled(name, inner, font)
        case Accented(_, inner):
            return max(_node(inner, font), _LEAST)
        case Fraction(above, below):
            return max(_node(above, font), _node(below, font)) + _AROUND_FRACTION
        case Root(inner):
            return _AROUND_ROOT + _node(inner, font)
        case Fenced(opening, inside, closing):
            fences = sum(_node(fence, font) for fence in (opening, closing) if fence is not None)
            return fences + _row(inside, font) + 2 * THIN
        case Scripted(base, primes, scripts):
            before = _node(base, font) if base is not None else 0.0
            scripted = max((SCRIPT * _node(script, font) + _BEHIND_SCRIPT for _, script in scripts), default=0.0)
            return before + primes * _PRIME + scripted


def _char(char: str, font: Mapping[str, float]) -> float:
    return _DIGIT if char.isdigit() else font.get(char) or _SIGNS.get(char, _UNKNOWN)


def _styled(name: str, inner: Node, font: Mapping[str, float]) -> float:
    known = FONTS[name]
    letters = _ROMAN if known.upright or known.unicode.startswith("BOLD") else font
    letters = _TYPEWRITER if name == "mathtt" else letters
    return known.width * _node(inner, letters) + (2 * THIN if name == "operatorname" else 0.0)
