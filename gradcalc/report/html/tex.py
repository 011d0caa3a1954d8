r"""Turn the TeX of names and of function templates (`W_0^1`, `\hat{y}`, `\frac{1}{2}`) into MathML."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from gradcalc.formula.tex.commands import ACCENTS, FONTS, Command, CommandKind
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
from gradcalc.report.html.markup import escape, tag

APPLY = "<mo>\u2061</mo>"
"""Says that a function is applied to what follows."""
_NORMAL = "NORMAL"
_SIGNS = {"-": "−", "'": "′", "*": "∗"}
_EMPTY = "<mrow></mrow>"
_STRETCHY = "()[]{}|‖⟨⟩⌈⌉⌊⌋↑↓←→"
"""Signs that would grow with what stands beside them."""


def mathml(latex: str, put: Mapping[str, str] | None = None) -> str:
    """MathML for a little TeX; each character in `put` stands for markup that exists already.

    What isn't understood is shown as it is typed.
    """
    return _lowered(latex, put) if put else _lowered_once(latex)


def _lowered(latex: str, put: Mapping[str, str]) -> str:
    try:
        return _Lowering(put).row(read(latex, lenient=True))
    except TexError:
        return tag("mtext", escape(latex))


@lru_cache(maxsize=1024)
def _lowered_once(latex: str) -> str:
    """Names come again and again."""
    return _lowered(latex, {})


def row(parts: Sequence[str]) -> str:
    """One element of several."""
    return parts[0] if len(parts) == 1 else tag("mrow", *parts)


class _Lowering:
    def __init__(self, put: Mapping[str, str]) -> None:
        self.put = put

    def row(self, nodes: Row, font: str = "") -> str:
        return row(self.parts(nodes, font))

    def parts(self, nodes: Row, font: str) -> list[str]:
        shown = [node for node in nodes if not _is_command(node, "space")]
        # A function that nothing follows is a name, as in a script: it is applied to nothing.
        applied = [APPLY if _is_command(node, "function") else "" for node in shown[:-1]]
        return [self.node(node, font) + sign for node, sign in zip(shown, [*applied, ""], strict=True)]

    def node(self, node: Node, font: str) -> str:
        match node:
            case Char(text):
                return self.put.get(text) or _char(text, font)
            case Symbol(command):
                return _command(command, font)
            case Unknown(name):
                return tag("mtext", escape(f"\\{name}"))
            case Group(items):
                return self.row(items, font)
            case Words(_, text):
                return _word(text) if text.isalnum() else tag("mtext", escape(text))
            case Styled(name, inner):
                return self.styled(name, inner)
            case Accented(name, inner):
                # Over a single letter it has nothing to grow to.
                single = isinstance(inner, Char) or (isinstance(inner, Group) and len(inner.items) == 1)
                sign = tag("mo", ACCENTS[name].sign, stretchy=None if single else "false")
                return tag("munder" if name == "underline" else "mover", self.node(inner, font), sign, accent="true")
            case Fraction(above, below):
                return tag("mfrac", self.node(above, font), self.node(below, font))
            case Root(inner):
                return tag("msqrt", self.node(inner, font))
            case Fenced(opening, inside, closing):
                return fenced("".join(self.parts(inside, font)), fence_sign(opening), fence_sign(closing))
            case Braced() | Grid():
                return ""  # no symbol has one
            case Scripted(base, primes, scripts):
                shown = [self.node(base, font)] if base is not None else []
                shown += [tag("mo", "′", stretchy="false")] * primes
                return _scripted(row(shown), {sign: self.node(script, font) for sign, script in scripts})

    def styled(self, name: str, inner: Node) -> str:
        """In another font; a word that is upright is one element."""
        if FONTS[name].upright:
            word = _letters(inner)
            return _word(word) if word is not None else self.node(inner, _NORMAL)
        return self.node(inner, FONTS[name].unicode)


def _is_command(node: Node | None, kind: CommandKind) -> bool:
    """Whether it is such a command, with scripts or without."""
    if isinstance(node, Scripted):
        return _is_command(node.base, kind)
    return isinstance(node, Symbol) and node.command.kind == kind


def _scripted(base: str, scripts: Mapping[str, str]) -> str:
    match scripts:
        case {"^": upper, "_": lower}:
            return tag("msubsup", base, lower, upper)
        case {"^": upper}:
            return tag("msup", base, upper)
        case {"_": lower}:
            return tag("msub", base, lower)
    return base


def _letters(node: Node) -> str | None:
    """The word that a group is, where it is one."""
    if not isinstance(node, Group):
        return None
    shown = [_letter(each) for each in node.items]
    return "".join(each for each in shown if each) if all(shown) else None


def _letter(node: Node) -> str | None:
    match node:
        case Char(text) if text.isalnum() or text == "-":
            return text
        case Symbol(command) if command.name == "_":
            return "_"
    return None


def _word(word: str) -> str:
    return tag("mi", escape(word), mathvariant="normal" if len(word) == 1 else None)


def _char(text: str, font: str) -> str:
    if text[0].isdecimal():
        return tag("mn", escape(_styled(text, font)))
    if text[0].isalpha():
        return _mi(text, font)
    return tag("mo", escape(_SIGNS.get(text, text)), stretchy="false" if text in _STRETCHY else None)


def _mi(letter: str, font: str) -> str:
    return tag("mi", escape(_styled(letter, font)), mathvariant="normal" if font == _NORMAL else None)


def _command(command: Command, font: str) -> str:
    match command.kind:
        case "letter":
            return tag("mi", escape(_styled(command.char, font)))
        case "upright" if command.name != "nabla":  # an operator, which is upright without saying so
            return tag("mi", command.char, mathvariant="normal")
        case "function":
            return tag("mi", command.char)
        case "space":
            return _EMPTY
    return tag("mo", escape(command.char))


def fenced(inner: str, opening: str = "(", closing: str = ")") -> str:
    """Brackets around markup, which grow with what they hold."""
    # Fonts keep more room around a bracket that may grow, so that it may only where it must.
    tall = any(element in inner for element in ("<mtable", "<mfrac", "<msqrt"))
    left, right = (tag("mo", escape(sign), stretchy=None if tall else "false") for sign in (opening, closing))
    return tag("mrow", left, inner, right)


def _styled(text: str, font: str) -> str:
    return "".join(_mathematical(char, font) for char in text) if font not in ("", _NORMAL) else text


def _mathematical(char: str, font: str) -> str:
    """The character in a font of mathematics, where Unicode has one."""
    kind = unicodedata.name(char, "").replace("LATIN", "").replace("GREEK", "").replace("LETTER", "")
    for name in (f"MATHEMATICAL {font} {' '.join(kind.split())}", f"{font} {' '.join(kind.split())}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return char
