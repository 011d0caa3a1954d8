r"""Write LaTeX as people type formulas: `W_2^\top \delta_2 \odot h \odot (1 - h)` is `W2ᵀ δ2 ⊙ h ⊙ (1 - h)`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final

from gradcalc.check.answers.calls import is_function
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.tree import (
    Accented,
    Char,
    Fenced,
    Fraction,
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
from gradcalc.program.customs import LOSSES

_TEX: Final = re.compile(r"\\[A-Za-z]|[_^]\{")
_SIGNS: Final = {"∗": "*", "⟨": "⟨", "⟩": "⟩", "{": "(", "}": ")", "[": "(", "]": ")", "…": "…"}
_TURNED: Final = ("⊤", "T", "⊺", "t", "Tr", "tr", "intercal")
_LAYER: Final = re.compile(r"[(\[](\d+)[)\]]([⊤T⊺]?)")
_FENCED: Final = {"‖": ("norm(", ")"), "|": ("abs(", ")"), "⌊": ("floor(", ")"), "⟨": ("⟨", "⟩")}
_OF_TWO: Final = {"max": "maximum", "min": "minimum"}
"""What is meant where there are two arguments."""
_NABLA_OF: Final = re.compile(rf"∇_(\w+)\s*(?:(?:{'|'.join(LOSSES)})\b)?")
_SIZES: Final = re.compile(r"\\(?:big|Big|bigg|Bigg)[lrm]?(?![A-Za-z])|\\(?:displaystyle|,|;|!|quad|qquad)(?![A-Za-z])")


def is_tex(text: str) -> bool:
    """Whether there is TeX in a formula."""
    return bool(_TEX.search(text))


def lowered(text: str, known: Mapping[Row, str] | None = None, surely: bool = False) -> str:
    r"""The text of a formula without TeX; as it is where there is none in it, unless it is TeX `surely`.

    Raises NotReadable. `known` has what reports show so, by its tree: `\nabla a^{2}` is da2 where it is shown so.
    """
    if not (surely or is_tex(text)):
        return text
    try:
        return _NABLA_OF.sub(r"∇\1 ", _Lowering(known or {}).row(read(_SIZES.sub(" ", text))))
    except TexError as error:
        raise NotReadable(f"column {error.start + 1}: {error.why}{error.hint}") from None


class _Lowering:
    def __init__(self, known: Mapping[Row, str]) -> None:
        self.known = known
        self.longest = max(map(len, known), default=0)

    def row(self, row: Row) -> str:
        """All of it; what is known by a longer tree before what is known by a shorter one."""
        shown: list[str] = []
        rest = row
        while rest:
            size, text = self.begins(rest)
            shown.append(text)
            rest = rest[size:]
        return "".join(shown)

    def begins(self, row: Row) -> tuple[int, str]:
        """How much of a row is read as one, and as what."""
        for size in range(min(self.longest, len(row)), 1, -1):
            found = self.name(row[:size])
            if found:
                return size, found
        word = list(takewhile(_is_letter, row))
        if len(word) > 1:
            return len(word), self.word(word)
        found = self.name(row[:1])
        if found:
            return 1, found
        if len(row) > 1 and isinstance(row[0], Symbol) and _has_comma(row[1]):
            return 1, f" {_OF_TWO.get(row[0].command.name, self.node(row[0]))} "
        return 1, self.node(row[0])

    def word(self, letters: Sequence[Node]) -> str:
        """Letters side by side: names of one letter each, if all of them are, else a word."""
        names = [self.known.get((letter,)) for letter in letters]
        word = "".join(letter.text for letter in letters if isinstance(letter, Char))
        if is_function(word) or word in self.known.values() or not all(names):
            return word
        return " ".join(["", *(name for name in names if name), ""])

    def name(self, row: Row) -> str:
        """What a row is known as, or all of it but a script at its end; empty where it isn't known."""
        if row in self.known:
            return f" {self.known[row]} "
        *before, last = row
        if not isinstance(last, Scripted):
            return ""
        under = tuple(script for script in last.scripts if script[0] == "_")
        base = last.base.items if isinstance(last.base, Group) else () if last.base is None else (last.base,)
        bare: Row = (Scripted(last.base, 0, under),) if under else base
        found = self.known.get((*before, *bare))
        return (
            self.scripted(found, last.primes, {sign: it for sign, it in last.scripts if sign == "^"}) if found else ""
        )

    def node(self, node: Node) -> str:
        match node:
            case Char(text):
                return text
            case Words(_, text):
                return f" {text.strip()} "
            case Symbol(command):
                char = _SIGNS.get(command.char, command.char)
                return f" {char} " if command.kind in ("function", "letter", "space") else char
            case Group(items):
                return self.row(items)
            case Styled(_, inner):
                return f" {self.node(inner).strip()} "
            case Accented(name, inner):
                return f" {self.node(inner).strip()}{'hat' if name in ('hat', 'widehat') else name} "
            case Scripted(base, primes, scripts):
                shown = self.node(base).strip() if base is not None else ""
                # What is grouped and raised itself would have its own exponent raised.
                raised = isinstance(base, Group) and "^" in shown
                return self.scripted(f"({shown})" if raised else shown, primes, dict(scripts))
            case Fenced(opening, inside, _):
                begin, end = _FENCED.get(fence_sign(opening), ("(", ")"))
                return f"{begin}{self.row(inside)}{end}"
            case Root(inner):
                return f"√({self.node(inner)})"
            case Fraction(above, below):
                over, under = self.node(above).strip(), self.node(below).strip()
                is_derivative = over.startswith(("∂", "d")) and under.startswith(("∂", "d"))
                return f" {over}/{under} " if is_derivative else f"(({over})/({under}))"
            case Unknown(name):
                raise NotReadable(rf"\{name} can't be read in a formula")

    def scripted(self, base: str, primes: int, scripts: Mapping[str, Node]) -> str:
        """A base with its index in the name; a transpose or a power behind it."""
        shown = {sign: self.node(inner).replace(" ", "") for sign, inner in scripts.items()}
        index = shown.get("_", "")
        above = shown.get("^", "")
        name = base + (index if index.isdecimal() else f"_{index}" if index else "") + "′" * primes
        if not above:
            return f" {name} "
        if above in _TURNED:
            return f" {name}ᵀ "
        turned = next(
            (sign for sign in _TURNED if above.endswith(sign) and above[: -len(sign)].strip("()[]").isdecimal()), ""
        )
        layer = above.removesuffix(turned) if turned else above
        if re.fullmatch(r"[(\[]\d+[)\]]", layer) or turned:
            return f" {name}{layer.strip('()[]')}{'ᵀ' if turned else ''} "
        return f" {name}^({above}) " if not above.isdecimal() else f" {name}**{above} "


def _is_letter(node: Node) -> bool:
    return isinstance(node, Char) and node.text.isalpha()


def _has_comma(node: Node) -> bool:
    return isinstance(node, Fenced) and Char(",") in node.inner
