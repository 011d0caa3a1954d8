r"""Turn the LaTeX of a problem's `symbols` (`W_0^1`, `\mathbf{H}`, `\hat{y}`) into one line of Unicode."""

from __future__ import annotations

import unicodedata

from gradcalc.formula.tex.commands import ACCENTS
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

_RAISED = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyz*′⊤⋆†‡∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ*′ᵀ*†‡°",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


def raised(text: str) -> str | None:
    """`text` as a superscript, or None where Unicode has no such characters."""
    return _scripted(text, _RAISED)


def lowered(text: str) -> str | None:
    """`text` as a subscript, or None where Unicode has no such characters."""
    return _scripted(text, _LOWERED)


def under(index: str) -> str:
    """Letters of an index below the line, as close as they can be: `ᵢⱼ`."""
    return lowered(index.replace(",", "")) or f"_{index}"


def _scripted(text: str, letters: dict[str, str]) -> str | None:
    return "".join(letters[c] for c in text) if text and all(c in letters for c in text) else None


def to_unicode(latex: str) -> str | None:
    """The symbol in Unicode; None when there is something in it that one line of text can't show."""
    try:
        shown = _line(read(latex))
    except (TexError, _TallError):
        return None
    return unicodedata.normalize("NFC", shown.strip()) or None


class _TallError(Exception):
    """The symbol has something that can't be shown on one line."""


def _line(row: Row) -> str:
    return "".join(map(_shown, row))


def _shown(node: Node) -> str:
    match node:
        case Char(text) | Words(_, text):
            return text
        case Symbol(command):
            return command.char
        case Group(items):
            return _line(items)
        case Styled(_, inner):
            return _shown(inner)
        case Accented(name, inner):
            return _single(_shown(inner)) + ACCENTS[name].combining
        case Scripted(base, primes, scripts):
            return (_shown(base) if base is not None else "") + "′" * primes + _scripts(dict(scripts))
        case Fenced(opening, inside, closing):
            return "".join(_shown(fence) if fence is not None else "" for fence in (opening, Group(inside), closing))
        case Root(inner):
            return "√" + _single(_shown(inner))
        case Fraction() | Unknown() | Braced() | Grid():
            raise _TallError


def _single(text: str) -> str:
    """One character: a sign above or before more of them would seem to belong to one."""
    if len(text) != 1:
        raise _TallError
    return text


def _scripts(scripts: dict[str, Node]) -> str:
    """The lower one first, as in W₀¹."""
    lower = _lower(_shown(scripts["_"])) if "_" in scripts else ""
    upper = _raised(_shown(scripts["^"])) if "^" in scripts else ""
    return upper + lower if lower.startswith("_") else lower + upper


def _raised(text: str) -> str:
    shown = raised(text)
    if shown is None:
        raise _TallError
    return shown


def _lower(text: str) -> str:
    """A word that can't be lowered stands behind a line, as in H_new."""
    shown = lowered(text) or (f"_{text}" if text.isalpha() else None)
    if shown is None:
        raise _TallError
    return shown
