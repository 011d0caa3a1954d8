r"""Write LaTeX as people type formulas: `W_2^\top \delta_2 \odot h \odot (1 - h)` is `W2ᵀ δ2 ⊙ h ⊙ (1 - h)`."""

from __future__ import annotations

import re
from typing import Final

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
)
from gradcalc.program.customs import LOSSES

_TEX: Final = re.compile(r"\\[A-Za-z]|[_^]\{")
_SIGNS: Final = {"∗": "*", "⟨": "⟨", "⟩": "⟩", "{": "(", "}": ")", "[": "(", "]": ")", "…": "…"}
_TURNED: Final = ("⊤", "T", "⊺")
_LAYER: Final = re.compile(r"[(\[](\d+)[)\]]([⊤T⊺]?)")
_NABLA_OF: Final = re.compile(rf"∇_(\w+)\s*(?:(?:{'|'.join(LOSSES)})\b)?")
_SIZES: Final = re.compile(r"\\(?:big|Big|bigg|Bigg)[lrm]?(?![A-Za-z])|\\(?:displaystyle|,|;|!|quad|qquad)(?![A-Za-z])")


def is_tex(text: str) -> bool:
    """Whether there is TeX in a formula."""
    return bool(_TEX.search(text))


def lowered(text: str) -> str:
    """The text of a formula without TeX; as it is where there is none in it. Raises NotReadable."""
    if not is_tex(text):
        return text
    try:
        return _NABLA_OF.sub(r"∇\1 ", _row(read(_SIZES.sub(" ", text))))
    except TexError as error:
        raise NotReadable(f"column {error.start + 1}: {error.why}{error.hint}") from None


def _row(row: Row) -> str:
    return "".join(map(_shown, row))


def _shown(node: Node) -> str:
    match node:
        case Char(text):
            return text
        case Words(_, text):
            return f" {text.strip()} "
        case Symbol(command):
            char = _SIGNS.get(command.char, command.char)
            return f" {char} " if command.kind in ("function", "letter", "space") else char
        case Group(items):
            return _row(items)
        case Styled(_, inner):
            return f" {_shown(inner).strip()} "
        case Accented(name, inner):
            return f" {_shown(inner).strip()}{'hat' if name in ('hat', 'widehat') else name} "
        case Scripted():
            return _scripted(node)
        case Fenced(_, inside, _):
            return f"({_row(inside)})"
        case Root(inner):
            return f"√({_shown(inner)})"
        case Fraction(above, below):
            over, under = _shown(above).strip(), _shown(below).strip()
            is_derivative = over.startswith(("∂", "d")) and under.startswith(("∂", "d"))
            return f" {over}/{under} " if is_derivative else f"(({over})/({under}))"
        case Unknown(name):
            raise NotReadable(rf"\{name} can't be read in a formula")


def _scripted(node: Scripted) -> str:
    """A base with its index in the name; a transpose or a power behind it."""
    base = _shown(node.base).strip() if node.base is not None else ""
    scripts = {sign: _shown(inner).replace(" ", "") for sign, inner in node.scripts}
    index = scripts.get("_", "")
    above = scripts.get("^", "")
    name = base + (index if index.isdecimal() else f"_{index}" if index else "") + "′" * node.primes
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
