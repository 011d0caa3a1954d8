"""Read what people type (`⊙`, `^T`, `ŷ`, `∇W²`) as Python expression syntax, and remember where each character was."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from gradcalc.formula.symbols import to_unicode
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.write import latex

_SCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_SCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
# Compiled when first used: most formulas have nothing to put into Python's signs.
_TOKENS = (
    r"(?P<times>[⊙·⋅\u0387×∘])|(?P<minus>[−–])|(?P<transpose>\^\s*T\b|\^?[ᵀ⊤])|(?P<power>\^)"
    r"|(?P<at_least>≥)|(?P<at_most>≤)|(?P<other>≠)"
    r"|(?P<open>⟨)|(?P<close>⟩)|(?P<root>√\s*(?=\())"
    rf"|(?P<prime>(?<=\w)['′]+(?=\s*\())"
    rf"|(?P<hat>ŷ|y\u0302)|(?P<hessian>∇²\s*(?=[^\W\d]))|(?P<nabla>∇\s*(?=[^\W\d]|ŷ))|(?P<raised>(?<=[\w)\]ᵀ])[{_SCRIPT}]+)|(?P<space>[\t\r\n\xa0])"
)
PRIME = "ʹ"
"""Behind the name of a function, for its derivative: a letter for Python, so that it is part of the name."""
_PLAIN = {
    "times": "*",
    "minus": "-",
    "at_least": ">=",
    "at_most": "<=",
    "other": "!=",
    "transpose": ".T",
    "power": "**",
    "hat": "yhat",
    "nabla": "d",
    "hessian": "d2",
    "space": " ",
} | {
    "open": "inner(",
    "close": ")",
    "root": "sqrt",
}
NAME = re.compile(r"[^\W\d]\w*")
"""A name, or that of a function or a letter, in a formula."""
_BEGINS_A_NAME = ("hat", "nabla", "hessian", "open", "root")
_WORD_AT_END = r"[\w\u0302]$"
_NAME_AT_END = r"(?<![\w.])[^\W\d]\w*(?<!ᵀ)$"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A formula as Python writes it, and for each of its characters the offset in the text as typed."""

    typed: str
    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into `text` as offsets into what was typed."""
        begin = self.origin[min(start, len(self.text))]
        return begin, max(self.origin[min(end, len(self.text))], begin + 1)


def respell(typed: str) -> Spelling:
    """Put Python's signs in the place of the field's."""
    if typed.isascii() and "^" not in typed and "'" not in typed and typed.isprintable():
        return Spelling(typed, typed, tuple(range(len(typed) + 1)))
    out: list[str] = []
    origin: list[int] = []
    position = 0
    for match in re.finditer(_TOKENS, typed):
        out.append(typed[position : match.start()])
        origin.extend(range(position, match.start()))
        plain = _replacement(match, typed)
        out.append(plain)
        origin.extend([match.start()] * len(plain))
        position = match.end()
    out.append(typed[position:])
    origin.extend(range(position, len(typed) + 1))
    return Spelling(typed, "".join(out), tuple(origin))


def _replacement(match: re.Match[str], typed: str) -> str:
    kind, before = match.lastgroup or "", typed[: match.start()]
    if kind == "prime":
        return PRIME * len(match.group())
    if kind == "raised":
        digits = match.group().translate(_SCRIPTS)
        return digits if re.search(_NAME_AT_END, before) else f"**{digits}"
    # A name that begins here must not grow together with what stands before it.
    apart = " " if kind in _BEGINS_A_NAME and re.search(_WORD_AT_END, before) else ""
    return apart + _PLAIN[kind]


_INDEX = re.compile(r"\s*\[[^\[\]]*\]")
_TEX = frozenset("\\^_{")
_LONGEST = 100
"""No name is longer that is typed with signs of TeX."""


def readings(typed: str) -> Iterator[str]:
    r"""What a name may be, the likeliest first: as it is typed, as formulas know it, and both out of TeX (`\hat y`)."""
    text = typed.strip()
    yield text
    yield canonical(text)
    if len(text) <= _LONGEST and not _TEX.isdisjoint(text):
        yield from _out_of_tex(text)


def _out_of_tex(text: str) -> Iterator[str]:
    """A symbol as reports write it, in TeX and in Unicode; nothing for what is no TeX."""
    try:
        yield latex(read(text))
    except TexError:
        return
    shown = to_unicode(text)
    if shown is not None:
        yield from (shown, canonical(shown))


def canonical(name: str) -> str:
    """A name as formulas know it: `ŷ` is yhat, `∇W²` is dW2, Greek letters in their usual form."""
    name = name.strip()
    plain = name.isascii() and name.isidentifier()
    spelled = name if plain else unicodedata.normalize("NFKC", respell(name).text)
    return _INDEX.sub(lambda found: found[0].replace(" ", ""), spelled)
