r"""Turn the TeX of names and of function templates (`W_0^1`, `\hat{y}`, `\frac{1}{2}`) into MathML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from gradcalc.formula.symbols import to_unicode
from gradcalc.report.html.markup import escape, tag

APPLY = "<mo>\u2061</mo>"
"""Says that a function is applied to what follows."""
_DEEPEST = 40
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[^\s]", re.DOTALL)
_ACCENTS = {"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "dot": "˙"}
_ACCENTS |= {"vec": "→", "ddot": "¨", "check": "ˇ", "breve": "˘"}
_FENCES = {r"\{": "{", r"\}": "}", r"\lVert": "‖", r"\rVert": "‖", r"\Vert": "‖", r"\langle": "⟨", r"\rangle": "⟩"}
_FENCES |= {r"\lvert": "|", r"\rvert": "|", r"\vert": "|", r"\|": "‖"}
_SIGNS = {"cdot": "·", "times": "×", "odot": "⊙", "otimes": "⊗", "top": "⊤", "prime": "′", "ast": "*", "star": "⋆"}
_SIGNS |= {"leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "pm": "±", "dagger": "†", "circ": "∘", "sum": "∑", "to": "→"}
_UPRIGHT = {"nabla": "∇", "partial": "∂", "infty": "∞", "ell": "ℓ"}
_FUNCTIONS = frozenset(("exp", "log", "ln", "sin", "cos", "tan", "tanh", "max", "min", "arg", "det"))
_WORDS = frozenset(("mathrm", "text", "textrm", "operatorname", "mathsf", "mathtt", "textbf"))
_FONTS = {"mathbf": "BOLD", "boldsymbol": "BOLD ITALIC", "bm": "BOLD ITALIC", "mathbb": "DOUBLE-STRUCK"}
_FONTS |= {"mathcal": "SCRIPT", "mathscr": "SCRIPT", "mathfrak": "FRAKTUR", "mathit": "ITALIC"}
_SPACES = frozenset((r"\,", r"\;", r"\!", r"\ ", r"\:", r"\quad", r"\qquad"))


def mathml(latex: str, put: Mapping[str, str] | None = None) -> str:
    """MathML for a little TeX; each character in `put` stands for markup that exists already.

    What isn't understood is shown as it is typed.
    """
    try:
        return _Reader(latex, put or {}).all()
    except _NotUnderstoodError:
        return tag("mtext", escape(latex))


def row(parts: Sequence[str]) -> str:
    """One element of several."""
    return parts[0] if len(parts) == 1 else tag("mrow", *parts)


class _NotUnderstoodError(Exception):
    """There are braces without partners, or too many."""


class _Reader:
    def __init__(self, latex: str, put: Mapping[str, str]) -> None:
        self.tokens = _TOKEN.findall(latex)
        self.position = 0
        self.depth = 0
        self.font = ""
        self.put = put

    def all(self) -> str:
        parts = self.row()
        if self.peek() is not None:
            raise _NotUnderstoodError
        return row(parts)

    def peek(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise _NotUnderstoodError
        self.position += 1
        return token

    def row(self) -> list[str]:
        """Symbols with their scripts up to a closing brace, a `\\right` or the end."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NotUnderstoodError
        parts: list[str] = []
        while self.peek() not in (None, "}", r"\right"):
            parts += [self.scripted()] if self.peek() not in _SPACES else [self.take()][:0]
        self.depth -= 1
        return parts

    def scripted(self) -> str:
        base = "<mrow></mrow>" if self.peek() in ("^", "_") else self.atom()
        scripts: dict[str, str] = {}
        while (sign := self.peek()) in ("^", "_"):
            self.position += 1
            script = self.atom()
            scripts[sign] = row([scripts[sign], script]) if sign in scripts else script
        match scripts:
            case {"^": upper, "_": lower}:
                return tag("msubsup", base, lower, upper)
            case {"^": upper}:
                return tag("msup", base, upper)
            case {"_": lower}:
                return tag("msub", base, lower)
        return base

    def atom(self) -> str:
        token = self.take()
        if token == "{":
            return self.braced()
        if token in ("}", "&", "^", "_"):
            raise _NotUnderstoodError
        if token in self.put:
            return self.put[token]
        if token in _FENCES:
            return tag("mo", _FENCES[token])
        if token.startswith("\\"):
            return self.command(token[1:])
        return self.symbol(token)

    def braced(self) -> str:
        parts = self.row()
        if self.take() != "}":
            raise _NotUnderstoodError
        return row(parts) if parts else "<mrow></mrow>"

    def symbol(self, token: str) -> str:
        if token[0].isdecimal():
            return tag("mn", escape("".join(_styled(char, self.font) for char in token)))
        if token[0].isalpha():
            return self.letter(token)
        return tag("mo", escape({"-": "−", "'": "′", "*": "∗"}.get(token, token)), stretchy="false")

    def letter(self, letter: str) -> str:
        return tag("mi", escape(_styled(letter, self.font)), mathvariant="normal" if self.font == "NORMAL" else None)

    def command(self, name: str) -> str:
        special = _COMMANDS.get(name)
        if special is not None:
            return special(self)
        if name in _WORDS:
            return self.word()
        if name in _FONTS:
            return self.styled(_FONTS[name])
        if name in _ACCENTS:
            return tag("mover", self.atom(), tag("mo", _ACCENTS[name], stretchy="false"), accent="true")
        if name in _FUNCTIONS:
            return tag("mi", name) + APPLY
        if name in _SIGNS:
            return tag("mo", _SIGNS[name])
        if name in _UPRIGHT:
            return tag("mi", _UPRIGHT[name], mathvariant="normal")
        known = to_unicode(f"\\{name}")
        return tag("mi", escape(_styled(known, self.font))) if known else tag("mtext", escape(f"\\{name}"))

    def styled(self, font: str) -> str:
        outer, self.font = self.font, font
        inner = self.atom()
        self.font = outer
        return inner

    def word(self) -> str:
        """A word, upright."""
        if self.peek() != "{":
            return self.styled("NORMAL")
        end = next((i for i in range(self.position, len(self.tokens)) if self.tokens[i] == "}"), None)
        if end is None:
            raise _NotUnderstoodError
        inside = self.tokens[self.position + 1 : end]
        if not all(token.isalnum() or token in ("-", r"\_") for token in inside):
            return self.styled("NORMAL")
        self.position = end + 1
        word = "".join(inside).replace(r"\_", "_")
        return tag("mi", escape(word), mathvariant="normal" if len(word) == 1 else None)

    def between(self) -> str:
        """What stands between a left and a right bracket, and these."""
        opening, inner = self.take(), self.row()
        if self.take() != r"\right":
            raise _NotUnderstoodError
        return fenced("".join(inner), _fence(opening), _fence(self.take()))

    def fraction(self) -> str:
        return tag("mfrac", self.atom(), self.atom())

    def root(self) -> str:
        return tag("msqrt", self.atom())


_COMMANDS: dict[str, Callable[[_Reader], str]] = {
    "left": _Reader.between,
    "frac": _Reader.fraction,
    "sqrt": _Reader.root,
}


def fenced(inner: str, opening: str = "(", closing: str = ")") -> str:
    """Brackets around markup, which grow with what they hold."""
    # Fonts keep more room around a bracket that may grow, so that it may only where it must.
    tall = "true" if any(element in inner for element in ("<mtable", "<mfrac", "<msqrt")) else "false"
    signs = [
        tag("mo", escape(sign), form=form, stretchy=tall, symmetric=tall, lspace="0", rspace="0")
        for sign, form in ((opening, "prefix"), (closing, "postfix"))
    ]
    return tag("mrow", signs[0], inner, signs[1])


def _fence(token: str) -> str:
    return "" if token == "." else _FENCES.get(token, token)


def _styled(text: str, font: str) -> str:
    return "".join(_mathematical(char, font) for char in text) if font not in ("", "NORMAL") else text


def _mathematical(char: str, font: str) -> str:
    """The character in a font of mathematics, where Unicode has one."""
    kind = unicodedata.name(char, "").replace("LATIN", "").replace("GREEK", "").replace("LETTER", "")
    for name in (f"MATHEMATICAL {font} {' '.join(kind.split())}", f"{font} {' '.join(kind.split())}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return char
